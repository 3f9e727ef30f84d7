"""The limit of every request body, in bytes and in time, whatever the route and whether or not it reads one.

A body is read whole before the app sees the request, so that nothing inside waits for a client that drips. It stands outside of the
cache of answers: who waits for an answer that somebody else asked for never waits for that one's body.
"""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import problem

BODY_MOST = 1_000_000
BODY_SECONDS = 10.0
LENGTH_DIGITS = 18  # of a Content-Length that is worth reading


class _HungUp(Exception):
    """The client went away inside the body."""


class _TooLarge(Exception):
    """The body has more than ``BODY_MOST`` bytes."""


class BodyLimit:
    """Wraps the app. ``scope["app"].state.request_seconds`` is the time that a body may take, else ``BODY_SECONDS``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request: 413 or 408 where its body is too large or too late, else as the app does."""
        if scope["type"] != "http" or not _has_body(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        seconds = getattr(scope["app"].state, "request_seconds", BODY_SECONDS)
        try:
            async with asyncio.timeout(seconds):
                body = await _read(Headers(scope=scope), receive)
        except _HungUp:  # the log of requests has a line for it
            return
        except _TooLarge:
            told = f"The body has more than {BODY_MOST:,} bytes."
            refused = problem(413, "Content too large", told, advice="Send less.", limit="body")
        except TimeoutError:
            told = f"The body did not arrive within {seconds:g} seconds."
            close = {"Connection": "close"}
            refused = problem(408, "Too late", told, close, advice="Send it at once.", limit="body time")
        else:
            await self.app(scope, again(body, receive), send)
            return
        await refused(scope, receive, send)


def _has_body(headers: Headers) -> bool:
    """Whether a body follows the head (RFC 9112, 6.3)."""
    return "transfer-encoding" in headers or headers.get("content-length", "0").strip("0") != ""


async def _read(headers: Headers, receive: Receive) -> bytes:
    """The body. Raises _TooLarge, as soon as it is known, and _HungUp."""
    declared = headers.get("content-length", "0")
    if len(declared) > LENGTH_DIGITS or (declared.isdecimal() and int(declared) > BODY_MOST):
        raise _TooLarge
    held = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _HungUp
        held += message.get("body", b"")
        if len(held) > BODY_MOST:
            raise _TooLarge
        if not message.get("more_body", False):
            return bytes(held)


def again(body: bytes, receive: Receive) -> Receive:
    """The body that was read already, as if it came now; then whatever comes next."""
    given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return given.pop() if given else await receive()

    return next_message

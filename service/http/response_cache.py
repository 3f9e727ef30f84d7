"""The response cache: whole 200 answers to GET, least recently used first out.

Plain ASGI, so that it costs next to nothing. The data never change under a running service, so
that what was right once may be given again. It stands outside of compression: each coding of an
answer is an entry of its own, and a HEAD has the headers of its GET.
"""

from __future__ import annotations

import time
from collections.abc import Hashable
from contextlib import aclosing
from pathlib import Path

from cachetools import LRUCache
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.types import ASGIApp, ExceptionHandler, Message, Receive, Scope, Send

from .conditional import not_modified
from .headers import IS_COMPLETE, data_version
from .problems import problem
from .request_head import UNCACHED, Asked, answer_at_once, asked_of, has_body, tidied, word_for_word
from .single_flight import Failed, Flight, Outcome, Streamed, Taken, Whole

ENTRIES_MOST, ENTRY_MOST = 64_000_000, 1_000_000  # bytes of all entries, and of one
REQUESTS_MOST, REQUEST_MOST = 8_000_000, 4_000  # bytes of all requests known word for word, of one
OVERHEAD = 2_000  # bytes that an entry or a request takes beside its content
DAY = 86_400  # seconds


class ResponseCache:
    """Middleware that keeps answers. ``scope["app"].state.graph`` names the data version.

    ``on_error`` answers where the app raises; what is kept already takes no way through it.
    """

    def __init__(self, app: ASGIApp, on_error: ExceptionHandler | None = None) -> None:
        self.app = app
        self._unknown = ServerErrorMiddleware(self._answer, on_error)
        self._entries: LRUCache[Hashable, Whole] = LRUCache(ENTRIES_MOST, _size_of)
        self._requests: LRUCache[Hashable, Asked] = LRUCache(REQUESTS_MOST, _size_asked)
        self._flights: dict[Hashable, Flight] = {}

    def clear(self) -> None:
        """Forget every entry."""
        self._entries.clear()
        self._requests.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = self._requests.get(word_for_word(scope, today()))
        entry = None if asked is None else self._entries.get(asked.key)
        if asked is not None and entry is not None:
            _count(scope, hit=True)
            await _give(entry, asked, send)
        else:
            await self._unknown(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that was not seen word for word."""
        at_once = answer_at_once(scope)
        if at_once is not None:
            await at_once(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD") or has_body(scope) or scope["path"] in UNCACHED:
            await self.app(tidied(scope), receive, _without_body(scope, send))
        else:
            await self._look_up(scope, receive, send)

    async def _look_up(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET or HEAD from its entry, or make the answer."""
        tidy, version = tidied(scope), data_version(scope)
        asked = asked_of(scope, tidy, version, today())
        entry = self._entries.get(asked.key)
        _count(scope, hit=entry is not None)
        if entry is None:
            await self._make(asked, tidy, version, receive, send)
            return
        if asked.size <= REQUEST_MOST:
            self._requests[word_for_word(scope, today())] = asked
        await _give(entry, asked, send)

    async def _make(
        self,
        asked: Asked,
        scope: Scope,
        version: str,
        receive: Receive,
        send: Send,
    ) -> None:
        """Make an answer with all who ask for the same; alone where it can be nobody else's."""
        flight, outcome, is_own = await self._fly(asked.key, scope, version, receive)
        if isinstance(outcome, Taken) or (_is_private(outcome) and not is_own):
            flight = Flight(self.app, scope, version)
            outcome = await flight.join(receive, scope)
        if isinstance(outcome, Failed):
            raise outcome.error
        if isinstance(outcome, Streamed):
            await _stream(flight, outcome, asked, receive, send)
        elif isinstance(outcome, Whole):
            await _give(outcome, asked, send)

    async def _fly(
        self,
        key: Hashable,
        scope: Scope,
        version: str,
        receive: Receive,
    ) -> tuple[Flight, Outcome | None, bool]:
        """The flight for a key, how it ended, and whether it was begun for this request.

        Who joined one that failed takes part in one more.
        """
        flight, outcome, is_own = await self._join(key, scope, version, receive)
        if not is_own and _is_failure(outcome):
            flight, outcome, is_own = await self._join(key, scope, version, receive)
        return flight, outcome, is_own

    async def _join(
        self,
        key: Hashable,
        scope: Scope,
        version: str,
        receive: Receive,
    ) -> tuple[Flight, Outcome | None, bool]:
        flight = self._flights.get(key)
        is_own = flight is None
        if flight is None:
            begun, is_kept = today(), _is_kept_here(scope)

            def landed(flight: Flight, outcome: Outcome) -> None:
                del self._flights[key]
                if is_kept and begun == today():
                    self._keep(key, outcome)

            flight = self._flights[key] = Flight(self.app, scope, version, landed)
        return flight, await flight.join(receive, scope), is_own

    def _keep(self, key: Hashable, outcome: Outcome) -> None:
        """Keep a whole 200 that has a tag and is small enough."""
        if not isinstance(outcome, Whole) or outcome.status != 200 or not outcome.is_stored:
            return
        if outcome.header(b"etag") is not None and len(outcome.body) <= ENTRY_MOST:
            self._entries[key] = outcome


def today() -> int:
    """The day, in UTC as that of a page is, counted from 1970."""
    return int(time.time() // DAY)


def _count(scope: Scope, *, hit: bool) -> None:
    scope["app"].state.operation.metrics.cached_by("response", hit)


def _size_of(entry: Whole) -> int:
    named = sum(len(name) + len(value) for name, value in entry.headers)
    return len(entry.body) + named + OVERHEAD


def _size_asked(asked: Asked) -> int:
    return asked.size + OVERHEAD


def _is_kept_here(scope: Scope) -> bool:
    """A store elsewhere may be gone, so that nothing of it is kept."""
    return isinstance(scope["app"].state.graph.path, Path)


def _is_failure(outcome: Outcome | None) -> bool:
    """A fault of the server, or a run that was given up: another may do better."""
    if isinstance(outcome, Whole):
        return outcome.status >= 500 or outcome.status == 499
    return isinstance(outcome, Failed)


def _is_private(outcome: Outcome | None) -> bool:
    """An answer that is another each time."""
    return isinstance(outcome, Whole) and outcome.status == 200 and not outcome.is_stored


def _status(answer: Whole | Streamed, asked: Asked) -> int:
    """The status after the preconditions: 200 may become 304 or 412."""
    if answer.status != 200 or asked.preconditions is None:
        return answer.status
    found = dict(answer.headers)
    etag, modified = found.get(b"etag"), found.get(b"last-modified")
    if etag is None:
        return 200
    since = modified.decode("latin-1") if modified else None
    return asked.preconditions.status(etag.decode("latin-1"), since)


async def _give(entry: Whole, asked: Asked, send: Send) -> None:
    """Send an answer; the list of headers is new, since what stands outside adds to it."""
    status = _status(entry, asked)
    if status != entry.status:
        await _instead(status, entry, asked, send)
        return
    body = b"" if asked.is_head else entry.body
    await send(_start(status, list(entry.headers)))
    await send({"type": "http.response.body", "body": body})


async def _instead(status: int, entry: Whole | Streamed, asked: Asked, send: Send) -> None:
    """Send what a precondition makes of a 200."""
    headers, body = not_modified(entry.headers), b""
    if status == 412:
        advice = "Entity tags here are weak, which If-Match never matches: leave it out."
        told = problem(412, "Precondition failed", "The precondition does not hold.", advice=advice)
        headers, body = told.raw_headers, bytes(told.body)
    await send(_start(status, headers))
    await send({"type": "http.response.body", "body": b"" if asked.is_head else body})


async def _stream(
    flight: Flight,
    outcome: Streamed,
    asked: Asked,
    receive: Receive,
    send: Send,
) -> None:
    """Send an answer that comes in pieces; it is stopped where its body is not wanted."""
    status = _status(outcome, asked)
    if status != outcome.status:
        flight.stop()
        await _instead(status, outcome, asked, send)
        return
    await send(_start(status, list(outcome.headers)))
    if asked.is_head:
        flight.stop()
        await send({"type": "http.response.body", "body": b""})
        return
    async with aclosing(flight.pieces(receive)) as pieces:
        async for piece in pieces:
            await send(piece)


def _start(status: int, headers: list[tuple[bytes, bytes]]) -> Message:
    message = {"type": "http.response.start", "status": status, "headers": headers}
    if 200 <= status < 400:
        message[IS_COMPLETE] = True
    return message


def _without_body(scope: Scope, send: Send) -> Send:
    """Where a HEAD is answered as a GET, the way for the answer without its body."""
    if scope["method"] != "HEAD":
        return send

    async def send_on(message: Message) -> None:
        await send({**message, "body": b""} if "body" in message else message)

    return send_on

"""Entity tags of answers: by content. Stands inside of compression, so that a tag is of the bytes before it.

A tag is weak, since the compressed and the plain form share it. A short stream is gathered and
tagged as a whole; a longer one has a tag of what determines it: program, data, request. No stream
depends on the day.
"""

from __future__ import annotations

import asyncio
import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg import __version__

from .headers import data_version
from .request_head import UNCACHED

GATHERED_MOST = 2_000_000  # bytes of a stream that are held until it is known how long it is
HASHED_AT_ONCE = 500_000  # bytes that are hashed in the event loop
VARY = ("Accept", "Accept-Language")
_DISTINGUISHING = ("content-type", "content-language", "content-disposition")
_OF_REQUEST = ("accept", "accept-language", "host")


class EntityTags:
    """Middleware that gives each 200 to a GET its ETag, Cache-Control and Vary, unless it is no-store."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        is_tagged = scope["type"] == "http" and scope["method"] == "GET"
        if is_tagged and scope["path"] not in UNCACHED:
            send = _Tagger(scope, send).send
        await self.app(scope, receive, send)


class _Tagger:
    """Holds one answer back until its tag is known."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._start: Message | None = None
        self._pieces: list[bytes] = []
        self._size = 0

    async def send(self, message: Message) -> None:
        """Take the next message of the app."""
        if message["type"] == "http.response.start" and _is_tagged(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            await self._gather(self._start, message)

    async def _gather(self, start: Message, message: Message) -> None:
        body, more = message.get("body", b""), message.get("more_body", False)
        self._pieces.append(body)
        self._size += len(body)
        if more and self._size <= GATHERED_MOST:
            return
        self._start = None  # what follows is passed on
        held = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces = []
        headers = MutableHeaders(raw=list(start["headers"]))
        if more:
            headers.setdefault("ETag", stream_tag(self._scope))
        else:
            headers["ETag"] = await _tag_of(headers, held)
            headers["Content-Length"] = str(len(held))
        _cacheable(headers)
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": held, "more_body": more})


def _is_tagged(message: Message) -> bool:
    headers = Headers(raw=message.get("headers", []))
    return message["status"] == 200 and headers.get("cache-control") != "no-store"


def _cacheable(headers: MutableHeaders) -> None:
    """Let clients keep it and ask whether it still holds; ranges are not served."""
    headers.setdefault("Cache-Control", "no-cache")
    del headers["Accept-Ranges"]
    known = [name.strip().lower() for name in headers.get("vary", "").split(",")]
    for name in VARY:
        if name.lower() not in known:
            headers.add_vary_header(name)


async def _tag_of(headers: Headers, body: bytes) -> str:
    """``content_tag``, out of the event loop where the body is long."""
    if len(body) <= HASHED_AT_ONCE:
        return content_tag(headers, body)
    return await asyncio.to_thread(content_tag, headers, body)


def content_tag(headers: Headers, body: bytes) -> str:
    """The entity tag of a representation: its bytes, and the headers that say what they are."""
    told = "\n".join(headers.get(name, "") for name in _DISTINGUISHING)
    held = hashlib.sha256(told.encode("latin-1") + b"\n\n")
    held.update(body)
    return f'W/"{held.hexdigest()[:32]}"'


def stream_tag(scope: Scope) -> str:
    """The entity tag of a long stream: the program, the data, and all of the request that decides."""
    given = Headers(scope=scope)
    asked = (
        *(__version__, data_version(scope), scope["path"], scope["query_string"].decode("latin-1")),
        *(given.get(name, "") for name in _OF_REQUEST),
        *(str(scope.get(name, "")) for name in ("scheme", "root_path", "server")),
    )
    return f'W/"{hashlib.sha256(repr(asked).encode()).hexdigest()[:32]}"'

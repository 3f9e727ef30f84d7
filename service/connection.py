"""Connections that do not wait for ever: for a head that drips in, a body that nobody reads, an answer that is not taken.

uvicorn times only what is idle after an answer, and its fast parser bounds nothing. Where all places are taken, the connection that has
sent nothing for longest makes room.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_MOST = 300_000  # bytes of a request's head: room for the longest query that is read, percent-encoded in the address
AHEAD_MOST = 100  # requests that a client may send before it has its answers
TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n"
LINGER = 2.0


class Connection(HttpToolsProtocol):
    """uvicorn's connection with limits, which are set for the process by ``limit``."""

    request_seconds, stall_seconds, most = 10.0, 30.0, 1000
    _unread = 0  # bytes taken that gave no whole head and no part of a body
    _waits: asyncio.TimerHandle | None = None
    _stalls: asyncio.TimerHandle | None = None

    @classmethod
    def limit(cls, request_seconds: float, stall_seconds: float, most: int) -> None:
        """Seconds for a request to arrive, seconds for a client to take a piece of its answer, connections at once."""
        cls.request_seconds, cls.stall_seconds, cls.most = request_seconds, stall_seconds, most

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Take a connection; refuse it where all are at work."""
        super().connection_made(transport)
        if len(self.connections) > self.most and not self._make_room():
            self._end(TOO_MANY)
        else:
            self._watch()

    def data_received(self, data: bytes) -> None:
        """Take bytes, which buy no more time."""
        self._unread += len(data)
        super().data_received(data)
        if self._unread > HEAD_MOST:
            self._end(TOO_LARGE)
        self._watch()

    def on_headers_complete(self) -> None:
        """A head is whole."""
        if len(self.pipeline) >= AHEAD_MOST:
            raise ValueError("too many requests at once")  # the parser makes it a 400
        super().on_headers_complete()
        self._unread = 0

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        super().on_body(body)
        self._unread = 0

    def on_response_complete(self) -> None:
        """An answer is written."""
        super().on_response_complete()
        self._watch()

    def pause_writing(self) -> None:
        """The client takes no more for now."""
        super().pause_writing()
        self._stalls = self._stalls or self.loop.call_later(self.stall_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The client takes more."""
        super().resume_writing()
        self._stop("_stalls")

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._stop("_waits")
        self._stop("_stalls")
        super().connection_lost(exc)

    @property
    def waits_until(self) -> float | None:
        """When this connection will be ended for having sent no whole request; None while it has one."""
        return self._waits.when() if self._waits else None

    def _watch(self) -> None:
        if self.transport.is_closing():  # what is still to be sent must be taken in time
            self._stalls = self._stalls or self.loop.call_later(self.stall_seconds, self.transport.abort)
        elif self.cycle is not None and not self.cycle.response_complete:
            self._stop("_waits")
        elif self._waits is None:
            self._waits = self.loop.call_later(self.request_seconds, self._end, TOO_LATE)

    def _make_room(self) -> bool:
        waiting = [other for other in self.connections if isinstance(other, Connection) and other is not self and other.waits_until]
        if waiting:
            min(waiting, key=lambda other: other.waits_until or 0.0)._end(TOO_LATE)
        return bool(waiting)

    def _end(self, farewell: bytes) -> None:
        self._stop("_waits")
        self.connections.discard(self)
        self.transport.write(farewell)
        self.transport.close()
        self.loop.call_later(LINGER, self.transport.abort)

    def _stop(self, name: str) -> None:
        timer: Any = getattr(self, name)
        if timer is not None:
            timer.cancel()
        setattr(self, name, None)

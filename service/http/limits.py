"""Connections that do not wait for ever: for a head that drips in, a body that nobody reads, an answer that is not taken.

uvicorn times only what is idle after an answer, and its fast parser bounds nothing. Where all places are taken, the connection whose
request, head or body, is not whole for longest makes room.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .headers import secured
from .problems import problem

HEAD_MOST = 300_000  # bytes of a request's head: room for the longest query that is read, percent-encoded in the address
AHEAD_MOST = 100  # requests that a client may send before it has its answers
ADDRESS_MOST = 65_000  # bytes of an address; the parser reads no more than 65,535


def _farewell(status: int, title: str, detail: str, advice: str, **headers: str) -> bytes:
    """An answer below the app, with the end of the connection."""
    answer = problem(status, title, detail, advice=advice, headers={"connection": "close", **headers})
    lines = [
        b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode()),
        *(b"%s: %s" % header for header in secured(answer.raw_headers)),
    ]
    return b"\r\n".join([*lines, b"", bytes(answer.body)])


TOO_LATE = _farewell(408, "Too late", "The request did not arrive in time.", "Send it whole, or open the connection when there is one.")
TOO_LARGE = _farewell(431, "Header too large", f"The head of the request has more than {HEAD_MOST:,} bytes.", "Send fewer headers.")
TOO_LONG = _farewell(414, "Address too long", f"The address has more than {ADDRESS_MOST:,} bytes.", "Send a query in the body, by POST.")
TOO_MANY = _farewell(503, "Busy", "Every connection is at work.", "Try again in a moment.", **{"retry-after": "2"})
UNREADABLE = _farewell(400, "Bad request", "This cannot be read as HTTP/1.1.", "Send a request line, headers, an empty line.")
LINGER = 2.0
UNSENT_MOST = 65_536  # bytes that the system holds unsent, so that it is seen how far a slow client is


def _bound_unsent(transport: asyncio.Transport) -> None:
    """Let the system take little ahead of the network, where it can be told so.

    Its buffer grows to megabytes, and tells of room only once a third is free: a slow client
    would seem to take nothing for minutes.
    """
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    connected = transport.get_extra_info("socket")
    if option is not None and connected is not None:
        connected.setsockopt(socket.IPPROTO_TCP, option, UNSENT_MOST)


class Connection(HttpToolsProtocol):
    """uvicorn's connection with limits, which are set for the process by ``limit``."""

    request_seconds, stall_seconds, most = 10.0, 30.0, 1000
    refused: ClassVar[Callable[[int, str], None]] = staticmethod(lambda status, client: None)  # is told who got which farewell
    _ended = False
    _body_until = 0.0  # when the body of the latest request is due
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
        _bound_unsent(transport)
        if len(self.connections) > self.most and not self._make_room():
            self._end(TOO_MANY)
        else:
            self._watch()

    def data_received(self, data: bytes) -> None:
        """Take bytes, which buy no more time. What comes after the end is dropped, so that the client can read why."""
        if self._ended:
            return
        self._unread += len(data)
        super().data_received(data)
        if self._unread > HEAD_MOST:
            self._end(TOO_LARGE)
        self._watch()

    def on_headers_complete(self) -> None:
        """A head is whole. What is raised here the parser takes for a request that it cannot read."""
        if len(self.url) > ADDRESS_MOST:
            raise ValueError("too long an address")
        if sum(len(name) + len(value) for name, value in self.headers) > HEAD_MOST:
            self._end(TOO_LARGE)
            raise ValueError("too large a head")
        if len(self.pipeline) >= AHEAD_MOST:  # some answers are on their way, so that no other can be given
            self.transport.abort()
            raise ValueError("too many requests at once")
        super().on_headers_complete()
        self._unread = 0
        self._body_until = self.loop.time() + self.request_seconds

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read."""
        self._end(TOO_LONG if len(self.url) > ADDRESS_MOST else UNREADABLE)

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
        if self._waits:
            return self._waits.when()
        is_sending = self.cycle is not None and self.cycle.more_body and not self.cycle.response_started
        return self._body_until if is_sending and not self.pipeline else None

    def _watch(self) -> None:
        if self._ended:
            return
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
        if self._ended or self.transport.is_closing():
            return
        self._ended = True
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.connections.discard(self)
        type(self).refused(int(farewell[9:12]), self.client[0] if self.client else "")
        self.transport.write(farewell)
        self.transport.write_eof()
        self.loop.call_later(LINGER, self.transport.abort)

    def _stop(self, name: str) -> None:
        timer: Any = getattr(self, name)
        if timer is not None:
            timer.cancel()
        setattr(self, name, None)

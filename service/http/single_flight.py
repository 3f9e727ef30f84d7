"""Single flight: what several clients ask for at the same moment is made once.

The work runs in a task of its own, so that it belongs to no client: it goes on as long as one of
them waits. No lock and no thread is held meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope

from .headers import RawHeader, completed

LOOK = 0.2  # seconds between two looks whether a client is still there

log = logging.getLogger("lodegraph")


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer that came in one piece."""

    status: int
    headers: tuple[RawHeader, ...]
    body: bytes

    def header(self, name: bytes) -> str | None:
        """A header's value, or None."""
        return next((value.decode("latin-1") for key, value in self.headers if key == name), None)

    @property
    def is_stored(self) -> bool:
        """Whether it may be given to others than those who waited for it."""
        return self.header(b"cache-control") != "no-store"


@dataclass(frozen=True, slots=True)
class Streamed:
    """An answer that comes in pieces, which one client alone can take: ``Flight.pieces``."""

    status: int
    headers: tuple[RawHeader, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A stream that another client takes."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The app raised, or ended without an answer."""

    error: BaseException


Outcome = Whole | Streamed | Taken | Failed


class Flight:
    """One run of the app for all who ask the same; ``landed`` is called with how it ended."""

    def __init__(
        self,
        app: ASGIApp,
        scope: Scope,
        version: str,
        landed: Callable[[Flight, Outcome], None] = lambda flight, outcome: None,
    ) -> None:
        self._version, self._landed = version, landed
        self._path: str = scope["path"]
        self._waiting = 0
        self._left = asyncio.Event()  # nobody waits
        self._is_body_given = self._is_claimed = False
        self._start: Message | None = None
        self._pieces: asyncio.Queue[Message | Failed] = asyncio.Queue()
        self._outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._run(app, scope))

    async def join(self, receive: Receive, scope: Scope) -> Outcome | None:
        """Wait for the outcome; None where this client left first."""
        self._waiting += 1
        self._left.clear()
        try:
            while not self._outcome.done():
                await asyncio.wait([self._outcome], timeout=LOOK)
                if not self._outcome.done() and await Request(scope, receive).is_disconnected():
                    return None
            return self._claimed(self._outcome.result())
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._leave()

    def _claimed(self, outcome: Outcome) -> Outcome:
        if not isinstance(outcome, Streamed):
            return outcome
        if self._is_claimed:
            return Taken()
        self._is_claimed = True
        return outcome

    def _leave(self) -> None:
        """Nobody waits any more: the app is told, as by a client that hangs up."""
        if not self._outcome.done():
            self._left.set()
        elif isinstance(self._outcome.result(), Streamed) and not self._is_claimed:
            self._task.cancel()

    async def pieces(self, receive: Receive) -> AsyncGenerator[Message, None]:
        """Messages of a stream's body, to whom it was given; the next is made once one is sent.

        Raises what the app raises.
        """
        watching = asyncio.create_task(self._watch(receive))
        more = True
        try:
            while more:
                message = await self._pieces.get()
                if isinstance(message, Failed):
                    raise message.error
                yield message
                more = message.get("more_body", False)
                self._pieces.task_done()
        finally:
            watching.cancel()
            if more:
                self.stop()

    def stop(self) -> None:
        """End the run, whatever it still does."""
        self._task.cancel()

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._left.set()

    async def _run(self, app: ASGIApp, scope: Scope) -> None:
        try:
            await app(scope, self._receive, self._send)
        except Exception as error:
            self._fail(error)
        except asyncio.CancelledError:
            self._tell(RuntimeError("The work was stopped."))
            raise
        else:
            self._tell(RuntimeError("The app ended without a whole answer."))

    def _fail(self, error: Exception) -> None:
        """The app raised; where no client is there to be told, the log is."""
        is_told = self._waiting or self._is_claimed
        if not is_told or (self._outcome.done() and not self._is_claimed):
            log.error("%s failed when nobody waited for it: %r", self._path, error)
        self._tell(error)

    def _tell(self, error: BaseException) -> None:
        """Tell whoever still waits that nothing more comes."""
        if not self._outcome.done():
            self._land(Failed(error))
        elif isinstance(self._outcome.result(), Streamed):
            self._pieces.put_nowait(Failed(error))

    def _land(self, outcome: Outcome) -> None:
        self._landed(self, outcome)
        self._outcome.set_result(outcome)

    async def _receive(self) -> Message:
        """An empty body; then, once nobody waits, that the client is gone."""
        if not self._is_body_given:
            self._is_body_given = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif not self._outcome.done():
            await self._first(message)
        elif isinstance(self._outcome.result(), Streamed):
            await self._hand_over(message)

    async def _hand_over(self, message: Message) -> None:
        """Give a piece of a stream away, and wait until it is sent."""
        self._pieces.put_nowait(message)
        await self._pieces.join()

    async def _first(self, message: Message) -> None:
        assert self._start is not None
        status = self._start["status"]
        headers = tuple(completed(self._start.get("headers", ()), self._version))
        if not message.get("more_body", False):
            self._land(Whole(status, headers, message.get("body", b"")))
            return
        if not self._waiting:
            raise OSError("The client has left.")
        self._land(Streamed(status, headers))
        await self._hand_over(message)

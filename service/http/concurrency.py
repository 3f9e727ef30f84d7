"""Bulkheads: how many look-ups run at once, how many wait for how long, and how long each may take.

Routes are synchronous functions that FastAPI runs in threads. A thread cannot be ended, and Python runs one at a time, so that more of
them would only make each slower and leave none for health checks and static files. Therefore work takes a place first and waits for it
outside of threads; within its place it has a deadline, at which it ends itself (``kg.deadline``). A place is given back when the work is
over, not when the answer is taken: a slow reader holds none.

Two bulkheads keep what reads the whole graph from what does not. A limit on threads alone (AnyIO's) would have neither an end to its
queue nor a deadline; one for all requests, in middleware, would be held by queries, which wait in the pool of query processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from kg import Busy, LimitReached
from kg.deadline import deadline

P = ParamSpec("P")
T = TypeVar("T")
LOOK = 0.2  # seconds between two looks whether who waits is still there
RETRY_MOST = 10  # seconds that a client is told to wait, at most


@dataclass(frozen=True)
class WorkLimits:
    """``lookups`` at once, each of ``seconds``; ``whole`` readings of the whole graph at once, each of ``whole_seconds``; of both,
    ``waiting`` more may wait for ``patience`` seconds."""

    lookups: int = 2
    seconds: float = 30.0
    whole: int = 2
    whole_seconds: float = 120.0
    waiting: int = 250
    patience: float = 60.0


class Bulkhead:
    """Places for work of one kind: ``most`` at once, first come first served; ``what`` names the work in errors."""

    def __init__(self, what: str, most: int, seconds: float, waiting: int, patience: float) -> None:
        self._what, self.most, self._seconds = what, most, seconds
        self._waiting_most, self._patience = waiting, patience
        self._places = asyncio.Semaphore(most)
        self.waiting = 0

    @asynccontextmanager
    async def place(self, request: Request | None = None) -> AsyncIterator[None]:
        """A place with a deadline, for as long as the block runs; with a request, who hangs up waits no longer.

        Raises Busy where too many wait, or none is free in time; LimitReached where the client hung up.
        """
        await self._take(request)
        try:
            with deadline(self._seconds):
                yield
        finally:
            self._places.release()

    async def run(self, call: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Call a function in a thread, at a place. Raises Busy, and what it raises."""
        async with self.place():
            return await run_in_threadpool(call, *args, **named)

    async def _take(self, request: Request | None) -> None:
        if not self._places.locked():
            await self._places.acquire()  # at once
            return
        if self.waiting >= self._waiting_most:
            raise self._busy()
        self.waiting += 1
        taking = asyncio.ensure_future(self._places.acquire())
        try:
            await self._wait(taking, request)
        except BaseException:
            if not taking.cancel():
                self._places.release()
            raise
        finally:
            self.waiting -= 1

    async def _wait(self, taking: asyncio.Future[Any], request: Request | None) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + self._patience
        while not taking.done():
            if clock() >= end:
                raise self._busy()
            await asyncio.wait([taking], timeout=LOOK)
            if not taking.done() and request is not None and await request.is_disconnected():
                raise LimitReached("The client hung up.", limit="client")

    def _busy(self) -> Busy:
        wait = max(1, min(RETRY_MOST, round(self._patience)))
        return Busy(f"Every place for {self._what} is taken.", "Try again in a moment.", limit="places", retry_after=wait)


class Bulkheads:
    """The bulkheads of a service: ``lookups``, and ``whole`` for what reads the whole graph."""

    def __init__(self, limits: WorkLimits) -> None:
        shared = (limits.waiting, limits.patience)
        self.lookups = Bulkhead("a look-up", limits.lookups, limits.seconds, *shared)
        self.whole = Bulkhead("a reading of the whole graph", limits.whole, limits.whole_seconds, *shared)


def bulkheads_of(request: Request) -> Bulkheads:
    """The bulkheads of the app that answers a request."""
    found: Bulkheads = request.app.state.bulkheads
    return found


async def _lookup(request: Request) -> AsyncIterator[None]:
    async with bulkheads_of(request).lookups.place(request):
        yield


async def _whole(request: Request) -> AsyncIterator[None]:
    async with bulkheads_of(request).whole.place(request):
        yield


# Dependencies of routes that are synchronous; left when the answer is made, before it is sent. A route has one of them.
LOOKUP = Depends(_lookup, scope="function")
WHOLE = Depends(_whole, scope="function")

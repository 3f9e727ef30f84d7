"""Who runs next: idle workers by lane, and those who wait for one, first come first served. Knows processes; knows nothing of answers."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from .client import Job, Worker


@dataclass(eq=False)
class _Waiter:
    """Somebody who waits for a worker of some lanes; ``wake`` is called once there is one, or nothing to wait for any longer."""

    lanes: list[str]
    wake: Callable[[], object]
    found: tuple[Worker, str] | None = None


@dataclass(frozen=True)
class Load:
    """How busy the lanes are: workers and idle workers by lane, and how many queries wait for one."""

    workers: dict[str, int]
    idle: dict[str, int]
    waiting: int


class Lanes:
    """Workers, each with its lane. A worker that becomes free goes to the first who waits for its lane, who alone is woken.

    So a worker lies idle only where nobody waits for it. ``start`` makes a worker; ``most`` may wait at once. Those who wait may do so in
    several event loops. ``died`` is told the lane of an idle worker that was found dead.
    """

    def __init__(
        self, lanes: Iterable[str], start: Callable[[], Worker], most: int, died: Callable[[str], object] = lambda lane: None
    ) -> None:
        self._start, self._most, self._died = start, most, died
        self._lock = threading.Lock()
        self._open = True
        self._waiting: list[_Waiter] = []
        self._all: set[Worker] = set()
        self._idle: dict[str, list[Worker]] = {}
        named = list(lanes)
        self._workers = dict(Counter(named))
        for lane in named:
            self._idle.setdefault(lane, []).append(self._new())

    async def take(self, lanes: list[str], job: Job, seconds: float) -> tuple[Worker, str] | None:
        """A worker of the first of these lanes that has one, and the lane; waits where none has. None where the time is over, the job was
        cancelled, or too many wait already."""
        woken, loop = asyncio.Event(), asyncio.get_running_loop()
        with self._lock:
            found = self._take_idle(lanes) if self._open else None
            if found is not None or not self._open or len(self._waiting) >= self._most:
                return found
            waiter = _Waiter(lanes, lambda: loop.call_soon_threadsafe(woken.set))
            self._waiting.append(waiter)
            job.wake = waiter.wake
        wanted = False
        try:
            if not job.cancelled:
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await woken.wait()
            wanted = not job.cancelled
        finally:
            with self._lock:
                job.wake = None
                if waiter in self._waiting:
                    self._waiting.remove(waiter)
                if waiter.found is not None and not wanted:
                    self._offer(*waiter.found)
        return waiter.found if wanted else None

    def leave(self, worker: Worker, lane: str, whole: bool) -> int:
        """Give a worker back, or where it is not ``whole`` end it, which takes a moment, and have another in its place; how its process
        ended."""
        code = 0 if whole else worker.close()
        with self._lock:
            if whole:
                self._offer(worker, lane)
            else:
                self._all.discard(worker)
                if self._open:
                    self._offer(self._new(), lane)
        return code

    def load(self) -> Load:
        """How busy they are at this moment."""
        with self._lock:
            idle = {lane: len(workers) for lane, workers in self._idle.items()}
            return Load(dict(self._workers), idle, len(self._waiting))

    def close(self) -> None:
        """End all processes at once; who waits gets none. Those at work are closed by whoever reads from them."""
        with self._lock:
            self._open = False
            idle = [worker for workers in self._idle.values() for worker in workers]
            for waiter in self._waiting:
                waiter.wake()
            for worker in self._all - set(idle):
                worker.process.kill()
        for worker in idle:
            worker.close()

    def _take_idle(self, lanes: list[str]) -> tuple[Worker, str] | None:
        for lane in lanes:
            if self._idle[lane]:
                worker = self._idle[lane].pop()
                if worker.is_dead():  # it was killed from outside
                    self._all.discard(worker)
                    worker.close()
                    worker = self._new()
                    self._died(lane)
                return worker, lane
        return None

    def _offer(self, worker: Worker, lane: str) -> None:
        for waiter in self._waiting:
            if lane in waiter.lanes:
                self._waiting.remove(waiter)
                waiter.found = worker, lane
                waiter.wake()
                return
        self._idle[lane].append(worker)

    def _new(self) -> Worker:
        worker = self._start()
        self._all.add(worker)
        return worker

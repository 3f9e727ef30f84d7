"""Who runs next: idle workers by lane, and those who wait for one, first come first served. Knows processes; knows nothing of answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .process import Job, Worker


@dataclass(eq=False)
class _Waiter:
    """Somebody who waits for a worker of some lanes; ``ready`` is set once it has one, or need not wait any longer."""

    lanes: list[str]
    ready: threading.Event = field(default_factory=threading.Event)
    found: tuple[Worker, str] | None = None


class Lanes:
    """Workers, each with its lane. A worker that becomes free goes to the first who waits for its lane, who alone is woken.

    So a worker lies idle only where nobody waits for it. ``start`` makes a worker; ``most`` may wait at once.
    """

    def __init__(self, lanes: Iterable[str], start: Callable[[], Worker], most: int) -> None:
        self._start, self._most = start, most
        self._lock = threading.Lock()
        self._open = True
        self._waiting: list[_Waiter] = []
        self._all: set[Worker] = set()
        self._idle: dict[str, list[Worker]] = {}
        for lane in lanes:
            self._idle.setdefault(lane, []).append(self._new())

    def take(self, lanes: list[str], job: Job, seconds: float) -> tuple[Worker, str] | None:
        """A worker of the first of these lanes that has one, and the lane; waits where none has. None where the time is over, the job was
        cancelled, or too many wait already."""
        with self._lock:
            found = self._take_idle(lanes) if self._open else None
            if found is not None or not self._open or len(self._waiting) >= self._most:
                return found
            waiter = _Waiter(lanes)
            self._waiting.append(waiter)
            job.wake = waiter.ready.set
        if not job.cancelled:
            waiter.ready.wait(seconds)
        with self._lock:
            job.wake = None
            if waiter in self._waiting:
                self._waiting.remove(waiter)
            if waiter.found is not None and job.cancelled:
                self._offer(*waiter.found)
                return None
            return waiter.found

    def leave(self, worker: Worker, lane: str, whole: bool) -> int:
        """Give a worker back, or where it is not ``whole`` end it and have another in its place; how its process ended."""
        code = 0 if whole else worker.close()
        with self._lock:
            if whole:
                self._offer(worker, lane)
            else:
                self._all.discard(worker)
                if self._open:
                    self._offer(self._new(), lane)
        return code

    def workers(self) -> list[Worker]:
        """All workers there are."""
        with self._lock:
            return list(self._all)

    def close(self) -> None:
        """End all processes at once; who waits gets none."""
        with self._lock:
            self._open = False
            workers = list(self._all)
            for waiter in self._waiting:
                waiter.ready.set()
        for worker in workers:
            worker.close()

    def _take_idle(self, lanes: list[str]) -> tuple[Worker, str] | None:
        for lane in lanes:
            if self._idle[lane]:
                worker = self._idle[lane].pop()
                if worker.is_dead():  # it was killed from outside
                    self._all.discard(worker)
                    worker.close()
                    worker = self._new()
                return worker, lane
        return None

    def _offer(self, worker: Worker, lane: str) -> None:
        for waiter in self._waiting:
            if lane in waiter.lanes:
                self._waiting.remove(waiter)
                waiter.found = worker, lane
                waiter.ready.set()
                return
        self._idle[lane].append(worker)

    def _new(self) -> Worker:
        worker = self._start()
        self._all.add(worker)
        return worker

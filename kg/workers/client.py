"""A query on its way and the process it runs in: limits, job, worker process. Knows nothing of how they are scheduled."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import LimitReached
from . import lifeline
from .worker import HEAD, frame

READ = 65_536  # bytes of a pipe that are read at once
SENT_AT_ONCE = 16_000  # bytes that an idle process's pipe surely takes without waiting


@dataclass(frozen=True)
class Limits:
    """Limits of one query (seconds, rows, bytes of the answer, bytes of memory) and of all together.

    ``workers``: free queries that run at once; ``waiting`` more may wait for ``patience`` seconds each. ``quick``: seconds in the lane that
    is kept for quick queries. ``spool``: bytes of large answers that may wait on disk for their readers.
    """

    seconds: float = 10.0
    rows: int = 100_000
    size: int = 50_000_000
    memory: int = 1_000_000_000
    workers: int = 2
    waiting: int = 250
    patience: float = 30.0
    quick: float = 1.0
    spool: int = 1_000_000_000

    def reached(self, reason: str, seconds: float = 0.0) -> LimitReached:
        """The error that names the limit: client, time (the seconds given), memory or depth."""
        detail, advice = {
            "client": ("The client hung up.", ""),
            "time": (f"The query was stopped after {seconds:g} seconds.", "Narrow it: name more terms, or add a LIMIT."),
            "memory": (f"The query needed more than {self.memory / 1e6:,.0f} MB of memory.", "Narrow it, or sort and group less."),
            "depth": ("The query nests too deep, or is too long, for the engine.", "Write it flatter, or ask in several queries."),
        }[reason]
        return LimitReached(detail, advice, limit=reason)


@dataclass
class Job:
    """A query on its way. ``volatile``: it gives another answer each time; ``named``: it is one of our own. ``cancel`` stops it.

    ``lane``, ``waited``, ``seconds`` and ``rows`` tell how it went: see ``observer.QueryRun``.
    """

    text: str
    key: str
    content: bytes
    volatile: bool = False
    named: bool = False
    cancelled: bool = False
    lane: str = ""
    waited: float = 0.0
    seconds: float = 0.0
    rows: int = 0
    worker: Worker | None = field(default=None, repr=False)
    wake: Callable[[], object] | None = field(default=None, repr=False)  # ends its waiting

    def cancel(self) -> None:
        """Stop the query; whoever waits for it gets LimitReached with the limit “client”."""
        self.cancelled = True
        wake, worker = self.wake, self.worker
        if wake is not None:
            wake()
        if worker is not None:
            worker.stop(self, "client")


class Worker:
    """One process with its pipes, and the job that it has. ``reason`` says why it was killed, where it was.

    What kills it names the job, and holds the lock: a job that has just ended never takes the next one down with it.
    """

    def __init__(self, path: Path | str, memory: int, union: bool) -> None:
        words = [sys.executable, "-m", "kg.workers.worker", str(path), str(memory), "union" if union else "apart"]
        root = str(Path(__file__).resolve().parent.parent.parent)
        pipe = subprocess.PIPE
        self._lifeline = -1
        handles: tuple[int, ...] = ()
        if sys.platform != "win32":
            inherited, self._lifeline = lifeline.cast()
            handles = (inherited,)
        try:
            self.process = subprocess.Popen(
                [*words, *map(str, handles)],
                bufsize=0,
                stdin=pipe,
                stdout=pipe,
                stderr=subprocess.DEVNULL,
                cwd=root,
                pass_fds=handles,
            )
        except OSError:
            _close(self._lifeline)
            raise
        finally:
            for handle in handles:
                _close(handle)
        self.ready = False
        self.reason = ""
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._held = bytearray()
        assert self.process.stdin
        assert self.process.stdout
        self._input, self._output = self.process.stdin, self.process.stdout

    def is_dead(self) -> bool:
        """Whether the process has ended."""
        return self.process.poll() is not None

    async def send(self, kind: bytes, content: bytes) -> None:
        """Write one frame. Raises OSError where the process is gone."""
        whole = frame(kind, content)
        if len(whole) <= SENT_AT_ONCE:
            os.write(self._input.fileno(), whole)
        else:
            await asyncio.to_thread(_write, self._input.fileno(), whole)

    async def receive(self) -> tuple[bytes, bytes]:
        """Read one frame. Raises EOFError where the process is gone."""
        await self._hold(HEAD.size)
        length, kind = HEAD.unpack_from(self._held)
        await self._hold(HEAD.size + length)
        content = bytes(self._held[HEAD.size : HEAD.size + length])
        del self._held[: HEAD.size + length]
        return bytes([kind]), content

    async def _hold(self, size: int) -> None:
        while len(self._held) < size:
            data = await _read(self._output.fileno())
            if not data:
                raise EOFError
            self._held += data

    def begin(self, job: Job, seconds: float) -> None:
        """Take a job, or give the one it has this much time from now; past that, the process is killed."""
        if self._deadline:
            self._deadline.cancel()
        self._deadline = asyncio.get_running_loop().call_later(seconds, self.stop, job, "time")
        with self._lock:
            self._job, job.worker = job, self
        if job.cancelled:
            self.stop(job, "client")

    def end(self, job: Job) -> str:
        """Leave a job, which can no longer be stopped; why it was stopped, or nothing."""
        if self._deadline:
            self._deadline.cancel()
        with self._lock:
            self._deadline = self._job = job.worker = None
            return self.reason

    def stop(self, job: Job, reason: str) -> None:
        """Kill the process if it still has this job."""
        with self._lock:
            if self._job is job:
                self.reason = self.reason or reason
                self.process.kill()

    def close(self) -> int:
        """End the process and its pipes; how the process ended, as ``subprocess`` tells it."""
        self.process.kill()
        code = self.process.wait()
        for pipe in (self._input, self._output):
            with contextlib.suppress(OSError):
                pipe.close()
        _close(self._lifeline)
        self._lifeline = -1
        return code


def _close(handle: int) -> None:
    if handle >= 0:
        with contextlib.suppress(OSError):
            os.close(handle)


async def _read(pipe: int) -> bytes:
    """What a pipe has, once it has something; nothing where its other end is closed."""
    if sys.platform == "win32":  # whose event loops cannot wait for such pipes
        return await asyncio.to_thread(os.read, pipe, READ)
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(pipe, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(pipe)
    return os.read(pipe, READ)


def _write(pipe: int, data: bytes) -> None:
    while data:
        data = data[os.write(pipe, data) :]

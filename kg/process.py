"""A query on its way and the process it runs in: limits, job, answer, worker process. Knows nothing of how they are scheduled."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from .results import CHUNK


@dataclass(frozen=True)
class Limits:
    """Limits of one query (seconds, rows, bytes of the answer, bytes of memory), workers, and how many may wait how long for one.

    ``quick`` is the time in the lane kept for quick queries.
    """

    seconds: float = 10.0
    rows: int = 100_000
    size: int = 50_000_000
    memory: int = 2_000_000_000
    workers: int = 2
    waiting: int = 64
    patience: float = 5.0
    quick: float = 1.0


@dataclass
class Answer:
    """An answer: its format (of results.MEDIA_TYPES, or of store.RDF_FORMATS where ``is_graph``), whether rows were cut off, its bytes.

    Small answers are in ``body``; larger ones in a temporary file, ``spool``, so that memory stays constant and nothing is sent
    before it is known how the query ends.
    """

    format: str
    is_graph: bool
    cut: bool
    body: bytes = b""
    spool: IO[bytes] | None = None

    def chunks(self) -> Iterator[bytes]:
        """The bytes, piece by piece; to be read once where there is a spool."""
        if self.spool is None:
            yield self.body
            return
        with self.spool:
            while piece := self.spool.read(CHUNK):
                yield piece


class Worker:
    """One process with its pipes; ``deadline`` is when it will be killed."""

    def __init__(self, path: Path | str, memory: int, union: bool) -> None:
        words = [sys.executable, "-m", "kg.worker", str(path), str(memory), "union" if union else "apart"]
        root = str(Path(__file__).resolve().parent.parent)
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root)
        self.ready = False
        self.deadline: float | None = None
        self.reason = ""
        assert self.process.stdin
        assert self.process.stdout
        self.input, self.output = self.process.stdin, self.process.stdout

    def kill(self, reason: str) -> None:
        """End the process at once."""
        self.reason = self.reason or reason
        self.process.kill()

    def close(self) -> None:
        """End the process and its pipes."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.input, self.output):
            with contextlib.suppress(OSError):
                pipe.close()


@dataclass
class Job:
    """A query on its way. ``volatile``: it gives another answer each time. ``cancel`` stops it, wherever it is."""

    text: str
    key: str
    content: bytes
    volatile: bool = False
    cancelled: bool = False
    worker: Worker | None = field(default=None, repr=False)

    def cancel(self) -> None:
        """Stop the query; whoever waits for it gets LimitReached with the limit “client”."""
        self.cancelled = True
        if self.worker is not None:
            self.worker.kill("client")

"""Free SPARQL in processes that can be killed: a time limit that stops, a memory limit, a row limit that says it cut.

Each worker opens the built store read-only. Knows the store, the scan and the result writers; knows nothing of the web.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from concurrent.futures import Future, TimeoutError
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from . import results
from .errors import BadQuery, Busy, LimitReached
from .scan import scan
from .store import RDF_FORMATS, Store


@dataclass(frozen=True)
class Limits:
    """Limits of one query: seconds, rows, bytes of the answer, bytes of memory; and how many run and wait at once."""

    seconds: float = 10.0
    rows: int = 10_000
    size: int = 20_000_000
    memory: int = 2_000_000_000
    workers: int = 2
    waiting: int = 16


@dataclass(frozen=True)
class Answer:
    """Bytes in ``format`` (a key of results.MEDIA_TYPES, or of store.RDF_FORMATS where ``is_graph``); ``cut`` where rows are missing."""

    body: bytes
    format: str
    is_graph: bool
    cut: bool


class QueryPool:
    """Runs queries in killable processes. ``close`` ends them."""

    def __init__(self, path: Path, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._places = threading.BoundedSemaphore(self.limits.workers + self.limits.waiting)
        self._pool = ProcessPool(
            max_workers=self.limits.workers,
            initializer=_open,
            initargs=(str(path), self.limits.memory),
            context=multiprocessing.get_context("spawn"),
        )

    def warm(self) -> None:
        """Start the processes before the first query needs one."""
        for _ in range(self.limits.workers):
            self._pool.schedule(_ready)

    def submit(
        self, text: str, rows: str = "json", graph: str = "turtle", default: tuple[str, ...] = (), named: tuple[str, ...] = ()
    ) -> Future[Answer]:
        """Start a query. Raises BadQuery (refused before it runs) and Busy; ``answer_of`` reads the future."""
        scan(text)
        if not self._places.acquire(blocking=False):
            raise Busy("Every place for a query is taken.", "Try again in a moment.", retry_after=2)
        future: Future[Answer] = self._pool.schedule(
            _answer, args=(text, rows, graph, default, named, self.limits.rows, self.limits.size), timeout=self.limits.seconds
        )
        future.add_done_callback(lambda _: self._places.release())
        return future

    def ask(self, text: str, **options: Any) -> Answer:
        """Run a query and wait. Raises BadQuery, Busy, LimitReached."""
        return self.answer_of(self.submit(text, **options))

    def answer_of(self, future: Future[Answer]) -> Answer:
        """The answer of a finished or running query. Raises BadQuery, LimitReached."""
        try:
            return future.result()
        except TimeoutError:
            raise LimitReached(
                f"The query was stopped after {self.limits.seconds:g} seconds.", "Narrow it: name more terms, or add a LIMIT.", limit="time"
            ) from None
        except (ProcessExpired, MemoryError):
            raise LimitReached(
                f"The query needed more than {self.limits.memory / 1e6:,.0f} MB of memory, or nested too deep.",
                "Narrow it, or sort less.",
                limit="memory",
            ) from None

    def close(self) -> None:
        """End all processes at once."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves this one untyped
        self._pool.join()


_store: Store | None = None


def _open(path: str, memory: int) -> None:
    global _store
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the engine never returns to Python to run a handler
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    _store = Store(Path(path))


def _ready() -> bool:
    return _store is not None


def _answer(text: str, rows: str, graph: str, default: tuple[str, ...], named: tuple[str, ...], most: int, size: int) -> Answer:
    assert _store is not None
    found = _store.solve(text, default, named)
    kind = type(found).__name__
    if kind == "QueryBoolean":
        return Answer(results.write_boolean(bool(found), rows), rows, False, False)
    if kind == "QuerySolutions":
        body, cut = results.write_rows([v.value for v in found.variables], found, rows, most)
    else:
        held = []
        for triple in found:
            held.append(triple)
            if len(held) > most:
                break
        cut = len(held) > most
        body, rows = _store.serialize(held[:most], graph), graph
    if len(body) > size:
        raise LimitReached(f"The answer has more than {size:,} bytes.", "Ask for fewer rows or columns.", limit="bytes")
    return Answer(body, rows, kind == "QueryTriples", cut)


__all__ = ["RDF_FORMATS", "Answer", "BadQuery", "Limits", "QueryPool"]

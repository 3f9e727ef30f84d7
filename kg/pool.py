"""Free SPARQL in processes that can be killed, within limits of time, memory, bytes and rows.

Each worker opens the built store read-only. One lane is kept for quick queries: where all other workers are busy, a query that has not
shown itself slow may run there for a moment, so that as many runaways as workers lock nobody out. Knows nothing of the web.
"""

from __future__ import annotations

import hashlib
import json
import queue
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .errors import BadQuery, Busy, LimitReached, StoreFailed, StoreGone
from .process import Answer, Job, Limits, Worker
from .scan import scan
from .worker import receive, send

STORE_ERRORS = {"StoreGone": StoreGone, "StoreFailed": StoreFailed}
BUFFER = 1_000_000  # bytes of an answer that are kept in memory; more go to a temporary file
REMEMBERED = 10_000
CACHE_ENTRY = 200_000
CACHE_ALL = 64_000_000


class QueryPool:
    """Runs queries in killable processes over a store. ``union``: the default graph is all graphs together. ``close`` ends them."""

    def __init__(self, path: Path | str, limits: Limits | None = None, union: bool = True) -> None:
        self.limits = limits or Limits()
        self._path, self._union = path, union
        self._open = True
        self._lock = threading.Lock()
        self._all: set[Worker] = set()
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        self._quick: queue.LifoQueue[Worker] = queue.LifoQueue()
        self._waiting = threading.BoundedSemaphore(self.limits.waiting)
        self._slow: OrderedDict[str, None] = OrderedDict()
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._kept_size = 0
        for _ in range(self.limits.workers):
            self._idle.put(self._start())
        self._quick.put(self._start())
        threading.Thread(target=self._watch, daemon=True, name="query-deadlines").start()

    def job(
        self,
        text: str,
        rows: str = "json",
        graph: str = "turtle",
        default: tuple[str, ...] = (),
        named: tuple[str, ...] = (),
        base: str = "",
        most: int | None = None,
    ) -> Job:
        """Prepare a query; ``most``: rows of a SELECT, where fewer than the limit. Raises BadQuery where it is refused before it runs."""
        seen = scan(text)
        rows_most = min(most, self.limits.rows) if most and seen.form == "SELECT" else self.limits.rows
        limits = {"most": rows_most, "bytes": self.limits.size}
        content = json.dumps(
            {"text": text, "rows": rows, "graph": graph, "default": default, "named": named, "base": base, **limits}
        ).encode()
        return Job(text, hashlib.sha256(content).hexdigest(), content, seen.volatile)

    def ask(self, text: str, **options: Any) -> Answer:
        """Run a query and wait. Raises BadQuery, Busy, LimitReached."""
        return self.run(self.job(text, **options))

    def run(self, job: Job) -> Answer:
        """Run a prepared query to its end. Raises BadQuery, Busy, LimitReached."""
        with self._lock:
            kept = self._kept.get(job.key)
            if kept is not None:
                self._kept.move_to_end(job.key)
                return kept
        worker = self._take(block=False)
        if worker is None and job.key not in self._slow:
            try:
                quick = self._quick.get_nowait()
            except queue.Empty:
                pass
            else:
                try:
                    return self._run_on(quick, job, min(self.limits.quick, self.limits.seconds), self._quick)
                except LimitReached as error:
                    if error.extra.get("limit") != "time" or self.limits.quick >= self.limits.seconds:
                        raise
        return self._run_on(worker or self._wait(), job, self.limits.seconds, self._idle)

    def close(self) -> None:
        """End all processes at once."""
        self._open = False
        with self._lock:
            workers = list(self._all)
        for worker in workers:
            worker.close()

    def _run_on(self, worker: Worker, job: Job, seconds: float, lane: queue.LifoQueue[Worker]) -> Answer:
        spool = tempfile.SpooledTemporaryFile(max_size=BUFFER)  # noqa: SIM115  # the answer closes it
        done: dict[str, Any] = {}
        try:
            for kind, content in self._frames(worker, job, seconds, lane):
                if kind == b"C":
                    spool.write(content)
                else:
                    done = json.loads(content)
        except BaseException:
            spool.close()
            raise
        size = spool.tell()
        spool.seek(0)
        answer = Answer(done["format"], done["is_graph"], done["cut"])
        if size > BUFFER:
            answer.spool = spool
            return answer
        with spool:
            answer.body = spool.read()
        if not job.volatile:
            self._keep(job.key, answer)
        return answer

    def _frames(self, worker: Worker, job: Job, seconds: float, lane: queue.LifoQueue[Worker]) -> Iterator[tuple[bytes, bytes]]:
        """Frames of a job's answer. The worker goes back to its lane at the end, or is replaced where it was killed or died."""
        started, finished = time.monotonic(), False
        job.worker, worker.reason = worker, ""
        if job.cancelled:
            worker.kill("client")
        try:
            if not worker.ready:
                receive(worker.output)  # it says once that its store is open; that time is not the query's
                worker.ready, started = True, time.monotonic()
            worker.deadline = started + seconds
            send(worker.input, b"J", job.content)
            while True:
                kind, content = receive(worker.output)
                if kind == b"E":
                    finished = True
                    raise self._error(json.loads(content))
                finished = kind == b"D"
                yield kind, content
                if finished:
                    return
        except (EOFError, OSError, ValueError):
            if not finished:
                raise self._stopped(worker.reason, seconds) from None
            raise
        finally:
            job.worker, worker.deadline = None, None
            if time.monotonic() - started > self.limits.quick:
                self._remember(job.key)
            if not finished or worker.reason:
                self._replace(worker, lane)
            else:
                lane.put(worker)

    def _error(self, told: dict[str, Any]) -> Exception:
        if told["kind"] == "query":
            return BadQuery(told["detail"], told["advice"], **told["extra"])
        if told["kind"] in STORE_ERRORS:
            return STORE_ERRORS[told["kind"]](told["detail"], told["advice"], **told["extra"])
        if told["kind"] == "bytes":
            return LimitReached(f"The answer has more than {self.limits.size:,} bytes.", "Ask for fewer rows or columns.", limit="bytes")
        return self._stopped("", 0)

    def _stopped(self, reason: str, seconds: float) -> LimitReached:
        if reason == "client":
            return LimitReached("The client hung up.", limit="client")
        if reason == "time":
            return LimitReached(
                f"The query was stopped after {seconds:g} seconds.", "Narrow it: name more terms, or add a LIMIT.", limit="time"
            )
        told = f"The query needed more than {self.limits.memory / 1e6:,.0f} MB of memory, or nested too deep for the engine."
        return LimitReached(told, "Narrow it, sort less, or write it flatter.", limit="memory")

    def _take(self, block: bool) -> Worker | None:
        try:
            return self._idle.get(timeout=self.limits.patience) if block else self._idle.get_nowait()
        except queue.Empty:
            return None

    def _wait(self) -> Worker:
        busy = Busy("Every place for a query is taken.", "Try again in a moment.", retry_after=max(1, round(self.limits.patience)))
        if not self._open or not self._waiting.acquire(blocking=False):
            raise busy
        try:
            worker = self._take(block=True)
        finally:
            self._waiting.release()
        if worker is None:
            raise busy
        return worker

    def _start(self) -> Worker:
        worker = Worker(self._path, self.limits.memory, self._union)
        with self._lock:
            self._all.add(worker)
        return worker

    def _replace(self, worker: Worker, lane: queue.LifoQueue[Worker]) -> None:
        with self._lock:
            self._all.discard(worker)
        worker.close()
        if self._open:
            lane.put(self._start())

    def _watch(self) -> None:
        """Kill what is past its deadline; at most 20 ms late."""
        while self._open:
            now = time.monotonic()
            with self._lock:
                late = [worker for worker in self._all if worker.deadline is not None and now > worker.deadline]
            for worker in late:
                worker.kill("time")
            time.sleep(0.02)

    def _remember(self, key: str) -> None:
        with self._lock:
            self._slow[key] = None
            if len(self._slow) > REMEMBERED:
                self._slow.popitem(last=False)

    def _keep(self, key: str, answer: Answer) -> None:
        """Hold a small answer for whoever asks the same again: the data never change under a running pool."""
        with self._lock:
            if len(answer.body) > CACHE_ENTRY or key in self._kept:
                return
            self._kept[key] = answer
            self._kept_size += len(answer.body)
            while self._kept_size > CACHE_ALL:
                self._kept_size -= len(self._kept.popitem(last=False)[1].body)

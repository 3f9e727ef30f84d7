"""Free SPARQL in processes that can be killed, within limits of time, memory, bytes and rows.

Each worker opens the built store read-only. Lanes: ``free`` for any query; ``quick``, where a query that has not shown itself slow may run
for a moment while all others are busy, so that as many runaways as workers lock nobody out; ``named`` for our own queries. Knows nothing
of the web.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

from ..errors import BadQuery, Busy, LimitReached, LodeError, StoreFailed, StoreGone
from ..sparql.guard import scan
from .answers import Answer, Kept, Spool, Spools
from .client import Job, Limits, Worker
from .observer import ANSWERED, Observer, QueryRun
from .scheduler import Lanes, Load

STORE_ERRORS = {"StoreGone": StoreGone, "StoreFailed": StoreFailed}
OUTCOMES: dict[type[LodeError], str] = {BadQuery: "invalid", Busy: "busy", StoreGone: "store", StoreFailed: "store"}
REMEMBERED = 10_000
KEPT_MOST, KEPT_ENTRY = 32_000_000, 200_000  # bytes of all answers that are kept, and of one
ENTRY_COST = 1_000  # bytes that a kept answer takes beside its own
OURS_MOST = 1_000_000_000  # rows: no limit but that of bytes
RESIDENT_MOST = 300_000_000  # bytes that a worker may hold after a query; one that holds more is replaced
START_SECONDS = 30.0
KILLED, OVERFLOWED, ALARMED = -9, -11, -14  # how a process tells of SIGKILL, SIGSEGV and SIGALRM


class _Lost(Exception):
    """A worker was ended from outside; its query may be asked again."""


class QueryPool:
    """Runs queries in killable processes over a store. ``union``: the default graph is all graphs together. ``close`` ends them.

    ``observer`` is told how each query went.
    """

    def __init__(self, path: Path | str, limits: Limits | None = None, union: bool = True, observer: Observer | None = None) -> None:
        self.limits = limits or Limits()
        self._observer = observer or Observer()
        lanes = (*["free"] * self.limits.workers, "quick", "named")
        self._lanes = Lanes(lanes, lambda: Worker(path, self.limits.memory, union), self.limits.waiting, self._died)
        self._lock = threading.Lock()
        self._slow: OrderedDict[str, None] = OrderedDict()
        self._kept: Kept[Answer] = Kept(KEPT_MOST, KEPT_ENTRY)
        self.spools = Spools(self.limits.spool, self._retry_after)

    def job(
        self,
        text: str,
        rows: str = "json",
        graph: str = "turtle",
        default: tuple[str, ...] = (),
        named: tuple[str, ...] = (),
        base: str = "",
        most: int | None = None,
        size: int | None = None,
        ours: bool = False,
        triples: int | None = None,
    ) -> Job:
        """Prepare a query; ``most`` rows of a SELECT, ``triples`` of a graph and ``size`` bytes, where fewer than the limits.

        ``ours``: it is a named query, which has as many rows as it has.

        Raises BadQuery where it is refused before it runs.
        """
        seen = scan(text)
        wanted = {"SELECT": most, "CONSTRUCT": triples, "DESCRIBE": triples}.get(seen.form)
        rows_most = OURS_MOST if ours else min(wanted or self.limits.rows, self.limits.rows)
        limits = {"most": rows_most, "bytes": min(size or self.limits.size, self.limits.size), "seconds": self.limits.seconds}
        dataset = {"default": default, "named": named, "base": base}
        content = json.dumps({"text": text, "seen": seen, "rows": rows, "graph": graph, **dataset, **limits}).encode()
        return Job(text, hashlib.sha256(content).hexdigest(), content, seen.volatile, ours)

    def ask(self, text: str, **options: Any) -> Answer:
        """Run a query and wait, in a thread that has no event loop. Raises BadQuery, Busy, LimitReached."""
        return asyncio.run(self.run(self.job(text, **options)))

    def known(self, job: Job) -> Answer | None:
        """The answer of a job where it is known already, at once."""
        found = self._kept.get(job.key)
        if found is not None:
            self._observer.cached(True)
        return found

    def load(self) -> Load:
        """How busy the processes are at this moment."""
        return self._lanes.load()

    async def run(self, job: Job) -> Answer:
        """Run a prepared query to its end. Raises BadQuery, Busy, LimitReached."""
        known = self.known(job)
        if known is not None:
            return known
        self._observer.cached(False)
        outcome = "failed"
        try:
            known = await self._run(job)
            outcome = ANSWERED
        except LodeError as error:
            outcome = OUTCOMES.get(type(error)) or str(error.extra.get("limit", "failed"))
            raise
        finally:
            self._observer.finished(QueryRun(job.text, job.key, job.lane, outcome, job.waited, job.seconds, job.rows))
        return known

    async def _run(self, job: Job) -> Answer:
        known, lost = None, False
        while known is None:
            worker, lane = await self._take(job)
            seconds = min(self.limits.quick, self.limits.seconds) if lane == "quick" else self.limits.seconds
            try:
                known = await self._run_on(worker, job, seconds, lane)
            except _Lost:
                if lost:
                    raise self.limits.reached("memory") from None
                lost = True
            except LimitReached as error:
                if error.extra["limit"] != "time" or seconds >= self.limits.seconds:
                    raise
        return known

    def close(self) -> None:
        """End all processes at once."""
        self._lanes.close()

    async def _run_on(self, worker: Worker, job: Job, seconds: float, lane: str) -> Answer:
        held = Spool(self.spools)
        try:
            done = await self._converse(worker, job, seconds, lane, held)
            job.rows = done["rows"]
            told = done["format"], done["is_graph"], done["cut"]
            answer = held.answer(*told) if held.fits(0) else await asyncio.to_thread(held.answer, *told)
        finally:
            held.drop()
        if answer.spool is None and not job.volatile:
            self._kept.put(job.key, answer, len(answer.body) + ENTRY_COST)
        return answer

    async def _converse(self, worker: Worker, job: Job, seconds: float, lane: str, held: Spool) -> dict[str, Any]:
        """Send a job and hold its chunks; what ended it. The worker goes back to its lane, or is replaced where it died."""
        told: dict[str, Any] = {}
        started, kind, is_gone = time.monotonic(), b"", False
        try:
            if not worker.ready:
                worker.begin(job, START_SECONDS)
                await worker.receive()  # it says once that its store is open; that time is not the query's
                worker.ready, started = True, time.monotonic()
            worker.begin(job, seconds)
            await worker.send(b"J", job.content)
            while kind not in (b"D", b"E"):
                kind, content = await worker.receive()
                if kind == b"C":
                    await _hold(held, content)
            told = json.loads(content)
        except (EOFError, OSError, ValueError):
            told, is_gone = {}, True  # it was killed, or died
        finally:
            reason = worker.end(job)
            job.seconds += time.monotonic() - started
            if time.monotonic() - started > self.limits.quick:
                self._remember(job.key)
            if told and not reason and told["resident"] <= RESIDENT_MOST:
                code = self._lanes.leave(worker, lane, whole=True)
            else:
                code = await asyncio.to_thread(self._lanes.leave, worker, lane, whole=False)
                why = reason or (self._why_replaced(worker, told, code) if told or is_gone else "aborted")
                self._observer.replaced(lane, why)
        if not told:
            raise self._failure(worker, reason, code, seconds)
        if kind == b"E":
            raise self._error(told)
        return told

    def _error(self, told: dict[str, Any]) -> Exception:
        if told["kind"] == "query":
            return BadQuery(told["detail"], told["advice"], **told["extra"])
        if told["kind"] in STORE_ERRORS:
            return STORE_ERRORS[told["kind"]](told["detail"], told["advice"], **told["extra"])
        if told["kind"] == "bytes":
            return LimitReached(f"The answer has more than {told['most']:,} bytes.", "Ask for fewer rows or columns.", limit="bytes")
        return self.limits.reached("memory")

    def _failure(self, worker: Worker, reason: str, code: int, seconds: float) -> Exception:
        reason = reason or self._why_replaced(worker, {}, code)
        if reason == "killed":
            return _Lost()
        if not worker.ready:
            return Busy("A process for queries did not start.", "Try again in a moment.", retry_after=self._retry_after)
        return self.limits.reached(reason, seconds)

    @staticmethod
    def _why_replaced(worker: Worker, told: dict[str, Any], code: int) -> str:
        """Why a process that no limit of time had stopped is there no longer."""
        if told:
            return "large"
        if code == KILLED:
            return "killed"
        if not worker.ready:
            return "start"
        # Its own alarm, set for a second more than the limit, goes first where the event loop is late.
        return {OVERFLOWED: "depth", ALARMED: "time"}.get(code, "memory")

    def _died(self, lane: str) -> None:
        self._observer.replaced(lane, "killed")

    @property
    def _retry_after(self) -> int:
        return max(1, round(self.limits.patience))

    async def _take(self, job: Job) -> tuple[Worker, str]:
        """An idle worker and its lane. Raises Busy; LimitReached where the client hung up meanwhile."""
        lanes = ["named", "free"] if job.named else ["free"] if job.key in self._slow else ["free", "quick"]
        asked = time.monotonic()
        found = await self._lanes.take(lanes, job, self.limits.patience)
        job.waited += time.monotonic() - asked
        if found is not None:
            job.lane = found[1]
            return found
        if job.cancelled:
            raise self.limits.reached("client")
        raise Busy("Every place for a query is taken.", "Try again in a moment.", retry_after=self._retry_after)

    def _remember(self, key: str) -> None:
        with self._lock:
            self._slow[key] = None
            if len(self._slow) > REMEMBERED:
                self._slow.popitem(last=False)


async def _hold(held: Spool, piece: bytes) -> None:
    """Write a piece: in memory at once, to disk in a thread. Raises Busy."""
    if held.fits(len(piece)):
        held.write(piece)
    else:
        await asyncio.to_thread(held.write, piece)

"""Queries on their way through the pool, ended where the client hangs up; and who may read the whole graph."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from kg import Busy
from kg.answers import Answer
from kg.pool import QueryPool
from kg.process import Job

SCANNED_AT_ONCE = 5_000  # characters of a query that are looked over in the event loop
LOOK = 0.2  # seconds between two looks whether the client is still there
WHOLE_AT_ONCE = 2  # readings of the whole graph
WHOLE_PATIENCE = 60.0


async def prepare(pool: QueryPool, text: str, **options: Any) -> Job:
    """A job. Raises BadQuery."""
    if len(text) <= SCANNED_AT_ONCE:
        return pool.job(text, **options)
    return await run_in_threadpool(pool.job, text, **options)


async def answer(request: Request, pool: QueryPool, job: Job) -> Answer | None:
    """The answer of a job, or None where the client hung up, which stops the job. Raises BadQuery, Busy, LimitReached."""
    known = pool.known(job)
    if known is not None:
        return known
    running = asyncio.ensure_future(pool.run(job))
    try:
        while True:
            done, _ = await asyncio.wait([running], timeout=LOOK)
            if done:
                return running.result()
            if await request.is_disconnected():
                return None
    finally:
        if not running.done():
            job.cancel()
            running.add_done_callback(lambda ended: ended.cancelled() or ended.exception())


async def whole(request: Request) -> AsyncIterator[None]:
    """A dependency of routes that read the whole graph: only a few of them at once, the others wait outside of threads. Raises Busy."""
    places: asyncio.Semaphore = request.app.state.places
    try:
        async with asyncio.timeout(WHOLE_PATIENCE):
            await places.acquire()
    except TimeoutError:
        raise Busy("Too many ask for the whole graph.", "Try again in a moment.", retry_after=round(WHOLE_PATIENCE)) from None
    try:
        yield
    finally:
        places.release()

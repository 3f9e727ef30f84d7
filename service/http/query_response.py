"""Queries on their way through the pool, ended where the client hangs up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from kg.workers.answers import Answer, Spools
from kg.workers.client import Job
from kg.workers.pool import QueryPool

from .concurrency import LOOK, bulkheads_of

SCANNED_AT_ONCE = 5_000  # characters of a query that are looked over in the event loop


async def prepare(request: Request, pool: QueryPool, text: str, **options: Any) -> Job:
    """A job. Raises BadQuery, Busy."""
    if len(text) <= SCANNED_AT_ONCE:
        return pool.job(text, **options)
    return await bulkheads_of(request).lookups.run(pool.job, text, **options)


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


def spools_of(request: Request) -> Spools:
    """What counts the large answers of the app that answers a request."""
    pool: QueryPool = request.app.state.pool
    return pool.spools


def sent(answer: Answer, media: str, headers: Mapping[str, str] | None = None) -> Response:
    """The response that gives an answer: at once where it is small, else piece by piece. Text is UTF-8."""
    told = f"{media}; charset=utf-8" if media.startswith("text/") and "charset" not in media else media
    if answer.spool is None:
        return Response(answer.body, media_type=told, headers=headers)
    return SpoolResponse(answer, told, headers)


class SpoolResponse(StreamingResponse):
    """An answer from its temporary file, which is given back at the end of sending.

    However that ends: what a client that hangs up leaves behind may be held by the traceback of an
    error, until garbage is next collected.
    """

    def __init__(self, answer: Answer, media: str, headers: Mapping[str, str] | None) -> None:
        super().__init__(answer.chunks(), media_type=media, headers=headers)
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._answer.close()

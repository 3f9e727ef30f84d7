"""Limits hold for look-ups, pages, files and bodies as they do for queries: places, time, disk, bytes, and what errors repeat."""

from __future__ import annotations

import asyncio
import itertools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from live import LIMITS, WAIT, WORK
from starlette.requests import Request

from kg import Busy, Graph, LimitReached, deadline
from kg.deadline import EVERY, check, checked
from kg.export import rasterizer
from kg.workers.answers import BUFFER, Spool, Spools, spooled
from kg.workers.client import Limits
from service import pages
from service.api import analysis, discovery, linked_data, queries, risk, things
from service.app import create_app
from service.http import concurrency
from service.http.concurrency import Bulkhead, WorkLimits

pytestmark = pytest.mark.slow

JSON = {"Accept": "application/json"}
TABLE = "/doc/table/cepii-baci-hs92-world-exports"
SMALLER = "/doc/table/cepii-baci-hs92-japan-imports"

# Long work of every kind, for days that no other test asks for; each looks at the clock before it has an answer.
LONG = [
    "/?as_of=1987-03-01",
    "/graph.png?as_of=1987-03-02",
    "/graph.svg?as_of=1987-03-03",
    "/graph?as_of=1987-03-04&layout=force",
    "/graph.nquads",
    "/graph.rdfxml",
    "/graphs?default",
    f"{TABLE}?format=turtle",
    f"{TABLE}?format=rdfxml",
    "/coverage?as_of=1987-03-05",
    "/paths?source=automobile&target=china&as_of=1987-03-06",
    "/exposure?thing=china&as_of=1987-03-07",
    "/chokepoints?product=automobile&as_of=1987-03-08",
    "/map?as_of=1987-03-09",
]
# Answers that go by a temporary file.
SPOOLED = [
    "/graphs?default",
    "/graph.nquads",
    "/graph.jsonld",
    f"{TABLE}?format=turtle",
    f"{TABLE}?format=ntriples",
    "/queries/world-exports?since=1995",
]


@pytest.fixture(scope="module")
def client(graph: Graph) -> Iterator[TestClient]:
    """A service with one place of each kind, for which one more may wait a moment."""
    work = WorkLimits(lookups=1, whole=1, waiting=1, patience=0.3)
    with TestClient(create_app(graph, LIMITS, work=work)) as opened:
        yield opened


@pytest.fixture(scope="module")
def hurried(graph: Graph) -> Iterator[TestClient]:
    """A service whose look-ups have no time at all."""
    with TestClient(create_app(graph, work=WorkLimits(seconds=1e-9, whole_seconds=1e-9))) as opened:
        yield opened


def _routes(router: Any) -> Iterator[APIRoute]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            yield from _routes(route.original_router)


def test_every_route_that_works_in_a_thread_has_a_place_of_one_kind() -> None:
    """An asynchronous one takes places for its pieces of work; it must not hold one while it waits for a query."""
    routers = (pages.router, things.router, risk.router, queries.router, analysis.router, linked_data.router, discovery.router)
    routes = [route for router in routers for route in _routes(router)]
    assert len(routes) > 100
    for route in routes:
        count = sum(depends in (concurrency.LOOKUP, concurrency.WHOLE) for depends in route.dependencies)
        assert count == (not asyncio.iscoroutinefunction(route.endpoint)), route.path


def test_health_and_files_of_the_pages_wait_behind_no_work(client: TestClient) -> None:
    held = client.app.state.bulkheads  # type: ignore[attr-defined]  # a FastAPI app
    assert client.portal is not None
    for place in (held.lookups, held.whole):
        client.portal.call(place._places.acquire)
    try:
        for path in ("/healthz", "/readyz", "/static/lodegraph.css", "/sparql/prefixes", "/context.jsonld"):
            assert client.get(path).status_code == 200, path
        assert client.post("/sparql", data={"query": "ASK { ?bounds ?p ?o }"}).status_code == 200
        for path in ("/minerals?limit=3", "/paths?source=automobile&target=china&as_of=1988-01-01", "/measures/cn-rare-earth-export-quota"):
            refused = client.get(path, headers=JSON)
            assert (refused.status_code, refused.json()["limit"]) == (503, "places"), path
            assert int(refused.headers["retry-after"]) >= 1
    finally:
        for place in (held.lookups, held.whole):
            client.portal.call(_release, place)
    assert client.get("/minerals?limit=3", headers=JSON).status_code == 200


async def _release(place: Bulkhead) -> None:
    place._places.release()


def test_whole_readings_and_look_ups_do_not_wait_for_each_other(client: TestClient) -> None:
    held = client.app.state.bulkheads  # type: ignore[attr-defined]
    assert client.portal is not None
    client.portal.call(held.whole._places.acquire)
    try:
        assert client.get("/minerals?limit=4", headers=JSON).status_code == 200
        assert client.get("/doc/jp/hasehira-2013?format=turtle").status_code == 200
        assert client.get(f"{TABLE}?format=jsonld").status_code == 503  # a document as large as that counts as whole
    finally:
        client.portal.call(_release, held.whole)


@pytest.mark.parametrize("path", LONG)
def test_work_ends_itself_at_its_time_and_says_so(hurried: TestClient, path: str) -> None:
    reply = hurried.get(path, headers=JSON)
    assert (reply.status_code, reply.headers["content-type"]) == (503, "application/problem+json"), reply.text
    assert reply.json()["limit"] == "time"
    assert int(reply.headers["retry-after"]) >= 1


def test_a_picture_is_killed_at_the_deadline() -> None:
    circles = "".join(f'<circle cx="{n % 1000}" cy="{n // 1000}" r="400" opacity="0.5"/>' for n in range(100_000))
    with deadline.deadline(2), pytest.raises(Busy) as told:
        rasterizer.draw(f'<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000">{circles}</svg>', 1.0, "en", Path("none.otf"))
    assert told.value.extra["limit"] == "time"


def test_a_place_is_given_to_who_waits_longest_and_back_by_who_is_done() -> None:
    async def run() -> list[int]:
        place, order = Bulkhead("work", 1, 5, 10, WAIT), []

        async def work(number: int) -> None:
            async with place.place():
                order.append(number)
                await asyncio.sleep(0)

        await asyncio.gather(*(work(number) for number in range(6)))
        assert place.waiting == 0
        return order

    assert asyncio.run(run()) == list(range(6))


def test_who_finds_the_queue_full_or_loses_patience_is_told_and_takes_no_place_along() -> None:
    async def run() -> None:
        place = Bulkhead("work", 1, 5, 1, 0.05)
        async with place.place():
            waiting = asyncio.ensure_future(place.run(int))
            await asyncio.sleep(0)
            with pytest.raises(Busy):
                await place.run(int)
            with pytest.raises(Busy):
                await waiting
        assert await place.run(int) == 0

    asyncio.run(run())


def test_who_hangs_up_waits_no_longer() -> None:
    async def run() -> None:
        place = Bulkhead("work", 1, 5, 10, WAIT)

        async def gone() -> Any:
            return {"type": "http.disconnect"}

        async with place.place():
            with pytest.raises(LimitReached, match="hung up"):
                async with place.place(Request({"type": "http"}, gone)):
                    pass
            assert place.waiting == 0
        assert await place.run(int) == 0

    asyncio.run(run())


def test_the_deadline_is_seen_in_threads_and_ends_with_its_block() -> None:
    async def run() -> None:
        place = Bulkhead("work", 1, 0.01, 1, 1)

        def endless() -> None:
            end = time.monotonic() + WAIT
            for _ in checked(itertools.count()):
                assert time.monotonic() < end

        with pytest.raises(Busy) as told:
            await place.run(endless)
        assert told.value.extra["limit"] == "time"
        check()

    asyncio.run(run())
    assert list(checked(range(2 * EVERY))) == list(range(2 * EVERY))
    assert deadline.left() is None


# Spools


def test_a_small_answer_stays_in_memory_and_a_large_one_is_counted_until_it_is_read() -> None:
    spools = Spools(10 * BUFFER)
    small = spooled(spools, lambda spool: spool.write(b"a" * BUFFER), "x")
    assert (len(small.body), spools.size) == (BUFFER, 0)
    large = spooled(spools, lambda spool: [spool.write(b"b" * 1000) for _ in range(3000)], "x")
    assert spools.size == 3_000_000
    assert b"".join(large.chunks()) == b"b" * 3_000_000
    del large
    assert spools.size == 0


def test_where_spools_have_no_room_or_the_work_fails_nothing_stays_counted() -> None:
    spools = Spools(2 * BUFFER, retry_after=7)
    with pytest.raises(Busy) as told:
        spooled(spools, lambda spool: [spool.write(b"a" * 100_000) for _ in range(30)], "x")
    assert (told.value.extra["limit"], told.value.extra["retry_after"], spools.size) == ("spool", 7, 0)
    with pytest.raises(ZeroDivisionError):
        spooled(spools, lambda spool: (spool.write(b"a" * (BUFFER + 1)), 1 / 0), "x")
    assert spools.size == 0
    with pytest.raises(OverflowError):
        spooled(spools, lambda spool: spool.write(b"12345"), "x", most=4)


@pytest.mark.parametrize("path", SPOOLED)
def test_large_answers_are_counted_and_refused_where_there_is_no_room(graph: Graph, path: str) -> None:
    with TestClient(create_app(graph, Limits(spool=1, seconds=WAIT), work=WORK)) as client:
        reply = client.get(path, headers=JSON)
        assert (reply.status_code, reply.json()["limit"]) == (503, "spool"), reply.text
        assert client.app.state.pool.spools.size == 0  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", [*SPOOLED, "/sparql?query=" + quote("SELECT * { ?s ?p ?o } LIMIT 90000")])
def test_a_full_disk_is_told(client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    reply = client.get(path, headers=JSON)
    assert reply.status_code == 503, reply.text
    assert reply.json()["limit"] == "disk"
    assert "No space left on device" in reply.json()["detail"]
    assert client.app.state.pool.spools.size == 0  # type: ignore[attr-defined]


def test_a_disk_that_is_full_only_when_written_to_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(data: bytes) -> None:
        raise OSError(28, "No space left on device")

    def close() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda: SimpleNamespace(write=fail, flush=lambda: None, close=close))
    spools = Spools(10 * BUFFER)
    spool = Spool(spools)
    with pytest.raises(Busy, match="No space left"):
        spool.write(b"a" * (BUFFER + 1))
    spool.drop()
    assert spools.size == 0


@pytest.mark.parametrize("format", ["turtle", "jsonld", "ntriples", "rdfxml"])
def test_a_large_document_comes_in_pieces(graph: Graph, format: str) -> None:
    with TestClient(create_app(graph, LIMITS, work=WORK)) as client, client.stream("GET", f"{SMALLER}?format={format}") as reply:
        assert reply.status_code == 200
        assert "content-length" not in reply.headers
        assert sum(map(len, reply.iter_bytes())) > BUFFER

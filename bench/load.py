"""Many clients at once, mixed reads: `python bench/load.py [MINUTES] [CLIENTS] [WORKERS]` (default 1, 200, 1).

Starts a service of its own on 127.0.0.1; each client keeps its connection and asks one thing after the other. Prints statuses, times, and
the memory of all its processes as time goes.
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
import time
from collections import Counter
from urllib.parse import quote

from served import Service, percentile, table

MINERALS = ("tungsten", "nickel", "rare-earths", "dysprosium", "platinum", "lithium", "cobalt", "neodymium")
QUERIES = (
    "SELECT * {{ ?s ?p ?o }} LIMIT {n}",
    "SELECT ?c (COUNT(*) AS ?n) {{ ?s a ?c }} GROUP BY ?c LIMIT {n}",
    "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }} LIMIT {n}",
    "ASK {{ ?s ?p {n} }}",
)


def choose(chance: random.Random) -> str:
    """What a reader may ask for, most of it small."""
    mineral, n = chance.choice(MINERALS), chance.randint(1, 2000)
    return chance.choice(
        (
            f"/minerals/{mineral}",
            f"/minerals/{mineral}?lang=ja&as_of=201{n % 3}-12-31",
            f"/minerals/{mineral}/measures",
            f"/search?q={mineral[: 2 + n % 4]}",
            f"/id/mineral/{mineral}?format=turtle",
            "/minerals?limit=20",
            "/countries/china",
            f"/queries/export-quotas?since={2005 + n % 8}",
            "/queries/pillars?lang=ja",
            f"/paths?source=automobile&target={mineral}",
            f"/graph.json?center={mineral}&depth=1",
            "/?lang=ja",
            *(f"/sparql?query={quote(query.format(n=n))}" for query in QUERIES),
        )
    )


async def read(reader: asyncio.StreamReader) -> int:
    """The status of one answer, read whole."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if "content-length:" in head:
        await reader.readexactly(int(head.split("content-length:")[1].split("\r\n")[0]))
    else:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(head.split()[1])


async def client(port: int, until: float, seed: int, found: list[tuple[str, str, float]]) -> None:
    """One client's questions until the time is over; of each the first part of its path, status (or what went wrong), milliseconds."""
    chance, connection = random.Random(seed), None
    while time.monotonic() < until:
        started, path = time.perf_counter(), choose(chance)
        try:
            connection = connection or await asyncio.open_connection("127.0.0.1", port)
            connection[1].write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            told = str(await asyncio.wait_for(read(connection[0]), 60))
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            told, connection = type(error).__name__, None
        found.append((re.split(r"[/?.]", path)[1], told, 1000 * (time.perf_counter() - started)))


async def measure(service: Service, minutes: float, clients: int) -> None:
    """Run all clients and print what they found."""
    found: list[tuple[str, str, float]] = []
    memory = []
    started = time.monotonic()
    until = started + 60 * minutes
    tasks = [asyncio.create_task(client(service.port, until, seed, found)) for seed in range(clients)]
    while time.monotonic() < until:
        await asyncio.sleep(max(5.0, 6 * minutes))
        memory.append((f"{time.monotonic() - started:.0f}", service.resident() // 1_000_000))
    await asyncio.gather(*tasks)
    rows = []
    for kind in ("", *sorted({kind for kind, _, _ in found if kind})):
        taken = [milliseconds for other, _, milliseconds in found if kind in ("", other)]
        statuses = Counter(told for other, told, _ in found if kind in ("", other))
        told = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
        rows.append((f"/{kind}" if kind else "all", len(taken) / 60 / minutes, percentile(taken, 50), percentile(taken, 99), told))
    print(f"{clients} clients, {minutes:g} minutes")
    table(("reads", "a second", "p50 ms", "p99 ms", "statuses"), rows)
    table(("after seconds", "memory MB"), memory)


def main() -> None:
    """Measure with the words given."""
    minutes, clients, workers = (*map(float, sys.argv[1:4]), *(1, 200, 1)[len(sys.argv[1:4]) :])
    with Service("--workers", str(int(workers))) as service:
        asyncio.run(measure(service, minutes, int(clients)))


if __name__ == "__main__":
    main()

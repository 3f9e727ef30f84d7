"""A second client's look-ups while runaway queries are sent: `python bench/attack.py [SECONDS]`, each half for that long (default 20).

Starts a service of its own on 127.0.0.1, with as many runaways at a time as it has places for queries. Prints one table.
"""

from __future__ import annotations

import http.client
import itertools
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from served import Service, percentile, table

RUNAWAYS = [
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "SELECT * { ?a ((((!<x:>)*)*)*)* ?b } OFFSET 99999999",
    "SELECT * { " + " UNION ".join(["{ ?a ?b ?c }"] * 900) + " { ?x ?y ?z } } ORDER BY ?c",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), '(\\\\w{1,99}x){1,50}')) }",
    "SELECT * { ?s ?p (" + "1 " * 15_000 + ") }",
    "SELECT (" + "(" * 10_000 + "1" + ")" * 10_000 + " AS ?x) { }",
    "SELECT * { ?s ?p '" + "a" * 900_000 + "' }",
]
LOOKUPS = [
    "/minerals/tungsten",
    "/minerals/rare-earths?lang=ja",
    "/measures?mineral=nickel",
    "/search?q=Dy",
    "/queries/pillars",
    "/countries/china",
]
CHEAP = "/sparql?query=" + quote("SELECT * { <https://w3id.org/lodegraph/id/mineral/tungsten> ?p ?o }")


def look_up(port: int, until: float) -> list[float]:
    """Milliseconds of each look-up and cheap query, one after the other. Raises AssertionError where one is not answered."""
    connection, taken = http.client.HTTPConnection("127.0.0.1", port, timeout=60), []
    for number in itertools.count():
        if time.monotonic() > until:
            return taken
        path = (*LOOKUPS, f"{CHEAP}%23{number}")[number % (len(LOOKUPS) + 1)]
        started = time.perf_counter()
        connection.request("GET", path)
        reply = connection.getresponse()
        reply.read()
        taken.append(1000 * (time.perf_counter() - started))
        assert reply.status == 200, (path, reply.status)
        time.sleep(0.005)
    return taken


def attack(port: int, stop: threading.Event, number: int, statuses: dict[int, int]) -> None:
    """Send runaways, each other than all before, until told to stop."""
    for turn in itertools.count(number):
        if stop.is_set():
            return
        body = f"{RUNAWAYS[turn % len(RUNAWAYS)]} # {number} {turn}"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/sparql", body.encode(), {"Content-Type": "application/sparql-query"})
        status = connection.getresponse().status
        statuses[status] = statuses.get(status, 0) + 1
        connection.close()


def main() -> None:
    """Measure quiet, then under attack."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    with Service(LODE_QUERY_SECONDS="3") as service, ThreadPoolExecutor(4) as threads:
        look_up(service.port, time.monotonic() + 2)  # what is asked first is read from disk
        quiet = look_up(service.port, time.monotonic() + seconds)
        stop, statuses = threading.Event(), dict[int, int]()
        attackers = [threads.submit(attack, service.port, stop, number, statuses) for number in range(2)]
        time.sleep(1)
        loud = look_up(service.port, time.monotonic() + seconds)
        stop.set()
        for attacker in attackers:
            attacker.result()
    rows = [(name, len(taken), percentile(taken, 50), percentile(taken, 99)) for name, taken in (("quiet", quiet), ("under attack", loud))]
    rows.append(("ratio", "", rows[1][2] / rows[0][2], rows[1][3] / rows[0][3]))
    table(("look-ups and cheap queries", "count", "p50 ms", "p99 ms"), rows)
    table(("answers to the runaways", "count"), sorted(statuses.items()))


if __name__ == "__main__":
    main()

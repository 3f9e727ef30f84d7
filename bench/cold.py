"""Cold answers: every page, call and named query of a service, each asked once.

    python bench/cold.py [page] [profile] [call] [query] [--match TEXT] [--fresh] [--lang en]

Starts `lode serve` over the built store, waits until it has read ahead what it does, and asks each
address a single time, so that no answer is one that the response cache holds. Prints, slowest
first, the time on the processor of the service and of the processes that it started, the time that
the client waited and the bytes of the answer, then how many of each sort are over the aim.
``--fresh`` starts a service anew for each address. ``--match`` keeps addresses that hold a text.
``--clients 100`` instead has so many clients ask a service that has just started, a page each, and
prints how long /healthz and the slowest of them took.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from served import Service, percentile, table

HTML, JSON = "text/html", "application/json"
ALONE = ("/", "/graph", "/map", "/about", "/scenarios", "/timeline", "/sparql", "/queries")
CONTENT = ("/graph.", "/id/", "/doc/", "/sparql", "/graphs", "/queries/", "/healthz", "/readyz")
AIMS = {"profile": 30.0, "page": 150.0}  # ms of processor
FORMAT, KIND = "gexf", "mineral"  # what paths of files and of things are asked with
STARTED = 0.05  # seconds between two looks at /healthz
REST, REST_MOST = 0.5, 120  # seconds of a look at whether the service rests, and how many looks


@dataclass(frozen=True)
class Address:
    """What is asked: the sort of the answer, the path with its parameters, and the media type."""

    sort: str
    path: str
    accept: str


@dataclass(frozen=True)
class Asked:
    """An answer: ``processor`` and ``waited`` in ms, and ``size`` in bytes as sent plain."""

    address: Address
    status: int
    processor: float
    waited: float
    size: int


def processor_seconds(pids: Iterable[int]) -> float:
    """Seconds that these processes were on a processor, their ended threads too.

    The clock of each process is read, which counts in nanoseconds where /proc counts in hundredths
    of a second. A process that is gone counts as none.
    """
    spent = 0.0
    for pid in pids:
        try:
            spent += time.clock_gettime(~pid << 3 | 2)  # CPUCLOCK_SCHED of the process, as Linux has it
        except OSError:
            continue
    return spent


def get(port: int, path: str, accept: str) -> tuple[int, bytes]:
    """Status and body of an answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        headers={"Accept": accept, "Accept-Language": "en"},
    )
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def ask(service: Service, address: Address) -> Asked:
    """Ask one address."""
    before = processor_seconds(service.family())
    began = time.perf_counter()
    status, body = get(service.port, address.path, address.accept)
    waited = time.perf_counter() - began
    spent = processor_seconds(service.family()) - before
    return Asked(address, status, 1000 * spent, 1000 * waited, len(body))


def settle(service: Service) -> None:
    """Wait until the service has nothing more to do: what it reads ahead is no part of an answer."""
    for _ in range(REST_MOST):
        before = processor_seconds(service.family())
        time.sleep(REST)
        if processor_seconds(service.family()) - before < REST / 20:
            return
    print("The service did not come to rest.", file=sys.stderr)


def addresses(service: Service, lang: str) -> list[Address]:
    """Everything that can be asked, in the order of the OpenAPI document; nothing twice."""
    described = json.loads(get(service.port, "/openapi.json", JSON)[1])
    listed = json.loads(get(service.port, "/minerals?limit=1000", JSON)[1])
    slugs = [item["slug"] for item in listed["items"]]
    found = [Address("page", f"{path}?lang={lang}", HTML) for path in ALONE]
    for template, operations in described["paths"].items():
        if "get" in operations:
            found += _of_operation(template, operations["get"], lang)
    for slug in slugs:
        found.append(Address("profile", f"/minerals/{quote(slug)}?lang={lang}", JSON))
        found.append(Address("page", f"/minerals/{quote(slug)}?lang={lang}", HTML))
    return list(dict.fromkeys(found))


def _of_operation(template: str, operation: dict[str, object], lang: str) -> Iterator[Address]:
    """A call as its examples have it, and the page beside it."""
    told = {"format": FORMAT, "kind": KIND, "extension": "json"}
    query: dict[str, object] = {}
    for parameter in operation.get("parameters", ()):  # type: ignore[attr-defined]  # a list
        name, example = parameter["name"], _example(parameter)
        if parameter["in"] == "path":
            told[name] = str(example if example is not None else told.get(name, ""))
        elif parameter.get("required") and example is not None:
            query[name] = example
        elif name == "lang":
            query[name] = lang
    path = template.format_map({name: quote(value) for name, value in told.items()})
    address = f"{path}?{urlencode(query, doseq=True)}" if query else path
    if template.startswith("/queries/"):
        yield Address("query", address, JSON)
    elif template != "/minerals/{slug}":
        yield Address("call", address, JSON)
    if not template.startswith(CONTENT) and "/.well-known" not in template:
        yield Address("page", address, HTML)


def _example(parameter: dict[str, object]) -> object:
    """The first example of a parameter; None where it has none."""
    if "example" in parameter:
        return parameter["example"]
    examples = parameter["schema"].get("examples")  # type: ignore[attr-defined]  # a schema
    return examples[0] if examples else None


def measure(chosen: list[Address], log: Path, is_fresh: bool) -> Iterator[Asked]:
    """Each address asked once, of one service or of a new one each."""
    if is_fresh:
        for address in chosen:
            with Service(log=log) as service:
                settle(service)
                yield ask(service, address)
        return
    with Service(log=log) as service:
        settle(service)
        for address in chosen:
            yield ask(service, address)


def report(found: list[Asked]) -> None:
    """Print all, slowest first, and a line for each sort."""
    ordered = sorted(found, key=lambda one: -one.processor)
    head = ("sort", "address", "status", "processor ms", "waited ms", "bytes")
    table(head, ([one.address.sort, one.address.path, one.status, *_figures(one)] for one in ordered))
    rows = []
    for sort in dict.fromkeys(one.address.sort for one in found):
        spent = [one.processor for one in found if one.address.sort == sort]
        aim = AIMS.get(sort)
        over = "–" if aim is None else sum(each > aim for each in spent)
        rows.append([sort, len(spent), percentile(spent, 50), percentile(spent, 95), max(spent), aim or "–", over])
    table(("sort", "asked", "median ms", "95 % ms", "most ms", "aim ms", "over"), rows)


def _figures(one: Asked) -> tuple[float, float, str]:
    return one.processor, one.waited, f"{one.size:,}"


def crowd(chosen: list[Address], clients: int, log: Path) -> None:
    """Have many clients ask a service that has just started, an address each; print the times."""
    with Service(log=log) as service:
        waited: list[float] = []
        alive: list[float] = []

        def client(address: Address) -> None:
            began = time.perf_counter()
            status, _ = get(service.port, address.path, address.accept)
            waited.append(1000 * (time.perf_counter() - began) if status == 200 else float("inf"))

        threads = [threading.Thread(target=client, args=(chosen[number % len(chosen)],)) for number in range(clients)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            began = time.perf_counter()
            get(service.port, "/healthz", JSON)
            alive.append(1000 * (time.perf_counter() - began))
            time.sleep(STARTED)
    rows = [
        [what, len(times), percentile(times, 50), percentile(times, 95), max(times)]
        for what, times in (("/healthz", alive), ("clients", waited))
    ]
    table(("asked", "answers", "median ms", "95 % ms", "most ms"), rows)


def main() -> None:
    """Ask what the command line chooses, and print tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("sorts", nargs="*", help="page, profile, call, query; all where none is given")
    parser.add_argument("--match", default="", help="only addresses that hold this text")
    parser.add_argument("--fresh", action="store_true", help="start a service anew for each address")
    parser.add_argument("--lang", default="en", choices=("en", "ja"))
    parser.add_argument("--clients", type=int, default=0, help="so many at once, at a new service")
    parser.add_argument("--log", type=Path, default=Path("/dev/null"), help="where its log goes")
    words = parser.parse_args()
    with Service(log=words.log) as service:
        every = addresses(service, words.lang)
    chosen = [one for one in every if words.match in one.path and (not words.sorts or one.sort in words.sorts)]
    if not chosen:
        sys.exit(f"None of {len(every)} addresses fits.")
    if words.clients:
        crowd(chosen, words.clients, words.log)
    else:
        report(list(measure(chosen, words.log, words.fresh)))


if __name__ == "__main__":
    main()

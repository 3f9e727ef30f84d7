"""What a store costs to build, to keep and to open as data grow, and what four shapes of query take, in one run.

    python bench/growth.py [statements ...]      default: 100000 1000000 10000000

The data are our own text and tables: the reference files, Japan's documents, and the tables of figures as often under other names as it
takes (a table's name is part of every IRI in it). The store is built as at a first start, without the checks. Each build and each opening
is a process of its own; seconds are those of the processor. Ten million need about 12 GB of memory and 6 GB of disk.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path

from kg import open_graph
from kg.source import files

A_FIGURE = 6.0  # statements of a row of a table, about
ALWAYS = 48_000  # statements of the reference files and Japan's documents, about
PREFIXES = """PREFIX lode: <https://w3id.org/lodegraph/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
SHAPES = {
    "look-up by IRI": "SELECT ?p ?o { <https://w3id.org/lodegraph/id/mineral/tungsten> ?p ?o }",
    "join measure, mineral, country": """SELECT ?measure ?mineral ?name {
        ?measure a lode:Measure ; lode:touches ?mineral ; lode:imposedBy ?country .
        ?country rdfs:label ?name . FILTER(LANG(?name) = "en") }""",
    "aggregation over figures": """SELECT ?year (SUM(?value) AS ?sum) {
        ?series lode:indicator <https://w3id.org/lodegraph/code/indicator/import-value> .
        ?figure lode:series ?series ; lode:year ?year ; lode:value ?value } GROUP BY ?year""",
    "search in labels": 'SELECT ?thing ?label { ?thing rdfs:label ?label . FILTER(CONTAINS(LCASE(STR(?label)), "tungsten")) }',
}
RUNS = 5


def lay_out(base: Path, statements: int) -> None:
    """A folder of text and tables that makes about so many statements."""
    ours = files.root()
    (base / "ontology").mkdir(parents=True)
    (base / "queries").symlink_to(ours / "queries")
    for path in (ours / "ontology").glob("*.ttl"):
        (base / "ontology" / path.name).symlink_to(path)
    shutil.copytree(ours / "ontology" / "facts" / "jp", base / "ontology" / "facts" / "jp")
    wanted = int((statements - ALWAYS) / A_FIGURE)
    tables = sorted((ours / "ontology" / "tables").glob("*/figures.csv"), key=lambda path: "japan" not in path.parent.name)
    for copy, path in enumerate(cycle(tables)):
        if wanted <= 0:
            break
        target = base / "ontology" / "tables" / f"{path.parent.name}-{copy}"
        shutil.copytree(path.parent, target)
        with path.open(encoding="utf-8") as file:
            rows = file.readlines()
        (target / "figures.csv").write_text("".join(rows[: wanted + 1]), encoding="utf-8")
        wanted -= len(rows) - 1


def build(base: Path) -> dict[str, float]:
    """Build the store of a folder: seconds, peak memory in GB."""
    start = time.process_time()
    open_graph(base, validate=False)
    return {"build": time.process_time() - start, "memory": peak()}


def ask(base: Path) -> dict[str, float]:
    """Open the built store: seconds of the process to the first answer, median seconds of each shape, statements, peak memory in GB."""
    store = open_graph(base, validate=False).store
    store.query(PREFIXES + SHAPES["look-up by IRI"])
    told = {"first": time.process_time()}
    for name, text in SHAPES.items():
        spent = []
        for _ in range(RUNS):
            start = time.process_time()
            rows = len(store.query(PREFIXES + text))
            spent.append(time.process_time() - start)
        told |= {name: sorted(spent)[RUNS // 2], f"{name} rows": rows}
    return {**told, "statements": len(store), "memory": peak()}


def peak() -> float:
    """The most memory that this process has held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def run(step: str, base: Path, cache: Path) -> dict[str, float]:
    """A step in a process of its own."""
    environment = {**os.environ, "LODE_CACHE": str(cache), "LODE_FACTS": ""}
    done = subprocess.run([sys.executable, __file__, step, str(base)], env=environment, check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def measure(statements: int) -> list[str]:
    """Cells of a column of the table."""
    with tempfile.TemporaryDirectory() as folder:
        base, cache = Path(folder, "base"), Path(folder, "cache")
        lay_out(base, statements)
        built, asked = run("build", base, cache), run("ask", base, cache)
        disk = sum(path.stat().st_size for path in cache.rglob("*") if path.is_file())
    shapes = [f"{asked[name] * 1000:,.1f} ms, {int(asked[f'{name} rows']):,} rows" for name in SHAPES]
    print(statements, built, asked, disk, file=sys.stderr)
    return [
        f"{int(asked['statements']):,}",
        f"{built['build']:,.0f} s",
        f"{built['memory']:.1f} GB",
        f"{disk / 1e6:,.0f} MB",
        f"{asked['first']:.2f} s",
        f"{asked['memory']:.2f} GB",
        *shapes,
    ]


def main() -> None:
    """Print the table as Markdown."""
    if sys.argv[1:2] in (["build"], ["ask"]):
        told = (build if sys.argv[1] == "build" else ask)(Path(sys.argv[2]))
        print(json.dumps(told))
        return
    columns = [measure(int(size)) for size in sys.argv[1:] or (100_000, 1_000_000, 10_000_000)]
    names = ["statements", "build", "memory of the build", "store on disk", "opening to the first answer", "memory of asking", *SHAPES]
    for number, (name, *cells) in enumerate(zip(names, *columns, strict=True)):
        print(f"| {' | '.join([name, *cells])} |")
        if not number:
            print("|" + "---|" * (len(columns) + 1))


if __name__ == "__main__":
    main()

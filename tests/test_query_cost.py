"""What a named query costs, counted and not timed: the rows that the engine's own explanation says each part of its plan gave."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg import Graph

pytestmark = pytest.mark.slow

MOST_ROWS = 2_000  # that a query answers with its defaults
MOST_READ = 90_000  # rows that the parts of its plan give together; some 5 microseconds each
DEARER = {"restriction-levels": 130_000}  # joins all observations of the day with all measures


def _read(node: dict[str, Any]) -> int:
    """Rows that a part of a plan and the parts below it gave."""
    return int(node.get("number of results") or 0) + sum(map(_read, node.get("children", ())))


def _explained(graph: Graph, text: str, folder: Path) -> int:
    """Rows that a plan's parts gave together, by the engine's command line over the same store."""
    (folder / "query.rq").write_text(text, encoding="utf-8")
    program = Path(sys.executable).with_name("oxigraph")
    words = [str(program), "query", "--location", str(graph.store.path), "--query-file", str(folder / "query.rq")]
    words += ["--union-default-graph", "--stats", "--explain-file", str(folder / "plan.json"), "--results-file", str(folder / "rows.csv")]
    subprocess.run(words, check=True, capture_output=True)
    return _read(json.loads((folder / "plan.json").read_text(encoding="utf-8"))["plan"])


def test_no_named_query_reads_much_more_than_it_answers(graph: Graph, tmp_path: Path) -> None:
    """A left join by hash reads a property of the whole graph, a join in a bad order more than that."""
    read = {name: _explained(graph, graph.text_of(query, {}), tmp_path) for name, query in graph.queries.items()}
    assert all(count > 0 for count in read.values())
    assert {name: count for name, count in read.items() if count > DEARER.get(name, MOST_READ)} == {}


def test_no_named_query_answers_more_rows_than_anybody_reads_unless_asked(graph: Graph) -> None:
    answered = {name: len(graph.ask(name)) for name in graph.queries}
    assert {name: count for name, count in answered.items() if count > MOST_ROWS} == {}


def test_all_takes_the_default_away(graph: Graph) -> None:
    one, every = graph.ask("computed-figures"), graph.ask("computed-figures", mineral="all")
    assert {row["mineral"] for row in one} == {graph.resolve("tungsten")}
    assert len({row["mineral"] for row in every}) > 50
    assert len(graph.ask("computed-figures", year=0)) > len(one)

"""Tables of figures: one CSV of one layout beside the Turtle that declares its series, read row by row into triples.

``ontology/tables/<table>/figures.csv`` has the columns of COLUMNS. Each row is one figure of a series that a Turtle file of the same
folder declares. Knows the layout; knows no publisher and no store.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Container, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from ..errors import BadFacts
from ..namespaces import CODE, ID, ONTOLOGY, RDF, XSD

# series: the part after # of its IRI. line: in the publisher's file. country, partner: kind/slug, empty where the series gives it.
# value: a decimal. bound: >, < or >= where the value is only a bound. estimated: 1 where the publisher marks an estimate.
# absence: a code where there is no value. written: the publisher's own string where it is not the value's.
COLUMNS = ("series", "line", "country", "partner", "year", "value", "bound", "estimated", "absence", "written")
_BOUNDS = {"": "value", ">": "moreThan", "<": "lessThan", ">=": "minValue"}
_YEAR = re.compile(r"(1[89]|20)\d\d")
_PLAIN = re.compile(r"-?\d+(\.\d+)?")


Keep = Callable[[str, dict[str, str]], None]  # takes the IRI of a series and the cells of one of its rows


def keep_none(series: str, row: dict[str, str]) -> None:
    """Takes a row and keeps nothing."""


def triples(path: Path, graph: str, declared: Container[str], keep: Keep = keep_none) -> Iterator[str]:
    """N-Triples of a figures.csv, a line each; ``declared`` holds the IRIs of all series and agents, ``keep`` is given each row.

    Raises BadFacts with file and line for a row that cannot be understood, or that stands there twice.
    """
    known: dict[tuple[str, ...], int] = {}
    for line, row in read_rows(path, COLUMNS):
        key = (row["series"], row["country"], row["partner"], row["year"])
        if key in known:
            raise bad(path, line, f"the figure of line {known[key]} stands here again", "Keep one of the two.")
        known[key] = line
        try:
            yield from _figure(row, graph, declared)
            keep(f"{graph}#{row['series']}", row)
        except ValueError as error:
            raise bad(path, line, *error.args) from None


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells of each row of a CSV with exactly these columns. Raises BadFacts."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            head = next(reader, [])
            if tuple(head) != columns:
                raise bad(path, 1, f"the columns are {', '.join(head)}", f"They must be {', '.join(columns)}.")
            for cells in filter(None, reader):
                if len(cells) != len(columns):
                    raise bad(path, reader.line_num, "the row has not as many cells as there are columns", f"There must be {len(columns)}.")
                yield reader.line_num, dict(zip(columns, cells, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise bad(path, 0, str(error), "The file must be CSV in UTF-8.") from None


def _figure(row: dict[str, str], graph: str, declared: Container[str]) -> Iterator[str]:
    """Raises ValueError with what is wrong and what would be right."""
    series = f"{graph}#{row['series']}"
    require(series in declared, f"series “{row['series']}” is not declared", "A Turtle file of this folder must declare it.")
    require(row["line"].isascii() and row["line"].isdigit(), f"line is “{row['line']}”", "It must be a line of the publisher's file.")
    require(bool(_YEAR.fullmatch(row["year"])), f"year is “{row['year']}”", "It must be a year such as 2024.")
    require(bool(row["value"]) != bool(row["absence"]), "value and absence are both given or both empty", "One of them must be given.")
    require(row["bound"] in _BOUNDS, f"bound is “{row['bound']}”", "It must be >, <, >= or empty.")
    require(row["estimated"] in ("", "1"), f"estimated is “{row['estimated']}”", "It must be 1 or empty.")
    about = f"<{series}-{row['line']}-{row['year']}>"
    yield f"{about} <{RDF}type> <{ONTOLOGY}Figure> .\n"
    yield f"{about} <{ONTOLOGY}series> <{series}> .\n"
    for role in ("country", "partner"):
        if row[role]:
            agent = ID + row[role]
            require(agent in declared, f"{role} is “{row[role]}”", "It must be a country or bloc that the graph knows, as kind/slug.")
            yield f"{about} <{ONTOLOGY}{role}> <{agent}> .\n"
    yield f'{about} <{ONTOLOGY}year> "{row["year"]}"^^<{XSD}gYear> .\n'
    yield f'{about} <{ONTOLOGY}line> "{row["line"]}"^^<{XSD}integer> .\n'
    if row["value"]:
        yield f'{about} <{ONTOLOGY}{_BOUNDS[row["bound"]]}> "{_decimal(row["value"])}"^^<{XSD}decimal> .\n'
    else:
        absence = f"{CODE}absence/{row['absence']}"
        require(absence in declared, f"absence is “{row['absence']}”", "It must be a code of the scheme “Absence”.")
        yield f"{about} <{ONTOLOGY}absence> <{absence}> .\n"
    if row["estimated"]:
        yield f'{about} <{ONTOLOGY}estimated> "true"^^<{XSD}boolean> .\n'
    if row["written"]:
        yield f"{about} <{ONTOLOGY}written> {literal(row['written'])} .\n"


def _decimal(text: str) -> str:
    require(bool(_PLAIN.fullmatch(text)), f"value is “{text}”", "It must be a plain decimal number such as 270000 or 0.5.")
    try:
        return str(Decimal(text))
    except InvalidOperation:
        raise ValueError(f"value is “{text}”", "It must be a plain decimal number.") from None


def literal(text: str) -> str:
    """Text as a literal of N-Triples, without a language. Raises ValueError for text that is not of one line."""
    require(text.isprintable(), f"a cell holds a sign that cannot be printed: {text!r}", "It must be one line of text.")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def require(holds: bool, wrong: str, right: str) -> None:
    """Raises ValueError with what is wrong and what would be right."""
    if not holds:
        raise ValueError(wrong, right)


def bad(path: Path, line: int, wrong: str, right: str) -> BadFacts:
    """The error of a line of a table's CSV."""
    place = f"{path.parent.name}/{path.name}" + (f", line {line}" if line else "")
    return BadFacts(f"{place}: {wrong}.", right, findings=[place])

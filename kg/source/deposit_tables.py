"""Deposits of a table: one CSV of one layout, read row by row into triples.

``ontology/tables/<table>/deposits.csv`` has the columns of COLUMNS. Each row is one record of the publisher's, a thing of its own with its
place on the earth; the passage ``#records`` of the table's source card is where it stands. Knows the layout; no publisher and no store.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from decimal import Decimal
from pathlib import Path

from ..namespaces import CODE, ID, ONTOLOGY, RDF, RDFS, SKOS, XSD
from .figure_tables import bad, literal, read_rows, require

# slug: of its IRI. line: in the publisher's file. record: how the publisher numbers it, in words that tell it from others of its name.
# country: kind/slug, or empty. latitude, longitude: degrees of WGS 84, both or neither. minerals: slugs with ; between. type: a code.
# page: address of the record. written: the country as the publisher writes it, where it is none.
COLUMNS = ("slug", "line", "name", "record", "country", "latitude", "longitude", "minerals", "type", "page", "written")
PASSAGE = "records"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DEGREES = re.compile(r"-?\d{1,3}(\.\d+)?")
_PAGE = re.compile(r"https?://[^\s<>\"{}|\\^`]+")


def triples(path: Path, graph: str, declared: Container[str]) -> Iterator[str]:
    """N-Triples of a deposits.csv, a line each; ``declared`` holds the IRIs of all agents, minerals, codes and passages.

    Raises BadFacts with file and line for a row that cannot be understood, or whose slug stands there already.
    """
    known: dict[str, int] = {}
    for line, row in read_rows(path, COLUMNS):
        slug = row["slug"]
        if slug in known:
            raise bad(path, line, f"“{slug}” of line {known[slug]} stands here again", "Give each deposit its own.")
        known[slug] = line
        try:
            yield from _deposit(row, graph, declared)
        except ValueError as error:
            raise bad(path, line, *error.args) from None


def _deposit(row: dict[str, str], graph: str, declared: Container[str]) -> Iterator[str]:
    """Raises ValueError with what is wrong and what would be right."""
    require(bool(_SLUG.fullmatch(row["slug"])), f"slug is “{row['slug']}”", "It must be of small letters and digits, with - between.")
    require(row["line"].isascii() and row["line"].isdigit(), f"line is “{row['line']}”", "It must be a line of the publisher's file.")
    require(bool(row["name"] and row["record"]), "name or record is empty", "Both must be given.")
    require(f"{graph}#{PASSAGE}" in declared, f"the passage #{PASSAGE} is not declared", "A Turtle file of this folder must declare it.")
    about = f"<{ID}deposit/{row['slug']}>"
    label = literal(f"{row['name']} ({row['record']})")
    yield f"{about} <{RDF}type> <{ONTOLOGY}Deposit> .\n"
    yield f"{about} <{RDFS}label> {label}@en .\n"
    yield f"{about} <{RDFS}label> {label}@ja .\n"
    yield f"{about} <{SKOS}altLabel> {literal(row['name'])}@en .\n"
    yield f"{about} <{ONTOLOGY}place> <{graph}#{PASSAGE}> .\n"
    yield f"{about} <{ONTOLOGY}certainty> <{CODE}certainty/reported> .\n"
    yield f'{about} <{ONTOLOGY}line> "{row["line"]}"^^<{XSD}integer> .\n'
    yield from _where(about, row, declared)
    for mineral in filter(None, row["minerals"].split(";")):
        thing = f"{ID}mineral/{mineral}"
        require(thing in declared, f"minerals holds “{mineral}”", "Each must be a mineral of the graph, as its slug.")
        yield f"{about} <{ONTOLOGY}commodity> <{thing}> .\n"
    if row["type"]:
        code = f"{CODE}deposit-type/{row['type']}"
        require(code in declared, f"type is “{row['type']}”", "It must be a code of the scheme “Type of deposit”.")
        yield f"{about} <{ONTOLOGY}depositType> <{code}> .\n"
    if row["page"]:
        require(bool(_PAGE.fullmatch(row["page"])), f"page is “{row['page']}”", "It must be an address of the web.")
        yield f"{about} <{RDFS}seeAlso> <{row['page']}> .\n"
    if row["written"]:
        yield f"{about} <{ONTOLOGY}written> {literal(row['written'])} .\n"


def _where(about: str, row: dict[str, str], declared: Container[str]) -> Iterator[str]:
    if row["country"]:
        agent = ID + row["country"]
        require(agent in declared, f"country is “{row['country']}”", "It must be a country that the graph knows, as kind/slug.")
        yield f"{about} <{ONTOLOGY}locatedIn> <{agent}> .\n"
    require(bool(row["latitude"]) == bool(row["longitude"]), "one of latitude and longitude is empty", "Give both or neither.")
    for name, most in (("latitude", 90), ("longitude", 180)):
        text = row[name]
        if text:
            within = bool(_DEGREES.fullmatch(text)) and abs(Decimal(text)) <= most
            require(within, f"{name} is “{text}”", f"It must be a plain number from -{most} to {most}.")
            yield f'{about} <{ONTOLOGY}{name}> "{Decimal(text)}"^^<{XSD}decimal> .\n'

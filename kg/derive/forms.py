"""Main traded forms: one CSV of one layout beside its source card, read row by row into triples and into codes by mineral.

``ontology/tables/<table>/forms.csv`` has the columns of COLUMNS. Each row is one form of a mineral under one HS code, and
whether it is a main form of the trade, a marginal one, or one that stands beside and is never added.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from pathlib import Path

from ..namespaces import CODE, ID, ONTOLOGY, RDF, RDFS, XSD
from ..source.figure_tables import bad, literal, read_rows, require

COLUMNS = ("mineral", "hs_code", "hs_edition", "role", "form", "form_ja", "remark", "remark_ja")
MAIN = "main"
_CODE = re.compile(r"\d{6}")
_YEAR = re.compile(r"(19|20)\d\d")

Forms = dict[str, dict[str, str]]  # mineral to HS code to role


def triples(path: Path, graph: str, declared: Container[str], forms: Forms) -> Iterator[str]:
    """N-Triples of a forms.csv, a line each; ``forms`` takes each code with its role by mineral.

    Raises BadFacts with file and line for a row that cannot be understood, or that stands there twice.
    """
    for line, row in read_rows(path, COLUMNS):
        mineral = f"{ID}mineral/{row['mineral']}"
        held = forms.setdefault(mineral, {})
        if row["hs_code"] in held:
            raise bad(path, line, f"{row['hs_code']} of {row['mineral']} stands here again", "Keep one of the two.")
        held[row["hs_code"]] = row["role"]
        try:
            yield from _form(row, graph, mineral, declared)
        except ValueError as error:
            raise bad(path, line, *error.args) from None


def _form(row: dict[str, str], graph: str, mineral: str, declared: Container[str]) -> Iterator[str]:
    """Raises ValueError with what is wrong and what would be right."""
    role = f"{CODE}form-role/{row['role']}"
    require(mineral in declared, f"mineral is “{row['mineral']}”", "It must be the slug of a mineral.")
    require(role in declared, f"role is “{row['role']}”", "It must be main, marginal or beside.")
    require(bool(_CODE.fullmatch(row["hs_code"])), f"hs_code is “{row['hs_code']}”", "It must be six digits.")
    require(bool(_YEAR.fullmatch(row["hs_edition"])), f"hs_edition is “{row['hs_edition']}”", "It must be a year such as 1992.")
    require(bool(row["form"] and row["form_ja"]), "form or form_ja is empty", "Both must be given.")
    about = f"<{graph}#{row['mineral']}-{row['hs_code']}>"
    yield f"{about} <{RDF}type> <{ONTOLOGY}TradedForm> .\n"
    yield f"{about} <{ONTOLOGY}mineral> <{mineral}> .\n"
    yield f'{about} <{ONTOLOGY}hsCode> "{row["hs_code"]}" .\n'
    yield f'{about} <{ONTOLOGY}hsEdition> "{row["hs_edition"]}"^^<{XSD}gYear> .\n'
    yield f"{about} <{ONTOLOGY}formRole> <{role}> .\n"
    for name, property in (("form", "label"), ("remark", "comment")):
        for column, lang in ((name, "en"), (f"{name}_ja", "ja")):
            if row[column]:
                yield f"{about} <{RDFS}{property}> {literal(row[column])}@{lang} .\n"


def main_codes(forms: Forms) -> dict[str, frozenset[str]]:
    """The HS codes of the main forms by mineral; a mineral whose forms are all marginal has none."""
    return {mineral: frozenset(code for code, role in held.items() if role == MAIN) for mineral, held in forms.items()}

"""Query results as bytes: the four SPARQL 1.1 result formats, cut at a number of rows. Knows the engine's result objects by shape only."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MEDIA_TYPES = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


def write_rows(names: list[str], rows: Iterable[Any], format: str, most: int) -> tuple[bytes, bool]:
    """A SELECT's result in a format of MEDIA_TYPES, at most ``most`` rows; the second value says whether rows were cut off."""
    held = list(islice(rows, most + 1))
    cut = len(held) > most
    table = [list(row) for row in held[:most]]
    return {"json": _json, "xml": _xml, "csv": _csv, "tsv": _tsv}[format](names, table).encode(), cut


def write_boolean(value: bool, format: str) -> bytes:
    """An ASK's result; CSV and TSV give the bare word, since the standard names no form for them."""
    word = "true" if value else "false"
    if format == "json":
        return json.dumps({"head": {}, "boolean": value}).encode()
    if format == "xml":
        return f'<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>{word}</boolean></sparql>\n'.encode()
    return f"{word}\n".encode()


def _json(names: list[str], table: list[list[Any]]) -> str:
    bindings = [{name: _json_term(term) for name, term in zip(names, row, strict=True) if term is not None} for row in table]
    return json.dumps({"head": {"vars": names}, "results": {"bindings": bindings}}, ensure_ascii=False)


def _json_term(term: Any) -> dict[str, str]:
    kind = type(term).__name__
    if kind == "NamedNode":
        return {"type": "uri", "value": term.value}
    if kind == "BlankNode":
        return {"type": "bnode", "value": term.value}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype.value != _STRING:
        found["datatype"] = term.datatype.value
    return found


def _xml(names: list[str], table: list[list[Any]]) -> str:
    lines = ['<?xml version="1.0"?>', '<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head>']
    lines += [f"<variable name={quoteattr(name)}/>" for name in names]
    lines.append("</head><results>")
    for row in table:
        cells = (
            f"<binding name={quoteattr(name)}>{_xml_term(term)}</binding>"
            for name, term in zip(names, row, strict=True)
            if term is not None
        )
        lines.append(f"<result>{''.join(cells)}</result>")
    return "\n".join((*lines, "</results></sparql>\n"))


def _xml_term(term: Any) -> str:
    described = _json_term(term)
    value = escape(described["value"])
    if described["type"] != "literal":
        return f"<{described['type']}>{value}</{described['type']}>"
    if "xml:lang" in described:
        return f"<literal xml:lang={quoteattr(described['xml:lang'])}>{value}</literal>"
    return (
        f"<literal datatype={quoteattr(described['datatype'])}>{value}</literal>"
        if "datatype" in described
        else f"<literal>{value}</literal>"
    )


def _csv(names: list[str], table: list[list[Any]]) -> str:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows(
        [("" if term is None else f"_:{term.value}" if type(term).__name__ == "BlankNode" else term.value) for term in row] for row in table
    )
    return held.getvalue()


def _tsv(names: list[str], table: list[list[Any]]) -> str:
    lines = ["\t".join(f"?{name}" for name in names)]
    lines += ["\t".join("" if term is None else str(term).replace("\t", "\\t") for term in row) for row in table]
    return "\n".join(lines) + "\n"

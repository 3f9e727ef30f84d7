"""What a SPARQL request asks for, as the protocol carries it: query, dataset, format; from the address, a form or the body.

Knows no engine and runs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request

from kg import BadParameter, BadQuery
from kg.errors import shown
from kg.sparql.guard import is_file
from kg.store.oxigraph import term
from kg.store.result_writer import MEDIA_TYPES

from .negotiation import check_choice, check_names, choose

PAIRS_MOST = 1_000  # fields of a form
GRAPH_TYPES = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
    "trig": "application/trig",
    "nquads": "application/n-quads",
}
# Names by which clients ask for a format in the address.
ALIASES = {
    **{name: name for name in (*MEDIA_TYPES, *GRAPH_TYPES, "html")},
    **{media: name for name, media in {**MEDIA_TYPES, **GRAPH_TYPES, "html": "text/html"}.items()},
    **{"ttl": "turtle", "n3": "turtle", "nt": "ntriples", "nq": "nquads", "rdf": "rdfxml", "rdf+xml": "rdfxml", "xml+rdf": "rdfxml"},
    **{"json-ld": "jsonld", "sparql-results+json": "json", "sparql-results+xml": "xml", "application/json": "json"},
}
_ROW_ACCEPTS = {
    **{media: name for name, media in MEDIA_TYPES.items()},
    **{"application/json": "json", "text/javascript": "json", "application/xml": "xml", "text/xml": "xml", "text/html": "html"},
}
GRAPH_ACCEPTS = {
    **{media: name for name, media in GRAPH_TYPES.items()},
    "application/turtle": "turtle",
    "text/n3": "turtle",
    "text/plain": "ntriples",
}
# The format of the other kind that a format asked for is nearest to.
_NEAREST = {"xml": "rdfxml", "json": "jsonld", "rdfxml": "xml", "jsonld": "json"}
LISTS = ("default-graph-uri", "named-graph-uri")
FORMAT_NAMES = ("format", "output", "results")  # SPARQLWrapper sends all three
_PASSED_OVER = (
    "timeout",
    "debug",
    "run",
    "_",
    "lang",
    "as_of",
    "edit",
)  # what clients of other servers send along, and what changes no answer
FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
_PLAIN = ("", "identity", "charset=utf-8", "charset=utf8", "charset=us-ascii")


class Unsupported(Exception):
    """A body of a type that is not read; the text says which."""


@dataclass(frozen=True)
class Asked:
    """A query with its dataset and the format asked for in the address; ``query`` is None where none was given."""

    query: str | None
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    format: str | None = None


def from_address(request: Request, *more: tuple[str, str]) -> Asked:
    """What the address asks for, and further pairs. Raises BadQuery, BadParameter."""
    return _from_pairs([*_pairs(request.scope["query_string"].decode("latin-1")), *more])


async def from_body(request: Request) -> Asked:
    """What the body and the address ask for together. Raises Unsupported, BadQuery, BadParameter (so without a query)."""
    media, *details = (part.strip().lower() for part in request.headers.get("content-type", "").split(";"))
    if media == "application/sparql-update":
        raise Unsupported("Updates are refused: this endpoint only reads.")
    if media not in (FORM, DIRECT) and not (media == "" and "query" in request.query_params):
        raise Unsupported(f"The body is “{shown(media or 'of no type')}”.")
    encoded = [request.headers.get("content-encoding", ""), *(detail for detail in details if detail.startswith("charset="))]
    if any(detail.replace('"', "") not in _PLAIN for detail in encoded):
        raise Unsupported(f"The body is encoded: {shown(', '.join(filter(None, encoded)))}.")
    text = await _text(request)
    if media == FORM and text and "=" not in text.split("&", maxsplit=1)[0]:
        raise BadQuery("The form has no field query=.", "Send query=... percent-encoded, or the type application/sparql-query.")
    asked = from_address(request, *([("query", text)] if media == DIRECT else _pairs(text) if media else ()))
    return require(asked)


def require(asked: Asked) -> Asked:
    """What was asked. Raises BadParameter where it has no query."""
    if asked.query is None:
        raise BadParameter("query is not given.", "Give it once.", parameter="query")
    return asked


def formats(request: Request, format: str | None) -> tuple[str, str]:
    """Format for rows and for graphs: from the address, else from Accept; where nothing fits, the default, which no client chokes on."""
    accept = request.headers.get("accept")
    rows = _ROW_ACCEPTS[choose(accept, _ROW_ACCEPTS) or MEDIA_TYPES["json"]]
    graph = GRAPH_ACCEPTS[choose(accept, GRAPH_ACCEPTS) or "text/turtle"]
    if format is None:
        return rows, graph
    return (_NEAREST.get(format, rows), format) if format in GRAPH_TYPES else (format, _NEAREST.get(format, graph))


async def _text(request: Request) -> str:
    try:
        return (await request.body()).decode("utf-8")
    except UnicodeDecodeError:
        raise BadQuery("The body is not UTF-8.", "Send UTF-8.") from None


def _pairs(text: str) -> list[tuple[str, str]]:
    """Names and values of a form or of an address. Raises BadQuery where it is not UTF-8, rather than ask with other letters."""
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=PAIRS_MOST)
    except UnicodeDecodeError:
        raise BadQuery("The percent-encoded text is not UTF-8.", "Encode UTF-8.") from None
    except ValueError:
        raise BadQuery(f"There are more than {PAIRS_MOST:,} fields.", "Send fewer.", limit="fields") from None


def _from_pairs(given: list[tuple[str, str]]) -> Asked:
    names = [name for name, _ in given]
    if "update" in names or any(name.startswith("using-") for name in names):
        raise BadQuery("Updates are refused: this endpoint only reads.", "Send query= with SELECT, ASK, CONSTRUCT or DESCRIBE.")
    check_names(names, ("query", *LISTS, *FORMAT_NAMES, *_PASSED_OVER))
    queries = [value for name, value in given if name == "query"]
    if len(queries) > 1:
        raise BadParameter(f"query is given {len(queries)} times.", "Give it once.", parameter="query")
    format = next((value.lower() for name, value in reversed(given) if name in FORMAT_NAMES), None)
    if format is not None:  # SPARQLWrapper sends the whole list of types that it would read
        format = next((name for name in format.split(",") if name in ALIASES), format)
        check_choice("format", format, ALIASES)
    default, named = (tuple(_graph_name(key, value) for key, value in given if key == name and value) for name in LISTS)
    return Asked(queries[0] if queries else None, default, named, ALIASES[format] if format else None)


def _graph_name(name: str, value: str) -> str:
    if is_file(value):
        raise BadParameter(f"{name} names a file: “{shown(value)}”.", "Name a graph that the service holds.", parameter=name)
    try:
        term(value)
    except ValueError:
        raise BadParameter(f"{name} is “{shown(value)}”.", "It must be an absolute IRI.", parameter=name) from None
    return value

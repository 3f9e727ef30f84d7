"""Fields of the forms with which a page is asked: dates, numbers, choices, and names with what they may be.

Knows the graph's names; knows no page. Each form is sent by GET, so that its address can be kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kg import Graph
from kg.namespaces import CODE, KINDS, kind_of, slug_of
from kg.source.query_files import Param

Options = tuple[tuple[str, str], ...]
ANY = tuple(kind for kind in KINDS if kind != "deposit")  # what a name may be where nothing narrower is said; deposits fill no list


@dataclass(frozen=True)
class Field:
    """An input. ``type``: date, number, text, choice or names; ``options``: value and label, of a choice or of a list of names."""

    name: str
    label: str
    type: str = "text"
    value: str = ""
    options: Options = ()
    about: str = ""
    list: str = ""
    low: int | None = None
    high: int | None = None
    id: str = ""


def slugs(graph: Graph, kinds: Sequence[str], lang: str) -> Options:
    """Things of these kinds by label: what names each without doubt (slug, else ``kind/slug``), and its label."""
    found = [(_kind(iri), iri) for iri in graph.names if _kind(iri) in kinds]
    times = Counter(slug_of(iri) for _, iri in found)
    named = [(slug_of(iri) if times[slug_of(iri)] == 1 else f"{kind}/{slug_of(iri)}", graph.label(iri, lang)) for kind, iri in found]
    return tuple(sorted(named, key=lambda pair: (pair[1].casefold(), pair[0])))


def choice(graph: Graph, name: str, label: str, things: Iterable[str], chosen: str, lang: str) -> Field:
    """A choice among things by label, or all of them; what the request named by ``kind/slug`` or IRI is found too. Raises UnknownName."""
    wanted = slug_of(str(graph.resolve(chosen))) if "/" in chosen else chosen
    options = sorted(((slug_of(iri), graph.label(iri, lang)) for iri in things), key=lambda pair: (pair[1].casefold(), pair[0]))
    return Field(name, label, "choice", wanted, (every(lang), *options))


def every(lang: str) -> tuple[str, str]:
    """The option that leaves nothing out."""
    return ("", "すべて" if lang == "ja" else "all")


def _kind(iri: str) -> str:
    if iri.startswith(CODE):
        return iri[len(CODE) :].partition("/")[0]
    return kind_of(iri)


def of_params(graph: Graph, params: Iterable[Param], values: Mapping[str, str], lang: str) -> list[Field]:
    """A field for each parameter of a named query but the language, which the page has."""
    return [_of_param(graph, param, values.get(param.name, ""), lang) for param in params if param.type != "lang"]


def _of_param(graph: Graph, param: Param, value: str, lang: str) -> Field:
    about = (param.about_ja if lang == "ja" else "") or param.about
    if param.type == "iri":
        kinds = tuple(
            dict.fromkeys(name for kind in param.kinds or ANY for name in (("document", "doc") if kind == "document" else (kind,)))
        )
        return Field(param.name, about, "names", value, slugs(graph, kinds, lang), list="-".join(param.kinds) or "things")
    kind = {"date": "date", "integer": "number"}.get(param.type, "text")
    return Field(param.name, about, kind, value)


def lists(fields: Iterable[Field]) -> dict[str, Options]:
    """The lists of names of a form, each once."""
    return {field.list: field.options for field in fields if field.type == "names"}

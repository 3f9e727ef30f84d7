"""The graph: built from the source text once, opened from disk after that, asked by named queries.

    graph = kg.open_graph()
    graph.ask("export-quotas", mineral="rare-earths", since=2010)

Knows the store and the files; knows nothing of checks, pages or the web.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadParameter, UnknownName, shown
from ..namespaces import CODE, DOC, ID, KINDS, LANGUAGES, Iri, iri_of, kind_of, slug_of
from ..source import query_files
from ..source.query_files import ALL, UNSET, Param, Query
from ..store import disk_cache
from ..store.oxigraph import Cell, Row, Rows, Store, term
from ..store.stored_results import StoredResults
from ..workers.answers import Kept

if TYPE_CHECKING:
    import networkx
    import rdflib

KEPT_CELLS = 400_000  # of rows that are kept for who asks the same again: about 40 MB
NAME_MOST = 200  # characters of an unknown name that are compared and shown
_INTEGER = re.compile(r"^-?\d{1,9}$")


class Graph:
    """All documents, the ontology and what the rules infer, read-only.

    ``version`` is the SHA-256 of the source text; ``queries`` the named queries by name.
    """

    def __init__(self, store: Store, folder: Path, version: str, path: Path | str | None = None) -> None:
        self.store = store
        self.version = version
        self.path = path
        self._kept: Kept[Rows] = Kept(KEPT_CELLS, KEPT_CELLS // 2)
        self._stored = StoredResults(path) if isinstance(path, Path) else None
        self.queries = query_files.read_all(folder / "queries")
        self.parts = query_files.read_all(folder / "queries" / "parts")

    def ask(self, name: str, **values: object) -> Rows:
        """Rows of a named query. Values are slugs or IRIs, texts, whole numbers, dates, or en/ja, as its header says.

        Raises UnknownName (query, parameter or thing) and BadParameter (a value of the wrong form).
        """
        return self._rows(self.text_of(self.query(name), values))

    def part(self, name: str, **values: object) -> Rows:
        """Rows of a query that only the library uses."""
        return self._rows(self.text_of(self.parts[name], values))

    def _rows(self, text: str) -> Rows:
        """Rows of a query; over a built store, which never changes, what was asked lately is known."""
        if (rows := self._kept.get(text)) is None:
            stored = self._stored.get(text) if self._stored else None
            rows = self._query(text) if stored is None else stored
            if isinstance(self.path, Path):
                self._kept.put(text, rows, (len(rows) + 1) * (len(rows.columns) + 1))
        return Rows(rows.columns, map(dict, rows))  # the caller may change them

    def results(self) -> list[tuple[str, Rows]]:
        """What is kept of the results of queries, each with the query's text."""
        return self._kept.items()

    def _query(self, text: str) -> Rows:
        try:
            return self.store.query(text)
        except RuntimeError as error:  # what the engine finds only as it reads
            raise (disk_cache.damage(self.store.path, error) if self.store.path else None) or error from error

    def text_of(self, query: Query, values: dict[str, Any]) -> str:
        """The SPARQL of a query with its parameters set; a value of None leaves the default."""
        return query.bind({name: self._term(query.param(name), value) for name, value in values.items() if value is not None})

    def query(self, name: str) -> Query:
        """The named query. Raises UnknownName with the nearest names."""
        if name not in self.queries:
            raise unknown("query", name, self.queries)
        return self.queries[name]

    def resolve(self, name: str, kinds: Iterable[str] = ()) -> Iri:
        """IRI of a thing from its slug, ``kind/slug``, IRI, or a name that it alone has, of one of the kinds.

        Raises UnknownName with the nearest slugs.
        """
        wanted = tuple(kinds)
        if name.startswith(("https://", "http://")):
            candidates = [name]
        elif "/" in name and name.split("/", 1)[0] in KINDS:
            candidates = [ID + name]
        else:
            candidates = [
                f"{DOC}{name}" if kind == "doc" else f"{ID}{kind}/{name}" if kind in KINDS else f"{CODE}{kind}/{name}"
                for kind in wanted or (*KINDS, "doc")
            ]
            candidates += [f"{DOC}{name}"] if "document" in wanted else []
        for candidate in candidates:
            if candidate in self.names and (not wanted or _is_of(candidate, wanted)):
                return Iri(candidate)
        allowed = [iri for iri in self.names if (_is_of(iri, wanted) if wanted else kind_of(iri))]
        named = [iri for iri in allowed if self._answers_to(iri, name)]
        if len(named) == 1:
            return Iri(named[0])
        raise unknown(" or ".join(wanted) or "thing", name, map(slug_of, named or allowed))

    def _answers_to(self, iri: str, name: str) -> bool:
        """Whether a name is a label of a thing, another name of it or its symbol, or the last part of a source's path."""
        entry, wanted = self.names[iri], name.casefold()
        texts = (*entry["label"].values(), *entry["alt"], entry["symbol"])
        return any(text and str(text).casefold() == wanted for text in texts) or (kind_of(iri) == "doc" and iri.rsplit("/", 1)[-1] == name)

    @cached_property
    def names(self) -> dict[str, dict[str, Any]]:
        """Everything that has a label: IRI to its classes, labels by language, alternative labels, symbol and notation."""
        found: dict[str, dict[str, Any]] = {}
        rows = self.part("catalogue")
        rows.sort(key=lambda row: [str(row[name]) for name in ("thing", "role", "lang", "text")])  # much faster than in the store
        for row in rows:
            entry = found.setdefault(str(row["thing"]), {"classes": set(), "label": {}, "alt": [], "symbol": None, "notation": None})
            entry["classes"].add(slug_of(str(row["class"])))
            if row["role"] == "label":
                entry["label"][row["lang"]] = row["text"]
            elif row["text"] and row["text"] not in entry["alt"]:
                entry["alt"].append(row["text"])
        for row in self.part("signs"):
            if str(row["thing"]) in found:
                found[str(row["thing"])][str(row["sign"])] = row["text"]
        return found

    def label(self, iri: str, lang: str = "en") -> str:
        """Label of a thing in a language, or its slug where it has none."""
        labels = self.names[iri]["label"] if iri in self.names else {}
        return str(labels.get(lang) or labels.get("en") or slug_of(iri))

    def rdf(self, format: str, center: str | None = None) -> bytes:
        """The whole graph, or what it says of one thing, in a format of ``store.RDF_FORMATS``. Raises UnknownName."""
        if center is not None:
            iri = self.resolve(center)
            return self.store.construct(self.text_of(self.parts["description"], {"thing": iri}), format)
        held = BytesIO()
        self.store.dump(format, held)
        return held.getvalue()

    def to_rdflib(self, *graphs: str) -> rdflib.Dataset:
        """All graphs as an rdflib Dataset, or those with these IRIs; its default graph is their union.

        rdflib takes about a minute for a million triples: name the graphs where the tables are not needed.
        """
        import rdflib

        dataset = rdflib.Dataset(default_union=True)
        for name in graphs or self.store.graphs():
            held = BytesIO()
            self.store.dump("ntriples", held, name)
            dataset.graph(rdflib.URIRef(name)).parse(data=held.getvalue(), format="ntriples")
        return dataset

    def to_networkx(self, as_of: datetime.date | None = None) -> networkx.MultiDiGraph[str]:
        """What depends on what as a NetworkX graph; see ``kg.network.graphs.network`` for its attributes."""
        import networkx

        from ..network.graphs import network

        return networkx.MultiDiGraph(network(self, as_of))

    def _term(self, param: Param, value: object) -> str:
        """A parameter's value as it stands in the VALUES line. Raises BadParameter, UnknownName."""
        text = str(value)
        if param.takes_all and text == ALL:
            return UNSET
        if param.type == "iri":
            return term(self.resolve(text, [kind for kind in param.kinds if kind != ALL]))
        if param.type == "node":
            return term(text)
        if param.type == "lang" and text not in LANGUAGES:
            raise BadParameter(f"{param.name} is “{shown(text)}”.", f"It must be one of {', '.join(LANGUAGES)}.", parameter=param.name)
        return _literal(param, text)


def _literal(param: Param, text: str) -> str:
    if param.type == "integer":
        if not _INTEGER.match(text):
            raise BadParameter(
                f"{param.name} is “{shown(text)}”.",
                "It must be a whole number such as 2010, of nine digits at most.",
                parameter=param.name,
            )
        return term(int(text), "integer")
    if param.type == "year":
        return term(f"{int(text):04}", "gYear")
    if param.type == "date":
        return term(read_day(param.name, text).isoformat(), "date")
    return term(text, "string")


def read_day(name: str, text: str) -> datetime.date:
    """A day from text. Raises BadParameter."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError(text)
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise BadParameter(
            f"{name} is “{shown(text)}”.", "It must be a day that exists, written YYYY-MM-DD, such as 2012-12-31.", parameter=name
        ) from None


def unknown(what: str, name: str, known: Iterable[str]) -> UnknownName:
    """The error for a name that is not known, with the nearest names that are."""
    name, options = name[:NAME_MOST], sorted(set(known))
    folded = {option.casefold(): option for option in options}
    near = [folded[close] for close in difflib.get_close_matches(name.casefold(), folded, n=5, cutoff=0.5)]
    near += [option for option in options if name.casefold() in option.casefold() and option not in near][: 5 - len(near)]
    advice = f"Near it: {', '.join(near)}." if near else f"Known are, among others: {', '.join(options[:8])}."
    return UnknownName(f"There is no {what} “{shown(name)}”.", advice, near=near)


def _is_of(iri: str, kinds: tuple[str, ...]) -> bool:
    if iri.startswith(CODE):
        return iri[len(CODE) :].split("/", 1)[0] in kinds
    kind = kind_of(iri)
    return kind in kinds or (kind == "doc" and "document" in kinds)


__all__ = ["Cell", "Graph", "Row", "Rows", "iri_of", "read_day", "unknown"]

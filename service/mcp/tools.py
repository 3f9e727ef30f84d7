"""What a language model may ask of the graph: each tool gives JSON text with its sources, its day and counts of what is not shown.

Knows the graph, its look-ups and the pool of killable queries; knows no protocol. Everything raises the library's own errors.
"""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import Field

from kg import BadParameter, Graph
from kg.graph.graph import read_day, unknown
from kg.namespaces import KINDS
from kg.network import analysis, coverage, graphs, paths
from kg.network.scenario import Action, Scenario
from kg.store.oxigraph import read_rows
from kg.views import lookup
from kg.workers.pool import QueryPool

from ..citation import cite
from . import entries
from .compact import pack
from .schema_card import card

ROWS_MOST = 100  # rows of a query that are shown, where they fit
TURTLE_MOST = 15_000  # characters of Turtle that are shown
TRIPLES_MOST = 3_000  # triples that are asked for: more than stand in so many characters

Name = Annotated[
    str, Field(max_length=300, description="A slug, kind/slug, IRI or full name, such as tungsten, mineral/tungsten, タングステン.")
]
Lang = Annotated[Literal["en", "ja"], Field(description="Language of names, places and texts.")]
Day = Annotated[str | None, Field(description="The day asked about, YYYY-MM-DD; left out: today.", examples=["2012-12-31"])]


class Tools:
    """The tools over one graph; ``pool`` runs named and free queries within the limits of the service."""

    def __init__(self, graph: Graph, pool: QueryPool) -> None:
        self.graph, self.pool = graph, pool

    def search(
        self,
        text: Annotated[str, Field(max_length=200, description="A name, part of one, or a symbol, in English or Japanese.")],
        kind: Annotated[str | None, Field(description=f"Only this kind: {', '.join(KINDS)}.")] = None,
        lang: Lang = "en",
    ) -> str:
        """Things by name, best first."""
        if not text.strip():
            raise BadParameter("text is blank.", "Give a name or a part of one, in English or Japanese, or a symbol.", parameter="text")
        if kind is not None and kind not in KINDS:
            raise unknown("kind", kind, KINDS)
        found = lookup.search(self.graph, text, lang, (kind,) if kind else ())
        things = [{key: item[key] for key in ("iri", "kind", "label", "other_label", "symbol")} for item in found]
        return pack(self.graph, {"things": things, "none": None if things else _NONE}, {"things": 25}, lang, None)

    def schema(self, lang: Lang = "en") -> str:
        """The schema on a card."""
        return pack(self.graph, card(self.graph, lang), {"classes": 60, "properties": 200}, lang, None)

    def mineral(self, mineral: Name, as_of: Day = None, lang: Lang = "en") -> str:
        """Risks, responses and uses of a mineral on a day."""
        day = _day(as_of)
        found = lookup.mineral(self.graph, self.graph.resolve(mineral, ["mineral"]), lang, day)
        risks = found["risks"]
        answer = {
            **{key: found[key] for key in ("iri", "label", "other_label", "symbol", "alternative_labels")},
            **{key: [item["iri"] for item in found[key]] for key in ("groups", "members")},
            "headlines": [entries.headline(item) for item in risks["headlines"]],
            "figures": [entries.figure(figure) for figure in risks["figures"]],
            "measures": [entries.measure(item) for item in risks["measures"]],
            **{key: [entries.said(item) for item in risks[key]] for key in ("dependence", "prices", "lists")},
            "disputes": [{key: item[key] for key in ("iri", "label", "place", "document")} for item in risks["disputes"]],
            "pillars": [
                {
                    "pillar": pillar["label"],
                    "responses": [entries.said(item) for item in pillar["entries"]] or "none recorded",
                }
                for pillar in found["responses"]
            ],
            "uses": [entries.said(item) for item in found["uses"]],
            "quantities": [entries.said(item) for item in found["quantities"]],
            "statements": [entries.said(item) for item in found["statements"]],
            "note": "None of the figures is an official score. A key that is not there: nothing is recorded.",
        }
        lists = {"figures": 40, "measures": 30, "dependence": 10, "lists": 10, "uses": 15, "quantities": 15, "statements": 15}
        return pack(self.graph, answer, lists, lang, day)

    def measures(
        self,
        mineral: Annotated[str | None, Field(description="Only measures that touch it, directly or through its group.")] = None,
        country: Annotated[str | None, Field(description="Only measures that it imposes.")] = None,
        type: Annotated[
            str | None, Field(description="Code of a kind of measure, such as XR-QTA (export quota); narrower ones count.")
        ] = None,
        as_of: Day = None,
        in_force_only: Annotated[bool, Field(description="Only those in force on the day.")] = False,
        lang: Lang = "en",
    ) -> str:
        """Measures with their state on a day."""
        day = _day(as_of)
        filters = {"mineral": mineral, "country": country, "type": type}
        days = {"in_force_on": day} if in_force_only else {"as_of": day}
        found = lookup.measures(self.graph, lang, **days, **filters)  # type: ignore[arg-type]  # days and texts, each by its name
        answer = {
            "asked": filters,
            "count": len(found),
            "measures": [entries.measure(item) for item in found],
            "none": None if found else _NONE,
        }
        return pack(self.graph, answer, {"measures": 60}, lang, day)

    def coverage(
        self,
        minerals: Annotated[list[str] | None, Field(max_length=100, description="Only these; left out: all.")] = None,
        as_of: Day = None,
        lang: Lang = "en",
    ) -> str:
        """Minerals by pillars on a day."""
        day = _day(as_of)
        wanted = {str(self.graph.resolve(name, ["mineral"])) for name in minerals or ()}
        found = coverage.coverage(self.graph, as_of=day, lang=lang)
        order = {gap["mineral"]["iri"]: place for place, gap in enumerate(found["gaps"])}
        rows = sorted(found["minerals"], key=lambda row: order.get(row["mineral"]["iri"], len(order)))
        told = [entries.covered(row) for row in rows if not wanted or row["mineral"]["iri"] in wanted]
        unknown_here = sorted(wanted - {row["mineral"]["iri"] for row in rows})
        answer = {
            "pillars": [{"pillar": pillar["slug"], "label": pillar["label"]} for pillar in found["pillars"]],
            "count": len(told),
            "with_gaps": len(found["gaps"]),
            "minerals": told,
            "nothing_recorded_of": unknown_here,
            "shares_by": self._trade(day),
            "note": "Gaps first, by the share of a supplier that restricts exports. Shares in percent. A pillar counts as covered "
            "where something is funded or operating; designated alone is no cover; ended and failed are over. None recorded is not none.",
        }
        return pack(self.graph, answer, {"minerals": 50}, lang, day)

    def paths(
        self,
        source: Name,
        target: Name,
        as_of: Day = None,
        length: Annotated[int, Field(ge=1, le=paths.MAX_LENGTH, description="Most steps in a path.")] = 6,
        most: Annotated[int, Field(ge=1, le=20, description="Most paths.")] = 5,
        lang: Lang = "en",
    ) -> str:
        """How one thing depends on another."""
        day = _day(as_of)
        found = paths.between(self.graph, source, target, as_of=day, length=length, most=most, lang=lang)
        ways = [[{**asdict(step), "source": step.source, "target": step.target} for step in path] for path in found.paths]
        answer = {
            "paths": ways,
            "more_paths": None if found.complete else "There are more: raise most, or shorten length.",
            "backward": "The second depends on the first: paths run from it." if found.backward else None,
            "all_pass": list(found.passes),
            "none": None if ways else "No path is recorded.",
        }
        return pack(self.graph, answer, {"paths": most}, lang, day)

    def what_if(
        self,
        actions: Annotated[list[Action], Field(min_length=1, max_length=50, description="What happens, all at once.")],
        as_of: Day = None,
        lang: Lang = "en",
    ) -> str:
        """What minerals and products lose in a scenario."""
        day = _day(as_of)
        found = analysis.scenario(self.graph, Scenario(actions=actions), as_of=day, lang=lang)
        answer = {
            "shares": found["shares"],
            "scenario": found["scenario"],
            **{key: [entries.lost(item) for item in found[key]] for key in ("minerals", "products")},
            "unknown": [thing["iri"] for thing in found["unknown"]],
            "documents": sorted({*entries.documents(found["graph"]), *self._trade(day)["documents"]}),
            "note": "Percent of normal need, from low to high. A stock that is not given is unknown, not zero.",
        }
        return pack(self.graph, answer, {"minerals": 40, "products": 40, "unknown": 40}, lang, day)

    def queries(
        self, about: Annotated[str | None, Field(max_length=100, description="A word of the name or question.")] = None, lang: Lang = "en"
    ) -> str:
        """The named queries, or those with a word in name or question."""
        ja = lang == "ja"
        told = [
            {
                "name": query.name,
                "answers": (query.answers_ja if ja else "") or query.answers,
                "parameters": {
                    param.name: f"{param.type}{f' of {chr(47).join(param.kinds)}' if param.kinds else ''}" for param in query.params
                },
            }
            for query in self.graph.queries.values()
            if not about or about.casefold() in f"{query.name} {query.answers} {query.answers_ja}".casefold()
        ]
        return pack(self.graph, {"queries": told, "none": None if told else "Leave about out for all."}, {"queries": 200}, lang, None)

    def ask(
        self,
        name: Annotated[str, Field(max_length=100, description="Name of the query, from the tool queries.")],
        parameters: Annotated[dict[str, str | int] | None, Field(description="Its parameters by name; left out: its defaults.")] = None,
        lang: Lang = "en",
    ) -> str:
        """Rows of a named query."""
        query, given = self.graph.query(name), dict(parameters or {})
        if any(param.name == "lang" for param in query.params):
            given.setdefault("lang", lang)
        text = self.graph.text_of(query, given)
        rows = read_rows(b"".join(self.pool.ask(text, ours=True).chunks()))
        as_of = next((str(given[key]) for key in given if key == "as_of"), None)
        default = next((param.default for param in query.params if param.name == "as_of"), "")
        answer = {
            "query": name,
            "answers": (query.answers_ja if lang == "ja" else "") or query.answers,
            "parameters": given,
            "count": len(rows),
            "rows": list(rows),
            "none": None if rows else _NONE,
        }
        day = as_of or (default[1:11] if default.startswith('"') else None)
        return pack(self.graph, answer, {"rows": ROWS_MOST}, lang, read_day("as_of", day) if day else None)

    def sparql(
        self, query: Annotated[str, Field(description="SPARQL 1.1: SELECT, ASK, CONSTRUCT or DESCRIBE; with its PREFIX lines.")]
    ) -> str:
        """Rows, truth or Turtle of a SPARQL query."""
        found = self.pool.ask(query, rows="json", graph="turtle", most=ROWS_MOST + 1, triples=TRIPLES_MOST)
        body = b"".join(found.chunks())
        if found.is_graph:
            text = body.decode()
            lines = text[:TURTLE_MOST].rpartition("\n")[0] if len(text) > TURTLE_MOST else text
            left = text.count("\n") - lines.count("\n")
            more = f"The answer was cut at {TRIPLES_MOST:,} triples; there are more." if found.cut else None
            return pack(self.graph, {"turtle": lines, "lines_left_off": left or None, "cut": more}, {}, "en", None)
        if b'"boolean"' in body[:200]:
            return pack(self.graph, {"truth": b"true" in body}, {}, "en", None)
        rows = read_rows(body)
        is_cut = found.cut or len(rows) > ROWS_MOST
        told = {
            "columns": rows.columns,
            "count": None if is_cut else len(rows),
            "cut": f"There are more than {ROWS_MOST} rows; these are the first. Narrow the query, or count." if is_cut else None,
            "rows": list(rows)[:ROWS_MOST],
            "none": None if rows else _NONE,
        }
        return pack(self.graph, told, {"rows": ROWS_MOST}, "en", None)

    def _trade(self, day: datetime.date) -> dict[str, Any]:
        """What suppliers' shares rest on: trade of a year, and the tables."""
        net = graphs.needs(self.graph, day)
        claims = (claim for _, _, data in net.edges(data=True) for claim in data["all"] if claim.get("computed"))
        return {"trade_of": net.graph["year"], "documents": sorted({str(claim["document"]) for claim in claims})}

    def cite(
        self,
        name: Annotated[str, Field(max_length=500, description="A document or statement as the other tools name it, or its IRI.")],
        lang: Lang = "en",
    ) -> str:
        """How to cite a source, or a statement in it."""
        return pack(self.graph, cite(self.graph, name, lang), {}, lang, None)


_NONE = "Nothing is recorded that fits. That is not the same as: there is none."


def _day(text: str | None) -> datetime.date:
    """The day asked about, else today."""
    return read_day("as_of", text) if text else datetime.datetime.now(datetime.UTC).date()

"""The schema on a card, for who is to write queries: classes with counts, properties, prefixes, an example, and what goes wrong easily."""

from __future__ import annotations

import re
from typing import Any

from kg import Graph
from kg.namespaces import KINDS, ONTOLOGY, PREFIXES, compact

EXAMPLE = "group-members"
PITFALLS = {
    "en": (
        "Missing is missing, never zero: a response, share or figure that is not there is “none recorded”, not “none”.",
        "A statement has a certainty: stated, reported, expected, target, denied. Say which; a target or a denied claim is no fact.",
        "Dates have the precision of the source: a year may be xsd:gYear, a month xsd:gYearMonth. Compare their text.",
        "A measure's state depends on the day: ask the tool measures or the query measures-in-force; in SPARQL a lode:StatePeriod "
        "(concerns, state, firstDay, dayAfter).",
        "What covers a mineral on a day is a lode:CoveragePeriod (response, mineral, pillar, degree, firstDay, dayAfter); ask coverage.",
        "“suspension-lapsed”: the suspension is over by its terms, nothing later is in the graph: neither in force nor ended for certain.",
        "A statement on a group (rare-earths, platinum-group) holds for its members through lode:inGroup; ask for both.",
        "Figures count unlike things (gross weight, oxide, contained metal, value): never add series of different lode:basis or unit.",
        "Sources disagree, and both stay: the query conflicts lists it. Give both, with their sources.",
        "Trade data has no code for many minerals; one code may mix several. Notes beside a figure say so.",
        "Each document is a named graph; the default graph is their union, in which a triple of two documents counts once or twice.",
        "Labels and texts are in English and Japanese: filter by LANG(), or every row comes twice.",
        "What rules infer stands in the graph of that name (graph/inferred): no document states it in that form.",
        "Figures of risk (lode:ComputedFigure) and the one for each role (lode:Headline) stand in graph/figures; ask headlines.",
    ),
    "ja": (
        "記録がないことはゼロではない。対応・比率・数値がないときは「記録なし」であり、「なし」ではない。",
        "言明には確度（stated・reported・expected・target・denied）がある。必ず示すこと。目標や否定された主張は事実ではない。",
        "日付の精度は出典に従う。年はxsd:gYear、年月はxsd:gYearMonthのことがある。文字列として比べるか、登録済みの問いを使う。",
        "措置の状態は日によって変わる。lode:startからではなく、ツールmeasuresか問いmeasures-in-force、SPARQLではlode:StatePeriod（concerns、state、firstDay、dayAfter）で調べる。",
        "ある日に鉱種を対象とする施策はlode:CoveragePeriod（response、mineral、pillar、degree、firstDay、dayAfter）。問いcoverageで調べる。",
        "「suspension-lapsed」は停止期間が満了し、その後の文書がグラフにない状態であり、施行中とも終了とも断定できない。",
        "グループ（rare-earths・platinum-groupなど）についての言明はlode:inGroupを通じて構成鉱種にも及ぶ。両方を問うこと。",
        "数値の数える対象は異なる（総重量・酸化物・含有金属・金額）。lode:basisや単位の異なる系列を足してはならない。",
        "出典が食い違うときは両方が残る。問いconflictsで一覧できる。両方を出典とともに示すこと。",
        "貿易統計には多くの鉱種の番号がなく、一つの番号に複数の鉱種が混ざることもある。数値の注記を読むこと。",
        "各文書は名前付きグラフで、既定グラフはその和である。二つの文書にある同じトリプルは一度か二度数えられる。",
        "名称と文は英語と日本語がある。LANG()で絞らないと行が二重になる。",
        "規則による推論はgraph/inferredにあり、その形で述べる文書はない。",
        "リスクの計算値（lode:ComputedFigure）と役割ごとの代表値（lode:Headline）はgraph/figuresにある。問いheadlinesを使う。",
    ),
}


def _first_sentence(text: str) -> str:
    """What a term is, without what follows; the whole stands at its IRI."""
    return re.split(r"(?<=。)|(?<=\.) ", text, maxsplit=1)[0]


def card(graph: Graph, lang: str = "en") -> dict[str, Any]:
    """The schema on a card. Counts are those of distinct things in all graphs together."""
    terms = graph.part("terms", lang=lang)
    counts = {str(row["class"]): row["count"] for row in graph.part("class-sizes")}
    classes = [
        {
            "class": f"lode:{compact(str(row['term']))}",
            "label": row["label"],
            "count": counts.get(str(row["term"]), 0),
            "is": _first_sentence(str(row["definition"] or "")),
        }
        for row in terms
        if row["kind"] == "class" and str(row["term"]).startswith(ONTOLOGY)
    ]
    properties = [
        {"property": f"lode:{compact(str(row['term']))}", "of": row["domains"], "gives": row["ranges"]}
        for row in terms
        if row["kind"] == "property" and str(row["term"]).startswith(ONTOLOGY)
    ]
    query = graph.queries[EXAMPLE]
    return {
        "statements": len(graph.store),
        "kinds": {kind: f"lode:{name}" for kind, name in KINDS.items()},
        "prefixes": PREFIXES,
        "pitfalls": list(PITFALLS[lang]),
        "example": {"question": (query.answers_ja if lang == "ja" else "") or query.answers, "sparql": query.text},
        "classes": sorted(classes, key=lambda entry: (-int(entry["count"]), entry["class"])),
        "properties": properties,
    }

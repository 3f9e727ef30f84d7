"""What a language model is told before it starts: how to use the tools, and how a supply-risk brief is written. In both languages."""

from __future__ import annotations

from kg import BadParameter, Graph
from kg.errors import shown
from kg.namespaces import LANGUAGES

INSTRUCTIONS = """Lodegraph: minerals, countries, export restrictions, disputes, projects and responses of critical-mineral policy, each
statement with its document, place, date and certainty. Names and texts in English and Japanese (lang).
Every answer carries as_of (the day it holds for), sources (documents, by the names used in it) and left_off (how many items are not shown).
Names are short: mineral/tungsten is <https://w3id.org/lodegraph/id/mineral/tungsten>, jp/hasehira-2013#x is
<https://w3id.org/lodegraph/doc/jp/hasehira-2013#x>; every tool takes both, sparql only whole IRIs.
Give the document and place of what you use, and its certainty where it is not “stated”. A key that is not there means: none is recorded.
That is not the same as none or zero. Where sources disagree, say so. The figures are no official scores."""

BRIEF = {
    "en": """Write a brief on the supply risk of {label} ({slug}), of one page.

1. Call mineral("{slug}"), then measures(mineral="{slug}") and coverage(minerals=["{slug}"]).
   Where it belongs to a group, ask for the group too.
2. Say who supplies it and how concentrated that is: method, year, unit and series of each figure; where two series differ, both.
3. Say which measures are in force today, by whom, since when, under which text; which are suspended, and until when.
4. Say which of the four pillars answer it and with what; name the pillars for which nothing is recorded, in these words.
5. Say what the graph does not know of it.
6. End with sources: cite(...) for each document used, with its locator.

Every figure and every claim carries its document and place. Do not add what the tools did not return. A target or an expectation is named
as such.""",
    "ja": """{label}（{slug}）の供給リスクについて、1ページの概要を日本語で書いてください。

1. まず mineral("{slug}", lang="ja")、次に measures(mineral="{slug}", lang="ja") と coverage(minerals=["{slug}"], lang="ja") を呼ぶ。
   鉱種群に属する場合は、その群も調べる。
2. 供給国と集中度を述べる。各数値に方法・年・単位・系列を添え、系列により異なるときは両方を示す。
3. 現在施行中の措置を、実施国・開始日・根拠とともに述べる。停止中のものは期限も示す。
4. 四つの柱のうちどれが何によって対応しているかを述べる。記録のない柱は「記録なし」と書く。
5. グラフからは分からないことを述べる。
6. 最後に出典を挙げる。用いた各文書について cite(..., lang="ja") を呼び、箇所を示す。

すべての数値と主張に文書と箇所を付けること。ツールが返さなかったことは書かない。目標や見通しはその旨を明記する。""",
}


def brief(graph: Graph, mineral: str, lang: str = "en") -> str:
    """The prompt for a brief on a mineral. Raises UnknownName; BadParameter for a language that is not known."""
    if lang not in LANGUAGES:
        raise BadParameter(f"lang is “{shown(lang)}”.", f"It must be one of {', '.join(LANGUAGES)}.", parameter="lang")
    iri = graph.resolve(mineral, ["mineral"])
    return BRIEF[lang].format(label=graph.label(iri, lang), slug=iri.rsplit("/", 1)[-1])

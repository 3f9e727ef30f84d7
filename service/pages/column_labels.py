"""Heads of columns of named queries, in both languages: the ontology's name where it has one, else the words of the variable.

Knows names of variables; knows no rows.
"""

from __future__ import annotations

import re

from kg import Graph
from kg.namespaces import ONTOLOGY

# What the ontology has no property or class for.
JAPANESE = {
    "absent": "欠測", "act": "行為", "adopted": "採択", "after": "後の値", "afterStatement": "後の言明", "agrees": "一致",
    "aim": "目的", "announced": "公表", "asked": "求められた側", "asker": "求める側", "aspect": "観点", "atLeast": "以上",
    "atMost": "以下", "before": "前の値", "beforeStatement": "前の言明", "change": "変化", "changed": "変わったもの",
    "check": "検算", "cited": "文書", "claimed": "示された値", "code": "コード", "computed": "計算値",
    "coverStatement": "対象とする言明", "coverage": "把握率", "day": "日", "daysAfterAdoption": "採択からの日数",
    "daysBeforePeriodEnd": "期限までの日数", "daysSincePrevious": "前の段階からの日数", "daysSinceStart": "開始からの日数",
    "daysToLastDay": "最終日までの日数", "definition": "定義",
    "degree": "段階", "designated": "指定のみの柱", "designatedLabels": "指定のみの対策",
    "degreeCertainty": "段階の確度", "degreeStatement": "段階の言明",
    "demand": "需要", "demandBasis": "需要の基準",
    "demandPlace": "需要の箇所", "demandStatement": "需要の言明", "dependant": "依存するもの", "disputeStatement": "紛争の言明",
    "documents": "文書数", "earlier": "先のもの", "edition": "版", "effective": "発効", "ended": "終了", "estimate": "推計",
    "figures": "統計値の数", "first": "第一期", "firstYear": "最初の年", "goods": "品目", "holder": "保有者", "hs": "HS コード",
    "inputs": "もとの値", "issued": "発行", "issuer": "発行者", "item": "項目", "kind": "種類", "known": "判明分", "label": "名称",
    "lastDay": "最終日", "lastYear": "最後の年", "later": "後のもの", "level": "水準", "limits": "限界", "link": "結びつき",
    "list": "リスト", "listStatement": "リストの言明", "located": "所在", "location": "場所", "material0": "材料",
    "materialId": "材料", "measureCertainty": "措置の確度", "measureStatement": "措置の言明", "measures": "措置の数",
    "method": "方法", "mineral0": "鉱種", "mineralId": "鉱種", "multiple": "倍率", "multipleSince": "倍率の起点",
    "multipleStatement": "倍率の言明", "named": "名指し", "national": "各国のコード", "nationalism": "資源ナショナリズム",
    "nationalismStatement": "資源ナショナリズムの言明", "note": "注", "other": "もう一方", "otherCertainty": "もう一方の確度",
    "otherDate": "もう一方の時", "otherDocument": "もう一方の文書", "otherLine": "もう一方の行", "otherPlace": "もう一方の箇所",
    "otherSays": "もう一方の内容", "otherStatement": "もう一方の言明", "otherValue": "もう一方の値", "otherwise": "別の記載",
    "page": "頁", "part": "部分", "participants": "参加者", "party": "当事国", "periodEnd": "期限", "pillars": "柱",
    "problem": "問題", "producer": "生産国", "promise": "約束・見通し", "promisePlace": "約束の箇所", "promiseSays": "約束の内容",
    "quantity": "数量", "quantityAtLeast": "数量（以上）", "quantityMoreThan": "数量（超）",
    "quantityShare": "数量の割合", "quota": "輸出枠", "rowCoverage": "重量のある割合",
    "quotaBasis": "輸出枠の基準", "quotaPlace": "輸出枠の箇所", "quotaStatement": "輸出枠の言明", "ratio": "比",
    "reached": "届く先", "reference": "比べる値", "remedy": "是正", "response": "対策", "responseCertainty": "対策の確度",
    "responseLabels": "対策", "responsePlace": "対策の箇所", "responses": "対策", "restrictions": "規制", "role": "役割",
    "second": "第二期", "shareStatement": "割合の言明", "speaker": "発言者", "stakePlace": "権益の箇所",
    "stakeStatement": "権益の言明", "state": "状態", "stated": "記載値", "stepDate": "段階の時", "strategy": "戦略",
    "substitute": "代替物", "sum": "合計", "supplier": "供給国", "supported": "支援先", "suspendedFrom": "停止の始期",
    "suspendedUntil": "停止期限", "times": "回数", "total": "総計", "totalStatement": "総計の言明", "type": "種類",
    "typeCode": "種類のコード", "used": "使われるもの", "user": "使うもの", "valueShare": "金額の割合", "vintage": "版",
    "when": "時", "whole": "全体", "methodCode": "計算方法のコード", "buyer": "輸入国", "figureYear": "値の年",
    "upTo": "上限", "roleCode": "役割のコード", "hhi": "集中度（HHI）", "reasonCode": "理由のコード", "since": "始期",
    "until": "終期", "form": "形態", "remark": "備考",
}  # fmt: skip


def head(graph: Graph, variable: str, lang: str) -> str:
    """The head of a column: ``mineralLabel`` and ``mineral`` are both the mineral."""
    name = variable.removesuffix("Label") if variable != "Label" else variable
    if lang == "ja" and name in JAPANESE:
        return JAPANESE[name]
    for term in (name, name[:1].upper() + name[1:]):
        if f"{ONTOLOGY}{term}" in graph.names:
            return graph.label(f"{ONTOLOGY}{term}", lang)
    return re.sub(r"([a-z])([A-Z0-9])", r"\1 \2", name).lower()

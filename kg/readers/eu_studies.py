"""The European Commission's studies of critical raw materials: published scores, the inputs of 2017, and the shares of supply of 2023.

Reads four tables as transcribed from the reports. What was published by the method of 2011 and 2014 goes under indicators of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from .csv_stream import Head, csv_rows
from .format import Reader
from .model import Card, Figure, Left, Series, Tell, at
from .names import Names

UNION = "bloc/european-union"
SCORES = ("Material", "Year", "SR", "EI")
SHARES = ("Material", "Stage", "Country", "Share", "t")
# Column of the inputs of 2017, indicator, unit, and its names.
INPUTS = (
    ("SR_published", "eu-supply-risk", "score", "supply risk", "供給リスク"),
    ("EI_published", "eu-economic-importance", "score", "economic importance", "経済的重要性"),
    ("IR_pct", "net-import-reliance", "percent", "import reliance", "輸入依存度"),
    ("EOL_RIR_pct", "recycling-input-rate", "percent", "end-of-life recycling input rate", "使用済製品由来のリサイクル投入率"),
    ("supply_data", "eu-supply-scope", "items", "supply that the risk counts", "供給リスクが対象とする供給"),
    ("SI_EI", "substitution-index-economic", "times", "substitution index of economic importance", "経済的重要性に関する代替指数"),
    ("SI_SR", "substitution-index-supply", "times", "substitution index of supply risk", "供給リスクに関する代替指数"),
    ("HHI_WGI_t_GS", "hhi-governance-trade-global", "score", "weighted concentration of global supply", "世界供給の加重集中度"),
    ("HHI_WGI_t_EU28", "hhi-governance-trade-sourcing", "score", "weighted concentration of EU sourcing", "EU の調達の加重集中度"),
    ("SR_global_only_T19", "eu-supply-risk-global", "score", "supply risk from global supply alone", "世界供給のみによる供給リスク"),
    ("SR_EU_only_T19", "eu-supply-risk-sourcing", "score", "supply risk from EU sourcing alone", "EU の調達のみによる供給リスク"),
    ("SR_both_T19", "eu-supply-risk-both", "score", "supply risk from both", "両方による供給リスク"),
)
STAGES = {"e": ("ore", "extraction", "採掘"), "p": ("processed", "processing", "加工")}
# Materials that are forms of a mineral, with their stage; and names that the transcription misspells.
FORMS = {"titanium metal": ("Titanium", "metal"), "titanium ores": ("Titanium", "ore")}
MISSPELT = {"Brasil": "Brazil", "Brasilia": "Brazil", "Libanon": "Lebanon", "Turkyie": "Türkiye", "Korea, South": "South Korea"}
WIDE = {
    "global_shares_2023": ("world-supply-share", "world supply", "世界供給"),
    "eu_shares_2023": ("eu-sourcing-share", "EU sourcing", "EU の調達"),
}


def _read_scores(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    for line, row in csv_rows(path, SCORES, tell, "utf-8-or-cp1252"):
        with at(path, line):
            if row["Year"] not in ("2011", "2014", "2017", "2020", "2023"):
                raise ValueError(f"the year is “{row['Year']}”", "It must be that of a study: 2011, 2014, 2017, 2020 or 2023.")
            first = row["Year"] in ("2011", "2014")
            when = ("studies of 2011 and 2014", "2011年・2014年の調査") if first else ("studies from 2017 on", "2017年以降の調査")
            for column, indicator, _, en, ja in INPUTS[:2]:
                series = _series(names, row["Material"], "", f"{indicator}-2011" if first else indicator, "score", (en, ja), when)
                yield series
                yield _figure(series.slug, line, int(row["Year"]), row[column.split("_")[0]])


def _read_inputs(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    for line, row in csv_rows(path, ("material", "stage", *(column for column, *_ in INPUTS)), tell, "utf-8-or-cp1252"):
        with at(path, line):
            for column, indicator, unit, en, ja in INPUTS:
                series = _series(names, row["material"], row["stage"][:1], indicator, unit, (en, ja), ("study of 2017", "2017年の調査"))
                yield series
                yield _figure(series.slug, line, 2017, row[column], words=column == "supply_data")


def _read_shares(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    indicator, en, ja = WIDE[path.stem]
    ours = indicator == "eu-sourcing-share"
    study = ("study of 2023", "2023年の調査")
    for line, row in csv_rows(path, SHARES, tell, "utf-8-or-cp1252"):
        with at(path, line):
            place = names.country(MISSPELT.get(row["Country"], row["Country"]))
            country, partner = ("", place) if ours else (place, "")
            words = (f"share of {en}", f"{ja}に占める割合"), (f"trade parameter of {en}", f"{ja}の貿易係数")
            for column, code, unit, label in (("Share", indicator, "percent", words[0]), ("t", "trade-parameter", "times", words[1])):
                series = _series(names, row["Material"], row["Stage"], code, unit, label, study, UNION if ours else "")
                yield series
                yield _figure(series.slug, line, 2023, row[column], country, partner, percent=column == "Share")


def _series(
    names: Names, material: str, stage: str, indicator: str, unit: str, label: tuple[str, str], study: tuple[str, str], country: str = UNION
) -> Series:
    """The series of a material. Raises ValueError for one that is not known."""
    name, form = FORMS.get(material.casefold(), (material, ""))
    if stage and stage.casefold() not in STAGES:
        raise ValueError(f"the stage is “{stage}”", "It must be E for extraction or P for processing.")
    code, stage_en, stage_ja = STAGES[stage.casefold()] if stage else ("", "", "")
    mineral = names.mineral(name)
    en, ja = names.label(mineral)
    ja += {"metal": "金属", "ore": "鉱石"}.get(form, "")
    en += f" {form}" if form else ""
    return Series(
        slug="-".join(part for part in (mineral.split("/")[1], form, stage_en, indicator) if part),
        label_en=f"{en}{', ' if stage_en else ''}{stage_en}: {label[0]} ({study[0]})",
        label_ja=f"{ja}{'・' if stage_ja else ''}{stage_ja}：{label[1]}（{study[1]}）",
        indicator=indicator,
        unit=unit,
        mineral=mineral,
        stage=form or code,
        country=country,
        certainty="reported",  # the tables are somebody else's transcription
    )


def _figure(
    series: str, line: int, year: int, text: str, country: str = "", partner: str = "", percent: bool = False, words: bool = False
) -> Figure:
    """A cell: a number, a bound, words, or none. Raises ValueError."""
    absence = {"": "not-given", "-": "not-available", "N/A": "not-applicable"}.get(text, "not-one-number" if words else "")
    found = re.fullmatch(r"([<>]?)(\d+(\.\d+)?)(%?)", text)
    if not absence and percent and found and not found[4]:
        absence = "not-one-number"  # a share without its sign: a fraction or a percentage, the transcription does not say
    if absence:
        return Figure(series, line, year, absence=absence, country=country, partner=partner, written=text)
    if not found or (found[4] and not percent):
        raise ValueError(f"the cell is “{text}”", "It must be a number, a bound such as <0.1%, - or N/A.")
    return Figure(series, line, year, Decimal(found[2]), country=country, partner=partner, bound=found[1], written=text if found[1] else "")


def _card(head: Head) -> Card:
    en, ja, issued = {
        "global_shares_2023": ("shares of world supply, study of 2023", "世界供給の割合、2023年の調査", "2023"),
        "eu_shares_2023": ("shares of EU sourcing, study of 2023", "EU の調達の割合、2023年の調査", "2023"),
        "eu2017_sr_validation": ("inputs and results of the study of 2017", "2017年の調査の入力値と結果", "2017"),
    }.get(head.path.stem, ("published scores, 2011 to 2023", "公表値、2011〜2023年", "2023"))
    return Card(
        label=(f"European Commission, critical raw materials: {en}", f"欧州委員会、重要原材料：{ja}"),
        publisher="European Commission",
        issued=issued,
        rights=("Reproduction is allowed with acknowledgement of the source.", "出典を示せば複製できる。"),
        citation="European Commission, Study on the critical raw materials for the EU.",
    )


def _knows_shares(head: Head) -> bool:
    return head.columns == SHARES and head.path.stem in WIDE


READERS = [
    Reader(
        "critical raw materials studies of the European Commission: scores by material and study",
        knows=lambda head: head.columns == SCORES,
        table=lambda head: "eu-crm-scores",
        read=_read_scores,
        card=_card,
    ),
    Reader(
        "critical raw materials studies of the European Commission: inputs of the study of 2017",
        knows=lambda head: {"material", "stage", *(column for column, *_ in INPUTS)} <= set(head.columns),
        table=lambda head: "eu-crm-2017",
        read=_read_inputs,
        card=_card,
    ),
    Reader(
        "critical raw materials studies of the European Commission: global_shares_2023.csv, eu_shares_2023.csv",
        knows=_knows_shares,
        table=lambda head: "eu-crm-2023-world" if head.path.stem.startswith("global") else "eu-crm-2023-sourcing",
        read=_read_shares,
        card=_card,
    ),
]

"""BACI of CEPII: reconciled trade between countries by six-digit code of HS 1992, in value and in tonnes.

Reads the year files as CEPII gives them, ``BACI_HS92_Y<year>_V<release>.csv`` with ``country_codes*.csv`` beside them, and three extracts
of one layout. Of all flows three kinds are kept: Japan's imports by supplier, China's exports by destination, and each country's exports
to the world as the sum over destinations; of all goods, those of ``hs92``. The extract of sums may say in ``weighed_value_kusd`` how
much of the value is of flows with a weight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from .csv_stream import Head, csv_rows
from .format import Reader
from .hs92 import GOODS
from .model import Card, Figure, Left, Series, Tell, at, bad
from .names import Names
from .trade_series import EXPORTS, IMPORTS, UNKNOWN, WORLD, Flow, number

YEAR_FILE = re.compile(r"BACI_HS92_Y(\d{4})_V(\w+)\.csv")
YEAR_COLUMNS = ("t", "i", "j", "k", "v", "q")
WEIGHED = "weighed_value_kusd"
JAPAN, CHINA = "392", "156"
# Codes of CEPII that are not of ISO 3166. The data hold Taiwan's trade, which the United Nations do not publish by that name, under S19.
OTHER_CODES = {"S19": "country/taiwan", "ZA1": "bloc/southern-african-customs-union", "R20": "bloc/efta-not-specified"}
EXTRACTS = {"japan_imports": IMPORTS, "china_exports": EXPORTS, "world_exports_by_country": WORLD}


def _read_extract(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    flow = EXTRACTS[path.stem]
    yield from flow.series()
    for line, row in csv_rows(path, _columns(flow), tell):
        with at(path, line):
            code = row["hs6_hs92"]
            if code not in GOODS:
                raise ValueError(f"there is no good “{code}”", f"It must be one of {', '.join(GOODS)}.")
            other = _agent(names, row[_columns(flow)[2]])
            weighed = row.get(WEIGHED, "")
            yield from flow.figures(line, _year(row["year"]), code, other, row["value_kusd"], row["quantity_t"], weighed)


def _columns(flow: Flow) -> tuple[str, ...]:
    return ("year", "hs6_hs92", "importer_iso3" if flow is EXPORTS else "exporter_iso3", "value_kusd", "quantity_t")


def _read_year(path: Path, names: Names, tell: Tell) -> Iterator[Series | Figure | Left]:
    codes = _country_codes(path, tell)
    for flow in EXTRACTS.values():
        yield from flow.series()
    sums: dict[tuple[int, str, str], Sum] = {}
    goods = flows = 0
    for line, row in csv_rows(path, YEAR_COLUMNS, tell):
        code = row["k"].zfill(6)
        if code not in GOODS:
            goods += 1
            continue
        with at(path, line):
            year, exporter, importer = _year(row["t"]), _known(codes, row["i"]), _known(codes, row["j"])
            sums.setdefault((year, code, exporter), Sum(line)).add(row["v"], row["q"])
            if row["j"] == JAPAN:
                yield from IMPORTS.figures(line, year, code, _agent(names, exporter), row["v"], row["q"])
            if row["i"] == CHINA:
                yield from EXPORTS.figures(line, year, code, _agent(names, importer), row["v"], row["q"])
            flows += row["j"] != JAPAN and row["i"] != CHINA
    for (year, code, exporter), total in sums.items():
        with at(path, total.line):
            yield from WORLD.figures(total.line, year, code, _agent(names, exporter), str(total.value), total.tonnes, str(total.weighed))
    yield Left("flows of other goods", goods)
    yield Left("flows between other countries, counted in the sums by exporter alone", flows)


class Sum:
    """A country's exports of a good: the first line, the value, the tonnes that are known, and the value that they go with."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.value = Decimal(0)
        self.known = Decimal(0)
        self.weighed = Decimal(0)
        self.flows = 0
        self.unknown = 0

    def add(self, value: str, tonnes: str) -> None:
        """Add a flow. Raises ValueError."""
        self.value += number("value", value)
        self.flows += 1
        if tonnes in UNKNOWN:
            self.unknown += 1
        else:
            self.known += number("quantity", tonnes)
            self.weighed += number("value", value)

    @property
    def tonnes(self) -> str:
        """The sum of what is known, or nothing where no flow's is."""
        return "" if self.unknown == self.flows else str(self.known)


def _country_codes(path: Path, tell: Tell) -> dict[str, str]:
    """Alpha-3 codes by CEPII's numbers, from the file beside. Raises BadFacts."""
    found = sorted(path.parent.glob("country_codes*.csv"))
    if not found:
        raise bad(path, 0, "no country_codes file stands beside it", "Put that of the same release into its folder.")
    rows = csv_rows(found[-1], ("country_code", "country_iso3"), tell, "utf-8-or-cp1252")
    return {row["country_code"]: row["country_iso3"] for _, row in rows}


def _known(codes: dict[str, str], number: str) -> str:
    if number not in codes:
        raise ValueError(f"country {number} is not in the country_codes file", "The two files must be of one release.")
    return codes[number]


def _agent(names: Names, code: str) -> str:
    return OTHER_CODES.get(code) or names.country(code)


def _year(text: str) -> int:
    if not re.fullmatch(r"(19|20)\d\d", text):
        raise ValueError(f"the year is “{text}”", "It must be a year such as 2012.")
    return int(text)


def _knows_extract(head: Head) -> bool:
    flow = EXTRACTS.get(head.path.stem)
    if flow is None:
        return False
    columns = _columns(flow)
    return head.columns in ((columns, (*columns, WEIGHED)) if flow is WORLD else (columns,))


def _year_table(head: Head) -> str:
    year, release = _edition(head)
    return f"cepii-baci-hs92-{year}-v{release.casefold()}"


def _edition(head: Head) -> tuple[str, str]:
    found = YEAR_FILE.fullmatch(head.path.name)
    if not found:
        raise bad(head.path, 0, "its name does not say edition, year and release", "It must be called BACI_HS92_Y<year>_V<release>.csv.")
    return found[1], found[2]


def _card(head: Head, name: tuple[str, str], issued: str) -> Card:
    return Card(
        label=(f"CEPII, BACI (HS 1992): {name[0]}", f"CEPII「BACI」（HS 1992年版）：{name[1]}"),
        publisher="CEPII",
        issued=issued,
        rights=("Etalab Open Licence 2.0", "Etalab Open Licence 2.0"),
        citation="CEPII, BACI, from UN Comtrade; Gaulier, G. and Zignago, S. (2010), CEPII Working Paper 2010-23.",
        source="https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37",
    )


def _year_card(head: Head) -> Card:
    year, release = _edition(head)
    return _card(head, (f"{year}, release {release}", f"{year}年、{release}版"), release[:4] if release[:4].isdigit() else year)


READERS = [
    Reader(
        "BACI of CEPII, BACI_HS92_Y<year>_V<release>.csv",
        knows=lambda head: head.columns == YEAR_COLUMNS,
        table=_year_table,
        read=_read_year,
        card=_year_card,
    ),
    Reader(
        "extracts of BACI of CEPII: japan_imports.csv, china_exports.csv, world_exports_by_country.csv",
        knows=_knows_extract,
        table=lambda head: f"cepii-baci-hs92-{EXTRACTS[head.path.stem].slug}",
        read=_read_extract,
        card=lambda head: _card(head, (EXTRACTS[head.path.stem].en.format("minerals"), EXTRACTS[head.path.stem].ja.format("鉱物")), "2026"),
    ),
]

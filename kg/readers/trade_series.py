"""Flows of trade as series and figures: whose trade it is, of which goods, in value and in tonnes. Knows the goods; knows no publisher."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from .hs92 import EDITION, GOODS
from .model import Figure, Series

MEASURES = (("value", "usd-thousand", "", "value", "金額"), ("quantity", "tonne", "gross", "weight", "重量"))
WEIGHED = ("value-weighed", "usd-thousand", "", "value of the flows with a weight", "重量のある貿易の金額")
UNKNOWN = ("", "NA")


@dataclass(frozen=True)
class Flow:
    """A kind of flow: imports or exports, and of whom; the words hold ``{}`` for the good. The side not given here each figure gives."""

    slug: str
    indicator: str
    en: str
    ja: str
    country: str = ""
    partner: str = ""

    def series(self) -> Iterator[Series]:
        """Value and quantity of each good."""
        for code, good in GOODS.items():
            for measure, unit, basis, en, ja in (*MEASURES, WEIGHED):
                yield Series(
                    slug=f"{self.slug}-{code}-{measure}",
                    label_en=f"{self.en.format(good.en)} (HS {code}, edition of {EDITION}): {en}",
                    label_ja=f"{self.ja.format(good.ja)}（HS {code}、{EDITION}年版）：{ja}",
                    indicator=f"{self.indicator}-{measure}",
                    unit=unit,
                    mineral=good.thing if good.thing.startswith("mineral/") else "",
                    material=good.thing if good.thing.startswith("material/") else "",
                    stage=good.stage,
                    basis=basis,
                    country=self.country,
                    partner=self.partner,
                    hs_code=code,
                    hs_edition=EDITION,
                )

    def figures(self, line: int, year: int, code: str, other: str, value: str, tonnes: str, weighed: str = "") -> Iterator[Figure]:
        """Value and quantity of a flow or of a sum of flows. Raises ValueError.

        ``weighed`` is the value of those flows of the sum that have a weight: where it is less than the value, the quantity
        is a lower bound and the value that it goes with is a figure of its own. Empty for a single flow.
        """
        country, partner = (other, "") if self.partner else ("", other)
        series = f"{self.slug}-{code}"
        yield Figure(f"{series}-value", line, year, number("value", value), country=country, partner=partner)
        known = None if tonnes in UNKNOWN else number("quantity", tonnes)
        part = _part(value, weighed) if known is not None else None
        if part is not None:
            yield Figure(f"{series}-value-weighed", line, year, part, country=country, partner=partner)
        yield Figure(
            f"{series}-quantity",
            line,
            year,
            known,
            absence="" if known is not None else "not-available",
            country=country,
            partner=partner,
            bound=">=" if part is not None else "",
        )


IMPORTS = Flow("japan-imports", "import", "Japan's imports of {}", "日本の{}の輸入", country="country/japan")
EXPORTS = Flow("china-exports", "export", "China's exports of {}", "中国の{}の輸出", country="country/china")
WORLD = Flow("world-exports", "export", "Exports of {} to the world", "{}の世界向け輸出", partner="bloc/world")


def _part(value: str, weighed: str) -> Decimal | None:
    """The value of the flows with a weight where it is less than that of all. Raises ValueError."""
    if not weighed:
        return None
    whole, part = number("value", value), number("value with a weight", weighed)
    if part > whole:
        raise ValueError(f"the value with a weight is “{weighed}”", f"It must not be more than the value, {value}.")
    return part if part < whole else None


def number(what: str, text: str) -> Decimal:
    """A number that is not negative. Raises ValueError with what is wrong and what would be right."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise ValueError(f"the {what} is “{text}”", "It must be a number that is not negative, such as 1234.5.")
    return value

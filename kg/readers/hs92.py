"""Goods of the Harmonized System, edition of 1992, that are forms of the minerals of the graph: the codes that trade tables are kept for.

Knows no publisher. The names are our own wording, not that of the nomenclature.
"""

from __future__ import annotations

from dataclasses import dataclass

EDITION = "1992"


@dataclass(frozen=True)
class Good:
    """A six-digit code: what it is a form of (``mineral/slug`` or ``material/slug``), its stage, its names in the midst of a sentence."""

    thing: str
    stage: str
    en: str
    ja: str


GOODS = {
    "251110": Good("mineral/barium", "ore", "natural barytes", "天然の重晶石"),
    "252890": Good("mineral/boron", "ore", "natural borates other than of sodium", "天然のホウ酸塩（ナトリウム塩を除く）"),
    "260200": Good("mineral/manganese", "ore", "manganese ores and concentrates", "マンガン鉱石・精鉱"),
    "260400": Good("mineral/nickel", "ore", "nickel ores and concentrates", "ニッケル鉱石・精鉱"),
    "261000": Good("mineral/chromium", "ore", "chromium ores and concentrates", "クロム鉱石・精鉱"),
    "261100": Good("mineral/tungsten", "ore", "tungsten ores and concentrates", "タングステン鉱石・精鉱"),
    "261390": Good("mineral/molybdenum", "ore", "unroasted molybdenum ores and concentrates", "焙焼していないモリブデン鉱石・精鉱"),
    "261400": Good("mineral/titanium", "ore", "titanium ores and concentrates", "チタン鉱石・精鉱"),
    "261510": Good("mineral/zirconium", "ore", "zirconium ores and concentrates", "ジルコニウム鉱石・精鉱"),
    "261710": Good("mineral/antimony", "ore", "antimony ores and concentrates", "アンチモン鉱石・精鉱"),
    "280450": Good("material/boron-and-tellurium", "metal", "boron and tellurium, not told apart,", "ホウ素とテルル（区別なし）"),
    "280490": Good("mineral/selenium", "metal", "selenium", "セレン"),
    "280530": Good("mineral/rare-earths", "metal", "rare-earth metals, scandium and yttrium", "希土類金属・スカンジウム・イットリウム"),
    "282200": Good("mineral/cobalt", "oxide", "cobalt oxides and hydroxides", "コバルトの酸化物・水酸化物"),
    "282520": Good("mineral/lithium", "oxide", "lithium oxide and hydroxide", "酸化リチウム・水酸化リチウム"),
    "282530": Good("mineral/vanadium", "oxide", "vanadium oxides and hydroxides", "バナジウムの酸化物・水酸化物"),
    "283691": Good("mineral/lithium", "oxide", "lithium carbonates", "炭酸リチウム"),
    "284610": Good("mineral/cerium", "oxide", "cerium compounds", "セリウム化合物"),
    "284690": Good(
        "mineral/rare-earths",
        "oxide",
        "compounds of rare earths, yttrium and scandium, without cerium",
        "希土類・イットリウム・スカンジウムの化合物（セリウムを除く）",
    ),
    "711011": Good("mineral/platinum", "metal", "platinum, unwrought or powder", "白金（未加工・粉）"),
    "711019": Good("mineral/platinum", "metal", "platinum, semi-manufactured", "白金（半加工品）"),
    "711021": Good("mineral/palladium", "metal", "palladium, unwrought or powder", "パラジウム（未加工・粉）"),
    "711029": Good("mineral/palladium", "metal", "palladium, semi-manufactured", "パラジウム（半加工品）"),
    "720292": Good("mineral/vanadium", "alloy", "ferro-vanadium", "フェロバナジウム"),
    "720293": Good("mineral/niobium", "alloy", "ferro-niobium", "フェロニオブ"),
    "810110": Good("mineral/tungsten", "metal", "tungsten powders", "タングステンの粉"),
    "810310": Good("mineral/tantalum", "metal", "unwrought tantalum, scrap and powders", "タンタル（未加工・くず・粉）"),
    "810510": Good("mineral/cobalt", "metal", "cobalt mattes, unwrought cobalt, scrap and powders", "コバルトのマット・未加工品・くず・粉"),
    "810600": Good("mineral/bismuth", "metal", "bismuth and articles of it, with scrap", "ビスマスとその製品・くず"),
    "811211": Good("mineral/beryllium", "metal", "unwrought beryllium, scrap and powders", "ベリリウム（未加工・くず・粉）"),
    "811230": Good("mineral/germanium", "metal", "germanium and articles of it, with scrap", "ゲルマニウムとその製品・くず"),
}

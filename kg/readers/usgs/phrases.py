"""The wordings of the U.S. Geological Survey's tables, and what each stands for. Data only; ``wording.py`` reads it.

A wording is taken apart at its commas, colons, dashes and brackets; each phrase must stand in one of these tables.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Kind(NamedTuple):
    """What is measured: last part of the series' name, indicator, stage, and the words for the label."""

    slug: str
    indicator: str
    stage: str
    en: str
    ja: str


class Form(NamedTuple):
    """A form that a table tells apart: part of the series' name, material, basis if it fixes it, words for the label, stage."""

    slug: str
    material: str = ""
    basis: str = ""
    en: str = ""
    ja: str = ""
    stage: str = ""


_MINE = Kind("mine-production", "production", "ore", "mine production", "鉱山生産量")
_REFINERY = Kind("refinery-production", "production", "metal", "refinery production", "製錬・精製生産量")
_SMELTER = Kind("smelter-production", "production", "metal", "smelter production", "製錬生産量")
_PRIMARY = Kind("primary-production", "production", "metal", "primary production", "一次生産量")
_MADE = Kind("production", "production", "", "production", "生産量")
_RESERVES = Kind("reserves", "reserves", "deposit", "reserves", "埋蔵量")
_CAPACITY = Kind("capacity", "capacity", "", "production capacity", "生産能力")
_REFINERY_CAPACITY = Kind("refinery-capacity", "capacity", "metal", "refinery capacity", "製錬・精製能力")
_SMELTER_CAPACITY = Kind("smelter-capacity", "capacity", "metal", "smelter capacity", "製錬能力")

CAPACITY_OF = {"refinery-production": _REFINERY_CAPACITY, "smelter-production": _SMELTER_CAPACITY}
PRODUCTION, RESERVES, CAPACITY = _MADE, _RESERVES, _CAPACITY

KINDS = {
    "mine production": _MINE,
    "mine poduction": _MINE,
    "mne production": _MINE,
    "world mine production": _MINE,
    "world total mine production": _MINE,
    "mica mine production": _MINE,
    "molybdenum mine production": _MINE,
    "refinery production": _REFINERY,
    "primary and secondary refinery production": _REFINERY,
    "smelter production": _SMELTER,
    "magnesium smelter production": _SMELTER,
    "primary production": _PRIMARY,
    "production": _MADE,
    "plant production": _MADE,
    "world total production": _MADE,
    "global production": _MADE,
    "cement production": _MADE,
    "helium production": _MADE,
    "rare gases production": _MADE,
    "boron all types": _MADE,
    "ferrosilicon production": _MADE,
    "titanium sponge metal production": _MADE,
    "sponge metal production": _MADE,
    "reserves": _RESERVES,
    "bauxite reserves": _RESERVES,
    "helium reserves": _RESERVES,
    "pgm reserves": _RESERVES,
    "zirconium reserves": _RESERVES,
    "capacity": _CAPACITY,
    "plant capacity": _CAPACITY,
    "production capacity": _CAPACITY,
    "yearend capacity": _CAPACITY,
    "smelter yearend capacity": _SMELTER_CAPACITY,
    "smelter capacity": _SMELTER_CAPACITY,
    "refinery capacity": _REFINERY_CAPACITY,
    "clinker capacity": _CAPACITY,
    "pigment capacity": _CAPACITY,
    "tio2 pigment capacity": _CAPACITY,
    "titanium sponge metal capacity": _CAPACITY,
}

# A phrase that names a kind may name a form as well.
FORMS = {
    "clinker capacity": Form("clinker", "clinker"),
    "sponge metal production": Form("titanium-sponge", "titanium-sponge", stage="metal"),
    "titanium sponge metal production": Form("titanium-sponge", "titanium-sponge", stage="metal"),
    "titanium sponge metal capacity": Form("titanium-sponge", "titanium-sponge", stage="metal"),
    "pigment capacity": Form("titanium-dioxide-pigment", "titanium-dioxide-pigment", stage="oxide"),
    "tio2 pigment capacity": Form("titanium-dioxide-pigment", "titanium-dioxide-pigment", stage="oxide"),
    "ferrosilicon production": Form("ferrosilicon", "ferrosilicon", stage="alloy"),
    "arsenic trioxide": Form("arsenic-trioxide", "arsenic-trioxide", "gross", stage="oxide"),
    "arsenic trioxide or calculated equivalent": Form("arsenic-trioxide", "arsenic-trioxide", "gross", stage="oxide"),
    "fused aluminum oxide": Form("fused-aluminium-oxide", "fused-aluminium-oxide"),
    "silicon carbide": Form("silicon-carbide", "silicon-carbide"),
    "metallic abrasives": Form("metallic-abrasives", "metallic-abrasives"),
    "crude ore": Form("crude-ore", "", "gross", "crude ore", "粗鉱", stage="ore"),
    "usable ore": Form("usable-ore", "", "gross", "usable ore", "利用可能鉱石"),
    "iron content": Form("iron-content", "", "contained-metal", "iron content", "鉄分"),
    "recoverable ore": Form("recoverable-ore", "", "gross", "recoverable ore", "可採鉱石"),
    "ore": Form("ore", "", "gross", "ore", "鉱石"),
    "ulexite": Form("ulexite", "ulexite", stage="ore"),
    "compounds": Form("compounds", "boron-compounds", stage="oxide"),
    "boron compounds": Form("compounds", "boron-compounds", stage="oxide"),
    "crude borates": Form("crude-borates", "crude-borates", stage="ore"),
    "borates": Form("crude-borates", "crude-borates", stage="ore"),
    "refined borates": Form("refined-borates", "refined-borates", stage="oxide"),
    "datolite ore": Form("datolite-ore", "datolite-ore", stage="ore"),
    "boric oxide equivalent": Form("boric-oxide", "boric-oxide", "oxide"),
    "boric oxide eqivalent": Form("boric-oxide", "boric-oxide", "oxide"),
    "ilmenite": Form("ilmenite", "ilmenite"),
    "ilmentite": Form("ilmenite", "ilmenite"),
    "rutile": Form("rutile", "rutile"),
    "ilmenite and rutile": Form("ilmenite-and-rutile", "ilmenite-and-rutile"),
    "ilmentite and rutile": Form("ilmenite-and-rutile", "ilmenite-and-rutile"),
    "pig iron": Form("pig-iron", "pig-iron", stage="metal"),
    "raw steel": Form("raw-steel", "raw-steel", stage="alloy"),
    "ferrosilicon": Form("ferrosilicon", "ferrosilicon", stage="alloy"),
    "ferosilicon": Form("ferrosilicon", "ferrosilicon", stage="alloy"),
    "silicon content of ferrosilicon": Form("ferrosilicon", "ferrosilicon", "contained-metal", stage="alloy"),
    "silicon content of ferrosilicon production": Form("ferrosilicon", "ferrosilicon", "contained-metal", stage="alloy"),
    "silicon metal": Form("silicon-metal", "silicon-metal", stage="metal"),
    "scrap and flake": Form("scrap-and-flake", "mica-scrap-and-flake"),
    "mica scrap and flake": Form("scrap-and-flake", "mica-scrap-and-flake"),
    "sheet": Form("sheet", "mica-sheet"),
    "mica sheet": Form("sheet", "mica-sheet"),
    "natural": Form("natural", "natural-soda-ash"),
    "natural soda ash": Form("natural", "natural-soda-ash"),
    "synthetic": Form("synthetic", "synthetic-soda-ash"),
    "synthetic soda ash": Form("synthetic", "synthetic-soda-ash"),
    "total natural and synthetic": Form("natural-and-synthetic", "", "", "natural and synthetic", "天然・合成"),
    "natural and synthetic": Form("natural-and-synthetic", "", "", "natural and synthetic", "天然・合成"),
    "natural and synthetic soda ash": Form("natural-and-synthetic", "", "", "natural and synthetic", "天然・合成"),
    "gem-quality diamond": Form("gem-diamond", "gem-diamond"),
    "gem diamond": Form("gem-diamond", "gem-diamond"),
    "extracted from natural gas": Form("from-natural-gas", "", "", "extracted from natural gas", "天然ガスからの抽出"),
    "from cliffside field": Form("from-cliffside", "", "", "from the Cliffside Field", "クリフサイド・ガス田"),
    "andalusite": Form("andalusite", "", "", "andalusite", "紅柱石"),
    "kyanite": Form("kyanite", "", "", "kyanite", "藍晶石"),
    "kyanite and sillimanite": Form("kyanite-and-sillimanite", "", "", "kyanite and sillimanite", "藍晶石・珪線石"),
    "marketable chromite ore": Form("", "", "gross"),
    "marketable phosphate rock": Form("", "", "gross"),
    "phosphate rock ore": Form("", "", "gross"),
    "gross weight": Form("", "", "gross"),
    "grosss weight": Form("", "", "gross"),
}

# Words that say nothing beyond the column, and what a row adds about itself (kept as written, in the same series).
NOTHING = {
    "rounded", "estimated", "all forms", "dry tons", "calcined equivalent weights", "metric tons", "thousand metric tons",
    "million metric tons", "thousand metric dry tons", "thousand carats", "million liters", "kilograms", "metal", "magnesite",
    "zirconium mineral concentrates", "zirconium ores and zircon concentrates", "thousand carats of gem-quality diamond",
    "direct shipping ores", "world total", "thousands of carats", "million cubic meters",
}  # fmt: skip  # a list of words
REMARKS = {
    "processed", "beneficiated", "marketable", "includes pegmatites", "ocher", "ocher and red iron oxide", "umber", "crude",
    "crude and beneficiated", "unspecified minerals", "steatite", "includes steatite", "includes crude", "quicklime only",
    "hydrated and quicklime", "industrial and construction", "exports", "crude and anode slimes", "copper telluride", "concentrate",
    "includes puerto rico", "shipments", "excluding u.s.", "excluding u.s. production", "excludes u.s.", "reserves shipping grade",
}  # fmt: skip  # a list of words

# Commodities under names that are not names of theirs alone: the mineral, and the form that the name means.
ALIASES = {
    "titanium mineral concentrates": ("titanium", ""),
    "titanium and titanium dioxide": ("titanium", ""),
    "titanium & titanium dioxide": ("titanium", ""),
    "titanium sponge metal": ("titanium", "titanium sponge metal production"),
    "tio2 pigment": ("titanium", "tio2 pigment capacity"),
    "barite": ("barium", "barite"),
    "gemanium": ("germanium", ""),
    "talc, crude": ("talc-and-pyrophyllite", ""),
    "granite only": ("stone-dimension", "granite only"),
    "diamond (bort, grit, and dust and powder; natural and synthetic)": ("industrial-diamond", "bort"),
    "diamond (stones, natural and synthetic)": ("industrial-diamond", "stones"),
    "zirconium and hafnium": ("zirconium", ""),
    "neon, krypton, and xenon": ("rare-gases", ""),
    "graphite": ("graphite", ""),
}
FORMS["barite"] = Form("", "barite")
FORMS["granite only"] = Form("granite", "granite-dimension-stone")
FORMS["bort"] = Form("bort", "", "", "bort, grit, dust and powder", "ボート・粉末")
FORMS["stones"] = Form("stones", "", "", "stones", "石")

# Wordings that are sentences, by how they begin: kind, form and its words.
SENTENCES = {
    "world iron slag production was estimated": (_MADE, Form("iron-slag", "", "", "iron slag", "高炉スラグ")),
    "steel slag production was estimated": (_MADE, Form("steel-slag", "", "", "steel slag", "製鋼スラグ")),
    "australia, canada, china, and namibia were estimated to have reserves": (_RESERVES, None),
    "australia's reserves (accessible economic demonstrated resources)": (_RESERVES, None),
    "global capacity for scandium oxide": (_CAPACITY, Form("", "", "oxide")),
    "mine production of y2o3 equivalent contained in rare-earth": (_MINE, Form("", "", "oxide")),
}

OXIDES = {
    "titanium dioxide", "tio2", "rare-earth-oxide", "reo", "potassium oxide", "k2o", "boric oxide", "magnesium oxide", "mgo", "zro2",
    "cr2o3", "scandium oxide", "y2o3", "rare-earth oxide",
}  # fmt: skip  # a list of words
NO_METAL = {"nitrogen", "sulfur", "bromine", "iodine", "helium", "helium gas"}
METALS_OF_GROUP = {"platinum-group-metal", "pgm"}

BASES = {
    "contained-metal": ("contained metal", "含有金属量"),
    "contained-element": ("contained element", "含有元素量"),
    "oxide": ("oxide equivalent", "酸化物換算"),
    "gross": ("gross weight", "総重量"),
    "not-said": ("", ""),
}

# The publisher's units: ours, and what to multiply by. A carat is 0.2 grams; a thousand litres are a cubic metre.
UNITS = {
    "metric tons": ("tonne", Decimal(1)),
    "t": ("tonne", Decimal(1)),
    "kt": ("tonne", Decimal(1000)),
    "kg": ("tonne", Decimal("0.001")),
    "tons": ("tonne", Decimal(1)),
    "thousand metric tons": ("tonne", Decimal(1000)),
    "thousand metric dry tons": ("tonne", Decimal(1000)),
    "million metric tons": ("tonne", Decimal(1_000_000)),
    "kilograms": ("tonne", Decimal("0.001")),
    "million carats": ("tonne", Decimal("0.2")),
    "thousand carats": ("tonne", Decimal("0.0002")),
    "thousands of carats": ("tonne", Decimal("0.0002")),
    "million cubic meters": ("cubic-metre", Decimal(1_000_000)),
    "million liters": ("cubic-metre", Decimal(1000)),
}

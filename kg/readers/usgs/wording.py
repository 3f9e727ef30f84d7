"""A wording of the U.S. Geological Survey taken apart: what is measured, of which mineral and form, on which basis.

Every phrase must be known; one that is not stops the reading, so that nothing is counted under a wrong head.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from ..model import Series
from ..names import Names, fold
from . import phrases
from .phrases import Form, Kind

_CONTENT = re.compile(r"(?:recoverable )?(?P<of>.+?) content(?: of concentrates and direct shipping ores)?")
_CONTAINED = re.compile(r"(?:.*\b)?contained (?P<of>.+)")
_EQUIVALENT = re.compile(r"(?:metric tons of )?(?P<of>.+?)(?: \((?P<short>\w+)\))? equivalent")


@dataclass
class Meaning:
    """What a wording says so far. ``remarks`` are what a row adds about itself."""

    mineral: str
    kind: Kind | None = None
    basis: str = ""
    forms: list[Form] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def turned(self, kind: Kind, mineral: str = "", basis: str = "") -> Meaning:
        """The same of another kind, such as the reserves beside a production."""
        return replace(self, kind=kind, mineral=mineral or self.mineral, basis=basis or self.basis)

    def series(self, names: Names, certainty: str = "stated") -> Series:
        """The series of it. Raises ValueError where the wording names no kind."""
        if self.kind is None:
            raise ValueError("the wording does not say what is measured", "It must name production, capacity or reserves.")
        basis = next((form.basis for form in self.forms if form.basis), "") or self.basis or "not-said"
        material = next((f"material/{form.material}" for form in self.forms if form.material), "")
        stage = self.kind.stage
        if stage in ("", "metal"):
            stage = next((form.stage for form in self.forms if form.stage), "oxide" if self.mineral == "mineral/alumina" else stage)
        en, ja = names.label(material or self.mineral)
        extra = [form for form in self.forms if form.en]
        en += f" ({', '.join(form.en for form in extra)})" if extra else ""
        ja += f"（{'・'.join(form.ja for form in extra)}）" if extra else ""
        basis_en, basis_ja = phrases.BASES[basis]
        return Series(
            slug="-".join([self.mineral.split("/")[1], *(form.slug for form in self.forms if form.slug), self.kind.slug]),
            label_en=f"{en}: {self.kind.en}" + (f", {basis_en}" if basis_en else ""),
            label_ja=f"{ja}：{self.kind.ja}" + (f"、{basis_ja}" if basis_ja else ""),
            indicator=self.kind.indicator,
            unit="tonne-per-year" if self.kind.indicator == "capacity" else "tonne",
            mineral=self.mineral,
            material=material,
            stage=stage,
            basis=basis,
            certainty=certainty,
        )


def commodity(name: str, names: Names) -> Meaning:
    """The mineral of a commodity's name, and the form where the name means one. Raises ValueError."""
    folded = fold(name)
    if folded in phrases.ALIASES:
        slug, form = phrases.ALIASES[folded]
        return Meaning(f"mineral/{slug}", forms=[phrases.FORMS[form]] if form else [])
    return Meaning(names.mineral(name))


def understand(meaning: Meaning, wording: str, names: Names) -> Meaning:
    """What a wording adds to a meaning. Raises ValueError with the phrase that is not known."""
    whole = fold(wording)
    found = replace(meaning, forms=list(meaning.forms), remarks=list(meaning.remarks))
    for start, (kind, form) in phrases.SENTENCES.items():
        if whole.startswith(start):
            found.kind = kind
            found.forms += [form] if form else []
            return found
    for phrase in _phrases(wording):
        _take(found, phrase, names, wording)
    return found


def unit_of(text: str) -> tuple[str, Decimal]:
    """Our unit and the factor of a publisher's unit. Raises ValueError."""
    if fold(text) not in phrases.UNITS:
        raise ValueError(f"unit is “{text}”", f"It must be one of {', '.join(phrases.UNITS)}.")
    return phrases.UNITS[fold(text)]


def _phrases(wording: str) -> list[str]:
    text = fold(wording.replace("—", ", "))
    text = re.sub(r"\(\w+\) (content|equivalent)", r"\1", text)  # "titanium dioxide (TiO2) content" is one phrase
    return [part.strip(" .") for part in re.split(r"[:,;()]|\s-\s?", text) if part.strip(" .")]


def _take(found: Meaning, phrase: str, names: Names, wording: str) -> None:
    known = False
    if phrase in phrases.KINDS:
        found.kind = found.kind or phrases.KINDS[phrase]
        known = True
    if phrase in phrases.FORMS:
        form = phrases.FORMS[phrase]
        found.forms += [form] if form not in found.forms else []
        known = True
    if phrase in phrases.REMARKS:
        found.remarks.append(phrase)
        known = True
    if known or phrase in phrases.NOTHING or _take_basis(found, phrase, names) or _take_mineral(found, phrase, names):
        return
    raise ValueError(
        f"“{wording}” holds the phrase “{phrase}”, which is not known", "A new wording is added to kg/readers/usgs/phrases.py."
    )


def _take_basis(found: Meaning, phrase: str, names: Names) -> bool:
    match = _CONTENT.fullmatch(phrase) or _CONTAINED.fullmatch(phrase) or _EQUIVALENT.fullmatch(phrase)
    of = match["of"].strip() if match else ""
    if phrase.startswith("elemental "):
        of = phrase.removeprefix("elemental ")
    if phrase.endswith(" contained"):
        found.basis = "contained-metal"
        return True
    if of in phrases.OXIDES:
        found.basis = "oxide"
    elif of in phrases.NO_METAL:
        found.basis = "contained-element"
    elif of in phrases.METALS_OF_GROUP or (of and _take_mineral(found, of, names)):
        found.basis = "contained-metal"
    return bool(of) and bool(found.basis)


def _take_mineral(found: Meaning, phrase: str, names: Names) -> bool:
    """Takes a phrase that names a mineral: the commodity's own says nothing, another one is the mineral meant."""
    try:
        mineral = commodity(phrase, names).mineral
    except ValueError:
        return False
    general = {"mineral/platinum-group-metals", "mineral/clays", "mineral/bauxite", "mineral/feldspar-and-nepheline-syenite"}
    if found.mineral in general:
        found.mineral = mineral
    return mineral == found.mineral or mineral in general or found.mineral == "mineral/talc-and-pyrophyllite"

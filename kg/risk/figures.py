"""Figures: as tables and documents give them, as they are computed from those, and the guard against sums of unlike things.

Plain data. Knows no graph, no store and no method.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal

from ..errors import MixedBases
from ..namespaces import ID

WORLD = f"{ID}bloc/world"
OTHERS = f"{ID}bloc/other-countries"
JAPAN = f"{ID}country/japan"
ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)
# Units that count no weight: figures of different stages may be added.
STAGELESS = ("usd-thousand", "percent")
_SIX = Context(prec=6)


@dataclass(frozen=True)
class Read:
    """One figure as its source gives it.

    ``value`` is None where the source gives a bound (``more_than``, ``less_than``, ``at_least``) or no number (``absence`` says why).
    ``at_least`` is a sum of what is known where parts of it are not: it may stand in a sum, which is then a bound. ``of`` is the IRI
    of the country or bloc whose figure it is; ``figure`` and ``document`` are IRIs, ``mean_of`` those of the figures it is the mean of;
    ``line`` is in the publisher's file, ``place`` in a document in words.
    """

    value: Decimal | None
    of: str = ""
    series: str = ""
    unit: str = ""
    basis: str = ""
    stage: str = ""
    year: int = 0
    role: str = ""
    more_than: Decimal | None = None
    less_than: Decimal | None = None
    absence: str = ""
    estimated: bool = False
    hs_code: str = ""
    figure: str = ""
    document: str = ""
    line: int | None = None
    place: str = ""
    written: str = ""
    mean_of: tuple[str, ...] = ()
    at_least: Decimal | None = None

    @property
    def known(self) -> Decimal | None:
        """The value, or the part of it that is known."""
        return self.at_least if self.value is None else self.value


@dataclass(frozen=True)
class Term:
    """One country's part in a figure: its share (a fraction), what the share is weighted by, and what it adds to the figure."""

    of: str
    share: Decimal
    governance: Decimal | None = None
    trade: Decimal | None = None
    adds: Decimal | None = None


@dataclass(frozen=True)
class Coverage:
    """How much of the whole the known figures make up.

    ``known`` is the sum of the countries that are named, ``others`` what the publisher gives as other countries together. ``total`` is the
    publisher's where ``stated``, else known + others. ``share`` = known / total as a fraction; it may pass 1 where the publisher rounds.
    ``absent`` have no number, ``bounded`` only a bound: neither is counted, and neither is zero.
    """

    known: Decimal
    others: Decimal
    total: Decimal
    stated: bool
    share: Decimal
    absent: tuple[str, ...] = ()
    bounded: tuple[str, ...] = ()


@dataclass(frozen=True)
class Computed:
    """A figure computed by a method; ``method`` and ``notes`` are codes of ``ontology/methods.ttl``, ``unit`` one of ``codes.ttl``.

    ``value`` is None where the method cannot be applied; the notes say why. ``at_most``: what it would be if all that no named
    country makes were one further country's. ``year`` is that of the inputs; ``published`` what a publisher prints for the same.
    """

    method: str
    value: Decimal | None
    unit: str
    year: int = 0
    of: str = ""
    basis: str = ""
    stage: str = ""
    at_most: Decimal | None = None
    terms: tuple[Term, ...] = ()
    coverage: Coverage | None = None
    inputs: tuple[Read, ...] = ()
    notes: tuple[str, ...] = ()
    published: Read | None = None
    bound: str = ""

    @property
    def quantity(self) -> str:
        """What is measured: the role of the first input, such as production or import-value."""
        return self.inputs[0].role if self.inputs else ""

    @property
    def series(self) -> tuple[str, ...]:
        """IRIs of the series that the figure is of: those of the inputs that count what the first counts."""
        return tuple(dict.fromkeys(f.series for f in self.inputs if f.series and f.role == self.quantity))

    @property
    def hs_codes(self) -> tuple[str, ...]:
        """HS codes of the inputs."""
        return tuple(sorted({f.hs_code for f in self.inputs if f.hs_code}))


def rounded(value: Decimal | None) -> Decimal | None:
    """Six significant digits: no figure here is known better. None stays None."""
    return None if value is None else _SIX.plus(value) if value else ZERO


def require_alike(figures: Iterable[Read]) -> None:
    """Raises MixedBases where the figures cannot stand in one sum.

    That is: of different units or bases, of different years, or weights of goods at different stages.
    """
    kinds = sorted({(f.unit, f.basis, "" if f.unit in STAGELESS else f.stage, f.year) for f in figures})
    if len(kinds) < 2:
        return
    told = [" ".join(filter(None, (unit, basis and f"({basis})", stage, str(year or "")))) for unit, basis, stage, year in kinds]
    raise MixedBases(
        f"These figures count unlike things, and their sum would mean nothing: {'; '.join(told)}.",
        "Ask for one unit, basis, stage and year; nothing here converts oxide, contained metal, gross weight or value into each other.",
        kinds=told,
    )


def total(figures: Iterable[Read]) -> Decimal:
    """Sum of what is known. Raises MixedBases."""
    kept = [figure for figure in figures if figure.known is not None]
    require_alike(kept)
    return sum((figure.known for figure in kept if figure.known is not None), ZERO)

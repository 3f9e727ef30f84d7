"""The figure that heads each role of a mineral, year by year, with the reason why it was chosen or why none was.

Roles: the first producer (mine), the first refiner, the first supplier of Japan. Decided once, at build, over the figures
that ``derive.figures`` computes: no page and no query chooses again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ..namespaces import FIGURES, slug_of
from ..risk.figures import HUNDRED, JAPAN, ZERO
from .figures import MAIN_FORMS, refusal
from .forms import Forms, main_codes
from .inputs import Series, TableInputs
from .model import ALWAYS, Derived

PRODUCER, REFINER, SUPPLIER = "first-producer", "first-refiner", "first-supplier-of-japan"
ROLES = (PRODUCER, REFINER, SUPPLIER)
MAX_AGE = 3  # years that a figure may be older than the year asked about
LEAST_TRADE = Decimal(1000)  # thousand US dollars
LEAST_MINED = Decimal("0.05")  # part of the world's that a first supplier mines whose goods can be taken for its own
# Stages of production by role, those that are preferred first; then the stage of the EU's study.
STAGES = {PRODUCER: ("ore", ""), REFINER: ("metal", "oxide", "alloy")}
STUDY_STAGES = {PRODUCER: "ore", REFINER: "processed"}
MAX_PASSED_OVER = 8


@dataclass(frozen=True)
class Choice:
    """What heads a role of a mineral in the years from ``since`` until ``until``.

    ``chosen`` is None where nothing can be told, and ``reason`` says why; ``ended`` is the last year of a series that
    ended. ``via`` is the group whose figure it is. ``before`` is the same country's share in the year before, in percent.
    """

    mineral: str
    role: str
    reason: str
    since: int = 0
    until: int = ALWAYS
    chosen: Derived | None = None
    via: str = ""
    ended: int | None = None
    before: Decimal | None = None
    notes: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()

    @property
    def iri(self) -> str:
        """IRI: the mineral, the role and the first year."""
        return f"{FIGURES}#{slug_of(self.mineral)}/{self.role}/{self.since}"


class Headlines:
    """Chooses the headlines of all minerals from the figures computed for them."""

    def __init__(self, inputs: TableInputs, derived: Iterable[Derived], forms: Forms, groups: Mapping[str, Sequence[str]]) -> None:
        self._inputs = inputs
        self._forms = forms
        self._main = main_codes(forms)
        self._groups = groups
        self._known: dict[tuple[str, str, int], Choice] = {}
        self._shares: dict[str, list[Derived]] = defaultdict(list)
        for one in derived:
            if one.figure.method in ("top-supplier", "import-dependence") and one.figure.value is not None:
                self._shares[one.mineral].append(one)

    def all(self, minerals: Iterable[str]) -> Iterator[Choice]:
        """Every headline of these minerals, each with the years for which it is the choice."""
        for mineral in sorted(minerals):
            circle = (mineral, *self._groups.get(mineral, ()))
            for role in ROLES if any(self._series(one) or one in self._forms for one in circle) else ():
                yield from self._periods(mineral, role)

    def _periods(self, mineral: str, role: str) -> Iterator[Choice]:
        """Choices of years one after the other that are the same, as one; the last holds on."""
        first, last = self._span(mineral)
        held: Choice | None = None
        for year in range(first, last + 1):
            found = self.choose(mineral, role, year)
            if held is not None and replace(found, since=held.since, until=ALWAYS) == held:
                continue
            if held is not None:
                yield replace(held, until=year - 1)
            held = replace(found, since=year)
        if held is not None:
            yield held

    def _span(self, mineral: str) -> tuple[int, int]:
        """The first year that has a figure, and the one from which nothing changes any more."""
        circle = (mineral, *self._groups.get(mineral, ()))
        years = [year for one in circle for series in self._series(one) for year in series.years] or [0]
        return min(years), max(years) + MAX_AGE + 1

    def choose(self, mineral: str, role: str, year: int) -> Choice:
        """The headline of a role of a mineral as of a year; that of a group where the mineral has none of its own."""
        own = self._own(mineral, role, year)
        if own.chosen or own.reason not in ("no-table", "no-trade-code"):
            return own
        for group in self._groups.get(mineral, ()):
            found = self._own(group, role, year)
            if found.chosen:
                return replace(found, mineral=mineral, reason="of-group", via=group)
        return own

    def _own(self, mineral: str, role: str, year: int) -> Choice:
        asked = (mineral, role, year)
        if asked not in self._known:
            found = self._supplier(mineral, year) if role == SUPPLIER else self._maker(mineral, role, year)
            self._known[asked] = found
        return self._known[asked]

    def _maker(self, mineral: str, role: str, year: int) -> Choice:
        """First producer or refiner: newest year, mines first, newest edition, the largest table; else the EU's study."""
        known = self._recent(mineral, "production", year, STAGES[role])
        if known:
            chosen = max(known, key=lambda one: _rank(one, role))
            others = [one for one in known if one.figure.year == chosen.figure.year and one != chosen]
            return self._chosen(mineral, role, chosen, "newest-edition" if others else "only-table", others)
        refused = self._refused(mineral, STAGES[role], year)
        study = self._recent(mineral, "world-supply-share", year, (STUDY_STAGES[role],))
        if study:
            chosen = max(study, key=lambda one: (one.figure.year, one.name))
            return self._chosen(mineral, role, chosen, "study", ())
        return Choice(mineral, role, refused)

    def _recent(self, mineral: str, quantity: str, year: int, stages: tuple[str, ...]) -> list[Derived]:
        return [
            one
            for one in self._shares.get(mineral, ())
            if one.figure.quantity == quantity and one.figure.stage in stages and year - MAX_AGE <= one.figure.year <= year
        ]

    def _refused(self, mineral: str, stages: tuple[str, ...], year: int) -> str:
        """Why no table gives a share of the world, as a code; of several reasons that of the newest table."""
        known = [s for s in self._series(mineral) if s.indicator == "production" and not s.country]
        found = [
            (when, refusal(self._inputs, series, when, known))
            for series in known
            for when in series.years
            if series.stage in stages and year - MAX_AGE <= when <= year
        ]
        told = [pair for pair in found if pair[1] not in ("", "no-table")]
        return max(told)[1] if told else "no-table"

    def _supplier(self, mineral: str, year: int) -> Choice:
        """First supplier of Japan over the main traded forms, by value."""
        listed = self._forms.get(mineral)
        own = {s.hs_code for s in self._series(mineral) if s.indicator == "import-value" and s.country == JAPAN}
        if listed is None and not own:
            return Choice(mineral, SUPPLIER, "no-trade-code")
        main = self._main.get(mineral, frozenset(own))
        held = [s for code in (main or own) for s in self._inputs.traded(code) if s.indicator == "import-value"]
        newest = max((when for s in held for when in s.years if when <= year), default=None)
        if newest is None or 2 * len({s.hs_code for s in held}) < len(main):
            return Choice(mineral, SUPPLIER, "main-form-not-in-tables")
        if newest < year - MAX_AGE:
            return Choice(mineral, SUPPLIER, "series-ended", ended=newest)
        reason = self._untellable(held, main, newest)
        if reason:
            return Choice(mineral, SUPPLIER, reason)
        imported = [one for one in self._shares[mineral] if one.figure.method == "import-dependence"]
        of_year = [one for one in imported if one.figure.year == newest]
        chosen = next(one for one in of_year if one.is_main)
        return self._chosen(mineral, SUPPLIER, chosen, MAIN_FORMS, [one for one in of_year if one != chosen])

    def _untellable(self, held: Sequence[Series], main: frozenset[str], year: int) -> str:
        """Why the imports of a year tell nothing of dependence, as a code; empty where they do."""
        bought = self._sum(held, year, "")
        if self._sum(self._exports(held), year, JAPAN) >= bought:
            return "net-exporter"
        if not main:
            return "main-form-not-in-tables"
        return "too-small-to-tell" if bought < LEAST_TRADE else ""

    def _exports(self, bought: Iterable[Series]) -> list[Series]:
        codes = {s.hs_code for s in bought}
        every = [s for code in codes for s in self._inputs.traded(code)]
        return [s for s in every if s.indicator == "export-value" and not s.country]

    def _sum(self, series: Iterable[Series], year: int, country: str) -> Decimal:
        every = (figure for one in series for figure in self._inputs.read(one, year))
        return sum((f.value for f in every if f.value is not None and (not country or f.of == country)), ZERO)

    def _chosen(self, mineral: str, role: str, chosen: Derived, reason: str, others: Iterable[Derived]) -> Choice:
        notes = self._transit(mineral, chosen) if role == SUPPLIER else ()
        passed = tuple(sorted({other.iri for other in others}))[:MAX_PASSED_OVER]
        before = self._before(chosen)
        return Choice(mineral, role, reason, chosen=chosen, before=before, notes=notes, passed_over=passed)

    def _before(self, chosen: Derived) -> Decimal | None:
        """The share of the same country in the year before, in the same series."""
        figure = chosen.figure
        for one in self._shares[chosen.mineral]:
            same = (one.name, one.figure.method) == (chosen.name, figure.method)
            if same and one.figure.year == figure.year - 1:
                return next((HUNDRED * term.share for term in one.figure.terms if term.of == figure.of), ZERO)
        return None

    def _transit(self, mineral: str, chosen: Derived) -> tuple[str, ...]:
        """Whether what the first supplier sells can be its own: whether it mines, or refines, a part of the world's that counts."""
        year, of = chosen.figure.year, chosen.figure.of
        mined = self._makers(mineral, year, STAGES[PRODUCER])
        made = self._makers(mineral, year, (*STAGES[REFINER], "processed"))
        if not mined or mined.get(of, ZERO) >= LEAST_MINED:
            return ()
        return ("supplier-mines-little",) if of in made or of in mined else ("supplier-mines-little", "supplier-refines-none")

    def _makers(self, mineral: str, year: int, stages: tuple[str, ...]) -> dict[str, Decimal]:
        """Countries that a table of the world names as makers of some of it, around a year, with the largest share of each."""
        shares = [
            one
            for one in self._shares.get(mineral, ())
            if one.figure.quantity in ("production", "world-supply-share")
            and one.figure.stage in stages
            and abs(one.figure.year - year) <= MAX_AGE
        ]
        found: dict[str, Decimal] = {}
        for term in (term for one in shares for term in one.figure.terms):
            found[term.of] = max(term.share, found.get(term.of, ZERO))
        return found

    def _series(self, mineral: str) -> Sequence[Series]:
        codes = self._main.get(mineral, frozenset())
        return (*self._inputs.series_of(mineral), *(s for code in codes for s in self._inputs.traded(code)))


def _rank(one: Derived, role: str) -> tuple[object, ...]:
    """What is preferred: the newest year, for refiners metal, the newest edition, the largest table (iron ore: gross weight)."""
    figure = one.figure
    stage = 0 if role == PRODUCER else -STAGES[role].index(figure.stage)
    whole = figure.coverage.total if figure.coverage else ZERO
    return (figure.year, stage, figure.inputs[0].document, whole, one.name)

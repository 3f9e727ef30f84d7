"""Coverage periods: which response covers which mineral under which pillar, in which degree, from when until when.

The definition of what covers what stands here and nowhere else. Pure functions over frozen values; knows no store and no
query.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from .members import Decision, Members, Reached
from .times import FOREVER, Period, day_after, first_day, last_before, undated_from

DESIGNATED, FUNDED, OPERATING, ENDED, FAILED = "designated", "funded", "operating", "ended", "failed"
COVERING = (FUNDED, OPERATING)  # degrees from which on a pillar counts as covered
OVER = (ENDED, FAILED)
RANKS = {degree: rank for rank, degree in enumerate((ENDED, FAILED, DESIGNATED, FUNDED, OPERATING))}
# Steps, relations and indicators by the degree that they show.
DEGREES = {
    **dict.fromkeys(("announced", "published", "extended"), DESIGNATED),
    **dict.fromkeys(("decided", "budgeted", "agreed", "stake", "public-support"), FUNDED),
    **dict.fromkeys(("started", "effective", "resumed", "production-start", "produces"), OPERATING),
    **dict.fromkeys(("production", "export-volume", "stockpile-days"), OPERATING),
    **dict.fromkeys(("ended", "completed"), ENDED),
    **dict.fromkeys(("failed", "withdrawn", "cancelled"), FAILED),
}
NAMED = "named"  # kind of a statement that names what is covered
DECIDING = ("announced", "decided")  # nothing of a response is paid or runs before the first of them
ADDING = ("listedIn", "extended")  # by these alone a mineral is designated: that it is held or paid for they do not say
FIRM = ("stated", "reported")
FORESEEN = "expected"
CERTAINTIES = (*FIRM, FORESEEN, "target")  # surest first; what is denied covers nothing


@dataclass(frozen=True, slots=True)
class Evidence:
    """A step, stake, observation or relation that tells how far a response has come.

    ``kind``: a key of DEGREES; another kind tells only that the response is spoken of. Times are as written (``2012``,
    ``2012-03``, ``2012-03-13``), empty where none is; ``within``: the last unit in which it can have been, where that is
    not the start (a fiscal year). ``minerals``: those that it names; none: it is said of the whole response.
    """

    iri: str
    response: str
    kind: str
    certainty: str
    start: str = ""
    within: str = ""
    precision: str = ""
    document: str = ""
    issued: str = ""
    minerals: tuple[str, ...] = ()

    @property
    def degree(self) -> str:
        """The degree that it shows, empty for none. What is foreseen shows none but an end."""
        degree = DESIGNATED if self.kind == NAMED else DEGREES.get(self.kind, "")
        if self.certainty in FIRM or (self.certainty == FORESEEN and degree == ENDED):
            return degree
        return ""


@dataclass(frozen=True, slots=True)
class Naming:
    """A statement that names a mineral, group or material among what a response covers; ``evidence`` has its time and certainty."""

    evidence: Evidence
    pillar: str
    named: str
    is_mineral: bool
    kind: str  # covers, produces, listedIn or extended


@dataclass(frozen=True, slots=True)
class CoveragePeriod(Period):
    """A response's coverage of a mineral in one degree from ``first_day`` up to, not including, ``day_after``.

    ``start`` and ``end``: first and last time as precise as documents write them, empty where none does. ``through``: what
    documents name, where that is not the mineral. ``named_by``: the statement that names it, ``decided_by``: the one that
    gives the degree, ``rests_on``: IRIs of all. ``last_confirmed``: the last day for which a document speaks of the response.
    """

    response: str
    mineral: str
    pillar: str
    degree: str
    first_day: datetime.date
    day_after: datetime.date
    start: str
    end: str
    precision: str
    through: tuple[str, ...]
    named_by: str
    decided_by: str
    rests_on: tuple[str, ...]
    last_confirmed: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """Evidence with the day from which it counts and the time as written, empty where no document gives one."""

    evidence: Evidence
    day: datetime.date
    written: str
    degree: str


class _Response:
    """What documents tell of one response, each statement with its day."""

    def __init__(self, evidence: Iterable[Evidence], deciding: Iterable[Evidence]) -> None:
        self._evidence = sorted(evidence, key=lambda one: one.iri)
        self._decided = sorted((first_day(one.start), one.start) for one in deciding if one.start and one.certainty in FIRM)
        self.told = [self.tell(one) for one in self._evidence]

    def tell(self, one: Evidence) -> _Told:
        """The day from which a statement counts.

        A budget of a year in which the response was decided counts from the decision. A statement without a time counts
        from the first one in its document that has one, else from when such documents speak.
        """
        degree = one.degree
        if one.start:
            first, after = first_day(one.start), day_after(one.within or one.start)
            decided = [] if degree in OVER else [known for known in self._decided if first < known[0] < after]
            return _Told(one, *(decided[0] if decided else (first, one.start)), degree)
        beside = [self.tell(other).day for other in self._evidence if other.document == one.document and _dates(other)]
        return _Told(one, min(beside, default=undated_from(one.issued)), "", degree)

    def ends(self) -> list[_Told]:
        """Ends told as facts, and those foreseen that nothing told later overrides."""
        firm = [told for told in self.told if told.evidence.certainty in FIRM and told.degree not in (*OVER, "")]
        last = max((told.day for told in firm), default=datetime.date.min)
        return [told for told in self.told if told.degree in OVER and (told.evidence.certainty in FIRM or last <= told.day)]


def _dates(one: Evidence) -> bool:
    """Whether it gives a day to what its document says without one."""
    return bool(one.start) and one.degree not in (*OVER, "")


@dataclass(frozen=True, slots=True)
class _Cover:
    """One way by which a response covers a mineral: who names it, and the evidence that is said of it."""

    naming: Naming
    reached: Reached
    told: tuple[_Told, ...]
    ends: tuple[_Told, ...]
    own: _Told  # the naming itself

    @property
    def turns(self) -> set[datetime.date]:
        return {told.day for told in (*self.told, *self.ends, self.own)}

    def shown_on(self, day: datetime.date) -> list[_Told]:
        """The evidence that gives the degree on a day, earliest first; none where it does not cover."""
        if self.naming.evidence.start and day < self.own.day:
            return []
        over = max((told for told in self.ends if told.day <= day), key=lambda told: told.day, default=None)
        since = over.day if over else datetime.date.min
        known = [told for told in (self.own, *self.told) if told.day <= day and (not over or told.day > since)]
        if not known:
            return [over] if over else []
        best = max(RANKS[told.degree] for told in known)
        return sorted((told for told in known if RANKS[told.degree] == best), key=_order)


def _order(told: _Told) -> tuple[object, ...]:
    """Earliest first, then surest, then the finest time."""
    return told.day, CERTAINTIES.index(told.evidence.certainty), -len(told.written), told.evidence.iri


@dataclass(frozen=True, slots=True)
class _State:
    """What holds on a day: the degree, the covers that give it with their evidence of it, and through what."""

    degree: str
    through: tuple[str, ...]
    covers: tuple[tuple[_Cover, tuple[_Told, ...]], ...]


def periods(
    namings: Iterable[Naming], evidence: Iterable[Evidence], wholes: Mapping[str, Sequence[str]], members: Members
) -> list[CoveragePeriod]:
    """Every coverage period, by response, pillar, mineral and day.

    ``wholes``: what each response is part of. A group is covered by what covers one of its members too, through that member.
    """
    of: dict[str, list[Evidence]] = defaultdict(list)
    for one in evidence:
        of[one.response].append(one)
    named: dict[str, list[Naming]] = defaultdict(list)
    for naming in namings:
        if naming.evidence.certainty in CERTAINTIES:
            named[naming.evidence.response].append(naming)
    found: list[CoveragePeriod] = []
    for response in sorted(named):
        around = (response, *wholes.get(response, ()))
        deciding = [one for whole in around for one in of[whole] if one.kind in DECIDING]
        known = _Response([*of[response], *(naming.evidence for naming in named[response])], deciding)
        cases = _cases(response, named[response], known, members)
        for pillar, mineral in sorted(cases):
            found += _periods_of(response, pillar, mineral, cases[pillar, mineral], known)
    return found


def on(found: Iterable[CoveragePeriod], day: datetime.date) -> list[CoveragePeriod]:
    """The periods that hold on a day."""
    return [period for period in found if period.holds(day)]


def _cases(response: str, namings: Iterable[Naming], known: _Response, members: Members) -> dict[tuple[str, str], list[_Cover]]:
    """Covers by pillar and mineral."""
    cases: dict[tuple[str, str], list[_Cover]] = defaultdict(list)
    for naming in sorted(namings, key=lambda one: (one.evidence.iri, one.named)):
        for reached in members.reached(response, naming.named, naming.is_mineral):
            cases[naming.pillar, reached.mineral].append(_cover(naming, reached, known, members))
    return cases


def _cover(naming: Naming, reached: Reached, known: _Response, members: Members) -> _Cover:
    def is_said(told: _Told) -> bool:
        minerals = told.evidence.minerals
        response = naming.evidence.response
        return not minerals or any(members.means(response, one, reached.subject) for one in minerals)

    own = replace(known.tell(naming.evidence), degree=DESIGNATED)
    said = [told for told in known.told if told.evidence.kind != NAMED and is_said(told)]
    shown = () if naming.kind in ADDING else tuple(told for told in said if told.degree and told.degree not in OVER)
    return _Cover(naming, reached, shown, tuple(told for told in known.ends() if is_said(told)), own)


def _state_on(covers: Sequence[_Cover], day: datetime.date) -> _State | None:
    shown = [(cover, cover.shown_on(day)) for cover in covers]
    known = [(cover, tuple(told)) for cover, told in shown if told]
    if not known:
        return None
    degree = max((told[0].degree for _, told in known), key=RANKS.__getitem__)
    best = tuple((cover, told) for cover, told in known if told[0].degree == degree)
    through = sorted({cover.reached.through for cover, _ in best})
    return _State(degree, () if "" in through else tuple(through), best)


def _told_as(state: _State | None) -> tuple[str, tuple[str, ...]] | None:
    """What of a state makes a period of its own."""
    return (state.degree, state.through) if state else None


def _periods_of(response: str, pillar: str, mineral: str, covers: Sequence[_Cover], known: _Response) -> list[CoveragePeriod]:
    turns = sorted({day for cover in covers for day in cover.turns})
    states = [(day, _state_on(covers, day)) for day in turns]
    runs = [list(run) for _, run in groupby(states, key=lambda entry: _told_as(entry[1]))]
    afters = [*(run[0][0] for run in runs[1:]), FOREVER]
    found: list[CoveragePeriod] = []
    for run, after in zip(runs, afters, strict=True):
        (first, opening), (_, state) = run[0], run[-1]
        if opening is None or state is None:
            continue
        period = _period((response, pillar, mineral), state, first, after, known)
        written, precision = _beginning(opening, first)
        found.append(replace(period, start=written, precision=precision))
    following: list[CoveragePeriod | None] = [*found[1:], None]
    return [_with_end(period, after) for period, after in zip(found, following, strict=False)]


def _period(case: tuple[str, str, str], state: _State, first: datetime.date, after: datetime.date, known: _Response) -> CoveragePeriod:
    response, pillar, mineral = case
    cover = min((cover for cover, _ in state.covers), key=_surest)
    shown = [one for _, told in state.covers for one in told]
    # Of what gives the degree, the statement nearest to the beginning: a loan of the year rather than one of long before.
    decided = min((one for one in shown if one.day <= first), key=lambda one: (first - one.day, _order(one)))
    spoken = {one.day for one in known.told} | {first_day(one.evidence.issued) for one in known.told if one.evidence.issued}
    confirmed = max((day for day in spoken if first <= day < after), default=first)
    return CoveragePeriod(
        response,
        mineral,
        pillar,
        state.degree,
        first,
        after,
        "",
        "",
        "",
        state.through,
        cover.naming.evidence.iri,
        decided.evidence.iri,
        _supports(state, after),
        None if state.degree in OVER else confirmed,
    )


def _beginning(state: _State, first: datetime.date) -> tuple[str, str]:
    """The finest time as written, and its precision, of what opens a period: what gives its degree, or a naming that came later."""
    known = [one for cover, told in state.covers for one in (*told, cover.own)]
    shown = [one for one in known if one.day == first and one.written]
    opener = min(shown, key=lambda one: (-len(one.written), one.evidence.iri), default=None)
    return (opener.written, opener.evidence.precision) if opener else ("", "")


def _surest(cover: _Cover) -> tuple[object, ...]:
    """Order of covers of one degree: named itself first, by certainty, then by name."""
    naming = cover.naming.evidence
    return bool(cover.reached.through), CERTAINTIES.index(naming.certainty), cover.naming.kind, naming.iri


def _supports(state: _State, after: datetime.date) -> tuple[str, ...]:
    """What a period rests on: who names the mineral, what gives the degree by its end, and decisions on members."""
    found = {cover.naming.evidence.iri for cover, _ in state.covers}
    found |= {one.evidence.iri for _, told in state.covers for one in told}
    shown = (one for cover, _ in state.covers for one in (*cover.told, *cover.ends))
    found |= {one.evidence.iri for one in shown if one.degree == state.degree and one.day < after}
    decisions: list[Decision | None] = [cover.reached.decision for cover, _ in state.covers]
    for decision in decisions:
        if decision is not None:
            found |= {decision.iri, *decision.statements}
    return tuple(sorted(found))


def _with_end(period: CoveragePeriod, following: CoveragePeriod | None) -> CoveragePeriod:
    """The period with its last time, as precise as what follows is told."""
    if period.is_open:
        return period
    meets = following is not None and following.first_day == period.day_after
    return replace(period, end=last_before(period.day_after, following.start if following and meets else ""))

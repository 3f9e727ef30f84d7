"""State periods of a measure: from the steps in its life that documents tell, which state held from when until when.

The definition of "in force on a day" and of every other state stands here and nowhere else. Pure functions over
frozen values; knows no store and no query.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise

from .times import DAY, FOREVER, Period, day_after, first_day, last_before, unit_after, years_later

ANNOUNCED, IN_FORCE, SUSPENDED = "announced", "in-force", "suspended"
LAPSED, ENDED, NEVER = "suspension-lapsed", "ended", "never-took-effect"
UNCONFIRMED = "in-force-unconfirmed"  # told of a day, never written as a period's state
YEARS_CONFIRMED = 3  # for so long a document's word that a measure stands is taken to hold

# A denial says that it was not so; a target that somebody wishes it.
UNTOLD = ("denied", "target")
FORESEEN = "expected"
AT_THE_LATEST = "at-the-latest"
CERTAINTIES = ("stated", "reported", FORESEEN)  # surest first
ANNOUNCING = ("announced", "published", "decided", "agreed")
BEGINNING = ("effective", "resumed")
# Steps that tell that a measure stands, so that a suspension that ran out or an end foreseen is settled.
STANDING = (*BEGINNING, "confirmed", "level-changed", "scope-widened", "split", "eased", "prolonged")
# Steps that give up what was announced.
GIVING_UP = ("eased", "ended")


@dataclass(frozen=True, slots=True)
class Step:
    """A step in the life of a measure. Times are as written (``2012``, ``2012-03``, ``2012-03-13``), empty where none is."""

    iri: str
    measure: str
    kind: str
    certainty: str
    start: str = ""
    end: str = ""
    precision: str = ""
    document: str = ""
    issued: str = ""

    @property
    def written(self) -> str:
        """When the step was: its start; without a time, the issue of its document, when it had been at the latest."""
        return self.start or (self.issued if not self.end else "")

    @property
    def day(self) -> datetime.date | None:
        """First day that the step's time may mean; None where neither it nor its document has one."""
        return first_day(self.written) if self.written else None

    @property
    def issue_day(self) -> datetime.date:
        """First day on which its document may have been issued; the first of all where that is not known."""
        return first_day(self.issued) if self.issued else datetime.date.min

    @property
    def known_day(self) -> datetime.date:
        """The day on which its document was there for certain: the last that its time of issue may mean."""
        return day_after(self.issued) - DAY if self.issued else datetime.date.min

    @property
    def is_firm(self) -> bool:
        """Whether the step is told as a fact, not as foreseen."""
        return self.certainty != FORESEEN


@dataclass(frozen=True, slots=True)
class StatePeriod(Period):
    """A measure's state from ``first_day`` up to, not including, ``day_after``.

    ``start`` and ``end`` are first and last time as precise as documents write them; ``end`` is empty where no end is
    known. ``rests_on``: IRIs of steps; ``decided_by``: the one that opens the period, the surest of them. ``announced``:
    when the measure was first announced, as known in the period; ``effective``: its first day of effect, which may lie
    ahead. ``last_confirmed``: in force, the last day for which a document speaks of it;
    ``unconfirmed_from``: the day from which, with an open end, that word is too old.
    """

    measure: str
    state: str
    first_day: datetime.date
    day_after: datetime.date
    start: str
    end: str
    precision: str
    rests_on: tuple[str, ...]
    decided_by: str = ""
    announced: datetime.date | None = None
    effective: datetime.date | None = None
    last_confirmed: datetime.date | None = None
    unconfirmed_from: datetime.date | None = None

    def state_on(self, day: datetime.date) -> str:
        """The state to tell of a day within the period: in force too long ago to be sure has a name of its own."""
        if self.unconfirmed_from is not None and day >= self.unconfirmed_from:
            return UNCONFIRMED
        return self.state


@dataclass(frozen=True, slots=True)
class _End:
    day: datetime.date
    written: str
    step: Step


@dataclass(frozen=True, slots=True)
class _Pause:
    """A suspension: from its first day to the day on which it no longer holds, and whether it ran out by its terms."""

    first: datetime.date
    lifted: datetime.date
    ran_out: bool
    written_after: str
    step: Step


class _Life:
    """One measure's steps that tell of its state, and what state that is on a day."""

    def __init__(self, steps: Iterable[Step]) -> None:
        told = [step for step in steps if step.certainty not in UNTOLD]
        self.steps = sorted(told, key=lambda step: (step.day or FOREVER, step.iri))

    def of(self, *kinds: str) -> list[Step]:
        """Steps of some kinds that have a day."""
        return [step for step in self.steps if step.kind in kinds and step.day]

    @cached_property
    def begins(self) -> list[Step]:
        """Steps from which the measure is in force. One without a time tells no beginning, though there was one."""
        return [step for step in self.of(*BEGINNING) if step.start]

    @cached_property
    def has_begun(self) -> bool:
        """Whether a document tells that it took effect, at whatever time."""
        return any(step.kind in BEGINNING for step in self.steps)

    @cached_property
    def announced(self) -> list[tuple[datetime.date, str, Step]]:
        """When it was known of before it took effect: announced; or planned, or due, in a document of an earlier day."""
        found = [(first_day(step.written), step.written, step) for step in self.of(*ANNOUNCING)]
        for step in self.steps:
            ahead = step.kind == "planned" or (step.kind == "effective" and step.start)
            if ahead and step.issued and step.issue_day < (step.day or FOREVER):
                found.append((step.issue_day, step.issued, step))
        return found

    @cached_property
    def ends(self) -> list[_End]:
        """Ends told as facts, and those foreseen that nothing later overrides."""
        firm = [_End(first_day(s.written), s.written, s) for s in self.of("ended") if s.is_firm]
        foreseen = [_End(first_day(s.written), s.written, s) for s in self.of("ended") if not s.is_firm]
        prolonged = [s for s in self.steps if s.kind == "prolonged"]
        foreseen += [_End(day_after(s.end), unit_after(s.end), s) for s in prolonged if s.end]
        unbounded = [_End(FOREVER, "", s) for s in prolonged if not s.end]
        kept = [end for end in foreseen if not self._is_overridden(end, firm, [*foreseen, *unbounded])]
        return [*firm, *kept]

    def _is_overridden(self, end: _End, firm: Sequence[_End], others: Sequence[_End]) -> bool:
        """Whether an end that was foreseen did not come: it came later, or the measure was prolonged or still stood."""

        def begins_anew(until: datetime.date) -> bool:
            return any(end.day <= first_day(step.start) <= until for step in self.begins)

        later = [other.day for other in firm]
        later += [other.day for other in others if other.step.issue_day >= end.step.issue_day]
        later += [step.day for step in self.of(*STANDING) if step.is_firm and step.start and step.day]
        return any(day > end.day and not begins_anew(day) for day in later)

    @cached_property
    def pauses(self) -> list[_Pause]:
        """Suspensions, each up to the day after its stated last day or to an earlier resumption."""
        found = []
        for step in self.of("suspended"):
            first = first_day(step.written)
            over = day_after(step.end) if step.end else FOREVER
            again = min((s.day for s in self.of("resumed") if s.day and s.day >= first), default=FOREVER)
            ran_out = over < FOREVER and over <= again
            found.append(_Pause(first, min(over, again), ran_out, unit_after(step.end) if step.end else "", step))
        return found

    @cached_property
    def given_up(self) -> list[Step]:
        """Steps by which what was planned came to nothing; none where it ever took effect."""
        return [] if self.has_begun else self.of(*GIVING_UP)

    def turns(self) -> list[datetime.date]:
        """Every day on which the state may change, in order."""
        days = {day for day, _, _ in self.announced} | {end.day for end in self.ends}
        days |= {step.day for step in (*self.begins, *self.given_up, *self.of(*STANDING)) if step.day}
        days |= {day for pause in self.pauses for day in (pause.first, pause.lifted)}
        return sorted(days - {FOREVER})

    def state_on(self, day: datetime.date) -> str | None:
        """State on a day; None where nothing is known of the measure by then."""
        ended = max((end.day for end in self.ends if end.day <= day), default=datetime.date.min)
        begun = max((first_day(s.start) for s in self.begins if first_day(s.start) <= day), default=None)
        begins_anew = begun == ended and any(first_day(step.start) < ended for step in self.begins)
        if ended > datetime.date.min and (begun is None or begun <= ended) and not begins_anew:
            return ENDED if self.has_begun else NEVER
        pauses = [pause for pause in self.pauses if ended <= pause.first <= day]
        if any(day < pause.lifted for pause in pauses):
            return SUSPENDED
        if any(step.day and step.day <= day for step in self.given_up):
            return NEVER
        if begun is None:
            return self._before_it_began(day, pauses)
        return LAPSED if self._has_lapsed(day, pauses) else IN_FORCE

    def _before_it_began(self, day: datetime.date, pauses: list[_Pause]) -> str | None:
        if any(first <= day for first, _, _ in self.announced):
            return ANNOUNCED
        if pauses:  # it was known of by then, though no document tells of an announcement
            return ANNOUNCED if self.has_begun else LAPSED
        return None

    def _has_lapsed(self, day: datetime.date, pauses: list[_Pause]) -> bool:
        """Whether the last suspension ran out by its terms and no document tells what came then."""
        last = max(pauses, key=lambda pause: pause.lifted, default=None)
        if last is None or not last.ran_out:
            return False
        return not any(step.is_firm and step.day and last.lifted <= step.day <= day for step in self.of(*STANDING))


def periods(steps: Iterable[Step], known_by: datetime.date | None = None) -> list[StatePeriod]:
    """The state periods of all measures in the steps, by measure and day; periods of a measure meet or leave out what is unknown.

    ``known_by`` leaves out what documents issued later tell.
    """
    known = [step for step in steps if known_by is None or step.known_day <= known_by]
    ordered = sorted(known, key=lambda step: (step.measure, step.iri))
    found: list[StatePeriod] = []
    for measure, own in groupby(ordered, key=lambda step: step.measure):
        found += _periods_of(measure, _Life(own))
    return found


@dataclass(frozen=True, slots=True)
class KnownPeriod:
    """A state period as the documents issued by ``known_from`` tell it, until a later one (``known_until``) told otherwise."""

    period: StatePeriod
    known_from: datetime.date
    known_until: datetime.date


def as_known(steps: Iterable[Step]) -> list[KnownPeriod]:
    """Every state period that was ever told of the measures in the steps, with the days between which documents told it.

    Those known until FOREVER are what ``periods`` gives. What two documents in turn tell alike is one.
    """
    ordered = sorted(steps, key=lambda step: (step.measure, step.iri))
    found: list[KnownPeriod] = []
    for _, group in groupby(ordered, key=lambda step: step.measure):
        own = list(group)
        days = sorted({step.known_day for step in own})
        standing: dict[StatePeriod, datetime.date] = {}
        for day in days:
            told = periods(own, day)
            found += [KnownPeriod(period, since, day) for period, since in standing.items() if period not in told]
            standing = {period: standing.get(period, day) for period in told}
        found += [KnownPeriod(period, since, FOREVER) for period, since in standing.items()]
    return found


def on(found: Iterable[StatePeriod], day: datetime.date) -> dict[str, StatePeriod]:
    """The period that holds on a day, by measure."""
    return {period.measure: period for period in found if period.holds(day)}


def _periods_of(measure: str, life: _Life) -> list[StatePeriod]:
    turns = life.turns()
    states = [(day, life.state_on(day)) for day in turns]
    runs = [next(run) for _, run in groupby(states, key=lambda entry: entry[1])]
    found: list[StatePeriod] = []
    for (first, state), (after, _) in pairwise([*runs, (FOREVER, None)]):
        if state is not None:
            found.append(_period(measure, life, state, first, after))
    following: list[StatePeriod | None] = [*found[1:], None]
    return [_with_end(period, after) for period, after in zip(found, following, strict=False)]


def _period(measure: str, life: _Life, state: str, first: datetime.date, after: datetime.date) -> StatePeriod:
    openers = _openers(life, state, first)
    # The finest time written for the day; of equal ones, one that is exact.
    written, precision = min(
        ((text, step.precision) for text, step in openers),
        key=lambda entry: (-len(entry[0]), entry[1] == AT_THE_LATEST, entry[1]),
        default=(first.isoformat(), ""),
    )
    confirmed = _last_confirmed(life, first, after) if state == IN_FORCE else None
    late = years_later(confirmed, YEARS_CONFIRMED) + DAY if confirmed and after == FOREVER else None
    supports = _supports(life, state, first, after)
    opener = min((step for _, step in openers), key=_surest, default=None) or min(supports, key=_surest)
    announced = min((first_day(s.start) for s in life.of(*ANNOUNCING) if s.start and first_day(s.start) < after), default=None)
    return StatePeriod(
        measure,
        state,
        first,
        after,
        written,
        "",
        precision,
        tuple(sorted({step.iri for step in supports})),
        opener.iri,
        announced,
        min((step.day for step in life.begins if step.day), default=None),
        confirmed,
        late,
    )


def _surest(step: Step) -> tuple[int, int, str]:
    """Order of steps that tell the same: by certainty, then the finest time."""
    rank = CERTAINTIES.index(step.certainty) if step.certainty in CERTAINTIES else len(CERTAINTIES)
    return rank, -len(step.written), step.iri


def _with_end(period: StatePeriod, following: StatePeriod | None) -> StatePeriod:
    """The period with its last time, as precise as what follows is told."""
    if period.is_open:
        return period
    meets = following is not None and following.first_day == period.day_after
    return replace(period, end=last_before(period.day_after, following.start if following and meets else ""))


def _openers(life: _Life, state: str, first: datetime.date) -> list[tuple[str, Step]]:
    """The steps by which a state begins on a day, each with the time as written."""
    if state == ANNOUNCED:
        return [(text, step) for day, text, step in life.announced if day == first]
    if state == SUSPENDED:
        return [(pause.step.written, pause.step) for pause in life.pauses if pause.first == first]
    if state == LAPSED:
        return [(pause.written_after, pause.step) for pause in life.pauses if pause.ran_out and pause.lifted == first]
    if state == IN_FORCE:
        standing = [step for step in life.of(*STANDING) if step.day == first]
        begins = [step for step in standing if step.kind in BEGINNING]
        return [(step.written, step) for step in begins or standing]
    ends = [(end.written, end.step) for end in life.ends if end.day == first]
    return ends + [(step.written, step) for step in life.given_up if step.day == first]


def _supports(life: _Life, state: str, first: datetime.date, after: datetime.date) -> list[Step]:
    """The steps that a period rests on: what opens it, falls into it, closes it, and what it presupposes."""
    found = [step for _, step in _openers(life, state, first)]
    closing = [end.step for end in life.ends if end.day == after]
    if state == ENDED:
        return found + [step for step in life.of("ended") if step.day == first]
    found += [step for step in life.steps if step.day and first <= step.day < after]
    found += closing + [step for step in life.of("ended") if step.day == after]
    if state in (SUSPENDED, LAPSED):
        found += life.begins + [pause.step for pause in life.pauses if pause.first <= first]
    if state == IN_FORCE:
        found += [step for step in life.steps if step.kind == "prolonged"]
        found += [step for step in life.of(*ANNOUNCING) if step.day and step.day <= first]
    if state == ANNOUNCED:
        found += [step for day, _, step in life.announced if day <= first]
        found += [pause.step for pause in life.pauses if pause.first <= first]
    if state == NEVER:
        found += life.steps
    return found


def _last_confirmed(life: _Life, first: datetime.date, after: datetime.date) -> datetime.date:
    """The last day within a time in force for which a document speaks of it.

    A document that tells when a measure took effect speaks of it as standing on the day of its own issue; one that
    confirms it speaks of the time that it names.
    """
    days = [first]
    for step in filter(lambda told: told.is_firm, life.of(*STANDING)):
        days += [step.day] if step.day else []
        days += [step.issue_day] if step.kind in BEGINNING else []
    return max(day for day in days if first <= day < after)

"""What the REST calls return. Every entry names its statement, its place in the document, and how sure the document is."""

from __future__ import annotations

import datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from .numbers import Number
from .risk_models import BriefFigures, Figures, Method

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """One page of a list; ``next`` is the address of the page after it."""

    total: int
    offset: int
    limit: int
    next: str | None
    items: list[Item]


class Summary(BaseModel):
    """A thing in a list."""

    iri: str
    kind: str
    slug: str
    label: str
    other_label: str = Field(description="The label in the other language.")
    symbol: str | None = None


class Found(Summary):
    """A thing that a search found; ``rank`` 0 is the same text, 1 a beginning, 2 a part, 3 all words."""

    rank: int


class Entry(BaseModel):
    """One statement, with its source. Missing is null, never zero."""

    indicator: str | None = Field(None, description="What is measured, for a quantity.")
    label: str | None = None
    thing: str | None = Field(None, description="The other thing: supplier, material, list, response, product.")
    thing_label: str | None = None
    used: str | None = None
    used_label: str | None = None
    value: Number | None = None
    at_least: Number | None = None
    at_most: Number | None = None
    more_than: Number | None = None
    less_than: Number | None = None
    in_words: str | None = None
    approximate: bool | None = None
    unit: str | None = None
    basis: str | None = None
    when: str | None = Field(None, description="Year, month or day; start/end; or FY and the Japanese fiscal year.")
    batch: int | None = None
    says: str | None = None
    certainty: str | None = Field(None, description="stated, reported, expected, target or denied.")
    place: str | None = Field(None, description="Where in the document it is said.")
    statement: str | None = Field(None, description="IRI of the statement.")
    document: str | None = Field(None, description="IRI of the document.")
    via: str | None = Field(None, description="What it is said of, where not of the thing itself: its group, or a form or member of it.")
    degree: str | None = Field(None, description="Of a response: designated, funded, operating, ended or failed.")
    degree_label: str | None = None
    last_confirmed: str | None = Field(None, description="Of a response: the last day for which a document speaks of it.")


class Property(BaseModel):
    """A direct property of a thing and the document (or rules) that it comes from."""

    property: str
    label: str
    value: str | int | Number | bool
    value_label: str | None
    document: str


class Thing(Summary):
    """A thing with everything that is said of it."""

    alternative_labels: list[str]
    classes: list[str]
    properties: list[Property]
    statements: list[Entry]


class Measure(Summary):
    """A measure in a list. Its state and its days are given where a day was asked about."""

    type: str
    type_label: str
    imposed_by: str
    imposed_by_label: str
    state: str | None = Field(
        description="On the day asked about: announced, in-force, in-force-unconfirmed (no document of the last three years confirms it), "
        "suspended, suspension-lapsed (over, nothing later known), ended or never-took-effect."
    )
    state_label: str | None
    since: str | None = Field(description="When the state began, as precise as documents give it: a year, a month or a day.")
    precision: str | None = Field(description="at-the-latest: it may have begun earlier.")
    until: str | None = Field(description="Last time of the state, as precise as documents give it; null where no end is known.")
    last_confirmed: datetime.date | None = Field(description="In force: the last day for which a document speaks of it.")
    announced: datetime.date | None
    effective: datetime.date | None = Field(description="First day of effect; it may lie ahead of the day asked about.")
    suspended_from: datetime.date | None
    suspended_until: str | None = Field(description="Last day of the suspension, as precise as the document gives it.")
    ended: datetime.date | None
    targets: str | None = Field(description="Whom it is aimed at; null: at all.")
    act: str | None = Field(description="IRI of what it counts as: measures of one act have the same.")
    state_statement: str | None = Field(description="IRI of the statement that the state rests on.")
    state_document: str | None
    certainty: str
    place: str
    document: str


class Measures(Page[Measure]):
    """One page of measures; with a day, how many acts (not measures) are in force on it, over all pages."""

    as_of: datetime.date | None
    known_by: datetime.date | None = Field(description="Documents issued later are left out.")
    knowledge_horizon: str | None = Field(description="When the newest document on these measures was issued.")
    acts_in_force: int | None
    acts_unconfirmed: int | None = Field(description="Acts that were in force when last heard of, more than three years before the day.")


class Dispute(Summary):
    """A dispute about a mineral."""

    complainant: list[str]
    respondent: list[str]
    certainty: str
    place: str
    document: str


class PillarCover(Summary):
    """A pillar and what under it covers a mineral; without entries none is recorded, which is not that there is none."""

    number: int | None
    degree: str | None = Field(description="The furthest degree of its responses that are not over.")
    covered: bool = Field(description="Whether something under it is funded or operating.")
    entries: list[Entry]


class Stated(BaseModel):
    """What documents state of the supply of a mineral."""

    dependence: list[Entry]
    measures: list[Measure]
    disputes: list[Dispute]
    prices: list[Entry]
    lists: list[Entry]


class Risks(Stated, Figures):
    """What endangers the supply of a mineral: what documents state, and figures computed from tables, with all their inputs."""


class BriefRisks(Stated, BriefFigures):
    """What endangers the supply of a mineral: what documents state, and figures computed from tables, without their inputs."""


class Mineral(Summary):
    """A mineral: its risks, what is done about them by pillar, its uses, and everything said of it."""

    alternative_labels: list[str]
    as_of: datetime.date | None
    groups: list[Summary]
    members: list[Summary]
    risks: BriefRisks
    responses: list[PillarCover]
    uses: list[Entry]
    quantities: list[Entry] = Field(description="Other quantities of the mineral itself; those of its groups are at `inputs_at`.")
    statements: list[Entry]
    inputs_at: str = Field(description="Address of all that is left out here.", examples=["/minerals/tungsten/risks?lang=en"])


class MineralRisks(Summary):
    """A mineral's risks and the methods of the figures. None of them is an official score."""

    as_of: datetime.date | None
    year: int | None
    risks: Risks
    quantities: list[Entry] = Field(description="Other quantities of the mineral and of the groups that it belongs to.")
    methods: list[Method]


class QueryParam(BaseModel):
    """A parameter of a named query."""

    name: str
    type: str
    kinds: list[str]
    about: str
    default: str


class QueryInfo(BaseModel):
    """A named query: what it answers, what it takes, its SPARQL."""

    name: str
    title: str
    answers: str
    params: list[QueryParam]
    sparql: str


class QueryResult(BaseModel):
    """The rows of a named query with the SPARQL that was run."""

    name: str
    title: str
    columns: list[str]
    rows: list[dict[str, Any]]
    sparql: str


class PathStep(BaseModel):
    """One step of a path: who says so, where, how sure. ``forward`` false: the statement reads from target to source."""

    source: str
    source_label: str
    relation: str
    target: str
    target_label: str
    forward: bool
    share: float | None
    certainty: str | None
    place: str | None
    statement: str
    document: str
    origin: Literal["stated", "computed", "inferred", "reference"]


class Passed(BaseModel):
    """A thing that every way goes through."""

    iri: str
    label: str


class PathPart(BaseModel):
    """The things and the steps of all paths, each once, in node-link form."""

    nodes: list[Summary]
    edges: list[PathStep]


class PathAnswer(BaseModel):
    """Paths in the order asked for. ``backward``: the target depends on the source. ``complete`` false: a limit cut the search.

    ``examined``: how many paths the search had looked at by then. ``passes``: what every way, of any length, goes through.
    """

    source: str
    target: str
    as_of: datetime.date | None
    backward: bool
    complete: bool
    examined: int
    paths: list[list[PathStep]]
    passes: list[Passed]
    graph: PathPart


class Health(BaseModel):
    """Whether the process is alive, and which program and data version it is of."""

    status: str = Field(description="ok, or starting: then data_version is null, and all else is answered 503.")
    version: str
    data_version: str | None
    knowledge_horizon: str | None = Field(default=None, description="When the newest document of the graph was issued.")


class Readiness(Health):
    """Whether the service can answer, and from how many statements."""

    statements: int

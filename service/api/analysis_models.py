"""Response models of the analysis: exposure, chokepoints, scenarios, coverage, chains."""

from __future__ import annotations

import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field


class Node(BaseModel):
    """A thing in an answer."""

    iri: str
    kind: str
    slug: str
    label: str


class Share(BaseModel):
    """A share in percent. ``exact``: low equals high; ``bounded``: it lies between; ``unknown``: nothing is stated, low 0 and high 100."""

    low: float
    high: float
    share: Literal["exact", "bounded", "unknown"]


class Shares(BaseModel):
    """What suppliers' shares rest on: figures of trade in value (of which year), or what documents state."""

    by: Literal["trade", "stated"]
    year: int | None


class EdgeStatement(BaseModel):
    """A statement that an edge rests on: stated by a document, computed from figures, inferred by a rule, or reference data."""

    statement: str
    document: str
    place: str | None
    certainty: str | None
    share: float | None = Field(description="Percent that this statement gives; a lower bound where `exact` is false.")
    exact: bool
    origin: Literal["stated", "computed", "inferred", "reference"]


class Edge(BaseModel):
    """An edge from what depends to what it depends on; ``low``, ``high``, ``share``: a supplier's share in percent, else null."""

    source: str
    source_label: str
    target: str
    target_label: str
    relations: list[str]
    low: float | None
    high: float | None
    share: Literal["exact", "bounded", "unknown"] | None
    statements: list[EdgeStatement]


class Part(BaseModel):
    """The part of the network that an answer speaks of, in node-link form."""

    nodes: list[Node]
    edges: list[Edge]


class Exposed(Share):
    """Something that depends on the thing asked about: how much of it, how far away, and by which steps."""

    thing: Node
    distance: int
    steps: list[Edge]


class Exposure(BaseModel):
    """What hangs on a thing. ``in_force``: for a measure, whether it is on that day. ``complete`` false: the list was cut at ``most``."""

    thing: Node
    as_of: datetime.date | None
    shares: Shares
    in_force: bool | None
    count: int
    complete: bool
    exposed: list[Exposed]
    graph: Part


class Single(BaseModel):
    """A thing whose loss alone makes products fail, and their inputs that fail with it."""

    thing: Node
    products: list[Node]
    inputs: list[Node]


class SmallestSet(BaseModel):
    """A smallest set of suppliers whose loss leaves a needed input of a product without any."""

    product: Node
    input: Node
    suppliers: list[Node]


class TakenApart(BaseModel):
    """Things whose loss takes apart what a product reaches, direction left aside (articulation points)."""

    product: Node
    things: list[Node]


class MeasureReach(BaseModel):
    """A measure with the products that need a mineral it touches."""

    thing: Node
    products: list[Node]
    minerals: list[Node]


class Score(BaseModel):
    """A place in a secondary view."""

    thing: Node
    score: float


class Chokepoints(BaseModel):
    """Where products break. ``nothing_recorded``: products of which the graph knows no input."""

    products: list[Node]
    as_of: datetime.date | None
    shares: Shares
    nothing_recorded: list[Node]
    single: list[Single]
    smallest_sets: list[SmallestSet]
    taken_apart: list[TakenApart]
    measures: list[MeasureReach]
    views: dict[str, list[Score]]
    graph: Part


class Left(BaseModel):
    """A point of a removal curve: what is left of the supply when this supplier is lost too."""

    lost: Node
    left: Share


class Outcome(BaseModel):
    """What a thing loses. ``missing``: lost and not replaced (percent). ``stock_known`` false: no stock was given, and none is assumed.

    ``stock_days_low``, ``stock_days_high``: how long the stock given covers what is missing; null where it covers it without end.
    """

    thing: Node
    lost: Share
    replaced: float
    missing: Share
    stock_days_low: float | None
    stock_days_high: float | None
    stock_known: bool
    weakest_input: Node | None


class MineralOutcome(Outcome):
    """With the removal curve of the mineral: its suppliers lost one after the other, the largest first."""

    removal: list[Left]


class ScenarioAnswer(BaseModel):
    """What a scenario does to minerals and products, those that miss most first. ``unknown``: dependent, but no share is stated."""

    as_of: datetime.date | None
    shares: Shares
    scenario: dict[str, Any]
    minerals: list[MineralOutcome]
    products: list[Outcome]
    unknown: list[Node]
    graph: Part


Degree = Literal["designated", "funded", "operating", "ended", "failed"]


class Response(BaseModel):
    """A response in a cell of the matrix, and how far it has come on the day."""

    response: Node
    degree: Degree
    degree_label: str
    through: list[Node] = Field(description="The groups, members or forms that documents name instead of the mineral.")
    since: str | None = Field(description="First time in this degree, as precise as documents write it; null where none does.")
    precision: str | None
    until: str | None = Field(description="Last time in this degree, where an end is known.")
    last_confirmed: str | None = Field(description="The last day for which a document speaks of the response.")
    certainty: str = Field(description="How sure it is that the mineral is covered: that of `statement`.")
    statement: str = Field(description="What names the mineral, its group or its form.")
    document: str
    degree_certainty: str
    degree_statement: str = Field(description="What gives the degree.")


class PillarCell(BaseModel):
    """One pillar for one mineral; no response means that none is recorded."""

    pillar: Node
    degree: Degree | None = Field(description="The furthest of its responses that are not over; covered from funded up.")
    responses: list[Response]


class StatedSupplier(BaseModel):
    """A supplier as documents state it, and the least that its share can be, in percent."""

    supplier: Node
    at_least: float
    document: str
    year: int | None = Field(description="Year in which the document was issued.")


class CoverageRow(BaseModel):
    """One mineral: pillars, measures, its first supplier, and the largest share (lower bound) of one that restricts exports."""

    mineral: Node
    pillars: list[PillarCell]
    missing: list[Node] = Field(description="Pillars under which nothing is funded or operating.")
    designated: list[Node] = Field(description="Those of the missing under which something is designated; not counted as covered.")
    measures: list[Node]
    top_supplier: Node | None = Field(description="Japan's first supplier by the headline of trade; null without one.")
    top_share: float | None
    top_year: int | None
    top_via: Node | None = Field(description="The group whose figure it is, where the mineral has none of its own.")
    top_reason: str | None = Field(description="Code of why the figure was chosen, or why none was: see /queries/headlines.")
    stated: StatedSupplier | None = Field(description="The first supplier that documents state of the mineral: never mixed with trade.")
    restricted_share: float | None


class Gap(BaseModel):
    """A mineral with pillars under which nothing is funded or operating."""

    mineral: Node
    missing: list[Node]
    designated: list[Node] = Field(description="Those of the missing under which something is designated; not counted as covered.")
    restricted_share: float | None
    top_supplier: Node | None = Field(description="Japan's first supplier by the headline of trade; null without one.")
    top_share: float | None
    top_year: int | None
    top_via: Node | None = Field(description="The group whose figure it is, where the mineral has none of its own.")
    top_reason: str | None = Field(description="Code of why the figure was chosen, or why none was: see /queries/headlines.")
    stated: StatedSupplier | None = Field(description="The first supplier that documents state of the mineral: never mixed with trade.")


class Cell(BaseModel):
    """A cell of the matrix, and the furthest degree that a response reaches in it at another time."""

    mineral: Node
    pillar: Node
    degree: Degree


class Candidate(BaseModel):
    """A response that at another time covers further than anything does on the day, and the cells that it would raise."""

    response: Node
    fills: int
    cells: list[Cell]


class Coverage(BaseModel):
    """Minerals by pillars and measures as of a day, the gaps by exposure, and what would close most of them."""

    as_of: datetime.date | None
    shares: Shares
    pillars: list[Node]
    minerals: list[CoverageRow]
    gaps: list[Gap]
    candidates: list[Candidate]


class Answering(BaseModel):
    """A response that a document says addresses something."""

    response: Node
    certainty: str
    place: str
    statement: str
    document: str


class Link(BaseModel):
    """A link of a chain: a stated cause, a sequence in time, or two things set beside each other without a stated cause."""

    link: Literal["leads-to", "is-followed-by", "is-set-beside"]
    earlier: Node
    later: Node
    says: str
    certainty: str
    place: str
    statement: str
    document: str
    answers: list[Answering]


class ChainEdge(BaseModel):
    """An edge of a chain to draw."""

    source: str
    target: str
    relation: str


class ChainPart(BaseModel):
    """A chain in node-link form."""

    nodes: list[Node]
    edges: list[ChainEdge]


class Chain(BaseModel):
    """Links from an event to its effects, with what answers each; ``unanswered``: ends that no response is said to address."""

    start: Node
    end: Node | None
    links: list[Link]
    unanswered: list[Node] = Field(description="Later ends of links that no response is said to address.")
    graph: ChainPart

"""What the REST calls on risk return. Each computed figure names its method, inputs and notes; each input its document and line."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from .numbers import Number


class Reading(BaseModel):
    """A figure as its source gives it. Missing is null with `absence`, never zero."""

    quantity: str = Field(description="What is measured.", examples=["production"])
    quantity_label: str
    of: str | None = Field(description="IRI of the country or bloc whose figure it is.")
    label: str | None
    value: Number | None
    more_than: Number | None
    less_than: Number | None
    at_least: Number | None = Field(description="The part that is known of a sum whose other parts are not.")
    absence: str | None = Field(description="Why there is no value: withheld, not-available and so on.")
    estimated: bool
    unit: str
    basis: str | None
    stage: str | None
    year: int
    hs_code: str | None
    written: str | None = Field(description="The publisher's own string, where it is not the value's.")
    figure: str | None = Field(description="IRI of the figure or statement.")
    mean_of: list[str] = Field(description="IRIs of the figures it is the mean of.")
    document: str | None
    line: int | None = Field(description="Line in the publisher's file.")
    place: str | None = Field(description="Place in a document.")


class KnownPart(BaseModel):
    """How much of the whole the known figures make up; `share` in percent."""

    known: Number
    others: Number | None
    total: Number
    total_stated: bool = Field(description="Whether the publisher gives the total; else it is the sum of what is known.")
    share: Number
    absent: list[str] = Field(description="Countries without a figure: not counted, not zero.")
    bounded: list[str] = Field(description="Countries with only a bound: not counted.")


class Term(BaseModel):
    """One country's part in a figure; `share` in percent."""

    of: str
    label: str
    share: Number
    governance: Number | None
    trade: Number | None
    adds: Number | None


class FigureNote(BaseModel):
    """What a reader of the figure must know."""

    code: str
    label: str
    text: str


class Note(FigureNote):
    """The same, of one country where it is."""

    of: str | None = None
    of_label: str | None = None


class FigureHead(BaseModel):
    """What a computed figure is and of what. Computed by a named method; never an official score."""

    method: str = Field(examples=["hhi"])
    label: str
    value: Number | None = Field(description="Null where the method cannot be applied; the notes say why.")
    at_most: Number | None = Field(description="What it would be if all that no named country makes were one further country's.")
    unit: str
    unit_label: str
    of: str | None
    of_label: str | None
    quantity: str
    quantity_label: str
    series: list[str]
    year: int
    basis: str | None
    stage: str | None
    hs_codes: list[str]
    published: str | None = Field(description="Key of `readings`: what a publisher prints for the same.")
    documents: list[str]
    via: str | None


class Leader(BaseModel):
    """One of the first three countries of a figure; `share` in percent."""

    of: str
    label: str
    share: Number


class GraphFigure(FigureHead):
    """A figure as the graph holds it: computed once, when it was built, and the same wherever it is read."""

    figure: str = Field(description="IRI of the figure, as SPARQL finds it.")
    bound: str | None = Field(description="at-least or at-most where the inputs are bounds and so the value is one.")
    material: str | None
    main_forms: bool = Field(description="Whether it is of exactly the main traded forms that the tables have.")
    leaders: list[Leader] = Field(description="The first three countries.")
    countries: int | None = Field(description="How many countries have a share.")
    covered: Number | None = Field(description="Percent of the whole that named countries make up; null where there is no whole.")
    inputs_at: str = Field(description="Address of every country's share and of the inputs, page by page.")


class ListedFigure(GraphFigure):
    """A figure with the texts of its notes."""

    notes: list[FigureNote]


class Headline(BaseModel):
    """The one figure that stands for a role of a mineral, or why there is none; the same on every page and in every answer."""

    role: str = Field(examples=["first-supplier-of-japan"])
    role_label: str
    country: str | None
    country_label: str | None
    share: Number | None
    bound: str | None
    year: int | None
    stage: str | None
    index: Number | None = Field(description="Concentration (HHI) of the whole that the share is of.")
    reason: str = Field(examples=["main-forms"])
    reason_label: str
    via: str | None = Field(description="The group whose figure it is, where the mineral has none of its own.")
    series_ended: int | None
    passed_over: list[str] = Field(description="Figures of the same year that were not chosen.")
    notes: list[FigureNote]
    figure: str | None
    document: str | None


class CountryShare(BaseModel):
    """A country's share of a figure's whole, in percent."""

    of: str
    label: str
    share: Number


class RiskFigure(FigureHead):
    """A figure with all that it is computed from. `inputs` and `published` are keys of `readings`."""

    series_labels: list[str]
    coverage: KnownPart | None
    terms: list[Term]
    inputs: list[str]
    notes: list[Note]


class BriefFigure(GraphFigure):
    """A figure with the codes of its notes; their texts are at `inputs_at` and in `/minerals/{slug}/risks`."""

    notes: list[str] = Field(description="Codes of the notes.")


class Trade(BaseModel):
    """The first supplier in trade figures, and the share of the supplier that the document names; percent."""

    figure: str
    quantity: str
    hs_codes: list[str]
    supplier_share: Number
    first: str
    first_label: str
    first_share: Number


class Beside(BaseModel):
    """What a document states of Japan's first supplier, beside the trade figures of a year, and how they agree."""

    says: str
    supplier: str
    supplier_label: str
    more_than: Number | None
    value: Number | None
    place: str
    statement: str
    document: str
    year: int
    trade: Sequence[Trade]
    notes: list[Note]
    via: str | None


class Figures(BaseModel):
    """Headlines, computed and published figures, and statements beside trade."""

    headlines: list[Headline]
    figures: list[ListedFigure]
    published: list[str] = Field(description="Keys of `readings`: what studies print of the mineral.")
    beside: list[Beside]
    readings: dict[str, Reading] = Field(description="What is published, by key.")


class BriefFigures(BaseModel):
    """Headlines, computed and published figures, and statements beside trade."""

    headlines: list[Headline]
    figures: list[BriefFigure]
    published: list[str] = Field(description="Keys of `readings`: what studies print of the mineral.")
    beside: list[Beside]
    readings: dict[str, Reading] = Field(description="What is published, by key.")


class FigureInputs(BaseModel):
    """A figure of the graph with every country's share and a page of the rows that it was computed from."""

    figure: ListedFigure
    terms: list[CountryShare] = Field(description="Every country's share; the first three where the others are not written out.")
    statements: list[str] = Field(description="Statements of documents that it was computed from.")
    total: int = Field(description="How many inputs there are.")
    offset: int
    limit: int
    next: str | None
    inputs: list[Reading]


class Method(BaseModel):
    """How a figure is computed, from which source, and what it does not say."""

    code: str
    label: str
    definition: str
    formula: str
    limits: str
    source: str
    unit: str
    method: str


class Column(BaseModel):
    """A column of a comparison."""

    key: str
    method: str
    label: str | None
    quantity: str
    quantity_label: str
    stage: str | None
    stage_label: str | None


class ComparedCell(BaseModel):
    """A mineral's figure in a column."""

    value: Number | None
    unit: str
    year: int
    of: str | None
    of_label: str | None
    basis: str | None
    stage: str | None
    hs_codes: list[str]
    documents: list[str]
    bound: str | None
    figure: str | None = Field(description="IRI of the figure.")
    notes: list[str]


class Compared(BaseModel):
    """A mineral and its cells by the key of the column; a cell that is not there was not computed, it is not zero."""

    mineral: str
    label: str
    cells: dict[str, ComparedCell]


class Agreement(BaseModel):
    """How far two columns put the minerals that both have into the same order."""

    first: str
    second: str
    minerals: int
    kendall: float | None = Field(description="Kendall's tau-b, -1 to 1.")
    spearman: float | None = Field(description="Spearman's rank correlation, -1 to 1.")


class Comparison(BaseModel):
    """Minerals side by side. None of the columns is an official score."""

    model_config = ConfigDict(json_schema_extra={"description": "Minerals side by side. None of the columns is an official score."})

    year: int | None
    columns: list[Column]
    minerals: list[Compared]
    agreement: list[Agreement]
    methods: list[Method]


class Change(BaseModel):
    """A country's term before and after."""

    of: str
    label: str
    trade_before: Number
    trade_after: Number
    adds_before: Number
    adds_after: Number


class Effect(BaseModel):
    """What changes in one method's figure; `has_term` false: the method has no term in which a measure could appear."""

    method: str
    label: str
    has_term: bool
    change: Number | None
    before: RiskFigure | None
    after: RiskFigure | None
    terms: list[Change]
    notes: list[Note]


class PolicyAnswer(BaseModel):
    """What a measure, or the state of a day, changes in each method."""

    mineral: str
    measure: str | None
    t: Number | None
    as_of: datetime.date | None
    effects: list[Effect]
    readings: dict[str, Reading]


class Concentration(BaseModel):
    """Shares and concentration over the figures of one or several series."""

    year: int
    figures: list[RiskFigure]
    readings: dict[str, Reading]

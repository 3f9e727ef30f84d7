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


class Note(BaseModel):
    """What a reader of the figure must know."""

    code: str
    label: str
    text: str
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
    series_labels: list[str]
    year: int
    basis: str | None
    stage: str | None
    hs_codes: list[str]
    published: str | None = Field(description="Key of `readings`: what a publisher prints for the same.")
    documents: list[str]
    via: str | None


class RiskFigure(FigureHead):
    """A figure with all that it is computed from. `inputs` and `published` are keys of `readings`."""

    coverage: KnownPart | None
    terms: list[Term]
    inputs: list[str]
    notes: list[Note]


class BriefFigure(FigureHead):
    """A figure without its inputs and terms: those are at `inputs_at`, where the same figure stands with all of them."""

    covered: Number | None = Field(description="Percent of the whole that named countries make up; null where there is no whole.")
    notes: list[str] = Field(description="Codes of the notes; their texts are at `inputs_at`.")
    inputs_at: str = Field(description="Address of the figure's inputs and terms.", examples=["/minerals/tungsten/risks?lang=en"])


class BriefTrade(BaseModel):
    """The first supplier in trade figures, and the share of the supplier that the document names; percent."""

    quantity: str
    hs_codes: list[str]
    supplier_share: Number
    first: str
    first_label: str
    first_share: Number


class Trade(BriefTrade):
    """The same with the figures it is computed from: keys of `readings`."""

    inputs: list[str]


class BriefBeside(BaseModel):
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
    trade: Sequence[BriefTrade]
    notes: list[Note]
    via: str | None


class Beside(BriefBeside):
    """The same with the figures of the trade."""

    trade: Sequence[Trade]


class Figures(BaseModel):
    """Computed and published figures, and statements beside trade."""

    figures: list[RiskFigure]
    published: list[str] = Field(description="Keys of `readings`: what studies print of the mineral.")
    beside: list[Beside]
    readings: dict[str, Reading] = Field(description="Every figure that another names, by key.")


class BriefFigures(BaseModel):
    """Computed and published figures, and statements beside trade, without the inputs of what is computed."""

    figures: list[BriefFigure]
    published: list[str] = Field(description="Keys of `readings`: what studies print of the mineral.")
    beside: list[BriefBeside]
    readings: dict[str, Reading] = Field(description="What is published, by key.")


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
    inputs: list[str]
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

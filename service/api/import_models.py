"""What the REST call on a country's imports year by year returns."""

from __future__ import annotations

from pydantic import BaseModel, Field

from .numbers import Number


class ImportYear(BaseModel):
    """The first supplier of a year, over all HS codes of the mineral together or under one of them."""

    figure: str = Field(description="IRI of the figure.")
    year: int
    quantity: str = Field(description="What the shares are of: import-value or import-quantity.", examples=["import-value"])
    quantity_label: str
    all_codes: bool = Field(description="Whether all codes of the mineral are added up, which is done by value alone.")
    main_forms: bool = Field(description="Whether these are exactly the main traded forms that the tables have.")
    hs_codes: list[str]
    stage: str | None
    supplier: str = Field(description="IRI of the first supplier: country of export, not of mining.")
    supplier_label: str
    share: Number = Field(description="Percent of the imports that come from it.")
    bound: str | None = Field(description="at-least or at-most where a weight is only a bound.")
    hhi: Number = Field(description="Concentration of the imports, 0 to 10,000.")
    suppliers: int
    total: Number = Field(description="Sum of the flows that are counted, in `unit`.")
    unit: str
    basis: str | None
    not_counted: int = Field(description="Suppliers whose flow has no number, such as no weight: not counted, not zero.")
    notes: list[str] = Field(description="Codes of the notes; their texts are at `inputs_at`.")
    series: list[str]
    documents: list[str]
    inputs_at: str = Field(description="Address of every flow of the year, with its line.")


class ImportHistory(BaseModel):
    """A country's imports of a mineral, year by year. None of the figures is an official score."""

    mineral: str
    label: str
    country: str
    country_label: str
    since: int | None
    until: int | None
    years: list[ImportYear]

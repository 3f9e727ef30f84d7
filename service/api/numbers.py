"""Numbers in answers: exact inside, plain JSON numbers outside."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer

Number = Annotated[
    Decimal, PlainSerializer(lambda value: int(value) if value == int(value) else float(value), return_type=int | float, when_used="json")
]

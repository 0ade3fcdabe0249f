"""What every message of the wire contract is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

MAX_TICKS = 1000
MAX_ROWS = 1000

Positive = Annotated[FiniteFloat, Field(gt=0)]
NotNegative = Annotated[FiniteFloat, Field(ge=0)]
SymbolName = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9._#+&\-/ !]+$")]
Text = Annotated[str, Field(max_length=2000)]


class Message(BaseModel):
    """The common form of every message: frozen, and tolerant of fields it does not know."""

    model_config = ConfigDict(extra="ignore", frozen=True)

"""`POST /webhooks/tv/{secret}`: the door for TradingView. Whatever can be understood is answered 200 at once."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from forex_elite.api.callers import address_of
from forex_elite.domain.alerts import MAX_BYTES
from forex_elite.services import signals
from forex_elite.services.signal_record import Delivery

router = APIRouter(prefix="/webhooks/tv", tags=["webhook"])

LONGEST_SECRET = 200


class ReceiptOut(BaseModel):
    """What became of the alert so far: accepted, discarded, duplicate or rejected, with the reason."""

    status: str
    signal_id: str
    reason: str | None = None


@router.post(
    "/{webhook_secret}",
    response_model=ReceiptOut,
    max_body_size=MAX_BYTES,
    openapi_extra={
        "requestBody": {
            "description": "JSON or a PineConnector line, under any content type.",
            "content": {"application/json": {"schema": {}}, "text/plain": {"schema": {"type": "string"}}},
        }
    },
)
async def receive(request: Request, webhook_secret: Annotated[str, Path(max_length=LONGEST_SECRET)]) -> Response:
    """Take in an alert: 404 for an unknown address, 413 over 64 KiB, 429 when they come too fast."""
    return await take(request, webhook_secret)


async def take(request: Request, webhook_secret: str) -> Response:
    """Answer a delivery."""
    receipt = await signals.accept(
        Delivery(
            secret=webhook_secret,
            body=await request.body(),
            content_type=request.headers.get("content-type", ""),
            source_address=address_of(request),
        )
    )
    answer: dict[str, str] = {"status": receipt.status, "signal_id": str(receipt.signal_id)}
    if receipt.reason:
        answer["reason"] = receipt.reason
    return Response(orjson.dumps(answer), media_type="application/json")

"""Sources, payloads and folders for the tests of experts."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID, uuid4

GOOD = """#property copyright "tests"
#property version   "1.00"
input int    InpPeriod = 14;    // Period
input double InpLots   = 0.1;   // Lots
input string InpNote   = "";    // Note

int OnInit() { Print("period ", InpPeriod, " lots ", InpLots, " ", InpNote); return(INIT_SUCCEEDED); }
void OnDeinit(const int reason) { Print("bye ", reason); }
void OnTick() { double price = SymbolInfoDouble(_Symbol, SYMBOL_BID); if(price <= 0) Print("no price"); }
"""
BAD = GOOD.replace("OnTick() {", "OnTick() { nowhere = 1;")


def compile_payload(text: str = GOOD, name: str = "Trend.mq5", **more: Any) -> dict[str, Any]:
    return {"files": [{"path": name, "text": text}], "main": name, **more}


def deployment_payload(sha256: str, deployment_id: UUID | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "scope": "deployment",
        "deployment_id": str(deployment_id or uuid4()),
        "expert": "Trend",
        "sha256": sha256,
        "symbol": "EURUSD",
        "timeframe": "H1",
        "inputs": {"InpPeriod": 21, "InpLots": 0.25, "InpNote": "a=b || c"},
        "magic": 77,
        **changes,
    }


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

"""Programs and requests the tests of the studio share."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

from tests.world import Member, Vps

TREND = """\
#property copyright "Example"
#property version   "1.00"
#include <Trade/Trade.mqh>

input group "Signal"
input int    InpPeriod = 20;     // Period of the average
input double InpLots   = 0.10;   // Lots
input ulong  InpMagic  = 4711;   // Magic number

CTrade   trade;
datetime last_bar = 0;

int OnInit()
  {
   trade.SetExpertMagicNumber(InpMagic);
   return(INIT_SUCCEEDED);
  }

void OnTick()
  {
   datetime now = iTime(_Symbol, PERIOD_CURRENT, 0);
   if(now == last_bar || PositionsTotal() > 0)
      return;
   last_bar = now;
   double step = SymbolInfoDouble(_Symbol, SYMBOL_VOLUME_STEP);
   double stop = SymbolInfoDouble(_Symbol, SYMBOL_BID) - InpPeriod * _Point;
   if(!trade.Buy(MathFloor(InpLots / step) * step, _Symbol, 0.0, stop))
      Print(trade.ResultRetcodeDescription());
  }
"""


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return made.getvalue()


async def make_project(member: Member, name: str = "Trend", **files: str) -> dict[str, Any]:
    """A project as the API made it; `Trend__mq5="…"` becomes the file Trend.mq5."""
    texts = {path.replace("__", "."): text for path, text in files.items()} or {"Trend.mq5": TREND}
    body = {"name": name, "files": [{"path": path, "text": text} for path, text in texts.items()]}
    answer = await member.post("/api/ea/projects", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def draft_file(member: Member, project: dict[str, Any], path: str = "Trend.mq5") -> dict[str, Any]:
    answer = await member.get(f"/api/ea/projects/{project['id']}/draft/file", path=path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def write(member: Member, project: dict[str, Any], text: str, path: str = "Trend.mq5") -> dict[str, Any]:
    """Replace a file's text as it is now; answers the draft."""
    answer = await member.get(f"/api/ea/projects/{project['id']}/draft/file", path=path)
    base = answer.json()["sha256"] if answer.status_code == 200 else None
    change = {"op": "write", "path": path, "base_sha256": base, "text": text}
    answer = await member.patch(f"/api/ea/projects/{project['id']}/draft", {"changes": [change]})
    assert answer.status_code == 200, answer.text
    draft: dict[str, Any] = answer.json()
    return draft


async def save_version(member: Member, project: dict[str, Any], message: str = "") -> dict[str, Any]:
    answer = await member.post(f"/api/ea/projects/{project['id']}/versions", {"message": message})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def upload(vps: Vps, content: bytes) -> dict[str, Any]:
    """What an agent uploads, as its report names it afterwards."""
    sha256 = hashlib.sha256(content).hexdigest()
    answer = await vps.client.put(f"/api/agents/{vps.id}/artifacts/{sha256}", headers=vps.headers, content=content)
    assert answer.is_success, answer.text
    return {"sha256": sha256, "size": len(content), "name": ""}


async def compiled(member: Member, vps: Vps, version: dict[str, Any], program: bytes = b"EX5 program") -> None:
    """Have an agent compile a version, successfully."""
    answer = await member.post(f"/api/ea/versions/{version['id']}/compile")
    assert answer.status_code == 202, answer.text
    if answer.json()["version"]["state"] == "compiled":
        return
    job = await vps.claim()
    assert job is not None
    assert job["type"] == "compile"
    result = {"errors": 0, "warnings": 0, "ex5": await upload(vps, program)}
    assert (await vps.finish(job, result=result)).json() == {"status": "completed"}

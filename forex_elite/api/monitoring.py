"""`/api/health/accounts`, sync on demand, and `/api/alerts`: whether what is shown can be trusted."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from forex_elite import clock
from forex_elite.api.callers import Acting
from forex_elite.domain.health import AccountHealth, AlertInfo, SyncRunInfo
from forex_elite.services import account_health, alerts, sync

router = APIRouter(prefix="/api", tags=["health"])


class RunOut(BaseModel):
    """One run of the synchronisation; `kind` is what was reported: account, trades, or request (sync now)."""

    kind: str
    status: str
    started_at: AwareDatetime
    duration_ms: int
    stored: int
    refused: int
    error: str


class AccountHealthOut(BaseModel):
    """An account's health; `data_age` is fresh (under 5 min), acceptable (10), degraded (15) or critical."""

    account_id: UUID
    login: int
    server: str
    agent_id: UUID | None
    is_reachable: bool
    data_source: str
    data_age: str
    last_update_at: AwareDatetime | None
    age_s: int | None
    failures_in_a_row: int
    last_run: RunOut | None
    balance_difference: float | None
    balance_differs_since: AwareDatetime | None
    issues: list[str]


class AccountsHealthOut(BaseModel):
    """All accounts of the caller, and the oldest update among them."""

    accounts: list[AccountHealthOut]
    reachable: int
    oldest_update_at: AwareDatetime | None


class QueuedOut(BaseModel):
    """The sync job that is on its way."""

    job_id: UUID


class AlertOut(BaseModel):
    """An alert; `closed_at` is when its cause was gone."""

    id: UUID
    code: str
    severity: str
    message: str
    agent_id: UUID | None
    account_id: UUID | None
    times: int
    raised_at: AwareDatetime
    closed_at: AwareDatetime | None
    acknowledged_at: AwareDatetime | None


class AlertsOut(BaseModel):
    """The caller's newest alerts, those not acknowledged first."""

    items: list[AlertOut]
    next_cursor: None = None
    unread: int


class AcknowledgedOut(BaseModel):
    """How many alerts were acknowledged."""

    acknowledged: int


def _run(info: SyncRunInfo | None) -> RunOut | None:
    return None if info is None else RunOut.model_validate(info, from_attributes=True)


def _account(found: AccountHealth) -> AccountHealthOut:
    account = found.account
    age = None if account.synced_at is None else max(0, int((clock.now() - account.synced_at).total_seconds()))
    return AccountHealthOut(
        account_id=account.id,
        login=account.login,
        server=account.server,
        agent_id=account.agent_id,
        is_reachable=found.is_reachable,
        data_source=account.data_source.value,
        data_age=account.data_age.value,
        last_update_at=account.synced_at,
        age_s=age,
        failures_in_a_row=found.failures,
        last_run=_run(found.last_run),
        balance_difference=None if account.balance_difference is None else float(account.balance_difference),
        balance_differs_since=account.balance_differs_since,
        issues=list(found.issues),
    )


@router.get("/health/accounts")
async def accounts_health(actor: Acting) -> AccountsHealthOut:
    """Reachability, age of data, last run and issues of every account of the caller."""
    found = await account_health.load(actor)
    return AccountsHealthOut(
        accounts=[_account(one) for one in found.accounts],
        reachable=sum(one.is_reachable for one in found.accounts),
        oldest_update_at=found.oldest_at,
    )


@router.post("/accounts/{account_id}/sync", status_code=202)
async def sync_now(actor: Acting, account_id: UUID) -> QueuedOut:
    """Have the account's agent report everything now; 409 no-agent when none reports it."""
    return QueuedOut(job_id=await sync.request(actor, account_id))


@router.get("/alerts")
async def list_alerts(actor: Acting) -> AlertsOut:
    """What the caller should know: agents gone, accounts failing, feeds silent, and what other parts raised."""
    items = [_alert(one) for one in await alerts.list_alerts(actor)]
    return AlertsOut(items=items, unread=sum(item.acknowledged_at is None for item in items))


@router.post("/alerts/{alert_id}/acknowledge")
async def acknowledge(actor: Acting, alert_id: UUID) -> AcknowledgedOut:
    """Note that the caller has seen an alert."""
    return AcknowledgedOut(acknowledged=await alerts.acknowledge(actor, alert_id))


@router.post("/alerts/acknowledge")
async def acknowledge_all(actor: Acting) -> AcknowledgedOut:
    """Note that the caller has seen all alerts."""
    return AcknowledgedOut(acknowledged=await alerts.acknowledge(actor))


def _alert(info: AlertInfo) -> AlertOut:
    return AlertOut.model_validate(info, from_attributes=True)

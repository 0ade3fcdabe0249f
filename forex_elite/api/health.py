"""`/api/health` and `/api/metrics`."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, ProcessCollector, generate_latest
from pydantic import BaseModel

from forex_elite import clock
from forex_elite.services import health

router = APIRouter(prefix="/api", tags=["health"])


class Health(BaseModel):
    """The process is up."""

    status: str
    server_time: str


class Ready(BaseModel):
    """What the process depends on."""

    status: str
    database: bool
    bus: bool


_registry = CollectorRegistry()
_jobs = Gauge("forex_elite_jobs", "Jobs that have not ended, by status", ["status"], registry=_registry)
ProcessCollector(registry=_registry)


@router.get("/health")
async def alive() -> Health:
    """The process answers."""
    return Health(status="ok", server_time=clock.iso(clock.now()))


@router.get("/health/ready")
async def ready(response: Response) -> Ready:
    """Whether the database and the bus answer too; 503 when one does not."""
    found = await health.readiness()
    if not found.is_ready:
        response.status_code = 503
    return Ready(
        status="ok" if found.is_ready else "unavailable",
        database=found.is_database_ready,
        bus=found.is_bus_ready,
    )


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics() -> Response:
    """Figures for Prometheus."""
    depth = await health.queue_depth()
    for status in ("pending", "running", "unknown"):
        _jobs.labels(status).set(depth.get(status, 0))
    return Response(generate_latest(_registry), media_type=CONTENT_TYPE_LATEST)

"""`/api/ea/…`: Expert Advisors, from the first line to the account they trade on."""

from __future__ import annotations

from forex_elite.api.ea import backtests, deployments, drafts, generations, presets, projects, starting, versions

MODULES = (projects, drafts, versions, presets, starting, generations, backtests, deployments)
"""In the order their routes are looked at: `/deployments/{id}/backtests` before `/deployments/{id}/{command}`."""

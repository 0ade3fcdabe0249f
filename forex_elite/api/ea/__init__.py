"""`/api/ea/…`: Expert Advisors, from the first line to the account they trade on."""

from __future__ import annotations

from forex_elite.api.ea import deployments, drafts, generations, presets, projects, starting, versions

MODULES = (projects, drafts, versions, presets, starting, generations, deployments)

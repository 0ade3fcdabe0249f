"""All pages with their addresses, titles and loaders, and what the app needs around them.

The composition root turns `PAGES` into routes; a test walks the table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from forex_elite.ui.pages import errors
from forex_elite.ui.pages.accounts import page as accounts
from forex_elite.ui.pages.accounts.state import AccountsState
from forex_elite.ui.pages.admin.audit import page as admin_audit
from forex_elite.ui.pages.admin.audit.state import AuditState
from forex_elite.ui.pages.admin.features import page as admin_features
from forex_elite.ui.pages.admin.features.state import FeaturesState
from forex_elite.ui.pages.admin.health import page as admin_health
from forex_elite.ui.pages.admin.health.state import InstallationState
from forex_elite.ui.pages.admin.logs import page as admin_logs
from forex_elite.ui.pages.admin.logs.state import LogsState
from forex_elite.ui.pages.admin.queue import page as admin_queue
from forex_elite.ui.pages.admin.queue.agents_state import WatchedAgentsState
from forex_elite.ui.pages.admin.queue.state import QueueState
from forex_elite.ui.pages.admin.users import page as admin_users
from forex_elite.ui.pages.admin.users.state import UsersState
from forex_elite.ui.pages.agents import page as agents
from forex_elite.ui.pages.agents.state import AgentsState
from forex_elite.ui.pages.analytics import page as analytics
from forex_elite.ui.pages.analytics.state import AnalyticsState
from forex_elite.ui.pages.channels import page as channels
from forex_elite.ui.pages.channels.state import ChannelsState
from forex_elite.ui.pages.compliance import page as compliance
from forex_elite.ui.pages.compliance.state import ComplianceState
from forex_elite.ui.pages.deployments import page as deployments
from forex_elite.ui.pages.forgot import page as forgot
from forex_elite.ui.pages.health import page as health
from forex_elite.ui.pages.health.state import HealthState
from forex_elite.ui.pages.history import page as history
from forex_elite.ui.pages.history.state import HistoryState
from forex_elite.ui.pages.leaderboard import page as leaderboard
from forex_elite.ui.pages.leaderboard.state import LeaderboardState
from forex_elite.ui.pages.login import page as login
from forex_elite.ui.pages.notifications import page as notifications
from forex_elite.ui.pages.notifications.state import NotificationsState
from forex_elite.ui.pages.onboarding import page as onboarding
from forex_elite.ui.pages.onboarding.state import OnboardingState
from forex_elite.ui.pages.overview import page as overview
from forex_elite.ui.pages.overview.state import OverviewState
from forex_elite.ui.pages.partners import page as partners
from forex_elite.ui.pages.partners.state import PartnersState
from forex_elite.ui.pages.partners_admin import page as partners_admin
from forex_elite.ui.pages.partners_admin.state import PartnersAdminState
from forex_elite.ui.pages.pending import page as pending
from forex_elite.ui.pages.pending.state import PendingState
from forex_elite.ui.pages.positions import page as positions
from forex_elite.ui.pages.positions.bulk_state import BulkState
from forex_elite.ui.pages.positions.state import PositionsState
from forex_elite.ui.pages.privacy import page as privacy
from forex_elite.ui.pages.privacy.state import PrivacyState
from forex_elite.ui.pages.register import page as register
from forex_elite.ui.pages.reset import page as reset
from forex_elite.ui.pages.settings import page as settings
from forex_elite.ui.pages.settings.factor_state import FactorState
from forex_elite.ui.pages.settings.state import SettingsState
from forex_elite.ui.pages.settings.tokens_state import TokensState
from forex_elite.ui.pages.signals import page as signals
from forex_elite.ui.pages.signals.state import SignalsState
from forex_elite.ui.pages.strategies import page as strategies
from forex_elite.ui.pages.strategies.state import StrategiesState
from forex_elite.ui.pages.studio import page as studio
from forex_elite.ui.pages.trading import page as trading
from forex_elite.ui.pages.trading.state import TradingState
from forex_elite.ui.session import SessionState
from forex_elite.ui.shell.state import ShellState
from forex_elite.ui.trade.state import TradeState

STYLESHEETS = [
    f"/styles/{name}.css"
    for name in (
        *("fonts", "tokens", "base", "controls", "panels", "overlays", "shell", "pages"),
        *("health", "trading", "positions", "accounts", "studio", "deployments", "people", "leaderboard", "oversight"),
    )
]

_BEFORE_FIRST_PAINT = """(() => {
  const root = document.documentElement;
  try {
    if (localStorage.getItem("pnl") === "safe") root.dataset.pnl = "safe";
    if (localStorage.getItem("nav") === "collapsed") root.dataset.nav = "collapsed";
  } catch {}
})();"""


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A route: what it shows, its title, what it loads; `is_public` pages are for people who are not signed in."""

    route: str
    component: Callable[[], rx.Component]
    title: str
    on_load: Sequence[Any] = ()
    is_public: bool = False


_FRAME = (SessionState.load, ShellState.load)

PAGES: tuple[PageEntry, ...] = (
    PageEntry("/", overview.page, "Overview", [*_FRAME, OverviewState.load]),
    PageEntry("/trading", trading.page, "Live trading", [*_FRAME, TradingState.load]),
    PageEntry(
        "/positions", positions.page, "Positions", [*_FRAME, PositionsState.load, BulkState.load, TradeState.load]
    ),
    PageEntry("/positions/pending", pending.page, "Pending orders", [*_FRAME, PendingState.load]),
    PageEntry("/positions/history", history.page, "History", [*_FRAME, HistoryState.load, TradeState.load]),
    PageEntry("/positions/analytics", analytics.page, "Analytics", [*_FRAME, AnalyticsState.load]),
    PageEntry("/signals", signals.page, "Signals", [*_FRAME, SignalsState.load]),
    PageEntry("/signals/strategies", strategies.page, "Strategies", [*_FRAME, StrategiesState.load]),
    PageEntry("/accounts", accounts.page, "Accounts", [*_FRAME, AccountsState.load]),
    PageEntry("/studio", studio.page, "EA studio", [*_FRAME]),
    PageEntry("/deployments", deployments.page, "Deployments", [*_FRAME]),
    PageEntry("/agents", agents.page, "Agents", [*_FRAME, AgentsState.load]),
    PageEntry("/health", health.page, "Health", [*_FRAME, HealthState.load]),
    PageEntry("/notifications", notifications.page, "Notifications", [*_FRAME, NotificationsState.load]),
    PageEntry("/compliance", compliance.page, "Compliance", [*_FRAME, ComplianceState.load]),
    PageEntry("/leaderboard", leaderboard.page, "Leaderboard", [*_FRAME, LeaderboardState.load]),
    PageEntry("/partners", partners.page, "Partners", [*_FRAME, PartnersState.load]),
    PageEntry("/partners/manage", partners_admin.page, "Manage partners", [*_FRAME, PartnersAdminState.load]),
    PageEntry(
        "/settings",
        settings.page,
        "Settings",
        [*_FRAME, SettingsState.load, FactorState.load, TokensState.load],
    ),
    PageEntry("/settings/notifications", channels.page, "Notification channels", [*_FRAME, ChannelsState.load]),
    PageEntry("/settings/privacy", privacy.page, "Privacy", [*_FRAME, PrivacyState.load]),
    PageEntry("/admin/users", admin_users.page, "People", [*_FRAME, UsersState.load]),
    PageEntry(
        "/admin/queue", admin_queue.page, "Agents and queue", [*_FRAME, WatchedAgentsState.load, QueueState.load]
    ),
    PageEntry("/admin/health", admin_health.page, "Installation", [*_FRAME, InstallationState.load]),
    PageEntry("/admin/logs", admin_logs.page, "System logs", [*_FRAME, LogsState.load]),
    PageEntry("/admin/audit", admin_audit.page, "Audit log", [*_FRAME, AuditState.load]),
    PageEntry("/admin/features", admin_features.page, "Features", [*_FRAME, FeaturesState.load]),
    PageEntry("/404", errors.not_found, "Not found", is_public=True),
    PageEntry("/onboarding", onboarding.page, "Before the first order", [OnboardingState.load]),
    PageEntry("/login", login.page, "Log in", [SessionState.skip_if_signed_in], is_public=True),
    PageEntry("/forgot", forgot.page, "Forgotten password", [SessionState.skip_if_signed_in], is_public=True),
    PageEntry("/reset", reset.page, "Set a new password", is_public=True),
    PageEntry("/register", register.page, "Create an account", [SessionState.skip_if_signed_in], is_public=True),
)


def app_wraps() -> dict[tuple[int, str], Callable[[bool], rx.Component | None]]:
    """Around every page: what is shown when a page fails to render."""
    return {(55, "ErrorBoundary"): lambda _: errors.boundary()}


def add_pages(app: rx.App) -> None:
    """Turn the table into routes."""
    for entry in PAGES:
        app.add_page(
            entry.component, route=entry.route, title=f"{entry.title} · ForexElite", on_load=list(entry.on_load)
        )


def head() -> list[rx.Component]:
    """Into the head of every page: appearance before the first paint, the text font early, icon and colour."""
    font: rx.Var[str] = rx.Var(
        "interFont",
        _var_data=rx.vars.VarData(
            imports={
                "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url": [
                    rx.ImportVar(tag="interFont", is_default=True, install=False)
                ]
            }
        ),
    )
    return [
        rx.el.script(_BEFORE_FIRST_PAINT),
        rx.el.link(
            rel="preload", href=font, custom_attrs={"as": "font", "type": "font/woff2", "crossOrigin": "anonymous"}
        ),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.meta(name="theme-color", content="#0b0c0d"),
        rx.el.meta(name="robots", content="noindex"),
    ]

"""The live trading page."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import skeleton
from forex_elite.ui.live.live import live
from forex_elite.ui.pages.trading.desk import desk
from forex_elite.ui.pages.trading.state import TradingState
from forex_elite.ui.shell.frame import account_switch, frame


def _no_account() -> rx.Component:
    return panels.panel(
        panels.empty(
            "accounts",
            "No account to trade on yet",
            "Pair an agent on the machine where MetaTrader 5 runs, or with the simulated terminal; "
            "its accounts appear here with the first report.",
            link("Pair an agent", to="/agents?new=1", class_name="btn primary small"),
        ),
        class_name="desk-note",
    )


def page() -> rx.Component:
    """Chart, order ticket, positions and orders of the account chosen above."""
    return frame(
        rx.cond(
            TradingState.is_loaded,
            rx.cond(
                TradingState.account_id != "",
                desk(
                    account_id=TradingState.account_id,
                    is_one_click=TradingState.is_one_click,
                    risk_percent=TradingState.risk_percent,
                    on_one_click=TradingState.choose_one_click,
                ),
                _no_account(),
            ),
            panels.panel(skeleton(8), class_name="desk-note"),
        ),
        live(["accounts", "agents"], TradingState.changed),
        title="Live trading",
        current="/trading",
        fit=True,
        account=account_switch(selected=TradingState.account_id, on_select=TradingState.choose_account, has_all=False),
        class_name="trading",
    )

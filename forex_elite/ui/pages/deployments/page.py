"""The deployments page. Its browser program is fed by HTTP and `/ws/live`; nothing of it is in a state."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import curve, dialog, editor, icon, panels
from forex_elite.ui.components.marks import skeleton
from forex_elite.ui.live import live
from forex_elite.ui.session import SessionState
from forex_elite.ui.shell.frame import account_shown, frame
from forex_elite.ui.shell.state import ShellState

_PARTS = [
    rx.asset(name, shared=True)
    for name in (
        *("acts.jsx", "backtests.jsx", "compare.jsx", "deploy.jsx", "detail.jsx", "fields.jsx", "inputs.js"),
        *("list.jsx", "log.jsx", "marks.jsx", "words.js"),
    )
]
_NEEDS = (curve, dialog, editor, icon, live)  # importing them puts the scripts that these import into place


class _Deployments(rx.Component):
    library = rx.asset("deployments.jsx", shared=True).importable_path
    tag = "Deployments"

    account_id: rx.Var[str]
    zone: rx.Var[str]


def page() -> rx.Component:
    """Every expert on every account; `?id=` opens one, `?new=1` and `?version=` the dialog that deploys."""
    return frame(
        rx.cond(
            ShellState.is_loaded,
            _Deployments.create(account_id=ShellState.account_id, zone=SessionState.time_zone),
            panels.panel(skeleton(8)),
        ),
        title="Deployments",
        current="/deployments",
        fit=True,
        account=account_shown(),
        class_name="deployments",
    )

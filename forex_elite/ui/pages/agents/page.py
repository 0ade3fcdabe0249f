"""The agents page."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button, icon_button
from forex_elite.ui.components.choices import segments
from forex_elite.ui.components.copying import code_block, secret
from forex_elite.ui.components.dialog import body, confirm, dialog, foot
from forex_elite.ui.components.fields import select_field, text_field
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import plain_link
from forex_elite.ui.components.marks import badge
from forex_elite.ui.components.table import table
from forex_elite.ui.live.live import age, live
from forex_elite.ui.pages.agents.rows import KEY_MARK, AgentRow
from forex_elite.ui.pages.agents.state import AgentsState
from forex_elite.ui.shell.frame import frame

_TERMINALS = (
    ("install", "Install on Windows"),
    ("mt5", "Start by hand"),
    ("assigned", "From the accounts page"),
    ("simulator", "Simulated"),
)
_PROGRAM = "/api/agent/forex-elite-agent.pyz"
_KINDS = [("dedicated", "Dedicated: the accounts on my own machine"), ("pool", "Pool: accounts are assigned to it")]


def _actions(row: rx.Var[AgentRow]) -> rx.Component:
    return rx.el.div(
        icon_button("key", "Rotate key of " + row.name, on_click=AgentsState.ask_rotate(row.id)),
        icon_button("trash", "Delete " + row.name, on_click=AgentsState.ask_delete(row.id)),
        class_name="row end row-actions",
    )


def _row(row: rx.Var[AgentRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.b(row.name, class_name="md")),
        rx.el.td(badge(row.word, row.tone, row.icon)),
        rx.el.td(age(row.heard_at, never="never")),
        rx.el.td(row.accounts, class_name="t2"),
        rx.el.td(row.terminals, class_name="t2"),
        rx.el.td(row.cpu, class_name="num t2"),
        rx.el.td(row.memory, class_name="num t2"),
        rx.el.td(row.version, class_name="mono t2"),
        rx.el.td(row.kind, class_name="t3"),
        rx.el.td(row.key_prefix, "…", class_name="mono t3"),
        rx.el.td(row.created, class_name="t3"),
        rx.el.td(_actions(row)),
        key=row.id,
    )


def _phone_row(row: rx.Var[AgentRow]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(rx.el.b(row.name, class_name="md"), badge(row.word, row.tone, row.icon), class_name="row"),
            rx.el.div(age(row.heard_at, never="never"), class_name="xs"),
            rx.el.div(row.accounts, " · CPU ", row.cpu, " · memory ", row.memory, class_name="t3 xs"),
            class_name="grow",
        ),
        _actions(row),
        class_name="phone-row",
        key=row.id,
    )


_HEAD = (
    ("Agent", ""),
    ("State", ""),
    ("Last heard", ""),
    ("Accounts", ""),
    ("Terminals", ""),
    ("CPU", "num"),
    ("Memory", "num"),
    ("Version", ""),
    ("Kind", ""),
    ("Key", ""),
    ("Created", ""),
    ("Actions", "sr"),
)


def _list() -> rx.Component:
    return table("Agents", _HEAD, AgentsState.rows, _row, _phone_row, is_dense=False)


def _empty() -> rx.Component:
    return panels.empty(
        "agents",
        "No agent yet",
        "An agent runs beside your MetaTrader 5 terminals and only ever calls out. Create one to get its pairing key "
        "and the command to start it. It takes about a minute.",
        button("Create an agent", look="primary", icon_name="plus", on_click=AgentsState.open_create),
    )


def _content() -> rx.Component:
    return panels.panel(
        panels.panel_head(
            "Agents",
            panels.count(rx.cond(AgentsState.is_loaded, AgentsState.rows.length().to_string(), "")),
            actions=(
                button("New agent", look="primary", size="s", icon_name="plus", on_click=AgentsState.open_create),
            ),
        ),
        panels.listed(
            _list(),
            AgentsState.rows,
            AgentsState,
            failed_words="Agents could not be loaded",
            on_retry=AgentsState.load,
            empty=_empty(),
            waiting=3,
        ),
        rx.cond(
            AgentsState.rows.length() > 0,
            rx.el.div("An agent counts as offline 30 s after its last heartbeat.", class_name="panel-foot"),
        ),
    )


def _create_dialog() -> rx.Component:
    return dialog(
        rx.el.form(
            body(
                rx.el.p("Name it after the machine it runs on."),
                text_field(
                    "name",
                    "Name",
                    errors=AgentsState.errors,
                    placeholder="vps-london-1",
                    auto_focus=True,
                    max_length=80,
                ),
                select_field("kind", "Kind", _KINDS, value="dedicated", errors=AgentsState.errors),
            ),
            foot(
                button("Cancel", on_click=AgentsState.close_dialog),
                button("Create agent", look="primary", type="submit", is_busy=AgentsState.is_busy),
            ),
            on_submit=AgentsState.create,
        ),
        is_open=AgentsState.dialog == "create",
        title="New agent",
        icon_name="agents",
        on_close=AgentsState.close_dialog,
    )


def _start_field(name: str, label: str, example: str, **props: str) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"start-{name}"),
        rx.el.input(
            id=f"start-{name}",
            class_name="input",
            placeholder=example,
            auto_complete="off",
            on_change=lambda text: AgentsState.fill_start(name, text).debounce(250),
            **props,
        ),
        class_name="field",
    )


def _key_dialog() -> rx.Component:
    return dialog(
        body(
            panels.banner(
                "warn",
                "key",
                rx.el.b("This key is shown once. "),
                "Only a hash of it is stored; lost, it must be rotated.",
            ),
            rx.el.div(
                rx.el.div("Pairing key", class_name="label"),
                secret("pairing_key", "pairing key", shown=True),
                class_name="field",
            ),
            segments(
                _TERMINALS,
                AgentsState.start.kind,
                lambda kind: AgentsState.fill_start("kind", kind),
                label="Terminal",
                wide=True,
            ),
            rx.match(
                AgentsState.start.kind,
                (
                    "install",
                    rx.el.p(
                        "Log in to each MetaTrader 5 terminal once, Algo Trading on, then run this line as the same "
                        "user. It installs the Python packages and the agent, finds the terminals, pairs, and starts "
                        "the agent with every log-on. Python 3.11 or newer must be there. ",
                        plain_link("Download the agent", href=_PROGRAM),
                        class_name="sm",
                    ),
                ),
                (
                    "mt5",
                    rx.el.div(
                        _start_field("login", "Account number", "51204418", input_mode="numeric"),
                        _start_field("broker_server", "Broker's server", "ICMarketsSC-Live07"),
                        class_name="form-grid pair",
                    ),
                ),
                rx.el.p(
                    rx.cond(
                        AgentsState.start.kind == "assigned",
                        "It starts a terminal for every account given to it on the accounts page.",
                        "A paper broker on this or any machine: it trades at simulated prices, round the clock.",
                    ),
                    class_name="sm",
                ),
            ),
            rx.el.div(
                rx.el.div(
                    rx.cond(
                        AgentsState.start.kind == "simulator",
                        "In a terminal",
                        "In PowerShell, on the machine where MetaTrader 5 runs",
                    ),
                    class_name="label",
                ),
                code_block(
                    AgentsState.command, "Start command", copy="Copy command", handed="pairing_key", mark=KEY_MARK
                ),
                class_name="field",
            ),
            rx.cond(
                AgentsState.is_in_clear,
                panels.banner(
                    "warn",
                    "lock",
                    "This server is reached without TLS: the key would travel in clear. Put it behind https before you "
                    "trade real money.",
                ),
            ),
            rx.cond(
                AgentsState.is_subject_online,
                panels.banner("ok", "check-circle", rx.el.b("The agent is online.")),
                rx.el.p(
                    icon("spinner", "s", class_name="spin"),
                    "Waiting for its first heartbeat…",
                    class_name="row sm",
                    role="status",
                ),
            ),
        ),
        foot(button("I have copied the key", look="primary", on_click=AgentsState.close_dialog)),
        is_open=AgentsState.dialog == "key",
        title="Pair " + AgentsState.subject_name,
        kind="modal wide",
        icon_name="key",
        on_close=AgentsState.close_dialog,
    )


def _confirmations() -> rx.Component:
    return rx.fragment(
        confirm(
            rx.el.p(
                "The present key stops working at once. The agent stays offline until it is started with the new one; "
                "alerts that arrive in between expire."
            ),
            is_open=AgentsState.dialog == "rotate",
            title="Rotate the key of " + AgentsState.subject_name + "?",
            verb="Rotate key",
            keep="Keep the present key",
            on_confirm=AgentsState.rotate,
            on_close=AgentsState.close_dialog,
            is_busy=AgentsState.is_busy,
            icon_name="key",
        ),
        confirm(
            rx.el.p(
                "Its key dies at once and ",
                rx.el.b(AgentsState.subject_accounts),
                " can no longer trade through it. Open positions stay open at the broker. History is kept.",
            ),
            is_open=AgentsState.dialog == "delete",
            title="Delete " + AgentsState.subject_name + "?",
            verb="Delete agent",
            keep="Keep it",
            on_confirm=AgentsState.delete,
            on_close=AgentsState.close_dialog,
            is_busy=AgentsState.is_busy,
            icon_name="trash",
        ),
    )


def page() -> rx.Component:
    """The list of agents with pairing, rotation and deletion."""
    return frame(
        _content(),
        _create_dialog(),
        _key_dialog(),
        _confirmations(),
        live(["agents"], AgentsState.changed, every_s=5),
        title="Agents",
        current="/agents",
    )

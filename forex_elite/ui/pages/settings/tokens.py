"""The API tokens' section of the settings page, and its dialogs."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button, icon_button
from forex_elite.ui.components.copying import secret
from forex_elite.ui.components.dialog import body, confirm, dialog, foot
from forex_elite.ui.components.fields import check_field, select_field, text_field
from forex_elite.ui.components.icon import icon
from forex_elite.ui.live.live import age
from forex_elite.ui.pages.settings.rows import SCOPE_FIELD, SCOPE_GROUPS, TokenRow
from forex_elite.ui.pages.settings.tokens_state import LIFETIMES, TokensState


def _row(row: rx.Var[TokenRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(icon("key"), class_name="t3"),
        rx.el.div(
            rx.el.div(
                rx.el.b(row.name, class_name="md"),
                rx.el.span(row.prefix, "…", class_name="mono t3 xs"),
                class_name="row wrap",
            ),
            rx.el.div(
                rx.el.span(row.scopes, title=row.scope_list),
                " · since ",
                row.since,
                " · until ",
                row.until,
                class_name="t3 xs",
            ),
            class_name="grow",
        ),
        age(row.used_at, plain=True, never="never used"),
        icon_button("trash", "Revoke " + row.name, on_click=TokensState.ask_revoke(row.id)),
        key=row.id,
    )


def _scopes() -> rx.Component:
    return rx.fragment(
        *(
            rx.el.fieldset(
                rx.el.legend(group, class_name="label"),
                *(
                    check_field(
                        f"{SCOPE_FIELD}{scope}",
                        rx.fragment(words, " ", rx.el.span(scope.value, class_name="mono t3 xs")),
                    )
                    for scope, words in scopes
                ),
                class_name="scopes",
            )
            for group, scopes in SCOPE_GROUPS
        )
    )


def _create() -> rx.Component:
    return dialog(
        rx.el.form(
            body(
                rx.el.p("A program that has it acts for you, as far as its scopes go, on your own things only."),
                text_field(
                    "name",
                    "Name",
                    errors=TokensState.errors,
                    placeholder="backtest server",
                    max_length=80,
                    required=True,
                    auto_focus=True,
                ),
                select_field("days", "Good for", LIFETIMES, value="90", errors=TokensState.errors),
                rx.cond(
                    TokensState.errors.contains("scopes"),
                    panels.banner("crit", "alert", TokensState.errors["scopes"], role="alert"),
                ),
                rx.cond(
                    TokensState.errors.contains(""),
                    panels.banner("crit", "alert", TokensState.errors[""], role="alert"),
                ),
                _scopes(),
            ),
            foot(
                button("Cancel", on_click=TokensState.close),
                button("Create token", look="primary", type="submit", is_busy=TokensState.is_busy),
            ),
            on_submit=TokensState.create,
        ),
        is_open=TokensState.dialog == "create",
        title="New API token",
        kind="modal wide",
        icon_name="key",
        on_close=TokensState.close,
    )


def _shown() -> rx.Component:
    return dialog(
        body(
            panels.banner(
                "warn",
                "key",
                rx.el.b("This token is shown once. "),
                "Only a hash of it is stored; lost, make another.",
            ),
            rx.el.div(
                rx.el.div("Token", class_name="label"), secret("api_token", "API token", shown=True), class_name="field"
            ),
            rx.el.p("Send it as ", rx.el.code("Authorization: Bearer …", class_name="mono"), ".", class_name="sm"),
        ),
        foot(button("I have copied the token", look="primary", on_click=TokensState.close)),
        is_open=TokensState.dialog == "shown",
        title=TokensState.subject_name,
        icon_name="key",
        on_close=TokensState.close,
    )


def section() -> rx.Component:
    """The live tokens, and a button for a new one."""
    return panels.panel(
        panels.panel_head(
            "API tokens",
            panels.count(TokensState.rows.length()),
            actions=(button("New token", size="s", icon_name="plus", on_click=TokensState.open_create),),
        ),
        rx.cond(
            TokensState.rows.length() > 0,
            rx.el.ul(rx.foreach(TokensState.rows, _row), class_name="lines"),
            rx.el.div(
                "For scripts and other programs: each token does only what its scopes name, and can be revoked alone.",
                class_name="panel-body sm t2",
            ),
        ),
        _create(),
        _shown(),
        confirm(
            rx.el.p("Programs that use it are refused at once."),
            is_open=TokensState.dialog == "revoke",
            title="Revoke " + TokensState.subject_name + "?",
            verb="Revoke token",
            keep="Keep it",
            on_confirm=TokensState.revoke,
            on_close=TokensState.close,
            icon_name="trash",
        ),
        id="tokens",
    )

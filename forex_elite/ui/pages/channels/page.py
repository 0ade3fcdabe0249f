"""The notification settings: channels, what is told where, quiet hours."""

from __future__ import annotations

import reflex as rx

from forex_elite.domain.notifications import EVENTS, EventKind
from forex_elite.ui.components import panels
from forex_elite.ui.components.buttons import button, icon_button
from forex_elite.ui.components.copying import code_block
from forex_elite.ui.components.dialog import body, confirm, dialog, foot
from forex_elite.ui.components.fields import check_field, switch, text_field, zone_field
from forex_elite.ui.components.icon import icon
from forex_elite.ui.components.links import link
from forex_elite.ui.components.marks import skeleton
from forex_elite.ui.live.live import live
from forex_elite.ui.pages.channels.rows import ChannelRow
from forex_elite.ui.pages.channels.state import ChannelsState
from forex_elite.ui.pages.settings.tabs import tabs
from forex_elite.ui.shell.frame import frame


def _channel(row: rx.Var[ChannelRow]) -> rx.Component:
    return rx.el.li(
        switch("Tell by " + row.name, row.is_enabled, lambda on: ChannelsState.enable(row.id, on)),
        rx.el.div(
            rx.el.div(
                rx.el.b(row.name, class_name="md"), rx.el.span(row.hint, class_name="t3 sm"), class_name="row wrap"
            ),
            rx.el.div(row.sent, class_name="t3 xs"),
            rx.cond(
                row.error != "",
                rx.el.div(icon("alert", "xs"), " ", row.error, class_name="crit-text xs", role="status"),
            ),
            rx.cond(
                ChannelsState.results.contains(row.id) & (row.error == ""),
                rx.el.div(icon("info", "xs"), " ", ChannelsState.results[row.id], class_name="t2 xs", role="status"),
            ),
            class_name="grow",
        ),
        button(
            "Test",
            size="s",
            icon_name="send",
            on_click=ChannelsState.test(row.id),
            is_busy=ChannelsState.busy == row.id,
        ),
        icon_button("trash", "Remove " + row.name, on_click=ChannelsState.ask_remove(row.id, row.name)),
        key=row.id,
    )


def _add() -> rx.Component:
    has = ChannelsState.kinds.contains
    return rx.el.div(
        rx.cond(
            has("email"),
            rx.fragment(),
            button("Add e-mail", size="s", icon_name="plus", on_click=ChannelsState.add_email),
        ),
        rx.cond(
            has("telegram") | ~ChannelsState.has_bot,
            rx.fragment(),
            button("Link Telegram", size="s", icon_name="plus", on_click=ChannelsState.begin_telegram),
        ),
        rx.cond(
            has("discord"),
            rx.fragment(),
            button("Add Discord", size="s", icon_name="plus", on_click=ChannelsState.ask_discord),
        ),
        class_name="row wrap",
    )


def _notes() -> rx.Component:
    return rx.fragment(
        rx.cond(
            ~ChannelsState.has_mail_server,
            panels.banner(
                "info", "info", "This server has no mail server (SMTP_HOST): e-mail is printed on its console."
            ),
        ),
        rx.cond(
            ~ChannelsState.has_bot,
            panels.banner(
                "info", "info", "This server has no Telegram bot. Its operator makes one and sets TELEGRAM_BOT_TOKEN."
            ),
        ),
        rx.cond(
            ChannelsState.is_linking,
            rx.el.div(
                rx.el.p(
                    "Write this to the bot in a private chat within 15 minutes. Afterwards /kill stops new entries "
                    "from there, after a code."
                ),
                code_block("/link CODE", "Message to the bot", handed="link_code", mark="CODE"),
                class_name="panel-body stack",
            ),
        ),
    )


def _channels() -> rx.Component:
    return panels.panel(
        panels.panel_head("Channels", panels.count("beside the notification centre"), actions=(_add(),)),
        rx.cond(
            ChannelsState.error_code != "",
            panels.failed("Channels could not be loaded", ChannelsState.error_code, ChannelsState.load),
        ),
        _notes(),
        rx.cond(
            ChannelsState.rows.length() > 0,
            rx.el.ul(rx.foreach(ChannelsState.rows, _channel), class_name="lines"),
            panels.empty(
                "send",
                "No channel yet",
                "Everything is in the notification centre. Add a channel to hear of it when no page is open.",
                link("Notification centre", to="/notifications", class_name="btn small"),
            ),
        ),
    )


def _event(event: EventKind) -> rx.Component:
    def choice(row: rx.Var[ChannelRow]) -> rx.Component:
        return rx.el.td(
            rx.el.input(
                type="checkbox",
                checked=row.events.contains(event.code),
                on_change=lambda on: ChannelsState.choose(row.id, event.code, on),
                aria_label=rx.Var.create(f"{event.title}: ") + row.name,
            ),
            class_name="choice",
            key=row.id,
        )

    return rx.el.tr(rx.el.th(event.title, scope="row"), rx.foreach(ChannelsState.rows, choice))


def _events() -> rx.Component:
    return rx.cond(
        ChannelsState.rows.length() > 0,
        panels.panel(
            panels.panel_head("What is told where"),
            rx.el.div(
                rx.el.table(
                    rx.el.thead(
                        rx.el.tr(
                            rx.el.th("Event", scope="col"),
                            rx.foreach(
                                ChannelsState.rows,
                                lambda row: rx.el.th(row.name, scope="col", class_name="choice", key=row.id),
                            ),
                        )
                    ),
                    rx.el.tbody(*map(_event, EVENTS)),
                    class_name="compact event-choices",
                ),
                class_name="table-wrap",
                role="region",
                aria_label="Events by channel",
                tab_index=0,
            ),
        ),
    )


def _quiet() -> rx.Component:
    errors = ChannelsState.errors
    return panels.panel(
        panels.panel_head("Quiet hours", panels.count("messages wait until they end")),
        rx.el.form(
            rx.el.div(
                text_field(
                    "quiet_from",
                    "From",
                    type="time",
                    value=ChannelsState.quiet.start,
                    errors=errors,
                    note=" empty: none",
                ),
                text_field("quiet_until", "Until", type="time", value=ChannelsState.quiet.end, errors=errors),
                class_name="form-grid narrow",
            ),
            zone_field("time_zone", "Time zone", value=ChannelsState.quiet.time_zone, errors=errors),
            check_field(
                "critical_always",
                "Critical ones come through (agents gone, the kill switch)",
                default_checked=ChannelsState.quiet.critical_always,
            ),
            rx.el.div(
                button("Save quiet hours", look="primary", type="submit", is_busy=ChannelsState.busy == "quiet"),
                class_name="row form-end",
            ),
            on_submit=ChannelsState.save_quiet,
            class_name="panel-body stack",
        ),
    )


def _dialogs() -> rx.Component:
    return rx.fragment(
        confirm(
            rx.el.p("Its address is forgotten, and messages that wait for it are not sent."),
            is_open=ChannelsState.removing != "",
            title=rx.Var.create("Remove ") + ChannelsState.removing_name + "?",
            verb="Remove it",
            keep="Keep it",
            on_confirm=ChannelsState.remove,
            on_close=ChannelsState.close_dialog,
            icon_name="trash",
        ),
        dialog(
            rx.el.form(
                body(
                    rx.el.p(
                        "In Discord: Server Settings, Integrations, Webhooks, New Webhook, Copy Webhook URL. It is "
                        "kept encrypted and never shown again.",
                        class_name="t2",
                    ),
                    text_field(
                        "webhook",
                        "Webhook address",
                        errors=ChannelsState.errors,
                        placeholder="https://discord.com/api/webhooks/…",
                        auto_complete="off",
                        required=True,
                    ),
                ),
                foot(
                    button("Cancel", on_click=ChannelsState.close_dialog),
                    button("Add Discord", look="primary", type="submit"),
                ),
                on_submit=ChannelsState.add_discord,
            ),
            is_open=ChannelsState.is_adding_discord,
            title="Add Discord",
            on_close=ChannelsState.close_dialog,
            icon_name="send",
        ),
    )


def page() -> rx.Component:
    """Channels, what is told where, quiet hours."""
    return frame(
        tabs("/settings/notifications"),
        rx.cond(
            ChannelsState.is_loaded,
            rx.el.div(
                rx.el.div(_channels(), _events(), class_name="col gutter"),
                rx.el.div(_quiet(), class_name="col gutter"),
                class_name="settings",
            ),
            panels.panel(skeleton(10)),
        ),
        _dialogs(),
        live(["alerts"], ChannelsState.changed),
        title="Notification channels",
        current="/settings",
    )

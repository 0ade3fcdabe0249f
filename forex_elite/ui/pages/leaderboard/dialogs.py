"""Taking part, and the prizes staff promises."""

from __future__ import annotations

import reflex as rx

from forex_elite.ui.components.buttons import button, icon_button
from forex_elite.ui.components.dialog import body, dialog, foot
from forex_elite.ui.components.fields import number_field, select_field, text_field
from forex_elite.ui.components.links import link
from forex_elite.ui.pages.leaderboard.rows import PrizeRow
from forex_elite.ui.pages.leaderboard.state import LeaderboardState

_State = LeaderboardState


def _entering() -> rx.Component:
    form = rx.el.form(
        body(
            text_field(
                "pseudonym",
                "Name on the board",
                value=_State.pseudonym,
                errors=_State.errors,
                hint="3 to 24 characters. Nobody is shown your own name or account number.",
                max_length=24,
                auto_complete="off",
                required=True,
            ),
            select_field(
                "account_id",
                "Account",
                rx.foreach(_State.choices, lambda one: rx.el.option(one[1], value=one[0], key=one[0])),
                value=_State.account_id,
                errors=_State.errors,
                hint="One account a person. A newly chosen one counts from the next day (UTC) on; its past does not.",
            ),
        ),
        foot(
            button("Not now", on_click=_State.close_dialog),
            button("Take part", look="primary", type="submit", is_busy=_State.is_busy),
        ),
        on_submit=_State.enter,
    )
    none = rx.fragment(
        body(rx.el.p("You have no account yet. Accounts appear as soon as an agent reports them.")),
        foot(link("Pair an agent", to="/agents?new=1", class_name="btn primary")),
    )
    return dialog(
        rx.cond(_State.choices.length() > 0, form, none),
        is_open=_State.dialog == "enter",
        title="Take part in the leaderboard",
        on_close=_State.close_dialog,
        icon_name="trophy",
    )


def _prize(row: rx.Var[PrizeRow]) -> rx.Component:
    return rx.el.li(
        rx.el.span(row.rank, class_name="place small"),
        rx.el.span(row.board, class_name="grow sm"),
        rx.el.b(row.amount, class_name="md nowrap"),
        icon_button("trash", "Take back: place " + row.rank + ", " + row.board, on_click=_State.drop_prize(row.id)),
        key=row.id,
    )


def _prizes() -> rx.Component:
    return dialog(
        body(
            rx.cond(
                _State.prizes.length() > 0,
                rx.el.ul(rx.foreach(_State.prizes, _prize), class_name="lines boxed"),
                rx.el.p("No prize is promised yet.", class_name="t2"),
            ),
            rx.el.form(
                rx.el.p(
                    "A prize on the board on screen (",
                    _State.words,
                    "), given every time its period closes. Boards by profit pay in the accounts' currency.",
                    class_name="sm t2",
                ),
                rx.el.div(
                    number_field("rank", "Place", value="1", errors=_State.errors),
                    number_field("amount", "Amount", errors=_State.errors),
                    text_field("currency", "Currency", value="USD", errors=_State.errors, max_length=8),
                    class_name="form-grid narrow",
                ),
                rx.el.div(button("Promise prize", look="primary", type="submit"), class_name="row form-end"),
                on_submit=_State.add_prize,
                reset_on_submit=True,
                class_name="stack",
            ),
        ),
        foot(button("Done", on_click=_State.close_dialog)),
        is_open=_State.dialog == "prizes",
        title="Prizes",
        on_close=_State.close_dialog,
        kind="modal wide",
        icon_name="trophy",
    )


def dialogs() -> rx.Component:
    """The dialogs of the page."""
    return rx.fragment(_entering(), _prizes())

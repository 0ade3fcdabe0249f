"""The accounts page, commands and the kill switch as states: what is shown, what is refused, what never gets there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from forex_elite.domain.account_setup import AccountGroup, AccountSetup, TerminalKind
from forex_elite.domain.automation import (
    AccountAnswer,
    AlgoSettings,
    Answer,
    Automation,
    CommandRun,
    EaCommand,
    KillState,
    SafetyMode,
)
from forex_elite.domain.limits import Limit, LimitAction, Limits, TradingHours, Weekend, WeekendAction
from forex_elite.errors import InvalidInput
from forex_elite.services import account_setup, agents, ea_commands, kill_switch
from forex_elite.ui.automation.rows import SettingsForm, failed_words, read_settings
from forex_elite.ui.automation.state import AutomationState
from forex_elite.ui.kill_switch.state import KillSwitchState, kill_row
from forex_elite.ui.pages.accounts.forms import day_rows, limit_rows, merged, read_hours, read_symbols, setup_form
from forex_elite.ui.pages.accounts.rows import account_row
from forex_elite.ui.pages.accounts.state import AccountsState
from tests.ui.conftest import DELTA_LIMIT, NOW, run, size_of_delta, told
from tests.ui.test_overview_rows import account

GROUP = AccountGroup(uuid4(), "Conservative", 2)


def setup(**values) -> AccountSetup:
    given = {
        "info": account(),
        "kind": TerminalKind.MT5,
        "label": "Prime",
        "terminal_path": "C:\\MT5\\terminal64.exe",
        "is_assigned": True,
        "has_password": True,
        "group_id": GROUP.id,
        "group_name": GROUP.name,
        "automation": Automation.RUNNING,
        "algo": AlgoSettings(),
        "limits": Limits(figures={"daily_loss": Limit(500, LimitAction.CLOSE_ALL)}),
        "has_own_limits": True,
        "symbol_map": {"GOLD": "XAUUSD.r"},
        "holds": (),
        "revision": 3,
        "applied": 3,
        "killed_at": None,
        "kill_confirmed_at": None,
        "is_agent_online": True,
        **values,
    }
    return AccountSetup(**given)


@pytest.fixture
def stored(monkeypatch) -> list[AccountSetup]:
    """The actor's accounts; a change of one is kept here."""
    known = [setup() for _ in range(50)]

    async def listed(_actor):
        return tuple(known)

    async def get(_actor, account_id):
        return next(one for one in known if one.info.id == account_id)

    async def set_limits(_actor, account_id, limits):
        at = next(n for n, one in enumerate(known) if one.info.id == account_id)
        known[at] = replace(known[at], limits=limits)
        return known[at]

    async def change(_actor, account_id, changes):
        at = next(n for n, one in enumerate(known) if one.info.id == account_id)
        if changes.group_id is not account_setup.UNSET:
            known[at] = replace(known[at], group_id=changes.group_id, group_name="")
        if changes.symbol_map is not account_setup.UNSET:
            known[at] = replace(known[at], symbol_map=changes.symbol_map)
        return known[at]

    async def groups(_actor):
        return (GROUP,)

    async def none(_actor):
        return ()

    monkeypatch.setattr(account_setup, "list_setups", listed)
    monkeypatch.setattr(account_setup, "get", get)
    monkeypatch.setattr(account_setup, "set_limits", set_limits)
    monkeypatch.setattr(account_setup, "change", change)
    monkeypatch.setattr(account_setup, "list_groups", groups)
    monkeypatch.setattr(agents, "list_agents", none)
    return known


async def test_fifty_accounts_fit_into_one_delta(signed_in, preferences, stored) -> None:
    state = AccountsState()

    await run(state, "load")

    assert len(state.rows) == 50
    assert size_of_delta(state) < DELTA_LIMIT


async def test_the_group_of_an_account_is_changed_from_its_form(signed_in, preferences, stored) -> None:
    state = AccountsState()
    await run(state, "open_setup", str(stored[0].info.id), "place")

    events = await run(state, "save_place", {"name": "Prime", "group_id": "", "agent_id": "", "terminal_path": None})

    assert stored[0].group_id is None
    assert "saved" in told(events)
    assert not state.is_busy


async def test_a_limit_out_of_range_is_said_at_its_field_and_the_hours_stay(
    signed_in, preferences, stored, monkeypatch
) -> None:
    state = AccountsState()
    await run(state, "open_setup", str(stored[0].info.id), "limits")
    await run(state, "save_limits", {"daily_loss": "five", "daily_loss-action": "close_all"})
    assert state.errors == {"daily_loss": "Use a number with a decimal point, such as 0.50."}

    await run(state, "save_limits", {"max_lots": "1,5", "max_lots-action": "close_only"})
    assert set(state.errors) == {"max_lots"}  # a comma for a point would have made it 15

    await run(state, "save_limits", {"max_lots": "15", "max_lots-action": "close_only"})
    assert stored[0].limits.figures == {"max_lots": Limit(15, LimitAction.CLOSE_ONLY)}
    await run(state, "set_has_hours", True)
    await run(state, "save_hours", {"day-0": "07:00-12:00, 13:00-20:00", "weekend": "none"})
    assert stored[0].limits.week == {0: (_window(7, 12), _window(13, 20))}
    assert stored[0].limits.figures == {"max_lots": Limit(15, LimitAction.CLOSE_ONLY)}


def _window(since: int, until: int) -> TradingHours:
    day = NOW.replace(minute=0, second=0, microsecond=0, tzinfo=None)
    return TradingHours(day.replace(hour=since).time(), day.replace(hour=until).time())


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"has_hours": True}, "day-0"),
        ({"has_hours": True, "day-2": "nine to five"}, "day-2"),
        ({"has_hours": True, "day-2": "25:00-26:00"}, "day-2"),
        ({"weekend": "stop", "since_day": "4", "since": "8pm", "until_day": "6", "until": "22:00"}, "since"),
        ({"weekend": "party"}, "weekend"),
    ],
)
def test_hours_that_cannot_be_read_are_refused_at_their_field(form: dict, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_hours(form)
    assert refused.value.details["field"] == field


@pytest.mark.parametrize("text", ["GOLD", "GOLD =", "= X", "A = B\nA = C"])
def test_symbol_names_that_mean_nothing_are_refused_with_their_line(text: str) -> None:
    with pytest.raises(InvalidInput, match="Line"):
        read_symbols(text)


def test_forms_show_what_is_stored_and_read_it_back() -> None:
    weekend = Weekend(WeekendAction.FLATTEN)
    one = setup(limits=Limits(figures={"daily_loss": Limit(500)}, week={4: (_window(7, 20),)}, weekend=weekend))
    form = setup_form(one, "Prime")
    assert (form.weekend, form.since, form.symbols) == ("flatten", "20:00", "GOLD = XAUUSD.r")
    hours = {row.name: row.text for row in day_rows(one.limits.week)}
    again = merged(one.limits, {**hours, "has_hours": True, **_weekend(form)}, tab="hours")
    assert again == one.limits
    figures = {row.name: row.value for row in limit_rows(one)}
    assert merged(one.limits, figures, tab="limits") == one.limits
    assert read_symbols(form.symbols) == {"GOLD": "XAUUSD.r"}


def test_a_form_names_the_agent_that_does_not_answer_before_its_account_is_moved_away() -> None:
    one = setup(is_agent_online=False)
    away = replace(one, info=replace(one.info, agent_id=uuid4(), agent_name="vps-1"))
    there = replace(away, is_agent_online=True)
    nowhere = replace(away, info=replace(away.info, agent_id=None))
    assert [setup_form(each, "Prime").agent_away for each in (away, there, nowhere)] == ["vps-1", "", ""]


def _weekend(form) -> dict[str, str]:
    return {name: getattr(form, name) for name in ("weekend", "since_day", "since", "until_day", "until")}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ("In force", "1 limit, agent and server")),
        ({"revision": 4}, ("On its way", "the agent has yet to confirm the newest settings")),
        ({"holds": ("Daily loss reached", "x")}, ("Held", "Daily loss reached and 1 more")),
        ({"info": account(agent_id=None)}, ("Server only", "no agent to enforce its limits")),
        ({"killed_at": NOW}, ("Kill switch", "since 14:32:06, agent has not confirmed yet")),
        ({"killed_at": NOW, "kill_confirmed_at": NOW}, ("Kill switch", "since 14:32:06, agent confirmed 14:32:06")),
    ],
)
def test_a_row_says_what_holds_the_account_and_who_enforces_it(change: dict, words: tuple[str, str]) -> None:
    row = account_row(setup(**change), "UTC")
    assert (row.guard, row.guard_more) == words


def test_a_row_never_carries_a_password() -> None:
    assert "password" not in " ".join(account_row(setup(), "UTC").__slots__)
    assert "password" not in str([name for name in AccountsState.base_vars if name != "form"])


def answered(*answers: Answer) -> CommandRun:
    made = tuple(AccountAnswer(uuid4(), 7000 + n, "IC", one, "words", uuid4()) for n, one in enumerate(answers))
    return CommandRun(EaCommand.START, None, NOW, made)


async def test_a_command_shows_each_answer_and_tries_again_only_what_failed(
    signed_in, preferences, monkeypatch
) -> None:
    first = answered(Answer.SUCCESS, Answer.WAITING, Answer.OFFLINE)
    later = replace(
        first, answers=(first.answers[0], replace(first.answers[1], answer=Answer.TIMEOUT), first.answers[2])
    )
    asked = []

    async def begin(_actor, command, **target):
        asked.append((command, target))
        return first

    async def look(_actor, _run):
        return later

    monkeypatch.setattr(ea_commands, "begin", begin)
    monkeypatch.setattr(ea_commands, "look", look)
    state = AutomationState()
    await run(state, "fill", "safety_mode", "orange")
    await run(state, "fill", "max_lots", "0.5")
    await run(state, "command_all", "start_ea")
    assert (state.is_open, state.is_final, state.summary) == (True, False, "1 of 3 accounts answered so far")
    assert asked[0][1]["settings"] == AlgoSettings(0.5, None, SafetyMode.ORANGE)

    await run(state, "changed", ["jobs"], False)
    assert (state.is_final, state.retry) == (True, "Try the 2 failed again")
    assert [row.word for row in state.answers] == ["Done", "Timed out", "Offline"]
    await run(state, "try_again")
    assert asked[1][1]["account_ids"] == [one.account_id for one in first.answers[1:]]


async def test_settings_that_are_no_figures_ask_nobody(signed_in, preferences, monkeypatch) -> None:
    state = AutomationState()
    await run(state, "fill", "safety_mode", "green")
    await run(state, "fill", "max_loss", "a lot")
    await run(state, "command_all", "stop_ea")
    assert (state.errors, state.is_open) == ({"max_loss": "Use a number with a decimal point, such as 0.50."}, False)
    assert "no such" in told(await run(state, "command_account", "explode", str(uuid4()))).lower()
    assert "no such" in told(await run(state, "command_account", "stop_ea", "nonsense")).lower()
    assert read_settings(SettingsForm()) is None
    assert failed_words(answered(Answer.SUCCESS)) == ""


def killed(**values) -> KillState:
    given = {"account_id": uuid4(), "login": 7001, "server": "S", "name": "Prime", "killed_at": None}
    given |= {"confirmed_at": None, "has_agent": True, "is_agent_online": True, **values}
    return KillState(**given)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, ("Entries allowed", "", "")),
        ({"killed_at": NOW}, ("Stopped", "14:32:06", "waiting for the agent")),
        ({"killed_at": NOW, "confirmed_at": NOW + timedelta(seconds=1)}, ("Stopped", "14:32:06", "14:32:07")),
        (
            {"killed_at": NOW, "is_agent_online": False},
            ("Stopped", "14:32:06", "agent offline; it is told when it returns"),
        ),
        (
            {"killed_at": NOW, "has_agent": False, "is_agent_online": False},
            ("Stopped", "14:32:06", "no agent is assigned"),
        ),
    ],
)
def test_the_switch_says_when_it_took_hold_at_the_server_and_at_the_agent(
    change: dict, words: tuple[str, str, str]
) -> None:
    row = kill_row(killed(**change), "UTC")
    assert (row.word, row.at_server, row.at_agent) == words


async def test_the_switch_means_whom_was_chosen_and_nobody_else(signed_in, preferences, stored, monkeypatch) -> None:
    known = [killed(account_id=one.info.id) for one in stored[:3]]
    thrown = []

    async def states(_actor):
        return tuple(known)

    async def throw(_actor, *, account_ids, group_id, flatten):
        thrown.append((account_ids, group_id, flatten))
        return (replace(known[0], killed_at=NOW, cancelled=2),)

    monkeypatch.setattr(kill_switch, "states", states)

    async def lift(_actor, *, account_ids, group_id):
        lifted.append(account_ids)
        return tuple(known)

    lifted: list[object] = []
    monkeypatch.setattr(kill_switch, "throw", throw)
    monkeypatch.setattr(kill_switch, "lift", lift)
    state = KillSwitchState()
    await run(state, "open", f"account:{known[1].account_id}")
    assert (state.is_open, len(state.rows), state.off_count) == (True, 1, 1)
    await run(state, "set_flatten", True)
    events = await run(state, "throw")
    assert thrown == [([known[1].account_id], None, True)]
    assert "2 waiting entries cancelled" in told(events)
    assert not state.is_flatten, "closing everything is asked for each time"

    state.off_count = 0
    assert told(await run(state, "throw")) == "", "the second click of a double one throws nothing"
    assert len(thrown) == 1

    await run(state, "choose", "account:not-mine")
    assert state.scope == "all"
    for _ in range(2):  # a double click asks, and no more
        await run(state, "ask_lift")
    assert (state.is_lift_asked, lifted) == (True, []), "it is asked first"
    await run(state, "keep")
    await run(state, "lift")
    assert lifted == [], "it was not asked"
    await run(state, "ask_lift")
    await run(state, "lift")
    assert (state.is_lift_asked, lifted) == (False, [None])
    assert "no such" in told(await run(state, "open", "account:nonsense")).lower()

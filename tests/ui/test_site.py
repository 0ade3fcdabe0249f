from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import reflex as rx
from reflex.vars.sequence import LiteralStringVar
from reflex_base.components.component import BaseComponent

from forex_elite.ui import site
from forex_elite.ui.components.icon import _Icon
from forex_elite.ui.pages.signals.rows import STATUS_MARKS
from forex_elite.ui.shell.navigation import ACTIONS, PLACES

ROOT = Path(__file__).parents[2]


def _walk(component: BaseComponent) -> Iterator[BaseComponent]:
    yield component
    for child in component.children:
        yield from _walk(child)


def test_every_place_and_action_of_the_navigation_has_a_page() -> None:
    routes = {entry.route for entry in site.PAGES}

    assert {place.href for place in PLACES} <= routes
    assert {action.href.partition("?")[0].partition("#")[0] for action in ACTIONS if action.href[0] != "#"} <= routes


def test_places_keys_and_routes_are_unique() -> None:
    keys = [place.key for place in PLACES if place.key]

    assert len(set(keys)) == len(keys)
    assert len({entry.route for entry in site.PAGES}) == len(site.PAGES)


def test_the_bottom_bar_has_at_most_five_targets_with_more_the_last() -> None:
    assert sum(place.on_phone for place in PLACES) <= 4


def test_every_style_sheet_is_there() -> None:
    assert all((ROOT / "assets" / sheet.strip("/")).is_file() for sheet in site.STYLESHEETS)


@pytest.mark.parametrize("entry", site.PAGES, ids=[entry.route for entry in site.PAGES])
def test_a_page_brings_no_style_rules_of_its_own(entry: site.PageEntry) -> None:
    # A `style` prop becomes a rule made at run time: slower, and a misspelt prop would end up there unnoticed.
    strays = [
        f"{type(component).__name__}: {dict(component.style)}"
        for component in _walk(entry.component())
        if isinstance(component, rx.Component) and component.style
    ]

    assert not strays


@pytest.mark.parametrize(
    "sheet", [sheet for sheet in site.STYLESHEETS if "tokens" not in sheet and "fonts" not in sheet]
)
def test_colours_are_decided_in_the_tokens_alone(sheet: str) -> None:
    text = (ROOT / "assets" / sheet.strip("/")).read_text()
    without_masks = text.replace("#000 calc", "")

    assert not [
        word
        for word in without_masks.replace(";", " ").replace(",", " ").split()
        if word.startswith("#") and word[1:2].isdigit()
    ]


def test_every_icon_that_is_named_is_drawn() -> None:
    drawn = set(
        re.findall(r'^  "?([a-z-]+)"?: "[Mm]', (ROOT / "forex_elite/ui/components/icon.jsx").read_text(), re.MULTILINE)
    )
    named = {place.icon for place in PLACES} | {action.icon for action in ACTIONS}
    named |= {icon for _, _, icon in STATUS_MARKS.values()}
    for entry in site.PAGES:
        for component in _walk(entry.component()):
            if isinstance(component, _Icon) and isinstance(component.name, LiteralStringVar):
                named.add(component.name._var_value)

    assert named <= drawn, named - drawn

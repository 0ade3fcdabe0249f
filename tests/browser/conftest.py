"""A browser, the running program, and the people in front of it.

A machine without a browser fails with the command that installs it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from forex_elite.cli import chromium
from tests.browser.program import Program, running
from tests.browser.trader import Trader
from tests.browser.visitor import Visitor
from tests.ea.endpoint import StandIn, served
from tests.world import calling, register

HERE = Path(__file__).parent
LIMIT_S = 420  # the first of these tests may wait for npm and the bundler

CHEAPER = ("--in-process-gpu", "--js-flags=--no-opt,--no-maglev")
"""Pages are visited for moments: drawing them needs no process of its own, and optimised code would come too late."""

Arrive = Callable[..., Awaitable[Visitor]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and give the first one time to build the pages."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(LIMIT_S))


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    executable = chromium.find()
    if executable is None:
        pytest.fail(f"no browser: install Chromium {chromium.HOW_TO_INSTALL}")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=str(executable), headless=True, args=[*chromium.launch_arguments(), *CHEAPER]
        )
        yield launched
        await launched.close()


@pytest.fixture(scope="session")
async def language_model() -> AsyncIterator[tuple[StandIn, dict[str, str]]]:
    """A language model's endpoint that says what tests tell it to, with the settings that make a program ask it."""
    stand_in = StandIn()
    async with served(stand_in) as environment:
        yield stand_in, environment


@pytest.fixture
def model(language_model: tuple[StandIn, dict[str, str]]) -> StandIn:
    """The language model the program asks."""
    return language_model[0]


@pytest.fixture(scope="session")
async def program(
    tmp_path_factory: pytest.TempPathFactory, language_model: tuple[StandIn, dict[str, str]]
) -> AsyncIterator[Program]:
    """The program all browser tests share: started once, pages built once, ended cleanly.

    Its owner is registered already, so that everybody who comes is an ordinary person.
    """
    async with running(tmp_path_factory.mktemp("program"), language_model[1]) as started:
        async with calling(started.url) as caller:
            await register(caller, "owner")
        yield started


@pytest.fixture(scope="session")
def pages_left(browser: Browser) -> list[Page]:
    """Pages earlier visitors made room on: a new one costs a second and a half of processor time to be at work."""
    return []


@pytest.fixture
async def arrive(browser: Browser, program: Program, pages_left: list[Page]) -> AsyncIterator[Arrive]:
    """Makes visitors; what their browsers complain about fails the test."""
    async with AsyncExitStack() as leaving:

        async def leave(visitor: Visitor) -> None:
            if (page := await visitor.make_room()) is not None:
                pages_left.append(page)

        async def one(**options: int) -> Visitor:
            page = pages_left.pop() if pages_left else None
            visitor = await Visitor.arrive(browser, program.url, page=page, **options)
            leaving.push_async_callback(leave, visitor)
            return visitor

        yield one


@pytest.fixture
async def stranger(arrive: Arrive) -> Visitor:
    """Somebody without an account."""
    return await arrive()


@pytest.fixture
async def newcomer(arrive: Arrive) -> Visitor:
    """Somebody who has registered and done nothing else."""
    visitor = await arrive()
    await visitor.register("Nina Newcomer")
    return visitor


@pytest.fixture
async def beginner(newcomer: Visitor) -> Visitor:
    """Somebody who has accepted the disclaimer and owns nothing yet."""
    await newcomer.onboard()
    return newcomer


@pytest.fixture(scope="session")
async def trader(browser: Browser, program: Program, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Trader]:
    """A trader with an agent at work, a strategy and alerts of several kinds; shared, so tests only look at them."""
    made = await Trader.begin(browser, program.url, tmp_path_factory.mktemp("agent"))
    yield made
    await made.end()


@pytest.fixture
async def at_work(trader: Trader, arrive: Arrive) -> Visitor:
    """The trader at a fresh browser."""
    visitor = await arrive()
    await trader.log_in(visitor)
    return visitor

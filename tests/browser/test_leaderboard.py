"""A board full of traders, taking part under a name, and a prize; and a partner from the application to a client."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Page, expect

from tests.browser.conftest import Arrive
from tests.browser.program import Program
from tests.browser.test_accessibility import drawn, look
from tests.browser.visitor import Visitor
from tests.world import Vps, calling

LOGIN = 8_200_001
TRADERS = """
with people as (
    insert into users (id, email, display_name, role, is_active, created_at)
    select uuidv7(), 'ranked-' || n || '@example.com', 'Ranked ' || n, 'user', true, now() from
        generate_series(1, 40) n
    returning id, split_part(split_part(email, '@', 1), '-', 2)::int as n),
accounts as (
    insert into mt5_accounts select r.* from mt5_accounts t, people p, lateral
        jsonb_populate_record(t, jsonb_build_object('id', uuidv7(), 'user_id', p.id, 'agent_id', null,
                                                    'login', 8300000 + p.n)) r where t.login = 8200001
    returning id, user_id, login),
profiles as (
    insert into leaderboard_profiles (user_id, pseudonym, account_id, login, server, is_shown, entered_at, counted_from)
    select user_id, (array['Halden', 'tide-chart', 'Okonkwo FX', 'R. Castellan', 'quiet.range'])[1 + login %% 5] || ' '
        || login %% 100, id, login, 'Demo', true, now(), '2026-01-01' from accounts),
entries as (
    insert into leaderboard_entries (period, starts_on, user_id, account_id, kind, currency, return_pct, profit,
        risk_adjusted, drawdown_pct, trades, won, held, curve, entered_at, reason, refreshed_at)
    select 'month', date_trunc('month', now() at time zone 'UTC')::date, user_id, id, 'live', 'USD',
        18 - (login - 8300000) * 0.6, (18 - (login - 8300000) * 0.6) * 100, 3.1, 4.8, 212, 131, 212,
        (select array_agg(10000 + (d * (40 - (login - 8300000)) + (d * 7919 + login) %% 97)::int order by d)
         from generate_series(1, 20) d), now(), '', now() from accounts)
select 1
"""
PROMOTED = "update users set role = %s from (select set_config('app.role', 'service', true)) s where email = %s"
COUNTED = (
    "insert into leaderboard_boards select kind, period, starts_on, currency, count(*), now() from leaderboard_entries "
    "where user_id in (select id from users where email like 'ranked-%%@example.com') group by 1, 2, 3, 4"
)


async def onboarded(arrive: Arrive, name: str) -> Visitor:
    visitor = await arrive()
    await visitor.register(name)
    await visitor.onboard()
    return visitor


def rows(page: Page, name: str) -> Any:
    return page.get_by_role("region", name=name, exact=True).locator("tbody tr")


async def test_a_trader_takes_part_and_an_admin_promises_a_prize(arrive: Arrive, program: Program) -> None:
    visitor = await onboarded(arrive, "Petra Place")
    made = await visitor.call("POST", "/api/agents", {"name": "vps"}, status=201)
    async with calling(visitor.url) as client:
        vps = Vps(made["id"], made["pairing_key"], client, [LOGIN])
        await vps.beat()
        await vps.report_account(LOGIN, name="Prime", trade_mode=2, deals_sum=10_000)
    program.execute(TRADERS)
    program.execute(COUNTED)
    page = visitor.page

    await page.goto("/leaderboard")
    await expect(rows(page, "Standings")).to_have_count(25)
    await expect(page.get_by_text("40 traders, live accounts only, by return")).to_be_visible()
    assert await look(page, "leaderboard-full") == []
    await page.get_by_role("button", name="Next").click()
    await expect(rows(page, "Standings")).to_have_count(15)
    await page.get_by_role("radio", name="Demo").click()
    await expect(page.get_by_text("Nobody is ranked here yet")).to_be_visible()
    await page.get_by_role("radio", name="Live", exact=True).click()
    await expect(rows(page, "Standings")).to_have_count(25)

    await page.get_by_role("switch", name="Show me on the board").click()
    dialog = page.get_by_role("dialog", name="Take part in the leaderboard")
    await dialog.get_by_label("Name on the board").fill("petra@example.com")
    await dialog.get_by_role("button", name="Take part").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("no e-mail address")
    await dialog.get_by_label("Name on the board").fill("mk.trading")
    await dialog.get_by_role("button", name="Take part").click()
    await expect(page.get_by_text("You take part as mk.trading")).to_be_visible()
    await expect(page.get_by_role("switch", name="Show me on the board")).to_be_checked()
    await expect(page.get_by_text("You are ranked in periods that begin on or after")).to_be_visible()
    await expect(page.get_by_role("button", name="Prizes")).to_have_count(0)

    program.execute(PROMOTED, "admin", visitor.email)
    await page.reload()
    await page.get_by_role("button", name="Prizes").click()
    prizes = page.get_by_role("dialog", name="Prizes")
    await prizes.get_by_label("Amount").fill("2500")
    await prizes.get_by_role("button", name="Promise prize").click()
    await expect(prizes.get_by_role("listitem")).to_contain_text("2,500 USD")
    await prizes.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("article").first).to_contain_text("Prize 2,500 USD")
    await page.get_by_role("button", name="Prizes").click()
    await prizes.get_by_role("button", name="Take back: place 1").click()
    await expect(prizes.get_by_text("No prize is promised yet.")).to_be_visible()


async def test_a_partner_applies_is_approved_and_brings_a_client_in(arrive: Arrive, program: Program) -> None:
    owner, partner, client = (
        await onboarded(arrive, "Olga Owner"),
        await onboarded(arrive, "Pavel Partner"),
        await arrive(),
    )
    program.execute(PROMOTED, "super_admin", owner.email)
    await partner.page.goto("/partners")
    await partner.page.get_by_label("Code for your clients").fill("Pavels-Desk")
    await partner.page.get_by_label("Whom will you bring in?").fill("Forty traders of my room.")
    await partner.page.get_by_role("button", name="Apply").click()
    await expect(partner.page.get_by_text("Your application is being looked at")).to_be_visible()
    await partner.page.goto("/partners/manage")
    await expect(partner.page.get_by_text("Only the owner of this installation manages partners")).to_be_visible()

    page = owner.page
    await page.goto("/partners/manage")
    await expect(rows(page, "Partners and applications").first).to_contain_text("pavels-desk")
    await page.get_by_label("Name", exact=True).fill("Start")
    await page.get_by_label("A lot", exact=True).fill("3.50")
    await page.get_by_label("Own rates, USD a lot").fill("XAUUSD 7.5")
    await page.get_by_role("button", name="Save tier").click()
    await expect(rows(page, "Tiers")).to_contain_text("XAUUSD 7.50")
    await rows(page, "Partners and applications").first.get_by_role("button", name="Approve").click()
    await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await expect(rows(page, "Partners and applications").first).to_contain_text("Approved")
    await drawn(page)
    assert await look(page, "partners-manage-full") == []

    await client.page.goto("/register?ib=pavels-desk")
    await expect(client.page.get_by_label("Broker code")).to_have_value("pavels-desk")
    await client.page.get_by_label("Name", exact=True).fill("Clara Client")
    await client.page.get_by_label("E-mail address").fill("clara.client@example.com")
    await client.page.get_by_label("Password", exact=True).fill("correct horse battery")
    await client.page.get_by_role("button", name="Create account").click()
    await expect(client.page.get_by_role("heading", name="Before the first order")).to_be_visible()

    program.execute(
        "insert into ib_revenue (partner_id, run_day, client_id, trade_day, symbol, user_id, tier, lots, rate, amount, "
        "created_at) select p.id, current_date - n, c.id, current_date - n, 'EURUSD', p.user_id, 'Start', 2, 3.5, 7, "
        "now() from ib_partners p join users c on c.ib_id = p.id, generate_series(1, 60) n where p.code = 'pavels-desk'"
    )
    await partner.page.goto("/partners")
    await expect(rows(partner.page, "Clients")).to_contain_text("Clara Client")
    await expect(rows(partner.page, "Clients")).to_contain_text("420.00")
    await drawn(partner.page)
    assert await look(partner.page, "partners-desk") == []
    await partner.page.get_by_role("button", name="Request payout").first.click()
    await partner.page.get_by_role("dialog").get_by_role("button", name="Request payout").click()
    await expect(rows(partner.page, "Statements").filter(has_text="Requested")).to_have_count(1)

    await page.reload()
    await rows(page, "Payouts").first.get_by_role("button", name="Approve").click()
    await page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    await expect(rows(page, "Payouts").first).to_contain_text("Approved")
    program.execute("delete from ib_tiers")

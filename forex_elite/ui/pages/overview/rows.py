"""What the overview shows, shaped from the values the services hand out. Nothing here computes a balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from forex_elite.domain.people import Preferences
from forex_elite.domain.signals import SignalCounts, TradeInfo
from forex_elite.domain.terminals import AccountInfo, DataSource
from forex_elite.ui import figures
from forex_elite.ui.components.sparkline import Curve, curve
from forex_elite.ui.shell.state import account_title

_MARGIN_MODES = {0: "Netting", 1: "Exchange", 2: "Hedging"}
_NEAR = 70
_AT_LIMIT = 90
_DEMO = 0
_CONTEST = 1
_WHOLE = Decimal(100)
REASONS = {
    "duplicate": "duplicate",
    "expired": "too late",
    "strategy-disabled": "switched off",
    "max-lots": "max lots",
    "daily-loss": "daily loss",
    "open-positions": "too many positions",
}


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure of the strip."""

    value: str = figures.MISSING
    unit: str = ""
    tone: str = ""
    note: str = ""
    corner: str = ""
    percent: float = 0.0
    meter: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """The figures above everything else."""

    day: Stat = Stat()
    loss: Stat = Stat()
    margin: Stat = Stat()
    positions: Stat = Stat()
    passed: str = "0"
    refused: str = "0"
    reasons: str = ""


@dataclass(frozen=True, slots=True)
class AccountCard:
    """One account."""

    id: str
    title: str
    login: str
    server: str
    word: str
    tone: str
    icon: str
    equity: str
    currency: str
    day: str
    day_tone: str
    day_percent: str
    balance: str
    margin_free: str
    margin_level: str
    loss_used: str
    loss_percent: float
    loss_meter: str
    reported_at: str
    open_words: str
    state_word: str
    state_tone: str
    is_stored: bool
    is_killed: bool
    auto_word: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class PositionRow:
    """One open position as its terminal reported it."""

    id: str
    symbol: str
    side: str
    side_tone: str
    lots: str
    open_price: str
    now_price: str
    now_of: str
    digits: int
    has_range: bool
    range_left: float
    range_width: float
    range_open: float
    range_tone: str
    range_words: str
    pips: str
    pips_tone: str
    profit: str
    profit_tone: str
    currency: str
    account: str
    source: str


@dataclass(frozen=True, slots=True)
class PositionsHead:
    """What the panel of open positions says above its rows."""

    floating: str = ""
    floating_tone: str = "flat"
    currency: str = ""
    oldest_at: str = ""


def _by_currency(amounts: Sequence[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for currency, amount in amounts:
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return sums


def _summed(amounts: Sequence[tuple[str, Decimal]]) -> tuple[str, str, str]:
    """Signed sum, currency and tone. Currencies are never added up: with several, each stands for itself."""
    sums = _by_currency(amounts)
    if not sums:
        return figures.MISSING, "", "flat"
    if len(sums) == 1:
        ((currency, total),) = sums.items()
        return figures.money(total, currency, signed=True), currency, figures.tone(total)
    return " · ".join(f"{figures.money(v, c, signed=True)} {c}" for c, v in sums.items()), "", "flat"


def loss_share(account: AccountInfo, limit_percent: Decimal) -> tuple[Decimal, Decimal, float]:
    """Loss of the broker's day, its limit, and the share of it in percent; all zero while there is none to speak of."""
    start = account.day_start_balance
    if start is None or start <= 0:
        return Decimal(0), Decimal(0), 0.0
    limit = start * limit_percent / _WHOLE
    loss = max(Decimal(0), start - account.equity)
    return loss, limit, round(float(min(loss / limit, Decimal(1)) * _WHOLE), 1) if limit > 0 else 0.0


def meter_tone(percent: float) -> str:
    """Calm below 70 %, a warning from there, critical from 90 %."""
    return "crit" if percent >= _AT_LIMIT else "warn" if percent >= _NEAR else ""


def account_card(account: AccountInfo, preferences: Preferences) -> AccountCard:
    """An account as its card; what is stored only is said to be stored."""
    is_stored = account.data_source is DataSource.STORED
    word, tone, icon = ("Stored", "warn", "clock") if is_stored else ("Live", "up", "")
    day = account.day_result
    start = account.day_start_balance
    loss, limit, share = loss_share(account, preferences.daily_loss_percent)
    kinds = {_DEMO: "Demo", _CONTEST: "Contest"}
    kind = kinds.get(account.trade_mode)
    mode = _MARGIN_MODES.get(account.margin_mode, "")
    state_word, state_tone = _trading_state(account)
    return AccountCard(
        id=str(account.id),
        title=account_title(account),
        login=str(account.login),
        server=" · ".join(part for part in (account.server, mode, kind) if part),
        word=word,
        tone=tone,
        icon=icon,
        equity=figures.money(account.equity, account.currency),
        currency=account.currency,
        day=figures.money(day, account.currency, signed=True),
        day_tone=figures.tone(day),
        day_percent=figures.percent(day / start * _WHOLE, signed=True) if day is not None and start else "",
        balance=figures.money(account.balance, account.currency),
        margin_free=figures.money(account.margin_free, account.currency),
        margin_level=figures.margin_level(account.margin_level, account.margin),
        loss_used=f"{figures.money(loss, account.currency)} of {figures.money(limit, account.currency)}"
        if limit
        else "",
        loss_percent=share,
        loss_meter=meter_tone(share),
        reported_at=figures.iso(account.synced_at),
        open_words=f"{account.open_positions} open" if account.open_positions else "No open",
        state_word=state_word,
        state_tone=state_tone,
        is_stored=is_stored,
        is_killed=account.is_killed,
        notice=balance_notice(account),
        auto_word=f"Automation {'running' if account.algo_status == 'idle' else account.algo_status}",
    )


def equity_curve(account: AccountInfo, equities: Sequence[Decimal]) -> Curve:
    """The equity of the last 24 hours up to now, with the balance at the broker's midnight as its base line."""
    start = account.day_start_balance
    values = [float(equity) for equity in (*equities, account.equity)] if equities else []
    return curve(values, None if start is None else float(start))


def balance_notice(account: AccountInfo) -> str:
    """By how much the balance differs from the account's deals, and since which day; empty while they agree."""
    gap = account.balance_difference
    if gap is None:
        return ""
    since = f", since {figures.day(account.balance_differs_since)} UTC" if account.balance_differs_since else ""
    amount = f"{figures.money(abs(gap), account.currency)} {account.currency}"
    return f"Balance is {amount} {'more' if gap > 0 else 'less'} than its deals add up to{since}."


def _trading_state(account: AccountInfo) -> tuple[str, str]:
    if account.is_killed:
        return "Stopped", "crit"
    if not account.is_enabled:
        return "Not enabled", "hollow"
    if not account.is_trade_allowed:
        return "Algo trading off", "warn"
    return ("Trading", "up") if account.is_online else ("Agent away", "warn")


def strip(accounts: Sequence[AccountInfo], counts: SignalCounts, preferences: Preferences) -> Strip:
    """The figures above everything else: day, worst daily loss, lowest margin level, fullest account, gate."""
    live = [a for a in accounts if a.data_source is DataSource.LIVE and a.day_result is not None]
    total, currency, tone = _summed([(a.currency, a.day_result or Decimal(0)) for a in live])
    day = Stat(total, currency, tone, f"{len(live)} of {figures.count(len(accounts), 'account')}, broker's day")
    passed = sum(counts.by_status.get(name, 0) for name in ("executed", "partial", "pending", "unknown", "failed"))
    words = sorted(counts.by_reason.items(), key=lambda item: -item[1])[:3]
    return Strip(
        day=day,
        loss=_worst_loss(accounts, preferences),
        margin=_lowest_margin(accounts),
        positions=_fullest(accounts, preferences),
        passed=f"{passed:,}",
        refused=f"{counts.total - passed:,}",
        reasons=" · ".join(f"{n} {REASONS.get(code, code.replace('-', ' '))}" for code, n in words),
    )


def _worst_loss(accounts: Sequence[AccountInfo], preferences: Preferences) -> Stat:
    shares = [(loss_share(account, preferences.daily_loss_percent), account) for account in accounts]
    known = [(share, account) for share, account in shares if share[1] > 0]
    if not known:
        return Stat(note="no balance at broker midnight yet")
    (loss, limit, percent), account = max(known, key=lambda item: item[0][2])
    return Stat(
        value=figures.money(loss, account.currency),
        unit=f"of {figures.money(limit, account.currency)} {account.currency}",
        corner=account_title(account) if loss and len(accounts) > 1 else "",
        percent=percent,
        meter=meter_tone(percent),
    )


def _lowest_margin(accounts: Sequence[AccountInfo]) -> Stat:
    used = [account for account in accounts if account.margin > 0]
    if not used:
        return Stat("no margin", note="nothing is open")
    lowest = min(used, key=lambda account: account.margin_level)
    return Stat(
        value=figures.margin_level(lowest.margin_level, lowest.margin),
        corner=account_title(lowest) if len(accounts) > 1 else "",
        note=f"{figures.count(len(used), 'account')} in use",
    )


def _fullest(accounts: Sequence[AccountInfo], preferences: Preferences) -> Stat:
    if not accounts:
        return Stat("0")
    fullest = max(accounts, key=lambda account: account.open_positions)
    percent = min(fullest.open_positions / preferences.max_open_positions, 1.0) * 100
    total = sum(account.open_positions for account in accounts)
    corner = "near limit" if percent >= _NEAR else ""
    if len(accounts) == 1:
        return Stat(
            f"{total}",
            f"of {preferences.max_open_positions}",
            corner=corner,
            percent=percent,
            meter=meter_tone(percent),
        )
    return Stat(
        f"{total}",
        f"at most {fullest.open_positions} of {preferences.max_open_positions} on one",
        corner=corner,
        percent=percent,
        meter=meter_tone(percent),
    )


def _range(trade: TradeInfo) -> tuple[float, float, float]:
    """Left edge and width of the bar from the open to the present price, and the open, on the way from SL to TP, %."""
    whole = trade.tp - trade.sl

    def place(at: Decimal) -> float:
        return float(min(max((at - trade.sl) / whole, Decimal(0)), Decimal(1)) * 100)

    start, now = place(trade.open_price), place(trade.current_price)
    return round(min(start, now), 1), round(max(abs(now - start), 1.0), 1), round(start, 1)


def position_row(trade: TradeInfo, titles: dict[str, str]) -> PositionRow:
    """An open position as its row; profit is what the terminal reported, swap and commission included."""
    is_buy = trade.side == "buy"
    has_range = trade.sl > 0 and trade.tp > 0 and trade.sl != trade.tp
    left, width, start = _range(trade) if has_range else (0.0, 0.0, 0.0)
    result = trade.profit + trade.swap + trade.commission
    levels = f"SL {figures.price(trade.sl, trade.digits)}, TP {figures.price(trade.tp, trade.digits)}"
    return PositionRow(
        id=str(trade.id),
        symbol=trade.symbol,
        side="Buy" if is_buy else "Sell",
        side_tone="up" if is_buy else "down",
        lots=figures.lots(trade.volume),
        open_price=figures.price(trade.open_price, trade.digits),
        now_price=figures.price(trade.current_price, trade.digits),
        now_of="bid" if is_buy else "ask",
        digits=trade.digits,
        has_range=has_range,
        range_left=left,
        range_width=width,
        range_open=start,
        range_tone="up" if trade.profit >= 0 else "down",
        range_words=levels if trade.sl or trade.tp else "no SL, no TP",
        pips=figures.pips(trade.pips),
        pips_tone=figures.tone(trade.pips),
        profit=figures.money(result, trade.currency, signed=True),
        profit_tone=figures.tone(result),
        currency=trade.currency,
        account=titles.get(str(trade.account_id), str(trade.account_login)),
        source=trade.source or trade.comment or "Manual",
    )


def positions_head(trades: Sequence[TradeInfo]) -> PositionsHead:
    """Floating result by currency, and the oldest report among the rows."""
    if not trades:
        return PositionsHead()
    floating, currency, tone = _summed([(t.currency, t.profit + t.swap + t.commission) for t in trades])
    oldest: datetime = min(trade.reported_at for trade in trades)
    return PositionsHead(floating, tone, currency, figures.iso(oldest))

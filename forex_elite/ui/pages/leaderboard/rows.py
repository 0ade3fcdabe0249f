"""What the browser may see of the leaderboard: lines, the first three, one's own place, prizes and awards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from forex_elite.domain.leaderboard import (
    FEWEST_TRADES,
    FORMULAS,
    REASONS,
    AccountClass,
    Award,
    Board,
    Measure,
    Period,
    Prize,
    Profile,
    Standing,
    ends,
)
from forex_elite.ui import figures
from forex_elite.ui.components import sparkline

PERIODS = (("day", "Today"), ("week", "Week"), ("month", "Month"), ("all", "All time"))
MEASURES = (("return", "Return"), ("risk_adjusted", "Return to drawdown"), ("profit", "Profit"))
KINDS = (("live", "Live"), ("demo", "Demo"))
_WORDS = dict((*PERIODS, *MEASURES, *KINDS))
_START = 10_000
_DAY_S, _HOUR_S, _MINUTE_S = 86_400, 3_600, 60
_RANKED_BY = {"return": "return", "risk_adjusted": "return to drawdown", "profit": "profit"}


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the board."""

    key: str
    rank: str
    name: str
    initials: str
    figure: str
    unit: str
    tone: str
    return_pct: str
    return_tone: str
    profit: str
    profit_tone: str
    currency: str
    ratio: str
    drawdown: str
    winners: str
    winners_pct: float
    trades: str
    refreshed_at: str
    points: str
    base: int
    curve_words: str
    prize: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class OwnCard:
    """One's own place: a title, a figure, and lines beneath; `words` say why there is none."""

    place: str = ""
    of: str = ""
    words: str = ""
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PrizeRow:
    """A prize as staff see it."""

    id: str
    board: str
    rank: str
    amount: str


@dataclass(frozen=True, slots=True)
class AwardRow:
    """A prize that was won, and the frozen figures behind it."""

    key: str
    board: str
    rank: str
    name: str
    amount: str
    figures: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A figure and the formula it is."""

    name: str
    words: str


def rules() -> list[Rule]:
    """How everything on the page is computed."""
    fewest = ", ".join(f"{count} {dict(PERIODS)[period].lower()}" for period, count in FEWEST_TRADES.items())
    return [
        Rule("Return", FORMULAS["return"]),
        Rule("Return to drawdown", FORMULAS["risk_adjusted"]),
        Rule("Profit", FORMULAS["profit"]),
        Rule("Max drawdown", FORMULAS["drawdown"]),
        Rule("Winners", FORMULAS["winners"]),
        Rule("Trades", f"{FORMULAS['trades']}. At least: {fewest}"),
        Rule("Verified", FORMULAS["verified"]),
        Rule("Ties", FORMULAS["ties"]),
        Rule("Periods", FORMULAS["periods"]),
    ]


def ratio(value: Decimal) -> str:
    """Return by drawdown, two decimals."""
    return figures.percent(value).rstrip("%")


def figure(line: Standing, measure: Measure) -> tuple[str, str, str]:
    """What a board is ordered by, as text, unit and tone."""
    match measure:
        case Measure.PROFIT:
            return figures.money(line.profit, line.currency, signed=True), line.currency, figures.tone(line.profit)
        case Measure.RISK_ADJUSTED:
            return ratio(line.risk_adjusted), "", figures.tone(line.risk_adjusted)
        case _:
            return figures.percent(line.return_pct, signed=True).rstrip("%"), "%", figures.tone(line.return_pct)


def line_row(line: Standing, board: Board) -> LineRow:
    """A standing as its row."""
    text, unit, tone = figure(line, board.key.measure)
    drawn = sparkline.curve([float(_START), *map(float, line.curve)], float(_START)) if len(line.curve) > 1 else None
    drawn = drawn or sparkline.Curve()
    prize = next((one for one in board.prizes if one.rank == line.rank), None)
    winners = 100 * line.won / line.trades if line.trades else 0.0
    return LineRow(
        key=f"{line.rank}-{line.pseudonym}",
        rank=str(line.rank or figures.MISSING),
        name=line.pseudonym,
        initials=figures.initials(line.pseudonym)[:2],
        figure=text,
        unit=unit,
        tone=tone,
        return_pct=figures.percent(line.return_pct, signed=True),
        return_tone=figures.tone(line.return_pct),
        profit=figures.money(line.profit, line.currency, signed=True),
        profit_tone=figures.tone(line.profit),
        currency=line.currency,
        ratio=ratio(line.risk_adjusted),
        drawdown=figures.percent(-line.drawdown_pct, places=1),
        winners=figures.percent(winners, places=0),
        winners_pct=winners,
        trades=f"{line.trades:,}",
        refreshed_at=figures.iso(line.refreshed_at),
        points=drawn.points,
        base=drawn.base,
        curve_words=f"Value of {line.pseudonym} by days, {figures.percent(line.return_pct, signed=True)}",
        prize=prize_words(prize) if prize else "",
        is_own=line.is_own,
    )


def prize_words(prize: Prize | Award) -> str:
    """`2,500.00 USD`, without needless cents."""
    whole = prize.amount == prize.amount.to_integral_value()
    amount = f"{prize.amount:,.0f}" if whole else figures.money(prize.amount, prize.currency)
    return f"{amount} {prize.currency}"


def own_card(board: Board) -> OwnCard:
    """One's own place, how far the neighbours are, or why there is none and what to do."""
    profile, own = board.profile, board.own
    if not profile.is_shown:
        return OwnCard(words="You do not take part. Choose an account and a name to be ranked under.")
    if own is None:
        return OwnCard(words=_waiting(board, profile))
    text, unit, _ = figure(own, board.key.measure)
    value = text + (unit if unit == "%" else f" {unit}".rstrip())
    lines = [(_WORDS[board.key.measure.value], value), ("Max drawdown", figures.percent(-own.drawdown_pct, places=1))]
    if own.rank is None:
        words = REASONS.get(own.reason, "Your account's currency has a board of its own.")
        if own.reason == "few-trades":
            words = f"Too few trades held for at least 60 s: {FEWEST_TRADES[board.key.period]} are needed."
        return OwnCard(words=words, lines=tuple(lines))
    first = board.items[0] if board.items and board.items[0].rank == 1 else None
    if first is not None and not first.is_own and board.key.measure is Measure.RETURN:
        lines.append(("To first place", f"{figures.percent(first.return_pct - own.return_pct).rstrip('%')} points"))
    return OwnCard(place=f"{own.rank:,}", of=f"of {board.total:,}", lines=tuple(lines))


def _waiting(board: Board, profile: Profile) -> str:
    if profile.counted_from is not None and board.key.starts_on < profile.counted_from:
        if board.key.period is Period.ALL:
            return f"Your days count from {profile.counted_from:%d %b}, 00:00 UTC on. Your place appears with a trade."
        return f"You are ranked in periods that begin on or after {profile.counted_from:%d %b} (UTC)."
    return "No trade was closed on your account in this period, or it is of the other kind."


def ends_words(board: Board, now: datetime) -> str:
    """How long the period lasts yet: `11 d 9 h 27 min`."""
    if board.key.period is Period.ALL:
        return ""
    end = ends(board.key.period, board.key.starts_on)
    left = int((datetime(end.year, end.month, end.day, tzinfo=now.tzinfo) - now).total_seconds())
    days, hours, minutes = left // _DAY_S, left % _DAY_S // _HOUR_S, left % _HOUR_S // _MINUTE_S
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    shown = parts[next((n for n, (count, _) in enumerate(parts) if count), 2) :]
    return " ".join(f"{count} {unit}" for count, unit in shown)


def board_words(board: Board) -> str:
    """What stands on the board, beside its title."""
    accounts = "live accounts" if board.key.kind is AccountClass.LIVE else "demo accounts"
    only = f" in {board.key.currency}" if board.key.measure is Measure.PROFIT else ""
    return f"{figures.count(board.total, 'trader')}, {accounts}{only} only, by {_RANKED_BY[board.key.measure.value]}"


def page_words(offset: int, board: Board, size: int) -> str:
    """`1 to 25 of 318`; beyond the first hundred nobody is listed."""
    if not board.items:
        return ""
    listed = f", the first {size} are listed" if board.total > size else ""
    return f"{figures.span(offset, len(board.items))} of {board.total:,}{listed}"


def _board_name(one: Prize | Award) -> str:
    return f"{_WORDS[one.kind.value]} · {_WORDS[one.period.value]} · {_WORDS[one.measure.value]}"


def prize_row(prize: Prize) -> PrizeRow:
    """A prize as staff see it."""
    return PrizeRow(str(prize.id), _board_name(prize), str(prize.rank), prize_words(prize))


def award_row(award: Award) -> AwardRow:
    """An award with the frozen figures that explain it."""
    told = award.figures
    return AwardRow(
        key=f"{award.kind}-{award.period}-{award.starts_on}-{award.measure}-{award.currency}-{award.rank}",
        board=f"{_board_name(award)} from {award.starts_on:%d %b %Y}",
        rank=str(award.rank),
        name=award.pseudonym,
        amount=prize_words(award),
        figures=(
            f"Return {figures.percent(Decimal(told.get('return_pct', '0')), signed=True)}, drawdown "
            f"{figures.percent(-Decimal(told.get('drawdown_pct', '0')), places=1)}, {told.get('trades', '0')} trades, "
            f"of {told.get('ranked', '0')} ranked"
        ),
    )

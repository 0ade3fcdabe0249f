"""The account, the terminal and the symbols as the API shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from agent.simulator import constants as mt5
from agent.simulator.account import Account
from agent.simulator.instruments import Instrument
from agent.simulator.margin import margin_currency
from agent.simulator.pricing import Quote
from agent.simulator.server_time import DAY_MS
from agent.simulator.structures import AccountInfo, BookInfo, SymbolInfo, TerminalInfo, Tick

BUILD: Final = 6231
RELEASE_DATE: Final = "27 Sep 2026"
MAX_BARS: Final = 100_000
BOOK_LEVELS: Final = 5
_RANGE_LEVEL: Final = 6
_TICK_FLAGS: Final = mt5.TICK_FLAG_BID | mt5.TICK_FLAG_ASK


@dataclass(frozen=True, slots=True)
class Installation:
    """Where the simulated terminal pretends to be installed; `path` is the program, as given to `initialize`."""

    path: str = "C:\\Program Files\\ForexElite Paper\\terminal64.exe"

    @property
    def folder(self) -> str:
        """The folder of the program, which is what `terminal_info().path` says."""
        cut = max(self.path.rfind("\\"), self.path.rfind("/"))
        return self.path[:cut] if cut > 0 else self.path


def account_info(account: Account, at_ms: int) -> AccountInfo:
    """`account_info()`."""
    terms, figures, switches = account.terms, account.figures(at_ms), account.switches
    return AccountInfo(
        login=terms.login,
        trade_mode=terms.trade_mode,
        leverage=terms.leverage,
        limit_orders=terms.limit_orders,
        margin_so_mode=terms.stop_out_mode,
        trade_allowed=not switches.investor,
        trade_expert=switches.expert_allowed,
        margin_mode=terms.margin_mode,
        currency_digits=terms.currency_digits,
        fifo_close=False,
        balance=figures.balance,
        credit=figures.credit,
        profit=figures.profit,
        equity=figures.equity,
        margin=figures.margin,
        margin_free=figures.free,
        margin_level=figures.level,
        margin_so_call=terms.margin_call,
        margin_so_so=terms.stop_out,
        margin_initial=0.0,
        margin_maintenance=0.0,
        assets=0.0,
        liabilities=0.0,
        commission_blocked=0.0,
        name=terms.name,
        server=terms.server,
        currency=terms.currency,
        company=terms.company,
    )


def terminal_info(account: Account, installation: Installation) -> TerminalInfo:
    """`terminal_info()`; `ping_last` is in microseconds."""
    switches = account.switches
    return TerminalInfo(
        community_account=False,
        community_connection=False,
        connected=switches.connected,
        dlls_allowed=False,
        trade_allowed=switches.algo_trading,
        tradeapi_disabled=not switches.python_api,
        email_enabled=False,
        ftp_enabled=False,
        notifications_enabled=False,
        mqid=False,
        build=BUILD,
        maxbars=MAX_BARS,
        codepage=0,
        ping_last=1_500,
        community_balance=0.0,
        retransmission=0.0,
        company=account.terms.company,
        name="ForexElite Paper Terminal",
        language="English",
        path=installation.folder,
        data_path=installation.folder,
        commondata_path="C:\\Users\\Public\\MetaQuotes\\Terminal\\Common",
    )


def tick(account: Account, quote: Quote) -> Tick:
    """A quote as a `Tick`, in server time."""
    seconds, milliseconds = account.stamp(quote.at_ms)
    return Tick(
        time=seconds,
        bid=quote.bid,
        ask=quote.ask,
        last=0.0,
        volume=0,
        time_msc=milliseconds,
        flags=_TICK_FLAGS,
        volume_real=0.0,
    )


class SymbolBoard:
    """`symbol_info` for every symbol; the day's high and low are looked up once a minute."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._ranges: dict[str, tuple[int, float, float, float]] = {}

    def info(self, instrument: Instrument, at_ms: int, *, is_selected: bool) -> SymbolInfo:
        """`symbol_info(symbol)`; a symbol outside Market Watch has no prices."""
        account = self._account
        quote = account.quote(instrument.name, at_ms) if is_selected else None
        low, high, first = self._range(instrument, at_ms) if quote else (0.0, 0.0, 0.0)
        bid, ask = (quote.bid, quote.ask) if quote else (0.0, 0.0)
        spread_price = ask - bid
        pair = account.pair(at_ms)
        gain = account.desk.tick_value(instrument, pair, is_gain=True)
        loss = account.desk.tick_value(instrument, pair, is_gain=False)
        return SymbolInfo(
            custom=False,
            chart_mode=mt5.SYMBOL_CHART_MODE_BID,
            select=is_selected,
            visible=is_selected,
            session_deals=0,
            session_buy_orders=0,
            session_sell_orders=0,
            volume=0,
            volumehigh=0,
            volumelow=0,
            time=account.stamp(quote.at_ms)[0] if quote else 0,
            digits=instrument.digits,
            spread=round(spread_price / instrument.point),
            spread_float=True,
            ticks_bookdepth=BOOK_LEVELS * 2,
            trade_calc_mode=instrument.calc_mode,
            trade_mode=instrument.trade_mode,
            start_time=0,
            expiration_time=0,
            trade_stops_level=instrument.stops_level,
            trade_freeze_level=instrument.freeze_level,
            trade_exemode=instrument.execution,
            swap_mode=instrument.swap_mode,
            swap_rollover3days=instrument.swap_triple_day,
            margin_hedged_use_leg=instrument.margin_hedged_use_leg,
            expiration_mode=instrument.expiration_mode,
            filling_mode=instrument.filling_mode,
            order_mode=instrument.order_mode,
            order_gtc_mode=mt5.SYMBOL_ORDERS_GTC,
            option_mode=0,
            option_right=0,
            bid=bid,
            bidhigh=max(high, bid),
            bidlow=min(low, bid),
            ask=ask,
            askhigh=round(max(high, bid) + spread_price, instrument.digits),
            asklow=round(min(low, bid) + spread_price, instrument.digits),
            last=0.0,
            lasthigh=0.0,
            lastlow=0.0,
            volume_real=0.0,
            volumehigh_real=0.0,
            volumelow_real=0.0,
            option_strike=0.0,
            point=instrument.point,
            trade_tick_value=gain,
            trade_tick_value_profit=gain,
            trade_tick_value_loss=loss,
            trade_tick_size=instrument.tick,
            trade_contract_size=instrument.contract_size,
            trade_accrued_interest=0.0,
            trade_face_value=instrument.face_value,
            trade_liquidity_rate=0.0,
            volume_min=instrument.volume_min,
            volume_max=instrument.volume_max,
            volume_step=instrument.volume_step,
            volume_limit=instrument.volume_limit,
            swap_long=instrument.swap_long,
            swap_short=instrument.swap_short,
            margin_initial=instrument.margin_initial,
            margin_maintenance=0.0,
            session_volume=0.0,
            session_turnover=0.0,
            session_interest=0.0,
            session_buy_orders_volume=0.0,
            session_sell_orders_volume=0.0,
            session_open=first,
            session_close=first,
            session_aw=0.0,
            session_price_settlement=0.0,
            session_price_limit_min=0.0,
            session_price_limit_max=0.0,
            margin_hedged=instrument.margin_hedged,
            price_change=round((bid / first - 1.0) * 100.0, 4) if first else 0.0,
            price_volatility=0.0,
            price_theoretical=0.0,
            price_greeks_delta=0.0,
            price_greeks_theta=0.0,
            price_greeks_gamma=0.0,
            price_greeks_vega=0.0,
            price_greeks_rho=0.0,
            price_greeks_omega=0.0,
            price_sensitivity=0.0,
            basis="",
            category="",
            currency_base=instrument.base,
            currency_profit=instrument.profit,
            currency_margin=margin_currency(instrument),
            bank="",
            description=instrument.description,
            exchange="",
            formula="",
            isin="",
            name=instrument.name,
            page="",
            path=instrument.path,
        )

    def _range(self, instrument: Instrument, at_ms: int) -> tuple[float, float, float]:
        """Lowest, highest and first bid of the server's day so far."""
        minute = at_ms // 60_000
        kept = self._ranges.get(instrument.name)
        if kept is None or kept[0] != minute:
            zone = self._account.zone
            midnight_s = zone.to_utc(zone.to_server(at_ms) // DAY_MS * DAY_MS) // 1000
            _, bids, _ = self._account.prices.sampled(instrument, midnight_s, at_ms // 1000 + 1, _RANGE_LEVEL)
            day = bids[: max(1, len(bids) - 1)]  # the grid's last point lies in the future
            if not len(day):
                return 0.0, 0.0, 0.0
            kept = (minute, float(np.min(day)), float(np.max(day)), float(day[0]))
            self._ranges[instrument.name] = kept
        return kept[1:]


def market_book(instrument: Instrument, quote: Quote) -> tuple[BookInfo, ...]:
    """Depth of market: asks from the farthest to the best, then bids; volumes grow with the distance."""
    asks = [_level(mt5.BOOK_TYPE_SELL, instrument, quote.ask, depth) for depth in reversed(range(BOOK_LEVELS))]
    bids = [_level(mt5.BOOK_TYPE_BUY, instrument, quote.bid, -depth) for depth in range(BOOK_LEVELS)]
    return (*asks, *bids)


def _level(kind: int, instrument: Instrument, best: float, depth: int) -> BookInfo:
    volume = 10 * (abs(depth) + 1)
    price = instrument.round_price(best + depth * 2 * instrument.tick)
    return BookInfo(type=kind, price=price, volume=volume, volume_dbl=float(volume))

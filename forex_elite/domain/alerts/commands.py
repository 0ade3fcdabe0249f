"""The command words of both dialects, and what each one means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from forex_elite.domain.alerts.alert import AlertAction
from forex_elite.domain.alerts.refusals import CommandUnknown, CommandUnsupported
from forex_elite.domain.alerts.values import shown
from forex_elite.domain.trading import OrderType, Side


class Portion(StrEnum):
    """How a partial close says how much."""

    PERCENT = "percent"
    LOTS = "lots"


@dataclass(frozen=True, slots=True)
class Command:
    """One command word. `portion` is set when the command is a partial close and must say how much."""

    action: AlertAction
    side: Side | None = None
    order_type: OrderType = OrderType.MARKET
    close_opposite: bool = False
    portion: Portion | None = None
    needs_side: bool = False

    @property
    def is_plain_order(self) -> bool:
        """Whether this is a bare buy or sell, which a market position may put in another light."""
        return self.action is AlertAction.OPEN and self.order_type is OrderType.MARKET and not self.close_opposite


def _named(command: Command, words: str) -> dict[str, Command]:
    return dict.fromkeys(words.split(), command)


_OPEN, _CLOSE, _CANCEL, _MODIFY = AlertAction.OPEN, AlertAction.CLOSE, AlertAction.CANCEL, AlertAction.MODIFY
_ANY_ENTRY = Command(_OPEN, needs_side=True)
_BUY, _SELL = Command(_OPEN, Side.BUY), Command(_OPEN, Side.SELL)

COMMANDS: dict[str, Command] = {
    **_named(_BUY, "buy long bull bullish enterlong entrylong longentry openlong openbuy marketbuy buymarket golong"),
    **_named(_SELL, "sell short bear bearish entershort entryshort shortentry openshort opensell marketsell"),
    **_named(_SELL, "sellmarket goshort sellshort"),
    **_named(_ANY_ENTRY, "open enter entry"),
    **_named(replace(_BUY, order_type=OrderType.LIMIT), "buylimit limitbuy"),
    **_named(replace(_BUY, order_type=OrderType.STOP), "buystop stopbuy"),
    **_named(replace(_SELL, order_type=OrderType.LIMIT), "selllimit limitsell"),
    **_named(replace(_SELL, order_type=OrderType.STOP), "sellstop stopsell"),
    **_named(replace(_BUY, close_opposite=True), "closeshortopenlong closeshortbuy reversetolong reverselong"),
    **_named(replace(_SELL, close_opposite=True), "closelongopenshort closelongsell reversetoshort reverseshort"),
    **_named(Command(_CLOSE), "close exit flat flatten closeposition exitposition closelongshort closeboth"),
    **_named(Command(_CLOSE, Side.BUY), "closelong exitlong longexit longclose closebuy exitbuy closelongs"),
    **_named(Command(_CLOSE, Side.SELL), "closeshort exitshort shortexit shortclose closesell exitsell closeshorts"),
    **_named(Command(_CLOSE, portion=Portion.PERCENT), "closepct closepercent partialclose closepartial reduce"),
    **_named(Command(_CLOSE, Side.BUY, portion=Portion.PERCENT), "closelongpct closelongpercent"),
    **_named(Command(_CLOSE, Side.SELL, portion=Portion.PERCENT), "closeshortpct closeshortpercent"),
    **_named(Command(_CLOSE, Side.BUY, portion=Portion.LOTS), "closelongvol"),
    **_named(Command(_CLOSE, Side.SELL, portion=Portion.LOTS), "closeshortvol"),
    **_named(Command(AlertAction.CLOSE_ALL), "closeall exitall flattenall closeallpositions closealleaoff"),
    **_named(Command(_CANCEL), "cancel cancelorders cancelpending cancellongshort"),
    **_named(Command(_CANCEL, Side.BUY), "cancellong cancelbuy"),
    **_named(Command(_CANCEL, Side.SELL), "cancelshort cancelsell"),
    **_named(Command(_CANCEL), "cancelall cancelallorders"),
    **_named(Command(_MODIFY), "modify newsltp updatesltp setsltp modifysltp"),
    **_named(Command(_MODIFY, Side.BUY), "newsltplong modifylong updatelong"),
    **_named(Command(_MODIFY, Side.SELL), "newsltpshort modifyshort updateshort"),
}

EVERY_SYMBOL = frozenset({"closeall", "exitall", "flattenall", "closeallpositions", "closealleaoff"}) | frozenset(
    {"cancelall", "cancelallorders"}
)
"""Commands that mean all symbols of the strategy, whatever stands in the symbol's place."""


def _unsupported(reason: str, words: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), reason)


_SAME_SIDE = "closing and opening on the same side needs two alerts: first closelong or closeshort, then buy or sell"
_UNSUPPORTED: dict[str, str] = {
    **_unsupported(_SAME_SIDE, "closelongbuy closeshortsell closelongopenlong closeshortopenshort"),
    **_unsupported(
        "closing both sides and opening needs two alerts: first close, then buy or sell",
        "closelongshortopenlong closelongshortopenshort",
    ),
    **_unsupported(
        "cancelling and placing anew needs two alerts: first cancellong or cancelshort, then the new order",
        "cancellongbuystop cancellongbuylimit cancelshortsellstop cancelshortselllimit",
    ),
    **_unsupported(
        "one kind of pending order cannot be cancelled alone; cancellong or cancelshort cancel all of a side",
        "cancelbuystop cancelbuylimit cancelsellstop cancelselllimit",
    ),
    **_unsupported(
        "stops of pending orders cannot be changed; cancel the order and place it anew",
        "newsltpbuystop newsltpbuylimit newsltpsellstop newsltpselllimit",
    ),
    **_unsupported("switch the strategy on or off on its page, not by alert", "eaon eaoff"),
    **_unsupported("stop-limit orders are not offered; use buystop, sellstop, buylimit or selllimit", "buystoplimit"),
    **_unsupported("stop-limit orders are not offered; use buystop, sellstop, buylimit or selllimit", "sellstoplimit"),
    **_unsupported("write buy or sell", "add reverse"),
}


def squeeze(text: str) -> str:
    """A word without case, spaces and punctuation, so that `Close_Long`, `close-long` and `closelong` are one."""
    return "".join(character for character in text.lower() if character.isalnum())


def find_command(text: str) -> Command | None:
    """The command of a word, None if it is none; `CommandUnsupported` for words that are known and not offered."""
    word = squeeze(text).removeprefix("ordertype").removeprefix("positiontype")
    if word in _UNSUPPORTED:
        raise CommandUnsupported(f"{shown(text)}: {_UNSUPPORTED[word]}", field="action")
    return COMMANDS.get(word)


def read_command(text: str) -> Command:
    """The command of a word; `CommandUnknown` if it is none."""
    command = find_command(text)
    if command is None:
        raise CommandUnknown(
            f"Unknown action {shown(text)}; write buy, sell, close, closelong, closeshort, closeall or cancel",
            field="action",
        )
    return command

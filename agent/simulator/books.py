"""The broker's own books, on disk: positions, orders, deals, balance, and the faults planned for it.

SQLite in WAL mode: a change is one transaction, so a process that is killed leaves it whole or not begun, and whoever
opens the file next goes on with the same tickets. Several processes may hold the books open at once, as several
terminals may be logged in to one account. A killed process loses nothing; a power cut may lose the last changes.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar, get_type_hints

from agent.simulator.structures import TradeDeal, TradeOrder, TradePosition

BUSY_TIMEOUT_S: Final = 10.0
CHECKPOINT_PAGES: Final = 4000
"""Every so many pages the log is folded into the file, which waits for the disk: seldom, an order should not."""
FIRST_ORDER: Final = 51_000_001
FIRST_DEAL: Final = 37_000_001
_SIGN_BIT: Final = 1 << 63
_SQL_TYPES: Final = {int: "INTEGER", float: "REAL", str: "TEXT"}

Row = TypeVar("Row", TradePosition, TradeOrder, TradeDeal)


def _columns(shape: type[NamedTuple]) -> str:
    return ", ".join(
        f'"{name}" {_SQL_TYPES[kind]}' + (" PRIMARY KEY" if name == "ticket" else "")
        for name, kind in get_type_hints(shape).items()
    )


_SCHEMA: Final = f"""
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS positions ({_columns(TradePosition)});
CREATE TABLE IF NOT EXISTS orders ({_columns(TradeOrder)});
CREATE TABLE IF NOT EXISTS history_orders ({_columns(TradeOrder)});
CREATE TABLE IF NOT EXISTS deals ({_columns(TradeDeal)});
CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY AUTOINCREMENT, fault TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS deals_position ON deals (position_id);
CREATE INDEX IF NOT EXISTS deals_order ON deals ("order");
CREATE INDEX IF NOT EXISTS deals_time ON deals (time_msc);
CREATE INDEX IF NOT EXISTS history_orders_position ON history_orders (position_id);
CREATE INDEX IF NOT EXISTS history_orders_time ON history_orders (time_done_msc);
"""


@dataclass(frozen=True, slots=True)
class BooksContent:
    """What the books hold, for inspection from another process. Times are server time, as in the API."""

    balance: float
    positions: tuple[TradePosition, ...] = ()
    orders: tuple[TradeOrder, ...] = ()
    history_orders: tuple[TradeOrder, ...] = ()
    deals: tuple[TradeDeal, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)


def read_books(path: str | Path) -> BooksContent:
    """Read a broker's books without disturbing it; raises FileNotFoundError where there are none yet."""
    if not Path(path).exists():
        raise FileNotFoundError(f"no simulated broker has kept its books at {path}")
    connection = sqlite3.connect(Path(path).resolve().as_uri() + "?mode=ro", uri=True, timeout=BUSY_TIMEOUT_S)
    try:
        connection.execute("BEGIN")  # one snapshot for all tables
        meta = {key: json.loads(value) for key, value in connection.execute("SELECT key, value FROM meta")}
        return BooksContent(
            balance=float(meta.get("balance", 0.0)),
            positions=tuple(_rows(connection, TradePosition, "positions ORDER BY ticket")),
            orders=tuple(_rows(connection, TradeOrder, "orders ORDER BY ticket")),
            history_orders=tuple(_rows(connection, TradeOrder, "history_orders ORDER BY ticket")),
            deals=tuple(_rows(connection, TradeDeal, "deals ORDER BY ticket")),
            meta=meta,
        )
    finally:
        connection.close()


class Books:
    """The open books: live positions and orders in memory, everything on disk. Change them within `transaction`."""

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path else None
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(
            self.path or ":memory:", timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        self.close = weakref.finalize(self, self._db.close)
        """Close the file; it closes itself when nobody holds the books any more."""
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        self._db.executescript(_SCHEMA)
        self.positions: dict[int, TradePosition] = {}
        self.orders: dict[int, TradeOrder] = {}
        self.meta: dict[str, Any] = {}
        self.faults: dict[int, dict[str, Any]] = {}
        self.version = 0
        """Grows with every change, here or in another process."""
        self._changed_meta: set[str] = set()
        self._depth = 0
        self._seen = -1
        self._reload()

    def refresh(self) -> None:
        """Take up what another process wrote."""
        if self.path and not self._depth and self._data_version() != self._seen:
            self._reload()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested use joins the outer transaction."""
        if self._depth:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        self._depth = 1
        try:
            if self.path and self._data_version() != self._seen:
                self._reload()
            yield
            self._flush_meta()
            self._db.execute("COMMIT")
            self.version += 1
        except BaseException:
            self._db.execute("ROLLBACK")
            self._reload()
            raise
        finally:
            self._depth = 0

    # --- figures ----------------------------------------------------------------------------------------------------

    def get(self, key: str, default: Any = None) -> Any:
        """A value kept beside the tables."""
        return self.meta.get(key, default)

    def set(self, key: str, value: Any) -> None:
        """Keep a value (anything JSON can say)."""
        self.meta[key] = value
        self._changed_meta.add(key)

    @property
    def balance(self) -> float:
        """The account's balance: the sum of all deals, kept as they are written."""
        return float(self.meta.get("balance", 0.0))

    def next_order(self) -> int:
        """A fresh order ticket."""
        return self._next("next_order", FIRST_ORDER)

    def next_deal(self) -> int:
        """A fresh deal ticket."""
        return self._next("next_deal", FIRST_DEAL)

    # --- rows -------------------------------------------------------------------------------------------------------

    def put_position(self, position: TradePosition) -> None:
        """Open or change a position."""
        self.version += 1
        self.positions[position.ticket] = position
        self._put("positions", position)

    def drop_position(self, ticket: int) -> None:
        """The position is closed."""
        self.version += 1
        del self.positions[ticket]
        self._db.execute("DELETE FROM positions WHERE ticket = ?", (ticket,))

    def put_order(self, order: TradeOrder) -> None:
        """Place or change a working order."""
        self.version += 1
        self.orders[order.ticket] = order
        self._put("orders", order)

    def finish_order(self, order: TradeOrder) -> None:
        """Move an order to history; it need not have been working before."""
        self.version += 1
        if self.orders.pop(order.ticket, None):
            self._db.execute("DELETE FROM orders WHERE ticket = ?", (order.ticket,))
        self._put("history_orders", order)

    def add_deal(self, deal: TradeDeal, digits: int) -> None:
        """Write a deal and move the balance by it."""
        self._put("deals", deal)
        self.set("balance", round(self.balance + deal.profit + deal.commission + deal.swap + deal.fee, digits))

    def deals(self, where: str, values: Sequence[int]) -> list[TradeDeal]:
        """Deals by a condition on columns of `TradeDeal`, oldest first."""
        return list(_rows(self._db, TradeDeal, f"deals WHERE {where} ORDER BY time_msc, ticket", values))

    def history_orders(self, where: str, values: Sequence[int]) -> list[TradeOrder]:
        """Finished orders by a condition on columns of `TradeOrder`, oldest first."""
        return list(_rows(self._db, TradeOrder, f"history_orders WHERE {where} ORDER BY time_done_msc, ticket", values))

    def put_fault(self, fault: dict[str, Any], number: int | None = None) -> None:
        """Plan a fault, or change one."""
        cursor = self._db.execute("INSERT OR REPLACE INTO faults VALUES (?, ?)", (number, json.dumps(fault)))
        self.faults[number or cursor.lastrowid or 0] = fault

    def drop_faults(self, number: int | None = None) -> None:
        """Take back one fault, or all."""
        for each in [number] if number else list(self.faults):
            del self.faults[each]
            self._db.execute("DELETE FROM faults WHERE id = ?", (each,))

    # --- inside -----------------------------------------------------------------------------------------------------

    def _next(self, key: str, first: int) -> int:
        number = int(self.meta.get(key, first))
        self.set(key, number + 1)
        return number

    def _put(self, table: str, row: tuple[Any, ...]) -> None:
        marks = ",".join("?" * len(row))
        values = [each - 2 * _SIGN_BIT if isinstance(each, int) and each >= _SIGN_BIT else each for each in row]
        self._db.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", values)  # noqa: S608  # our own names

    def _flush_meta(self) -> None:
        for key in self._changed_meta:
            self._db.execute(
                "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, json.dumps(self.meta[key]))
            )
        self._changed_meta.clear()

    def _data_version(self) -> int:
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    def _reload(self) -> None:
        self._seen = self._data_version()
        self._changed_meta.clear()
        self.meta = {key: json.loads(value) for key, value in self._db.execute("SELECT key, value FROM meta")}
        self.positions = {row.ticket: row for row in _rows(self._db, TradePosition, "positions ORDER BY ticket")}
        self.orders = {row.ticket: row for row in _rows(self._db, TradeOrder, "orders ORDER BY ticket")}
        self.faults = {
            number: json.loads(text) for number, text in self._db.execute("SELECT id, fault FROM faults ORDER BY id")
        }
        self.version += 1


def _rows(db: sqlite3.Connection, shape: type[Row], rest: str, values: Sequence[int] = ()) -> Iterator[Row]:
    """Rows of a table as structures; 64-bit unsigned numbers come back from their signed form."""
    for row in db.execute(f"SELECT * FROM {rest}", values):  # noqa: S608  # our own names
        yield shape._make(each + 2 * _SIGN_BIT if isinstance(each, int) and each < 0 else each for each in row)

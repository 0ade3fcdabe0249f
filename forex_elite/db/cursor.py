"""Reading more rows than fit into memory: a cursor of the transaction, in batches."""

from __future__ import annotations

from collections.abc import AsyncIterator

from forex_elite.db.unit_of_work import Parameters, Row, UnitOfWork

BATCH = 5000


async def stream(uow: UnitOfWork, name: str, sql: str, parameters: Parameters = None) -> AsyncIterator[list[Row]]:
    """The rows of a statement in batches, of one snapshot.

    `name` is the cursor's; it belongs to one statement text, because the plan of its `fetch` is kept with the
    connection and must always return the same columns.
    """
    await uow.run(f'declare "{name}" no scroll cursor for {sql}', parameters)
    while True:
        rows = await uow.rows(f'fetch {BATCH} from "{name}"')
        if rows:
            yield rows
        if len(rows) < BATCH:
            break
    await uow.run(f'close "{name}"')

"""Select the rows of one response: offset, limit, distinct, end cursor."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gaelocal.datastore.state.queries import Position, Query
from gaelocal.datastore.state.rows import Row
from gaelocal.protobuf.datastore_pb2 import QueryResultBatch

MoreResults = QueryResultBatch.MoreResultsType

MOST_ROWS = 1_000
# Clients take 4 MiB in one message; the entity that passes this bound may itself have 1 MiB.
MOST_BYTES = 2 << 20


@dataclass(slots=True)
class Page:
    more: MoreResults
    end: Position | None
    rows: list[Row] = field(default_factory=list)
    skipped: int = 0
    skipped_to: Position | None = None


def read_page(rows: Iterable[Row], query: Query, most_rows: int = MOST_ROWS) -> Page:
    page = Page(MoreResults.NO_MORE_RESULTS, query.start)
    waiting = iter(rows) if query.end is None else _until_end(rows, query)
    if query.distinct:
        waiting = _distinct(waiting, query)
    for row in waiting if query.offset else ():
        page.skipped += 1
        page.end = page.skipped_to = row.position
        if page.skipped == query.offset:
            break
    page.more = _fill(page, waiting, query, most_rows)
    return page


def _fill(page: Page, waiting: Iterator[Row], query: Query, most_rows: int) -> MoreResults:
    if query.limit == 0:
        return MoreResults.MORE_RESULTS_AFTER_LIMIT
    size = 0
    for number, row in enumerate(waiting, 1):
        page.rows.append(row)
        page.end = row.position
        if number == query.limit:
            return MoreResults.MORE_RESULTS_AFTER_LIMIT
        size += len(row.stored.body) if row.stored else 0
        if number == most_rows or size > MOST_BYTES:
            return MoreResults.NOT_FINISHED
    return MoreResults.NO_MORE_RESULTS if query.end is None else MoreResults.MORE_RESULTS_AFTER_CURSOR


def _until_end(rows: Iterable[Row], query: Query) -> Iterator[Row]:
    for row in rows:
        if query.end is not None and row.position > query.end:
            return
        yield row


def _distinct(rows: Iterable[Row], query: Query) -> Iterator[Row]:
    """Return the first row of each group; the group of the start cursor was already returned."""
    last = _group(query.start, query) if query.start else None
    for row in rows:
        group = _group(row.position, query)
        if group != last:
            yield row
        last = group


def _group(position: Position, query: Query) -> Position:
    return tuple(position[place] for place in query.distinct)

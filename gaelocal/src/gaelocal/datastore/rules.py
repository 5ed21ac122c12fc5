"""Options of the Datastore's behaviour, which differs between Google's products."""

from dataclasses import dataclass
from pathlib import Path

from gaelocal.datastore.state.plans import SMALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`consistency` is the share of global queries that see fresh writes.

    `pessimistic`: a commit waits for transactions that have read what it writes, for `lock_seconds` at most;
    otherwise those transactions fail when they commit.
    `index_file` is the project's index.yaml; with `require_indexes`, queries that need one that it lacks
    fail. `small`: a query that selects fewer entities sorts them instead of reading an index in order.
    `commits_per_second` limits the commits to one entity group; 0 means no limit.
    """

    consistency: float = 1.0
    pessimistic: bool = False
    lock_seconds: float = 5.0
    index_file: Path | None = None
    require_indexes: bool = False
    small: int = SMALL
    commits_per_second: float = 0.0

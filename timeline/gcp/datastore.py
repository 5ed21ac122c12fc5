"""Datastore: entities by path, bounded scans, and transactions that are tried again."""

# mypy: disable-error-code="no-untyped-call"

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar, cast

import grpc
from google.api_core.exceptions import GoogleAPICallError
from google.auth.credentials import AnonymousCredentials
from google.cloud import datastore
from google.cloud.datastore.query import PropertyFilter
from google.cloud.datastore_v1.services.datastore import DatastoreClient
from google.cloud.datastore_v1.services.datastore.transports import DatastoreGrpcTransport

from timeline.gcp.retries import CROWDED, LOST, OUTAGE_SECONDS, patiently, translated
from timeline.interfaces import Entity, Key, Scan, Transaction
from timeline.settings import Settings

T = TypeVar("T")

RPC_SECONDS = 3.5
"""The deadline of one call; a healthy one takes milliseconds."""
ROLLBACK_SECONDS = 1.0
RETRY_SECONDS = OUTAGE_SECONDS - RPC_SECONDS - ROLLBACK_SECONDS
"""How long lost calls are tried again; after the last pause one more may use up its whole time."""
TRANSACTION_SECONDS = 20.0
"""How long a transaction is tried again beside others: Datastore answers, so everybody's turn comes."""
PING_SECONDS = 1.5
FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.5
RECONNECT = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 1000)]
"""gRPC's own pause grows to two minutes, long after an emulator is back."""


def connect(settings: Settings) -> "Datastore":
    return Datastore(_client(settings))


class Datastore:
    """Satisfies stores.Entities."""

    def __init__(self, client: datastore.Client) -> None:
        self._client = client

    def get(self, *keys: Key) -> Sequence[Entity | None]:
        with translated("Datastore"):
            return self.lookup(keys, None)

    def put(self, *entities: Entity) -> None:
        rows = [self.row_of(entity) for entity in entities]
        with translated("Datastore"):
            self._client.put_multi(rows, retry=patiently(RETRY_SECONDS), timeout=RPC_SECONDS)

    def delete(self, *keys: Key) -> None:
        wanted = [self._client.key(*key) for key in keys]
        with translated("Datastore"):
            self._client.delete_multi(wanted, retry=patiently(RETRY_SECONDS), timeout=RPC_SECONDS)

    def scan(self, scan: Scan) -> Sequence[Entity]:
        query = self._query(scan)
        with translated("Datastore"):
            found = query.fetch(limit=scan.limit, retry=patiently(RETRY_SECONDS), timeout=RPC_SECONDS)
            return [_entity_of(row) for row in found]

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Full jitter: writers of one entity group that met once shall not meet again."""
        began, pause = time.monotonic(), FIRST_PAUSE
        with translated("Datastore"):
            while True:
                try:
                    return self._attempt(work)
                except (*CROWDED, *LOST) as error:
                    patience = TRANSACTION_SECONDS if isinstance(error, CROWDED) else RETRY_SECONDS
                    if time.monotonic() + pause > began + patience:
                        raise
                time.sleep(random.uniform(0, pause))  # noqa: S311 - chance, not secrecy
                pause = min(2 * pause, LONGEST_PAUSE)

    def ping(self) -> None:
        wanted = [self._client.key("User", "-")]
        with translated("Datastore"):
            self._client.get_multi(wanted, retry=patiently(PING_SECONDS), timeout=PING_SECONDS)

    def close(self) -> None:
        """The client closes its HTTP session only, not the channel."""
        self._client.close()
        self._client._datastore_api.transport.close()

    def lookup(self, keys: Sequence[Key], transaction: datastore.Transaction | None) -> list[Entity | None]:
        wanted = [self._client.key(*key) for key in keys]
        rows = self._client.get_multi(
            wanted, transaction=transaction, retry=patiently(RETRY_SECONDS), timeout=RPC_SECONDS
        )
        found = {row.key.flat_path: _entity_of(row) for row in rows}
        return [found.get(key) for key in keys]

    def row_of(self, entity: Entity) -> datastore.Entity:
        hidden = tuple(name for name in entity.values if name not in entity.indexed)
        row = datastore.Entity(self._client.key(*entity.key), exclude_from_indexes=hidden)
        row.update(entity.values)
        return row

    def key_of(self, key: Key) -> datastore.Key:
        return cast("datastore.Key", self._client.key(*key))

    def _attempt(self, work: Callable[[Transaction], T]) -> T:
        """Beginning with the first read would save a call; the Firestore emulator then keeps its locks."""
        transaction = self._client.transaction()
        transaction.begin(timeout=RPC_SECONDS)
        try:
            result = work(_Transaction(self, transaction))
        except BaseException:
            _roll_back(transaction)
            raise
        transaction.commit(timeout=RPC_SECONDS)
        return result

    def _query(self, scan: Scan) -> datastore.Query:
        ancestor = self._client.key(*scan.parent) if scan.parent else None
        query: datastore.Query = self._client.query(kind=scan.kind, ancestor=ancestor)
        if scan.keys_only:
            query.keys_only()
        for name, operator, value in self._conditions(scan):
            query.add_filter(filter=PropertyFilter(name, operator, value))
        if scan.equal is None:
            query.order = [scan.by or "__key__"]
        return query

    def _conditions(self, scan: Scan) -> list[tuple[str, str, Any]]:
        after = self._client.key(*scan.after) if scan.after else None
        wanted = [
            ("__key__", ">", after),
            (scan.by, ">", scan.above),
            (scan.by, "<", scan.below),
            (scan.by, "=", scan.equal),
        ]
        return [(name or "", operator, value) for name, operator, value in wanted if value is not None]


class _Transaction:
    """Satisfies stores.Transaction."""

    def __init__(self, store: Datastore, transaction: datastore.Transaction) -> None:
        self._store = store
        self._transaction = transaction

    def get(self, *keys: Key) -> Sequence[Entity | None]:
        return self._store.lookup(keys, self._transaction)

    def put(self, *entities: Entity) -> None:
        for entity in entities:
            self._transaction.put(self._store.row_of(entity))

    def delete(self, *keys: Key) -> None:
        for key in keys:
            self._transaction.delete(self._store.key_of(key))


def _client(settings: Settings) -> datastore.Client:
    """The library's emulator variable counts for a whole process; this is the same for one client."""
    project = settings.google_cloud_project
    if not settings.datastore_emulator_host:
        return datastore.Client(project=project)
    client = _anonymous_client(project)
    channel = grpc.insecure_channel(settings.datastore_emulator_host, options=RECONNECT)
    client._datastore_api_internal = DatastoreClient(transport=DatastoreGrpcTransport(channel=channel))
    return client


def _anonymous_client(project: str) -> datastore.Client:
    """Where the library sees its emulator variable it makes these credentials itself, and refuses ours."""
    try:
        return datastore.Client(project=project, credentials=AnonymousCredentials())
    except ValueError:
        return datastore.Client(project=project)


def _roll_back(transaction: datastore.Transaction) -> None:
    """Only a courtesy to the server: what began and never commits is forgotten anyway."""
    try:
        transaction.rollback(timeout=ROLLBACK_SECONDS)
    except GoogleAPICallError:
        return


def _entity_of(row: datastore.Entity) -> Entity:
    indexed = frozenset(row) - frozenset(row.exclude_from_indexes)
    return Entity(row.key.flat_path, {name: _plain(value) for name, value in row.items()}, indexed)


def _plain(value: Any) -> Any:
    """Google's own datetime carries nanoseconds and does not survive a copy."""
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.timetz())
    return value

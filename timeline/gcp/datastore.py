"""The Datastore client: entities by path, bounded scans, and transactions with retries."""

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

from timeline.gcp.retries import CONTENTION, NO_RESPONSE, OUTAGE_SECONDS, retry_for, translated
from timeline.interfaces import Entity, Key, Scan, Transaction
from timeline.settings import Settings

T = TypeVar("T")

RPC_SECONDS = 3.5
"""The deadline of one call, which usually takes milliseconds."""
ROLLBACK_SECONDS = 1.0
RETRY_SECONDS = OUTAGE_SECONDS - RPC_SECONDS - ROLLBACK_SECONDS
"""The time for retries of failed calls; the last one may then take its whole deadline."""
TRANSACTION_SECONDS = 20.0
"""The time for retries of a contended transaction: Datastore responds, so each one gets its turn."""
PING_SECONDS = 1.5
FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.5
RECONNECT = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 1000)]
"""By default gRPC waits up to two minutes, even if an emulator is back earlier."""


def connect(settings: Settings) -> "Datastore":
    return Datastore(_client(settings))


class Datastore:
    """Implements interfaces.Entities."""

    def __init__(self, client: datastore.Client) -> None:
        self._client = client

    def get(self, *keys: Key) -> Sequence[Entity | None]:
        with translated("Datastore"):
            return self.lookup(keys, None)

    def put(self, *entities: Entity) -> None:
        rows = [self.row_of(entity) for entity in entities]
        with translated("Datastore"):
            self._client.put_multi(rows, retry=retry_for(RETRY_SECONDS), timeout=RPC_SECONDS)

    def delete(self, *keys: Key) -> None:
        native = [self._client.key(*key) for key in keys]
        with translated("Datastore"):
            self._client.delete_multi(native, retry=retry_for(RETRY_SECONDS), timeout=RPC_SECONDS)

    def scan(self, scan: Scan) -> Sequence[Entity]:
        query = self._query(scan)
        with translated("Datastore"):
            found = query.fetch(limit=scan.limit, retry=retry_for(RETRY_SECONDS), timeout=RPC_SECONDS)
            return [_entity_of(row) for row in found]

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Retry with full jitter, so that conflicting writers of an entity group do not retry in step."""
        began, pause = time.monotonic(), FIRST_PAUSE
        with translated("Datastore"):
            while True:
                try:
                    return self._attempt(work)
                except (*CONTENTION, *NO_RESPONSE) as error:
                    patience = TRANSACTION_SECONDS if isinstance(error, CONTENTION) else RETRY_SECONDS
                    if time.monotonic() + pause > began + patience:
                        raise
                time.sleep(random.uniform(0, pause))  # noqa: S311 - not for secrets
                pause = min(2 * pause, LONGEST_PAUSE)

    def ping(self) -> None:
        native = [self._client.key("User", "-")]
        with translated("Datastore"):
            self._client.get_multi(native, retry=retry_for(PING_SECONDS), timeout=PING_SECONDS)

    def close(self) -> None:
        """Close the channel too: the client closes only its HTTP session."""
        self._client.close()
        self._client._datastore_api.transport.close()

    def lookup(self, keys: Sequence[Key], transaction: datastore.Transaction | None) -> list[Entity | None]:
        native = [self._client.key(*key) for key in keys]
        rows = self._client.get_multi(
            native, transaction=transaction, retry=retry_for(RETRY_SECONDS), timeout=RPC_SECONDS
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
        """Begin explicitly. Beginning with the first read leaves locks behind in the Firestore emulator."""
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
        native = [
            ("__key__", ">", after),
            (scan.by, ">", scan.above),
            (scan.by, "<", scan.below),
            (scan.by, "=", scan.equal),
        ]
        return [(name or "", operator, value) for name, operator, value in native if value is not None]


class _Transaction:
    """Implements interfaces.Transaction."""

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
    """Connect one client to the emulator; the library's environment variable would affect all clients."""
    project = settings.google_cloud_project
    if not settings.datastore_emulator_host:
        return datastore.Client(project=project)
    client = _anonymous_client(project)
    channel = grpc.insecure_channel(settings.datastore_emulator_host, options=RECONNECT)
    client._datastore_api_internal = DatastoreClient(transport=DatastoreGrpcTransport(channel=channel))
    return client


def _anonymous_client(project: str) -> datastore.Client:
    """With its emulator variable set, the library makes these credentials itself and rejects others."""
    try:
        return datastore.Client(project=project, credentials=AnonymousCredentials())
    except ValueError:
        return datastore.Client(project=project)


def _roll_back(transaction: datastore.Transaction) -> None:
    """Release locks early; a failed rollback is ignored because the transaction expires anyway."""
    try:
        transaction.rollback(timeout=ROLLBACK_SECONDS)
    except GoogleAPICallError:
        return


def _entity_of(row: datastore.Entity) -> Entity:
    indexed = frozenset(row) - frozenset(row.exclude_from_indexes)
    return Entity(row.key.flat_path, {name: _plain(value) for name, value in row.items()}, indexed)


def _plain(value: Any) -> Any:
    """Convert Google's datetime subclass, which cannot be copied."""
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.timetz())
    return value

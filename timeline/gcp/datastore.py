"""The Datastore client: entities by path, bounded scans, and transactions with retries."""

# mypy: disable-error-code="no-untyped-call"

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import grpc
from google.api_core.exceptions import AlreadyExists, GoogleAPICallError, NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud import datastore
from google.cloud.datastore_v1.services.datastore import DatastoreClient
from google.cloud.datastore_v1.services.datastore.transports import DatastoreGrpcTransport

from timeline.gcp.datastore_calls import RETRY_SECONDS, DatastoreCalls
from timeline.gcp.datastore_messages import Message, Messages, entity_of, key_of
from timeline.gcp.retries import CONTENTION, NO_RESPONSE, translated
from timeline.interfaces import BegunTransaction, Entity, Key, Scan, Transaction
from timeline.settings import Settings

T = TypeVar("T")

TRANSACTION_SECONDS = 20.0
"""The time for retries of a contended transaction: Datastore responds, so each one gets its turn."""
BEGUN_SECONDS = 10.0
"""A transaction that was begun longer ago is not used: Datastore may end it soon."""
FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.5
RECONNECT = [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 1000)]
"""By default gRPC waits up to two minutes, even if an emulator is back earlier."""


def connect(settings: Settings) -> "Datastore":
    return Datastore(_client(settings))


class Datastore:
    """Implements interfaces.Entities."""

    def __init__(self, client: datastore.Client) -> None:
        self._client = client
        self._calls = DatastoreCalls(client)
        self._messages = Messages(client.project)

    def get(self, *keys: Key) -> Sequence[Entity | None]:
        with translated("Datastore"):
            return _in_order(keys, self._calls.lookup([self._messages.key(key) for key in keys]))

    def put(self, *entities: Entity) -> None:
        with translated("Datastore"):
            self._calls.commit([self._messages.upsert(entity) for entity in entities])

    def add(self, entity: Entity, *changed: Entity) -> bool:
        mutations = [self._messages.insert(entity), *(self._messages.update(each) for each in changed)]
        try:
            with translated("Datastore"):
                self._calls.commit(mutations)
        except (AlreadyExists, NotFound):
            return False
        return True

    def delete(self, *keys: Key) -> None:
        with translated("Datastore"):
            self._calls.commit([self._messages.delete(key) for key in keys])

    def scan(self, scan: Scan) -> Sequence[Entity]:
        with translated("Datastore"):
            return [entity_of(row) for row in self._calls.run_query(self._messages.query(scan))]

    def begin(self) -> BegunTransaction:
        with translated("Datastore"):
            return BegunTransaction(self._calls.begin(), time.monotonic())

    def transact(self, work: Callable[[Transaction], T], begun: BegunTransaction | None = None) -> T:
        """Retry with full jitter, so that conflicting writers of an entity group do not retry in step."""
        began, pause = time.monotonic(), FIRST_PAUSE
        usable = begun.id if begun and began - begun.began < BEGUN_SECONDS else None
        with translated("Datastore"):
            while True:
                try:
                    return self._attempt(work, usable)
                except (*CONTENTION, *NO_RESPONSE) as error:
                    patience = TRANSACTION_SECONDS if isinstance(error, CONTENTION) else RETRY_SECONDS
                    if time.monotonic() + pause > began + patience:
                        raise
                time.sleep(random.uniform(0, pause))  # noqa: S311 - not for secrets
                pause, usable = min(2 * pause, LONGEST_PAUSE), None

    def ping(self) -> None:
        with translated("Datastore"):
            self._calls.ping(self._messages.key(("User", "-")))

    def close(self) -> None:
        self._calls.close()

    def _attempt(self, work: Callable[[Transaction], T], begun: bytes | None) -> T:
        """Begin explicitly. Beginning with the first read leaves locks behind in the Firestore emulator."""
        transaction_id = begun or self._calls.begin()
        transaction = _Transaction(self._calls, self._messages, transaction_id)
        try:
            result = work(transaction)
        except BaseException:
            self._roll_back(transaction_id)
            raise
        self._calls.commit_transaction(transaction_id, transaction.mutations)
        return result

    def _roll_back(self, transaction_id: bytes) -> None:
        """Release locks early; a failed rollback is ignored because the transaction expires anyway."""
        with suppress(GoogleAPICallError):
            self._calls.roll_back(transaction_id)


class _Transaction:
    """Implements interfaces.Transaction."""

    def __init__(self, calls: DatastoreCalls, messages: Messages, transaction_id: bytes) -> None:
        self.mutations: list[Message] = []
        self._calls = calls
        self._messages = messages
        self._id = transaction_id

    def get(self, *keys: Key) -> Sequence[Entity | None]:
        return _in_order(keys, self._calls.lookup([self._messages.key(key) for key in keys], self._id))

    def put(self, *entities: Entity) -> None:
        self.mutations += [self._messages.upsert(entity) for entity in entities]

    def delete(self, *keys: Key) -> None:
        self.mutations += [self._messages.delete(key) for key in keys]


def _in_order(keys: Sequence[Key], found: Sequence[Message]) -> list[Entity | None]:
    by_key = {key_of(row.key): row for row in found}
    return [entity_of(by_key[key]) if key in by_key else None for key in keys]


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

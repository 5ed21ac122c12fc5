"""Entities and queries in one line each."""

from typing import Any

from google.cloud import datastore
from google.cloud.datastore.helpers import entity_to_protobuf
from google.cloud.datastore.query import PropertyFilter
from google.cloud.datastore_v1 import types

UNINDEXED = "note"


def entity(key: datastore.Key, **properties: Any) -> datastore.Entity:
    """Make an entity; the property `note` is not indexed."""
    made = datastore.Entity(key, exclude_from_indexes=(UNINDEXED,))
    made.update(properties)
    return made


def put(client: datastore.Client, *path: Any, **properties: Any) -> datastore.Key:
    key = client.key(*path)
    client.put(entity(key, **properties))
    return key


def where(query: datastore.Query, name: str, operator: str, value: Any) -> datastore.Query:
    return query.add_filter(filter=PropertyFilter(name, operator, value))


def names(results: Any) -> list[Any]:
    """Return the last identifiers of the keys."""
    return [found.key.id_or_name for found in results]


def commit(client: datastore.Client, *mutations: types.Mutation, transaction: bytes | None = None) -> Any:
    chosen = {"transaction": transaction, "mode": 1} if transaction else {"mode": 2}
    request = {"project_id": client.project, "mutations": list(mutations), **chosen}
    return client._datastore_api.commit(request=request)


def begin(client: datastore.Client, **options: Any) -> bytes:
    request = {"project_id": client.project, "transaction_options": options}
    begun: bytes = client._datastore_api.begin_transaction(request=request).transaction
    return begun


def insert(key: datastore.Key, **properties: Any) -> types.Mutation:
    return types.Mutation(insert=entity_to_protobuf(entity(key, **properties)))


def update(key: datastore.Key, **properties: Any) -> types.Mutation:
    return types.Mutation(update=entity_to_protobuf(entity(key, **properties)))


def upsert(key: datastore.Key, **properties: Any) -> types.Mutation:
    return types.Mutation(upsert=entity_to_protobuf(entity(key, **properties)))


def delete(key: datastore.Key) -> types.Mutation:
    return types.Mutation(delete=key.to_protobuf())


def run(client: datastore.Client, transaction: bytes | None = None, **query: Any) -> Any:
    """Run a query message and give the batch."""
    request = {
        "project_id": client.project,
        "partition_id": {"project_id": client.project, "namespace_id": client.namespace},
        "query": query,
    }
    if transaction:
        request["read_options"] = {"transaction": transaction}
    return client._datastore_api.run_query(request=request).batch

"""What the Datastore keeps: entities and index entries in SQLite, transactions and freshness in memory."""

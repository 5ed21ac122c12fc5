"""The state: entities, index entries and history in SQLite; transactions and freshness in memory."""

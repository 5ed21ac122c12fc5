"""The Datastore panel: queries, entities, indexes."""

"""Clients generated from the OpenAPI document, and the linters of the document."""

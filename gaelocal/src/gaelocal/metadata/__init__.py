"""The metadata server of Compute Engine and App Engine: project, service account, tokens."""

from gaelocal.metadata.server import MetadataServer

__all__ = ["MetadataServer"]

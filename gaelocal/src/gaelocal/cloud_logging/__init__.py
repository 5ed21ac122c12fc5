"""Cloud Logging for clients that write entries by its API."""

from gaelocal.cloud_logging.api import logging_service

__all__ = ["logging_service"]

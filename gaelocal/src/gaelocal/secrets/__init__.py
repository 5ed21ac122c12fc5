"""Secret Manager for the secrets of `--secret NAME=VALUE`: read only."""

from gaelocal.secrets.api import secrets_service

__all__ = ["secrets_service"]

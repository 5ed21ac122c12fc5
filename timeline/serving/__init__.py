"""Code shared by the Flask services: identity, rate limits, errors, health checks, logging."""

from timeline.serving.identity import (
    bearer,
    begins_transaction,
    caller_if_signed_in,
    current_backends,
    current_caller,
    platform_only,
    public,
    services_only,
    signed_in,
    verify_token,
    writing_backends,
)
from timeline.serving.problems import Problem
from timeline.serving.rate_limits import limited
from timeline.serving.service import ServiceOptions, make_app

__all__ = [
    "Problem",
    "ServiceOptions",
    "bearer",
    "begins_transaction",
    "caller_if_signed_in",
    "current_backends",
    "current_caller",
    "limited",
    "make_app",
    "platform_only",
    "public",
    "services_only",
    "signed_in",
    "verify_token",
    "writing_backends",
]

"""Deadlines and retries for Google's services, and the domain errors for their failures."""

from collections.abc import Iterator
from contextlib import contextmanager

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from requests.exceptions import RequestException

from timeline.errors import Busy, Unavailable

OUTAGE_SECONDS = 8.0
"""The longest time that an unavailable service may block a thread; an instance has eight threads."""

NO_RESPONSE = (exceptions.ServiceUnavailable, exceptions.DeadlineExceeded, exceptions.ServerError)
"""No response, or one that does not tell whether the call succeeded."""
CONTENTION = (exceptions.Aborted, exceptions.ResourceExhausted, exceptions.TooManyRequests)


def retry_for(seconds: float) -> Retry:
    """Retry for at most `seconds`; only for calls that are safe to repeat."""
    return Retry(if_exception_type(*NO_RESPONSE, *CONTENTION), initial=0.05, maximum=1.0, timeout=seconds)


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Convert failures of the service to Busy or Unavailable; other errors are bugs and pass."""
    try:
        yield
    except CONTENTION as error:
        raise Busy from error
    except (*NO_RESPONSE, exceptions.RetryError, RequestException) as error:
        raise Unavailable(f"{service} does not respond.") from error

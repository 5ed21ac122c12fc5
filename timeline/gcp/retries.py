"""How long Google's services are waited for, and what their failures mean to the domain."""

from collections.abc import Iterator
from contextlib import contextmanager

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from requests.exceptions import RequestException

from timeline.errors import Busy, Unavailable

OUTAGE_SECONDS = 8.0
"""A service that is down may hold a thread no longer: eight posts hold every thread of an instance."""

LOST = (exceptions.ServiceUnavailable, exceptions.DeadlineExceeded, exceptions.ServerError)
"""No answer, or none that tells whether it was done."""
CROWDED = (exceptions.Aborted, exceptions.ResourceExhausted, exceptions.TooManyRequests)


def patiently(seconds: float) -> Retry:
    """Try again for so long; only for calls that may be repeated."""
    return Retry(if_exception_type(*LOST, *CROWDED), initial=0.05, maximum=1.0, timeout=seconds)


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Turn what is no fault of the caller into Busy or Unavailable; anything else is a bug and stays one."""
    try:
        yield
    except CROWDED as error:
        raise Busy from error
    except (*LOST, exceptions.RetryError, RequestException) as error:
        raise Unavailable(f"{service} does not answer.") from error

"""A pytest plugin for the system tests of python-storage, which are written for Google's servers.

With STORAGE_EMULATOR_HOST the client is anonymous unless it is given credentials: it gets those of the key
file. API_ENDPOINT_OVERRIDE is only set after the tests were collected, because it would skip some of them.
"""

import inspect
import os
from typing import Any

from google.cloud import storage
from google.oauth2 import service_account

SCOPES = ["https://www.googleapis.com/auth/devstorage.full_control"]
_init = storage.Client.__init__
_signature = inspect.signature(_init)


def _authenticated(*arguments: Any, **named: Any) -> None:
    bound = _signature.bind(*arguments, **named)
    if bound.arguments.get("credentials") is None:
        key = os.environ["GOOGLE_APPLICATION_CREDENTIALS"]
        credentials = service_account.Credentials.from_service_account_file(key, scopes=SCOPES)
        bound.arguments["credentials"] = credentials
    _init(*bound.args, **bound.kwargs)


storage.Client.__init__ = _authenticated


def pytest_collection_finish() -> None:
    os.environ["API_ENDPOINT_OVERRIDE"] = os.environ["STORAGE_EMULATOR_HOST"]

"""Hooks of schemathesis for sign-in and images, loaded in its process."""

import itertools
import os
import random
from typing import Any

import requests
import schemathesis
from schemathesis import AuthContext, Case, HookContext

from tests import pictures

IDENTITY = os.environ.get("FUZZ_OIDC", "")
LIKELY = 0.7
"""The share of bodies that get a real image, so that operations on photos are reached."""
PICTURES = [pictures.a_jpeg(), pictures.a_png_header_only(width=10, height=10), b"no picture"]

numbers = itertools.count()
chance = random.Random(int(os.environ.get("FUZZ_SEED", "1")))


def token_for(user: str) -> str:
    answer = requests.get(f"{IDENTITY}/token", params={"user": user}, timeout=60)
    answer.raise_for_status()
    return answer.text.strip()


@schemathesis.auth(refresh_interval=None)
class SignedIn:
    """Use one user for everything except account deletion, which uses a new user each time."""

    def __init__(self) -> None:
        self._stays = ""

    def get(self, case: Case, _: AuthContext) -> str:
        if case.operation.definition.raw.get("operationId") == "remove_account":
            return token_for(f"fuzz-leaver-{os.getpid()}-{next(numbers)}")
        self._stays = self._stays or token_for(f"fuzz-{os.getpid()}")
        return self._stays

    def set(self, case: Case, data: str, _: AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def map_body(context: HookContext, body: Any) -> Any:
    is_form = isinstance(body, dict) and "image" in body
    if is_form and chance.random() < LIKELY:
        return {**body, "image": chance.choices(PICTURES, weights=(8, 1, 1))[0]}
    return body

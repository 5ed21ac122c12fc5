"""Users: one account per person, also with concurrent requests."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from tests.timeline.factories import claims
from timeline.account_deletion import deletion
from timeline.accounts import users
from timeline.accounts.users import Caller, Claims
from timeline.errors import Busy, Unauthenticated, Unavailable

if TYPE_CHECKING:
    from timeline.interfaces import Backends, Entities, Transaction

T = TypeVar("T")


class CountedTransactions:
    """The real Datastore client, which counts its transactions."""

    def __init__(self, entities: "Entities") -> None:
        self._entities = entities
        self.transactions = 0

    def transact(self, work: "Callable[[Transaction], T]") -> T:
        self.transactions += 1
        return self._entities.transact(work)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entities, name)


def recognised(backends: "Backends", one: Claims, tries: int = 5) -> Caller:
    """Retry when busy, because locks of the Firestore emulator time out under contention."""
    try:
        return users.identify(backends, one)
    except (Busy, Unavailable):
        if tries == 1:
            raise
        return recognised(backends, one, tries - 1)


def test_eight_concurrent_first_requests_create_one_account(backends: "Backends") -> None:
    with ThreadPoolExecutor(8) as pool:
        callers = list(pool.map(lambda _: recognised(backends, claims("ana")), range(8)))

    assert {caller.handle for caller in callers} == {"ana"}
    assert backends.entities.get(("User", "ana-2")) == [None]


def test_300_people_with_one_name_get_300_handles(backends: "Backends") -> None:
    people = [replace(claims("jo"), subject=str(number)) for number in range(300)]

    with ThreadPoolExecutor(8) as pool:
        found = {caller.handle for caller in pool.map(lambda one: recognised(backends, one), people)}

    assert len(found) == 300
    assert {"jo", "jo-2"} < found
    assert all(re.fullmatch("jo-[0-9a-v]{6}", handle) for handle in found - {"jo", "jo-2"})


def test_a_common_name_costs_at_most_three_transactions(backends: "Backends") -> None:
    counted = CountedTransactions(backends.entities)
    crowd = [replace(claims("jo"), subject=str(number)) for number in range(20)]
    for one in crowd[:-1]:
        users.identify(backends, one)

    users.identify(replace(backends, entities=counted), crowd[-1])

    assert counted.transactions == 3


@pytest.mark.parametrize(
    ("name", "handle"),
    [
        ("Ana", "ana"),
        ("Ana María Müller", "ana-maria-muller"),
        ("ана", "ana"),
        ("用户", "yonghu"),
        ("Straße", "strasse"),
        ("محمد", "mhmd"),
        ("한국", "hangug"),
        ("😀", "grinning"),
        ("\u200b", "user"),
        ("..-..", "user"),
        ("ﷺ" * 50, "salla-allah-alayhi-wa-sallamsall"),
        ("../../etc", "etc"),
        ("x" * 100, "x" * 32),
        ("", "user"),
        ("--a--", "a"),
    ],
)
def test_a_handle_is_derived_from_the_claims(backends: "Backends", name: str, handle: str) -> None:
    assert users.identify(backends, replace(claims("s"), preferred_username=name)).handle == handle


def test_a_username_without_letters_leaves_the_handle_to_the_mail_address(backends: "Backends") -> None:
    person = replace(claims("s"), preferred_username="…", email="Ana.Smith@example.com")

    assert users.identify(backends, person).handle == "ana-smith"


def test_a_suffix_fits_into_the_longest_handle(backends: "Backends") -> None:
    people = [replace(claims("x" * 40), subject=str(number)) for number in range(3)]

    found = [users.identify(backends, one).handle for one in people]

    assert found[:2] == ["x" * 32, "x" * 30 + "-2"]
    assert re.fullmatch("x{25}-[0-9a-v]{6}", found[2])


def test_a_token_older_than_the_deletion_creates_no_account(backends: "Backends") -> None:
    old = replace(claims("ana", "print-2"), issued=backends.clock.now() - timedelta(seconds=2))
    deletion.delete_account(backends, users.identify(backends, claims("ana", "print-1")))

    with pytest.raises(Unauthenticated):
        users.identify(backends, old)
    assert users.identify(backends, claims("ana", "print-3")).handle == "ana-2"


def test_a_token_older_than_the_deletion_cannot_use_the_next_account(backends: "Backends") -> None:
    old = replace(claims("ana", "print-2"), issued=backends.clock.now() - timedelta(seconds=2))
    deletion.delete_account(backends, users.identify(backends, claims("ana", "print-1")))
    again = claims("ana", "print-3")
    users.identify(backends, again)

    for one in (old, replace(old, email="new@example.com", email_verified=True), claims("ana", "print-1")):
        with pytest.raises(Unauthenticated):
            users.identify(backends, one)
        with pytest.raises(Unauthenticated):
            users.sign_in(backends, one)
    assert users.identify(backends, again).handle == "ana-2"


def with_address(email: str, *, verified: bool = True, later: int = 0) -> users.Claims:
    given = claims("ana")
    issued = given.issued + timedelta(seconds=later)
    return replace(given, email=email, email_verified=verified, issued=issued)


def address_after(backends: "Backends", *tokens: users.Claims) -> str:
    for token in tokens:
        users.identify(backends, token)
    return users.get_user(backends, "ana").email


def test_a_newer_token_updates_the_address(backends: "Backends") -> None:
    first, later = with_address("old@example.com"), with_address("new@example.com", later=1)

    assert address_after(backends, first) == "old@example.com"
    assert address_after(backends, later, first) == "new@example.com"


def test_an_address_that_is_no_longer_verified_is_removed(backends: "Backends") -> None:
    first = with_address("ana@example.com")

    assert address_after(backends, first, with_address("ana@example.com", verified=False, later=1)) == ""


def test_a_token_without_an_address_changes_nothing(backends: "Backends") -> None:
    first = with_address("ana@example.com")

    assert address_after(backends, first, with_address("", later=1)) == "ana@example.com"


def test_an_unchanged_address_is_not_written(backends: "Backends") -> None:
    first = with_address("ana@example.com")
    address_after(backends, first)
    written = backends.entities.get(users.account_key(first.issuer, first.subject))

    address_after(backends, with_address("ana@example.com", later=1))

    assert backends.entities.get(users.account_key(first.issuer, first.subject)) == written


def test_a_verified_address_replaces_one_of_an_older_release(backends: "Backends") -> None:
    token = with_address("ana@example.com")
    users.identify(backends, token)
    account, user = backends.entities.get(users.account_key(token.issuer, "ana"), ("User", "ana"))
    assert account is not None
    assert user is not None
    older = {"handle": "ana", "created": account.values["created"]}
    typed = {**user.values, "email": "victim@example.com"}
    backends.entities.put(replace(account, values=older), replace(user, values=typed))

    assert address_after(backends, token) == "ana@example.com"

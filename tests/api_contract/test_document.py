"""The committed document equals the generated one and contains no undeclared breaks."""

import pytest

from tests.api_contract.committed import committed, declared, made_now
from tests.api_contract.surfaces import breaks

REWRITE = "write it again with `make openapi`, and look at the difference"


@pytest.fixture(scope="module")
def now() -> dict[str, object]:
    return made_now()


def test_no_client_breaks_without_a_declaration(now: dict[str, object]) -> None:
    undeclared = [line for line in breaks(committed(), now) if line not in declared()]

    assert undeclared == [], "declare each of these lines in docs/api-breaks.md, or take it back"


def test_the_committed_document_equals_the_generated_one(now: dict[str, object]) -> None:
    assert committed() == now, f"docs/openapi.json is not what the code says: {REWRITE}"

"""The server conforms to its own OpenAPI document."""

import re

from tests.journeys.conformance.callers import Caller, code_of
from tests.journeys.conformance.surface import METHODS, Surface

CONTRACT = {
    "GET /api",
    "GET /api/openapi.json",
    "GET /api/docs",
    "GET /api/v1/photos",
    "POST /api/v1/photos",
    "GET /api/v1/photos/{photo_id}",
    "PATCH /api/v1/photos/{photo_id}",
    "DELETE /api/v1/photos/{photo_id}",
    "GET /api/v1/users/{user}",
    "GET /api/v1/users/{user}/photos",
    "GET /api/v1/me",
    "PATCH /api/v1/me",
    "DELETE /api/v1/me",
}


def test_the_document_has_everything_the_contract_promises(surface: Surface) -> None:
    offered = {f"{operation.method} {operation.path.rstrip('/')}" for operation in surface.operations()}

    assert offered >= CONTRACT
    assert surface.document["openapi"].startswith("3.1")


def test_the_root_links_to_the_documentation(nobody: Caller) -> None:
    start = nobody.get("/api/").json()

    page = nobody.get(start["docs"])

    assert start["service"] == "api-backend"
    assert page.status_code == 200
    assert not re.search(r"""(?:href|src)=["']?(?:https?:)?//""", page.text), (
        "it loads nothing from elsewhere"
    )


def test_an_unsupported_method_gets_405_with_allow(nobody: Caller, surface: Surface) -> None:
    for path, methods in surface.document["paths"].items():
        unknown = sorted(METHODS - set(methods))[0].upper()
        filled = path.replace("{", "").replace("}", "")

        answer = nobody.ask(unknown, filled)

        assert code_of(answer) == (405, "method_not_allowed"), (unknown, path)
        assert set(methods) <= {name.strip().lower() for name in answer.headers["Allow"].split(",")}


def test_private_operations_refuse_anonymous_requests(nobody: Caller, surface: Surface) -> None:
    private = [operation for operation in surface.operations() if operation.is_private]

    for operation in private:
        answer = nobody.ask(operation.method, operation.path.replace("{", "").replace("}", ""))
        assert code_of(answer) == (401, "unauthenticated"), operation.name
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    assert private


def test_private_operations_refuse_forged_tokens(url: str, surface: Surface, ana: Caller) -> None:
    header, body, _ = ana.token.split(".")
    forger = Caller(url, surface, f"{header}.{body}.AAAA")

    for operation in surface.operations():
        if operation.is_private:
            answer = forger.ask(operation.method, operation.path.replace("{", "").replace("}", ""))
            assert code_of(answer) == (401, "unauthenticated"), operation.name


def test_an_unknown_path_is_a_problem(nobody: Caller) -> None:
    assert code_of(nobody.get("/api/v1/nowhere")) == (404, "not_found")

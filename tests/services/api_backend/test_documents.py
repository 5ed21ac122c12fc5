"""The API's root, OpenAPI document and documentation page."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
from flask import Flask

from api_backend.documents import BUNDLE_VERSION
from tests.services.api_backend.actors import ROOT
from tests.services.api_backend.conftest import Api
from timeline import errors
from timeline.settings import Settings

TESTS = Path(__file__).parents[2]
CONTRACT = {
    ("get", "/api"),
    ("get", "/api/docs"),
    ("get", "/api/openapi.json"),
    ("get", "/api/v1/photos"),
    ("post", "/api/v1/photos"),
    ("get", "/api/v1/newest"),
    ("get", "/api/v1/months"),
    ("get", "/api/v1/photos/{photo_id}"),
    ("patch", "/api/v1/photos/{photo_id}"),
    ("delete", "/api/v1/photos/{photo_id}"),
    ("get", "/api/v1/users/{user}"),
    ("get", "/api/v1/users/{user}/photos"),
    ("get", "/api/v1/users/{user}/newest"),
    ("get", "/api/v1/users/{user}/months"),
    ("post", "/api/v1/uploads"),
    ("get", "/api/v1/uploads/{upload_id}"),
    ("delete", "/api/v1/uploads/{upload_id}"),
    ("get", "/api/v1/sync"),
    ("get", "/api/v1/me"),
    ("patch", "/api/v1/me"),
    ("delete", "/api/v1/me"),
    ("get", "/api/v1/me/export"),
    ("post", "/api/v1/me/export"),
    ("get", "/api/v1/me/deletion/{receipt_id}"),
    ("get", "/api/v1/me/sessions"),
    ("delete", "/api/v1/me/sessions"),
    ("delete", "/api/v1/me/sessions/{session_id}"),
}
PARTS_OF_OTHERS = {"MonthView", "RemovedView", "RenditionView", "SessionView"}


def test_the_root_names_docs_and_issuer(api: Api, settings: Settings) -> None:
    answer = api.get("/api/").get_json()

    here = {"service": "default", "version": "dev", "docs": "/api/docs"}
    assert answer == {**here, "issuer": settings.oidc_issuer, "client_id": settings.oidc_audience}


def test_the_document_lists_every_operation_of_the_contract(api: Api) -> None:
    document = api.get("/api/openapi.json").get_json()

    listed = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert document["openapi"].startswith("3.1")
    assert listed == CONTRACT


def test_the_document_describes_all_responses_of_a_post(api: Api) -> None:
    post = api.get("/api/openapi.json").get_json()["paths"][f"{ROOT}/photos"]["post"]

    assert list(post["requestBody"]["content"]) == ["multipart/form-data", "application/json"]
    expected = {"200", "201", "400", "401", "404", "409", "413", "415", "422", "429", "500", "503"}
    assert set(post["responses"]) == expected
    assert post["security"] == [{"id_token": []}]
    told = {
        "ETag",
        "Location",
        "Idempotent-Replayed",
        "Retry-After",
        "Cache-Control",
        "RateLimit",
        "RateLimit-Policy",
        "X-Request-Id",
    }
    assert set(post["responses"]["201"]["headers"]) == told


def test_every_reference_in_the_document_resolves(api: Api) -> None:
    answer = api.get("/api/openapi.json")
    components = answer.get_json()["components"]

    references = set(re.findall(r"#/components/(\w+)/([\w.-]+)", answer.get_data(as_text=True)))
    assert {kind for kind, _ in references} == {"schemas", "responses", "headers", "examples"}
    assert all(name in components[kind] for kind, name in references)


def test_the_schema_of_a_photo_matches_a_response(api: Api) -> None:
    photo = api.as_("ana").post_photo().get_json()
    schema = api.get("/api/openapi.json").get_json()["components"]["schemas"]["PhotoView"]

    assert set(schema["required"]) <= set(photo) == set(schema["properties"])


def test_the_root_has_two_addresses(api: Api) -> None:
    assert api.get("/api").get_json() == api.get("/api/").get_json()


def test_the_page_loads_only_scripts_of_this_server(api: Api) -> None:
    answer = api.get("/api/docs")
    page = answer.get_data(as_text=True)

    scripts = re.findall(r'src="([^"]+)"', page)
    assert answer.mimetype == "text/html"
    assert scripts == [f"/api/docs/scalar-{BUNDLE_VERSION}.js", "/api/docs/start.js"]
    assert [api.get(script).mimetype for script in scripts] == ["text/javascript"] * 2
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"].split("style-src")[0]
    assert "http" not in answer.headers["Content-Security-Policy"]


def test_the_bundle_is_the_one_from_npm(api: Api) -> None:
    lock = json.loads((TESTS / "api_clients" / "package.json").read_text())
    packed = api.get(f"/api/docs/scalar-{BUNDLE_VERSION}.js", headers={"Accept-Encoding": "gzip"})
    plain = api.get(f"/api/docs/scalar-{BUNDLE_VERSION}.js", headers={"Accept-Encoding": "identity"})

    assert lock["devDependencies"]["@scalar/api-reference"] == BUNDLE_VERSION
    assert f"@scalar/api-reference {BUNDLE_VERSION}" in plain.get_data(as_text=True)[:1000]
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < 1_100_000
    assert "immutable" in packed.headers["Cache-Control"]


def test_the_description_lists_every_error(api: Api) -> None:
    description = api.get("/api/openapi.json").get_json()["info"]["description"]

    assert all(f"| `{error.code}` |" in description for error in errors.TimelineError.__subclasses__())


def test_every_route_names_its_audience(app: Flask) -> None:
    from timeline.serving.identity import audience_of

    assert all(audience_of(view) for view in app.view_functions.values())


def test_only_reads_can_return_304(api: Api) -> None:
    paths = api.get("/api/openapi.json").get_json()["paths"]

    unchanged = {
        method for methods in paths.values() for method, told in methods.items() if "304" in told["responses"]
    }
    assert unchanged == {"get"}


def test_an_empty_response_has_no_content_type(api: Api) -> None:
    ana = api.as_("ana")
    photo_id = ana.post_photo().get_json()["id"]

    answers = [
        ana.call("OPTIONS", f"{ROOT}/photos"),
        ana.call("HEAD", f"{ROOT}/photos"),
        ana.delete_photo(photo_id),
        ana.erase_me(),
    ]

    kinds = [(answer.status_code, answer.headers.get("Content-Type")) for answer in answers]
    assert kinds == [(200, None), (200, "application/json"), (204, None), (202, None)]


def every_operation(api: Api) -> list[dict[str, Any]]:
    paths = api.get("/api/openapi.json").get_json()["paths"]
    return [operation for methods in paths.values() for operation in methods.values()]


def test_every_operation_has_a_unique_id_a_tag_a_summary_and_a_description(api: Api) -> None:
    operations = every_operation(api)

    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation["summary"] and operation["tags"] for operation in operations)
    assert [operation["operationId"] for operation in operations if not operation.get("description")] == []


def test_every_parameter_has_a_description(api: Api) -> None:
    given = [parameter for operation in every_operation(api) for parameter in operation["parameters"]]

    assert [parameter["name"] for parameter in given if "description" not in parameter] == []


def test_every_model_has_a_valid_example(api: Api) -> None:
    components = api.get("/api/openapi.json").get_json()["components"]
    sent = {name for name in components["schemas"] if name not in {"ProblemView", *PARTS_OF_OTHERS}}

    assert sent - set(components["examples"]) == set()
    for name in sent:
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        jsonschema_rs.validate(schema, components["examples"][name]["value"])


def test_every_problem_has_a_valid_example(api: Api) -> None:
    components = api.get("/api/openapi.json").get_json()["components"]

    for answer in components["responses"].values():
        content = answer["content"]["application/problem+json"]
        for code in content["examples"]:
            schema = {**content["schema"], "components": components}
            jsonschema_rs.validate(schema, components["examples"][code]["value"])

"""The API says what it is, and says it truly."""

import re

from flask import Flask

from tests.services.api_backend.actors import ROOT
from tests.services.api_backend.conftest import Api
from timeline import errors

CONTRACT = {
    ("get", "/api/"),
    ("get", "/api/v1/photos"),
    ("post", "/api/v1/photos"),
    ("get", "/api/v1/photos/{photo_id}"),
    ("patch", "/api/v1/photos/{photo_id}"),
    ("delete", "/api/v1/photos/{photo_id}"),
    ("get", "/api/v1/users/{user}"),
    ("get", "/api/v1/users/{user}/photos"),
    ("get", "/api/v1/me"),
    ("patch", "/api/v1/me"),
    ("delete", "/api/v1/me"),
}


def test_the_api_says_where_it_starts(api: Api) -> None:
    answer = api.get("/api/").get_json()

    assert answer == {"service": "default", "version": "dev", "docs": "/api/docs"}


def test_the_document_lists_every_operation_of_the_contract(api: Api) -> None:
    document = api.get("/api/openapi.json").get_json()

    listed = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert document["openapi"].startswith("3.1")
    assert listed == CONTRACT


def test_posting_is_described_with_all_its_answers(api: Api) -> None:
    post = api.get("/api/openapi.json").get_json()["paths"][f"{ROOT}/photos"]["post"]

    assert list(post["requestBody"]["content"]) == ["multipart/form-data"]
    assert set(post["responses"]) == {"201", "400", "401", "409", "413", "415", "422", "429", "503"}
    assert post["security"] == [{"id_token": []}]
    assert set(post["responses"]["201"]["headers"]) == {"ETag", "Location", "Idempotent-Replayed"}


def test_every_reference_of_the_document_leads_somewhere(api: Api) -> None:
    answer = api.get("/api/openapi.json")
    schemas = answer.get_json()["components"]["schemas"]

    references = set(re.findall(r"#/components/schemas/(\w+)", answer.get_data(as_text=True)))
    assert references
    assert references <= set(schemas)


def test_a_photo_is_described_as_it_is_answered(api: Api) -> None:
    photo = api.as_("ana").post_photo().get_json()
    schema = api.get("/api/openapi.json").get_json()["components"]["schemas"]["PhotoView"]

    assert set(schema["properties"]) == set(schema["required"]) == set(photo)


def test_the_page_needs_no_network_and_explains_every_problem(api: Api) -> None:
    answer = api.get("/api/docs")
    page = answer.get_data(as_text=True)

    assert answer.mimetype == "text/html"
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert all(f'id="{refusal.code}"' in page for refusal in errors.Refusal.__subclasses__())


def test_every_route_names_its_audience(app: Flask) -> None:
    from timeline.serving.identity import audience_of

    assert all(audience_of(view) for view in app.view_functions.values())


def test_only_what_is_read_may_be_unchanged(api: Api) -> None:
    paths = api.get("/api/openapi.json").get_json()["paths"]

    unchanged = {
        method for methods in paths.values() for method, told in methods.items() if "304" in told["responses"]
    }
    assert unchanged == {"get"}


def test_an_answer_without_content_has_no_type_of_it(api: Api) -> None:
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

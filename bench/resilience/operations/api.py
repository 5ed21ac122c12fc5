"""The operations of api-backend."""

from typing import Any

import requests

from bench.resilience.operations.scene import (
    OK,
    Operation,
    Read,
    Scene,
    found,
    has_photo,
    in_browser,
    posted,
    reads,
)
from bench.resilience.services import unique_image
from timeline.accounts.users import get_user

API = "api-backend"
CHUNK = 256 * 1024
CREATED = 201

READS: tuple[Read, ...] = (
    *reads(
        API,
        "/_ah/start",
        "/_ah/stop",
        "/_ah/warmup",
        "/healthz",
        "/readyz",
        "/whoami",
        "/api",
        "/api/",
        "/api/docs",
        "/api/docs/scalar-1.46.4.js",
        "/api/docs/start.js",
        "/api/openapi.json",
        "/api/internal/statistics",
        "/api/v1/me",
        "/api/v1/me/export",
        "/api/v1/me/sessions",
        "/api/v1/months",
        "/api/v1/newest",
        "/api/v1/photos",
        "/api/v1/sync",
    ),
    Read(f"{API} GET /api/v1/me/deletion/<receipt_id>", "/api/v1/me/deletion/{receipt}"),
    Read(f"{API} GET /api/v1/photos/<photo_id>", "/api/v1/photos/{photo}"),
    Read(f"{API} GET /api/v1/uploads/<upload_id>", "/api/v1/uploads/{upload}"),
    Read(f"{API} GET /api/v1/users/<user>", "/api/v1/users/{user}"),
    Read(f"{API} GET /api/v1/users/<user>/months", "/api/v1/users/{user}/months"),
    Read(f"{API} GET /api/v1/users/<user>/newest", "/api/v1/users/{user}/newest"),
    Read(f"{API} GET /api/v1/users/<user>/photos", "/api/v1/users/{user}/photos"),
)


def has_upload(scene: Scene) -> None:
    image = unique_image(2)
    upload = scene.call("POST", "/api/v1/uploads", json=_description(image)).get_json()
    requests.put(upload["upload_url"], data=image, timeout=30).raise_for_status()
    scene.values["upload"] = upload["id"]


def has_session(scene: Scene) -> None:
    """Sign in to the website, and remember the ID of that session."""
    in_browser()(scene)
    scene.values["session"] = scene.call("GET", "/api/v1/me/sessions").get_json()["results"][0]["id"]


def is_signed_out(scene: Scene) -> bool:
    return bool(scene.browser.opens("/settings").status_code != OK)


def _description(image: bytes) -> dict[str, Any]:
    return {"content_type": "image/jpeg", "size": len(image)}


def _post_upload(scene: Scene) -> Any:
    return scene.call("POST", "/api/v1/photos", json={"upload_id": scene.values["upload"]})


def _upload_in_chunks(scene: Scene) -> Any:
    """Begin an upload, send two chunks, ask after each how many bytes have arrived, and post it."""
    image = unique_image(3) + bytes(CHUNK)
    headers = {"Idempotency-Key": scene.key}
    begun = scene.call("POST", "/api/v1/uploads", headers=headers, json=_description(image))
    if begun.status_code not in (OK, CREATED):
        return begun
    upload = begun.get_json()
    if upload["photo_id"] is None and upload["state"] == "waiting":
        sent = _send_chunks(upload["upload_url"], image)
        if sent is not None:
            return sent
    return scene.call("POST", "/api/v1/photos", json={"upload_id": upload["id"]})


def _send_chunks(url: str, image: bytes) -> requests.Response | None:
    """Send what has not arrived; return an answer that is an error."""
    total, session = len(image), requests.Session()
    state = _put(session, url, b"", f"bytes */{total}")
    while state.status_code == requests.codes.permanent_redirect:
        arrived = int(found(r"-(\d+)", state.headers["Range"])) + 1 if "Range" in state.headers else 0
        chunk = image[arrived : arrived + CHUNK]
        state = _put(session, url, chunk, f"bytes {arrived}-{arrived + len(chunk) - 1}/{total}")
    return None if state.status_code in (OK, CREATED) else state


def _put(session: requests.Session, url: str, content: bytes, content_range: str) -> requests.Response:
    """A client whose connection breaks asks again, which is a 503 here."""
    try:
        return session.put(url, data=content, headers={"Content-Range": content_range}, timeout=30)
    except requests.ConnectionError:
        answer = requests.Response()
        answer.status_code = requests.codes.unavailable
        return answer


def _begin_and_cancel(scene: Scene) -> Any:
    headers = {"Idempotency-Key": scene.key}
    begun = {"content_type": "image/jpeg", "size": 1000}
    answer = scene.call("POST", "/api/v1/uploads", headers=headers, json=begun)
    if answer.status_code not in (OK, CREATED):
        return answer
    return scene.call("DELETE", f"/api/v1/uploads/{answer.get_json()['id']}")


def _post_duplicate(scene: Scene) -> Any:
    return scene.person.post_photo(unique_image(1), dedupe="true")


def _sign_up(scene: Scene) -> Any:
    """The first request of a new account; the user of the scene stays without photos."""
    return scene.services.person(f"{scene.user}-new").me()


def _read_everything(scene: Scene) -> Any:
    """The pages of sync: an app that keeps a copy reads them until nothing is new."""
    answer = scene.call("GET", "/api/v1/sync?limit=1")
    while answer.status_code == OK and answer.get_json()["has_more"]:
        answer = scene.call("GET", f"/api/v1/sync?limit=1&since={answer.get_json()['next']}")
    return answer


def _summary_of(scene: Scene) -> str:
    return get_user(scene.services.backends, scene.user).summary


OPERATIONS = (
    Operation("post", (f"{API} POST /api/v1/photos",), posted),
    Operation("post a finished upload", (f"{API} POST /api/v1/photos",), _post_upload, has_upload),
    Operation(
        "upload in chunks",
        (f"{API} POST /api/v1/uploads", f"{API} POST /api/v1/photos"),
        _upload_in_chunks,
    ),
    Operation("post a duplicate", (f"{API} POST /api/v1/photos",), _post_duplicate, has_photo),
    Operation(
        "change a caption",
        (f"{API} PATCH /api/v1/photos/<photo_id>",),
        lambda scene: scene.person.patch_photo(scene.photo, "new"),
        has_photo,
        is_done=lambda scene: scene.person.photo(scene.photo).get_json()["caption"] == "new",
    ),
    Operation(
        "delete a photo",
        (f"{API} DELETE /api/v1/photos/<photo_id>",),
        lambda scene: scene.person.delete_photo(scene.photo),
        has_photo,
        photos=0,
    ),
    Operation(
        "begin and cancel an upload",
        (f"{API} POST /api/v1/uploads", f"{API} DELETE /api/v1/uploads/<upload_id>"),
        _begin_and_cancel,
        photos=0,
    ),
    Operation("create an account", (f"{API} GET /api/v1/me",), _sign_up, photos=0),
    Operation(
        "change the account",
        (f"{API} PATCH /api/v1/me",),
        lambda scene: scene.person.change_me(summary="daily"),
        photos=0,
        is_done=lambda scene: _summary_of(scene) == "daily",
    ),
    Operation(
        "delete the account",
        (f"{API} DELETE /api/v1/me",),
        lambda scene: scene.person.erase_me(),
        has_photo,
        photos=0,
        is_done=lambda scene: scene.is_erased,
        also_done=(401, 404),
    ),
    Operation(
        "request an export",
        (f"{API} POST /api/v1/me/export",),
        lambda scene: scene.call("POST", "/api/v1/me/export"),
        has_photo,
        is_done=lambda scene: scene.call("GET", "/api/v1/me/export").get_json()["state"] == "ready",
    ),
    Operation(
        "sign out one browser",
        (f"{API} DELETE /api/v1/me/sessions/<session_id>",),
        lambda scene: scene.call("DELETE", scene.filled("/api/v1/me/sessions/{session}")),
        has_session,
        photos=0,
        is_done=is_signed_out,
    ),
    Operation(
        "sign out all browsers",
        (f"{API} DELETE /api/v1/me/sessions",),
        lambda scene: scene.call("DELETE", "/api/v1/me/sessions"),
        has_session,
        photos=0,
        is_done=is_signed_out,
    ),
    Operation("sync", (f"{API} GET /api/v1/sync",), _read_everything, has_photo),
)

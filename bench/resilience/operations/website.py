"""The operations of the website, service default."""

from typing import Any

import requests

from bench.resilience.operations.api import CREATED, has_session, is_signed_out
from bench.resilience.operations.scene import (
    OK,
    Operation,
    Read,
    Scene,
    has_photo,
    has_processing_photo,
    in_browser,
    nothing,
    reads,
)
from bench.resilience.services import unique_image
from tests.services.web_frontend.visitors import a_photo, authorize, come_back
from timeline.accounts.users import get_user
from timeline.digests import sending
from timeline.errors import Unavailable
from timeline.photos.processing import mark_failed
from timeline.photos.read import get_photo
from timeline.rerendering import job as rerendering

WEB = "default"
ADMIN = "admin"
SIGNED_OUT = (302, 401, 404)

READS: tuple[Read, ...] = (
    *reads(
        WEB,
        "/",
        "/_ah/start",
        "/_ah/stop",
        "/_ah/warmup",
        "/admin",
        "/admin/rerender",
        "/favicon.ico",
        "/feed.atom",
        "/healthz",
        "/logging/",
        "/months",
        "/newest",
        "/offline",
        "/post/",
        "/readyz",
        "/robots.txt",
        "/service-worker.js",
        "/settings",
        "/settings/delete",
        "/settings/summary",
        "/settings/summary/mail",
        "/share/",
        "/signin",
        "/whoami",
    ),
    Read(f"{WEB} GET /deleted/<receipt_id>", "/deleted/{receipt}"),
    Read(f"{WEB} GET /image/<photo_id>/", "/image/{photo}/"),
    Read(f"{WEB} GET /image/<photo_id>/<file_name>", "{image}"),
    Read(f"{WEB} GET /image/<photo_id>/original", "/image/{photo}/original"),
    Read(f"{WEB} GET /photo/<photo_id>/", "/photo/{photo}/"),
    Read(f"{WEB} GET /photo/<photo_id>/card", "/photo/{photo}/card"),
    Read(f"{WEB} GET /settings/export/<export_id>", "/settings/export/{export}"),
    Read(f"{WEB} GET /static/<version>/<path:name>", "{static}"),
    Read(f"{WEB} GET /unsubscribe/<token>", "/unsubscribe/{token}"),
    Read(f"{WEB} GET /user/<user>/", "/user/{user}/"),
    Read(f"{WEB} GET /user/<user>/feed.atom", "/user/{user}/feed.atom"),
    Read(f"{WEB} GET /user/<user>/json/", "/user/{user}/json/"),
    Read(f"{WEB} GET /user/<user>/months", "/user/{user}/months"),
    Read(f"{WEB} GET /user/<user>/newest", "/user/{user}/newest"),
    Read(f"{WEB} GET /user/<user>/picture-<digest>.jpg", "/user/{user}/{avatar}"),
    Read(f"{WEB} GET /user/<user>/web/", "/user/{user}/web/"),
)


def has_avatar(scene: Scene) -> None:
    in_browser()(scene)
    _set_picture(scene)
    scene.services.run_tasks()


def has_avatar_task(scene: Scene) -> None:
    in_browser()(scene)
    _set_picture(scene)


def avatar_of(scene: Scene) -> str:
    return get_user(scene.services.backends, scene.user).avatar


def has_token(scene: Scene) -> None:
    """Subscribe to the summaries, and remember the token of the unsubscribe link."""
    scene.person.change_me(summary="daily")
    scene.values["token"] = sending.unsubscribe_token(scene.services.backends, scene.user)


def starts_rerendering(scene: Scene) -> Any:
    return scene.send("/admin/rerender")


def _post_form(scene: Scene) -> Any:
    return scene.send("/post/{user}/", a_photo(unique_image(1), "sea"), idempotency_key=scene.key)


def _upload_and_post(scene: Scene) -> Any:
    """Do what the page's script does: begin an upload, send the bytes, and post it."""
    image = unique_image(4)
    form = {"content_type": "image/jpeg", "size": str(len(image))}
    begun = scene.send("/post/{user}/uploads", form, idempotency_key=f"{scene.key}-upload")
    if begun.status_code != CREATED:
        return begun
    try:
        sent = requests.put(begun.get_json()["url"], data=image, timeout=30)
    except requests.ConnectionError:
        begun.status_code = requests.codes.unavailable
        return begun
    if sent.status_code not in (OK, CREATED, requests.codes.gone, requests.codes.not_found):
        return sent
    form = {"upload_id": begun.get_json()["id"], "caption": "sea", "answer": "card"}
    return scene.send("/post/{user}/", form, idempotency_key=scene.key)


def _set_picture(scene: Scene) -> Any:
    return scene.send("/settings/picture", a_photo(unique_image(5)))


def _deleted(scene: Scene) -> None:
    has_photo(scene)
    scene.person.delete_photo(scene.photo)


def _failed(scene: Scene) -> None:
    """A photo whose task was given up; the dead letter is removed."""
    has_processing_photo(scene)
    services = scene.services
    for task in services.tasks():
        services.cloud.tasks_client().delete_task(name=task.name)
    mark_failed(services.backends, scene.photo, Unavailable("given up"), scene.photo)
    services.backends.entities.delete(*(row.key for row in services.outbox(scene.user)))


def _sign_in_again(scene: Scene) -> Any:
    return come_back(scene.browser, authorize(scene.browser, scene.user))


def _job_is_over(scene: Scene) -> bool:
    job = rerendering.latest(scene.services.backends)
    return job is not None and not job.is_running


def _has_export(scene: Scene) -> bool:
    return bool(scene.call("GET", "/api/v1/me/export").get_json()["state"] == "ready")


OPERATIONS = (
    Operation("post with the form", (f"{WEB} POST /post/<user>/",), _post_form, in_browser()),
    Operation(
        "upload with the form",
        (f"{WEB} POST /post/<user>/uploads", f"{WEB} POST /post/<user>/"),
        _upload_and_post,
        in_browser(),
    ),
    Operation(
        "share to the app",
        (f"{WEB} POST /share/",),
        lambda scene: scene.send("/share/"),
        in_browser(),
        photos=0,
    ),
    Operation(
        "change a caption on the website",
        (f"{WEB} POST /photo/<photo_id>/caption",),
        lambda scene: scene.send("/photo/{photo}/caption", {"caption": "new"}),
        in_browser(has_photo),
        is_done=lambda scene: get_photo(scene.services.backends, scene.photo).caption == "new",
    ),
    Operation(
        "delete a photo on the website",
        (f"{WEB} POST /photo/<photo_id>/delete",),
        lambda scene: scene.send("/photo/{photo}/delete"),
        in_browser(has_photo),
        photos=0,
    ),
    Operation(
        "restore a photo",
        (f"{WEB} POST /photo/<photo_id>/restore",),
        lambda scene: scene.send("/photo/{photo}/restore"),
        in_browser(_deleted),
    ),
    Operation(
        "try a failed photo again",
        (f"{WEB} POST /photo/<photo_id>/try-again",),
        lambda scene: scene.send("/photo/{photo}/try-again"),
        in_browser(_failed),
    ),
    Operation(
        "change the settings",
        (f"{WEB} POST /settings",),
        lambda scene: scene.send("/settings", {"display_name": "New", "timezone": "UTC", "summary": "off"}),
        in_browser(),
        photos=0,
        is_done=lambda scene: get_user(scene.services.backends, scene.user).display_name == "New",
    ),
    Operation(
        "set a picture",
        (f"{WEB} POST /settings/picture",),
        _set_picture,
        in_browser(),
        photos=0,
        is_done=lambda scene: avatar_of(scene) != "",
    ),
    Operation(
        "remove the picture",
        (f"{WEB} POST /settings/picture/remove",),
        lambda scene: scene.send("/settings/picture/remove"),
        has_avatar,
        photos=0,
        is_done=lambda scene: avatar_of(scene) == "",
    ),
    Operation(
        "request an export on the website",
        (f"{WEB} POST /settings/export",),
        lambda scene: scene.send("/settings/export"),
        in_browser(has_photo),
        is_done=_has_export,
    ),
    Operation(
        "delete the account on the website",
        (f"{WEB} POST /settings/delete",),
        lambda scene: scene.send("/settings/delete", {"handle": scene.user}),
        in_browser(has_photo),
        photos=0,
        is_done=lambda scene: scene.is_erased,
        also_done=SIGNED_OUT,
    ),
    Operation(
        "sign in", (f"{WEB} GET /signin", f"{WEB} GET /signin/done"), _sign_in_again, in_browser(), photos=0
    ),
    Operation(
        "sign out",
        (f"{WEB} GET /signout", f"{WEB} POST /signout"),
        lambda scene: scene.send("/signout"),
        in_browser(),
        photos=0,
        is_done=is_signed_out,
    ),
    Operation(
        "sign out another browser",
        (f"{WEB} POST /signout/elsewhere",),
        lambda scene: scene.send("/signout/elsewhere", {"session": scene.values["session"]}),
        has_session,
        photos=0,
        is_done=is_signed_out,
        also_done=SIGNED_OUT,
    ),
    Operation(
        "sign out everywhere",
        (f"{WEB} POST /signout/everywhere",),
        lambda scene: scene.send("/signout/everywhere"),
        in_browser(),
        photos=0,
        is_done=is_signed_out,
        also_done=SIGNED_OUT,
    ),
    Operation(
        "unsubscribe",
        (f"{WEB} POST /unsubscribe/<token>",),
        lambda scene: scene.send("/unsubscribe/{token}"),
        in_browser(has_token),
        photos=0,
        is_done=lambda scene: get_user(scene.services.backends, scene.user).summary == "off",
    ),
    Operation(
        "start re-rendering",
        (f"{WEB} POST /admin/rerender",),
        starts_rerendering,
        in_browser(nothing),
        photos=0,
        user=ADMIN,
        is_done=_job_is_over,
    ),
    Operation(
        "cancel re-rendering",
        (f"{WEB} POST /admin/rerender/cancel",),
        lambda scene: scene.send("/admin/rerender/cancel"),
        in_browser(starts_rerendering),
        photos=0,
        user=ADMIN,
        is_done=_job_is_over,
    ),
)

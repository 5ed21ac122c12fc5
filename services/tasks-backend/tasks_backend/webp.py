"""POST /tasks/webp/: add WebP renditions to a ready photo."""

from flask import Blueprint, Response, jsonify

from tasks_backend.attempts import REASON, is_last_failure
from tasks_backend.bodies import read_body, text
from tasks_backend.renditions import job_of_task
from timeline import outbox
from timeline.photos.webp import make_webp
from timeline.serving import current_backends, platform_only

webp = Blueprint("webp", __name__)


@webp.post("/")
@platform_only
def make() -> Response:
    photo = make_webp(current_backends(), job_of_task())
    return jsonify(photo=photo.status if photo else "deleted")


@webp.after_request
def keep_dead_letter(response: Response) -> Response:
    if is_last_failure(response):
        outbox.move_to_dead_letters(current_backends(), text(read_body(), "outbox_id"), REASON)
    return response

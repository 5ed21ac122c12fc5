"""POST /tasks/renditions/avatar/: render the uploaded picture of a user."""

from flask import Blueprint, Response, jsonify

from tasks_backend.attempts import REASON, is_last_failure
from tasks_backend.bodies import read_body, text
from timeline import outbox
from timeline.photos.avatars import Job, make_avatar
from timeline.serving import current_backends, platform_only

avatars = Blueprint("avatars", __name__)


@avatars.post("/")
@platform_only
def make() -> Response:
    body = read_body()
    job = Job(user=text(body, "user"), key=text(body, "key"), outbox_id=text(body, "outbox_id"))
    return jsonify(avatar=make_avatar(current_backends(), job))


@avatars.after_request
def keep_dead_letter(response: Response) -> Response:
    if is_last_failure(response):
        outbox.move_to_dead_letters(current_backends(), text(read_body(), "outbox_id"), REASON)
    return response

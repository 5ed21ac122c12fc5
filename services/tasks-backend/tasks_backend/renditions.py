"""POST /tasks/renditions/: make the renditions of an original."""

from flask import Blueprint, Response, jsonify

from tasks_backend.attempts import is_last_failure
from tasks_backend.bodies import read_body, text
from timeline.photos.renditions import Job, give_up, make_renditions
from timeline.serving import current_backends, platform_only
from timeline.serving.logs import current_trace

renditions = Blueprint("renditions", __name__)


@renditions.post("/")
@platform_only
def make() -> Response:
    photo = make_renditions(current_backends(), job_of_task())
    return jsonify(photo=photo.status if photo else "deleted")


@renditions.after_request
def give_up_after_last_attempt(response: Response) -> Response:
    if is_last_failure(response):
        give_up(current_backends(), job_of_task())
    return response


def job_of_task() -> Job:
    """Raises InvalidRequest."""
    body = read_body()
    return Job(photo_id=text(body, "photo_id"), outbox_id=text(body, "outbox_id"), trace=current_trace())

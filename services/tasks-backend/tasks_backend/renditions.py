"""POST /tasks/renditions/ and /tasks/large_renditions/: make the renditions of an original."""

from flask import Blueprint, Response, jsonify

from tasks_backend.attempts import is_last_failure
from tasks_backend.bodies import read_body, text
from timeline.photos.renditions import Job, give_up, make_renditions
from timeline.serving import current_backends, platform_only
from timeline.serving.logs import current_trace


def _blueprint(name: str, *, is_large: bool) -> Blueprint:
    blueprint = Blueprint(name, __name__)

    @blueprint.post("/")
    @platform_only
    def make() -> Response:
        photo = make_renditions(current_backends(), job_of_task(is_large=is_large))
        return jsonify(photo=photo.status if photo else "deleted")

    @blueprint.after_request
    def give_up_after_last_attempt(response: Response) -> Response:
        if is_last_failure(response):
            give_up(current_backends(), job_of_task(is_large=is_large))
        return response

    return blueprint


def job_of_task(*, is_large: bool = False) -> Job:
    """Raises InvalidRequest."""
    body = read_body()
    return Job(
        photo_id=text(body, "photo_id"),
        outbox_id=text(body, "outbox_id"),
        trace=current_trace(),
        is_large=is_large,
    )


renditions = _blueprint("renditions", is_large=False)
large_renditions = _blueprint("large_renditions", is_large=True)

"""POST /tasks/rerender/: continue the job that re-renders all photos from its checkpoint."""

from flask import Blueprint, Response, jsonify

from tasks_backend.attempts import is_last_failure
from tasks_backend.bodies import read_body, text
from timeline.rerendering.runner import run
from timeline.serving import current_backends, platform_only

rerendering = Blueprint("rerendering", __name__)


@rerendering.post("/")
@platform_only
def work() -> Response:
    job = run(current_backends(), text(read_body(), "job"))
    return jsonify(job=job.state if job else "replaced")


@rerendering.after_request
def log_last_failure(response: Response) -> Response:
    """The job stays as it is after the last attempt: the sweep continues it a few minutes later."""
    is_last_failure(response)
    return response

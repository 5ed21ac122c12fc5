"""POST /tasks/erase/: the bytes of a deleted photo, or everything of an erased account."""

from flask import Blueprint, Response, jsonify

from tasks_backend.attempts import REASON, was_the_last
from tasks_backend.bodies import read_body, text
from timeline import outbox
from timeline.account_deletion.deletion import finish_deletion
from timeline.errors import InvalidRequest
from timeline.photos.delete import erase_files
from timeline.serving import current_backends, platform_only

erasures = Blueprint("erasures", __name__)


@erasures.post("/")
@platform_only
def erase() -> Response:
    body = read_body()
    if "user" in body:
        receipt_id = text(body, "receipt") if "receipt" in body else ""
        finish_deletion(current_backends(), text(body, "user"), text(body, "outbox_id"), receipt_id)
    else:
        erase_files(current_backends(), _prefixes(body.get("prefixes")), text(body, "outbox_id"))
    return jsonify(erased=True)


@erasures.after_request
def keep_what_failed(response: Response) -> Response:
    if was_the_last(response):
        outbox.move_to_dead_letters(current_backends(), text(read_body(), "outbox_id"), REASON)
    return response


def _prefixes(given: object) -> list[str]:
    """Each names one photo: a shorter one would erase everybody's pictures."""
    prefixes = given if isinstance(given, list) else []
    if not prefixes or not all(isinstance(prefix, str) and prefix.count("/") >= 2 for prefix in prefixes):  # noqa: PLR2004 - FOLDER/HANDLE/KEY
        raise InvalidRequest("The task does not say which photo to erase.")
    return prefixes

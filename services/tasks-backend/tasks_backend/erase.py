"""POST /tasks/erase/: erase the files of a deleted photo, or all data of a deleted account."""

from flask import Blueprint, Response, jsonify

from tasks_backend.attempts import REASON, is_last_failure
from tasks_backend.bodies import read_body, text
from timeline import outbox
from timeline.account_deletion.deletion import finish_deletion
from timeline.errors import InvalidRequest
from timeline.photos.delete import erase_files
from timeline.serving import current_backends, platform_only

erase = Blueprint("erase", __name__)


@erase.post("/")
@platform_only
def run() -> Response:
    body = read_body()
    if "user" in body:
        receipt_id = text(body, "receipt") if "receipt" in body else ""
        finish_deletion(current_backends(), text(body, "user"), text(body, "outbox_id"), receipt_id)
    else:
        erase_files(current_backends(), _prefixes(body.get("prefixes")), text(body, "outbox_id"))
    return jsonify(erased=True)


@erase.after_request
def keep_dead_letter(response: Response) -> Response:
    if is_last_failure(response):
        outbox.move_to_dead_letters(current_backends(), text(read_body(), "outbox_id"), REASON)
    return response


def _prefixes(value: object) -> list[str]:
    """Require prefixes that name one photo each: a shorter one would erase the files of others."""
    prefixes = value if isinstance(value, list) else []
    if not prefixes or not all(isinstance(prefix, str) and prefix.count("/") >= 2 for prefix in prefixes):  # noqa: PLR2004 - FOLDER/HANDLE/KEY
        raise InvalidRequest("The task needs 'prefixes' that each name one photo.")
    return prefixes

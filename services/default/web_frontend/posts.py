"""Post photos with curl as in the original exercise, with the form, and with the page's script."""

import re

from flask import Blueprint, Flask, jsonify, make_response, redirect, render_template, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from timeline.errors import Forbidden, ImageMissing, TimelineError, Unauthenticated
from timeline.photos.create import create_photo
from timeline.photos.create_from_upload import FinishedUpload, create_photo_from_upload
from timeline.photos.model import Photo
from timeline.photos.uploads import NewUpload, begin_upload
from timeline.rate_limits.limits import POSTS, UPLOADS
from timeline.serving import current_backends, current_caller, limited, public, signed_in
from timeline.serving.logs import current_trace
from timeline.serving.photo_forms import read_upload
from timeline.serving.problems import problem_of
from web_frontend.browser_sessions import sign_in_first
from web_frontend.error_texts import text_of
from web_frontend.presenters import card_of
from web_frontend.service_options import show_problem, wants_page

posts = Blueprint("posts", __name__)


@posts.get("/")
@public
@sign_in_first
def form() -> str:
    return render_template("post.html")


@posts.post("/<user>/")
@signed_in
@limited(POSTS)
def post(user: str) -> Response:
    _check_owner(user)
    upload_id = _field("upload_id")
    if upload_id:
        finished = FinishedUpload(
            upload_id=upload_id,
            caption=_field("caption"),
            idempotency_key=request.headers.get("Idempotency-Key"),
            trace=current_trace(),
            dedupe=_field("dedupe") == "true",
        )
        return _respond(create_photo_from_upload(current_backends(), user, finished).photo)
    return _respond(create_photo(current_backends(), user, read_upload()).photo)


@posts.post("/<user>/uploads")
@signed_in
@limited(UPLOADS)
def begin(user: str) -> Response:
    """Begin a resumable upload, as in the API: the page sends the bytes to Cloud Storage."""
    _check_owner(user)
    size = _field("size")
    if not re.fullmatch("[1-9][0-9]{0,9}", size):
        raise ImageMissing
    new = NewUpload(
        content_type=_field("content_type"),
        size=int(size),
        idempotency_key=request.headers.get("Idempotency-Key"),
        origin=request.headers.get("Origin"),
    )
    upload = begin_upload(current_backends(), user, new).upload
    response = jsonify(id=upload.id, url=upload.url)
    response.headers["Cache-Control"] = "no-store"
    response.status_code = 201
    return response


def _check_owner(user: str) -> None:
    """Raises Forbidden: photos that wait in a browser for one account are never posted by another."""
    caller = current_caller()
    if caller.handle != user:
        raise Forbidden(f"You are signed in as {caller.handle} and cannot post as {user}.")


@posts.errorhandler(TimelineError)
def show_post_error(error: TimelineError) -> Response:
    """Show the form again with the error and the caption, so that a browser without scripts can go on."""
    problem = problem_of(error)
    if request.method != "POST" or not wants_page() or isinstance(error, Unauthenticated | Forbidden):
        return show_problem(problem)
    page = render_template("post.html", problem=text_of(problem), caption=_field("caption"))
    return Flask.response_class(page, problem.status, problem.headers, mimetype="text/html")


def _field(name: str) -> str:
    """Read a field of the form; empty also if the form is too large to be read."""
    try:
        return request.form.get(name, "")
    except RequestEntityTooLarge:
        return ""


def _respond(photo: Photo) -> Response:
    """The form field `answer` selects the response; without it, as with curl, it is the original redirect."""
    answer = request.form.get("answer")
    if answer == "card":
        return make_response(render_template("card.html", photo=card_of(photo)), 201)
    return redirect(f"/user/{photo.user}/" if answer == "page" else f"/user/{photo.user}/json/", 303)

"""Post photos with curl as in the original exercise, with the form, and with the page's script."""

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from timeline.errors import Forbidden
from timeline.photos.create import create_photo
from timeline.photos.model import Photo
from timeline.rate_limits.limits import POSTS
from timeline.serving import current_backends, current_caller, limited, public, signed_in
from timeline.serving.photo_forms import read_upload
from web_frontend.browser_sessions import sign_in_first
from web_frontend.presenters import card_of

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
    caller = current_caller()
    if caller.handle != user:
        raise Forbidden(f"You are signed in as {caller.handle} and cannot post as {user}.")
    created = create_photo(current_backends(), user, read_upload())
    return _respond(created.photo)


def _respond(photo: Photo) -> Response:
    """The form field `answer` selects the response; without it, as with curl, it is the original redirect."""
    answer = request.form.get("answer")
    if answer == "card":
        return make_response(render_template("card.html", photo=card_of(photo)), 201)
    return redirect(f"/user/{photo.user}/" if answer == "page" else f"/user/{photo.user}/json/", 303)

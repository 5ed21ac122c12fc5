"""Posting photos: by curl as in the original exercise, by form, and by the page's own script."""

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from timeline.errors import Forbidden
from timeline.photos.create import create_photo
from timeline.photos.model import Photo
from timeline.rate_limits.limits import POSTS
from timeline.serving import current_backends, current_caller, limited, public, signed_in
from timeline.serving.photo_forms import read_upload
from web_frontend.browser_sessions import sign_in_first
from web_frontend.presenters import shown

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
        raise Forbidden(f"You are {caller.handle}: you cannot post as someone else.")
    posted = create_photo(current_backends(), user, read_upload())
    return _answer(posted.photo)


def _answer(photo: Photo) -> Response:
    """The form says in `answer` what its page can use; curl says nothing and gets the original's answer."""
    wanted = request.form.get("answer")
    if wanted == "card":
        return make_response(render_template("card.html", photo=shown(photo)), 201)
    return redirect(f"/user/{photo.user}/" if wanted == "page" else f"/user/{photo.user}/json/", 303)

"""One photo: its page, its card, and what its owner may change."""

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from timeline.errors import CaptionTooLong
from timeline.photos.delete import delete_photo, restore_photo
from timeline.photos.edit import change_caption
from timeline.photos.processing import retry
from timeline.photos.read import get_photo
from timeline.serving import current_backends, current_caller, public, signed_in
from timeline.serving.logs import current_trace
from timeline.serving.problems import problem_of
from web_frontend.presenters import shown
from web_frontend.service_options import show_problem, wants_page

DELETED = "deleted"
"""The kind of flashed message that carries the id of a photo which may come back."""

photos = Blueprint("photos", __name__)


@photos.get("/<photo_id>/")
@public
def page(photo_id: str) -> str:
    return render_template("photo.html", photo=shown(get_photo(current_backends(), photo_id)))


@photos.get("/<photo_id>/card")
@public
def card(photo_id: str) -> str:
    return render_template("card.html", photo=shown(get_photo(current_backends(), photo_id)))


@photos.post("/<photo_id>/caption")
@signed_in
def edit(photo_id: str) -> Answer:
    caption = request.form.get("caption", "")
    change_caption(current_backends(), photo_id, caption, by=current_caller().handle)
    flash("The caption is saved.")
    return redirect(f"/photo/{photo_id}/", 303)


@photos.post("/<photo_id>/delete")
@signed_in
def delete(photo_id: str) -> Answer:
    caller = current_caller()
    delete_photo(current_backends(), photo_id, caller.handle, current_trace())
    flash(photo_id, DELETED)
    return redirect(f"/user/{caller.handle}/", 303)


@photos.post("/<photo_id>/restore")
@signed_in
def restore(photo_id: str) -> Answer:
    restore_photo(current_backends(), photo_id, current_caller().handle, current_trace())
    flash("The photo is back.")
    return redirect(f"/photo/{photo_id}/", 303)


@photos.post("/<photo_id>/try-again")
@signed_in
def try_again(photo_id: str) -> Answer:
    retry(current_backends(), photo_id, current_caller().handle, current_trace())
    return redirect(f"/photo/{photo_id}/", 303)


@photos.errorhandler(CaptionTooLong)
def say_it_beside_the_caption(refusal: CaptionTooLong) -> Response:
    """People keep what they wrote, with the reason beside it."""
    problem = problem_of(refusal)
    if not wants_page():
        return show_problem(problem)
    photo = shown(get_photo(current_backends(), str((request.view_args or {})["photo_id"])))
    written = request.form.get("caption", "")
    return Response(
        render_template("photo.html", photo=photo, written=written, problem=problem), problem.status
    )

"""The page and card of a photo, and the actions of its owner."""

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
from web_frontend.presenters import card_of
from web_frontend.service_options import show_problem, wants_page

DELETED = "deleted"
"""The category of a flashed message that contains the ID of a deleted photo, which can be restored."""

photos = Blueprint("photos", __name__)


@photos.get("/<photo_id>/")
@public
def page(photo_id: str) -> str:
    return render_template("photo.html", photo=card_of(get_photo(current_backends(), photo_id)))


@photos.get("/<photo_id>/card")
@public
def card(photo_id: str) -> str:
    return render_template("card.html", photo=card_of(get_photo(current_backends(), photo_id)))


@photos.post("/<photo_id>/caption")
@signed_in
def edit(photo_id: str) -> Answer:
    caption = request.form.get("caption", "")
    change_caption(current_backends(), photo_id, caption, by=current_caller().handle)
    flash("Caption saved.")
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
    flash("Photo restored.")
    return redirect(f"/photo/{photo_id}/", 303)


@photos.post("/<photo_id>/try-again")
@signed_in
def try_again(photo_id: str) -> Answer:
    retry(current_backends(), photo_id, current_caller().handle, current_trace())
    return redirect(f"/photo/{photo_id}/", 303)


@photos.errorhandler(CaptionTooLong)
def show_caption_error(error: CaptionTooLong) -> Response:
    """Show the error next to the caption, which keeps its text."""
    problem = problem_of(error)
    if not wants_page():
        return show_problem(problem)
    photo = card_of(get_photo(current_backends(), str((request.view_args or {})["photo_id"])))
    caption = request.form.get("caption", "")
    return Response(
        render_template("photo.html", photo=photo, new_caption=caption, problem=problem), problem.status
    )

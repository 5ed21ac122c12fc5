"""A typed client for the API of the photo timeline, with safe retries."""

from photo_timeline.client import Client
from photo_timeline.errors import PhotoTimelineError, Problem, Unreachable
from photo_timeline.models import Account, Changes, Export, Page, Photo, Rendition, Upload, User
from photo_timeline.transport import RetryPolicy

__all__ = [
    "Account",
    "Changes",
    "Client",
    "Export",
    "Page",
    "Photo",
    "PhotoTimelineError",
    "Problem",
    "Rendition",
    "RetryPolicy",
    "Unreachable",
    "Upload",
    "User",
]

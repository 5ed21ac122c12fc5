"""A client of the photo timeline's API: typed, patient, and safe to repeat."""

from photo_timeline.client import Client
from photo_timeline.models import Account, Changes, Export, Page, Photo, Rendition, Upload, User
from photo_timeline.problems import Problem, Unreachable
from photo_timeline.transport import Patience

__all__ = [
    "Account",
    "Changes",
    "Client",
    "Export",
    "Page",
    "Patience",
    "Photo",
    "Problem",
    "Rendition",
    "Unreachable",
    "Upload",
    "User",
]

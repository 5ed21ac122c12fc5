"""A client of the photo timeline's API: typed, patient, and safe to repeat."""

from photo_timeline.client import Client
from photo_timeline.models import Account, Export, Page, Photo, Rendition, User
from photo_timeline.problems import Problem, Unreachable
from photo_timeline.transport import Patience

__all__ = [
    "Account",
    "Client",
    "Export",
    "Page",
    "Patience",
    "Photo",
    "Problem",
    "Rendition",
    "Unreachable",
    "User",
]

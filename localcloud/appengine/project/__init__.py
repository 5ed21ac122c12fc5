"""What the yaml files of an App Engine project say."""

from localcloud.appengine.project.dispatch import Dispatch
from localcloud.appengine.project.found import Project, read_project
from localcloud.appengine.project.services import Service

__all__ = ["Dispatch", "Project", "Service", "read_project"]

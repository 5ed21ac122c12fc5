"""Readers of the yaml files of an App Engine project."""

from gaelocal.appengine.project.discovery import config_file
from gaelocal.appengine.project.dispatch import Dispatch, Rule
from gaelocal.appengine.project.project import Project, read_project
from gaelocal.appengine.project.services import DEV, Service, read_service

__all__ = ["DEV", "Dispatch", "Project", "Rule", "Service", "config_file", "read_project", "read_service"]

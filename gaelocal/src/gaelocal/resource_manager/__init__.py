"""The access policy of the project: Resource Manager's IAM methods."""

from gaelocal.resource_manager.api import projects_service

__all__ = ["projects_service"]

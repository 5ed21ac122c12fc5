"""Conventions of Google's APIs: methods over gRPC and REST, errors, locations, IAM."""

from gaelocal.google_api.errors import ApiError
from gaelocal.google_api.grpc_methods import grpc_methods
from gaelocal.google_api.methods import HttpRule, Method, Service

__all__ = ["ApiError", "HttpRule", "Method", "Service", "grpc_methods"]

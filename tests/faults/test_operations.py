"""The campaign with a fault at each call has an operation for every route of the three services."""

from collections import Counter
from typing import TYPE_CHECKING

import api_backend
import tasks_backend
import web_frontend
from bench.resilience.each_call import OPERATIONS, READS

if TYPE_CHECKING:
    from flask import Flask

    from timeline.interfaces import Backends


def test_every_route_has_an_operation(backends: "Backends") -> None:
    apps = {
        "default": web_frontend.create_app(backends),
        "api-backend": api_backend.create_app(backends),
        "tasks-backend": tasks_backend.create_app(backends),
    }

    routes = {route for service, app in apps.items() for route in routes_of(service, app)}

    operations = {route for operation in OPERATIONS for route in operation.routes}
    covered = operations | {read.route for read in READS}
    assert routes - covered == set(), "add an operation or a read to bench/resilience/operations"
    assert covered - routes == set(), "these routes no longer exist"


def test_operations_have_different_names() -> None:
    names = Counter([*(operation.name for operation in OPERATIONS), *(read.route for read in READS)])

    assert [name for name, count in names.items() if count > 1] == []


def routes_of(service: str, app: "Flask") -> set[str]:
    return {
        f"{service} {method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

"""Convert the version resource of the Admin API to app.yaml, so that one reader handles both."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from gaelocal.appengine.project import Service

Resource = Mapping[str, Any]
SAME = {
    "runtime": "runtime",
    "env": "env",
    "instanceClass": "instance_class",
    "defaultExpiration": "default_expiration",
    "envVariables": "env_variables",
}
SCALING = ("automaticScaling", "basicScaling", "manualScaling")
HANDLER = {"urlRegex": "url"}
SCRIPT = {"scriptPath": "script"}
STATIC = {
    "path": "static_files",
    "uploadPathRegex": "upload",
    "httpHeaders": "http_headers",
    "mimeType": "mime_type",
    "expiration": "expiration",
}
INBOUND = "INBOUND_SERVICE_"


def app_yaml(service: str, resource: Resource) -> str:
    """Return the fields that gaelocal uses as app.yaml; the others stay in the resource."""
    written: dict[str, Any] = {"service": service, **_renamed(resource, SAME)}
    if shell := resource.get("entrypoint", {}).get("shell"):
        written["entrypoint"] = shell
    for kind in SCALING:
        if kind in resource:
            written[_snake(kind)] = _scaling(resource[kind])
    if "inboundServices" in resource:
        written["inbound_services"] = [
            each.removeprefix(INBOUND).lower() for each in resource["inboundServices"]
        ]
    if "handlers" in resource:
        written["handlers"] = [_handler(each) for each in resource["handlers"]]
    return yaml.safe_dump(written, sort_keys=False, allow_unicode=True)


def resource_of(service: Service) -> Resource:
    """Return the version resource of a service that runs from the project's folder."""
    scaling = {_camel(key): value for key, value in service.scaling.settings.items()}
    inbound = [f"{INBOUND}{name.upper()}" for name in sorted(service.inbound_services)]
    return {
        "runtime": service.runtime,
        "env": "standard",
        "instanceClass": service.scaling.instance_class,
        "entrypoint": {"shell": service.entrypoint},
        "envVariables": dict(service.env_variables),
        f"{service.scaling.kind}Scaling": scaling,
        **({"inboundServices": inbound} if inbound else {}),
    }


def _scaling(resource_fields: Resource) -> dict[str, Any]:
    """Flatten `standardSchedulerSettings`, as in app.yaml."""
    numbers = {**resource_fields, **resource_fields.get("standardSchedulerSettings", {})}
    return {_snake(key): value for key, value in numbers.items() if not isinstance(value, Mapping)}


def _handler(resource_fields: Resource) -> dict[str, Any]:
    written = _renamed(resource_fields, HANDLER)
    if "staticFiles" in resource_fields:
        return {**written, **_renamed(resource_fields["staticFiles"], STATIC)}
    return {**written, **_renamed(resource_fields.get("script", {"scriptPath": "auto"}), SCRIPT)}


def _renamed(resource_fields: Resource, names: Mapping[str, str]) -> dict[str, Any]:
    return {new: resource_fields[old] for old, new in names.items() if old in resource_fields}


def _snake(name: str) -> str:
    return re.sub("([A-Z])", lambda match: f"_{match[1].lower()}", name)


def _camel(name: str) -> str:
    return re.sub("_([a-z])", lambda match: match[1].upper(), name)

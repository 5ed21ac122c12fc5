"""The part of `google.cloud.secretmanager.v1` that reads; every secret has one version."""

import re
from collections.abc import Mapping

import google_crc32c

from gaelocal.google_api import HttpRule, Method, Service
from gaelocal.google_api.errors import not_found
from gaelocal.protobuf import secretmanager_pb2 as messages

NAME = re.compile(r"projects/[^/]+/(?:locations/[^/]+/)?secrets/([^/]+)(?:/versions/([^/]+))?")
VERSIONS = ("1", "latest")


def secrets_service(secrets: Mapping[str, str]) -> Service:
    """Return the service for secrets given as text by their IDs."""
    api = SecretsApi(secrets)
    version = "/v1/{name=projects/*/secrets/*/versions/*}"
    return Service(
        "google.cloud.secretmanager.v1.SecretManagerService",
        (
            Method(
                "AccessSecretVersion",
                messages.AccessSecretVersionRequest,
                api.access,
                (HttpRule("GET", f"{version}:access"),),
            ),
            Method(
                "GetSecretVersion", messages.GetSecretVersionRequest, api.version, (HttpRule("GET", version),)
            ),
            Method(
                "GetSecret",
                messages.GetSecretRequest,
                api.secret,
                (HttpRule("GET", "/v1/{name=projects/*/secrets/*}"),),
            ),
            Method(
                "ListSecrets",
                messages.ListSecretsRequest,
                api.secrets,
                (HttpRule("GET", "/v1/{parent=projects/*}/secrets"),),
            ),
        ),
    )


class SecretsApi:
    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = {name: value.encode() for name, value in secrets.items()}

    def access(self, request: messages.AccessSecretVersionRequest) -> messages.AccessSecretVersionResponse:
        value = self._value(request.name)
        payload = messages.SecretPayload(data=value, data_crc32c=google_crc32c.value(value))
        return messages.AccessSecretVersionResponse(name=_first_version(request.name), payload=payload)

    def version(self, request: messages.GetSecretVersionRequest) -> messages.SecretVersion:
        self._value(request.name)
        state = messages.SecretVersion.State.ENABLED
        return messages.SecretVersion(name=_first_version(request.name), state=state)

    def secret(self, request: messages.GetSecretRequest) -> messages.Secret:
        self._value(request.name)
        return messages.Secret(name=request.name)

    def secrets(self, request: messages.ListSecretsRequest) -> messages.ListSecretsResponse:
        found = [messages.Secret(name=f"{request.parent}/secrets/{name}") for name in sorted(self._secrets)]
        return messages.ListSecretsResponse(secrets=found, total_size=len(found))

    def _value(self, resource: str) -> bytes:
        match = NAME.fullmatch(resource)
        if not match or match[1] not in self._secrets:
            raise not_found(f"Secret [{resource}] not found. Start gaelocal with --secret NAME=VALUE.")
        if match[2] not in (None, *VERSIONS):
            raise not_found(f"Secret Version [{resource}] not found: a local secret has only version 1.")
        return self._secrets[match[1]]


def _first_version(resource: str) -> str:
    return re.sub(r"/versions/latest$", "/versions/1", resource)

"""Routes the calls of Google's unmodified clients to gaelocal.

The variable GAELOCAL_GOOGLE_APIS is JSON: `grpc` and `http` map a host such as `cloudtasks.googleapis.com`
to the address that replaces it, `*` means all other hosts of Google's APIs, and `metadata` is the
address of the metadata server. The module works with every Python 3, and imports only the standard library
until a client is imported.
"""

import importlib.util
import json
import os
import socket
import sys
from urllib.parse import urlsplit, urlunsplit

METADATA_HOSTS = ("metadata.google.internal", "metadata", "169.254.169.254")
SUFFIX = ".googleapis.com"
ROUTES = {"grpc": {}, "http": {}, "metadata": ""}


def install(routes):
    """Route the calls of this process by the JSON text `routes`."""
    ROUTES.update(json.loads(routes))
    patch_when_imported(
        {
            "google.api_core.grpc_helpers": patch_grpc,
            "google.api_core.grpc_helpers_async": patch_grpc_async,
            "requests.adapters": patch_requests,
            "httplib2": patch_httplib2,
        }
    )
    _resolve_local_names()


def grpc_address(target):
    """Return the local address for a gRPC target such as `dns:///cloudtasks.googleapis.com:443`, or None."""
    host = target.rpartition("/")[2].partition(":")[0]
    own = os.environ.get("CLOUD_TASKS_EMULATOR_HOST") if host == "cloudtasks" + SUFFIX else None
    if own or host in ROUTES["grpc"]:
        return own or ROUTES["grpc"][host]
    return ROUTES["grpc"].get("*") if host.endswith(SUFFIX) else None


def http_url(url):
    """Return the local URL that replaces a URL of a Google API; return any other URL unchanged."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in METADATA_HOSTS:
        return urlunsplit(("http", ROUTES["metadata"], parts.path, parts.query, ""))
    if host in ROUTES["http"]:
        base = urlsplit(ROUTES["http"][host])
        return urlunsplit((base.scheme, base.netloc, parts.path, parts.query, ""))
    if host.endswith(SUFFIX) and "*" in ROUTES["http"]:
        return "{}/{}{}".format(ROUTES["http"]["*"], host, parts.path)
    return url


def _resolve_local_names():
    """Let programs open http://metadata.google.internal/ and http://SERVICE.localhost:8080/ themselves.

    Names that end with .localhost are those of this machine (RFC 6761), but many resolvers do not know them.
    """
    resolve = socket.getaddrinfo
    metadata_host, _, metadata_port = ROUTES["metadata"].rpartition(":")

    def getaddrinfo(host, port, *args, **kwargs):
        if host in METADATA_HOSTS and port in (80, "80", "http"):
            return resolve(metadata_host, int(metadata_port), *args, **kwargs)
        if isinstance(host, str) and host.lower().endswith(".localhost"):
            return resolve("localhost", port, *args, **kwargs)
        return resolve(host, port, *args, **kwargs)

    socket.getaddrinfo = getaddrinfo


def patch_when_imported(patches):
    """Call functions, by the names of modules, with their modules after the import."""
    finder = PatchingFinder(patches)
    finder.patch_what_is_imported()
    sys.meta_path.insert(0, finder)


class PatchingFinder:
    """Finds the few modules that are changed after they were imported, and leaves all others alone."""

    def __init__(self, patches):
        self._patches = dict(patches)

    def patch_what_is_imported(self):
        for name in [name for name in self._patches if name in sys.modules]:
            self._patches.pop(name)(sys.modules[name])

    def find_spec(self, name, path=None, target=None):
        patch = self._patches.pop(name, None)
        if patch is None:
            return None
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = PatchingLoader(spec.loader, patch)
        return spec


class PatchingLoader:
    def __init__(self, loader, patch):
        self._loader = loader
        self._patch = patch

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        self._loader.exec_module(module)
        self._patch(module)


def patch_grpc(helpers):
    import grpc

    _patch_create_channel(helpers, grpc.insecure_channel)


def patch_grpc_async(helpers):
    import grpc.aio

    _patch_create_channel(helpers, grpc.aio.insecure_channel)


def _patch_create_channel(helpers, insecure_channel):
    create = helpers.create_channel

    def create_channel(target, *args, **kwargs):
        address = grpc_address(target)
        if address is None:
            return create(target, *args, **kwargs)
        interceptors = {name: kwargs[name] for name in ("interceptors",) if kwargs.get(name)}
        return insecure_channel(address, options=kwargs.get("options"), **interceptors)

    helpers.create_channel = create_channel


def patch_requests(adapters):
    send = adapters.HTTPAdapter.send

    def routed_send(self, request, *args, **kwargs):
        request.url = http_url(request.url)
        return send(self, request, *args, **kwargs)

    adapters.HTTPAdapter.send = routed_send


def patch_httplib2(module):
    request = module.Http.request

    def routed_request(self, uri, *args, **kwargs):
        return request(self, http_url(uri), *args, **kwargs)

    module.Http.request = routed_request

"""Run by every Python that an instance starts, because its folder is in PYTHONPATH.

It makes Google's clients call gaelocal, servers remove forged headers, Django allow localhost, and port 8080
stand for the port of the instance. Then it runs the project's own sitecustomize, if there is one. It must
work with every Python 3 and import nothing but the standard library.
"""

import importlib.util
import os
import sys
from importlib.machinery import PathFinder

HERE = os.path.dirname(os.path.abspath(__file__))


def _run_next():
    path = [entry for entry in sys.path if os.path.abspath(entry or ".") != HERE]
    spec = PathFinder.find_spec("sitecustomize", path)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


if "GAELOCAL_GOOGLE_APIS" in os.environ:
    import gaelocal_client_routes

    gaelocal_client_routes.install(os.environ["GAELOCAL_GOOGLE_APIS"])
if "GAELOCAL_SECRET" in os.environ:
    import gaelocal_platform_headers

    gaelocal_platform_headers.install(os.environ["GAELOCAL_SECRET"])
    import gaelocal_local_hosts

    gaelocal_local_hosts.install()
    import gaelocal_production_port

    gaelocal_production_port.install()
if "GAELOCAL_READ_ONLY" in os.environ:
    import gaelocal_read_only

    gaelocal_read_only.install(os.environ["GAELOCAL_READ_ONLY"])
_run_next()

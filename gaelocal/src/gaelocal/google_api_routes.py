"""The environment variables that route the Google clients of an instance to gaelocal."""

import json
from collections.abc import Mapping
from pathlib import Path

PYTHON_PATH = Path(__file__).with_name("appengine") / "instances" / "python_path"

REST_AT_ADMIN = ("appengine", "cloudscheduler", "cloudtasks", "logging", "serviceusage")
"""APIs whose REST form the admin server answers."""


def google_api_environment(addresses: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for the addresses of a platform, as in ready.json."""
    metadata = addresses.get("metadata", "").removeprefix("http://")
    http = {f"{api}.googleapis.com": addresses["admin"] for api in REST_AT_ADMIN if "admin" in addresses}
    routes = {
        "grpc": {"*": addresses["tasks"]},
        "http": {
            **http,
            "storage.googleapis.com": addresses["storage"],
            "www.googleapis.com": addresses["storage"],
            "*": f"http://{metadata}",
        },
        "metadata": metadata,
    }
    return {
        "GAELOCAL_GOOGLE_APIS": json.dumps(routes),
        "GCE_METADATA_HOST": metadata,
        "GCE_METADATA_IP": metadata,
        "PYTHONPATH": str(PYTHON_PATH),
    }

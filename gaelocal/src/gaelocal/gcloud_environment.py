"""The environment in which gcloud talks to this platform and to nothing else."""

from collections.abc import Mapping
from pathlib import Path

ADMIN = (
    "APPENGINE",
    "CLOUDSCHEDULER",
    "CLOUDTASKS",
    "DATASTORE",
    "LOGGING",
    "SERVICEUSAGE",
)


def gcloud_environment(addresses: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Name each endpoint, and a configuration folder of its own: no account of yours is touched.

    `addresses` is the content of ready.json.
    """
    overrides = {f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}": f"{addresses['admin']}/" for api in ADMIN}
    return {
        "CLOUDSDK_CONFIG": str((folder / "gcloud").resolve()),
        "CLOUDSDK_CORE_PROJECT": addresses["project"],
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        **overrides,
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": f"{addresses['storage']}/storage/",
        "CLOUDSDK_STORAGE_GS_XML_ENDPOINT_URL": addresses["storage"],
        # Nothing of these leaves the laptop, and gcloud does not wait for answers from outside.
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
        "CLOUDSDK_SURVEY_DISABLE_PROMPTS": "true",
    }

"""The environment in which gcloud talks to this platform and to nothing else."""

from collections.abc import Mapping
from pathlib import Path

from gaelocal.gcloud_apis import GCLOUD_APIS


def gcloud_environment(addresses: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return the address of every API, and a configuration folder that has no account in it.

    `addresses` is the content of ready.json. An API that does not exist here is refused by the admin server,
    so that no request leaves the machine.
    """
    admin = f"{addresses['admin']}/"
    overrides = {f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api.upper()}": admin for api in GCLOUD_APIS}
    return {
        "CLOUDSDK_CONFIG": str((folder / "gcloud").resolve()),
        "CLOUDSDK_CORE_PROJECT": addresses["project"],
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_AUTH_DISABLE_CREDENTIALS": "true",
        **overrides,
        "CLOUDSDK_API_ENDPOINT_OVERRIDES_STORAGE": f"{addresses['storage']}/storage/",
        "CLOUDSDK_STORAGE_GS_XML_ENDPOINT_URL": addresses["storage"],
        # gcloud sends no usage report and does not look for updates.
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
        "CLOUDSDK_SURVEY_DISABLE_PROMPTS": "true",
    }

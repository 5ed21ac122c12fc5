"""Values of app.yaml that a README tells to replace, such as `PROJECT_ID: [your project ID]`."""

import re
from collections.abc import Mapping

from gaelocal.google_api.locations import DEFAULT_LOCATION

EXAMPLE = re.compile(
    r"[<>{}\[\]\s$]|(?:^|[^a-z])(?:your|my|example|placeholder|change-?me|replace|xxx+)(?:[^a-z]|$)",
    re.IGNORECASE,
)
"""Characters and words that no ID, bucket or host has, except in an example."""
PROJECT_IDS = (
    *("PROJECT_ID", "PROJECT", "PROJECT_NAME", "GCP_PROJECT", "GCP_PROJECT_ID", "GCLOUD_PROJECT"),
    *("GOOGLE_PROJECT_ID", "GOOGLE_CLOUD_PROJECT_ID", "FIREBASE_PROJECT_ID"),
)
BUCKETS = (
    *("BUCKET", "BUCKET_NAME", "CLOUD_STORAGE_BUCKET", "GCS_BUCKET", "GCS_BUCKET_NAME", "STORAGE_BUCKET"),
    *("GOOGLE_STORAGE_BUCKET", "GOOGLE_CLOUD_STORAGE_BUCKET"),
)
REGIONS = ("REGION", "REGION_ID", "LOCATION", "LOCATION_ID", "GCP_REGION", "QUEUE_LOCATION", "TASKS_LOCATION")


def is_example(value: str) -> bool:
    """Return whether a value is empty or stands for one that everybody has to fill in."""
    return not value or EXAMPLE.search(value) is not None or (value.isupper() and "." not in value)


def filled_in(variables: Mapping[str, str], project: str) -> dict[str, str]:
    """Return the values that gaelocal knows, for the variables of a service that have placeholders."""
    known = {
        **dict.fromkeys(PROJECT_IDS, project),
        **dict.fromkeys(BUCKETS, f"{project}.appspot.com"),
        **dict.fromkeys(REGIONS, DEFAULT_LOCATION),
    }
    return {name: known[name] for name, value in variables.items() if name in known and is_example(value)}

"""The one place where everything of a laptop lies."""

LOCATION = "us-central1"
APP_LOCATION = "us-central"  # App Engine's own name for it


def location(project: str) -> dict[str, object]:
    """Give it as Cloud Tasks and Cloud Scheduler do; gcloud takes the region from the first label."""
    return {
        "name": f"projects/{project}/locations/{LOCATION}",
        "locationId": LOCATION,
        "labels": {"cloud.googleapis.com/region": LOCATION},
    }


def app_location(project: str) -> dict[str, object]:
    return {
        "name": f"apps/{project}/locations/{APP_LOCATION}",
        "locationId": APP_LOCATION,
        "labels": {"cloud.googleapis.com/region": APP_LOCATION},
        "metadata": {
            "@type": "type.googleapis.com/google.appengine.v1.LocationMetadata",
            "standardEnvironmentAvailable": True,
        },
    }

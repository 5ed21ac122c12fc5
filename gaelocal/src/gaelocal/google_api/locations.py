"""Google Cloud's locations: everything here lies in one, and calls may name any of them."""

from typing import Any

from gaelocal.google_api.errors import invalid, not_found, permission_denied
from gaelocal.google_api.methods import HttpRule, Method, Service
from gaelocal.protobuf import location_pb2

DEFAULT_LOCATION = "us-central1"
LOCATIONS = (
    *("us-central1", "africa-south1", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2"),
    *("asia-northeast3", "asia-south1", "asia-south2", "asia-southeast1", "asia-southeast2"),
    *("asia-southeast3", "australia-southeast1", "australia-southeast2", "europe-central2", "europe-north1"),
    *("europe-north2", "europe-southwest1", "europe-west1", "europe-west10", "europe-west12"),
    *("europe-west2", "europe-west3", "europe-west4", "europe-west6", "europe-west8", "europe-west9"),
    *("me-central1", "me-central2", "me-west1", "northamerica-northeast1", "northamerica-northeast2"),
    *("northamerica-south1", "southamerica-east1", "southamerica-west1", "us-east1", "us-east4"),
    *("us-east5", "us-south1", "us-west1", "us-west2", "us-west3", "us-west4"),
)
OLD_NAMES = {"us-central": "us-central1", "europe-west": "europe-west1"}
"""App Engine's own names of two locations, which older code still uses."""


def check_project(project: str, own: str | None) -> None:
    """Refuse a call for another project: it is a mistake that would otherwise be found late.

    Raises:
        ApiError: `own` is known and is not `project`.
    """
    if own is not None and project != own:
        raise permission_denied(
            f"This platform runs the project {own}, not {project}. Start it with --project {project}, or "
            f"use {own} in the call."
        )


def check_location_id(location_id: str) -> str:
    """Return the name of the location as it is today.

    Raises:
        ApiError: Google Cloud has no such location.
    """
    name = OLD_NAMES.get(location_id, location_id)
    if name not in LOCATIONS:
        raise invalid(
            f"Location '{location_id}' is not a valid location. Use ListLocations to list valid locations."
        )
    return name


def location_message(project: str, location_id: str) -> Any:
    """Return a Location; gcloud takes the region of an application from the first label."""
    return location_pb2.Location(
        name=f"projects/{project}/locations/{location_id}",
        location_id=location_id,
        labels={"cloud.googleapis.com/region": location_id},
    )


def locations_service(own: str | None, versions: tuple[str, ...]) -> Service:
    """Return `google.cloud.location.Locations`, for the REST paths of these API versions."""

    def list_locations(request: Any) -> Any:
        project = _parts(request.name)[0]
        check_project(project, own)
        return location_pb2.ListLocationsResponse(locations=[location_message(project, DEFAULT_LOCATION)])

    def get_location(request: Any) -> Any:
        project, location_id = _parts(request.name)
        check_project(project, own)
        if location_id not in LOCATIONS:
            raise not_found(f"Location '{location_id}' does not exist.")
        return location_message(project, location_id)

    def rules(path: str) -> tuple[HttpRule, ...]:
        return tuple(HttpRule("GET", f"/{version}/{path}") for version in versions)

    methods = (
        Method(
            "ListLocations",
            location_pb2.ListLocationsRequest,
            list_locations,
            rules("{name=projects/*}/locations"),
        ),
        Method(
            "GetLocation",
            location_pb2.GetLocationRequest,
            get_location,
            rules("{name=projects/*/locations/*}"),
        ),
    )
    return Service("google.cloud.location.Locations", methods)


def _parts(name: str) -> tuple[str, str]:
    match name.split("/"):
        case ["projects", project]:
            return project, ""
        case ["projects", project, "locations", location_id]:
            return project, location_id
    raise invalid(f'"{name}" is not the name of a location: projects/PROJECT/locations/LOCATION.')

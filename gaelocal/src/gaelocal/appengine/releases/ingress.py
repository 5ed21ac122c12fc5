"""Ingress settings: from where a service accepts requests."""

from typing import Literal

from gaelocal.appengine.releases.errors import InvalidIngress

Ingress = Literal["all", "internal-only", "internal-and-cloud-load-balancing"]
ALL: Ingress = "all"
SETTINGS: tuple[Ingress, ...] = ("all", "internal-only", "internal-and-cloud-load-balancing")


def ingress_of(written: str) -> Ingress:
    """Read a setting as gcloud writes it.

    Raises:
        InvalidIngress: there is no such setting.
    """
    for setting in SETTINGS:
        if written == setting:
            return setting
    raise InvalidIngress(f"`{written}` is not an ingress setting; use one of: {', '.join(SETTINGS)}")

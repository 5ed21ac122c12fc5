"""/admin: start, follow and cancel the job that re-renders all photos."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.services.web_frontend.visitors import Person, Site
from timeline.rerendering import job as jobs
from timeline.rerendering.runner import run
from web_frontend import create_app

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends


@pytest.fixture
def site(cloud: "Cloud", backends: "Backends") -> Iterator[Site]:
    """A website whose administrator is ada."""
    settings = replace(backends.settings, admins="other@example.com ada@example.com")
    backends.entities.delete(jobs.KEY)
    yield Site(create_app(replace(backends, settings=settings)), cloud)
    backends.entities.delete(jobs.KEY)


@pytest.fixture
def ada(site: Site) -> Person:
    return site.sign_in("ada")


def test_an_administrator_starts_follows_and_cancels_the_job(ada: Person) -> None:
    assert ada.sends("/admin/rerender").status_code == 303

    page = ada.opens("/admin").text
    assert "Counting the photos" in page
    assert 'id="rerendering"' in page
    assert "/settings.js" in page  # follows the progress
    progress = ada.opens("/admin/rerender").json
    assert progress is not None
    assert (progress["job"]["state"], progress["job"]["started_by"]) == ("running", "ada")
    ada.sends("/admin/rerender/cancel")
    assert "was cancelled" in ada.opens("/admin").text


def test_the_page_shows_the_counts_of_a_finished_job(ada: Person, backends: "Backends") -> None:
    ada.sends("/admin/rerender")
    job = jobs.latest(backends)
    assert job is not None

    run(backends, job.id)

    assert "The last job has finished" in ada.opens("/admin").text


@pytest.mark.parametrize("path", ["/admin", "/admin/rerender"])
def test_the_page_does_not_exist_for_other_users(site: Site, path: str) -> None:
    assert site.sign_in("ben").opens(path).status_code == 404


def test_other_users_cannot_start_the_job(site: Site, backends: "Backends") -> None:
    assert site.sign_in("ben").sends("/admin/rerender").status_code == 404

    assert jobs.latest(backends) is None

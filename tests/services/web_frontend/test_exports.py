"""Exports on the website."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.pictures import a_jpeg
from tests.services.web_frontend.visitors import Person
from timeline.exports import archives

if TYPE_CHECKING:
    from tests.cloud import Cloud
    from timeline.interfaces import Backends


@pytest.fixture
def pack(cloud: "Cloud", backends: "Backends") -> Callable[[], Any]:
    from tasks_backend import create_app as create_worker

    return lambda: cloud.run_tasks(backends.settings.google_cloud_project, create_worker(backends), "export")


def test_an_export_is_made_and_downloaded(ana: Person, pack: Callable[[], Any]) -> None:
    ana.posts(image=a_jpeg(80, 60))

    asked = ana.sends("/settings/export")
    during = ana.opens("/settings").text
    pack()
    after = ana.opens("/settings").text

    assert asked.headers["Location"] == "/settings#export"
    assert "Packing your photos: 0 of 1" in during
    away = ana.opens(path_in(after))
    assert away.status_code == 303
    fetched = requests.get(away.headers["Location"], timeout=60)
    assert re.search(r'filename="photo-timeline-ana-.*\.zip"', fetched.headers["Content-Disposition"])
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".jpg")]
        assert archive.read(name) == a_jpeg(80, 60)


def test_only_the_owner_can_download_an_export(
    ana: Person, ben: Person, stranger: Person, pack: Callable[[], Any]
) -> None:
    ana.sends("/settings/export")
    pack()
    path = path_in(ana.opens("/settings").text)

    assert ben.opens(path).status_code == 404
    assert stranger.opens(path).status_code == 401


def test_a_running_export_cannot_be_downloaded(ana: Person, backends: "Backends") -> None:
    ana.sends("/settings/export")
    export = archives.latest_export(backends, "ana")

    assert export is not None
    assert ana.opens(f"/settings/export/{export.id}").status_code == 404


def path_in(page: str) -> str:
    (path,) = re.findall(r'href="(/settings/export/[^"]+)"', page)
    return str(path)

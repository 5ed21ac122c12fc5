"""An account through the front door: sign in, export, delete."""

import io
import re
import zipfile
from urllib.parse import urljoin

import requests

from tests.journeys.platform import ANSWER_SECONDS, Platform
from tests.pictures import a_jpeg
from tests.waiting import eventually

OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


def test_an_account_is_exported_and_deleted_completely(platform: Platform) -> None:
    platform.as_("traveller").post_photo(a_jpeg(120, 80), caption="To take along")
    browser = signed_in(platform, "traveller")

    send(browser, platform, "/settings/export")
    path = str(eventually(lambda: find(browser, platform, "/settings", r'href="(/settings/export/[^"]+)"')))
    archive = browser.get(platform.app + path, timeout=ANSWER_SECONDS).content
    receipt = send(browser, platform, "/settings/delete", handle="traveller").url

    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert [opened.read(name) for name in opened.namelist() if name.endswith(".jpg")] == [a_jpeg(120, 80)]
    eventually(
        lambda: "Everything is erased" in requests.get(receipt, headers=OWN_PAGE, timeout=ANSWER_SECONDS).text
    )
    assert platform.get("/api/v1/users/traveller").status_code == 404


def signed_in(platform: Platform, user: str) -> requests.Session:
    browser = requests.Session()
    page = browser.get(f"{platform.app}/signin", timeout=ANSWER_SECONDS)
    action = re.search(r'<form method="post" action="([^"]+)"', page.text)
    assert action, page.text
    address = urljoin(page.url, action[1].replace("&amp;", "&"))
    browser.post(address, data={"user": user}, timeout=ANSWER_SECONDS).raise_for_status()
    return browser


def send(browser: requests.Session, platform: Platform, path: str, **form: str) -> requests.Response:
    answer = browser.post(platform.app + path, data=form, headers=OWN_PAGE, timeout=ANSWER_SECONDS)
    answer.raise_for_status()
    return answer


def find(browser: requests.Session, platform: Platform, path: str, pattern: str) -> str | None:
    page = browser.get(platform.app + path, headers=OWN_PAGE, timeout=ANSWER_SECONDS)
    found = re.search(pattern, page.text)
    return found[1] if found else None

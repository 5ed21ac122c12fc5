"""The browser of the tests is replaced if it hangs."""

import pytest
from playwright.sync_api import Error

from tests.browser import CHROMIUM, running_chromium

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.mark.parametrize("seconds", [0.1, 0.2, 1.0])
def test_a_browser_that_hangs_is_killed_and_launched_again(seconds: float) -> None:
    """After a tenth of a second it is still opening the page."""
    with running_chromium() as chromium:
        with pytest.raises(Error), chromium.within(seconds) as hanging:
            hanging.new_page().evaluate("new Promise(() => {})")

        with chromium.within(60) as browser:
            assert browser is not hanging
            assert browser.new_page().evaluate("1 + 1") == 2


def test_a_page_is_opened_by_a_second_browser_if_the_first_is_gone() -> None:
    with running_chromium() as chromium:
        first = chromium.browser
        first.close()

        page = chromium.open_page(viewport={"width": 320, "height": 640})

        assert page.evaluate("innerWidth") == 320
        assert chromium.browser is not first

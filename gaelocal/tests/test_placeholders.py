"""Placeholders in env_variables get the values that gaelocal knows."""

import pytest

from gaelocal.placeholders import filled_in


@pytest.mark.parametrize(
    "value",
    [
        "[Your Project ID]",
        "<PROJECT_ID>",
        "your-project-id",
        "YOUR_PROJECT_ID",
        "my-project",
        "PROJECT_ID",
        "",
        "${ID}",
    ],
)
def test_a_placeholder_for_the_project_is_filled_in(value: str) -> None:
    assert filled_in({"PROJECT_ID": value, "MOTTO": value}, "bakery-9") == {"PROJECT_ID": "bakery-9"}


@pytest.mark.parametrize("value", ["bakery-7", "mystery-bakery", "poc-yourself"])
def test_the_project_that_an_author_names_is_kept(value: str) -> None:
    assert filled_in({"PROJECT_ID": value}, "bakery-9") == {}


def test_buckets_and_regions_are_filled_in_too() -> None:
    given = {"CLOUD_STORAGE_BUCKET": "your-bucket-name", "REGION_ID": "REGION_ID", "LOCATION": "europe-west6"}

    assert filled_in(given, "bakery-9") == {
        "CLOUD_STORAGE_BUCKET": "bakery-9.appspot.com",
        "REGION_ID": "us-central1",
    }

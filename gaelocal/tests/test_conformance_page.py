"""The generated page of what is supported."""

from conformance.page import PAGE, page


def test_the_page_is_what_its_command_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m conformance.page` in gaelocal/"


def test_every_method_of_cloud_tasks_and_cloud_scheduler_exists() -> None:
    text = page()

    sections = text[text.index("## Cloud Tasks") :]
    assert "| no |" not in sections
    assert "| `CreateTask` | yes |" in sections

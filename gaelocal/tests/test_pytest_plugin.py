"""The pytest plugin in the test suite of another project."""

import pytest

pytest_plugins = ["pytester"]

TESTS = """
import smtplib
from email.message import EmailMessage

import pytest
from google.cloud import datastore, storage


@pytest.mark.parametrize("round", [1, 2])
def test_every_test_finds_empty_emulators(gaelocal, round):
    client = datastore.Client()
    bucket = storage.Client().bucket("my-project.appspot.com")
    assert client.project == "my-project"
    assert list(client.query(kind="Photo").fetch()) == []
    assert list(bucket.list_blobs()) == []
    assert gaelocal.mails() == []

    client.put(datastore.Entity(client.key("Photo", "a")))
    bucket.blob("a.txt").upload_from_string("x")
    with smtplib.SMTP(gaelocal.addresses["smtp"]) as smtp:
        mail = EmailMessage()
        mail["From"] = mail["To"] = "ana@example.com"
        smtp.send_message(mail)

    assert client.get(client.key("Photo", "a")) is not None
    assert bucket.blob("a.txt").download_as_text() == "x"
    assert len(gaelocal.mails()) == 1


@pytest.mark.parametrize("round", [1, 2])
def test_queues_of_queue_yaml_are_there_and_others_go(gaelocal, round):
    from google.cloud import tasks_v2

    client = tasks_v2.CloudTasksClient()
    parent = "projects/my-project/locations/us-central1"
    assert [queue.name.rpartition("/")[2] for queue in client.list_queues(parent=parent)] == ["mail"]
    client.create_queue(parent=parent, queue={"name": f"{parent}/queues/more-%d" % round})
    client.pause_queue(name=f"{parent}/queues/mail")
    task = {"http_request": {"url": "http://localhost:1/"}, "name": f"{parent}/queues/mail/tasks/a"}
    client.create_task(parent=f"{parent}/queues/mail", task=task)
    assert len(list(client.list_tasks(parent=f"{parent}/queues/mail"))) == 1


def test_a_token_is_signed_by_the_local_identity_provider(gaelocal):
    assert gaelocal.token_for("ana").count(".") == 2
"""


def test_the_fixture_gives_every_test_empty_emulators(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where gaelocal is installed, pytest loads the plugin by itself; it must not be loaded twice.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makefile(".yaml", queue="queue:\n- name: mail\n  rate: 5/s\n")
    pytester.makeini("[pytest]\ngaelocal_project = my-project\n")
    pytester.makepyfile(TESTS)

    result = pytester.runpytest_subprocess("-p", "gaelocal.pytest_plugin")

    result.assert_outcomes(passed=5)

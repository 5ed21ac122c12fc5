"""`gaelocal data export` and `import`: what is exported arrives unchanged in another data folder."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import datastore, storage

from gaelocal.__main__ import main
from gaelocal.data_transfer.emulator_addresses import emulators_of

PROJECT, OTHER_PROJECT = "photo-timeline", "another-project"
NAMES = (
    "a.txt",
    "a.txt/inside",
    "plain/sea.jpg",
    "up/../../out",
    "folder/",
    "déjà vu?/x#1",
    "long/" + "n" * 400,
)


@dataclass
class Clients:
    datastore: datastore.Client
    tenant: datastore.Client
    bucket: storage.Bucket


@contextmanager
def opened(data: Path, project: str) -> Iterator[Clients]:
    """The data folder through Google's clients."""
    with emulators_of(data, project) as addresses:
        places = {"client_options": {"api_endpoint": addresses.datastore}}
        own = {"project": project, "credentials": AnonymousCredentials()}
        root, tenant = (datastore.Client(**own, **places, namespace=name) for name in (None, "tenant"))
        files = storage.Client(**own, client_options={"api_endpoint": addresses.storage})
        yield Clients(root, tenant, files.bucket(f"{project}.appspot.com"))
        for client in (root, tenant):
            client._datastore_api.transport.close()
        files.close()


def fill(clients: Clients) -> None:
    client = clients.datastore
    owner = client.key("User", "ana")
    for number in range(350):
        row = datastore.Entity(client.key("Photo", number + 1, parent=owner), exclude_from_indexes=("notes",))
        row.update(caption=f"no. {number} ü", notes="x" * 2_000, owner=owner, size=2**53 + number)
        client.put(row)
    values = datastore.Entity(client.key("Values", "all"))
    moment = datetime(2026, 11, 28, 9, 31, 0, 123456, UTC)
    values.update(
        raw=b"\x00\xff", ratio=0.1, nothing=None, at=moment, tags=["a", 1, True], nested={"x": [owner]}
    )
    client.put(values)
    clients.tenant.put(datastore.Entity(clients.tenant.key("Note", 7)))
    for name in NAMES:
        blob = clients.bucket.blob(name)
        blob.metadata, blob.cache_control = {"of": name}, "private"
        blob.upload_from_string(name.encode() * 3, content_type="text/plain")


def export(data: Path, folder: Path) -> int:
    return main(["data", "export", str(folder), "--data", str(data), "--project", PROJECT])


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("source")
    with opened(data, PROJECT) as clients:
        fill(clients)
    folder = data / "exported"
    assert export(data, folder) == 0
    return folder


def test_every_entity_and_object_arrives_in_another_project(exported: Path, tmp_path: Path) -> None:
    words = ["data", "import", str(exported), "--data", str(tmp_path), "--project", OTHER_PROJECT]

    status = main(words)

    assert status == 0
    with opened(tmp_path, OTHER_PROJECT) as clients:
        client = clients.datastore
        owner = client.key("User", "ana")
        photos = list(client.query(kind="Photo", ancestor=owner).fetch())
        assert [row.key.id for row in photos] == list(range(1, 351))
        assert (photos[9]["owner"], photos[9]["size"]) == (owner, 2**53 + 9)
        assert photos[9].exclude_from_indexes == {"notes"}
        values = client.get(client.key("Values", "all"))
        assert (values["raw"], values["ratio"], values["nothing"]) == (b"\x00\xff", 0.1, None)
        assert values["at"] == datetime(2026, 11, 28, 9, 31, 0, 123456, UTC)
        assert (values["tags"], values["nested"]["x"]) == (["a", 1, True], [owner])
        assert clients.tenant.get(clients.tenant.key("Note", 7)) is not None
        found = {blob.name: blob for blob in clients.bucket.list_blobs()}
        assert set(found) == set(NAMES)
        assert all(found[name].download_as_bytes() == name.encode() * 3 for name in NAMES)
        assert {(blob.content_type, blob.cache_control) for blob in found.values()} == {
            ("text/plain", "private")
        }
        assert all(blob.metadata == {"of": name} for name, blob in found.items())


def test_objects_are_files_with_their_own_names_where_possible(exported: Path) -> None:
    bucket = exported / "objects" / f"{PROJECT}.appspot.com"

    assert (bucket / "plain" / "sea.jpg").read_text() == "plain/sea.jpg" * 3
    assert all(file.resolve().is_relative_to(exported) for file in exported.rglob("*"))


def test_an_export_does_not_write_into_a_used_folder(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = export(tmp_path, exported)

    assert status == 2
    assert "is not empty" in capsys.readouterr().err


def test_a_file_outside_the_export_is_not_imported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("private")
    folder = tmp_path / "export"
    folder.mkdir()
    bucket = f"{PROJECT}.appspot.com"
    manifest = {"format": 1, "project": PROJECT, "buckets": [bucket]}
    (folder / "export.json").write_text(json.dumps(manifest))
    (folder / "objects.jsonl").write_text(
        json.dumps({"bucket": bucket, "name": "x", "file": "../secret.txt"}) + "\n"
    )
    (folder / "entities.jsonl").write_text("")

    status = main(["data", "import", str(folder), "--data", str(tmp_path / "data"), "--project", PROJECT])

    assert status == 2
    assert "../secret.txt is missing" in capsys.readouterr().err


def test_an_interrupted_export_is_not_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "entities.jsonl").write_text("")

    status = main(["data", "import", str(tmp_path), "--data", str(tmp_path / "data"), "--project", PROJECT])

    assert status == 2
    assert "holds no complete export" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def drop_line(file: Path) -> None:
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))


def second_line(text: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join([lines[0], text + "\n", *lines[2:]]))

    return change


@dataclass(frozen=True)
class Damage:
    name: str
    change: Callable[[Path], object]
    message: str


@pytest.mark.parametrize(
    "damage",
    [
        Damage("entities.jsonl", cut, "the line is not JSON; the export is damaged"),
        Damage("entities.jsonl", drop_line, "has 351 lines, but export.json says 352"),
        Damage("entities.jsonl", second_line("[1, 2]"), "entities.jsonl:2: the line is not a JSON object"),
        Damage("entities.jsonl", second_line('{"properties": {}}'), ":2: the entity has no key"),
        Damage(
            "entities.jsonl",
            lambda file: file.write_bytes(b"\xcf\xff"),
            "entities.jsonl:1: the text is not UTF-8",
        ),
        Damage("entities.jsonl", Path.unlink, "entities.jsonl: No such file or directory"),
        Damage("objects.jsonl", second_line('{"bucket": 1}'), "objects.jsonl:2: `bucket` is missing"),
        Damage("objects.jsonl", drop_line, f"has {len(NAMES) - 1} lines, but export.json says {len(NAMES)}"),
        Damage(
            "export.json", lambda file: file.write_text('{"format": 1}'), "`project` or `buckets` is missing"
        ),
        Damage(
            "export.json",
            lambda file: file.write_text('{"format": 1, "project": "a", "buckets": [1]}'),
            "`buckets` must be a list of names",
        ),
        Damage(
            f"objects/{PROJECT}.appspot.com/plain/sea.jpg",
            lambda file: file.write_text("other"),
            "sea.jpg has changed since the export; remove `md5Hash` from the line to import it as it is",
        ),
    ],
)
def test_nothing_of_a_damaged_export_is_imported(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: Damage
) -> None:
    folder = shutil.copytree(exported, tmp_path / "copy")
    damage.change(folder / damage.name)

    status = main(["data", "import", str(folder), "--data", str(tmp_path / "data"), "--project", PROJECT])

    assert status == 2
    assert damage.message in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_entities_that_do_not_fit_into_one_answer_are_all_exported(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with opened(data, PROJECT) as clients:
        for number in range(30):
            key = clients.datastore.key("Scan", number + 1)
            row = datastore.Entity(key, exclude_from_indexes=("pixels",))
            row.update(pixels="x" * 200_000)
            clients.datastore.put(row)

    status = export(data, tmp_path / "exported")

    lines = (tmp_path / "exported" / "entities.jsonl").read_text().splitlines()
    assert status == 0
    assert [json.loads(line)["key"]["path"][-1]["id"] for line in lines] == [str(n) for n in range(1, 31)]


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)

    assert export(tmp_path / "data", tmp_path / "exported") == 0

"""The Storage panel: folders, previews, metadata, upload, download and delete."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.console.content import BUCKET, PICTURE, PIXEL
from tests.console.html import Html, text
from tests.console.world import World

AT = f"/storage/{BUCKET}"


def names(world: World, path: str) -> list[str]:
    return [text(link) for link in Html(world.get(path).text).by_id("objects").findall("tbody/tr/th/a")]


def put(world: World, name: str, content: bytes | str = "x", content_type: str = "text/plain") -> None:
    world.storage.bucket(BUCKET).blob(name).upload_from_string(content, content_type=content_type)


def test_buckets_are_listed_created_and_deleted(world: World) -> None:
    assert BUCKET in world.get("/storage").text

    assert "The bucket new-one was created." in world.post("/storage", {"name": "new-one"}).text
    assert world.post("/storage", {"name": "new-one"}).status_code == 409
    assert world.post("/storage", {"name": "../x"}).status_code == 400
    assert world.post(f"{AT}/delete-bucket").status_code == 409
    world.post("/storage/new-one/delete-bucket")

    assert "new-one" not in Html(world.get("/storage").text).text_of("buckets")


def test_folders_are_opened(world: World) -> None:
    assert {"exports/", "photos/", "readme.txt"} <= set(names(world, AT))
    assert names(world, f"{AT}?prefix=photos/") == ["ana/", "bruno/"]
    assert names(world, f"{AT}?prefix=photos/ana/") == ["sea.svg"]

    page = Html(world.get(f"{AT}?prefix=photos/ana/").text)
    assert [page.link(name) for name in ("Storage", BUCKET, "photos")] == [
        "/storage",
        AT,
        f"{AT}?prefix=photos%2F",
    ]


def test_pages_list_every_entry_once(world: World) -> None:
    for number in range(105):
        put(world, f"many/{number:03}{'/x' if number % 2 else ''}")
    path, seen = f"{AT}?prefix=many/", []
    while path:
        page = Html(world.get(path).text)
        seen += [text(link) for link in page.by_id("objects").findall("tbody/tr/th/a")]
        path = page.link("Next page")

    assert sorted(seen) == sorted(f"{number:03}{'/' if number % 2 else ''}" for number in range(105))


def test_an_object_is_shown_with_its_facts(world: World) -> None:
    page = Html(world.get(f"{AT}/object?name=photos/ana/sea.svg").text)

    facts = dict(page.rows("facts"))
    assert facts["Address"] == f"gs://{BUCKET}/photos/ana/sea.svg"
    assert (facts["Type"], facts["Size"]) == ("image/svg+xml", f"{len(PICTURE)} bytes")
    form = page.form("metadata-form")
    assert (form["cacheControl"], form["metadata"]) == (["public, max-age=600"], ["user: ana"])


def test_texts_and_binary_objects_are_previewed(world: World) -> None:
    put(world, "odd.bin", b"\x00\x01\xff", "application/octet-stream")

    assert '"photos": [' in Html(world.get(f"{AT}/object?name=exports/list.json").text).text
    assert "Pictures of the sea." in world.get(f"{AT}/object?name=readme.txt").text
    assert "00 01 ff" in world.get(f"{AT}/object?name=odd.bin").text


def test_sound_and_film_have_a_player(world: World) -> None:
    put(world, "sound.mp3", b"ID3", "audio/mpeg")
    put(world, "film.mp4", b"ftyp", "video/mp4")

    assert "<audio" in world.get(f"{AT}/object?name=sound.mp3").text
    assert "<video" in world.get(f"{AT}/object?name=film.mp4").text


@pytest.mark.parametrize(
    ("content_type", "is_shown"),
    [
        ("image/png", True),
        ("image/svg+xml", True),
        ("video/mp4", True),
        ("text/html", False),
        ("application/pdf", False),
        ("IMAGE/PNG; x=1", True),
    ],
)
def test_stored_bytes_run_nothing(world: World, content_type: str, is_shown: bool) -> None:
    put(world, "hostile", "<script>alert(1)</script>", content_type)

    response = world.get(f"{AT}/content?name=hostile")

    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert (
        response.headers["Content-Security-Policy"]
        == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )
    assert ("attachment" in response.headers.get("Content-Disposition", "")) is not is_shown
    if not is_shown:
        assert response.headers["Content-Type"] == "application/octet-stream"


def test_an_object_is_downloaded_whole_and_in_ranges(world: World) -> None:
    whole = world.get(f"{AT}/content?name=photos/bruno/sun.png&download")
    part = world.get(f"{AT}/content?name=photos/bruno/sun.png", headers={"Range": "bytes=1-3"})

    assert whole.content == PIXEL
    assert whole.headers["Content-Disposition"].startswith('attachment; filename="sun.png"')
    assert (part.status_code, part.content) == (206, b"PNG")


def test_files_are_uploaded_into_a_folder(world: World) -> None:
    files = [("file", ("a.txt", b"one", "text/plain")), ("file", ("ü b.png", PIXEL, "image/png"))]

    page = world.post(f"{AT}/upload", {"prefix": "up/"}, files=files)

    assert "2 files were uploaded." in page.text
    bucket = world.storage.bucket(BUCKET)
    assert bucket.get_blob("up/a.txt").download_as_bytes() == b"one"
    assert bucket.get_blob("up/ü b.png").content_type == "image/png"


def test_a_large_file_is_uploaded(world: World) -> None:
    content = bytes(range(256)) * 64 * 1024

    world.post(
        f"{AT}/upload", {"prefix": ""}, files=[("file", ("large.bin", content, "application/octet-stream"))]
    )

    assert world.get(f"{AT}/content?name=large.bin").content == content


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "multipart/form-data"}, b"x"),
        ({"Content-Type": "text/plain"}, b"x"),
        (
            {"Content-Type": "multipart/form-data; boundary=a"},
            b"--a\r\nContent-Disposition: form-data; name=file; filename=x\r\n\r\n",
        ),
        ({"Content-Type": "multipart/form-data; boundary=a"}, b"--a--\r\n"),
    ],
)
def test_a_malformed_upload_is_a_400(world: World, headers: dict[str, str], body: bytes) -> None:
    assert world.post(f"{AT}/upload", body, headers=headers).status_code == 400


def test_metadata_is_changed(world: World) -> None:
    put(world, "meta.txt")
    form = Html(world.get(f"{AT}/object?name=meta.txt").text).form("metadata-form")

    world.post(f"{AT}/metadata", form | {"cacheControl": "no-store", "metadata": "owner: ana\nplace: a: b"})
    blob = world.storage.bucket(BUCKET).get_blob("meta.txt")
    assert (blob.cache_control, blob.metadata) == ("no-store", {"owner": "ana", "place": "a: b"})

    world.post(f"{AT}/metadata", form | {"cacheControl": "", "metadata": "owner: bruno"})
    blob = world.storage.bucket(BUCKET).get_blob("meta.txt")
    assert (blob.cache_control, blob.metadata) == (None, {"owner": "bruno"})
    assert world.post(f"{AT}/metadata", form | {"metadata": "no colon"}).status_code == 400


def test_objects_and_folders_are_deleted(world: World) -> None:
    for name in ("gone/a", "gone/b/c", "gone.txt", "kept.txt"):
        put(world, name)

    page = world.post(f"{AT}/delete", {"name": ["gone.txt"], "folder": ["gone/"], "next": AT})

    assert "3 objects were deleted." in page.text
    left = [blob.name for blob in world.storage.list_blobs(BUCKET)]
    assert "kept.txt" in left
    assert [name for name in left if name.startswith("gone")] == []


@pytest.mark.parametrize(
    "path", ["/storage/no-such-bucket", f"{AT}/object?name=nope", f"{AT}/object", f"{AT}/content?name=nope"]
)
def test_what_does_not_exist_is_a_404(world: World, path: str) -> None:
    assert world.get(path).status_code == 404


def test_the_panel_in_a_browser(page: Page, world: World, tmp_path: Path) -> None:
    file = tmp_path / "from-disk.txt"
    file.write_text("from disk")
    page.goto("/storage")

    page.get_by_role("link", name=BUCKET, exact=True).click()
    page.get_by_role("link", name="photos/").click()
    page.get_by_role("link", name="ana/").click()
    page.get_by_label("Files").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#note")).to_have_text("1 file was uploaded.")
    expect(page.get_by_label("Files")).to_have_value("")
    page.get_by_role("link", name="sea.svg").click()
    expect(page.locator("img.preview")).to_be_visible()
    assert page.locator("img.preview").evaluate("image => image.naturalWidth") > 0

    page.go_back()
    page.get_by_label("Select from-disk.txt").check()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete selected").click()
    expect(page.locator("#note")).to_have_text("1 object was deleted.")
    expect(page.get_by_role("link", name="from-disk.txt")).to_have_count(0)


def test_a_text_is_decoded_by_the_charset_of_its_type(world: World) -> None:
    put(world, "latin.txt", "caf\u00e9".encode("latin-1"), "text/plain; charset=iso-8859-1")
    put(world, "odd.txt", "caf\u00e9".encode(), "text/plain; charset=base64")

    for name in ("latin.txt", "odd.txt"):
        assert "café" in world.get(f"{AT}/object?name={name}").text


def test_an_upload_into_a_folder_without_its_slash_is_in_that_folder(world: World) -> None:
    page = world.post(f"{AT}/upload", files=[("prefix", (None, "holidays")), ("file", ("sea.txt", b"sea"))])

    assert "1 file was uploaded." in page.text
    assert names(world, f"{AT}?prefix=holidays/") == ["sea.txt"]


def test_a_folder_without_a_name_has_a_heading(world: World) -> None:
    put(world, "nameless//x.txt")

    page = Html(world.get(f"{AT}?prefix=nameless//").text)

    assert text(next(page.root.iter("h1"))) == "(empty)"

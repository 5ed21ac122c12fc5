"""ZIP archives are readable by Python's zipfile, also with 64-bit fields."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from timeline.exports.zips import Member, central_directory, header, member

WHEN = datetime(2026, 11, 20, 9, 31, 7, tzinfo=UTC)


def test_an_archive_written_in_pieces_is_readable() -> None:
    files = {"originals/sea.jpg": b"sea" * 1000, "photos.json": b"[]", "Größe.txt": b""}
    archive, members = io.BytesIO(), []

    for name, content in files.items():
        members.append(member(name, content, WHEN, archive.tell()))
        archive.write(header(members[-1]) + content)
    archive.write(central_directory(members, archive.tell()))

    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == files
        assert opened.infolist()[0].date_time == (2026, 11, 20, 9, 31, 6)


def test_an_archive_may_be_larger_than_four_gigabytes(tmp_path: Path) -> None:
    near, beyond = member("near", b"1", WHEN, 0), member("beyond", b"2", WHEN, 5 << 30)

    with (tmp_path / "sparse.zip").open("wb") as archive:
        archive.write(header(near) + b"1")
        archive.seek(beyond.offset)
        archive.write(header(beyond) + b"2")
        archive.write(central_directory([near, beyond], archive.tell()))

    with zipfile.ZipFile(tmp_path / "sparse.zip") as opened:
        assert [opened.read(name) for name in ("near", "beyond")] == [b"1", b"2"]


def test_an_archive_may_have_more_than_65535_files() -> None:
    one = member("x", b"", WHEN, 0)
    many = [Member(name=f"{n}", size=0, crc=0, offset=0, time=one.time, date=one.date) for n in range(70_000)]

    archive = io.BytesIO(header(one) + central_directory(many, len(header(one))))

    with zipfile.ZipFile(archive) as opened:
        assert len(opened.namelist()) == 70_000

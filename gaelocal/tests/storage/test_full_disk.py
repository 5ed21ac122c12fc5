"""A draft that the disk has no room for."""

import asyncio
import errno
from pathlib import Path

import pytest

from gaelocal.storage.state.blobs import IN_THREAD_FROM, Draft

FULL = Path("/dev/full")  # every write to it fails as on a full disk


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("size", [1, IN_THREAD_FROM])
def test_a_failed_write_raises_and_closes_the_file(size: int) -> None:
    file = FULL.open("ab", buffering=0)

    async def write() -> None:
        draft = Draft(file, "id")
        try:
            await draft.append(bytes(size))
        finally:
            draft.close()

    with pytest.raises(OSError, match="No space left") as failed:
        asyncio.run(write())

    assert (failed.value.errno, file.closed) == (errno.ENOSPC, True)


def test_a_draft_is_cut_back_to_what_it_was(tmp_path: Path) -> None:
    draft = Draft((tmp_path / "id").open("ab", buffering=0), "id")
    draft.write(b"kept")
    draft.flush()
    draft.write(b"more")
    draft.flush()

    draft.cut(4)
    draft.close()

    assert (tmp_path / "id").read_bytes() == b"kept"

"""A few hundred of the files of `make hostile`: refused, failed with a reason, or shown; nothing dies."""

import pytest

from tests import hostile_pictures
from tests.hostile_pictures import KINDS, Hostile
from timeline.errors import ImageBroken, ImageMissing, ImageTooComplex, ImageTooManyPixels, ImageUnsupported
from timeline.pictures.decoder_sandbox import CRASHED, DecoderSandbox
from timeline.pictures.formats.jpeg import count_scans
from timeline.pictures.header import inspect_header

TOO_COMPLEX = str(ImageTooComplex())

REFUSALS = (ImageBroken, ImageMissing, ImageTooManyPixels, ImageUnsupported)
LARGE = "50 megapixels of"


def outcome(sandbox: DecoderSandbox, hostile: Hostile) -> str:
    try:
        inspect_header(hostile.content)
        return "shown" if sandbox.render(hostile.content).images else "nothing"
    except REFUSALS as refusal:
        return str(refusal)


@pytest.mark.parametrize("kind", KINDS)
def test_no_file_of_this_kind_does_harm(kind: str) -> None:
    sandbox = DecoderSandbox()

    outcomes = {hostile.name: outcome(sandbox, hostile) for hostile in KINDS[kind]()}

    sandbox.close()
    assert len(outcomes) > 50
    assert [name for name, said in outcomes.items() if said in (CRASHED, TOO_COMPLEX, "nothing", "")] == []


def test_bombs_do_not_go_off() -> None:
    sandbox = DecoderSandbox()

    outcomes = {
        each.name: outcome(sandbox, each) for each in hostile_pictures.bombs() if LARGE not in each.name
    }

    sandbox.close()
    assert outcomes["1,000 frames of gif"] == "shown"
    assert outcomes["60 megapixels of png"] == str(ImageTooManyPixels())
    assert "passes" in outcomes["20,000 passes over a large jpg"]
    assert [name for name, said in outcomes.items() if said in (CRASHED, TOO_COMPLEX)] == []


def test_passes_are_counted_where_there_can_be_many() -> None:
    few, many = (hostile_pictures._with_passes(count) for count in (1, 1_000))

    assert count_scans(many) - count_scans(few) == 999

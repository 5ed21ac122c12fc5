"""GIF files with odd screens, frames, colour tables and ends."""

import struct
from collections.abc import Iterator

from PIL import Image

from tests.journeys.differential.samples import SIZE, Sample, named, scene
from tests.pictures import encoded


def samples() -> Iterator[Sample]:
    yield from named("gif structure", _structure())
    yield from named("gif frames", {**_screens(), **_films()})


def _plain() -> bytes:
    return encoded(scene().quantize(64), "GIF")


def _frame_start(gif: bytes) -> int:
    """The offset behind the header and the global colour table."""
    return 13 + (3 * 2 ** ((gif[10] & 7) + 1) if gif[10] & 0x80 else 0)


def _with(*blocks: bytes, gif: bytes | None = None) -> bytes:
    gif = gif or _plain()
    at = _frame_start(gif)
    return gif[:at] + b"".join(blocks) + gif[at:]


def _control(flags: int = 0, clear: int = 0) -> bytes:
    return bytes([0x21, 0xF9, 4, flags, 10, 0, clear, 0])


def _structure() -> dict[str, bytes]:
    plain = _plain()
    image = plain.index(b"\x2c", _frame_start(plain))
    return {
        "plain": plain,
        "without a trailer": plain[:-1],
        "a film without a trailer": _film()[:-1],
        "zeros instead of the trailer": plain[:-1] + bytes(40),
        "text behind the trailer": plain + b"a film",
        "text instead of the trailer": plain[:-1] + b"a film",
        "GIF87a": b"GIF87a" + plain[6:],
        "comment": _with(b"\x21\xfe\5hello\0"),
        "empty comment": _with(b"\x21\xfe\0"),
        "comment behind the frame": plain[:-1] + b"\x21\xfe\5hello\0;",
        "unknown extension": _with(b"\x21\x55\5hello\0"),
        "application extension": _with(b"\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"),
        "short application extension": _with(b"\x21\xff\3abc\0"),
        "long application extension": _with(b"\x21\xff\x0cNETSCAPE2.0x\3\1\0\0\0"),
        "plain text": _with(b"\x21\x01\x0c" + bytes(12) + b"\2hi\0"),
        "short control": _with(b"\x21\xf9\1\0\0"),
        "empty control": _with(b"\x21\xf9\0"),
        "long control": _with(b"\x21\xf9\6\0\0\0\0\0\0\0"),
        "two controls": _with(_control(1, 0), _control(0, 0)),
        "clear colour beyond the table": _with(_control(1, 255)),
        "clear colour": _with(_control(1, plain[0] % 3)),
        "zero before the frame": _with(b"\0"),
        "zeros before the frame": _with(bytes(9)),
        "300 comments": _with(*[b"\x21\xfe\5hello\0"] * 300),
        "interlaced": encoded(scene().quantize(64), "GIF", interlace=1),
        "not interlaced": encoded(scene().quantize(64), "GIF", interlace=0),
        "background index beyond the table": plain[:11] + b"\xff" + plain[12:],
        "aspect ratio": plain[:12] + b"\x31" + plain[13:],
        "one pixel": encoded(Image.new("P", (1, 1), 0), "GIF"),
        "two colours": encoded(scene().convert("1"), "GIF"),
        "grey": encoded(scene().convert("L"), "GIF"),
        "256 colours": encoded(scene((300, 200)).quantize(256), "GIF"),
        "transparent": encoded(Image.new("P", SIZE, 3), "GIF", transparency=3),
        "code size 9": plain[: image + 10] + b"\x09" + plain[image + 11 :],
    }


def _small(
    position: tuple[int, int] = (0, 0),
    screen: tuple[int, int] = SIZE,
    control: bytes = b"",
    background: int = 0,
) -> bytes:
    """A red frame of 20 x 16 on a screen of another size, with a global table of two colours and black."""
    tile = Image.new("P", (20, 16), 1)
    tile.putpalette([20, 90, 200, 250, 10, 10] + [0] * 762)
    gif = bytearray(encoded(tile, "GIF", optimize=False))
    gif[6:10] = struct.pack("<HH", *screen)
    gif[11] = background
    image = gif.index(b"\x2c", _frame_start(bytes(gif)))
    gif[image + 1 : image + 5] = struct.pack("<HH", *position)
    start = _frame_start(bytes(gif))
    return bytes(gif[:start]) + control + bytes(gif[image:])


def _screens() -> dict[str, bytes]:
    return {
        "first frame in a corner": _small(),
        "first frame in the middle": _small((30, 20)),
        "first frame in the middle, with a background": _small((30, 20), background=1),
        "first frame in the middle, with a clear colour": _small((30, 20), control=_control(1, 0)),
        "first frame wholly clear": _small((30, 20), control=_control(1, 1)),
        "first frame half outside": _small((86, 56)),
        "first frame wholly outside": _small((200, 200)),
        "screen of one pixel": _small(screen=(1, 1)),
        "screen smaller than the frame": _small(screen=(10, 8)),
        "screen smaller than the frame and its position": _small((5, 5), screen=(10, 30)),
        "screen of nothing": _small(screen=(0, 0)),
        "screen without height": _small(screen=(50, 0)),
    }


def _film(**options: object) -> bytes:
    frames = [Image.new("RGBA", SIZE, (0, 0, 0, 0)) for _ in range(3)]
    for at, frame in enumerate(frames):
        frame.paste(((250, 10, 10, 255), (10, 250, 10, 255), (10, 10, 250, 255))[at], (20, 20, 60, 44))
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=10_000, **options)


def _films() -> dict[str, bytes]:
    return {
        **{f"film with disposal {disposal}": _film(disposal=disposal) for disposal in (0, 1, 2, 3)},
        "film of photos": encoded(
            scene(), "GIF", save_all=True, append_images=[scene().rotate(180)], duration=10_000
        ),
    }

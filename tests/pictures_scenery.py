"""Landscapes generated from a number, for browser tests and screenshots."""

import io
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

Colour = tuple[int, int, int]
Size = tuple[int, int]

SHAPES: tuple[Size, ...] = ((3, 2), (4, 5), (16, 9), (1, 1), (3, 4), (4, 3), (2, 3), (21, 9), (5, 4))
FINER = 2
"""Images are drawn larger by this factor and then reduced, for soft edges."""


@dataclass(frozen=True, slots=True)
class Palette:
    caption: str
    zenith: str
    horizon: str
    light: str
    far: str
    near: str
    has_water: bool = False
    has_stars: bool = False


PALETTES = (
    Palette("First light over the ridge", "#2b3a67", "#f7b267", "#ffe9b8", "#b56576", "#22223b"),
    Palette(
        "The lake before anyone was up", "#7fb7c9", "#f3e7d3", "#fff8e7", "#8fb0a9", "#2f4858", has_water=True
    ),
    Palette("Fog in the valley", "#c9d6df", "#f4f1ea", "#ffffff", "#b8c4bb", "#52665a"),
    Palette("Last ferry home", "#3d2c5e", "#ff8c61", "#ffd9a0", "#8d4a6b", "#2a1a3a", has_water=True),
    Palette("Pines, and nothing else", "#8ecae6", "#e9f5db", "#fffbe0", "#74a57f", "#1b4332"),
    Palette("We stayed for the stars", "#0b132b", "#3a506b", "#f4f1de", "#1c2541", "#050a18", has_stars=True),
    Palette("Dunes at noon", "#4ea8de", "#fff1d6", "#fffdf5", "#f2c078", "#c8803c"),
    Palette("Snow on the way", "#adb9c7", "#eef2f6", "#ffffff", "#c3cfdb", "#5c6f82"),
    Palette("A very long evening", "#5f0f40", "#fb8b24", "#ffe0a3", "#9a031e", "#310a1e", has_water=True),
    Palette("", "#98c1d9", "#fefae0", "#ffffff", "#a3b18a", "#3a5a40"),
)


@dataclass(frozen=True, slots=True)
class Scene:
    caption: str
    picture: Image.Image

    def jpeg(self, quality: int = 88) -> bytes:
        file = io.BytesIO()
        self.picture.save(file, "JPEG", quality=quality)
        return file.getvalue()


def scenes(count: int, longest_side: int = 1600) -> Iterator[Scene]:
    return (scene(number, longest_side) for number in range(count))


def scene(number: int, longest_side: int = 1600) -> Scene:
    """Draw the landscape with this number."""
    chance = random.Random(number)
    palette = PALETTES[number % len(PALETTES)]
    size = _size(SHAPES[number % len(SHAPES)], longest_side)
    canvas = _sky((size[0] * FINER, size[1] * FINER), palette)
    if palette.has_stars:
        _stars(canvas, chance)
    canvas = _sun(canvas, palette, chance)
    horizon = chance.uniform(0.52, 0.66)
    canvas = _hills(canvas, palette, horizon, chance)
    if palette.has_water:
        canvas = _water(canvas, palette, horizon + 0.1)
    return Scene(palette.caption, canvas.resize(size, Image.Resampling.LANCZOS))


def _size(shape: Size, longest_side: int) -> Size:
    return tuple(round(longest_side * side / max(shape)) for side in shape)  # type: ignore[return-value]


def _sky(size: Size, palette: Palette) -> Image.Image:
    shade = Image.linear_gradient("L").resize((size[0], round(size[1] * 0.75)))
    sky = Image.new("RGB", size, palette.horizon)
    sky.paste(ImageOps.colorize(shade, palette.zenith, palette.horizon))
    return sky


def _stars(canvas: Image.Image, chance: random.Random) -> None:
    draw = ImageDraw.Draw(canvas)
    for _ in range(420):
        x, y = chance.uniform(0, canvas.width), chance.uniform(0, canvas.height * 0.7) * chance.random()
        radius = chance.choice((1, 1, 1.5, 2, 3)) * canvas.width / 3200
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill="#f4f1de")


def _sun(canvas: Image.Image, palette: Palette, chance: random.Random) -> Image.Image:
    radius = min(canvas.size) * chance.uniform(0.045, 0.08)
    x, y = canvas.width * chance.uniform(0.2, 0.8), canvas.height * chance.uniform(0.2, 0.46)
    glow = Image.new("RGB", canvas.size)
    ImageDraw.Draw(glow).ellipse((x - radius, y - radius, x + radius, y + radius), fill=palette.light)
    halo = glow.resize((160, 160)).filter(ImageFilter.GaussianBlur(18)).resize(canvas.size)
    return ImageChops.screen(ImageChops.screen(canvas, halo), glow.filter(ImageFilter.GaussianBlur(2)))


def _hills(canvas: Image.Image, palette: Palette, horizon: float, chance: random.Random) -> Image.Image:
    layers = 5
    for layer in range(layers):
        share = layer / (layers - 1)
        mask = Image.new("L", canvas.size)
        ridge = _ridge(canvas.size, horizon + 0.09 * layer, 0.05 + 0.035 * share, chance)
        ImageDraw.Draw(mask).polygon([(0, canvas.height), *ridge, (canvas.width, canvas.height)], fill=255)
        canvas.paste(_mixed(palette.far, palette.near, share), mask=mask)
        canvas = _haze(canvas, palette, mask, 0.22 * (1 - share))
    return canvas


def _ridge(size: Size, height: float, roughness: float, chance: random.Random) -> list[tuple[float, float]]:
    waves = [(chance.uniform(1, 3) * 2**octave, chance.uniform(0, 6.3), 0.55**octave) for octave in range(7)]
    steps = [x / 400 for x in range(401)]
    return [
        (x * size[0], size[1] * (height - roughness * sum(w * math.sin(f * x * 3 + p) for f, p, w in waves)))
        for x in steps
    ]


def _haze(canvas: Image.Image, palette: Palette, mask: Image.Image, strength: float) -> Image.Image:
    """Blend the sky's colour over the foot of a hill."""
    fade = Image.linear_gradient("L").resize(canvas.size).point(lambda value: value * strength)
    veil = Image.new("RGB", canvas.size, palette.horizon)
    return Image.composite(veil, canvas, ImageChops.multiply(fade, mask))


def _water(canvas: Image.Image, palette: Palette, shore: float) -> Image.Image:
    top = round(canvas.height * min(shore, 0.78))
    depth = canvas.height - top
    mirrored = canvas.crop((0, max(0, top - depth), canvas.width, top)).transpose(
        Image.Transpose.FLIP_TOP_BOTTOM
    )
    calm = mirrored.resize((canvas.width, depth)).filter(ImageFilter.BoxBlur(6))
    tinted = Image.blend(calm, Image.new("RGB", calm.size, palette.zenith), 0.28)
    canvas.paste(tinted, (0, top))
    return canvas


def _mixed(first: str, second: str, share: float) -> Colour:
    from_, to = (Image.new("RGB", (1, 1), colour) for colour in (first, second))
    return Image.blend(from_, to, share).getpixel((0, 0))  # type: ignore[return-value]

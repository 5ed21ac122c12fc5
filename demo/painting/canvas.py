"""Arrays of colour, noise and light from which the pictures are painted; values are between 0 and 1."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Array = NDArray[np.float64]


def colour(text: str) -> Array:
    """Return the red, green and blue of a colour such as `#ffcc00`."""
    return np.array([int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)])


def gradient(values: Array, *stops: tuple[float, str]) -> Array:
    """Return the colour of each value on a scale of colours."""
    places = [place for place, _ in stops]
    colours = np.array([colour(text) for _, text in stops])
    return np.stack([np.interp(values, places, colours[:, channel]) for channel in range(3)], axis=-1)


def grid(width: int, height: int) -> tuple[Array, Array]:
    """Return x and y of each pixel, in units of the picture's height."""
    y, x = np.mgrid[0:height, 0:width] / height
    return x, y


def noise(height: int, width: int, slope: float, seed: int, stretch: float = 1.0) -> Array:
    """Return fractal noise that repeats at its edges; a greater slope is smoother."""
    chance = np.random.default_rng(seed)
    y = np.fft.fftfreq(height)[:, None] * height * stretch
    x = np.fft.rfftfreq(width)[None, :] * width * height / width
    frequency = np.hypot(x, y)
    frequency[0, 0] = 1
    waves = np.exp(2j * np.pi * chance.random(frequency.shape)) * frequency**-slope
    waves[0, 0] = 0
    field = np.fft.irfft2(waves, (height, width))
    return unit(field)


def unit(field: Array) -> Array:
    """Scale a field to 0…1."""
    return (field - field.min()) / (field.max() - field.min())


def line(length: int, roughness: float, seed: int, lowest: int = 1) -> Array:
    """Return the height of a ridge at each place."""
    chance = np.random.default_rng(seed)
    frequency = np.arange(length // 2 + 1, dtype=float)
    strength = np.where(frequency >= lowest, np.maximum(frequency, 1) ** -roughness, 0)
    waves = strength * np.exp(2j * np.pi * chance.random(len(frequency)))
    return unit(np.fft.irfft(waves, length))


def step(edge0: float | Array, edge1: float | Array, values: Array) -> Array:
    """Return 0 below the first edge, 1 above the second, and a smooth curve between them."""
    ratio = np.clip((values - edge0) / (edge1 - edge0), 0, 1)
    return ratio * ratio * (3 - 2 * ratio)


def mix(first: Array, second: Array, share: Array | float) -> Array:
    """Blend two colours or pictures."""
    share = np.asarray(share)
    share = share[..., None] if share.ndim == 2 else share
    return first * (1 - share) + second * share


def screen(picture: Array, light: Array) -> Array:
    """Add light without leaving the scale."""
    return 1 - (1 - np.clip(picture, 0, 1)) * (1 - np.clip(light, 0, 1))


def glow(x: Array, y: Array, centre: tuple[float, float], radius: float, power: float = 2.0) -> Array:
    """Return light that fades with the distance from a centre."""
    distance = np.hypot(x - centre[0], y - centre[1]) / radius
    return 1 / (1 + distance**power)


def blurred(picture: Array, radius: float) -> Array:
    """Return a picture or a field after a Gaussian blur."""
    image = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), dtype=float) / 255


def shifted(picture: Array, dx: Array, dy: Array) -> Array:
    """Return the picture with each pixel taken from another place."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    row = np.clip(np.rint(rows + dy).astype(int), 0, height - 1)
    column = np.clip(np.rint(columns + dx).astype(int), 0, width - 1)
    return picture[row, column]


def reflected(above: Array, rows: int, seed: int, calm: float = 1.0) -> Array:
    """Return `rows` of water that mirrors the picture above it, with ripples that grow towards the viewer."""
    height, width = above.shape[:2]
    depth = np.linspace(0, 1, rows)[:, None]
    source = above[np.clip(height - 1 - np.arange(rows) * height // max(rows, height), 0, height - 1)]
    waves = noise(rows, width, 1.25, seed, stretch=0.12) - 0.5
    strength = (4 + 70 * depth**1.3) / calm
    return shifted(source, waves * strength * 1.6, waves * strength * 2.2)


def stars(height: int, width: int, count: int, seed: int) -> Array:
    """Return points of light of different size and warmth."""
    chance = np.random.default_rng(seed)
    sky = np.zeros((height, width, 3))
    rows, columns = chance.integers(0, height, count), chance.integers(0, width, count)
    light = chance.pareto(2.2, count) * 0.16
    warmth = chance.random((count, 1))
    tints = warmth * colour("#ffd9b0") + (1 - warmth) * colour("#bcd4ff")
    np.add.at(sky, (rows, columns), np.minimum(light, 2.2)[:, None] * tints)
    bright = blurred(np.clip(sky - 0.7, 0, 1), 1.6) * 2.5
    return np.clip(blurred(np.clip(sky, 0, 1), 0.6) * 1.7 + bright, 0, 1)


def finished(
    picture: Array, *, vignette: float = 0.18, bloom: float = 0.25, contrast: float = 0.0
) -> Image.Image:
    """Add what a lens adds, and return the image."""
    height, width = picture.shape[:2]
    picture = np.clip(picture, 0, 1)
    if bloom:
        bright = np.clip(picture - 0.72, 0, 1) * 3
        picture = screen(picture, blurred(np.clip(bright, 0, 1), width / 60) * bloom)
    if contrast:
        picture = mix(picture, picture * picture * (3 - 2 * picture), contrast)
    x, y = np.linspace(-1, 1, width)[None, :], np.linspace(-1, 1, height)[:, None]
    picture = picture * (1 - vignette * ((x * x + y * y) / 2) ** 1.5)[..., None]
    grain = np.random.default_rng(1).normal(0, 0.006, (height, width, 1))  # hides steps in gradients
    return Image.fromarray((np.clip(picture + grain, 0, 1) * 255).astype(np.uint8))

"""A view over a height map: sun, shadows, haze and water."""

from dataclasses import dataclass

import numpy as np

from demo.painting.canvas import Array, colour, glow, gradient, grid, mix, noise, screen, step


@dataclass(frozen=True)
class View:
    """The positions of the camera and the sun; lengths are in units of the map's side, angles in radians."""

    size: tuple[int, int]
    place: tuple[float, float]
    altitude: float
    heading: float
    horizon: float
    sun: tuple[float, float]
    relief: float
    reach: float = 0.9
    field: float = 0.9
    haze: float = 1.6


def lit(heights: Array, relief: float, sun: tuple[float, float]) -> Array:
    """Return how brightly the sun (heading and elevation) lights each place, with shadows."""
    side = len(heights)
    dy, dx = np.gradient(heights * relief * side)
    heading, elevation = sun
    direction = np.array(
        [np.cos(heading) * np.cos(elevation), np.sin(heading) * np.cos(elevation), np.sin(elevation)]
    )
    light = (-dx * direction[0] - dy * direction[1] + direction[2]) / np.sqrt(dx * dx + dy * dy + 1)
    return np.clip(light, 0, 1) * _shadows(heights * relief * side, heading, elevation)


def _shadows(heights: Array, heading: float, elevation: float) -> Array:
    shade = np.full(heights.shape, -1e9)
    for distance in np.unique(np.geomspace(2, len(heights) / 4, 48).astype(int)):
        shift = (-round(distance * np.sin(heading)), -round(distance * np.cos(heading)))
        shade = np.maximum(shade, np.roll(heights, shift, (0, 1)) - distance * np.tan(elevation))
    return 1 - step(-0.6, 2.5, shade - heights)


def sampled(field: Array, x: Array, y: Array) -> Array:
    """Return the field at these places, interpolated; the map repeats."""
    side = len(field)
    column, row = (x % 1) * side, (y % 1) * side
    c0, r0 = np.floor(column).astype(int) % side, np.floor(row).astype(int) % side
    c1, r1 = (c0 + 1) % side, (r0 + 1) % side
    fc, fr = column % 1, row % 1
    if field.ndim > 2:
        fc, fr = fc[:, None], fr[:, None]
    above = field[r0, c0] * (1 - fc) + field[r0, c1] * fc
    below = field[r1, c0] * (1 - fc) + field[r1, c1] * fc
    return above * (1 - fr) + below * fr


def seen(view: View, heights: Array, colours: Array, sky: Array, haze: Array) -> Array:
    """Return the picture: slices of the land from near to far, each below the ones before it."""
    width, height = view.size
    picture = sky.copy()
    lowest_open = np.full(width, height, dtype=float)
    rows = np.arange(height)[:, None]
    angles = view.heading + np.linspace(-view.field / 2, view.field / 2, width)
    ray = np.stack([np.cos(angles), np.sin(angles)]) / np.cos(angles - view.heading)
    focal = width / (2 * np.tan(view.field / 2))
    distance = 0.008
    while distance < view.reach:
        x, y = view.place[0] + ray[0] * distance, view.place[1] + ray[1] * distance
        top = (
            view.horizon * height + (view.altitude - sampled(heights, x, y) * view.relief) / distance * focal
        )
        is_open = top < lowest_open
        if is_open.any():
            tint = sampled(colours, x, y)
            far = 1 - np.exp(-view.haze * (distance / view.reach) ** 1.4)
            tint = tint * (1 - far) + haze * far
            mask = (rows >= top) & (rows < lowest_open)
            picture = np.where(mask[..., None], tint[None], picture)
            lowest_open = np.where(is_open, top, lowest_open)
        distance *= 1.0035
    return picture


def daylight(
    size: tuple[int, int],
    sun: tuple[float, float],
    stops: tuple[tuple[float, str], ...],
    *,
    clouds: float = 0.0,
    seed: int = 1,
) -> Array:
    """Return a sky with the sun at a place of the picture, and clouds."""
    x, y = grid(*size)
    sky = gradient(y, *stops)
    sky = screen(sky, glow(x, y, sun, 0.16, 1.7)[..., None] * colour("#ffe9c0") * 0.8)
    if clouds:
        field = noise(size[1], size[0], 1.75, seed, stretch=0.34)
        veil = step(0.52, 0.86, field) * clouds * step(1.0, 0.25, y)
        sky = mix(sky, np.ones(3) * colour("#fffaf2"), veil)
    return sky

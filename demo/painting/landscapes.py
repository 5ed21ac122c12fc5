"""Pictures of land by day: mountains, dunes, islands, a forest, a valley in mist."""

import numpy as np
from PIL import Image

from demo.painting.canvas import (
    Array,
    blurred,
    colour,
    finished,
    glow,
    gradient,
    grid,
    line,
    mix,
    noise,
    screen,
    step,
    unit,
)
from demo.painting.night import pines
from demo.painting.terrain import View, daylight, lit, seen

SIDE = 2048


def ridged(side: int, seed: int) -> Array:
    """Return mountains: sharp ridges at several scales."""
    wide = 1 - np.abs(noise(side, side, 2.15, seed) * 2 - 1)
    warped = 1 - np.abs(noise(side, side, 1.95, seed + 1) * 2 - 1)
    fine = 1 - np.abs(noise(side, side, 1.7, seed + 2) * 2 - 1)
    return unit(wide**2 * (0.55 + 0.45 * warped**2) + 0.05 * fine * wide)


def misty_ridges() -> Image.Image:
    width, height = 1600, 1067
    x, y = grid(width, height)
    sun = (1.02, 0.34)
    picture = gradient(y, (0, "#5f7fb0"), (0.25, "#b9b6cf"), (0.4, "#ffd9a8"), (0.55, "#ffb47c"))
    picture = screen(picture, glow(x, y, sun, 0.15, 1.8)[..., None] * colour("#fff0c8"))
    picture = mix(picture, colour("#fff7dc"), step(0.046, 0.043, np.hypot(x - sun[0], y - sun[1])))
    count = 8
    for layer in range(count):
        share = layer / (count - 1)
        ridge = (
            0.40 + 0.53 * share**1.15 - (0.16 - 0.04 * share) * line(width, 1.35 - 0.1 * share, 200 + layer)
        )
        tint = gradient(np.array(share), (0, "#d9a59a"), (0.35, "#8f7f9f"), (0.7, "#43507c"), (1, "#131a30"))
        mist = gradient(np.array(share), (0, "#ffd0a0"), (0.5, "#d9b0b0"), (1, "#6a7090"))
        below = (y - ridge[None, :]) / 0.26
        wisps = 0.55 + 0.75 * noise(height, width, 1.7, 300 + layer, stretch=0.22)
        body = mix(tint + 0 * picture, mist, np.clip(below * wisps, 0, 0.9) * (1 - 0.75 * share))
        warm = glow(x, y, sun, 0.35, 2)[..., None] * colour("#ffb070") * (0.5 * (1 - share))
        mask = step(-0.0012, 0.0012, y - ridge[None, :])
        if layer >= count - 2:
            mask = np.maximum(
                mask,
                pines(width, height, ridge + 0.012, 260, 0.055 if layer == count - 2 else 0.11, 400 + layer),
            )
        picture = mix(picture, screen(body, warm), mask)
    return finished(picture, vignette=0.2, bloom=0.4)


def alps() -> Image.Image:
    size = (1600, 1067)
    heights = ridged(SIDE, 40)
    light = lit(heights, 0.13, (2.3, 0.52))
    dy, dx = np.gradient(heights * SIDE * 0.13)
    steep = np.hypot(dx, dy)
    rough = noise(SIDE, SIDE, 0.9, 44)
    rock = gradient(rough, (0.2, "#4c4a4e"), (0.8, "#8b857d"))
    meadow = gradient(rough, (0.3, "#2f4a24"), (0.7, "#6d7f3a"))
    snow = colour("#f6f9ff") + 0 * rock
    ground = mix(meadow, rock, step(0.30, 0.44, heights + 0.2 * (rough - 0.5) + 0.10 * step(0.5, 1.2, steep)))
    ground = mix(ground, snow, step(0.44, 0.56, heights + 0.22 * (rough - 0.5)) * step(1.9, 0.9, steep))
    shaded = ground * (0.30 * colour("#86a8e0") + light[..., None] * colour("#fff1d8") * 1.02)
    sky = daylight(
        size, (0.15, 0.1), ((0, "#2f6fb8"), (0.3, "#7fb2e0"), (0.5, "#d6e8f2")), clouds=0.9, seed=7
    )
    view = View(size, (0.16, 0.30), 0.135, 0.65, 0.34, (0, 0), 0.13, reach=0.8, field=0.95, haze=1.3)
    return finished(seen(view, heights, shaded, sky, colour("#c3d8ea")), contrast=0.25)


def canyon() -> Image.Image:
    size = (1600, 900)
    base = noise(SIDE, SIDE, 1.75, 71)
    fine = noise(SIDE, SIDE, 1.3, 72)
    river = np.abs(noise(SIDE, SIDE, 1.95, 73) - 0.5) * 2
    plateau = step(0.02, 0.30, river + 0.30 * (base - 0.5) + 0.05 * (fine - 0.5))
    levels = 7
    terraces = (np.floor(plateau * levels) + step(0.55, 1.0, plateau * levels % 1)) / levels
    heights = unit(0.93 * terraces + 0.05 * base + 0.025 * fine)
    light = lit(heights, 0.13, (2.9, 0.42))
    bands = noise(1, 512, 0.9, 74)[0]
    strata = bands[np.clip((heights * 400 + (fine - 0.5) * 14).astype(int), 0, 511)]
    rock = gradient(unit(strata), (0, "#7c2f1c"), (0.35, "#b8552f"), (0.65, "#d98a52"), (1, "#f0c58e"))
    top = gradient(fine, (0.3, "#8a6a3c"), (0.7, "#b39a62"))
    ground = mix(rock, top, step(0.93, 0.99, plateau) * 0.8)
    shaded = ground * (0.30 * colour("#8a86c8") + light[..., None] * colour("#ffd2a0") * 1.15)
    sky = daylight(
        size, (1.5, 0.30), ((0, "#4a78b4"), (0.25, "#a9b8cc"), (0.42, "#ffd8ac")), clouds=0.7, seed=12
    )
    view = View(size, (0.30, 0.62), 0.215, 0.9, 0.24, (0, 0), 0.13, reach=0.9, field=0.9, haze=1.1)
    return finished(seen(view, heights, shaded, sky, colour("#f2c9a4")), contrast=0.3)


def islands() -> Image.Image:
    size = (1600, 1200)
    level = 0.50
    raw = noise(SIDE, SIDE, 1.95, 90) * 0.72 + 0.28 * ridged(SIDE, 95)
    raw = unit(raw)
    is_sea = raw < level
    heights = np.maximum(raw, level)
    light = lit(heights, 0.24, (3.6, 0.55))
    rough = noise(SIDE, SIDE, 1.0, 91)
    land = gradient(
        raw + 0.08 * (rough - 0.5),
        (0.50, "#f2e2b4"),
        (0.515, "#e6d3a0"),
        (0.535, "#4f7a3a"),
        (0.68, "#2c5730"),
        (0.86, "#7d8a66"),
    )
    shaded = land * (0.34 * colour("#9ab8e0") + light[..., None] * colour("#fff2da") * 0.98)
    ripple = noise(SIDE, SIDE, 0.55, 92, stretch=2.0)
    sea = gradient(
        raw + 0.01 * (rough - 0.5),
        (0.28, "#0a3f6b"),
        (0.42, "#12699a"),
        (0.475, "#2aa5b8"),
        (0.497, "#8fe0d4"),
        (0.5, "#f2fff6"),
    )
    sea = screen(sea, (step(0.62, 0.95, ripple) * 0.30)[..., None] * colour("#e6f6ff"))
    colours = np.where(is_sea[..., None], sea, shaded)
    sky = daylight(
        size, (0.3, 0.0), ((0, "#3f88cc"), (0.16, "#93c4e6"), (0.28, "#e6f0f2")), clouds=0.8, seed=3
    )
    view = View(size, (0.1, 0.1), 0.34, 0.75, 0.14, (0, 0), 0.24, reach=1.3, field=0.85, haze=1.3)
    return finished(seen(view, heights, colours, sky, colour("#d3e6ee")), contrast=0.2)


def dunes() -> Image.Image:
    size = (1280, 1600)
    warp = noise(SIDE, SIDE, 2.9, 110) - 0.5
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    heights = np.zeros((SIDE, SIDE))
    for count, weight, bend in ((6, 1.0, 1.5), (11, 0.35, 2.2)):
        phase = (x * count + y * (count // 3) + warp * bend * 1.4) % 1
        heights += weight * np.where(phase < 0.72, step(0, 0.72, phase), 1 - (phase - 0.72) / 0.28)
    heights = unit(heights + 1.1 * noise(SIDE, SIDE, 3.0, 111))
    ripples = np.sin((x * 420 + warp * 110 + y * 60) * 2 * np.pi) * 0.5
    light = lit(heights + ripples * 0.0006, 0.075, (2.9, 0.26))
    sand = gradient(
        light, (0, "#5a2c3a"), (0.12, "#8a4a3c"), (0.35, "#d0824a"), (0.6, "#f2b26a"), (0.9, "#ffe0a4")
    )
    sky = daylight(size, (0.1, 0.34), ((0, "#3d6ea8"), (0.2, "#8fb0cc"), (0.36, "#ffe2bc")), clouds=0.0)
    view = View(size, (0.30, 0.55), 0.105, 0.15, 0.30, (0, 0), 0.075, reach=0.9, field=0.62, haze=1.0)
    return finished(seen(view, heights, sand, sky, colour("#f7d3ac")), contrast=0.25)


def forest() -> Image.Image:
    width, height = 1080, 1600
    x, y = grid(width, height)
    sun = (0.40, 0.20)
    picture = gradient(y, (0, "#e9e7b8"), (0.4, "#c2cf9c"), (0.75, "#7f9a70"), (1, "#33452e"))
    picture = screen(picture, glow(x, y, sun, 0.22, 1.8)[..., None] * colour("#fff6c8"))
    chance = np.random.default_rng(5)
    for layer in range(7):
        share = layer / 6
        tint = gradient(np.array(share), (0, "#b4c291"), (0.5, "#5f7550"), (1, "#0e170f"))
        mask = np.zeros((height, width))
        for _ in range(int(16 - 11 * share)):
            _trunk(mask, chance, share)
        ground = 0.80 + 0.14 * share + 0.03 * (line(width, 1.6, 500 + layer) - 0.5)
        mask = np.maximum(mask, step(-0.002, 0.002, y - ground[None, :]))
        leaves = noise(height, width, 1.15, 520 + layer)
        canopy = step(0.50, 0.60, leaves + 0.30 - y * (1.5 + share) + 0.12 * share)
        mask = np.maximum(mask, canopy * (0.75 + 0.25 * share))
        mask = blurred(mask, 2.4 * (1 - share) + 0.5)
        picture = mix(picture, tint + 0 * picture, mask * 0.96)
        haze = glow(x, y, sun, 0.5, 2) * (0.34 * (1 - share))
        picture = screen(picture, haze[..., None] * colour("#f6eec0"))
    angle = np.arctan2(y - sun[1] + 0.12, x - sun[0])
    rays = line(4096, 0.95, 31, 20)[((angle / np.pi + 1) * 2047).astype(int) % 4096]
    beams = step(0.50, 0.85, rays) * np.exp(-np.hypot(x - sun[0], y - sun[1]) / 0.55) * step(0.16, 0.34, y)
    picture = screen(picture, blurred(beams, 5)[..., None] * colour("#fff2b8") * 0.55)
    ferns = step(0.52, 0.66, noise(height, width, 0.95, 610)) * step(0.86, 0.98, y)
    picture = mix(picture, colour("#8fb04a"), ferns * 0.30 * glow(x, y, (0.4, 1.0), 0.3, 2))
    return finished(picture, vignette=0.3, bloom=0.35, contrast=0.25)


def _trunk(mask: Array, chance: np.random.Generator, share: float) -> None:
    height, width = mask.shape
    thick = (0.006 + 0.042 * share**1.6) * width * chance.uniform(0.6, 1.3)
    at, lean = chance.random() * width, chance.normal(0, 0.02) * width
    rows = np.arange(height)
    wobble = (line(height, 1.9, int(chance.integers(1_000_000))) - 0.5) * thick * 0.9
    middle = at + lean * (rows / height) + wobble
    half = thick / 2 * (0.72 + 0.5 * (rows / height) ** 3)
    columns = np.arange(width)[None, :]
    trunk = step(1.2, -1.2, np.abs(columns - middle[:, None]) - half[:, None])
    np.maximum(mask, trunk, out=mask)


def rainy_window() -> Image.Image:
    width, height = 1200, 1500
    x, y = grid(width, height)
    chance = np.random.default_rng(12)
    picture = gradient(y, (0, "#0b1226"), (0.5, "#1a2140"), (1, "#241a2c"))
    for _ in range(130):
        tint = colour(
            str(chance.choice(["#ffb347", "#ff5f6d", "#ffd98a", "#7fd8ff", "#9b8cff", "#ff8f3f", "#6fffc0"]))
        )
        at = (chance.random() * width / height, chance.normal(0.56, 0.19))
        radius = chance.uniform(0.012, 0.075)
        distance = np.hypot(x - at[0], y - at[1])
        disc = step(radius, radius * 0.92, distance) * (0.8 + 0.2 * step(0.5 * radius, radius, distance))
        picture = screen(picture, disc[..., None] * tint * chance.uniform(0.15, 0.85))
    picture = blurred(picture, 2.5)
    dx, dy, shine = np.zeros((height, width)), np.zeros((height, width)), np.zeros((height, width))
    for _ in range(420):
        _drop((dx, dy, shine), (x, y), chance)
    upside = picture[::-1]
    bent = shifted_by(upside, dx, dy)
    has_drop = step(0.0, 0.02, np.abs(shine))
    picture = mix(picture * 0.93, np.clip(bent * 1.12, 0, 1), has_drop)
    picture = screen(picture, np.clip(shine, 0, 1)[..., None] * colour("#e6efff") * 0.5)
    return finished(picture, vignette=0.3, bloom=0.35)


def _drop(
    fields: tuple[Array, Array, Array], places: tuple[Array, Array], chance: np.random.Generator
) -> None:
    x, y = places
    height, width = x.shape
    radius = 0.0035 + 0.016 * chance.random() ** 4
    at = (chance.random() * width / height, chance.random())
    pad = int(radius * height * 1.6) + 2
    row, column = int(at[1] * height), int(at[0] * height)
    rows = slice(max(0, row - pad), min(height, row + pad))
    columns = slice(max(0, column - pad), min(width, column + pad))
    u = (x[rows, columns] - at[0]) / radius
    v = (y[rows, columns] - at[1]) / (radius * (1.18 + 0.25 * chance.random()))
    inside = u * u + v * v < 1
    depth = np.sqrt(np.clip(1 - u * u - v * v, 0, 1))
    fields[0][rows, columns] = np.where(inside, u * 190 * radius / 0.01, fields[0][rows, columns])
    fields[1][rows, columns] = np.where(inside, v * 190 * radius / 0.01, fields[1][rows, columns])
    edge = 0.03 + 0.9 * np.clip(1 - np.hypot(u + 0.35, v + 0.45) / 0.26, 0, 1) + 0.12 * (1 - depth)
    fields[2][rows, columns] = np.where(inside, edge, fields[2][rows, columns])


def shifted_by(picture: Array, dx: Array, dy: Array) -> Array:
    """Return the picture as seen through lenses that bend by this many pixels."""
    height, width = picture.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width]
    row = np.rint(height - 1 - rows - dy * 1.4).astype(int) % height
    return picture[row, np.rint(columns + dx * 1.4).astype(int) % width]

"""Pictures of nights: stars, northern lights, the moon, an eclipse, a city."""

import numpy as np
from PIL import Image, ImageDraw

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
    reflected,
    screen,
    stars,
    step,
)


def pines(width: int, height: int, base: Array, count: int, tallest: float, seed: int) -> Array:
    """Return the silhouette of conifers that stand on a line."""
    chance = np.random.default_rng(seed)
    image = Image.new("L", (width * 2, height * 2))
    draw = ImageDraw.Draw(image)
    for _ in range(count):
        at = int(chance.integers(0, width))
        size = tallest * height * chance.uniform(0.35, 1.0) ** 1.4
        foot = base[min(width - 1, at)] * height + 4
        _pine(draw, at * 2, foot * 2, size * 2, chance)
    ground = (np.arange(height)[:, None] / height > base[None, :]).astype(float)
    trees = np.asarray(image.resize((width, height), Image.Resampling.LANCZOS), dtype=float) / 255
    return np.maximum(trees, ground)


def _pine(draw: ImageDraw.ImageDraw, x: float, foot: float, size: float, chance: np.random.Generator) -> None:
    draw.rectangle((x - size * 0.008, foot - size, x + size * 0.008, foot), fill=255)
    levels = int(11 + size / 22)
    for level in range(levels):
        share = (level + 0.6) / levels
        y = foot - size * (1 - share * 0.93)
        for side in (-1, 1):
            reach = size * 0.19 * share**0.8 * chance.uniform(0.6, 1.1)
            sag = reach * chance.uniform(0.25, 0.55)
            thick = size * 0.9 / levels
            draw.polygon(
                [
                    (x, y - thick),
                    (x + side * reach, y + sag),
                    (x + side * reach * 0.5, y + sag * 0.55),
                    (x, y + thick * 0.5),
                ],
                fill=255,
            )


def milky_way() -> Image.Image:
    width, height = 1080, 1600
    x, y = grid(width, height)
    sky = gradient(
        y, (0, "#060a1a"), (0.45, "#0f1b3a"), (0.72, "#24385f"), (0.86, "#6b5a72"), (0.95, "#c98a6a")
    )
    along, across = (x - 0.36) * 0.5 + (y - 0.4) * 0.87, (x - 0.36) * 0.87 - (y - 0.4) * 0.5
    dust = noise(height, width, 1.55, 5)
    fine = noise(height, width, 1.15, 6)
    band = np.exp(-(((across + (dust - 0.5) * 0.10) / 0.135) ** 2))
    core = np.exp(-(((along - 0.12) / 0.30) ** 2))
    lane = step(0.44, 0.66, dust + (fine - 0.5) * 0.5) * np.exp(-(((across - 0.012) / 0.07) ** 2))
    light = band * (0.26 + 0.75 * core) * (0.55 + 0.9 * fine) * (1 - 0.8 * lane)
    tint = gradient(core * band, (0, "#6f86c9"), (0.5, "#b7a0c4"), (1, "#ffd9ae"))
    sky = screen(sky, light[..., None] * tint * 0.85)
    faint = np.random.default_rng(8).random((height, width)) < 0.012 * band * (0.4 + fine) * (1 - 0.7 * lane)
    sky = screen(sky, blurred(faint.astype(float), 0.7)[..., None] * colour("#dfe6ff") * 1.0)
    sky = screen(sky, stars(height, width, 2600, 3) * step(0.97, 0.6, y)[..., None])
    far = 0.83 + 0.06 * line(width, 1.4, 11)
    hills = step(-0.001, 0.001, y - far[None, :])
    sky = mix(sky, gradient(y, (0.8, "#3a3350"), (1, "#171a2c")), hills)
    trees = pines(width, height, 0.905 + 0.05 * line(width, 1.6, 4), 46, 0.17, 9)
    return finished(mix(sky, colour("#05070f"), trees), vignette=0.25)


def northern_lights() -> Image.Image:
    width, height, shore = 1600, 1067, 690
    x, y = grid(width, shore)
    y = y * shore / height
    x = x * shore / height
    sky = gradient(y, (0, "#050b1c"), (0.4, "#0b1e38"), (0.65, "#1d4658"))
    sky = screen(sky, stars(shore, width, 1500, 12))
    for number, (base, tall, strength) in enumerate(
        ((0.40, 0.34, 0.95), (0.47, 0.24, 0.6), (0.30, 0.28, 0.35))
    ):
        path = base + 0.17 * (line(width, 1.9, 21 + number) - 0.5) * 2
        rays = 0.35 + 0.65 * line(width, 0.75, 31 + number, 3) * (0.4 + 0.9 * line(width, 1.5, 41 + number))
        up = (path[None, :] - y) / (tall * (0.5 + rays[None, :]))
        curtain = np.where(up < 0, np.exp(up * 26), np.exp(-up * 3.2)) * rays[None, :] * strength
        tint = gradient(
            np.clip(up, 0, 1), (0, "#7dffb0"), (0.25, "#35e08e"), (0.6, "#3f8fd0"), (1, "#b04fd0")
        )
        sky = screen(sky, curtain[..., None] * tint)
    peaks = 0.50 + 0.15 * (1 - line(width, 1.25, 52))
    peak = step(-0.0012, 0.0012, y - peaks[None, :])
    rough = noise(shore, width, 1.1, 55)
    snow = gradient(rough + (peaks[None, :] - y) * 1.2, (0.25, "#0a1a26"), (0.6, "#2b5a62"), (0.9, "#7fb9a8"))
    sky = mix(sky, snow, peak)
    trees = pines(width, shore, np.full(width, 0.962) + 0.018 * line(width, 1.3, 3), 150, 0.12, 61)
    sky = mix(sky, colour("#040b12"), trees)
    water = (
        reflected(sky, height - shore, 71, calm=1.7) * np.linspace(0.86, 0.5, height - shore)[:, None, None]
    )
    return finished(np.concatenate([sky, water]), vignette=0.22)


def moon_over_sea() -> Image.Image:
    width, height = 1080, 1440
    x, y = grid(width, height)
    horizon, moon = 0.60, (0.43, 0.235)
    sky = gradient(y, (0, "#0a1230"), (0.3, "#1c2c58"), (0.52, "#56628c"), (0.6, "#9a8fa0"))
    distance = np.hypot(x - moon[0], y - moon[1])
    sky = screen(sky, glow(x, y, moon, 0.10, 1.6)[..., None] * colour("#cfd8ff") * 0.75)
    sky = screen(sky, stars(height, width, 420, 2) * 0.7)
    clouds = noise(height, width, 1.8, 17, stretch=0.26)
    veil = step(0.5, 0.82, clouds) * step(0.0, 0.22, y) * 0.85
    rim = np.clip(veil * (1 - veil) * 4, 0, 1) * glow(x, y, moon, 0.28, 2)
    sky = mix(sky, gradient(y, (0, "#141c3a"), (0.6, "#5c5f80")), veil * 0.8)
    sky = screen(sky, rim[..., None] * colour("#e9e6ff") * 0.75)
    maria = noise(height, width, 1.5, 23)
    disc = step(0.0635, 0.062, distance)
    face = (0.97 - 0.30 * step(0.42, 0.66, maria))[..., None] * colour("#fff8e6")
    sky = mix(sky, face, disc * (1 - 0.35 * veil))
    rows = int(height * horizon)
    depth = (np.arange(height - rows) / (height - rows))[:, None]
    sea = gradient(depth + 0 * x[rows:], (0, "#7a7a94"), (0.06, "#3c4a74"), (1, "#060b1c"))
    ripples = np.zeros((height - rows, width))
    for octave, (scale, weight) in enumerate(((16, 1.0), (34, 0.7), (70, 0.5))):
        field = noise(1024, 2048, 0.9, 80 + octave)
        near = 1 / (depth + 0.035)
        column = ((x[rows:] - moon[0]) * near * scale * 3 + 512).astype(int) % 2048
        row = (near * scale * 22).astype(int) % 1024 + 0 * column
        ripples += (field[row, column] - 0.5) * weight
    path = np.exp(-(((x[rows:] - moon[0]) / (0.035 + 0.20 * depth)) ** 2))
    glitter = step(0.10, 0.34, ripples + path * 0.30 - 0.08) * path
    sea = sea + (ripples * 0.16 * (0.35 + depth))[..., None] * colour("#8090c0")
    sea = screen(sea, glitter[..., None] * colour("#fff3d8") * 0.95)
    return finished(np.concatenate([sky[:rows], sea]), vignette=0.25, bloom=0.3)


def eclipse() -> Image.Image:
    side = 1280
    x, y = grid(side, side)
    dx, dy = x - 0.5, y - 0.5
    distance, angle = np.hypot(dx, dy), np.arctan2(dy, dx)
    turn = ((angle / (2 * np.pi)) % 1 * 2048).astype(int) % 2048
    long_rays = (0.45 + 0.9 * line(2048, 1.15, 3, 2))[turn]
    fine_rays = (0.7 + 0.6 * line(2048, 0.55, 4, 12))[turn]
    height = np.maximum(distance - 0.148, 0)
    polar = 0.75 + 0.45 * np.cos(angle * 2 - 0.5)
    corona = np.exp(-height / (0.055 * long_rays * polar + 0.012)) * fine_rays
    corona += 0.5 * np.exp(-height / (0.18 * long_rays * polar))
    sky = gradient(distance, (0.1, "#26304e"), (0.4, "#0d1326"), (0.75, "#05070f"))
    sky = screen(sky, stars(side, side, 260, 9) * step(0.2, 0.45, distance)[..., None])
    sky = screen(sky, np.clip(corona, 0, 1.4)[..., None] * colour("#f3f4ff") * 0.72)
    sky = screen(sky, (np.exp(-height / 0.006))[..., None] * colour("#ffffff") * 0.7)
    flames = np.exp(-height / (0.003 + 0.012 * line(2048, 0.9, 8, 6)[turn] ** 4)) * step(
        0.72, 0.9, line(2048, 0.9, 8, 6)[turn]
    )
    sky = screen(sky, flames[..., None] * colour("#ff5a7a"))
    disc = step(0.1485, 0.1465, distance)
    sky = mix(sky, colour("#04050b"), disc)
    bead = glow(x, y, (0.5 + 0.148 * np.cos(-0.7), 0.5 + 0.148 * np.sin(-0.7)), 0.022, 2.6)
    return finished(screen(sky, bead[..., None] * colour("#fff6e8")), vignette=0.1, bloom=0.5)


def city() -> Image.Image:
    width, height, shore = 1600, 1000, 640
    x, y = grid(width, shore)
    x, y = x * shore / height, y * shore / height
    sky = gradient(
        y, (0, "#0f1b44"), (0.25, "#2c3f7c"), (0.45, "#8a6c9a"), (0.57, "#f0a080"), (0.64, "#ffd2a0")
    )
    clouds = noise(shore, width, 1.8, 8, stretch=0.2)
    sky = mix(
        sky, gradient(y, (0, "#25305c"), (0.45, "#b0708a"), (0.64, "#ffb48a")), step(0.5, 0.85, clouds) * 0.8
    )
    picture = sky
    for layer, (count, low, high, tint, lights) in enumerate(
        (
            (62, 0.14, 0.36, "#6f6690", 0.0),
            (46, 0.18, 0.60, "#3f4270", 0.3),
            (34, 0.14, 0.82, "#161c3a", 0.55),
        )
    ):
        picture = _towers(picture, count, (low, high), tint, lights, 90 + layer)
    rows = height - shore
    water = reflected(picture, rows, 33, calm=1.1)
    water = mix(
        water,
        gradient(np.linspace(0, 1, rows)[:, None] + 0 * water[..., 0], (0, "#5a4a70"), (1, "#0a1230")),
        0.42,
    )
    return finished(np.concatenate([picture, water]), vignette=0.2, bloom=0.5)


def _towers(
    picture: Array, count: int, sizes: tuple[float, float], tint: str, lights: float, seed: int
) -> Array:
    chance = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    picture = picture.copy()
    for at in np.sort(chance.random(count)) * width:
        centre = np.exp(-(((at / width - 0.56) / 0.24) ** 2))
        tall = height * (sizes[0] + (sizes[1] - sizes[0]) * chance.random() ** 1.6 * (0.25 + 0.75 * centre))
        wide = chance.uniform(0.014, 0.036) * width
        left, right, top = int(at - wide / 2), int(at + wide / 2), int(height - tall)
        left, right = max(0, left), min(width, right)
        if right - left < 10:
            continue
        shade = colour(tint) * chance.uniform(0.85, 1.15)
        fade = np.linspace(1.0, 1.25, height - top)[:, None, None]
        picture[top:, left:right] = np.clip(shade * fade, 0, 1)
        if chance.random() < 0.4:
            spire = int(tall * 0.16)
            picture[top - spire : top, (left + right) // 2 - 1 : (left + right) // 2 + 1] = shade
        if lights:
            _windows(picture, (left, right, top), lights, chance)
    return picture


def _windows(picture: Array, place: tuple[int, int, int], lights: float, chance: np.random.Generator) -> None:
    left, right, top = place
    warm = chance.choice(["#ffd890", "#ffe9c4", "#ffc070", "#dfe8ff"], p=[0.45, 0.3, 0.15, 0.1])
    dense = lights * chance.uniform(0.2, 1.0)
    for row in range(top + 6, picture.shape[0] - 6, 8):
        for column in range(left + 3, right - 4, 6):
            if chance.random() < dense:
                picture[row : row + 4, column : column + 3] = colour(warm) * chance.uniform(0.45, 1.0)


def planet() -> Image.Image:
    width, height = 1440, 1440
    x, y = grid(width, height)
    sky = gradient(np.hypot(x - 0.3, y - 0.2), (0, "#1a1430"), (0.6, "#0a0c1e"), (1.2, "#04050c"))
    gas = noise(height, width, 1.7, 3) * noise(height, width, 1.9, 4)
    sky = screen(
        sky,
        step(0.22, 0.7, gas)[..., None]
        * gradient(noise(height, width, 2.2, 5), (0, "#2a4a8a"), (1, "#8a3a7a"))
        * 0.55,
    )
    sky = screen(sky, stars(height, width, 1900, 6))
    tilt, radius = 0.36, 0.225
    u = (x - 0.5) * np.cos(tilt) + (y - 0.52) * np.sin(tilt)
    v = -(x - 0.5) * np.sin(tilt) + (y - 0.52) * np.cos(tilt)
    distance = np.hypot(u, v) / radius
    depth = np.sqrt(np.clip(1 - distance**2, 0, 1))
    rough = noise(height, width, 1.5, 7, stretch=0.16)
    bands = line(4096, 1.15, 8, 4)[
        np.clip((v / radius * 0.45 + 0.5 + (rough - 0.5) * 0.03) * 4095, 0, 4095).astype(int)
    ]
    surface = gradient(bands, (0, "#8a5a3a"), (0.35, "#d8a56a"), (0.65, "#f2d6a2"), (1, "#fff2d6"))
    light = np.clip((-0.62 * (x - 0.5) / radius - 0.38 * (y - 0.52) / radius + 0.68 * depth), 0, 1)
    ring = np.hypot(u, v / 0.27) / radius
    place = np.clip((ring - 1.28) / (2.35 - 1.28), 0, 1)
    density = 0.35 + 0.65 * line(2048, 0.8, 11)[(place * 2047).astype(int)]
    is_ring = (
        step(1.28, 1.31, ring) * step(2.35, 2.31, ring) * (1 - 0.92 * step(0.02, 0.0, np.abs(place - 0.66)))
    )
    opacity = is_ring * density * 0.92
    tint = gradient(density, (0, "#6a5a4c"), (0.5, "#c9ac84"), (1, "#fff0d4"))
    behind = step(1.0, 0.97, np.hypot(u - 0.10, v - 0.02) / (radius * 1.02)) * step(0.0, 0.05, u)
    rings = tint * (1 - 0.86 * behind)[..., None]
    picture = mix(sky, rings, opacity * (v < 0))
    shade = step(1.35, 1.45, np.hypot(u, (v - 0.04) / 0.27) / radius) * step(
        2.3, 2.2, np.hypot(u, (v - 0.04) / 0.27) / radius
    )
    ball = surface * (0.03 + 1.05 * light * (1 - 0.55 * shade))[..., None]
    picture = mix(picture, ball, step(1.004, 0.994, distance))
    picture = screen(
        picture,
        (np.exp(-np.clip(distance - 1, 0, 9) * 26) * step(0.99, 1.0, distance) * light.mean())[..., None]
        * colour("#ffdca8")
        * 0.5,
    )
    picture = mix(picture, rings, opacity * (v >= 0))
    for at, size, shine in (
        ((0.86, 0.25), 0.011, 0.95),
        ((0.17, 0.83), 0.017, 0.85),
        ((0.73, 0.86), 0.006, 0.8),
    ):
        du, dv = (x - at[0]) / size, (y - at[1]) / size
        side = np.clip(-0.62 * du - 0.38 * dv + 0.68 * np.sqrt(np.clip(1 - du * du - dv * dv, 0, 1)), 0, 1)
        picture = mix(
            picture, side[..., None] * colour("#e8e0d6") * shine, step(1.03, 0.97, np.hypot(du, dv))
        )
    return finished(picture, vignette=0.25, bloom=0.35)


def winter() -> Image.Image:
    width, height = 1280, 1600
    _, y = grid(width, height)
    picture = gradient(y, (0, "#16264e"), (0.3, "#3a4f86"), (0.5, "#8f8fb4"), (0.6, "#e0b0a8"))
    picture = screen(picture, stars(height, width, 500, 14) * step(0.5, 0.1, y)[..., None])
    for layer in range(5):
        share = layer / 4
        base = 0.56 + 0.30 * share + 0.05 * (line(width, 1.7, 700 + layer) - 0.5)
        snow = step(-0.001, 0.001, y - base[None, :])
        ground = gradient((y - base[None, :]) / 0.2, (0, "#c9cfe8"), (0.5, "#8fa0cc"), (1, "#5a6ea6"))
        trees = pines(width, height, base, int(120 - 20 * layer), 0.06 + 0.20 * share**1.3, 720 + layer)
        trees = trees * (1 - snow)
        bough = gradient(np.array(share), (0, "#7f8db4"), (0.5, "#3c4c78"), (1, "#101a36"))
        frost = step(0.45, 0.75, noise(height, width, 0.75, 740 + layer)) * 0.75
        picture = mix(
            picture,
            mix(bough + 0 * picture, colour("#dfe6fa") * (0.6 + 0.3 * (1 - share)), frost * trees),
            trees,
        )
        drift = 0.85 + 0.3 * noise(height, width, 1.6, 760 + layer, stretch=0.3)
        picture = mix(picture, np.clip(ground * drift[..., None], 0, 1), snow)
        if layer == 3:
            picture = _cabin(picture, 0.47, float(base[int(0.47 * height)]) + 0.012)
    chance = np.random.default_rng(9)
    for size, count in ((0.8, 2600), (1.6, 900), (4.0, 120)):
        flakes = np.zeros((height, width))
        flakes[chance.integers(0, height, count), chance.integers(0, width, count)] = 1
        soft = blurred(flakes, size) * size * size * 5
        picture = screen(picture, np.clip(soft, 0, 0.8)[..., None] * colour("#f4f7ff"))
    return finished(picture, vignette=0.28, bloom=0.5)


def _cabin(picture: Array, at: float, foot: float) -> Array:
    height, width = picture.shape[:2]
    image = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    scale = height * 0.075

    def box(left: float, top: float, right: float, bottom: float, fill: str) -> None:
        x0, y0 = at * height, foot * height
        draw.rectangle(
            (x0 + left * scale, y0 - top * scale, x0 + right * scale, y0 - bottom * scale), fill=fill
        )

    def shape(points: list[tuple[float, float]], fill: str) -> None:
        draw.polygon([(at * height + px * scale, foot * height - py * scale) for px, py in points], fill=fill)

    box(-1, 0.9, 1, -0.1, "#3a2626")
    for row in range(6):
        box(-1, 0.9 - row * 0.16, 1, 0.88 - row * 0.16, "#2a1a1c")
    shape([(-1.3, 0.8), (0, 1.75), (1.3, 0.8), (1.1, 0.8), (0, 1.55), (-1.1, 0.8)], "#e9eefc")
    shape([(-1.1, 0.8), (0, 1.55), (1.1, 0.8)], "#4a3030")
    box(0.55, 1.75, 0.75, 1.1, "#5a4040")
    box(0.5, 1.84, 0.8, 1.72, "#eef2ff")
    for left in (-0.72, 0.32):
        box(left, 0.72, left + 0.4, 0.3, "#ffd27a")
        box(left + 0.18, 0.72, left + 0.22, 0.3, "#3a2626")
        box(left, 0.53, left + 0.4, 0.49, "#3a2626")
    box(-0.17, 0.66, 0.17, -0.1, "#241616")
    lit = np.asarray(image, dtype=float) / 255
    x, y = grid(width, height)
    for left in (-0.52, 0.52):
        warm = glow(x, y, (at + left * 0.075, foot - 0.035), 0.035, 2.2) * 0.45
        warm += np.exp(-(((x - at - left * 0.075) / 0.05) ** 2 + ((y - foot - 0.035) / 0.028) ** 2)) * 0.35
        lit = screen(lit, warm[..., None] * colour("#ffb060"))
    return lit

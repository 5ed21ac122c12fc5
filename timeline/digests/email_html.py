"""Render a summary as HTML for mail programs: inline styles, no scripts, with a dark colour scheme."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from timeline.digests.content import Content, Section
from timeline.photos.model import Photo, Rendition
from timeline.pictures.sizes import JPEG

WIDTH, TILE_WIDTH = 536, 260
"""Pixels: the content area of a sheet that is 600 wide, and one of two columns."""
TILE_WIDTH_ON_PHONES = 368
"""The widest a tile becomes where there is one column."""
TILE_RATIO = 4 / 3
NARROWEST, WIDEST = 0.8, 2.0
"""The large picture is cropped beyond these aspect ratios, and tiles to TILE_RATIO: all edges align."""
DENSITY = 2
"""Pixels of a rendition per pixel of the sheet, for the dense screens of phones."""


def html_of(content: Content) -> str:
    return PAGE.format(
        subject=escape(content.headline),
        preheader=escape(content.preheader),
        time_range=escape(content.time_range),
        greeting=escape(content.greeting),
        introduction=escape(content.introduction),
        sections="".join(_section(content, section) for section in content.sections),
        home=escape(content.url("")),
        kind=content.period.kind,
        settings=escape(content.url("settings")),
        unsubscribe=escape(content.unsubscribe_url),
    )


def _section(content: Content, section: Section) -> str:
    large = 1 if section.has_large else 0
    return SECTION.format(
        heading=escape(section.heading),
        large="".join(_large(content, photo) for photo in section.photos[:large]),
        tiles=_tiles(content, section.photos[large:]),
        more=MORE.format(url=escape(section.url), text=escape(section.more)) if section.more else "",
    )


def _large(content: Content, photo: Photo) -> str:
    ratio = min(WIDEST, max(NARROWEST, photo.width / photo.height))
    return LARGE.format(cell=_cell(content, photo, Frame(WIDTH, WIDTH, ratio)))


def _tiles(content: Content, photos: Sequence[Photo]) -> str:
    frame = Frame(TILE_WIDTH, TILE_WIDTH_ON_PHONES, TILE_RATIO)
    rows = [photos[start : start + 2] for start in range(0, len(photos), 2)]
    cells = [GUTTER.join(TILE.format(cell=_cell(content, photo, frame)) for photo in row) for row in rows]
    return "".join(ROW.format(cells=row) for row in cells)


@dataclass(frozen=True, slots=True)
class Frame:
    """The width of a picture in two columns and at most, in pixels, and its aspect ratio."""

    width: int
    widest: int
    ratio: float


def _cell(content: Content, photo: Photo, frame: Frame) -> str:
    caption = content.caption(photo)
    return CELL.format(
        page=escape(content.photo_url(photo)),
        picture=_picture(content, photo, frame),
        caption=CAPTION.format(text=escape(caption)) if caption else "",
        author=escape(content.author(photo)),
        time=escape(content.format_time(photo.created)),
    )


def _picture(content: Content, photo: Photo, frame: Frame) -> str:
    rendition = _sharp(photo, frame)
    if rendition is None:
        return ""
    return PICTURE.format(
        source=escape(content.url(f"image/{photo.id}/{rendition.file_name}")),
        width=frame.width,
        ratio=f"{frame.ratio:.3f}",
        alternative=escape(content.caption(photo) or f"A photo by {content.author(photo)}"),
    )


def _sharp(photo: Photo, frame: Frame) -> Rendition | None:
    """Return the smallest JPEG that is sharp in this frame; many mail programs show no newer format.

    A picture that is wider than its frame is cropped at the sides, so it must be wider than the frame.
    """
    cropped = max(1.0, photo.width / photo.height / frame.ratio)
    needed = max(frame.width * DENSITY, frame.widest) * cropped
    made = sorted((each for each in photo.renditions if each.type == JPEG), key=lambda each: each.width)
    return next((each for each in made if each.width >= needed), made[-1] if made else None)


PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{subject}</title>
<style>
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
@media (max-width: 599px) {{
  .sheet {{ border-radius: 0 !important; padding: 24px 16px !important; }}
  .page {{ padding: 0 !important; }}
}}
@media (max-width: 399px) {{
  .tile {{ width: 100% !important; margin-bottom: 20px !important; }}
  .gutter {{ display: none !important; }}
}}
@media (prefers-color-scheme: dark) {{
  .photo {{ background: #2a3135 !important; }}
  .page {{ background: #121517 !important; }}
  .sheet {{ background: #1b2023 !important; color: #eae7e2 !important; }}
  .quiet {{ color: #a5abb1 !important; }}
  .link {{ color: #7dd3c3 !important; }}
  .line {{ border-color: #343c41 !important; }}
  .button {{ background: #7dd3c3 !important; color: #08201c !important; }}
}}
</style>
</head>
<body class="page" style="margin:0;padding:24px 0;background:#faf8f5;-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;opacity:0">{preheader}</div>
<div class="page" style="background:#faf8f5">
<div class="sheet" role="article" aria-label="{subject}" style="box-sizing:border-box;max-width:600px;\
margin:0 auto;padding:32px;border-radius:12px;background:#ffffff;color:#1f2328;\
font:16px/1.5 -apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<p class="link" style="margin:0 0 20px;font-size:14px;font-weight:600;color:#0b6158">Photo timeline</p>
<h1 style="margin:0 0 4px;font-size:24px;line-height:1.25;overflow-wrap:anywhere">{subject}</h1>
<p class="quiet" style="margin:0 0 20px;font-size:14px;color:#5b5f66">{time_range}</p>
<p style="margin:0 0 24px;overflow-wrap:anywhere">{greeting}<br>{introduction}</p>
{sections}\
<p style="margin:8px 0 32px"><a class="button" href="{home}" style="display:inline-block;padding:12px 24px;\
border-radius:8px;background:#0b6158;color:#ffffff;font-weight:600;text-decoration:none">\
Open the timeline</a></p>
<p class="quiet line" style="margin:0;padding-top:16px;border-top:1px solid #e0dad1;font-size:13px;\
color:#5b5f66">\
You receive this {kind} summary because you turned it on in your settings.<br>
<a class="link" href="{settings}" style="color:#0b6158">Change how often you get it</a> &nbsp;·&nbsp; \
<a class="link" href="{unsubscribe}" style="color:#0b6158">Unsubscribe</a></p>
</div>
</div>
</body>
</html>
"""
SECTION = """\
<h2 style="margin:0 0 12px;font-size:18px;line-height:1.3">{heading}</h2>
{large}{tiles}{more}"""
MORE = '<p style="margin:0 0 28px"><a class="link" href="{url}" style="color:#0b6158">… {text}</a></p>\n'
LARGE = '<div style="margin:0 0 24px;font-size:16px;line-height:1.4">{cell}</div>\n'
ROW = '<div style="margin:0 0 4px;font-size:0">{cells}</div>\n'
GUTTER = '<div class="gutter" style="display:inline-block;width:3%">&nbsp;</div>'
TILE = """\
<div class="tile" style="display:inline-block;width:48.5%;vertical-align:top;margin:0 0 16px;\
font-size:15px;line-height:1.4">{cell}</div>"""
CELL = """
<a href="{page}" style="color:inherit;text-decoration:none">{picture}{caption}</a>
<div class="quiet" style="font-size:13px;color:#5b5f66;overflow-wrap:anywhere">{author} · {time}</div>
"""
PICTURE = """\
<img class="photo" src="{source}" width="{width}" alt="{alternative}" style="display:block;width:100%;\
height:auto;aspect-ratio:{ratio};object-fit:cover;border:0;border-radius:8px;margin:0 0 6px;\
background:#ece7df">"""
CAPTION = '<div dir="auto" style="overflow-wrap:anywhere">{text}</div>'

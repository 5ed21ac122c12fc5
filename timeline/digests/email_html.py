"""Render a summary as HTML for mail programs: inline styles, no scripts, with a dark colour scheme."""

from collections.abc import Iterator, Sequence
from html import escape

from timeline.digests.content import Content, Section
from timeline.photos.model import Photo, Rendition
from timeline.pictures.sizes import JPEG

WIDTH = 536
"""Pixels; the content area of a sheet that is 600 wide."""
NARROWEST, WIDEST = 0.56, 1.8
"""Photos beyond these aspect ratios are shown whole, in the space of the nearest ratio."""
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
    rows = "".join(_row(content, row) for row in _rows(section.photos))
    more = MORE.format(url=escape(section.url), text=escape(section.more)) if section.more else ""
    return SECTION.format(heading=escape(section.heading), rows=rows, more=more)


def _rows(photos: Sequence[Photo]) -> Iterator[Sequence[Photo]]:
    """Yield pairs of photos; with an odd number the first photo has a row of its own."""
    first = len(photos) % 2
    if first:
        yield photos[:1]
    for start in range(first, len(photos), 2):
        yield photos[start : start + 2]


def _row(content: Content, row: Sequence[Photo]) -> str:
    """Make photos in a row equally high: their widths are in proportion to their aspect ratios."""
    ratios = [_ratio(photo) for photo in row]
    width = 98 if len(row) > 1 else min(100, round(80 * ratios[0]))
    shares = [width * ratio / sum(ratios) for ratio in ratios]
    cells = [_cell(content, photo, share) for photo, share in zip(row, shares, strict=True)]
    return ROW.format(cells=GUTTER.join(cells))


def _ratio(photo: Photo) -> float:
    return min(WIDEST, max(NARROWEST, photo.width / photo.height))


def _cell(content: Content, photo: Photo, share: float) -> str:
    caption = content.caption(photo)
    return CELL.format(
        share=f"{share:.1f}",
        page=escape(content.photo_url(photo)),
        picture=_picture(content, photo, share),
        caption=CAPTION.format(text=escape(caption)) if caption else "",
        author=escape(content.author(photo)),
        time=escape(content.format_time(photo.created)),
    )


def _picture(content: Content, photo: Photo, share: float) -> str:
    width = round(WIDTH * share / 100)
    rendition = _sharp(photo, width)
    if rendition is None:
        return ""
    return PICTURE.format(
        source=escape(content.url(f"image/{photo.id}/{rendition.file_name}")),
        width=width,
        height=round(width / _ratio(photo)),
        alternative=escape(content.caption(photo) or f"A photo by {content.author(photo)}"),
    )


def _sharp(photo: Photo, width: int) -> Rendition | None:
    """Return the smallest JPEG that is sharp at this width; many mail programs show no newer format."""
    made = sorted((each for each in photo.renditions if each.type == JPEG), key=lambda each: each.width)
    return next((each for each in made if each.width >= width * DENSITY), made[-1] if made else None)


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
@media (prefers-color-scheme: dark) {{
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
{rows}{more}"""
MORE = '<p style="margin:0 0 28px"><a class="link" href="{url}" style="color:#0b6158">… {text}</a></p>\n'
ROW = '<div style="margin:0 0 20px;font-size:0">{cells}</div>\n'
GUTTER = '<div style="display:inline-block;width:2%">&nbsp;</div>'
CELL = """\
<div style="display:inline-block;width:{share}%;vertical-align:top;font-size:15px;line-height:1.4">
<a href="{page}" style="color:inherit;text-decoration:none">{picture}{caption}</a>
<div class="quiet" style="font-size:13px;color:#5b5f66;overflow-wrap:anywhere">{author} · {time}</div>
</div>"""
PICTURE = """\
<img src="{source}" width="{width}" height="{height}" alt="{alternative}" style="display:block;width:100%;\
height:auto;max-height:{height}px;object-fit:contain;border:0;border-radius:8px;margin:0 0 6px">"""
CAPTION = '<div style="overflow-wrap:anywhere">{text}</div>'

"""The summary as HTML that mail programs understand: no tables or scripts, rules inline, dark where asked."""

from collections.abc import Iterator, Sequence
from html import escape

from timeline.digests.content import Content, Section
from timeline.photos.model import Photo, Rendition
from timeline.pictures.encoder import JPEG

WIDTH = 536
"""Pixels inside the sheet of 600."""
NARROWEST, WIDEST = 0.56, 1.8
"""Photos outside of these proportions are shown whole, but take the room of one inside."""
SHARP = ("medium", "large", "thumb")
"""A medium rendition is twice as fine as half the sheet."""


def html_of(story: Content) -> str:
    return PAGE.format(
        subject=escape(story.headline),
        teaser=escape(story.teaser),
        span=escape(story.span),
        greeting=escape(story.greeting),
        introduction=escape(story.introduction),
        sections="".join(_section(story, section) for section in story.sections),
        home=escape(story.link("")),
        kind=story.period.kind,
        settings=escape(story.link("settings")),
        way_out=escape(story.way_out),
    )


def _section(story: Content, section: Section) -> str:
    rows = "".join(_row(story, row) for row in _rows(section.photos))
    rest = REST.format(link=escape(section.all_of_it), words=escape(section.rest)) if section.rest else ""
    return SECTION.format(heading=escape(section.heading), rows=rows, rest=rest)


def _rows(photos: Sequence[Photo]) -> Iterator[Sequence[Photo]]:
    """An odd one comes first and alone, the others in pairs."""
    first = len(photos) % 2
    if first:
        yield photos[:1]
    for start in range(first, len(photos), 2):
        yield photos[start : start + 2]


def _row(story: Content, row: Sequence[Photo]) -> str:
    """Photos side by side get widths in the proportion of their shapes: then they are equally high."""
    shapes = [_shape(photo) for photo in row]
    room = 98 if len(row) > 1 else min(100, round(80 * shapes[0]))
    shares = [room * shape / sum(shapes) for shape in shapes]
    cells = [_cell(story, photo, share) for photo, share in zip(row, shares, strict=True)]
    return ROW.format(cells=GUTTER.join(cells))


def _shape(photo: Photo) -> float:
    return min(WIDEST, max(NARROWEST, photo.width / photo.height))


def _cell(story: Content, photo: Photo, share: float) -> str:
    caption = story.caption(photo)
    return CELL.format(
        share=f"{share:.1f}",
        page=escape(story.page_of(photo)),
        picture=_picture(story, photo, share),
        caption=CAPTION.format(words=escape(caption)) if caption else "",
        who=escape(story.who(photo)),
        when=escape(story.when(photo.created)),
    )


def _picture(story: Content, photo: Photo, share: float) -> str:
    rendition = _sharp(photo)
    if rendition is None:
        return ""
    width = round(WIDTH * share / 100)
    return PICTURE.format(
        source=escape(story.link(f"image/{photo.id}/{rendition.file_name}")),
        width=width,
        height=round(width / _shape(photo)),
        alternative=escape(story.caption(photo) or f"A photo by {story.who(photo)}"),
    )


def _sharp(photo: Photo) -> Rendition | None:
    """As JPEG: many mail programs read nothing newer."""
    made = {rendition.name: rendition for rendition in photo.renditions if rendition.type == JPEG}
    return next((made[name] for name in SHARP if name in made), None)


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
<div style="display:none;max-height:0;overflow:hidden;opacity:0">{teaser}</div>
<div class="page" style="background:#faf8f5">
<div class="sheet" role="article" aria-label="{subject}" style="box-sizing:border-box;max-width:600px;\
margin:0 auto;padding:32px;border-radius:12px;background:#ffffff;color:#1f2328;\
font:16px/1.5 -apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<p class="link" style="margin:0 0 20px;font-size:14px;font-weight:600;color:#0b6158">Photo timeline</p>
<h1 style="margin:0 0 4px;font-size:24px;line-height:1.25;overflow-wrap:anywhere">{subject}</h1>
<p class="quiet" style="margin:0 0 20px;font-size:14px;color:#5b5f66">{span}</p>
<p style="margin:0 0 24px;overflow-wrap:anywhere">{greeting}<br>{introduction}</p>
{sections}\
<p style="margin:8px 0 32px"><a class="button" href="{home}" style="display:inline-block;padding:12px 24px;\
border-radius:8px;background:#0b6158;color:#ffffff;font-weight:600;text-decoration:none">\
Open the timeline</a></p>
<p class="quiet line" style="margin:0;padding-top:16px;border-top:1px solid #e0dad1;font-size:13px;\
color:#5b5f66">\
You get this {kind} summary because you asked for it.<br>
<a class="link" href="{settings}" style="color:#0b6158">Change how often</a> &nbsp;·&nbsp; \
<a class="link" href="{way_out}" style="color:#0b6158">No more summaries</a></p>
</div>
</div>
</body>
</html>
"""
SECTION = """\
<h2 style="margin:0 0 12px;font-size:18px;line-height:1.3">{heading}</h2>
{rows}{rest}"""
REST = '<p style="margin:0 0 28px"><a class="link" href="{link}" style="color:#0b6158">… {words}</a></p>\n'
ROW = '<div style="margin:0 0 20px;font-size:0">{cells}</div>\n'
GUTTER = '<div style="display:inline-block;width:2%">&nbsp;</div>'
CELL = """\
<div style="display:inline-block;width:{share}%;vertical-align:top;font-size:15px;line-height:1.4">
<a href="{page}" style="color:inherit;text-decoration:none">{picture}{caption}</a>
<div class="quiet" style="font-size:13px;color:#5b5f66;overflow-wrap:anywhere">{who} · {when}</div>
</div>"""
PICTURE = """\
<img src="{source}" width="{width}" height="{height}" alt="{alternative}" style="display:block;width:100%;\
height:auto;max-height:{height}px;object-fit:contain;border:0;border-radius:8px;margin:0 0 6px">"""
CAPTION = '<div style="overflow-wrap:anywhere">{words}</div>'

"""Read the pages of the console: a tree of elements, tables and forms."""

from html.parser import HTMLParser
from xml.etree.ElementTree import Element, SubElement

VOID = {"meta", "link", "input", "img", "br", "hr", "path", "rect", "line", "circle", "option"}


class TreeBuilder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("document")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = SubElement(self._open[-1], tag, {name: value or "" for name, value in attrs})
        if tag not in VOID or tag == "option":
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        parent = self._open[-1]
        if len(parent):
            parent[-1].tail = (parent[-1].tail or "") + data
        else:
            parent.text = (parent.text or "") + data


class Html:
    """`paths` are those of ElementTree."""

    def __init__(self, text: str) -> None:
        builder = TreeBuilder()
        builder.feed(text)
        self.root = builder.root

    def all(self, path: str) -> list[Element]:
        return self.root.findall(path)

    def by_id(self, name: str) -> Element:
        return next(element for element in self.root.iter() if element.get("id") == name)

    def text_of(self, name: str) -> str:
        return text(self.by_id(name))

    @property
    def text(self) -> str:
        return text(self.root)

    @property
    def alert(self) -> str:
        return next(text(element) for element in self.root.iter() if element.get("role") == "alert")

    def link(self, shown: str) -> str:
        """Return the address of a link, empty if there is none."""
        links = (element for element in self.root.iter("a") if text(element) == shown)
        return next((link.get("href") or "" for link in links), "")

    def rows(self, table: str) -> list[list[str]]:
        """Return the texts of the cells of a table's body."""
        return [[text(cell) for cell in row] for row in self.by_id(table).findall("tbody/tr")]

    def form(self, name: str) -> dict[str, list[str]]:
        """Return the fields of a form as a browser would send them."""
        fields: dict[str, list[str]] = {}
        for field in self.by_id(name).iter():
            if field.get("name") and field.get("type") != "checkbox":
                fields.setdefault(str(field.get("name")), []).append(_value(field))
        return fields


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _value(field: Element) -> str:
    if field.tag == "textarea":
        return "".join(field.itertext()).removeprefix("\n")
    if field.tag == "select":
        options = field.findall("option")
        chosen = next((option for option in options if option.get("selected") is not None), options[0])
        return str(chosen.get("value"))
    return str(field.get("value", ""))

"""The handlers of app.yaml: which paths are files, which go to the program."""

import re
from dataclasses import dataclass
from pathlib import Path

from gaelocal.appengine.project.known_keys import HANDLER
from gaelocal.yaml_files import Section

DEFAULT_MAX_AGE = 600
SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1, "": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """One entry. `template` None means the program; else it expands to a path below `folder`."""

    pattern: re.Pattern[str]
    folder: Path
    template: str | None = None
    upload: re.Pattern[str] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    max_age: int = DEFAULT_MAX_AGE
    mime_type: str | None = None

    @property
    def is_static(self) -> bool:
        return self.template is not None

    def file_for(self, path: str) -> Path | None:
        """Give the file a decoded path means, or None where it would lie outside the handler's files."""
        match = self.pattern.fullmatch(path)
        if match is None or self.template is None:
            return None
        name = match.expand(self.template)
        if not _stays_inside(name) or (self.upload and not self.upload.fullmatch(name)):
            return None
        return self.folder / name


def read_handlers(app: Section, folder: Path) -> tuple[Handler, ...]:
    default = read_expiration(app, "default_expiration", DEFAULT_MAX_AGE)
    return tuple(_read(entry, folder, default) for entry in app.sections("handlers"))


def read_expiration(section: Section, key: str, default: int) -> int:
    """Read `4d 5h` as seconds; gcloud takes units of either case, and seconds without one."""
    written = section.optional(key)
    if written is None:
        return default
    parts = re.findall(r"(\d+)([dhms]?)", written.lower())
    if not parts or re.sub(r"\d+[dhms]?|\s", "", written.lower()):
        raise section.fail(key, f"`{written}` is no duration; write it like `4d 5h 30m 10s`")
    return sum(int(count) * SECONDS[unit] for count, unit in parts)


def _read(entry: Section, folder: Path, default: int) -> Handler:
    entry.allow(*HANDLER)
    _check_login(entry)
    kinds = [key for key in ("script", "static_dir", "static_files") if key in entry]
    if len(kinds) != 1:
        raise entry.fail("url", "a handler has one of `script`, `static_dir` and `static_files`")
    if kinds[0] == "script":
        _check_script(entry)
        return Handler(pattern=_pattern(entry, "url", ""), folder=folder)
    return _read_static(entry, folder, default)


def _check_login(entry: Section) -> None:
    """Refuse what gcloud takes: Python 3 ignores it, and whoever wrote it believes the path is closed."""
    login = entry.text("login", "optional")
    if login != "optional":
        raise entry.fail(
            "login", f"`login: {login}` closes nothing in Python 3: the program has to look who asks"
        )


def _check_script(entry: Section) -> None:
    if entry.text("script") != "auto":
        raise entry.fail(
            "script", "Python 3 knows only `script: auto`; the program is the entrypoint's matter"
        )


def _read_static(entry: Section, folder: Path, default: int) -> Handler:
    is_folder = "static_dir" in entry
    return Handler(
        pattern=_pattern(entry, "url", r"/(?P<rest>.*)" if is_folder else ""),
        folder=folder,
        template=_folder_template(entry, folder) if is_folder else _template(entry),
        upload=None if is_folder else _pattern(entry, "upload", ""),
        headers=_headers(entry),
        max_age=read_expiration(entry, "expiration", default),
        mime_type=entry.optional("mime_type"),
    )


def _folder_template(entry: Section, folder: Path) -> str:
    name = entry.text("static_dir").strip("/")
    if not (folder / name).is_dir():
        raise entry.fail("static_dir", f"the folder {folder / name} is missing")
    return name.replace("\\", "\\\\") + r"/\g<rest>"


def _template(entry: Section) -> str:
    """Check that `static_files` only names groups its `url` has."""
    template = entry.text("static_files")
    groups = _pattern(entry, "url", "").groups
    for number in re.findall(r"\\(\d+)", template):
        if int(number) > groups:
            raise entry.fail("static_files", f"`\\{number}` is not a group of `url`")
    return template


def _pattern(entry: Section, key: str, suffix: str) -> re.Pattern[str]:
    written = entry.text(key)
    try:
        return re.compile((written.rstrip("/") if suffix else written) + suffix)
    except re.error as error:
        raise entry.fail(key, f"`{written}` is no regular expression: {error}") from None


def _headers(entry: Section) -> tuple[tuple[str, str], ...]:
    section = entry.section("http_headers")
    if section is None:
        return ()
    for name in section:
        if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not section.text(name, "").isprintable():
            raise section.fail(name, f"`{name}` cannot be sent as a header")
    return tuple((name, section.text(name, "")) for name in section)


def _stays_inside(name: str) -> bool:
    return not ({"", ".", ".."} & set(name.split("/")) or "\\" in name or "\0" in name)

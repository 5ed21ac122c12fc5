"""The handlers of app.yaml: paths of static files and paths of the program."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from gaelocal.appengine.project.known_keys import HANDLER
from gaelocal.yaml_files import Section

DEFAULT_MAX_AGE = 600
REDIRECT_CODES = (302, 301, 303, 307)
SECURE = ("optional", "always", "never")
LOGINS = ("optional", "required", "admin")
FAIL_ACTIONS = ("redirect", "unauthorized")
SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1, "": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """One entry. `template` None means the program; else it expands to a path below `folder`.

    `login` is `optional`, `required` or `admin`, `secure` is `optional`, `always` or `never`.
    """

    pattern: re.Pattern[str]
    folder: Path
    template: str | None = None
    upload: re.Pattern[str] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    max_age: int = DEFAULT_MAX_AGE
    mime_type: str | None = None
    requires_file: bool = False
    secure: str = "optional"
    redirect_code: int = 302
    login: str = "optional"
    is_unauthorized_on_failure: bool = False

    @property
    def is_static(self) -> bool:
        return self.template is not None

    def handles(self, path: str) -> bool:
        """Return whether this handler takes a decoded path.

        With `require_matching_file` it takes only paths of files that exist.
        """
        if not self.pattern.fullmatch(path):
            return False
        if not self.requires_file or not self.is_static:
            return True
        file = self.file_for(path)
        return file is not None and file.is_file()

    def file_for(self, path: str) -> Path | None:
        """Return the file of a decoded path, or None if it would be outside the handler's files."""
        match = self.pattern.fullmatch(path)
        if match is None or self.template is None:
            return None
        name = match.expand(self.template)
        if not _stays_inside(name) or (self.upload and not self.upload.fullmatch(name)):
            return None
        return self.folder / name


def read_handlers(app: Section, folder: Path) -> tuple[Handler, ...]:
    """Read all entries; `login` counts only with `app_engine_apis`, as on App Engine."""
    default = read_expiration(app, "default_expiration", DEFAULT_MAX_AGE)
    has_login = app.flag("app_engine_apis", default=False)
    return tuple(_read(entry, folder, default, has_login=has_login) for entry in app.sections("handlers"))


def read_expiration(section: Section, key: str, default: int) -> int:
    """Read `4d 5h` as seconds; gcloud takes units of either case, and seconds without one."""
    written = section.optional(key)
    if written is None:
        return default
    parts = re.findall(r"(\d+)([dhms]?)", written.lower())
    if not parts or re.sub(r"\d+[dhms]?|\s", "", written.lower()):
        raise section.fail(key, f"`{written}` is not a duration; write it like `4d 5h 30m 10s`")
    return sum(int(count) * SECONDS[unit] for count, unit in parts)


def _read(entry: Section, folder: Path, default: int, *, has_login: bool) -> Handler:
    entry.allow(*HANDLER)
    kinds = [key for key in ("script", "static_dir", "static_files") if key in entry]
    if len(kinds) != 1:
        raise entry.fail("url", "a handler has one of `script`, `static_dir` and `static_files`")
    if kinds[0] == "script":
        _check_script(entry)
        handler = Handler(pattern=_pattern(entry, "url", ""), folder=folder)
    else:
        handler = _read_static(entry, folder, default)
    return replace(
        handler,
        secure=_one_of(entry, "secure", SECURE),
        redirect_code=_redirect_code(entry),
        login=_login(entry, has_login=has_login),
        is_unauthorized_on_failure=_one_of(entry, "auth_fail_action", FAIL_ACTIONS) == "unauthorized",
    )


def _one_of(entry: Section, key: str, values: tuple[str, ...]) -> str:
    """Return one of the values a key may have; the first one is its default."""
    value = entry.text(key, values[0])
    if value not in values:
        raise entry.fail(key, f"`{key}` is one of {', '.join(values)}, not `{value}`")
    return value


def _redirect_code(entry: Section) -> int:
    code = entry.integer("redirect_http_response_code", REDIRECT_CODES[0])
    if code not in REDIRECT_CODES:
        known = ", ".join(map(str, REDIRECT_CODES))
        raise entry.fail("redirect_http_response_code", f"`{code}` is not one of {known}")
    return code


def _login(entry: Section, *, has_login: bool) -> str:
    login = _one_of(entry, "login", LOGINS)
    if login != LOGINS[0] and not has_login:
        entry.warn(
            "login", f"App Engine ignores `login: {login}` in Python 3 without `app_engine_apis: true`"
        )
        return LOGINS[0]
    return login


def _check_script(entry: Section) -> None:
    if entry.text("script") != "auto":
        entry.warn("script", "Python 3 ignores the value of `script`: the entrypoint serves these paths")


def _read_static(entry: Section, folder: Path, default: int) -> Handler:
    is_folder = "static_dir" in entry
    return Handler(
        pattern=_pattern(entry, "url", r"/(?P<rest>.*)" if is_folder else ""),
        folder=folder,
        template=_folder_template(entry, folder) if is_folder else _template(entry, folder),
        upload=None if is_folder else _pattern(entry, "upload", ""),
        headers=_headers(entry),
        max_age=read_expiration(entry, "expiration", default),
        mime_type=entry.optional("mime_type"),
        requires_file=entry.flag("require_matching_file", default=False),
    )


def _folder_template(entry: Section, folder: Path) -> str:
    name = entry.text("static_dir").strip("/")
    if not (folder / name).is_dir():
        entry.warn("static_dir", f"the folder {folder / name} is missing: its paths get a 404")
    return name.replace("\\", "\\\\") + r"/\g<rest>"


def _template(entry: Section, folder: Path) -> str:
    """Return the template, whose groups the `url` must have."""
    template = entry.text("static_files")
    groups = _pattern(entry, "url", "").groups
    for number in re.findall(r"\\(\d+)", template):
        if int(number) > groups:
            raise entry.fail("static_files", f"`\\{number}` is not a group of `url`")
    if "\\" not in template and not (folder / template).is_file():
        entry.warn("static_files", f"the file {folder / template} is missing: its path gets a 404")
    return template


def _pattern(entry: Section, key: str, suffix: str) -> re.Pattern[str]:
    written = entry.text(key)
    try:
        return re.compile((written.rstrip("/") if suffix else written) + suffix)
    except re.error as error:
        raise entry.fail(key, f"`{written}` is not a regular expression: {error}") from None


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

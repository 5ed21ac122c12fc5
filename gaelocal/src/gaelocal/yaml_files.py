"""Read App Engine's yaml files; every error and warning names the file, the line and the reason."""

import contextlib
import io
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

import yaml

EXPONENT = re.compile(r"[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+")
"""A number that gcloud's yaml reader takes for a float and PyYAML for text."""


class ConfigError(Exception):
    """A configuration error in one line: `FILE:LINE: the reason`."""


class Section:
    """One mapping of a yaml file, whose values are read by key and type.

    `warnings` collects lines like those of `ConfigError` for what is accepted but has no effect; all sections
    of a file share the list.
    """

    def __init__(self, file: Path, node: yaml.MappingNode, warnings: list[str] | None = None) -> None:
        self.warnings = [] if warnings is None else warnings
        self._file = file
        self.node = node
        self._keys: dict[str, yaml.Node] = {}
        self._nodes: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if str(key.value) in self._nodes:
                raise _error(file, key, f"`{key.value}` is given twice")
            self._keys[str(key.value)] = key
            self._nodes[str(key.value)] = value

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def text(self, key: str, default: str | None = None) -> str:
        """Return the scalar as it is written: `rate: 5/s`, `version: 1.0` and `every 5 minutes` stay text."""
        node = self._nodes.get(key)
        if node is None and default is not None:
            return default
        if not isinstance(node, yaml.ScalarNode) or node.tag.endswith(":null"):
            raise self.fail(key, f"`{key}` is missing" if node is None else f"`{key}` must be text")
        return str(node.value)

    def value_as_deployed(self, key: str) -> str:
        """Return the scalar as gcloud sends it: unquoted `YES` is `True`, `1.10` is `1.1`, `007` is `7`."""
        node = self._nodes.get(key)
        if node is None:
            raise self.fail(key, f"`{key}` is missing")
        if isinstance(node, yaml.ScalarNode) and not node.style and EXPONENT.fullmatch(node.value):
            return str(float(node.value))
        try:
            return str(yaml.constructor.SafeConstructor().construct_object(node, deep=True))
        except (ValueError, yaml.YAMLError):
            return str(node.value)

    def optional(self, key: str) -> str | None:
        return self.text(key) if key in self else None

    def integer(self, key: str, default: int | None = None) -> int:
        if key not in self and default is not None:
            return default
        try:
            return int(self.text(key))
        except ValueError:
            raise self.fail(key, f"`{key}` must be a whole number") from None

    def number(self, key: str, default: float | None = None) -> float:
        if key not in self and default is not None:
            return default
        try:
            return float(self.text(key))
        except ValueError:
            raise self.fail(key, f"`{key}` must be a number") from None

    def flag(self, key: str, default: bool) -> bool:
        if key not in self:
            return default
        written = self.text(key).lower()
        if written not in ("true", "false", "yes", "no", "on", "off"):
            raise self.fail(key, f"`{key}` must be true or false")
        return written in ("true", "yes", "on")

    def section(self, key: str) -> "Section | None":
        """Return the mapping below `key`, or None if the key is missing or empty."""
        node = self._nodes.get(key)
        if node is None or _is_null(node):
            return None
        if not isinstance(node, yaml.MappingNode):
            raise self.fail(key, f"`{key}` must be a mapping")
        return Section(self._file, node, self.warnings)

    def sections(self, key: str) -> list["Section"]:
        """Return the list of mappings below `key`; empty if the key is missing or empty."""
        items = self._items(key)
        for item in items:
            if not isinstance(item, yaml.MappingNode):
                raise _error(self._file, item, f"each entry of `{key}` must be a mapping")
        return [
            Section(self._file, item, self.warnings) for item in items if isinstance(item, yaml.MappingNode)
        ]

    def texts(self, key: str) -> list[str]:
        """Return the list of scalars below `key`; empty if the key is missing or empty."""
        items = self._items(key)
        for item in items:
            if not isinstance(item, yaml.ScalarNode):
                raise _error(self._file, item, f"each entry of `{key}` must be text")
        return [str(item.value) for item in items]

    def allow(self, *keys: str, elsewhere: Mapping[str, str] | None = None) -> None:
        """Refuse a key that is not one of these: a typing error must not pass silently.

        `elsewhere` gives the section in which a key belongs.
        """
        for key in self._nodes:
            if key not in keys:
                similar = get_close_matches(key, keys, n=1)
                hint = f"did you mean `{similar[0]}`?" if similar else f"known are: {', '.join(sorted(keys))}"
                if elsewhere and key in elsewhere:
                    hint = f"it belongs in `{elsewhere[key]}`"
                raise self.fail(key, f"`{key}` is not known here; {hint}")

    def fail(self, key: str | None, message: str) -> ConfigError:
        """Make the error for `key` (or for the whole mapping), to be raised by the caller."""
        return _error(self._file, self._keys.get(key or "", self.node), message)

    def warn(self, key: str, message: str) -> None:
        """Add a warning about `key`."""
        self.warnings.append(str(self.fail(key, message)))

    def _items(self, key: str) -> list[yaml.Node]:
        node = self._nodes.get(key)
        if node is None or _is_null(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.fail(key, f"`{key}` must be a list")
        return list(node.value)


def read_yaml(file: Path) -> Section:
    """Read a yaml file whose top is a mapping.

    Raises:
        ConfigError: the file is missing, is not yaml, or is not a mapping.
    """
    try:
        node = compose(file)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ConfigError(
            f"{file}:{mark.line + 1 if mark else 1}: not valid yaml: {error.problem}"
        ) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{file}:1: not valid yaml: {error}") from error
    if node is None:
        return Section(file, yaml.MappingNode("tag:yaml.org,2002:map", []))
    if not isinstance(node, yaml.MappingNode):
        raise _error(file, node, "the top of the file must be a mapping")
    return Section(file, node)


def compose(file: Path) -> yaml.Node | None:
    """Return the top node of a yaml file, whose marks name the file.

    libyaml, where PyYAML has it, takes a hundredth of the time. PyYAML's own parser says what is wrong.
    """
    text = file.read_text(encoding="utf-8")
    if yaml.__with_libyaml__:
        with contextlib.suppress(yaml.YAMLError):
            return _top_node(yaml.CSafeLoader, text, file)
    return _top_node(yaml.SafeLoader, text, file)


def _top_node(
    loader_class: type[yaml.SafeLoader | yaml.CSafeLoader], text: str, file: Path
) -> yaml.Node | None:
    stream = io.StringIO(text)
    stream.name = str(file)
    loader = loader_class(stream)
    try:
        node: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    return node


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")


def _error(file: Path, node: yaml.Node, message: str) -> ConfigError:
    mark = node.start_mark
    return ConfigError(f"{mark.name if mark else file}:{mark.line + 1 if mark else 1}: {message}")

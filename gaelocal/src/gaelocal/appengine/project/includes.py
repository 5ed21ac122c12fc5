"""`includes:` of an app.yaml: the other files' handlers and variables are merged into it.

The rules are those of `appinfo_includes.py` in Google's SDK: included handlers come first unless they say
`position: tail`, and an included variable wins over one of the including file.
"""

from pathlib import Path

import yaml

from gaelocal.yaml_files import ConfigError, Section, compose, read_yaml

MERGED = ("builtins", "env_variables", "handlers", "includes", "skip_files")
DEEPEST = 10
"""Includes within includes; more is a file that includes itself."""


def read_with_includes(file: Path) -> Section:
    """Read an app.yaml and everything that it includes.

    Raises:
        ConfigError: a file is not valid, or it includes itself. A missing one is a warning.
    """
    top = read_yaml(file)
    if "includes" not in top:
        return top
    warnings: list[str] = []
    _merge_all(top.node, file, 0, warnings)
    return Section(file, top.node, warnings)


def _merge_all(node: yaml.MappingNode, file: Path, depth: int, warnings: list[str]) -> None:
    section = Section(file, node, warnings)
    for name in section.texts("includes"):
        included_file = _resolved(file.parent / name)
        if depth >= DEEPEST:
            raise section.fail("includes", f"`{name}` includes itself")
        if not included_file.is_file():
            # Often a file with secrets that is not in version control: the rest can run without it.
            section.warn("includes", f"the file {included_file} is missing; gcloud would refuse to deploy")
            continue
        included = compose(included_file)
        if not isinstance(included, yaml.MappingNode):
            raise ConfigError(f"{included_file}:1: the top of the file must be a mapping")
        _merge_all(included, included_file, depth + 1, warnings)
        _merge(node, Section(included_file, included), included)


def _resolved(path: Path) -> Path:
    return path / "include.yaml" if path.is_dir() else path


def _merge(node: yaml.MappingNode, section: Section, included: yaml.MappingNode) -> None:
    section.allow(*MERGED, "admin_console", "beta_settings", "manual_scaling", "vm", "vm_settings")
    values = {str(key.value): value for key, value in included.value}
    if isinstance(handlers := values.get("handlers"), yaml.SequenceNode):
        _merge_handlers(_child(node, "handlers", yaml.SequenceNode("tag:yaml.org,2002:seq", [])), handlers)
    if isinstance(variables := values.get("env_variables"), yaml.MappingNode):
        own = _child(node, "env_variables", yaml.MappingNode("tag:yaml.org,2002:map", []))
        names = {str(key.value) for key, _ in variables.value}
        own.value = [(key, value) for key, value in own.value if str(key.value) not in names]
        own.value += variables.value
    for key, value in included.value:
        if str(key.value) == "manual_scaling":
            _child(node, "manual_scaling", value)


def _merge_handlers(own: yaml.Node, included: yaml.SequenceNode) -> None:
    head = [entry for entry in included.value if not _is_tail(entry)]
    tail = [entry for entry in included.value if _is_tail(entry)]
    own.value = [*head, *own.value, *tail]


def _is_tail(entry: yaml.Node) -> bool:
    return isinstance(entry, yaml.MappingNode) and any(
        str(key.value) == "position" and value.value == "tail" for key, value in entry.value
    )


def _child(node: yaml.MappingNode, name: str, default: yaml.Node) -> yaml.Node:
    """Return the value of a key, which is added where it is missing or empty."""
    for key, value in node.value:
        if str(key.value) == name and not value.tag.endswith(":null"):
            return value  # type: ignore[no-any-return]
    node.value = [(key, value) for key, value in node.value if str(key.value) != name]
    node.value.append((yaml.ScalarNode("tag:yaml.org,2002:str", name, default.start_mark), default))
    return default

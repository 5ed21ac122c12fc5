"""`fields`: the parts of a JSON response that the caller wants (storage/docs/json_api#partial-response)."""

from typing import Any

from gaelocal.storage.state.errors import Invalid

LONGEST = 4096
DEEPEST = 16
Mask = dict[str, "Mask"]


def selected(resource: Any, mask_text: str) -> Any:
    """Return the selected fields of the resource.

    Raises:
        Invalid: the selection is malformed.
    """
    return _select(resource, parsed_mask(mask_text))


def parsed_mask(text: str) -> Mask:
    """Return the names of the selection, each with the selection below it.

    Raises:
        Invalid: the selection is malformed.
    """
    mask, rest = _parsed(text[:LONGEST], 0)
    if rest or len(text) > LONGEST:
        raise _refused(f"Invalid field selection {text[:100]}")
    return mask


def _refused(message: str) -> Invalid:
    return Invalid(message, reason="invalidParameter", location="fields")


def _select(value: Any, mask: Mask) -> Any:
    if not mask or ("*" in mask and not isinstance(value, dict | list)):
        return value
    if isinstance(value, list):
        return [_select(one, mask) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _select(one, mask.get(key, mask.get("*", {})))
        for key, one in value.items()
        if key in mask or "*" in mask
    }


def _parsed(text: str, depth: int) -> tuple[Mask, str]:
    """Parse `a,b/c,d(e,f)` up to its end or to a closing parenthesis."""
    if depth > DEEPEST:
        raise _refused("Invalid field selection: it is nested too deeply.")
    mask: Mask = {}
    while text and text[0] != ")":
        text = text.lstrip(", ")
        target, name = mask, ""
        while text and text[0] not in ",()":
            if text[0] == "/":
                target, name = target.setdefault(name.strip(), {}), ""
            else:
                name += text[0]
            text = text[1:]
        below = target.setdefault(name.strip(), {})
        if text.startswith("("):
            inner, text = _parsed(text[1:], depth + 1)
            below.update(inner)
            if not text.startswith(")"):
                raise _refused("Invalid field selection: a parenthesis is not closed.")
            text = text[1:]
    return mask, text

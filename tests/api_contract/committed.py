"""The committed document, the document generated from the code, and the declared breaks."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
COMMITTED = ROOT / "docs" / "openapi.json"
DECLARED = ROOT / "docs" / "api-breaks.md"
MARK = "- `"


def written(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def made_now() -> dict[str, Any]:
    from api_backend import create_app
    from api_backend.openapi import document
    from timeline.backends import connect, disconnect
    from timeline.settings import Settings

    backends = connect(Settings(secret_key="a key of at least 32 bytes for the document"))
    try:
        return document(create_app(backends))
    finally:
        disconnect(backends)


def committed() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(COMMITTED.read_text(encoding="utf-8"))
    return document


def declared() -> set[str]:
    """Return the declared findings, which are list items in backquotes."""
    lines = DECLARED.read_text(encoding="utf-8").splitlines()
    return {line.removeprefix(MARK).partition("`")[0] for line in lines if line.startswith(MARK)}

"""The health check of the containers as a module; it is not part of a package."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

HEALTH = Path(__file__).resolve().parent.parent.parent / "containers" / "health.py"


def _load() -> Any:
    spec = spec_from_file_location("container_health", HEALTH)
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


health = _load()

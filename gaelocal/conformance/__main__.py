"""Run the suites: `python -m conformance [--suites DIR] [--json FILE] [SUITE …]`."""

import argparse
import json
import pkgutil
from importlib import import_module
from pathlib import Path
from types import ModuleType

import conformance
from conformance.report import Report, Settings, SuiteUnavailable


def main() -> int:
    options = _options()
    suites = {name: suite for name, suite in _suites().items() if not options.suite or name in options.suite}
    if options.list:
        print("\n".join(f"{name:20} {suite.NAME}" for name, suite in suites.items()))
        return 0
    reports = {}
    for name, suite in suites.items():
        reports[name] = _run(suite, Settings(options.suites))
        print("\n".join(reports[name].lines()), flush=True)
    if options.json:
        _write(options.json, reports)
    return int(any(report.failures for report in reports.values()))


def _suites() -> dict[str, ModuleType]:
    names = [module.name for module in pkgutil.iter_modules(conformance.__path__)]
    modules = {name: import_module(f"conformance.{name}") for name in names if not name.startswith("_")}
    return {name: module for name, module in modules.items() if hasattr(module, "run")}


def _run(suite: ModuleType, settings: Settings) -> Report:
    try:
        report: Report = suite.run(settings)
    except SuiteUnavailable as missing:
        return Report(suite.NAME, unavailable=str(missing))
    return report


def _write(file: Path, reports: dict[str, Report]) -> None:
    """Write the figures for docs/conformance.md; suites that did not run keep their old ones."""
    kept = json.loads(file.read_text()) if file.exists() else {}
    for name, report in reports.items():
        if not report.unavailable:
            kept[name] = {"name": report.name, "passed": report.passed, "failures": report.failures}
    file.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="conformance")
    parser.add_argument("suite", nargs="*", help="the suites to run; all without one")
    parser.add_argument("--suites", type=Path, help="the folder with the fetched repositories")
    parser.add_argument("--json", type=Path, help="update the figures in this file")
    parser.add_argument("--list", action="store_true", help="list the suites")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())

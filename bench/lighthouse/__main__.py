"""`make lighthouse`: run Lighthouse on every page, as on phone and desktop, and write docs/lighthouse.md."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.page_weight import has_webp, photos
from tests.browser import launched_browser
from tests.journeys.platform import Platform
from tests.screenshots import token_for
from tests.waiting import eventually

FOLDER = Path(__file__).resolve().parent
PAGE = FOLDER.parent.parent / "docs" / "lighthouse.md"
PROGRAM = FOLDER / "node_modules" / ".bin" / "lighthouse"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FORM_FACTORS = ("mobile", "desktop")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PHOTOS = 20
RUNS = 3
"""The run with the median performance counts: other programs on the machine slow some of them down."""
WEBP_SECONDS = 600
RUN_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Result:
    """The scores of one run (0..1), the largest contentful paint in seconds, shift, and kB loaded."""

    page: str
    form_factor: str
    scores: dict[str, float]
    lcp: float
    shift: float
    weight: float

    @classmethod
    def of(cls, page: str, form_factor: str, report: dict[str, Any]) -> "Result":
        audits = report["audits"]
        return cls(
            page=page,
            form_factor=form_factor,
            scores={name: float(report["categories"][name]["score"]) for name in CATEGORIES},
            lcp=audits["largest-contentful-paint"]["numericValue"] / 1000,
            shift=audits["cumulative-layout-shift"]["numericValue"],
            weight=audits["total-byte-weight"]["numericValue"] / 1000,
        )

    def row(self) -> str:
        scores = " | ".join(f"{self.scores[name]:.2f}" for name in CATEGORIES)
        return (
            f"| {self.page} | {self.form_factor} | {scores} | {self.lcp:.1f} | {self.shift:.3f} | "
            f"{self.weight:.0f} |"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="a part of the name of the page")
    parser.add_argument("--runs", type=int, default=RUNS)
    options = parser.parse_args()
    if CHROMIUM is None or shutil.which("npm") is None:
        print("Chromium and npm are needed.")
        return 1
    if not PROGRAM.exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=FOLDER, check=True)
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder))
        try:
            platform.start()
            results = list(measure(platform, options.only, options.runs))
        finally:
            platform.stop()
    print("\n".join(table_of(results)))
    if options.only is None:
        PAGE.write_text(document_of(results, options.runs))
    return 0


def measure(platform: Platform, only: str | None, runs: int) -> Iterator[Result]:
    pages, cookie = fill(platform)
    for name, path in pages.items():
        if only and only not in name:
            continue
        for form_factor in FORM_FACTORS:
            reports = [report_of(f"{platform.app}{path}", form_factor, cookie) for _ in range(runs)]
            results = [Result.of(name, form_factor, report) for report in reports]
            median = sorted(results, key=lambda each: each.scores["performance"])[runs // 2]
            print(median.row(), file=sys.stderr, flush=True)
            yield median


def fill(platform: Platform) -> tuple[dict[str, str], str]:
    """Post the photos, and return the pages by name and the cookie of a session."""
    ana, leaver = platform.as_("ana"), platform.as_("leaver")
    contents = list(photos())[:PHOTOS]
    ids = [ana.post_photo(photo, f"Photo {n}").json()["id"] for n, photo in enumerate(contents)]
    for photo_id in ids:
        ana.ready_photo(photo_id)
    eventually(lambda: all(map(has_webp, ana.stream())), within=WEBP_SECONDS)
    leaver.post_photo(contents[0], "Gone")
    receipt = leaver.ask("DELETE", "/api/v1/me").headers["Location"]
    pages = {
        "All photos": "/",
        "A month": "/?month=2026-01",
        "A person": "/user/ana/",
        "A photo": f"/photo/{ids[-1]}/",
        "Sign in": "/signin",
        "Post": "/post/",
        "Settings": "/settings",
        "Preview of the summary email": "/settings/summary",
        "Delete the account": "/settings/delete",
        "Receipt of a deletion": f"/deleted/{receipt.rpartition('/')[2]}",
        "Unsubscribe": f"/unsubscribe/{token_for('ana')}",
    }
    return pages, cookie_of(platform, "ana")


def cookie_of(platform: Platform, user: str) -> str:
    with launched_browser() as browser:
        page = browser.new_page()
        page.goto(f"{platform.app}/signin")
        page.fill("#user", user)
        page.click("button.primary")
        page.wait_for_url(f"{platform.app}/")
        (cookie,) = (each for each in page.context.cookies() if each["name"] == "session")
        return f"session={cookie['value']}"


SIGNED_OUT = ("/", "/?month=", "/signin", "/photo/")
"""Pages that are measured as visitors see them: most of them are not signed in."""


def report_of(address: str, form_factor: str, cookie: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            str(PROGRAM),
            address,
            "--quiet",
            "--output=json",
            f"--output-path={report}",
            f"--only-categories={','.join(CATEGORIES)}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        ]
        if form_factor == "desktop":
            command.append("--preset=desktop")
        path = "/" + address.split("/", 3)[3]
        if not any(path == each or (len(each) > 1 and path.startswith(each)) for each in SIGNED_OUT):
            headers = Path(folder) / "headers.json"
            headers.write_text(json.dumps({"Cookie": cookie}))
            command.append(f"--extra-headers={headers}")
        environment = {**os.environ, "CHROME_PATH": str(CHROMIUM)}
        subprocess.run(command, check=True, timeout=RUN_SECONDS, env=environment)
        found: dict[str, Any] = json.loads(report.read_text())
        return found


def table_of(results: list[Result]) -> list[str]:
    head = ["page", "device", *CATEGORIES, "LCP, s", "layout shift", "kB"]
    lines = [f"| {' | '.join(head)} |", "|---|---|" + "---:|" * (len(head) - 2)]
    return lines + [result.row() for result in results]


def document_of(results: list[Result], runs: int) -> str:
    version = json.loads((FOLDER / "package.json").read_text())["dependencies"]["lighthouse"]
    return "\n".join(
        [
            "# Lighthouse",
            "",
            f"`make lighthouse` runs Lighthouse {version} on every page of a new platform with {PHOTOS}",
            f"photos of 12 megapixels, and writes this table: the run with the median performance of {runs}.",
            "LCP is the largest contentful paint. Aims: performance 0.95, the others 1.0, LCP on a phone",
            "2.5 s, 500 kB. The phone has Lighthouse's simulated slow 4G connection and a slow processor.",
            f"Load average at the end: {os.getloadavg()[1]:.0f} on {os.cpu_count()} processors. If it is",
            "higher than their number, scripts wait for other programs, and the performance is lower.",
            "",
            *table_of(results),
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())

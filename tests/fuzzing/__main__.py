"""`make fuzz-api`: send 20,000 generated requests to a platform without rate limits."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.fuzzing.campaign import ROOT, Campaign
from tests.journeys.platform import Platform

WANTED = 20_000
EXAMPLES = 400
PARTS = ("dispatch.yaml", "queue.yaml", "cron.yaml", "index.yaml")


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make fuzz-api")
    parser.add_argument("--examples", type=int, default=WANTED, help="how many in all")
    parser.add_argument("--seed", type=int, default=1, help="of the first round; each round adds one")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="fuzz-api-") as folder:
        platform = Platform(Path(folder), app_folder=an_app_without_limits(Path(folder) / "app"))
        try:
            platform.start()
            return fuzz(platform, Path(folder), asked.examples, asked.seed)
        finally:
            platform.stop()


def an_app_without_limits(folder: Path) -> Path:
    """The application without rate limits, which would refuse most requests."""
    shutil.copytree(ROOT / "services", folder / "services", symlinks=True)
    shutil.copytree(ROOT / "timeline", folder / "timeline")
    for part in PARTS:
        shutil.copy(ROOT / part, folder)
    for file in folder.glob("services/*/app.yaml"):
        file.write_text(file.read_text().replace('RATE_LIMIT_SCALE: "1"', 'RATE_LIMIT_SCALE: "0"'))
    return folder


def fuzz(platform: Platform, folder: Path, wanted: int, seed: int) -> int:
    """Run rounds with different seeds until there were enough requests or a failure."""
    done = 0
    while done < wanted:
        campaign = Campaign(
            app=platform.app,
            oidc=platform.addresses["oidc"],
            folder=folder,
            examples=min(EXAMPLES, wanted),
            seed=seed,
        )
        status = campaign.run()
        counts = campaign.report()["test_cases"]
        done += counts["generated"]
        print(
            f"seed {seed}: {counts['generated']} examples, {counts['unique_failures']} failures", flush=True
        )
        if status:
            print(campaign.output())
            return status
        seed += 1
    print(f"{done} examples in all, 0 server errors, 0 contract breaks")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The files that gcloud reads are valid."""

import json
from pathlib import Path

import pytest
import yaml

from tests.deploy.conftest import ROOT

ALERTS = sorted((ROOT / "deploy" / "alerts").glob("*.yaml"))


@pytest.mark.parametrize("file", ALERTS, ids=lambda file: file.stem)
def test_an_alert_is_documented(file: Path) -> None:
    policy = yaml.safe_load(file.read_text())

    assert policy["documentation"]["content"]
    assert policy["conditions"]
    assert f"deploy/alerts/{file.name}" in (ROOT / "docs" / "operations.md").read_text()


def test_the_lifecycle_rules_of_the_bucket_delete_only_exports() -> None:
    rules = json.loads((ROOT / "deploy" / "bucket-lifecycle.json").read_text())["rule"]

    deleted = [rule["condition"] for rule in rules if rule["action"]["type"] == "Delete"]
    assert [condition["matchesPrefix"] for condition in deleted] == [["exports/"]]
    assert json.loads((ROOT / "deploy" / "bucket-cors.json").read_text())[0]["method"] == ["GET", "HEAD"]

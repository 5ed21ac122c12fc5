"""The system tests of python-storage, with credentials."""

import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from conformance._crc32c import random_bytes
from conformance.platform import running
from conformance.pytest_suite import run_pytest
from conformance.report import Report, Settings, SuiteUnavailable

NAME = "python-storage system tests"
NEEDED = ("test_utils", "google.cloud.kms", "google.cloud.iam_credentials_v1", "mock")
# The snapshot of the repository that can be fetched leaves the large files out.
BIG_FILE, BIG_SIZE = "five-point-one-mb-file.zip", 5_347_738
RANDOM_FILE, RANDOM_SIZE, RANDOM_CRC32C = "random_9_MiB_file", 9 * 1024 * 1024, "20tD7w=="
GOOGLE_ONLY = {
    "w_access_token": "needs Google's IAM Credentials API",
    "v4_access_token_sa_email": "needs Google's IAM Credentials API",
    "anonymous_client_access_to_public_bucket": "reads gcp-public-data-landsat, a public bucket of Google",
    "large_file_write_from_stream_w_failed_checksum": (
        "the client now sends the patched checksum with the last chunk: the server refuses it first (400)"
    ),
}


def run(settings: Settings) -> Report:
    """Run tests/system without gRPC (`test_zonal`) and without Pub/Sub (`test_notification`)."""
    repository = settings.repository("python-storage")
    if missing := [name for name in NEEDED if not _is_installed(name)]:
        raise SuiteUnavailable(
            f"{', '.join(missing)} missing: pip install mock google-cloud-testutils google-cloud-iam google-cloud-kms"
        )
    with tempfile.TemporaryDirectory() as name, running() as platform:
        folder = Path(name)
        shutil.copytree(repository / "tests" / "system", folder / "tests" / "system")
        shutil.copytree(repository / "tests" / "data", folder / "tests" / "data")
        (folder / "tests" / "__init__.py").touch()
        _add_large_files(folder / "tests" / "data")
        environment = platform.environment() | {
            "GOOGLE_CLOUD_TESTS_USER_PROJECT": platform.project,
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]),
        }
        options = ["-p", "conformance._python_storage_plugin"]
        left_out = [f"--ignore=tests/system/{module}.py" for module in ("test_zonal", "test_notification")]
        return run_pytest(
            NAME, folder, ["tests/system", *options, *left_out], environment, expected_failures=GOOGLE_ONLY
        )


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _add_large_files(data: Path) -> None:
    if not (data / BIG_FILE).exists():
        (data / BIG_FILE).write_bytes(os.urandom(BIG_SIZE))
    if not (data / RANDOM_FILE).exists():
        (data / RANDOM_FILE).write_bytes(random_bytes(RANDOM_SIZE, RANDOM_CRC32C))

"""41 steps of daily use of gsutil, written for gaelocal."""

import shutil
import tempfile
from pathlib import Path

from conformance._command_lines import Step, run_steps
from conformance._tls_proxy import tls_proxy
from conformance.platform import running
from conformance.report import Report, Settings, SuiteUnavailable

NAME = "gsutil, 41 steps"
B = "gs://daily-gsutil"
OTHER = "gs://daily-gsutil-other"
G = "gsutil"
CLOUD_SDK = {"CLOUDSDK_CORE_PASS_CREDENTIALS_TO_GSUTIL": "false", "CLOUDSDK_CORE_DISABLE_PROMPTS": "1"}
STEPS = (
    Step("create a bucket", f"{G} mb -l EU {B}", "Creating"),
    Step("create it again", f"{G} mb {B}", "409", fails=True),
    Step("list buckets", f"{G} ls", "daily-gsutil"),
    Step("describe a bucket", f"{G} ls -L -b {B}", "Location constraint:\\s+EU"),
    Step("copy a file", f"echo hello > a.txt; {G} cp a.txt {B}/a.txt", "Copying"),
    Step("print an object", f"{G} cat {B}/a.txt", "hello"),
    Step("print a range", f"{G} cat -r 1-3 {B}/a.txt", "ell"),
    Step(
        "copy from standard input", f"echo piped | {G} cp - {B}/piped.txt && {G} cat {B}/piped.txt", "piped"
    ),
    Step(
        "copy with headers",
        f"{G} -h 'Content-Type:text/markdown' -h 'x-goog-meta-owner:ana' cp a.txt {B}/meta.md",
    ),
    Step("read the metadata", f"{G} stat {B}/meta.md", "text/markdown.*owner:\\s+ana"),
    Step(
        "change the metadata",
        f"{G} setmeta -h 'Cache-Control:no-store' {B}/meta.md && {G} stat {B}/meta.md",
        "no-store",
    ),
    Step(
        "copy a folder",
        f"mkdir -p tree/sub; echo 1 > tree/1.txt; echo 2 > tree/sub/2.txt; {G} -m cp -r tree {B}",
    ),
    Step("list a folder", f"{G} ls {B}/tree", "tree/1.txt\n.*tree/sub/"),
    Step("list recursively", f"{G} ls -r '{B}/tree/**'", "tree/sub/2.txt"),
    Step("list with details", f"{G} ls -l {B}/a.txt", "6 .*a.txt"),
    Step("list by a wildcard", f"{G} ls '{B}/*.txt'", "a.txt\n.*piped.txt"),
    Step("sum up sizes", f"{G} du -s {B}/tree", "4 "),
    Step("download a file", f"{G} cp {B}/a.txt down.txt && cat down.txt", "hello"),
    Step("download a folder", f"mkdir -p got; {G} -m cp -r {B}/tree got && cat got/tree/sub/2.txt", "2"),
    Step("upload a large file", f"head -c 20000000 /dev/urandom > big.bin; {G} cp big.bin {B}/big.bin"),
    Step("download a large file", f"{G} cp {B}/big.bin big2.bin && cmp big.bin big2.bin"),
    Step(
        "upload in parallel parts",
        f"{G} -o GSUtil:parallel_composite_upload_threshold=5M cp big.bin {B}/parts.bin",
    ),
    Step(
        "upload with gzip",
        f"{G} cp -Z a.txt {B}/zip.txt && {G} stat {B}/zip.txt",
        "Content-Encoding:\\s+gzip",
    ),
    Step("copy within the cloud", f"{G} cp {B}/a.txt {B}/copy.txt && {G} cat {B}/copy.txt", "hello"),
    Step("move an object", f"{G} mv {B}/copy.txt {B}/moved.txt && {G} ls {B}/moved.txt", "moved.txt"),
    Step(
        "compose objects",
        f"{G} compose {B}/a.txt {B}/piped.txt {B}/both.txt && {G} cat {B}/both.txt",
        "hello\npiped",
    ),
    Step(
        "rewrite to another class",
        f"{G} rewrite -s nearline {B}/both.txt && {G} stat {B}/both.txt",
        "NEARLINE",
    ),
    Step("hash an object", f"{G} hash {B}/a.txt", "crc32c"),
    Step(
        "synchronise up",
        f"mkdir -p sync; echo x > sync/x; echo y > sync/y; {G} -m rsync -r sync {B}/sync && {G} ls {B}/sync",
        "sync/x\n.*sync/y",
    ),
    Step(
        "synchronise a deletion",
        f"rm sync/y; {G} -m rsync -r -d sync {B}/sync 2>err; {G} ls {B}/sync",
        "sync/x\\s*$",
    ),
    Step("turn on versioning", f"{G} versioning set on {B} && {G} versioning get {B}", "Enabled"),
    Step("list versions", f"{G} cp tree/1.txt {B}/a.txt && {G} ls -a {B}/a.txt | grep -c '#'", "2"),
    Step(
        "configure CORS",
        f'echo \'[{{"origin": ["*"], "method": ["GET"], "maxAgeSeconds": 60}}]\' > cors.json; {G} cors set cors.json {B} && {G} cors get {B}',
        "maxAgeSeconds",
    ),
    Step(
        "configure lifecycle",
        f'echo \'{{"rule": [{{"action": {{"type": "Delete"}}, "condition": {{"age": 30}}}}]}}\' > life.json; {G} lifecycle set life.json {B} && {G} lifecycle get {B}',
        '"age": 30',
    ),
    Step("label a bucket", f"{G} label ch -l team:photos {B} && {G} label get {B}", "photos"),
    Step("read an access list", f"{G} acl get {B}/a.txt", "OWNER"),
    Step(
        "publish an object",
        f"{G} acl ch -u AllUsers:R {B}/a.txt && curl -sf $STORAGE/daily-gsutil/a.txt",
        "1",
    ),
    Step("read a policy", f"{G} iam get {B}", "roles/storage"),
    Step("bind a role", f"{G} iam ch allUsers:objectViewer {B} && {G} iam get {B}", "allUsers"),
    Step("copy to another bucket", f"{G} mb {OTHER} && {G} cp {B}/piped.txt {OTHER}/ && {G} rm -r {OTHER}"),
    Step("remove everything", f"{G} -m rm -r {B} && ! {G} ls -b {B}", "404|BucketNotFound"),
)


def run(_settings: Settings) -> Report:
    if not shutil.which("gsutil"):
        raise SuiteUnavailable("gsutil is not installed")
    report = Report(NAME)
    with running() as platform, tempfile.TemporaryDirectory() as name:
        folder, storage = Path(name), platform.addresses["storage"]
        with tls_proxy(storage.removeprefix("http://"), folder) as port:
            (folder / "boto").write_text(_configuration(port, platform.project))
            run_steps(
                report, STEPS, folder, {"BOTO_CONFIG": str(folder / "boto"), "STORAGE": storage, **CLOUD_SDK}
            )
    return report


def _configuration(port: int, project: str) -> str:
    return (
        f"[Credentials]\ngs_json_host = 127.0.0.1\ngs_json_port = {port}\n"
        "[Boto]\nhttps_validate_certificates = False\nnum_retries = 1\n"
        f"[GSUtil]\ndefault_project_id = {project}\nprefer_api = json\nsoftware_update_check_period = 0\n"
    )

"""51 steps of daily use of `gcloud storage`, written for gaelocal."""

import shutil
import tempfile
from pathlib import Path

from conformance._command_lines import Step, run_steps
from conformance.platform import running
from conformance.report import Report, Settings, SuiteUnavailable
from gaelocal.gcloud_environment import gcloud_environment

NAME = "gcloud storage, 51 steps"
B = "gs://daily-use"
G = "gcloud storage"
STEPS = (
    Step("create a bucket", f"{G} buckets create {B} --location=EU"),
    Step("create it again", f"{G} buckets create {B}", "409|already", fails=True),
    Step("list buckets", f"{G} buckets list --format='value(name)'", "daily-use"),
    Step("describe a bucket", f"{G} buckets describe {B}", "location: EU"),
    Step("copy a file", f"echo hello > a.txt; {G} cp a.txt {B}/a.txt"),
    Step("copy from standard input", f"echo piped | {G} cp - {B}/piped.txt"),
    Step("print an object", f"{G} cat {B}/a.txt {B}/piped.txt", "hello\npiped"),
    Step("print a range", f"{G} cat -r 1-3 {B}/a.txt", "^ell$"),
    Step("describe an object", f"{G} objects describe {B}/a.txt", "content_type: text/plain.*size: 6"),
    Step(
        "copy a folder",
        f"mkdir -p tree/sub; echo 1 > tree/1.txt; echo 2 > tree/sub/2.txt; {G} cp -r tree {B}",
    ),
    Step("list a folder", f"{G} ls {B}/tree/", "tree/1.txt\n.*tree/sub/"),
    Step("list recursively", f"{G} ls -r {B}/tree", "tree/sub/2.txt"),
    Step("list with details", f"{G} ls -l {B}/a.txt", "6 .*a.txt"),
    Step("list by a wildcard", f"{G} ls '{B}/*.txt'", "a.txt\n.*piped.txt"),
    Step(
        "list objects", f"{G} objects list '{B}/tree/**' --format='value(name)'", "tree/1.txt\ntree/sub/2.txt"
    ),
    Step("sum up sizes", f"{G} du -s {B}/tree", "4 "),
    Step("download a file", f"{G} cp {B}/a.txt down.txt && cat down.txt", "hello"),
    Step("download a folder", f"mkdir -p got; {G} cp -r {B}/tree got && cat got/tree/sub/2.txt", "2"),
    Step("upload a large file", f"head -c 20000000 /dev/urandom > big.bin; {G} cp big.bin {B}/big.bin"),
    Step("download a large file", f"{G} cp {B}/big.bin big2.bin && cmp big.bin big2.bin"),
    Step("hash an object", f"{G} hash {B}/a.txt", "crc32c_hash|crc32c"),
    Step("copy within the bucket", f"{G} cp {B}/a.txt {B}/copy.txt && {G} cat {B}/copy.txt", "hello"),
    Step("move an object", f"{G} mv {B}/copy.txt {B}/moved.txt && {G} ls {B}/moved.txt", "moved.txt"),
    Step("move a folder", f"{G} mv {B}/tree {B}/forest && {G} ls -r {B}/forest", "forest/sub/2.txt"),
    Step(
        "compose objects",
        f"{G} objects compose {B}/a.txt {B}/piped.txt {B}/both.txt && {G} cat {B}/both.txt",
        "hello\npiped",
    ),
    Step(
        "copy with metadata",
        f"{G} cp a.txt {B}/meta.txt --content-type=text/markdown --cache-control=no-store --custom-metadata=owner=ana",
    ),
    Step(
        "read that metadata",
        f"{G} objects describe {B}/meta.txt",
        "cache_control: no-store.*text/markdown.*owner: ana",
    ),
    Step(
        "change metadata",
        f"{G} objects update {B}/meta.txt --content-language=de --update-custom-metadata=place=sea && {G} objects describe {B}/meta.txt",
        "content_language: de.*place: sea",
    ),
    Step(
        "change the storage class",
        f"{G} objects update {B}/meta.txt --storage-class=NEARLINE && {G} objects describe {B}/meta.txt",
        "storage_class: NEARLINE",
    ),
    Step(
        "upload with gzip",
        f"{G} cp a.txt {B}/zip.txt --gzip-local-all && {G} objects describe {B}/zip.txt",
        "content_encoding: gzip",
    ),
    Step(
        "refuse a wrong generation",
        f"{G} cp a.txt {B}/a.txt --if-generation-match=0",
        "412|[Pp]recondition",
        fails=True,
    ),
    Step("leave out existing objects", f"{G} cp -n a.txt {B}/a.txt", "[Ss]kipping"),
    Step(
        "synchronise up",
        f"mkdir -p sync; echo x > sync/x; echo y > sync/y; {G} rsync sync {B}/sync && {G} ls {B}/sync",
        "sync/x\n.*sync/y",
    ),
    Step(
        "synchronise a deletion",
        f"rm sync/y; {G} rsync --delete-unmatched-destination-objects sync {B}/sync 2>err && {G} ls {B}/sync",
        r"sync/x\s*$",
    ),
    Step("synchronise down", f"mkdir -p down; {G} rsync -r {B}/forest down && cat down/sub/2.txt", "2"),
    Step(
        "label a bucket",
        f"{G} buckets update {B} --update-labels=team=photos && {G} buckets describe {B}",
        "team: photos",
    ),
    Step(
        "remove a label",
        f"{G} buckets update {B} --remove-labels=team && ! {G} buckets describe {B} | grep 'team: photos'",
    ),
    Step(
        "configure CORS",
        f'echo \'[{{"origin": ["*"], "method": ["GET"], "maxAgeSeconds": 60}}]\' > cors.json; {G} buckets update {B} --cors-file=cors.json && {G} buckets describe {B}',
        "cors_config",
    ),
    Step(
        "configure lifecycle",
        f'echo \'{{"rule": [{{"action": {{"type": "Delete"}}, "condition": {{"age": 30}}}}]}}\' > life.json; {G} buckets update {B} --lifecycle-file=life.json && {G} buckets describe {B}',
        "age: 30",
    ),
    Step("turn on versioning", f"{G} buckets update {B} --versioning && {G} cp tree/1.txt {B}/a.txt"),
    Step("list versions", f"{G} ls -a {B}/a.txt | grep -c '#'", "2"),
    Step(
        "restore a version",
        f"{G} cp $({G} ls -a {B}/a.txt | head -1) {B}/a.txt && {G} cat {B}/a.txt",
        "hello",
    ),
    Step("read a policy", f"{G} buckets get-iam-policy {B}", "roles/storage"),
    Step(
        "bind a role",
        f"{G} buckets add-iam-policy-binding {B} --member=allUsers --role=roles/storage.objectViewer",
        "allUsers",
    ),
    Step("read it without an account", "curl -sf $STORAGE/daily-use/a.txt", "hello"),
    Step(
        "remove the role",
        f"{G} buckets remove-iam-policy-binding {B} --member=allUsers --role=roles/storage.objectViewer && ! curl -sf $STORAGE/daily-use/a.txt",
    ),
    Step(
        "hold an object",
        f"{G} objects update {B}/meta.txt --temporary-hold && {G} objects describe {B}/meta.txt",
        "temporary_hold: true",
    ),
    Step(
        "sign a URL",
        f"curl -sf $({G} sign-url {B}/a.txt --private-key-file=$KEY --duration=5m --format='value(signed_url)')",
        "hello",
    ),
    Step(
        "release and remove an object",
        f"{G} objects update {B}/meta.txt --no-temporary-hold && {G} rm {B}/meta.txt",
    ),
    Step("remove by a wildcard", f"{G} rm '{B}/sync/**' && {G} ls {B}/sync", "[Nn]ot|matched no", fails=True),
    Step("remove everything", f"{G} rm -r {B} && ! {G} buckets describe {B}", "[Nn]ot found|404"),
)


def run(_settings: Settings) -> Report:
    if not shutil.which("gcloud"):
        raise SuiteUnavailable("gcloud is not installed")
    report = Report(NAME)
    with running() as platform, tempfile.TemporaryDirectory() as folder:
        environment = gcloud_environment(platform.addresses, platform.data)
        more = {
            "STORAGE": platform.addresses["storage"],
            "KEY": platform.environment()["GOOGLE_APPLICATION_CREDENTIALS"],
        }
        run_steps(report, STEPS, Path(folder), environment | more)
    return report

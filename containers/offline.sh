#!/bin/sh
# Creates what `docker compose build` would otherwise download from a registry and from the package index:
# two base images from Debian packages, and the wheels. Requires root, debootstrap, docker and a previous `make test`.
set -eu
cd "$(dirname "$0")/.."
RELEASE=${RELEASE:-bookworm}

base_image() {
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    debootstrap --variant=minbase --include="$2" "$RELEASE" "$folder" >&2
    tar -C "$folder" --exclude=./var/cache/apt --exclude=./var/lib/apt/lists -c . | docker import - "$1" >&2
    rm -rf "$folder"
}

base_image timeline-python "python3,python3-venv,ca-certificates,tzdata"
base_image timeline-memcached "memcached"
version=$(docker run --rm timeline-python python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
for requirements in gaelocal/requirements.txt services/*/requirements.txt; do
    .venv/bin/python -m pip download --quiet --only-binary=:all: --python-version "$version" \
        --dest containers/wheels --requirement "$requirements"
done
echo 'export BASE_IMAGE=timeline-python MEMCACHED_IMAGE=timeline-memcached PIP_OPTIONS="--no-index --find-links=/wheels"'

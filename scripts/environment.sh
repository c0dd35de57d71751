#!/usr/bin/env bash
# The environment in .venv is what the lock says; made or mended only when the lock or the Python changed.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}

fail() {
    echo "$1" >&2
    exit 1
}

# `python3 -m venv` is a package of its own on Debian.
need_python() {
    if ! command -v "$PYTHON" >/dev/null || ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
        if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
            fail "Python 3.11 or newer with venv is needed: apt-get install python3 python3-venv"
        fi
        apt-get -q -y update >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends python3 python3-venv >/dev/null
    fi
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or newer is needed"
}

node_is_recent() {
    command -v npm >/dev/null && command -v node >/dev/null && [ "$(node -p 'parseInt(process.versions.node)')" -ge 20 ]
}

install() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input "$@"
}

need_python
locks=(requirements/development.txt)
node_is_recent || locks+=(requirements/node.txt)
stamp=$({ "$PYTHON" -VV; pwd; cat "${locks[@]}" pyproject.toml; } | sha256sum | cut -d' ' -f1)
[ "$(cat .venv/.stamp 2>/dev/null || true)" = "$stamp" ] && exit 0

echo "Installing the environment into .venv …"
if [ ! -x .venv/bin/python ] || [ "$("$PYTHON" -VV)" != "$(.venv/bin/python -VV)" ]; then
    "$PYTHON" -m venv --clear .venv
fi
for lock in "${locks[@]}"; do
    install --require-hashes --requirement "$lock"
done
install --no-deps --no-build-isolation --editable .
echo "$stamp" >.venv/.stamp

#!/usr/bin/env bash
# The wheel, installed into an empty environment outside the tree, is the whole product: it imports, finds its pages,
# translations and migrations, and its command answers.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

.venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
    --wheel-dir "$work/dist" .
.venv/bin/python -m venv "$work/environment"
"$work/environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
    --requirement requirements/runtime.txt
"$work/environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps "$work"/dist/*.whl
cp scripts/wheel_contents.py "$work/"
cd "$work"
environment/bin/python -I wheel_contents.py
environment/bin/gongzao --help >/dev/null
echo "wheel: $(basename dist/*.whl) installs, imports and answers"

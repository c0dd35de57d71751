#!/usr/bin/env bash
# Pin every package with its hashes, for all platforms, naming no host; what is pinned already stays unless UPGRADE=1.
# Needs uv on the path.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v uv >/dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }

pin() {
    local target=$1
    shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --no-header ${UPGRADE:+--upgrade} --output-file "$target" "$@"
}

pin requirements/development.txt pyproject.toml --group dev
pin requirements/runtime.txt pyproject.toml --constraint requirements/development.txt
pin requirements/node.txt requirements/node.in
pin requirements/go.txt requirements/go.in
pin requirements/localstripe.txt requirements/localstripe.in

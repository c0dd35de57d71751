# Two commands matter: `make demo` and `make test`. `make help` names the others.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
export PATH := $(CURDIR)/.venv/bin:$(PATH)

SOURCES := marketplace search billing credit migrations scripts tests bench wsgi.py
SERVICES := python -m scripts.services
# What pytest is given beside the options of pyproject.toml: make test ARGS="tests/search -k facets"
ARGS ?=
# Test processes; each has a database of its own.
JOBS ?= 2
# Where the demo park is served.
PORT ?= 8000

.PHONY: help demo test check check-fast format lock services stop-services bench build-static dist environment

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: environment build-static ## run the product with a demo park on this machine (PORT=8001, LAN=1: for phones in the network)
	@exec gongzao demo serve --port $(PORT) $(if $(LAN),--lan)

test: environment build-static ## start the real servers, run the tests (ARGS=…, JOBS=…), stop the servers
	@$(SERVICES) run -- python -m pytest --numprocesses=$(JOBS) --dist=loadgroup $(ARGS)

check: environment build-static ## everything that CI runs
	@ruff format --check $(wildcard $(SOURCES))
	ruff check $(wildcard $(SOURCES))
	node_modules/.bin/pyright
	lint-imports
	$(MAKE) --no-print-directory test
	scripts/check_wheel.sh

check-fast: environment ## the inner loop: format, lint, imports, and the tests that need no server (ARGS=…)
	@ruff format --check --quiet $(wildcard $(SOURCES))
	ruff check --quiet $(wildcard $(SOURCES))
	lint-imports
	python -m pytest --quiet --exitfirst -m "not browser" $(or $(ARGS),tests/kernel tests/billing tests/search)

format: environment ## format and mend what ruff can
	@ruff format $(wildcard $(SOURCES))
	ruff check --fix $(wildcard $(SOURCES))

lock: ## pin in requirements/ what pyproject.toml asks for (needs uv; UPGRADE=1: newest of all)
	@scripts/lock.sh

services: environment ## start the real servers and keep them until make stop-services
	@$(SERVICES) start
	$(SERVICES) env

stop-services: environment ## stop them
	@$(SERVICES) stop

bench: environment build-static ## measure against the floors of bench/README.md
	@$(SERVICES) run postgresql elasticsearch -- python -m bench $(ARGS)

build-static: environment ## bring the pages' vendor files from npm
	@python scripts/build_static.py

dist: environment build-static ## build the wheel into dist/
	@python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

environment:
	@scripts/environment.sh

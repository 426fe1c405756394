# `make` alone lists what there is. Everything here works on a machine with only Python 3.11+, make and git.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python that is new enough; say PYTHON=python3.13 to choose another.
NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
ifndef PYTHON
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python $(NEW_ENOUGH) && echo $$python && break; done)
endif

BOOT = @if ! "$(PYTHON)" $(NEW_ENOUGH); then \
	echo "No Python 3.11 or newer was found: install python3 and python3-venv, or say make $@ PYTHON=/path/to/python." >&2; \
	exit 1; fi; exec "$(PYTHON)" config/bootstrap.py
WITH_TESTS = $(BOOT) --dev -m apps.kernel.machine exec test -- python
WITH_SITE = $(BOOT) -m apps.kernel.machine exec run -- python

.PHONY: help run test test-slow check bench bench-scale shots services shell clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

run: ## Serve the campus at http://127.0.0.1:8000/ (PORT=9000 for another port, DEMO=0 for an empty one)
	$(BOOT) -m apps.kernel.machine run

test: ## Run the tests
	$(WITH_TESTS) -m pytest -n 2 --dist loadfile -m "not slow" $(ARGS)

test-slow: ## Run the tests that take minutes: real processes, kills, restarts
	$(WITH_TESTS) -m pytest -m slow $(ARGS)

check: ## Run every check that is not a test: style, types, layers, migrations, deployment
	$(WITH_TESTS) -m apps.kernel.machine.checks

bench: ## Measure the main pages against a bare Django page
	$(WITH_TESTS) -m tests.bench $(ARGS)

bench-scale: ## Measure pages, fan-out and growth with a million people (half an hour)
	$(WITH_TESTS) -m tests.bench.scale $(ARGS)

shots: ## Take pictures of the main pages into .local/shots
	$(WITH_TESTS) -m tests.shots $(ARGS)

services: ## Keep PostgreSQL and Redis of `make run` up and print their addresses
	$(BOOT) -m apps.kernel.machine services run

shell: ## Open Django's shell on the data of `make run`
	$(WITH_SITE) manage.py shell

clean: ## Remove caches, .venv and the data of tests; the data of `make run` stays
	@if [ -x .venv/bin/python ]; then .venv/bin/python -m apps.kernel.machine remove test; fi
	@find apps config tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

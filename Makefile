# One verb per task. Each target sets up what it needs in .venv; a second call is quick.
#
#   make demo     train a small network on real data, analyse it, open the page
#   make test     everything that runs without a GPU in a few minutes
#   make check    style, types, import rules, generated files, docs
#   make bench    all benchmarks, as tables
#   make docs     the documentation, in site/
#   make build    wheel and source archive, in dist/
#
# Variables: PYTHON=python3.12 (which Python to use), ARGS="..." (passed on to the program a target starts).

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
# Two workers fit the smallest machine this is meant for; more only help where there are more cores.
WORKERS ?= 2
PIP    := $(BIN)/python -m pip
SLOW_SECONDS ?= 0

# pyright's Python package fetches the npm package of the same version; the machine's own Node.js runs it.
export PYRIGHT_PYTHON_GLOBAL_NODE := 1
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Warns of a coming major version of a tool whose present one is pinned.
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-run test test-slow test-browser test-faults check bench docs build types clean page \
	check-style check-types check-imports check-repository check-generated check-web check-docs test-python test-web

help:
	@sed -n 's/^#   //p' Makefile

# --- environment ------------------------------------------------------------------------------------------------

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "cnnvis needs Python 3.10 or newer; there is no '$(PYTHON)' on the PATH. Install it, or name another: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "cnnvis needs Python 3.10 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "'$(PYTHON)' cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.torch: $(VENV)/.made constraints.txt tools/install_torch.py
	$(BIN)/python -m tools.install_torch
	@touch $@

# What using cnnvis needs.
$(VENV)/.product: $(VENV)/.torch pyproject.toml
	@echo "Installing cnnvis ..."
	$(PIP) install -qq --constraint constraints.txt --editable .
	@touch $@

# What working on it needs besides.
$(VENV)/.tools: $(VENV)/.product
	@echo "Installing the tools for tests, checks and docs ..."
	$(PIP) install -qq --constraint constraints.txt --editable '.[dev]'
	@touch $@

# torchvision and timm, for the slow tests on their networks, and the trainers that the recorder has callbacks for. All
# ask for PyTorch, which is there already.
$(VENV)/.models: $(VENV)/.tools
	@echo "Installing torchvision, timm, Lightning and transformers for the slow tests ..."
	$(PIP) install -qq --constraint constraints.txt --no-deps torchvision timm
	$(PIP) install -qq --constraint constraints.txt huggingface-hub pyyaml
	$(PIP) install -qq --constraint constraints.txt --editable '.[trainers]'
	@touch $@

# What two benchmarks compare with. Some of it has to be compiled where there is no wheel, and they go without it.
$(VENV)/.bench: $(VENV)/.tools
	@echo "Installing what the benchmarks compare with ..."
	@if $(PIP) install -qq --constraint constraints.txt --editable '.[bench]'; then touch $@; \
	else echo "That cannot be installed here: the tables of facets and recorder go without." >&2; fi

setup: $(VENV)/.tools page

page: $(VENV)/.made
	@$(BIN)/python -m tools.page

web/node_modules/.package-lock.json: web/package.json web/package-lock.json | $(VENV)/.made
	@$(BIN)/python -m tools.page --packages

# --- use --------------------------------------------------------------------------------------------------------

# The two halves of the setup wait for different things (Python packages, npm packages): side by side they take less.
demo:
	@$(MAKE) --no-print-directory --jobs=2 $(VENV)/.product page
	$(BIN)/cnnvis demo --train $(ARGS)

# The finished run that is in the wheel: made anew when the run folder or an analysis has changed.
demo-run: $(VENV)/.product
	$(BIN)/cnnvis demo --train --overwrite --no-open --to src/cnnvis/demo_run

# Some open the built page, others build one of their own from the web sources.
bench: $(VENV)/.bench page web/node_modules/.package-lock.json
	$(BIN)/python -m tools.bench $(ARGS)

docs: $(VENV)/.tools
	$(BIN)/mkdocs build --strict $(ARGS)
	@echo "The documentation is in site/index.html"

build: $(VENV)/.tools page
	$(BIN)/python -m hatchling build -t sdist -t wheel

# --- tests ------------------------------------------------------------------------------------------------------

test:
	@$(MAKE) --no-print-directory --jobs=2 $(VENV)/.tools page
	@$(MAKE) --no-print-directory --keep-going test-web test-python

test-python:
	$(BIN)/python -m pytest -m "not slow and not browser" -n $(WORKERS) $(ARGS)

test-web: web/node_modules/.package-lock.json
	npm --prefix web run --silent test

test-browser: $(VENV)/.tools page
	$(BIN)/python -m pytest -m "browser" $(ARGS)

# SLOW_SECONDS=900 starts no further test after that time and says how many were left out.
test-slow: $(VENV)/.models page
	$(BIN)/python -m pytest -m "slow" -n $(WORKERS) --dist worksteal --slow-seconds=$(SLOW_SECONDS) $(ARGS)

# A fixed tenth of the fault suite, real trainings with and without a fault: do the findings name what is wrong?
test-faults: $(VENV)/.tools
	$(BIN)/python benchmarks/diagnosis.py --jobs $(WORKERS) $(ARGS)

# --- checks -----------------------------------------------------------------------------------------------------

check:
	@$(MAKE) --no-print-directory --jobs=2 $(VENV)/.tools web/node_modules/.package-lock.json
	@$(MAKE) --no-print-directory --keep-going check-style check-types check-imports check-repository check-generated check-web check-docs
	@echo "All checks passed."

check-style: $(VENV)/.tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check-types: $(VENV)/.tools
	$(BIN)/pyright

check-imports: $(VENV)/.tools
	$(BIN)/lint-imports --no-cache

check-repository: $(VENV)/.tools
	$(BIN)/python -m tools.check_repository

# What is generated: the browser's types from the Python schema, the pages of the command line, the HTTP addresses and the
# tables from their declarations.
types: $(VENV)/.tools web/node_modules/.package-lock.json
	PYTHON=$(CURDIR)/$(BIN)/python npm --prefix web run --silent types
	$(BIN)/python -m tools.cli_page
	$(BIN)/python -m tools.http_page
	$(BIN)/python -m tools.tables_page

check-generated: $(VENV)/.tools web/node_modules/.package-lock.json
	$(BIN)/python -m tools.check_generated

check-web: web/node_modules/.package-lock.json
	npm --prefix web run --silent check

check-docs: $(VENV)/.tools
	$(BIN)/mkdocs build --strict --site-dir .cache/site

clean:
	rm -rf $(VENV) web/node_modules web/dist dist build site .cache src/cnnvis/serve/page \
		.pytest_cache .ruff_cache .hypothesis .import_linter_cache

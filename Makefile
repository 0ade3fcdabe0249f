# make run: the demo, on a machine with Python 3.11 or newer and make, and nothing else. See README.md.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV := uv==0.13.8

# every start of the server, of an agent and of a test's process would compile a thousand modules anew
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run serve dev test unit db e2e bench soak chaos check format migrate doctor clean browser pages

help:  ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP)  ## Make the virtual environment and install everything, pinned

$(STAMP): pyproject.toml requirements.lock Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "ForexElite needs Python 3.11 or newer as '$(PYTHON)' (found: $$($(PYTHON) --version 2>&1 || true))."; \
	  echo "Install it, or name another one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Creating the environment in $(VENV)"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { \
	  echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "$(UV)"
	@echo "Installing"
	@# uv is several times faster; pip alone knows mirrors and proxies that were set up for pip
	@$(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.lock \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable . \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

run: setup  ## Start the demo: server, database, agent, a simulated terminal
	@$(BIN)/forex-elite demo

serve: setup  ## Start the server alone
	@$(BIN)/forex-elite run

dev: setup  ## Start with hot reload
	@$(BIN)/forex-elite dev

migrate: setup  ## Bring the database to the newest schema
	@$(BIN)/forex-elite migrate

doctor: setup  ## Say what is configured, what answers and what is missing
	@$(BIN)/forex-elite doctor

browser: setup
	@$(BIN)/python -m forex_elite.cli.chromium

pages: setup
	@$(BIN)/forex-elite build

test: setup  ## Run every test, browser tests included
	@$(MAKE) --no-print-directory -j2 browser pages
	$(BIN)/pytest -n 4 --no-loadscope-reorder

unit: setup  ## Run the tests that need no database, server or browser
	$(BIN)/pytest tests/domain tests/architecture

db: setup  ## Run the database tests
	$(BIN)/pytest tests/db

e2e: setup browser pages  ## Run the browser tests
	$(BIN)/pytest tests/browser

bench: setup browser  ## Measure: percentiles of every path
	$(BIN)/pytest -m bench tests/benchmarks -s -p no:randomly

soak: setup  ## The live cockpit for ten minutes (SOAK_S seconds) while agents drop and return
	$(BIN)/pytest -m soak tests/faults -p no:randomly

chaos: setup  ## Kill everything at random for five minutes (CHAOS_S) under load; nothing may be doubled or lost
	$(BIN)/pytest -m chaos tests/faults -s -p no:randomly

check: setup  ## Format, lint, types, import rules, unit tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/domain tests/architecture

format: setup  ## Format and put right what ruff can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## Remove what can be made again; the data folder stays
	rm -rf $(VENV) .web .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info

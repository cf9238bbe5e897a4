# Stepwise: `make` lists what can be made.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
HOST   ?= 127.0.0.1
PORT   ?= 8000
ARGS   ?=
ONLY   ?=
PROCESSES ?= 2
export HOST PORT ONLY

.DEFAULT_GOAL := help
.PHONY: help run reset-demo test check fix bench soak build-web pictures screens lock clean

help: ## list what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Stepwise needs Python 3.11 or newer, for example: make run PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/server.stamp: requirements/server.lock | $(BIN)/python
	@echo "Installing libraries (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/server.lock
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock | $(BIN)/python
	@echo "Installing libraries (a few minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@ $(VENV)/server.stamp

run: $(VENV)/server.stamp ## start the demo clinic: one process, one port (HOST, PORT)
	@$(BIN)/python -m server run

reset-demo: $(VENV)/server.stamp ## throw the demo clinic away and make it anew
	@$(BIN)/python -m server reset-demo

build-web: $(VENV)/server.stamp ## build the web client into build/web
	@$(BIN)/python -m server build-web

test: $(VENV)/dev.stamp ## all tests, in PROCESSES=2 processes (ARGS="-k name" goes to pytest)
	@$(BIN)/python -m pytest -n $(PROCESSES) --no-loadscope-reorder $(ARGS)

check: $(VENV)/dev.stamp ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/dev.stamp ## format and mend what a tool can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/dev.stamp ## measure the server beside a bare one (ONLY=sync upkeep caseload web library reminders) into build/bench.json
	@$(BIN)/python -m tests.bench

soak: $(VENV)/dev.stamp ## the long tests (ONLY=model kills torn load requests restore uploads) into build/soak.json
	@$(BIN)/python -m tests.soak

pictures: $(VENV)/dev.stamp ## draw the exercise pictures whose description changed
	@$(BIN)/python -m server.pictures make
	@$(BIN)/python -m server.pictures sheet --made --size 130 --columns 5 --out docs/library-sheet.webp

screens: $(VENV)/dev.stamp ## photograph every screen into docs/screens
	@$(BIN)/python -m tests.browser.screens

lock: ## resolve requirements/*.lock anew (needs uv)
	uv pip compile pyproject.toml --extra server --universal --python-version 3.11 --generate-hashes --no-annotate -q -o requirements/server.lock
	uv pip compile pyproject.toml --extra server --extra dev --universal --python-version 3.11 --generate-hashes --no-annotate -q -o requirements/dev.lock

clean: ## remove what was built (not the data)
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# make demo and make test work on a fresh machine with Python 3.11 or newer, git and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INCIDENT ?= kiro-cost-explorer

.PHONY: demo test lint bench install rules clean

$(BIN)/blastlint: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("blastlint needs Python 3.11 or newer; try: make PYTHON=python3.11") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.test: pyproject.toml $(BIN)/blastlint
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

$(VENV)/.dev: pyproject.toml $(BIN)/blastlint
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.test

install: $(VENV)/.dev

demo: $(BIN)/blastlint
	$(BIN)/python tools/demo.py $(INCIDENT)

test: $(VENV)/.test
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python tools/bench.py

# What is generated from the rule files: the index that start-up reads, and what the README shows.
rules: $(BIN)/blastlint
	$(BIN)/python tools/rules_index.py
	$(BIN)/python tools/readme.py

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

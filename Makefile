# Two commands: `make run` opens the page, `make test` runs the tests. Both set up .venv first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test lint bench digests clean

run: $(STAMP)  ## open the page; REPORTS=folder adds the reports in it first
ifdef REPORTS
	$(BIN)/casebook add "$(REPORTS)"
endif
	$(BIN)/casebook serve

test: $(STAMP)  ## run the tests
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: $(STAMP)  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(STAMP)  ## measure speed and memory; REPORTS=folder is needed
	$(BIN)/python benchmarks/speed.py "$(REPORTS)"

digests: $(STAMP)  ## index the bundled digests anew
	$(BIN)/python -c 'from qa.digests import build_index; build_index()'

clean:  ## remove what the commands above made
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("casebook needs Python 3.11 or newer, $(PYTHON) is %d.%d; use: make PYTHON=python3.11" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	touch $(STAMP)

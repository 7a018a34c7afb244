# Everything a developer or the CI does. Needs Python 3.11 or newer with venv, and make.

PYTHON ?= python3
BIN := .venv/bin
NOT_QUICK := browser or postgres or chaos or slow or long
# Files of tests side by side, each file in one process: at most four, so that servers and browsers have room, and at
# least three, since a test often waits for a browser or a killed process.
# In the order of the folders, so that long files with few tests do not all come last.
WORKERS := $(shell $(PYTHON) -c 'import os; print(min(4, max(3, os.cpu_count() or 1)))')
# A test that hangs ends its process, which is begun anew once: the next one would be given the same test again.
SIDE_BY_SIDE := --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --max-worker-restart 1
UNITS := tests/architecture tests/domain tests/foundation tests/migrations tests/tools $(wildcard tests/test_*.py)

# Real input for some tests; they say that they are left out where the folder is not at hand.
ifneq ($(wildcard ../shared/data/.),)
export GRANNSAMVERKAN_TEST_DATA ?= $(abspath ../shared/data)
endif

# Python keeps its compiled files: without them every start of the product would cost seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo lint chromium test check sbom audit release format clean help

help:  ## what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*##/:/'

setup:  ## make .venv as requirements.lock says; quick when nothing changed
	@$(PYTHON) tools/bootstrap.py

demo: setup  ## try the product with made-up neighbours: make demo [PORT=8000] [DATA=folder]
	@exec $(BIN)/grannsamverkan demo $(if $(PORT),--port "$(PORT)") $(if $(DATA),--data "$(DATA)")

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

chromium: setup
	@$(BIN)/python tools/chromium.py

test: lint chromium sbom  ## every check and test but the long ones
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ARGS)

check: lint  ## lint, types, contracts and the quick tests of rooms, rules and the way: under two minutes
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(UNITS) -m "not ($(NOT_QUICK))" $(ARGS)

sbom: setup  ## dist/sbom.cdx.json: what it is made of, with hashes and licences (CycloneDX)
	@$(BIN)/python tools/sbom.py

audit: setup  ## look up known weaknesses of every package; fails where it cannot
	@$(BIN)/python tools/known_weaknesses.py

release: lint chromium sbom  ## everything, the long tests too; `make audit` beside it
	@$(BIN)/python -m pytest -m "long or not long" -o faulthandler_timeout=0 $(ARGS)

format: setup  ## lay out the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

clean:  ## remove what was made here, but not your own files
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

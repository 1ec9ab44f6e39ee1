# `make chat` is all a newcomer needs: Python 3.11 or newer and about 3 GB of disk.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
FILES := bot core tests benchmarks

.DEFAULT_GOAL := help
.PHONY: help setup build chat sandbox test test-all lint types bench results clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, $(PYTHON) is " + sys.version.split()[0] + ": make PYTHON=python3.12 …" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

setup: $(READY) ## virtual environment with everything pinned

build: $(READY) ## data and models; quick when nothing changed
	$(BIN)/jianyan build

chat: build ## talk to it in the terminal
	@$(BIN)/jianyan chat

sandbox: build ## the Telegram bot in a browser, without a token
	@$(BIN)/jianyan sandbox

test: build lint types ## style, types and the tests that a change must pass
	$(BIN)/python -m pytest -q -m "not slow and not browser"

test-all: build lint types ## all tests, the slow ones too
	$(BIN)/python -m pytest -q

lint: $(READY)
	$(BIN)/ruff check $(FILES)
	$(BIN)/ruff format --check $(FILES)

types: $(READY)
	$(BIN)/mypy

bench: build ## speed, on this machine
	@for file in $(wildcard benchmarks/*.py); do echo "== $$file"; $(BIN)/python $$file; done

results: $(READY) ## docs/results.md and its pictures; RATINGS=DIR as MovieLens has them, else the build's
	$(BIN)/jianyan evaluate all $(RATINGS) --out docs/images/results --page docs/results.md
	$(BIN)/jianyan evaluate speed --items 10000 100000 1000000 --out docs/images/results --page docs/results.md

clean: ## takes away what setup and tests made; data/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build *.egg-info
	find bot core tests -name __pycache__ -type d -prune -exec rm -rf {} +

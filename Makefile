# One word for each thing a developer or a newcomer does. Works in a path with spaces.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
# An installed uv is used; otherwise one is put into .tools, which belongs to this checkout alone.
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := "$(UV)" run --frozen
UV_SYNC := "$(UV)" sync --frozen --quiet

export UV_PROJECT_ENVIRONMENT := .venv

.PHONY: help setup demo serve test check bench fmt clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

.tools/bin/uv:
	@echo "uv is not installed: putting one into .tools"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .tools && .tools/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.8"

.venv/.synced: pyproject.toml uv.lock | $(filter .tools/bin/uv,$(UV))
	@$(UV_SYNC) && touch .venv/.synced

setup: .venv/.synced ## Install everything into .venv

demo: setup ## Hub and four simulated GPUs; make demo PORT=9000 for another port
	@$(RUN) vibes demo $(if $(PORT),--port $(PORT))

serve: setup ## Hub over the machines of config/gpus.yaml
	@$(RUN) vibes serve $(if $(PORT),--port $(PORT))

check: setup ## Formatting, lint, types, layers
	$(RUN) ruff format --check
	$(RUN) ruff check
	$(RUN) mypy
	$(RUN) lint-imports --no-cache

test: check ## Every check and every test
	$(RUN) pytest -n 2 --dist worksteal

bench: setup ## Measure speed against its bounds
	$(RUN) python -m tests.benchmarks

fmt: setup ## Format and mend what can be mended
	$(RUN) ruff format
	$(RUN) ruff check --fix

clean: ## Remove what make made; data/ stays
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis dist

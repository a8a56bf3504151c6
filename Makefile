# One word for each thing a developer or a newcomer does. Works in a path with spaces.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
UV_VERSION := 0.13.9
# An installed uv is used; otherwise one is put into .tools, which belongs to this checkout alone.
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := "$(UV)" run --frozen
# inexact: what make add has put there stays
UV_SYNC := "$(UV)" sync --frozen --inexact --quiet

export UV_PROJECT_ENVIRONMENT := .venv
# where the environment forbids it, each of the many processes of the tests would compile every library again
export PYTHONDONTWRITEBYTECODE :=

NPM := cd frontend && npm --silent
STUDIO := backend/vibes/_shipped/studio/index.html
STUDIO_SOURCES := frontend/index.html frontend/vite.config.ts $(shell find frontend/src frontend/public -type f)

.PHONY: help setup add diffusers demo serve test check check-hub check-studio types screenshots bench soak wheel release fmt clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.tools/bin/uv:
	@echo "uv is not installed: putting one into .tools"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name it with make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .tools && .tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.synced: pyproject.toml uv.lock | $(filter .tools/bin/uv,$(UV))
	@$(UV_SYNC) && touch .venv/.synced

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20.19 or newer is needed to build the studio (Debian: apt-get install nodejs npm)"; exit 1; }
	@$(NPM) ci && touch node_modules/.installed

$(STUDIO): frontend/node_modules/.installed $(STUDIO_SOURCES)
	@echo "building the studio"
	@$(NPM) run build -- --logLevel warn

setup: .venv/.synced $(STUDIO) ## Install and build everything in this folder

add: .venv/.synced ## Install a package beside the hub, such as a generator; make add PACKAGE=docs/examples/vibes-imgen-stripes
	@test -n "$(PACKAGE)" || { echo "say which: make add PACKAGE=NAME, or a folder with its pyproject.toml"; exit 2; }
	@"$(UV)" pip install --python .venv "$(PACKAGE)"

diffusers: .venv/.synced ## Install torch and Diffusers, for nodes of kind diffusers (some GB)
	@$(UV_SYNC) --extra diffusers

demo: setup ## Hub and four simulated GPUs; make demo PORT=9000 for another port
	@$(RUN) vibes demo $(if $(PORT),--port $(PORT))

serve: setup ## Hub over the machines of config/gpus.yaml
	@$(RUN) vibes serve $(if $(PORT),--port $(PORT))

check: setup ## Formatting, lint, types, layers, and that the studio's types are the hub's
	@$(MAKE) --no-print-directory -j 2 check-hub check-studio

check-hub: setup
	$(RUN) ruff format --check
	$(RUN) ruff check
	$(RUN) mypy
	$(RUN) lint-imports --no-cache

check-studio: setup
	$(NPM) run check
	@$(NPM) run types -- node_modules/.schema.ts && cmp -s src/api/schema.ts node_modules/.schema.ts && cmp -s src/api/schema.runtime.json node_modules/.schema.runtime.json || { echo "frontend/src/api/schema.ts is not what the hub says any more: make types"; exit 1; }

test: check ## Every check and every test
	$(NPM) test
	$(NPM) run e2e -- --project=stories
	@$(RUN) python -m tests.server_programs
	$(RUN) pytest -n 5 --dist load --maxschedchunk 1

types: setup ## Write the studio's types, and what it checks live messages against, anew from the hub's OpenAPI document
	@$(NPM) run types -- src/api/schema.ts

screenshots: setup ## Draw the pictures of docs/ anew
	VIBES_SCREENSHOTS=1 && export VIBES_SCREENSHOTS && $(NPM) run e2e -- --project=stories screenshots

soak: setup ## Stories in virtual time, then pictures of real processes, while all fails; make soak SEEDS=10000 PICTURES=50000 SEED=7
	PYTHONHASHSEED=0 $(RUN) python -m tests.simulation --seeds $(or $(SEEDS),2000) --first $(or $(SEED),0)
	$(RUN) python -m tests.soak --pictures $(or $(PICTURES),5000) --seed $(or $(SEED),1)

bench: setup ## Measure speed against its bounds
	$(NPM) run e2e -- --project=figures
	$(RUN) python -m tests.benchmarks

wheel: setup ## Build a wheel with everything in it, which needs neither this folder nor Node.js, into dist/
	@$(RUN) python deploy/release.py wheel

release: setup ## What is published, checked, into dist/: docs/releasing.md
	@$(RUN) python deploy/release.py release

fmt: setup ## Format and mend what can be mended
	$(RUN) ruff format
	$(RUN) ruff check --fix
	$(NPM) run format

clean: ## Remove what make made; data/ stays
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis dist frontend/node_modules backend/vibes/_shipped

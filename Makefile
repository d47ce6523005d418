# SPDX-License-Identifier: Apache-2.0
# Every door into the project. `make help` prints the lines marked ##.

BIN := .venv/bin
PYTEST := $(BIN)/pytest -q
# A plugin of the suite fuzz, which takes each process of pytest half a second to load.
LEAN := -p no:schemathesis
# Beside `check`: tests mostly wait for servers, so two processes take half the time.
REST := --ignore=tests/architecture --ignore=tests/unit
BOTH := -n 2 --dist loadscope
# Some tests take longer than a gate's may; and to print the stack of a process that computes has
# ended it.
PATIENT := -o faulthandler_timeout=0
CLUSTER := $(LEAN) -s $(PATIENT)
export PATH := $(PATH):/usr/sbin:/sbin

.DEFAULT_GOAL := help
.PHONY: reference help run test full check format lint types shape unit api fuzz interop system tempest bench cluster chaos chaos-long setup

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

run: ## Start everything on this machine; ARGS="..." go to `designate up`
	@scripts/setup run
	@exec $(BIN)/designate up $(ARGS)

test: check ## The gate: `check` and every test that is not marked slow
	$(PYTEST) $(BOTH) $(REST) -m "not slow"

full: export HYPOTHESIS_PROFILE = search
full: check ## The gate and the slow suites; of chaos the form that has all faults
	$(PYTEST) $(CLUSTER) tests/cluster -k "not eight_faults"
	$(PYTEST) $(BOTH) $(REST) $(PATIENT) --ignore=tests/cluster

check: lint types shape unit ## Format, lint, types, imports, shape, unit tests: below a minute

format: setup ## Rewrite the sources in the one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup ## Format and lint, without rewriting
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: setup ## mypy, strict
	$(BIN)/mypy

shape: setup ## Layers, imports, sizes, names
	$(PYTEST) $(LEAN) tests/architecture

unit: setup ## Unit tests
	$(PYTEST) $(LEAN) -n auto tests/unit

api: setup ## The REST API, in one process
	$(PYTEST) tests/api

fuzz: export HYPOTHESIS_PROFILE = search
fuzz: export FUZZ ?= 100
fuzz: setup ## Search for bad input, FUZZ=100 times as long as the gate does
	$(PYTEST) tests/fuzz

interop: setup ## Real name servers against ours
	$(PYTEST) tests/interop

system: setup ## Services as processes
	$(PYTEST) tests/system

cluster: setup ## Everything twice on this machine until Ctrl-C: docs/cluster.md
	@$(BIN)/python -m tests.cluster

chaos: setup ## Eight parts of a cluster fail while clients write; CHAOS_SEED=N repeats a run
	$(PYTEST) $(CLUSTER) tests/cluster/test_chaos.py -k eight_faults

chaos-long: setup ## Every fault of every part of a cluster: half an hour
	$(PYTEST) $(CLUSTER) tests/cluster/test_chaos.py -k every_fault

reference: setup ## Write docs/api-reference.md and docs/options.md anew
	$(BIN)/python -m tests.api.reference
	$(BIN)/python -m tests.unit.conf.reference

tempest: setup ## The published Tempest plug-in for DNS; ARGS="..." go to `tempest run`
	$(BIN)/python -m tests.tempest $(ARGS)

bench: setup ## Measure; prints the figures of docs/benchmarks.md
	$(BIN)/python -m tests.bench $(ARGS)

setup: # .venv with the test tools
	@scripts/setup test

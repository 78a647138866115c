# Runs everything: params -> plan -> notebooks -> reports.
#
# `python -m helpers make` decides by contents, not modification times, what is out of date, and gives the stages to
# run with their dependencies to a make of its own on standard input. One recipe runs them all. No name of a file and
# no goal is ever part of a recipe: goals are handed on in the environment.

SHELL := bash
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules

# Stages run in parallel, but never share a core while they are timed, so that costs stay comparable: JOBS=4, 2 for lessons.
# A command to run each stage with, for a cluster: make RUNNER='srun --cpus-per-task=2'
ifeq ($(RUNNER),)  # empty too, as a make around this one hands it on
RUNNER = $(if $(CLUSTER),$(EVALBOOK) remote)
endif
# A cluster of Ray, whose nodes share this folder: make CLUSTER=auto, CLUSTER=ray://HOST:PORT or CLUSTER=address:HOST:PORT
CLUSTER :=
# To use your own environment and skip the set-up: make PYTHON=python (conda)
PYTHON ?= .venv/bin/python
EVALBOOK = env PYTHONPATH=src PYTHONHASHSEED=0 $(PYTHON) -m helpers

# The environment is ready when this file exists: its name depends on the lock and the folder, and it is written last.
READY := $(if $(filter .venv/bin/python,$(PYTHON)),.venv/ready-$(firstword $(shell (pwd; cat requirements.lock) | cksum)))
# PyTorch for the tests that need it, beside the environment and on top of it; its name depends on the pins.
TORCH = .cache/torch-$(firstword $(shell (pwd; cat requirements.lock tests/torch.txt) | cksum))

# Ray for the tests that need it, in the same way.
CLUSTERED = .cache/cluster-$(firstword $(shell (pwd; cat requirements.lock tests/cluster.txt) | cksum))

# Other libraries to compare speeds with, in the same way: make bench PEERS=1
PEERS :=
PEERED = .cache/peers-$(firstword $(shell (pwd; cat requirements.lock tests/torch.txt tests/peers.txt) | cksum))

# No study has one of these names: a line says so.
TARGETS := all setup stages lessons list why doctor check items test test-all test-torch test-cluster stress lab bench bench-growth bench-cluster coverage clean distclean help
ASKED := $(filter-out $(TARGETS),$(MAKECMDGOALS)) $(filter lessons,$(MAKECMDGOALS))
HIDDEN := $(foreach goal,$(filter-out all,$(filter $(TARGETS),$(MAKECMDGOALS))),params/$(goal).yaml params/full/$(goal).yaml)
$(if $(STAGES),,$(foreach file,$(wildcard $(HIDDEN)),$(error evalbook: $(file): its name is that of a target of make: rename the file)))
$(if $(findstring t,$(filter-out -%,$(firstword $(MAKEFLAGS)))),$(error evalbook: make -t: contents decide what is out of date, not times))
export EVALBOOK_STUDIES := $(or $(value STUDY),$(strip $(ASKED)))
export EVALBOOK_MAKE := $(MAKE)
export JOBS RUNNER CLUSTER CASE
unexport STUDY
# The first goal that is no target runs all of them at once.
RUN = $(if $(subst x$(firstword $(ASKED)),,x$(firstword $@)),:,EVALBOOK_PARENT=$$PPID exec $(EVALBOOK) make)

.PHONY: $(TARGETS) $(STAGES) FORCE
Makefile FORCE: ;

all: $(READY)  ## set up, run every study in params/, render the reports, print the path of the index
	@EVALBOOK_PARENT=$$PPID exec $(EVALBOOK) make

lessons: $(READY)  ## run the lessons of notebooks/lessons, two side by side; make <lesson> runs one
	@$(RUN)

stages: $(STAGES)

$(STAGES):
	@$(RUNNER) $(EVALBOOK) stage $@ --position $(POSITION)

list: $(READY)  ## list the studies
	@$(EVALBOOK) list

why: $(READY)  ## say why each stage is out of date (STUDY=name for one study)
	@$(EVALBOOK) why

doctor: $(READY)  ## check and mend what runs depend on: environment, disk, caches, records, network
	@$(EVALBOOK) doctor

check: $(READY)  ## compare the numbers with each study's `expect` (STUDY=name for one study)
	@$(EVALBOOK) check

items: $(READY)  ## write the items of STUDY=name as a table, for predictions made elsewhere
	@$(EVALBOOK) items

test: $(READY)  ## check style and types, run the tests
	@PYTHONPATH=src $(PYTHON) -m ruff format --check --quiet . && PYTHONPATH=src $(PYTHON) -m ruff check --quiet .
	@PYTHONPATH=src $(PYTHON) -m mypy
	@PYTHONPATH=src $(PYTHON) -m pytest

test-all: test  ## make test, the slowest tests and every lesson, make test-torch, 10 minutes of make coverage, make test-cluster
	@PYTHONPATH=src $(PYTHON) -m pytest -m slow --dist=loadgroup
	@$(MAKE) --no-print-directory test-torch
	@$(MAKE) --no-print-directory coverage MINUTES=10
	@$(MAKE) --no-print-directory test-cluster

test-torch: $(READY)  ## the tests of hf: and timm: models, with PyTorch in an environment of its own
	@[ -e $(TORCH)/ready ] || $(MAKE) --no-print-directory $(TORCH)/ready
	@PYTHONPATH=src $(TORCH)/bin/python -m pytest -m torch

test-cluster: $(READY)  ## the tests of CLUSTER=..., with Ray in an environment of its own
	@[ -e $(CLUSTERED)/ready ] || $(MAKE) --no-print-directory $(CLUSTERED)/ready
	@PYTHONPATH=src $(CLUSTERED)/bin/python -m pytest -m cluster --numprocesses=0

stress: $(READY)  ## attack copies of this checkout with kills, damage and hostile input; SEED=0 and TRIES=200
	@PYTHONPATH=src:tests $(PYTHON) -m stress $(if $(SEED),--seed $(SEED)) $(if $(TRIES),--tries $(TRIES))

lab: $(READY)  ## open the notebooks in JupyterLab, reachable from this machine only
	@PYTHONPATH="$$PWD/src" $(PYTHON) -m jupyterlab $(if $(filter 0,$(shell id -u)),--allow-root) --ip=127.0.0.1 --LabApp.news_url=None \
	  --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate notebooks

bench: $(READY)  ## measure the speeds quoted in the README; PEERS=1 for those of other libraries as well
	@[ -z "$(PEERS)" ] || [ -e $(PEERED)/ready ] || $(MAKE) --no-print-directory $(PEERED)/ready
	@$(if $(PEERS),$(subst $(PYTHON),$(PEERED)/bin/python,$(EVALBOOK)) bench --peers,$(EVALBOOK) bench)

bench-growth: $(READY)  ## measure how time and memory grow with the number of items; CASE='evaluate, 10 classes' for one
	@PYTHONPATH=src:tests $(PYTHON) -m growth $(if $(CASE),"$$CASE")

bench-cluster: $(READY)  ## measure what a second node of Ray gains, on this machine
	@[ -e $(CLUSTERED)/ready ] || $(MAKE) --no-print-directory $(CLUSTERED)/ready
	@PYTHONPATH=src:tests $(CLUSTERED)/bin/python -m growth.nodes

coverage: $(READY)  ## count how often intervals, tests and promises hold; TRIES=2000 and MINUTES=50 at most
	@$(EVALBOOK) coverage $(if $(TRIES),--tries $(TRIES)) $(if $(MINUTES),--minutes $(MINUTES)); failed=$$?; $(EVALBOOK) publish && exit $$failed

setup: $(READY)  ## set up the environment and nothing else

# The newest Python that fits and brings venv: a name on the PATH may be missing, or a shim that does not run.
.venv/ready-%:
	@for python in python3.13 python3.12 python3.11 python3 ''; do \
	  "$$python" -c 'import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && break; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "evalbook: Python 3.11, 3.12 or 3.13 with its venv is needed (on Debian: apt install python3-venv);" \
	    "found: $$(python3 -V 2>/dev/null || echo none)." >&2; exit 2; \
	fi; \
	if [ -e .venv ]; then echo "The .venv that is here is incomplete or made for another folder or lock: it is replaced."; fi; \
	echo "Setting up .venv from requirements.lock with $$("$$python" -V), once: two to five minutes."; \
	rm -rf .venv && "$$python" -m venv .venv
	@set -o pipefail; .venv/bin/python -m pip install --disable-pip-version-check --no-compile --require-hashes --requirement requirements.lock \
	  | awk '/^Collecting/ { printf "."; fflush() } END { print "" }'
	@.venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

%: FORCE | $(READY)  ## run one study by its name
	@$(RUN)
.cache/torch-%/ready: PINS = tests/torch.txt
.cache/cluster-%/ready: PINS = tests/cluster.txt
.cache/peers-%/ready: PINS = tests/peers.txt
.cache/torch-%/ready .cache/cluster-%/ready .cache/peers-%/ready:
	@echo "Setting up $(@D) from $(PINS), once$(if $(findstring cluster,$@),,: up to 6 GB where its wheel of PyTorch brings CUDA)."
	@rm -rf $(@D) && $(PYTHON) -m venv --without-pip $(@D)
	@site='import sysconfig; print(sysconfig.get_path("purelib"))'; \
	  $(PYTHON) -c "$$site" > "$$($(@D)/bin/python -c "$$site")/evalbook.pth"; \
	  ln -s "$$($(PYTHON) -c 'import sys; print(sys.prefix)')/share" $(@D)/share  # where nbconvert looks for templates
	@$(@D)/bin/python -m pip install --disable-pip-version-check --quiet --no-compile --requirement $(PINS)
	@touch $@

clean:  ## remove everything built and rendered; keep downloads and the environment
	@if command -v $(PYTHON) > /dev/null; then exec $(EVALBOOK) clean; fi; \
	  rm -rf build && find reports -mindepth 1 -maxdepth 1 ! -name README.md ! -name '*.png' -exec rm -rf {} +

distclean: clean  ## remove downloads and the environment as well
	@rm -rf .venv .cache

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z%].*## / { sub(/^%/, "<study>", $$1); printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@echo "  JOBS=1 runs one stage at a time (default 4), -k continues after a failure, PYTHON=python uses your own environment."
	@echo "  EVALBOOK_DEBUG=1 shows the traceback behind a one-line error."


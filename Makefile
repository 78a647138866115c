# The only conductor: params -> plan -> notebooks -> reports.
#
# What is out of date is decided by content, never by modification times: `python -m helpers plan`
# writes build/plan.mk, which holds the stages to run and the edges between them. One recipe runs them all.

SHELL := bash
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules

# Stages side by side. What is timed has cores of its own, so that costs stay comparable.
JOBS ?= 4
# A cluster's launcher may stand before each stage: make RUNNER='srun --cpus-per-task=2'
RUNNER ?=
# An environment of one's own: make PYTHON=python (conda), which skips the set-up.
PYTHON ?= .venv/bin/python
EVALBOOK = env PYTHONPATH=src PYTHONHASHSEED=0 $(PYTHON) -m helpers

# The environment is ready when this file is there: it names the lock and the folder, and is written last.
READY := $(if $(filter .venv/bin/python,$(PYTHON)),.venv/ready-$(firstword $(shell (pwd; cat requirements.lock) | cksum)))
STUDIES := $(basename $(notdir $(wildcard params/*.yaml params/full/*.yaml)))

-include build/plan.mk
build/plan.mk Makefile: ;

.PHONY: all setup stages test lab list why check bench clean distclean help $(STUDIES) $(STAGES)

all: $(READY)  ## set up, run every study of params/, render the reports, say where the index is
	@$(EVALBOOK) plan $(STUDY)
	@if grep -q '^  ' build/plan.mk; then \
	  $(if $(RUNNER),,$(EVALBOOK) above) $(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS)) stages; failed=$$?; \
	  $(EVALBOOK) publish $(STUDY); exit $$failed; fi

$(STUDIES): %:  ## (a study's name) run that study alone
	@$(MAKE) --no-print-directory all STUDY=$@

stages: $(STAGES)

$(STAGES): | $(READY)
	@$(RUNNER) $(EVALBOOK) stage $@

list: $(READY)  ## list the studies
	@$(EVALBOOK) list

why: $(READY)  ## say why each stage that is out of date is so (STUDY=name for one study)
	@$(EVALBOOK) why $(STUDY)

check: $(READY)  ## hold the numbers against each study's `expect` (STUDY=name for one study)
	@$(EVALBOOK) check $(STUDY)

test: $(READY)  ## run the tests
	@PYTHONPATH=src $(PYTHON) -m ruff format --check --quiet . && PYTHONPATH=src $(PYTHON) -m ruff check --quiet .
	@PYTHONPATH=src $(PYTHON) -m pytest

lab: $(READY)  ## open JupyterLab on the notebooks, on this machine only
	@PYTHONPATH=$(CURDIR)/src $(PYTHON) -m jupyter lab --ip=127.0.0.1 --LabApp.news_url=None \
	  --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate notebooks

bench: $(READY)  ## measure the speed claims of the README
	@$(EVALBOOK) bench

setup: $(READY)  ## set up the environment alone

.venv/ready-%:
	@python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and f"evalbook: python3 is {sys.version.split()[0]}, 3.11 is needed")'
	@echo "Setting up .venv from requirements.lock, once: two to five minutes."
	@rm -rf .venv && python3 -m venv .venv
	@set -o pipefail; .venv/bin/python -m pip install --disable-pip-version-check --no-compile --require-hashes --requirement requirements.lock \
	  | awk '/^Collecting/ { printf "."; fflush() } END { print "" }'
	@.venv/bin/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

clean:  ## remove what was built and rendered; downloads and the environment stay
	@rm -rf build && find reports -mindepth 1 -maxdepth 1 ! -name README.md ! -name '*.png' -exec rm -rf {} +

distclean: clean  ## remove downloads and the environment too
	@rm -rf .venv .cache

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z$$(].*## / { sub(/^\$$\(STUDIES\).*/, "<study>", $$1); printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo "  JOBS=1 runs one stage at a time (4 by default), -k goes on after a failure, PYTHON=python uses an environment of yours."

.DEFAULT:
	@$(MAKE) --no-print-directory all STUDY=$@

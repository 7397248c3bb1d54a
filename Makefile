# What a person remembers: make demo, test, lint, bench, docs, test-model, test-editors. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-model test-editors lint bench docs lock clean
.DELETE_ON_ERROR:

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Intaglio needs Python 3.11 or later; set PYTHON=..."; exit 3; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Intaglio and its tools into $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP)  ## the main job on the shipped examples: no key, no model needed
	@$(BIN)/intaglio demo

test: $(STAMP)  ## every test that needs no model and no editor
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not model and not editor"

test-model: $(STAMP)  ## the tests that judge a real model: INTAGLIO_TEST_MODEL_URL=http://127.0.0.1:PORT/v1
	$(BIN)/python -m pytest -m model tests/model -s

test-editors: $(STAMP)  ## the clients, in real editors; installs those that it can, REQUIRE_EDITORS=1 fails without one
	tests/editors/install
	$(BIN)/python -m pytest -n 2 --dist load -m editor tests/editors
	editors/vscode/run-tests

lint: $(STAMP)  ## ruff, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(STAMP)  ## the speed figures, each a ratio within one run
	@$(BIN)/python benchmarks/run.py

docs: $(STAMP)  ## write the generated pages anew
	$(BIN)/python -m intaglio.pages
	$(BIN)/python tests/lsp/transcript.py

lock: $(STAMP)  ## resolve the lock file with hashes anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --all-extras --group dev --no-header -o requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache build dist

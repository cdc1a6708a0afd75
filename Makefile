# Everything that a reader, a re-runner or an author does often. `make` lists it.
# Without make (Windows): README.md gives the same in three plain lines.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.installed
PORT   ?= 8000

.DEFAULT_GOAL := help
.PHONY: help book test lab outputs data serve bench lock clean

help:  ## list the commands
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp is older than the lock or the package's description whenever these change; then pip brings the
# environment up to date. It is written last, so that an interrupted installation starts again.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "This book needs Python 3.11 or newer; found " + sys.version.split()[0] + ". Say which one to use: make PYTHON=python3.12 book")'
	@echo "== setting up $(VENV) (a few minutes the first time)"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

book: $(READY)  ## run what has changed and build the book into _build/html
	@$(BIN)/python tools/build_book.py

test: $(READY)  ## build the book if needed and run all tests
	@$(BIN)/python tools/build_book.py
	@$(BIN)/python tools/browser.py
	@$(BIN)/python -m pytest

lab: $(READY)  ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab notebooks

outputs: $(READY)  ## run all notebooks in place and store normalised outputs
	@$(BIN)/python tools/refresh_outputs.py

data: $(READY)  ## check the tables; write them as a zip and as an SQLite file into _build/data
	@$(BIN)/python -m scidip check
	@$(BIN)/python -m scidip data --out _build/data

serve: book  ## build the book and serve it on this machine only
	@echo "== http://127.0.0.1:$(PORT)/ (stop with Ctrl-C)"
	@$(BIN)/python -m http.server $(PORT) --bind 127.0.0.1 --directory _build/html

bench: $(READY)  ## time the network measures against plain networkx
	@$(BIN)/python tools/bench.py

lock:  ## rewrite requirements.lock from requirements.in (needs uv)
	uv pip compile --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --quiet \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" requirements.in -o requirements.lock

clean:  ## remove the built book, caches and the environment
	rm -rf _build dist $(VENV) .pytest_cache .hypothesis scidip.egg-info

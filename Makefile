# Two commands matter: `make demo` and `make test`. Each sets up .venv by itself, once.

PYTHON ?= python3
BIN    := .venv/bin
READY  := .venv/.ready

SEED    ?= 1
PERIODS ?= months
SIZE    ?= 200000
OUT     ?=

.PHONY: demo test lint types format docs site first-answer lock bench screenshots test-spark example-aicpa example-o2c setup clean
.DEFAULT_GOAL := help
.SUFFIXES:

help:
	@echo "make demo                                  set up, simulate the case, examine it, say where the report is"
	@echo "make test                                  set up, lint, check types, run the tests"
	@echo "make example-aicpa DATA=<folder> OUT=<run> a general ledger in the AICPA Audit Data Standard"
	@echo "make example-o2c DATA=<folder> OUT=<run> PERIODS=months|quarters   order to cash"
	@echo "make bench SIZE=<entries> OUT=<file.json>  time and memory on made-up books"
	@echo "make test-spark                            the same figures on Spark (needs Java)"
	@echo "make docs                                  print docs/ from the code"
	@echo "make site                                  build the documentation into site/, to be read offline"
	@echo "make first-answer                          time a new user's way: new clone, three raw exports, results"
	@echo "make screenshots                           take docs/pictures/ anew from the demo run"
	@echo "make format, make lock                     for contributors"

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@echo "Setting up .venv (once; about a minute)"
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(v < (3, 11) and "Python 3.11 or later is needed; this is %d.%d. Say which: make PYTHON=python3.12 ..." % v)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "python3 -m venv does not work here; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY)
	@rm -rf demo-case
	@$(BIN)/earned simulate cloopen demo-case --seed $(SEED) >/dev/null
	@$(BIN)/earned examine demo-case/books --out demo-run --force --exit-zero
	@echo
	@echo "The report: demo-run/report.html    The workpaper: demo-run/workpaper.xlsx    The books: demo-case/books"

# The tests come last, so that the runner's closing line is the last line.
test: lint types
	@$(BIN)/python -m pytest --numprocesses 2 $(PYTEST)

lint: $(READY)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "make format puts this right" >&2; exit 1; }

types: $(READY)
	@$(BIN)/mypy --no-error-summary

format: $(READY)
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

docs: $(READY)
	@$(BIN)/python -m tools.print_docs

# With --quiet a warning is no error to --strict. The variable spares the advertisement of what comes after MkDocs.
site: $(READY)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "The documentation: site/index.html    With search: $(BIN)/python -m http.server --bind 127.0.0.1 --directory site"

first-answer:
	@$(PYTHON) -m tools.first_answer

lock: $(READY)
	@tools/lock

# Third-party books: `tools/example.py` lays the files beside the books.yaml of the example.
example-aicpa example-o2c: $(READY)
	@test -n "$(DATA)" -a -n "$(OUT)" || { echo "usage: make $@ DATA=<folder> OUT=<run folder>" >&2; exit 2; }
	@$(BIN)/python tools/example.py $(@:example-%=%) "$(DATA)" "$(OUT)" "$(PERIODS)"

screenshots: $(READY)
	@test -f demo-run/report.html || $(MAKE) --no-print-directory demo
	@$(BIN)/python tools/screenshots.py demo-run

bench: $(READY)
	@test -n "$(OUT)" || { echo "usage: make bench SIZE=<entries> OUT=<file.json>" >&2; exit 2; }
	@$(BIN)/python tools/bench.py --size "$(SIZE)" --out "$(OUT)"

test-spark: $(READY)
	@tools/test_spark

clean:
	rm -rf .venv .venv-spark demo-case demo-run site .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist

# Two commands do everything on a bare machine with Python 3.11 or newer:
#   make report   regenerates the figures, judges the findings, writes the report, all under build/
#   make test     lint, types, unit tests, notebooks, claims: every part, then what failed
# and for those who change things:
#   make nulls      measures every claim on every null again, and holds the table of verdicts
#                   against it (a quarter of an hour)
#   make noise      judges them under noise of the size of the quantization (an hour)
#   make figures    regenerates the committed figures
#   make bench      measures this package against other tools (twenty minutes), or only some works:
#                   WORKS="w1 w2" (benchmarks/bench.py); their environments are made first
#   make lab        tries the views of results in a real JupyterLab, and in a page of nbconvert
#   make mutants    tries small changes of the measuring and judging modules on their tests (hours)
#   make generated  writes again what is generated: schemas, template sets, the manifest of
#                   figures, and from a full run of the claims (make nulls) the table of verdicts,
#                   the numbers of known negatives, the rates of nulls
PYTHON ?= python3
MODEL ?= smollm2
JOBS ?= 2
WORKS ?=
BIN := .venv/bin
# Packages are compiled when they are first imported: without that each process would compile torch.
unexport PYTHONDONTWRITEBYTECODE
LINT := ruff format types imports
PARTS := $(LINT) notebooks tests outputs claims

.PHONY: report test lint nulls noise bench lab figures mutants generated environment development constraints clean $(PARTS)

report: environment
	$(BIN)/replicate figures --model $(MODEL) --jobs $(JOBS) --out build/figures --changed
	$(BIN)/replicate explore --model $(MODEL) --changed
	$(BIN)/pytest claims -q; judged=$$?; \
	  $(BIN)/replicate report --figures build/figures && exit $$judged

# The parts in their order: each runs, whatever became of those before it.
test: development
	@failed=; for part in $(PARTS); do \
	  echo "== $$part"; $(MAKE) --no-print-directory $$part || failed="$$failed $$part"; \
	done; \
	if [ -n "$$failed" ]; then echo "== failed:$$failed"; exit 1; fi; \
	echo "== all passed: $(PARTS)"

lint: $(LINT)

ruff: development
	$(BIN)/ruff check

format: development
	$(BIN)/ruff format --check

types: development
	$(BIN)/mypy

imports: development
	$(BIN)/lint-imports

notebooks: environment
	$(BIN)/replicate figures --model $(MODEL) --jobs $(JOBS) --out build/figures

tests: development
	OMP_NUM_THREADS=1 $(BIN)/pytest tests -q -n $(JOBS)

# The executed notebooks once more, by nbval: they run, and say the same. What they measured is kept.
outputs: development
	OMP_NUM_THREADS=1 $(BIN)/pytest -p forked_kernels --nbval build/notebooks/$(MODEL) -q \
	  -n $(JOBS) --dist loadfile

# On the published numbers and the model, without its nulls: after a change they take a quarter of an
# hour (make nulls).
claims: environment
	$(BIN)/pytest claims -q --nulls none

nulls: environment
	$(BIN)/pytest claims -q --anew
	$(BIN)/replicate verdicts --check docs/verdicts.md

noise: environment
	$(BIN)/python -m replication.judging.noise claims $(MODEL)

bench: development
	$(BIN)/python benchmarks/bench.py $(WORKS)

# JupyterLab has an environment of its own: two hundred packages that nothing else needs.
lab: development build/lab/ready
	$(BIN)/python tests/try_jupyter.py build/lab/bin/jupyter

build/lab/ready:
	$(PYTHON) -m venv build/lab
	build/lab/bin/python -m pip install --quiet --no-compile jupyterlab nbconvert
	touch $@

mutants: development
	$(BIN)/python benchmarks/mutations.py

figures: environment
	REPLICATE_ANEW=1 $(BIN)/replicate figures --model $(MODEL) --jobs $(JOBS)

generated: environment
	$(BIN)/python -m replication.judging.schemas
	$(BIN)/python -m replication.questions.template_maker
	$(BIN)/python -m replication.figures.manifest
	$(BIN)/replicate verdicts --write docs/verdicts.md --picture docs/crossing-depths.svg
	$(BIN)/replicate negatives --write
	$(BIN)/python -m replication.judging.committed $(MODEL)

# The environment is made again when what it is made from has changed: with what the report needs,
# and then what the tests need. Only what is imported is compiled, when it is.
INSTALL := $(BIN)/python -m pip install --quiet --no-compile -c constraints.txt

environment: .venv/ready

development: .venv/development

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(INSTALL) --upgrade pip
	$(INSTALL) --editable '.[claims,report]'
	$(BIN)/replicate fetch $(MODEL)
	touch $@

.venv/development: .venv/ready
	$(INSTALL) --editable '.[dev]'
	touch $@

# Lock the versions of a fresh environment.
constraints:
	rm -rf build/fresh
	$(PYTHON) -m venv build/fresh
	build/fresh/bin/python -m pip install --quiet --upgrade pip
	build/fresh/bin/python -m pip install --quiet '.[dev]'
	build/fresh/bin/python -m pip freeze --all --exclude transformer-interfaces-replication \
	  --exclude setuptools | sed 's/+cpu$$//' > constraints.txt

clean:
	rm -rf .venv build

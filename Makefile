# The two commands of a newcomer: `make run` and `make test`. Each makes the checkout ready by itself.
.DEFAULT_GOAL := help
BIN := .venv/bin
# One half of the suite on each core, unless PostgreSQL and Redis are given: there is only one of each then.
HALVES := $(if $(DATABASE_URL)$(REDIS_URL),,--numprocesses=auto --dist=loadfile --no-loadscope-reorder)

.PHONY: help ready run test check bench backup restore faults format generate messages clean

help:           ## this list
	@sed -n 's/^\([a-z]*\): *[a-z]* *## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

ready:          ## environment, locked dependencies, system libraries
	@./deploy/bootstrap.sh

run: ready      ## the portal with an invented province, on http://127.0.0.1:8000 (PORT=… for another)
	@. ./.venv/environment && exec $(BIN)/python -m config.run

test: ready     ## the whole suite on a real PostgreSQL and Redis (ARGS="tests/ebys -x" for a part)
	@. ./.venv/environment && exec $(BIN)/pytest $(or $(ARGS),$(HALVES))

check: ready    ## style, types, floors, own rules, templates, translations, generated files, migrations, production settings
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	. ./.venv/environment && $(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive config audit accounts processes ebys security_docs incidents esignature helpdesk webapps manage.py
	. ./.venv/environment && $(BIN)/pytest -q -n0 tests/security/test_rules.py
	git ls-files -z '*.html' | xargs -0 $(BIN)/djade --target-version 5.2 --check
	$(BIN)/python -m config.translations check
	. ./.venv/environment && $(BIN)/python -m config.generated check
	. ./.venv/environment && $(BIN)/python manage.py makemigrations --check --dry-run --settings tests.settings
	. ./.venv/environment && $(BIN)/python -m config.rehearsal

bench: ready    ## the table of speeds beside the promises (ARGS="1000 --cases" for a short one)
	@. ./.venv/environment && exec $(BIN)/python -m bench $(ARGS)

backup: ready   ## database, files, seals and keys, encrypted into SBS_BACKUPS and restored on trial (ARGS=--quick without)
	@. ./.venv/environment && exec $(BIN)/python -m config.backup $(ARGS)

restore: ready  ## bring the newest backup back into an empty database and empty folders (ARGS="SET --into … --files …")
	@. ./.venv/environment && exec $(BIN)/python -m config.restore $(ARGS)

faults: ready   ## kill, cut, fill and starve a running installation; prints what was lost (SEED=… repeats a run)
	@. ./.venv/environment && exec $(BIN)/pytest -q -m faults tests/faults $(ARGS)

format: ready   ## lay out code and templates
	$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format --quiet
	git ls-files -z '*.html' | xargs -0 $(BIN)/djade --target-version 5.2

generate: ready ## write the committed files that come from the code
	. ./.venv/environment && $(BIN)/python -m config.generated write

messages: ready ## take new texts into the Turkish catalogues
	$(BIN)/python -m config.translations update

clean:          ## stop the private services and remove what runs left behind; the trial data goes too
	@[ ! -x $(BIN)/python ] || { $(BIN)/python -m config.services stop; $(BIN)/python -m config.services stop --test; }
	rm -rf var staticfiles .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -path ./.venv -prune -o \( -name __pycache__ -o -name '*.mo' \) -print | xargs rm -rf

# Every habit as one word. `make` alone prints them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := gaelocal/requirements.txt $(wildcard services/*/requirements.txt)
COMPILE := $(BIN)/pip-compile --quiet --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
DEPLOY = $(if $(PROJECT),,$(error which project? make $@ PROJECT=my-photos))$(PYTHON) -m deploy $@ $(PROJECT) $(if $(VERSION),--version=$(VERSION)) $(if $(DRY),--dry-run) $(ARGS)

.DEFAULT_GOAL := help
.PHONY: help run test test-pythons test-emulators api-tests fuzz-api gcloud-journey check format lint types imports openapi protobuf wheel conformance bench hostile differential campaign mail-campaign mail-growth costs consistency-lab deploy rollback teardown compose-test screenshots requirements clean

help: ## print these words
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

run: $(VENV)/.runtime ## start everything and print the URLs (ARGS="--port 9090" passes options on)
	@exec $(BIN)/gaelocal $(ARGS)

test: $(VENV)/.development ## the whole suite on the embedded local cloud (ARGS="-k cursor" passes options on)
	$(BIN)/python -m tests.sessions $(ARGS)

test-pythons: $(VENV)/.development ## the same suite on production's Python and the newest one, where they are installed
	@$(BIN)/python -m tests.on_pythons $(ARGS)

test-emulators: $(VENV)/.development ## the same suite on Google's emulators, where gcloud has them
	$(BIN)/python -m tests.on_emulators $(ARGS)

api-tests: $(VENV)/.development ## hold a running API against contract and document: URL=https://… [TOKEN=… TOKEN2=…]
	API_URL=$(URL) API_TOKEN=$(TOKEN) API_TOKEN2=$(TOKEN2) $(BIN)/python -m pytest -rs tests/journeys/conformance $(ARGS)

fuzz-api: $(VENV)/.development ## 20,000 examples by schemathesis over the whole API (ARGS="--examples 500 --seed 7")
	$(BIN)/python -m tests.fuzzing $(ARGS)

gcloud-journey: $(VENV)/.development ## deploy everything into the laptop with the real gcloud, and show what it prints
	$(BIN)/python -m pytest -s tests/journeys/test_gcloud.py $(ARGS)

check: lint types imports test ## what CI runs: format, lint, types, import contracts, tests

format: $(VENV)/.development ## rewrite the code the way `make lint` wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(VENV)/.development ## format and lint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.development ## mypy, strict
	$(BIN)/mypy timeline gaelocal/src/gaelocal bench deploy labs/consistency/main.py services/*/[a-z]*_[a-z]* clients/python/src/photo_timeline

imports: $(VENV)/.development ## who may import whom
	PYTHONPATH=$$(echo . gaelocal/src services/* | tr ' ' ':') $(BIN)/lint-imports --no-cache

openapi: $(VENV)/.development ## write docs/openapi.json from the code, unless that would break clients without a word
	PYTHONPATH=.:services/api-backend $(BIN)/python -m tests.api_contract

wheel: $(VENV)/.development ## build gaelocal's wheel, install it elsewhere, and run a project with it
	$(BIN)/python gaelocal/scripts/try_wheel.py

protobuf: $(VENV)/.development ## generate gaelocal's protobuf messages from Google's installed clients
	$(BIN)/python gaelocal/scripts/generate_protobuf.py

conformance: $(VENV)/.development ## gaelocal against suites that others wrote (ARGS: see gaelocal/conformance/README.md)
	cd gaelocal && ../$(BIN)/python -m conformance $(ARGS)

bench: $(VENV)/.development ## every measured claim, as ratios
	$(BIN)/python -m bench $(ARGS)

hostile: $(VENV)/.development ## post more than 6,000 files that mean harm, and count what they cost
	$(BIN)/python -m bench.hostile $(ARGS)

differential: $(VENV)/.development ## post 900 images of six formats, and show where they differ from headless Chromium (ARGS="--generated --only 'png *'")
	$(BIN)/python -m tests.journeys.differential $(ARGS)

campaign: $(VENV)/.development ## post 1,000 photos while processes are killed, and count what is lost
	$(BIN)/python -m bench.kill_campaign $(ARGS)

mail-campaign: $(VENV)/.development ## mail 1,000 people while tasks-backend is killed, and count what came twice or never
	$(BIN)/python -m bench.mail_campaign $(ARGS)

mail-growth: $(VENV)/.development ## what the daily job costs for 100, 1,000 and 10,000 people
	$(BIN)/python -m bench.mail_growth $(ARGS)

costs: $(VENV)/.development ## what 1,000 photos cost at Google, from the operations counted
	$(BIN)/python -m bench.costs $(ARGS)

consistency-lab: $(VENV)/.runtime ## an ancestor query and a global one side by side on a page, as stale as it gets
	@exec $(BIN)/gaelocal --app labs/consistency --data .gaelocal-lab --fresh --consistency 0.0 $(ARGS)

deploy: ## everything to App Engine, smoke-tested before it gets traffic (PROJECT=my-photos, VERSION=…, DRY=1)
	@$(DEPLOY)

rollback: ## all traffic back to the version before (PROJECT=my-photos, VERSION=…, DRY=1)
	@$(DEPLOY)

teardown: ## remove rules, jobs, queues and services; asks first (PROJECT=my-photos, DRY=1)
	@$(DEPLOY)

compose-test: $(VENV)/.development ## the journey through the containers, where a docker daemon runs (ARGS="--profile google")
	$(BIN)/python -m tests.containers.journey $(ARGS)

screenshots: $(VENV)/.development ## take the pictures in README and docs again
	$(BIN)/python -m tests.screenshots

requirements: $(VENV)/.development ## compile every *.in file to pinned versions
	$(COMPILE) --upgrade -o requirements-dev.txt requirements-dev.in
	for folder in gaelocal services/*/; do $(COMPILE) -c requirements-dev.txt -o $${folder%/}/requirements.txt $${folder%/}/requirements.in; done

clean: ## remove what was installed and what was posted
	rm -rf $(VENV) .venv-3.* .gaelocal .gaelocal-lab .deploy .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name it with `make PYTHON=python3.13 …`")'
	@echo "First use: making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python $(RUNTIME)
	@echo "Installing the pinned packages into $(VENV) (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(RUNTIME:%=-r %)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable gaelocal
	@touch $@

$(VENV)/.development: $(VENV)/.runtime requirements-dev.txt
	@echo "Installing the tools for tests and checks (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

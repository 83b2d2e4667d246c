# Two commands: `make up` runs everything on this machine, `make test` tests everything. `make help` lists the rest.

VENV := .venv
BIN := $(VENV)/bin
# Made when their sources change; the files say that the step was completed.
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
# Programs that tests call the gateway with; each pins what it needs, so each lives alone.
CLIENTS := $(VENV)/clients
INSTALLED_CLIENTS := $(CLIENTS)/boto3-oldest/.installed $(CLIENTS)/aws-cli/.installed $(CLIENTS)/javascript/.installed \
	$(CLIENTS)/browser/.installed $(CLIENTS)/helm/.installed
# What reads the Terraform code as an auditor would; it pins much, so it lives alone, too.
INSTALLED_CHECKOV := $(VENV)/checkov/.installed
# What the images are made of.
IMAGES := collections/ansible_collections/genai/gateway/roles/container_image/files
# In CI the tests of images have to run, where their programs can be had.
IMAGE_TOOLS := $(if $(CI),$(shell test "$$(id -u)" = 0 && command -v apt-get > /dev/null && echo image-tools))
# Tests that wait for half of their time, each for its database: more at once than there are processors. The first
# files take longest, and begin together.
WORKERS := $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) * 3 / 2 )))
DEPLOYING := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# Arguments for the tool behind a target: make up ARGS="-e local_gateway_port=3100", make test ARGS="-k relay"
ARGS ?=

# The newest Python that runs, is new enough, and can make environments. A name on PATH may be a shim that fails.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& { echo "$$p"; break; }; done)
define NO_PYTHON
No Python 3.11, 3.12 or 3.13 was found that can make environments. Install one (on Debian and Ubuntu with its
venv package: apt install python3-venv), or name it: make up PYTHON=/path/to/python3.12
endef
export NO_PYTHON

# Ansible wants UTF-8, which is not everybody's locale, and would not read its settings from a directory open to all.
UTF8 = case "$${LC_ALL:-$${LC_CTYPE:-$$LANG}}" in *[Uu][Tt][Ff]*) ;; *) export LC_ALL=C.UTF-8 ;; esac
PLAYBOOK = $(UTF8); export ANSIBLE_CONFIG="$(CURDIR)/ansible/ansible.cfg"; cd ansible && ../$(BIN)/ansible-playbook
COMPILE = $(BIN)/uv pip compile --universal --fork-strategy fewest --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock"
NPM = $(BIN)/npm --ignore-scripts --no-audit --no-fund --no-update-notifier

.DEFAULT_GOAL := help
.PHONY: help up down clean status logs lock config docs chart collection migrations image-tools test test-deployments test-terraform test-all check format bench

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

up: $(INSTALLED) ## Run the gateway, LiteLLM and a model on this machine; repair and update them
	@$(PLAYBOOK) deploy.yml -e platform=LOCAL $(ARGS)
	@cat .local/welcome.txt

down: ## Stop everything and keep the data
	@if [ -x $(BIN)/ansible-playbook ]; then $(PLAYBOOK) undeploy.yml -e platform=LOCAL $(ARGS); fi

clean: ## Stop everything and forget the data
	@if [ -x $(BIN)/ansible-playbook ]; then $(PLAYBOOK) undeploy.yml -e platform=LOCAL -e local_data=delete $(ARGS); fi

status: ## Show what runs, and whether the gateway has all that it needs
	@code=0; $(BIN)/supervisorctl -c .local/supervisord.conf status || code=$$?; \
	$(BIN)/genai-gateway status --url "$$(. .local/stack.env && echo "$$GATEWAY_URL")" || code=$$?; exit $$code

logs: ## Follow the logs
	@tail -n 20 -F .local/log/*.log

image-tools: ## Install what the tests of images build with (Debian and Ubuntu, as root)
	apt-get update --quiet --quiet
	xargs apt-get install --quiet --quiet --yes --no-install-recommends < tests/images/packages.txt

test: $(INSTALLED_DEV) $(INSTALLED_CLIENTS) $(INSTALLED_CHECKOV) $(IMAGE_TOOLS) ## Run the whole test suite
	$(BIN)/pytest -n auto --dist loadfile -m "not slow and not matrix and not molecule" $(ARGS)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m molecule tests/molecule

test-deployments: $(INSTALLED_DEV) ## Run the tests that deploy, on a simulated AWS: each platform from its plan to its end
	$(BIN)/pytest $(DEPLOYING) -m slow tests/operator tests/terraform $(ARGS)

test-terraform: $(INSTALLED_DEV) $(INSTALLED_CHECKOV) ## Run all tests of the Terraform code, every kind of deployment among them
	$(BIN)/pytest -n auto --dist worksteal tests/terraform $(ARGS)

test-all: $(INSTALLED_DEV) $(INSTALLED_CLIENTS) $(INSTALLED_CHECKOV) ## Run the whole test suite, and the slow tests
	$(BIN)/pytest -n auto --dist loadfile -m "not slow and not matrix and not molecule" $(ARGS)
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "slow or matrix or molecule" $(ARGS)

check: $(INSTALLED_DEV) ## Lint and check types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/yamllint --strict .
	ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/collections" PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/ansible-lint

format: $(INSTALLED_DEV) ## Format the Python code
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: $(INSTALLED_DEV) ## Measure what the gateway costs
	$(BIN)/python tests/bench/run.py $(ARGS)

lock: $(INSTALLED_DEV) ## Pin the requirements anew, with hashes; ARGS=--upgrade takes newer versions
	$(COMPILE) $(ARGS) requirements.in -o requirements.txt
	$(COMPILE) $(ARGS) requirements-dev.in -o requirements-dev.txt
	$(COMPILE) $(ARGS) tests/clients/boto3-oldest.in -o tests/clients/boto3-oldest.txt
	$(COMPILE) $(ARGS) tests/clients/aws-cli.in -o tests/clients/aws-cli.txt
	$(COMPILE) $(ARGS) tests/clients/helm.in -o tests/clients/helm.txt
	$(COMPILE) $(ARGS) tests/terraform/checkov.in -o tests/terraform/checkov.txt
	$(COMPILE) $(ARGS) -c requirements.txt gateway/requirements.in -o gateway/requirements.txt
	$(COMPILE) $(ARGS) -c requirements.txt $(IMAGES)/litellm.in -o $(IMAGES)/litellm.txt
	$(COMPILE) $(ARGS) -c requirements.txt $(IMAGES)/fake-llm.in -o $(IMAGES)/fake-llm.txt
	$(NPM) install --prefix $(IMAGES)/prisma --package-lock-only --omit-lockfile-registry-resolved
	$(NPM) install --prefix tests/clients/javascript --package-lock-only --omit-lockfile-registry-resolved
	$(NPM) install --prefix tests/browser --package-lock-only --omit-lockfile-registry-resolved

config: $(INSTALLED) ## Write LiteLLM's base configuration and the regions' from config/models.yaml
	$(BIN)/python config/generate.py

docs: $(INSTALLED) ## Write the tables of variables in the READMEs of the roles
	$(BIN)/python collections/document.py

collection: $(INSTALLED) ## Build the collection as an artifact in dist/, which needs no checkout
	$(BIN)/python collections/build.py

chart: $(INSTALLED_DEV) ## Write the Helm chart from the templates of the role eks_workload
	PYTHONPATH=collections $(BIN)/python -m ansible_collections.genai.gateway.plugins.module_utils.helm_chart

migrations: $(INSTALLED_DEV) ## Write a migration for what has changed in the models of gateway/
	$(BIN)/tortoise -c gateway.database.schema.TORTOISE makemigrations $(ARGS)
	$(BIN)/ruff format gateway/database/migrations

$(INSTALLED): requirements.txt pyproject.toml collections/requirements.yml collections/requirements-wheel.txt
	@test -n "$(PYTHON)" || { echo "$$NO_PYTHON" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python collections/install.py
	@touch $@

$(INSTALLED_DEV): $(INSTALLED) requirements-dev.txt
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@touch $@

# An environment of its own, for what pins so much that it cannot share one.
define ALONE
$(BIN)/python -m venv --clear --without-pip $(@D)
$(BIN)/python -m pip --python $(@D)/bin/python install --disable-pip-version-check --no-deps --require-hashes -r $<
@touch $@
endef

# After the bar: needed to install them, no reason to install them again.
$(CLIENTS)/%/.installed: tests/clients/%.txt | $(INSTALLED)
	$(ALONE)

$(INSTALLED_CHECKOV): tests/terraform/checkov.txt | $(INSTALLED)
	$(ALONE)

$(CLIENTS)/javascript/.installed: tests/clients/javascript/package.json tests/clients/javascript/package-lock.json | $(INSTALLED)
	@mkdir -p $(@D)
	@cp $^ $(@D)
	$(NPM) ci --prefix $(@D)
	@touch $@

$(CLIENTS)/browser/.installed: tests/browser/package.json tests/browser/package-lock.json | $(INSTALLED)
	@mkdir -p $(@D)
	@cp $^ $(@D)
	$(NPM) ci --prefix $(@D)
	@touch $@

.PHONY: help run test faults examples schemathesis browser lint lint.openapi fmt migrate clean env dotenv up up.echo up.db up.db-echo down down.total logs.db shell.db prune

export APP_ENV ?= local
# Who owns .secrets.toml, and runs the container that reads it.
export HOST_UID ?= $(shell id -u)
export HOST_GID ?= $(shell id -g)

COMPOSE = docker compose --env-file .env.$(APP_ENV)

help: ## Show this list
	@grep -E '^[a-z.-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: ## Serve in the environment that APP_ENV names
	cargo run

test: ## Run every test
	cargo test

faults: ## Stop, freeze and replicate PostgreSQL under the running service
	cargo test --test black_box -- --ignored --test-threads=1 database_outage:: read_replica::

examples: ## Do what the examples show; needs Node.js, Python, curl and jq
	cargo test --test black_box -- --ignored clients:: cookbook::

schemathesis: ## Hold generated requests against the OpenAPI document; needs Python
	cargo test --test black_box -- --ignored schemathesis::

browser: ## Use Swagger UI in headless Chromium; needs Node.js
	cargo test --test black_box -- --ignored browser::

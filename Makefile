.PHONY: help run test docs guides gate how-to how-to.quick faults faults.machine faults.postgres faults.failover faults.restart examples schemathesis browser timing cov overload bench bench.growth bench.peers bench.instructions bench.micro recording screenshots lint lint.bench lint.shell lint.openapi deny unused hooks fmt migrate clean env dotenv up up.echo up.db up.db-echo down down.total logs.db shell.db prune

export APP_ENV ?= local
# Who owns .secrets.toml, and runs the container that reads it.
export HOST_UID ?= $(shell id -u)
export HOST_GID ?= $(shell id -g)

# The doubles of the ports and the suites that every implementation of them has to pass are tests, too.
COV_REPORT = --ignore-filename-regex '(/tests/|/tests\.rs$$|test-database/|/testing|/contract)'
COMPOSE = docker compose --env-file .env.$(APP_ENV)

help: ## Show this list
	@grep -E '^[a-z.-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: ## Serve in the environment that APP_ENV names
	cargo run

test: ## Run the tests; those that need more than Rust have targets of their own
	cargo test

docs: ## Draw the dependency graph of docs/architecture anew
	UPDATE_DOCS=1 cargo test --test architecture -- dependency_graph::

guides: ## Type in what the guides have for a shell; needs bash, curl, jq, openssl, psql, sqlite3, TEST_POSTGRES_URL
	cargo test --test black_box -- --ignored readme:: pages:: papers:: api_guide:: deployment_guide:: moving_accounts:: runbooks:: erasure::

gate: ## Guard a service by the proxies of the guide; needs nginx, Caddy, Chromium, Node.js
	cargo test --test black_box -- --ignored gate::

how-to: ## Follow the how-to guides in copies of this tree, which are built and tested; needs Git, bash
	cargo test --test how_to -- --ignored --test-threads=1

how-to.quick: ## Apply them all, follow one of them to its end, start a project; needs Git, bash
	cargo test --test how_to -- --ignored --test-threads=1 applied use_case new_project

faults.machine: ## Kill, fill the disk, set the clock; needs root, mkfs.ext4, libfaketime, TEST_POSTGRES_URL
	cargo test --test black_box -- --ignored --test-threads=1 durability:: disk_faults:: clock_steps::

faults.postgres: ## Stop, freeze and replicate PostgreSQL servers; needs the programs of PostgreSQL, nginx, Caddy
	cargo test --test black_box -- --ignored --test-threads=1 database_outage:: read_replica::

faults.failover: ## Let PostgreSQL fail over under load, FAILOVER_ROUNDS times; needs root, the programs of PostgreSQL, Patroni, etcd, HAProxy, iptables
	cargo test --test black_box -- --ignored --test-threads=1 --nocapture failover::

faults.restart: ## Restart nodes behind HAProxy under load; needs HAProxy, socat, TEST_POSTGRES_URL
	cargo test --test black_box -- --ignored --test-threads=1 --nocapture rolling_restart::

faults: faults.machine faults.postgres faults.failover faults.restart ## All of these

examples: ## Do what the examples show; needs Node.js, Python, bash, curl, jq
	cargo test --test black_box -- --ignored clients:: cookbook::

schemathesis: ## Hold generated requests against the OpenAPI document; needs Python
	cargo test --test black_box -- --ignored schemathesis::

browser: ## Use Swagger UI and the pages in headless Chromium; needs Node.js, Chromium
	cargo test --test black_box -- --ignored browser::

timing: ## Compare the times of log-ins that fail; needs a machine that does nothing else
	cargo test --test black_box -- --ignored --test-threads=1 log_in_times::

# %c writes each count at once: most tests end their server by kill -9.
cov: ## Measure what cargo test reaches, the program it starts included; needs cargo-llvm-cov
	RUSTFLAGS="-C llvm-args=-runtime-counter-relocation" LLVM_PROFILE_FILE_NAME="%c%m.profraw" \
		cargo llvm-cov --workspace --no-report $(ARGS)
	cargo llvm-cov report --html $(COV_REPORT)
	cargo llvm-cov report --summary-only $(COV_REPORT)

overload: ## Ask for ten times too much; needs a machine that does nothing else
	cargo test --test black_box -- --ignored --test-threads=1 overload:: fair_hashing::

bench: ## Measure against a server without layers, with ARGS; see bench/README.md
	bench/run compare $(ARGS)

bench.growth: ## Measure with more and more users, with ARGS
	bench/run growth $(ARGS)

bench.peers: ## Measure against frameworks of other languages, with ARGS; needs TEST_POSTGRES_URL, Python, Node.js
	bench/run peers $(ARGS)

bench.instructions: ## Count the instructions of a request, with ARGS; needs Valgrind
	bench/run instructions $(ARGS)

bench.micro: ## Measure single steps of a request; needs a machine that does nothing else
	cargo bench --bench micro

recording: ## Make the recording in README anew; needs curl, jq, Node.js
	docs/recording/record

screenshots: ## Make the pictures of the pages in README and docs anew; needs Node.js, Chromium
	docs/screenshots/take

lint: ## Check formatting, lints and documentation
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items

lint.bench: ## Check the benchmarks likewise, and their own tests
	cargo fmt --all --check --manifest-path bench/Cargo.toml
	cargo clippy --all-targets --manifest-path bench/Cargo.toml -- -D warnings
	cargo test --manifest-path bench/Cargo.toml
	cargo test --bench micro

lint.shell: ## Check the shell scripts; needs ShellCheck
	shellcheck --external-sources --source-path=SCRIPTDIR $$(git grep -lE '^#!.*[/ ](ba)?sh$$|^# shellcheck shell=')

lint.openapi: ## Check the OpenAPI document with Redocly CLI; needs Node.js
	mkdir -p target
	cargo run --quiet -- openapi > target/openapi.json
	npx --yes @redocly/cli@2.77.0 lint --config tests/openapi/redocly.yaml target/openapi.json

deny: ## Check licences, bans and sources of the dependencies; needs cargo-deny
	cargo deny check bans licenses sources

unused: ## Look for dependencies that nothing uses; needs cargo-machete
	cargo machete --with-metadata

hooks: ## Check each commit for what takes seconds
	git config core.hooksPath .githooks

fmt: ## Format the code
	cargo fmt --all

migrate: ## Apply pending migrations
	cargo run -- migrate up

clean: ## Remove what was built; data and secrets stay
	cargo clean

env: ## Show the environment that APP_ENV names
	@echo APP_ENV=$(APP_ENV)

dotenv: ## Write what Docker Compose reads into .env.<APP_ENV>
	cargo run --quiet -- config dotenv

up: dotenv ## Build and start Gatehouse and PostgreSQL in containers
	$(COMPOSE) up --detach --build --wait

up.echo: dotenv ## The same in the foreground
	$(COMPOSE) up --build

up.db: dotenv ## Start PostgreSQL in a container
	$(COMPOSE) up --detach --wait db

up.db-echo: dotenv ## The same in the foreground
	$(COMPOSE) up db

down: ## Remove the containers; the data stays
	$(COMPOSE) down

down.total: ## Remove the containers and the data of PostgreSQL
	$(COMPOSE) down --volumes

logs.db: ## Follow the log of PostgreSQL
	$(COMPOSE) logs --follow db

shell.db: ## Open psql
	$(COMPOSE) exec db sh -c 'psql --username "$$POSTGRES_USER" "$$POSTGRES_DB"'

prune: ## Remove containers, networks, images and build layers of Docker that nothing uses
	docker system prune

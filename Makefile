# Tidemark. `make` alone lists the targets. Everything needs Go and nothing else; the race detector also
# needs a C compiler and is left out, with a note, where there is none.

SHELL       := /bin/sh
GO          ?= go
ARGS        ?=
FUZZTIME    ?= 10s
BENCHTIME   ?= 1s
TESTFLAGS   ?=
TESTTIMEOUT ?= 5m

# Pinned here and nowhere else; `go run` builds it once and the build cache keeps it.
GOLANGCI := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# Packages with goroutines of their own. The others are pure: there the race detector only costs time.
RACE := bus dataproduct deadletter freshness kafka lifecycle local mesh portal registry scan tail
RACE_PACKAGES = $(RACE:%=./platform/%/...)

CGO := $(shell $(GO) env CGO_ENABLED)

# Recursive, so that only `make test` asks.
PLAIN = $(shell $(GO) list ./... | grep -v -E '/platform/($(subst $() ,|,$(strip $(RACE))))(/|$$)')

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## start the whole mesh in one process: broker, registry, platform, six domains, traffic (ARGS="--bad 0.02")
	@exec ./bin/tidemark demo $(ARGS)

.PHONY: build
build: ## build tidemark and the domains' binaries into bin/
	@mkdir -p bin
	$(GO) build -o bin/ ./cmd/...

.PHONY: test
test: ## run all tests that need neither Docker nor Java, with the race detector where it matters
	@$(MAKE) --no-print-directory --keep-going test-plain test-race

.PHONY: test-plain
test-plain:
	@echo "tests of what has no goroutines of its own:"
	@$(GO) test -timeout $(TESTTIMEOUT) $(TESTFLAGS) $(PLAIN)

.PHONY: test-race
test-race:
ifeq ($(CGO),1)
	@echo "tests of the others, with the race detector:"
	@$(GO) test -race -timeout $(TESTTIMEOUT) $(TESTFLAGS) $(RACE_PACKAGES)
else
	@echo "tests of the others; without the race detector, since no C compiler was found:"
	@$(GO) test -timeout $(TESTTIMEOUT) $(TESTFLAGS) $(RACE_PACKAGES)
endif

.PHONY: race
race: ## run every test with the race detector
	$(GO) test -race -timeout 15m $(TESTFLAGS) ./...

# The packages whose tests run on real Kafka as they run on the embedded broker, built with the tag integration. They share the
# clusters, so one package has its turn after the other. Those of INTEGRATION_ALSO run on three nodes and on a secured cluster besides.
INTEGRATION         ?= ./integration ./platform/bus ./platform/dataproduct ./domains/...
INTEGRATION_ALSO    ?= ./platform/bus ./domains/...
INTEGRATION_TIMEOUT ?= 15m
INTEGRATION_TEST     = TIDEMARK_TEST_BIN=$(CURDIR)/bin $(GO) test -tags integration -p 1 -count 1 -timeout $(INTEGRATION_TIMEOUT)

# On a build machine both must be there; at a desk those that are.
ALSO_ON = $(if $(CI)$(TIDEMARK_TEST_KAFKA_THREE),three) $(if $(CI)$(TIDEMARK_TEST_KAFKA_SECURE),secure)

# Runs a command with TIDEMARK_TEST_*: as they are, else with containers that end with the command.
ON_KAFKA = $(if $(TIDEMARK_TEST_KAFKA),,$(GO) -C integration/containers run .)

.PHONY: integration
integration: build ## run the same suites on real Kafka: what TIDEMARK_TEST_KAFKA names (integration/README.md), else containers
	@$(ON_KAFKA) $(MAKE) --no-print-directory -C $(CURDIR) integration-suite

.PHONY: integration-suite
integration-suite:
	$(INTEGRATION_TEST) $(TESTFLAGS) $(INTEGRATION)
	@for cluster in $(if $(INTEGRATION_ALSO),$(ALSO_ON)); do \
		echo "on the cluster '$$cluster':"; TIDEMARK_TEST_ON=$$cluster $(INTEGRATION_TEST) $(INTEGRATION_ALSO) || exit 1; \
	done

# DATACONTRACT=1 adds the reference tool for data contracts, which is 600 MB.
DATACONTRACT ?=
PYTHON       ?= python3
CLIENTS       = bin/clients

.PHONY: clients-env
clients-env:
	@test -x $(CLIENTS)/bin/pytest || { $(PYTHON) -m venv $(CLIENTS) && $(CLIENTS)/bin/pip install -q -r integration/clients/requirements.txt; }
	@test -z "$(DATACONTRACT)" || test -x $(CLIENTS)/datacontract/bin/pytest || { $(PYTHON) -m venv $(CLIENTS)/datacontract && $(CLIENTS)/datacontract/bin/pip install -q -r integration/clients/requirements-datacontract.txt; }

.PHONY: clients
clients: build clients-env ## run other people's clients (Python, Kafka's console, kcat) against a demo on real Kafka
	@$(ON_KAFKA) $(MAKE) --no-print-directory -C $(CURDIR) clients-suite

.PHONY: clients-suite
clients-suite:
	cd integration/clients && PYTHONDONTWRITEBYTECODE=1 TIDEMARK_TEST_BIN=$(CURDIR)/bin $(CURDIR)/$(CLIENTS)/bin/pytest --ignore test_datacontract.py
	$(if $(DATACONTRACT),cd integration/clients && PYTHONDONTWRITEBYTECODE=1 TIDEMARK_TEST_BIN=$(CURDIR)/bin $(CURDIR)/$(CLIENTS)/datacontract/bin/pytest test_datacontract.py)

.PHONY: lint
lint: fmt-check vet golangci ## check formatting, go vet and the linters of .golangci.yml

.PHONY: fmt-check
fmt-check:
	@files=$$(find . -name '*.go' -not -path './.git/*' -not -path './bin/*' -exec gofmt -l {} +); \
	if [ -n "$$files" ]; then printf 'not formatted, run: gofmt -w\n%s\n' "$$files" >&2; exit 1; fi

.PHONY: vet
vet:
	$(GO) vet ./...
	$(GO) vet -tags integration ./integration ./platform/kafka/kafkatest ./platform/dataproduct/dataproducttest

.PHONY: golangci
golangci:
	$(GOLANGCI) run
	$(GOLANGCI) run --build-tags integration ./integration ./platform/kafka/kafkatest ./platform/dataproduct/dataproducttest

.PHONY: generate
generate: ## generate Go types from .avsc files and pages from .templ files
	$(GO) generate ./...

.PHONY: bench
bench: ## run the benchmarks (BENCHTIME=1s)
	$(GO) test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./...

.PHONY: bench-smoke
bench-smoke: ## run each benchmark once, to see that it still runs
	@$(MAKE) --no-print-directory bench BENCHTIME=1x

# Its own module, so that no peer is a dependency of ours. -mod=mod lets it follow the versions of this one.
.PHONY: bench-peers
bench-peers: ## run Tidemark and its peers side by side; needs Linux, for all peers Java, Maven and Python (ARGS="--records 200000 peers", docs/benchmarks.md)
	$(GO) -C integration/bench run -mod=mod . $(ARGS)

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME=10s
	@grep -rl --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
			echo "== $$(dirname "$$file") $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" || exit 1; \
		done; \
	done

# What `make up` starts; NODES=3 for three Kafka nodes, COMPOSE_PROFILES=monitoring for Prometheus and Grafana.
NODES   ?= 1
IMAGE   ?= tidemark:dev
COMPOSE  = TIDEMARK_IMAGE=$(IMAGE) docker compose $(if $(filter 3,$(NODES)),--env-file deploy/three.env)

.PHONY: image
image: ## build the container image, IMAGE=tidemark:dev; needs Docker, but no network
	@rm -rf bin/image && mkdir -p bin/image
	CGO_ENABLED=0 GOOS=linux $(GO) build -trimpath -ldflags '-s -w' -o bin/image/ ./cmd/...
	docker build --tag $(IMAGE) \
		--build-arg VERSION="$$(git describe --tags --always --dirty 2>/dev/null || echo devel)" \
		--build-arg REVISION="$$(git rev-parse HEAD 2>/dev/null || echo unknown)" .

.PHONY: up
up: image ## start a mesh on real Kafka in containers, and wait until it works (see docs/compose.md)
	$(COMPOSE) up --detach --wait --wait-timeout 300 $(ARGS)
	@printf '\nThe mesh runs:\n  platform  http://127.0.0.1:8080\n  broker    127.0.0.1:9092\n  registry  http://127.0.0.1:8081/apis/ccompat/v7\n'
	@printf 'make logs follows it, make down stops it, make down ARGS=-v forgets its data too.\n'

.PHONY: down
down: ## stop what `make up` started; the data stay (ARGS=-v deletes them)
	$(COMPOSE) --profile '*' down $(ARGS)

.PHONY: logs
logs: ## follow the logs of what `make up` started (ARGS=orders for one)
	$(COMPOSE) --profile '*' logs --follow --tail 50 $(ARGS)

.PHONY: clean
clean: ## remove bin/
	rm -rf bin

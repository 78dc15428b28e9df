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

.PHONY: lint
lint: fmt-check vet golangci ## check formatting, go vet and the linters of .golangci.yml

.PHONY: fmt-check
fmt-check:
	@files=$$(find . -name '*.go' -not -path './.git/*' -not -path './bin/*' -exec gofmt -l {} +); \
	if [ -n "$$files" ]; then printf 'not formatted, run: gofmt -w\n%s\n' "$$files" >&2; exit 1; fi

.PHONY: vet
vet:
	$(GO) vet ./...

.PHONY: golangci
golangci:
	$(GOLANGCI) run

.PHONY: generate
generate: ## generate Go types from .avsc files and pages from .templ files
	$(GO) generate ./...

.PHONY: bench
bench: ## run the benchmarks (BENCHTIME=1s)
	$(GO) test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) ./...

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME=10s
	@grep -rl --include='*_test.go' '^func Fuzz' . | sort | while read -r file; do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
			echo "== $$(dirname "$$file") $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$(dirname "$$file")" || exit 1; \
		done; \
	done

.PHONY: clean
clean: ## remove bin/
	rm -rf bin

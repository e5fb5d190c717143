# Belvédère: "make run" shows the console, "make test" proves it. Everything else is below.
# A fresh Debian with Go and gcc is enough: scripts/setup.sh installs what is missing, or says how.

GO     ?= go
DATA   ?= data
LISTEN ?= 127.0.0.1:8080
BIN    := bin/belvedere
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.1

.PHONY: run build test check race browser fuzz bench crash attack guide fmt vet lint generate clean help

run: build ## build, load the fictional département if the data folder is empty, serve
	./$(BIN) --data $(DATA) serve --listen $(LISTEN) --demo

build: ## build bin/belvedere
	@scripts/setup.sh build
	$(GO) build -o $(BIN) ./cmd/belvedere

test: ## all tests, with a real browser
	@scripts/setup.sh test
	$(GO) test -timeout 18m ./...

check: fmt vet lint generate race browser fuzz ## what must be green before anything lands
	@echo "make check: tout est vert"

fmt: ## fail when a file is not formatted
	@out=$$(gofmt -l $$(git ls-files '*.go' | grep -v '_templ\.go$$')); [ -z "$$out" ] || { echo "gofmt:"; echo "$$out"; exit 1; }

vet: ## go vet
	$(GO) vet ./...

lint: ## staticcheck
	$(GO) run $(STATICCHECK) ./...

generate: ## fail when the generated templates are stale
	@$(GO) run github.com/a-h/templ/cmd/templ@v0.3.977 generate -path internal/web >/dev/null 2>&1; \
	git diff --exit-code --stat -- '*_templ.go' || { echo "templ generate a changé des fichiers : validez-les"; exit 1; }

race: ## all tests but the browser's, with the race detector
	@scripts/setup.sh build
	$(GO) test -race -short -timeout 30m $$($(GO) list ./... | grep -v /e2e)

AXE := $(CURDIR)/.cache/axe/node_modules/axe-core/axe.min.js
browser: build ## the built program from outside, with a real browser and axe, then each page in each state
	@scripts/setup.sh test
	$(GO) test -timeout 15m ./e2e/...
	AXE=$(AXE) $(GO) test -timeout 30m -run 'Accessibility|Browser' ./internal/web/...

FUZZTIME ?= 5s
fuzz: ## each fuzz target for FUZZTIME
	scripts/fuzz.sh $(FUZZTIME)

bench: build ## the benchmarks, beside the raw engine or tool in the same run
	$(GO) test -run '^$$' -bench . -benchtime 1s -timeout 60m ./bench/... ./internal/export/... ./internal/chart/... ./internal/source/... ./internal/territory/ingest/form/... ./internal/school/... ./internal/audit/...

crash: ## the long crash tests: kill -9 at random moments
	$(GO) test -count 10 -run 'Kill|Crash|Full' -timeout 60m ./internal/...

# The long attacks: each test named TestAttack… of a package whose tests read BELVEDERE_ATTACK. Without that
# variable the same tests run in a short form, as part of "make test". A new one needs both: the name and the variable.
attack: ## the attack suites on statistical secrecy, whole: 200 territories, a year of releases
	BELVEDERE_ATTACK=1 $(GO) test -count 1 -v -run '^TestAttack' -timeout 120m $$(grep -rl BELVEDERE_ATTACK --include='*_test.go' . | xargs -n1 dirname | sort -u)

guide: build ## take the screenshots of the user guide again
	@scripts/setup.sh test
	BELVEDERE_GUIDE=1 $(GO) test -run TestGuide -timeout 15m ./e2e/...

clean: ## remove what was built; the data folder stays
	rm -rf bin .cache

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

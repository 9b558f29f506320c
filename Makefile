# The targets that a working day needs; CONTRIBUTING.md says when to use which.
LINT = go tool -modfile=tools.mod golangci-lint

.PHONY: difftest check test golden fuzz lint bench bench-s1 bench-s1-cores bench-s1-kafka run

check: ## what must pass before a commit: format, vet, lint, layers, quick tests
	@test -z "$$(gofmt -l . )" || { gofmt -l .; echo 'run gofmt -w on these'; exit 1; }
	go vet ./...
	$(LINT) run
	go test -short ./...

test: ## everything that needs nothing but Go, under the race detector
	go test -race ./...

golden: ## write the golden files and the generated pages anew; read the diff like code
	go test $$(go list -f '{{range .TestImports}}{{if eq . "github.com/cockroachdb/datadriven"}}{{$$.ImportPath}}{{end}}{{end}}{{range .XTestImports}}{{if eq . "github.com/cockroachdb/datadriven"}}{{$$.ImportPath}}{{end}}{{end}}' ./...) . -rewrite

difftest: ## thousands of expressions and statements against a PostgreSQL 15 of its own (Debian's postgresql-15)
	@figures=$$(mktemp) && go test -count=1 ./internal/difftest -live -report $$figures; status=$$?; cat $$figures; rm -f $$figures; exit $$status

fuzz: ## each fuzz target for FUZZTIME
	./.ci/fuzz.sh $${FUZZTIME:-30s}

lint:
	$(LINT) run

bench: ## the benchmarks of the packages
	go test -run '^$$' -bench . -benchmem ./exec/... ./parser/...

bench-s1: ## S1 through SQL against the embedded broker in its own process
	go run ./bench/s1

bench-s1-cores: ## two cores against one, and against what the machine gives to two processes
	go run ./bench/s1 -designs memory -records 2000000 -runs 21

bench-s1-kafka: ## the same against Apache Kafka
	./.ci/with-kafka.sh go run ./bench/s1 -brokers '$$KAFKA'

run: ## the demo
	go run ./cmd/penstock demo

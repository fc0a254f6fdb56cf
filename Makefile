# `make help` lists the targets. Each may be the first one run in a fresh clone, and each may be run again.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

PREFIX ?= /usr/local
RID := linux-$(if $(filter aarch64,$(shell uname -m)),arm64,x64)
STEP := @eng/step.sh

.PHONY: help
help: ## Show this list
	@echo 'make TARGET (VERBOSE=1 shows what each step says)'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install the Debian packages that are missing (needs root if any is)
	@eng/setup.sh

.PHONY: build
build: setup ## Publish the binary to out/fairlead (NativeAOT), with its shell completions
	$(STEP) 'publish fairlead for $(RID)' eng/dotnet.sh publish src/Fairlead.Cli -c Release -r $(RID) -o out/publish -nologo -clp:ErrorsOnly
	@install -m 755 out/publish/fairlead out/fairlead
	@mkdir -p out/completions && cp eng/completions/* out/completions/
	@echo "out/fairlead: $$(($$(stat -c %s out/fairlead) / 1048576)) MB"

.PHONY: guest
guest: setup ## Make the small guest that the demo and the tests boot: out/guest/{vmlinuz,initrd.img}
	$(STEP) 'guest kernel and initramfs' eng/guest/build.sh

.PHONY: demo
demo: setup build guest ## Show the main job: real VMs on a pod network (KEEP=1 leaves them up)
	@KEEP=$(KEEP) eng/demo.sh

.PHONY: test
test: setup guest ## Run every test (FILTER=text, PROJECT=text to choose)
	$(STEP) 'build everything' eng/dotnet.sh build Fairlead.slnx -c Debug -nologo -clp:ErrorsOnly
	@FILTER='$(FILTER)' PROJECT='$(PROJECT)' eng/run-tests.sh

.PHONY: soak
soak: SEED ?= $(shell echo $$RANDOM)
soak: MINUTES ?= 30
soak: setup guest ## Random work on ten VMs, with processes killed in between (MINUTES=30, SEED=number to repeat one)
	$(STEP) 'build the guest tests' eng/dotnet.sh build test/Fairlead.Guest.Tests -c Debug -nologo -clp:ErrorsOnly
	@echo "soak: MINUTES=$(MINUTES) SEED=$(SEED)"
	@FAIRLEAD_SOAK_MINUTES=$(MINUTES) FAIRLEAD_SOAK_SEED=$(SEED) TIMEOUT=$$(($(MINUTES) * 60 + 900)) \
	    PROJECT=Guest.Tests FILTER=SoakTests eng/run-tests.sh

.PHONY: bench
bench: setup build ## Measure, side by side in one run; the reports are in bench/results (PART=cni|proxy|vnics, CHAIN=text to choose)
	$(STEP) 'publish the benchmarks' eng/dotnet.sh publish bench/Fairlead.Benchmarks -c Release -r $(RID) -o out/bench -nologo -clp:ErrorsOnly
	$(STEP) 'publish the benchmark of vNICs' eng/dotnet.sh publish bench/Fairlead.VnicBenchmarks -c Release -o out/vnic-bench -nologo -clp:ErrorsOnly
	@for part in $(or $(PART),cni proxy vnics); do \
	    if [[ $$part == vnics ]]; then bench/vnics.sh; else CHAIN='$(CHAIN)' bench/run.sh "$$part"; fi; \
	done

.PHONY: images
images: build ## Make the images of deploy/ as OCI archives, without a registry: out/images (IMAGE_PREFIX=localhost)
	@PREFIX='$(or $(IMAGE_PREFIX),localhost)' eng/images/build.sh

.PHONY: generate
generate: ## Write deploy/crds and docs/api.md anew from the C# types
	$(STEP) 'generate' eng/dotnet.sh run --project eng/Fairlead.Generate -c Debug -v q -- .

.PHONY: lint
lint: setup ## Check the formatting; warnings of the analyzers are errors in every build
	$(STEP) 'restore tools' dotnet tool restore
	$(STEP) 'csharpier check' dotnet csharpier check .

.PHONY: format
format: setup ## Format the code
	$(STEP) 'restore tools' dotnet tool restore
	$(STEP) 'csharpier format' dotnet csharpier format .

.PHONY: install
install: build ## Install the binary and its completions (PREFIX=/usr/local, DESTDIR=)
	install -D -m 755 out/fairlead '$(DESTDIR)$(PREFIX)/bin/fairlead'
	install -D -m 644 out/completions/fairlead.bash '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/fairlead'
	install -D -m 644 out/completions/_fairlead '$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_fairlead'
	install -D -m 644 out/completions/fairlead.fish '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/fairlead.fish'

.PHONY: uninstall
uninstall: ## Remove what install put there (same PREFIX, DESTDIR)
	rm -f '$(DESTDIR)$(PREFIX)/bin/fairlead' \
	    '$(DESTDIR)$(PREFIX)/share/bash-completion/completions/fairlead' \
	    '$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_fairlead' \
	    '$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/fairlead.fish'

.PHONY: clean
clean: ## Remove everything that was built
	$(STEP) 'remove out, bin and obj' rm -rf out $(wildcard src/*/bin src/*/obj test/*/bin test/*/obj bench/*/bin bench/*/obj)

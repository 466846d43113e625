# Every target does all its own set-up; what is done already is skipped by the stamps under artifacts/.
#   make demo     from nothing to a trained model and its report     SEED=1 make demo
#   make test     every test; ends with 'N passed, N failed'
#   make help     the rest
SHELL := /bin/sh
.DEFAULT_GOAL := build
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

CONFIGURATION := Release
FRAMEWORK := net10.0
STAMPS := artifacts/stamps
DOTNET := dotnet
BUILD_FLAGS := -c $(CONFIGURATION) -v quiet --nologo "-clp:ErrorsOnly;NoSummary"
# CI takes exactly the packages of the lock files; elsewhere a changed project may write new ones.
ifneq ($(CI),)
BUILD_FLAGS += -p:RestoreLockedMode=true
endif
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
# Servers that outlive the build keep memory from the training that follows.
export DOTNET_CLI_USE_MSBUILD_SERVER := 0
export MSBUILDDISABLENODEREUSE := 1

# Folders are listed too: a file that is removed changes its folder's date only.
sources = $(shell find $(1) \( -name bin -o -name obj -o -name TestResults \) -prune -o \( -type d -o -type f \) -print)
# What was built and then removed by hand is built again.
unless-there = $(if $(wildcard $(1)),,force)
COMMON := Makefile Directory.Build.props Directory.Packages.props Scenograph.slnx .editorconfig
NATIVE := $(call sources,native/)
# Recipes are in the program as well.
PROGRAM := $(call sources,src/ recipes/)
TESTS := $(call sources,tests/)

.PHONY: setup native build test demo golden bench format clean help

build: scenograph

setup: $(STAMPS)/setup

native: $(STAMPS)/native

# The demo and the others get the options that they are run with from the environment: SEED, MODEL, SCENOGRAPH_GOLDEN.
demo: scenograph
	@./scenograph demo $(if $(SEED),--seed $(SEED)) $(if $(STEPS),--steps $(STEPS))

test: $(STAMPS)/tests scenograph
	@tools/test.sh $(CONFIGURATION)

golden: $(STAMPS)/golden
	@$(DOTNET) tests/Golden/bin/$(CONFIGURATION)/$(FRAMEWORK)/Scenograph.Tests.Golden.dll

bench: scenograph $(STAMPS)/setup-bench
	@./scenograph bench --all

format: $(STAMPS)/setup
	$(DOTNET) format Scenograph.slnx --exclude-diagnostics IDE0130

clean:
	rm -rf artifacts scenograph TestResults
	find src tests \( -name bin -o -name obj \) -prune -exec rm -rf {} +

help:
	@echo 'make demo     make scenes, train, measure, write a report (SEED=1 for another seed)'
	@echo 'make test     build and run every test'
	@echo 'make golden   compare every model with the original program (MODEL=name for one, SCENOGRAPH_GOLDEN=folder for other cases)'
	@echo 'make bench    time and memory of a training step against PyTorch'
	@echo 'make build    the program ./scenograph and the native libraries it needs'
	@echo 'make native   the native libraries only'
	@echo 'make setup    what the build needs of the system; says what is missing where it may not install it'
	@echo 'make format   the code style of .editorconfig'
	@echo 'make clean    remove everything that is built'
	@echo 'SCENOGRAPH_LIBTORCH=/path/to/libtorch makes each of them use that libtorch (1.13 or newer, CPU or CUDA).'

# Written anew only when another libtorch is asked for, which makes everything native out of date.
$(STAMPS)/libtorch: force
	@mkdir -p $(@D)
	@printf '%s\n' '$(SCENOGRAPH_LIBTORCH)' | cmp -s - $@ || printf '%s\n' '$(SCENOGRAPH_LIBTORCH)' > $@

.PHONY: force
force:

$(STAMPS)/setup: tools/setup.sh $(STAMPS)/libtorch
	@tools/setup.sh
	@touch $@

# The programs under bench/pytorch run on Debian's PyTorch, which is the same libtorch.
$(STAMPS)/setup-bench: $(STAMPS)/setup
	@tools/setup.sh python3-torch
	@touch $@

$(STAMPS)/native: $(STAMPS)/setup $(NATIVE)
	@tools/native.sh
	@touch $@

# One after the other, also under make -j: they share obj folders.
$(STAMPS)/program: $(STAMPS)/native $(PROGRAM) $(COMMON) $(call unless-there,src/Scenograph.Cli/bin/$(CONFIGURATION)/$(FRAMEWORK)/Scenograph.Cli)
	@echo 'building the program'
	@$(DOTNET) build src/Scenograph.Cli $(BUILD_FLAGS)
	@touch $@

$(STAMPS)/golden: $(STAMPS)/program $(TESTS) $(call unless-there,tests/Golden/bin/$(CONFIGURATION)/$(FRAMEWORK)/Scenograph.Tests.Golden.dll)
	@echo 'building the golden tests'
	@$(DOTNET) build tests/Golden $(BUILD_FLAGS)
	@touch $@

$(STAMPS)/tests: $(STAMPS)/golden
	@echo 'building the tests'
	@$(DOTNET) build Scenograph.slnx $(BUILD_FLAGS)
	@touch $@

scenograph: $(STAMPS)/program tools/scenograph.sh
	@tools/scenograph.sh src/Scenograph.Cli/bin/$(CONFIGURATION)/$(FRAMEWORK)/Scenograph.Cli > $@
	@chmod +x $@

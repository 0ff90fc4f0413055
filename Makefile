# SPDX-License-Identifier: MIT OR GPL-2.0
# For people: `make help`. What Kbuild builds is in Kbuild.

# The running kernel's headers, or else the newest that are installed.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) $(shell scripts/kernel headers))
DESTDIR ?=
PREFIX ?= /usr

samples := $(patsubst %/Kbuild,%,$(wildcard samples/*/Kbuild))
# Those that look as on Windows: what Linux needs is written for them, into a folder beside them.
ported := $(patsubst %/,%,$(dir $(wildcard samples/*/*/*.vcxproj)))

.PHONY: modules
modules: ## build wsk.ko (KDIR=: for these kernel headers; WSK_DEBUG=1: a checked build)
	+@$(MAKE) -C $(KDIR) M=$(CURDIR) modules

.PHONY: samples $(samples) $(ported) bench/driver
samples: $(samples) $(ported) ## build the sample drivers, and wsk.ko before them
$(samples) bench/driver: modules
	+@$(MAKE) -C $(KDIR) M=$(CURDIR)/$@ WSK_DIR=$(CURDIR) modules
$(ported): modules
	@scripts/wsk-port --kernel $(KDIR) $(if $(filter 1 y,$(WSK_DEBUG)),--debug) \
		--out $(dir $@)module $@

.PHONY: demo
demo: ## boot a kernel in QEMU and talk to the sample echo server in it
	@scripts/setup demo
	@scripts/demo

.PHONY: check
check: ## run every test and check
	@scripts/setup check
	@scripts/check

.PHONY: kunit
kunit: ## run the KUnit suites on User-Mode Linux (FILTER=: only these, as in 'ke_*')
	@scripts/setup kunit
	@scripts/kunit $(if $(FILTER),'$(FILTER)')

.PHONY: kcsan
kcsan: ## run them in QEMU with two processors, and look for data races (FILTER=)
	@scripts/setup kcsan
	@scripts/kunit --races $(if $(FILTER),'$(FILTER)')

.PHONY: bench
bench: ## measure WSK beside raw in-kernel sockets and user space
	@scripts/setup bench
	@scripts/bench

.PHONY: lint
lint: ## check the sources and what is built of them, without running it
	@scripts/setup lint
	@scripts/lint

.PHONY: docs
docs: ## build the documentation as HTML, in Documentation/_build
	@scripts/setup docs
	@scripts/docs

.PHONY: install
install: modules ## install wsk.ko, what drivers and their programs are built with, and what resolves names (DESTDIR=, PREFIX=)
	+@$(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_MODULE_SIG_ALL= INSTALL_MOD_PATH=$(DESTDIR) modules_install
	@scripts/install-kit "$(DESTDIR)$(PREFIX)/src/wsk"
	@scripts/install-handler "$(DESTDIR)" "$(PREFIX)"
	@install -D -m 644 wsk/uapi/wsk_ioctl.h "$(DESTDIR)$(PREFIX)/include/wsk_ioctl.h"

.PHONY: clean
clean: ## remove everything that was built here
	@for folder in $(samples) bench/driver .; do \
		$(MAKE) -s -C $(KDIR) M=$(CURDIR)/$$folder WSK_DIR=$(CURDIR) clean || exit; \
	done
	@rm -rf Documentation/_build samples/*/module
	@find . -name __pycache__ -exec rm -rf {} +

.PHONY: help
help: ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

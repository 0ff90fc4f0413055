# SPDX-License-Identifier: MIT OR GPL-2.0
# Turns a folder of Windows driver sources into a Linux module. The driver's own Kbuild:
#
#	wsk-driver := echo_server
#	echo_server-sources := echo_server.c protocol.cpp
#	include $(WSK_DIR)/scripts/driver.mk
#
# and, beside it, a Makefile of one line, "include Kbuild". Then `make WSK_DIR=…` builds
# echo_server.ko, and insmod runs its DriverEntry, rmmod its DriverUnload. WSK_DIR is the checkout in
# which wsk.ko was built, or what `make install` installed.
#
# Sources are C (.c) and C++ (.cpp, .cc, .cxx), and may lie in folders below. Also understood:
#
#	NAME-includes     folders of the driver's own headers
#	NAME-flags        more compiler flags, such as -DPOOL_TAG=…
#	SOURCE-flags      the same, for one of the sources
#	NAME-license      what MODULE_LICENSE says (Dual MIT/GPL); wsk.ko serves GPL-compatible drivers
#	NAME-description  what MODULE_DESCRIPTION says
#
# wsk-driver may name several drivers, each with its own -sources. WSK_DEBUG=1 makes checked builds
# (DBG is 1: KdPrint prints, ASSERT checks). KDIR= chooses the kernel's headers.

wsk-kit := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)

ifeq ($(KERNELRELEASE),)

# For people, through the driver's Makefile.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell $(wsk-kit)/scripts/kernel headers))

.PHONY: modules clean install
modules clean:
	+@$(MAKE) -C $(KDIR) M=$(CURDIR) WSK_DIR=$(wsk-kit) $@
install: modules
	+@$(MAKE) -C $(KDIR) M=$(CURDIR) WSK_DIR=$(wsk-kit) INSTALL_MOD_PATH=$(DESTDIR) modules_install

else

# Modules and sources have names of their own: NAME.c is compiled to NAME.nt.o, so that NAME.o can
# be the module.
wsk-objects = $(addsuffix .nt.o,$(basename $(1)))
wsk-c-sources := $(filter %.c,$(foreach d,$(wsk-driver),$($d-sources)))
wsk-cxx-sources := $(filter %.cpp %.cc %.cxx,$(foreach d,$(wsk-driver),$($d-sources)))

obj-m += $(addsuffix .o,$(wsk-driver))
$(foreach d,$(wsk-driver),$(eval $d-y := $d.module.o $(call wsk-objects,$($d-sources)) $d.end.o))

# nt.mk's own rules compile nothing here; its commands do.
nt-src := $(src)
nt-kit := $(wsk-kit)
nt-cxx-objs :=
nt-c-objs :=
include $(wsk-kit)/scripts/nt.mk

# Static objects of C++ are wsk.ko's business (wsk/nt/cxx_runtime.cc); kernels that run constructors
# themselves would do so too early. With flags named, the section is one of data, as the glue's is.
nt-only-cxx := $(filter-out -fno-threadsafe-statics -fno-use-cxa-atexit,$(nt-only-cxx))
nt-objcopy := --rename-section .init_array=wsk_constructors,alloc,load,data,contents

# The headers of the compiler's C++ library, as far as they need no operating system: include/cxx fits
# them to Windows' macros. The library's own guess at the C library stays out.
wsk-cxx-library := $(shell $(CC) -x c++ -E -v /dev/null 2>&1 | sed -n '/backward/d;s|^ \(/.*/c++/.*\)|\1|p')
nt-only-cxx += -I$(wsk-kit)/include/cxx $(addprefix -isystem ,$(wsk-cxx-library)) -D_GLIBCXX_OS_DEFINES

# Headers may be found as "..\inc\x.h", through a file of that name (scripts/wsk-port). Older fixdeps
# take the backslash for the end of the name. What that file includes is in the list, too.
nt-deps = ; sed -i 's/[^ ]*\\[^ ][^ ]*//g' $(depfile)

# What compilers on Windows accept in silence. A conversion between pointers that Linux treats as an
# error, such as one that drops a const from a function's parameter, is a warning.
nt-drop += -Wundef
nt-drop-c += -Werror=incompatible-pointer-types -Werror=strict-prototypes -Wstrict-prototypes \
	-Werror=date-time -Werror=designated-init -Wold-style-definition
nt-drop-cxx += -Werror=date-time
# A driver's operator new may return null: constructors are not run then, as on Windows.
nt-only-cxx += -fpermissive -fcheck-new
wsk-quiet := -Wno-unknown-pragmas -Wno-implicit-fallthrough -Wno-missing-braces -Wno-comment

# No tail calls: wsk.ko tells by the return address which driver calls, to charge it for what it gets.
nt-flags = -fno-optimize-sibling-calls -include $(wsk-kit)/include/wsk_driver.h $(wsk-quiet) -I$(src) \
	$(addprefix -I$(src)/,$(wsk-includes)) $(if $(filter 1 y,$(WSK_DEBUG)),-DDBG=1) $(wsk-flags) \
	$($(patsubst $(src)/%,%,$<)-flags)

# wsk-rules: $1 = driver. One rule a source, since its suffix decides. Each has a pattern, because
# Kbuild finds the module that an object belongs to by the stem.
define wsk-rules
$(addprefix $(obj)/,$(call wsk-objects,$($1-sources))): wsk-includes := $($1-includes)
$(addprefix $(obj)/,$(call wsk-objects,$($1-sources))): wsk-flags := $($1-flags)

CFLAGS_$1.module.o := -DWSK_DRIVER_LICENSE='"$(or $($1-license),Dual MIT/GPL)"' \
	-DWSK_DRIVER_DESCRIPTION='"$(or $($1-description),Windows driver $1)"'
CFLAGS_$1.end.o := -DWSK_DRIVER_END
$(obj)/$1.module.o $(obj)/$1.end.o: $(obj)/%.o: $(wsk-kit)/scripts/driver_glue.c FORCE
	$$(call if_changed_rule,cc_o_c)
endef
define wsk-source-rule
$(obj)/$(call wsk-objects,$1): $(obj)/%.o: $(src)/$1 FORCE
	$$(call if_changed_rule,$2)
endef
$(foreach d,$(wsk-driver),$(eval $(call wsk-rules,$d)))
$(foreach s,$(wsk-c-sources),$(eval $(call wsk-source-rule,$s,nt_c)))
$(foreach s,$(wsk-cxx-sources),$(eval $(call wsk-source-rule,$s,nt_cxx)))

# wsk.ko's symbols and their versions.
KBUILD_EXTRA_SYMBOLS += $(wsk-kit)/Module.symvers

endif

# SPDX-License-Identifier: MIT OR GPL-2.0
# How Kbuild compiles the NT world: C++ and C files that must never see a Linux header.
#
# The including Kbuild sets, with paths relative to its own folder and without a suffix's rule:
#   nt-src       that folder
#   nt-kit       the root of WSK for Linux
#   nt-cxx-objs  objects compiled from .cc, .cpp or .cxx files
#   nt-c-objs    objects compiled from .c files
#   nt-flags     more flags, for both
#   nt-deps      what to do with the list of dependencies, as `; command`
#   nt-objcopy   what objcopy is to do with C++ objects, besides what it does here
#
# Everything else is Kbuild's: dependencies, .cmd files, objtool, retpolines, sanitizers.

# Flags of the kernel's that g++ refuses or that mean C only.
nt-drop-cxx := -std=% -Wstrict-prototypes -Wno-pointer-sign -Wdeclaration-after-statement \
	-Wmissing-prototypes -Wold-style-definition -Wmissing-declarations -Wno-override-init \
	-Werror=implicit-function-declaration -Werror=implicit-int -Werror=incompatible-pointer-types \
	-Werror=designated-init -Werror=strict-prototypes

# What leads to Linux's headers, or says that we are one of its files. UML has -I in KBUILD_CFLAGS;
# older Kbuilds write the -I of a build folder and its argument as two words.
nt-drop = -I% -iquote% -D__KERNEL__ $(srctree)/$(src) $(objtree)/$(obj)

nt-drop-c := -std=% -Wmissing-prototypes -Wmissing-declarations -Wdeclaration-after-statement

# The compiler's own headers and no others; Windows' wchar_t and signed char; no hidden code (constructors, guards,
# unwinding). -g0 for C++: its DWARF makes pahole 1.24 fail and delete the module.
nt-common = -nostdinc -isystem $(shell $(CC) -print-file-name=include) \
	-I$(nt-kit)/include -iquote$(nt-kit)/wsk $(nt-flags) \
	-ffreestanding -fshort-wchar -fsigned-char -fms-extensions -Wno-multichar
nt-only-cxx := -x c++ -std=gnu++20 -nostdinc++ -fno-exceptions -fno-rtti -fno-threadsafe-statics \
	-fno-use-cxa-atexit -fno-gnu-unique -g0
nt-only-c := -std=gnu17

nt-macros = $(if $(filter y,$(CONFIG_WSK_DEBUG)),-DCONFIG_WSK_DEBUG=1) \
	$(if $(CONFIG_DEBUG_SPINLOCK)$(CONFIG_DEBUG_LOCK_ALLOC),-DPORT_LOCK_DEBUG)

# Windows' structures end in arrays of one element that stand for many.
nt-arrays = $(patsubst -fstrict-flex-arrays=%,,$(patsubst -fsanitize=bounds-strict,-fsanitize=bounds,$(1)))

nt-cxxflags = $(call nt-arrays,$(filter-out $(nt-drop) $(nt-drop-cxx),$(_c_flags) $(modkern_cflags))) \
	$(nt-common) $(nt-macros) $(nt-only-cxx)
nt-cflags = $(call nt-arrays,$(filter-out $(nt-drop) $(nt-drop-c),$(_c_flags) $(modkern_cflags))) \
	$(nt-common) $(nt-macros) $(nt-only-c)

# -fno-gnu-unique belongs to the same: statics of inline functions become weak symbols, too.
#
# Units that emit the same inline function or template would leave references into discarded
# sections behind once `ld -r` drops all but one of their COMDAT groups: so there are no groups,
# and weak symbols alone decide. Before objtool, which describes what is there.
# And vmlinux wants no sections that its linker script does not name.
nt-merge = $(if $(CONFIG_LD_ORPHAN_WARN),$(if $(part-of-module),, \
	; $(LD) -r -T $(nt-kit)/scripts/nt.lds -o $@.merged $@; mv $@.merged $@))

# Semicolons, under Kbuild's set -e: a compiler that fails in "gcc && objcopy" is forgiven, and an
# object of earlier sources stays.
quiet_cmd_nt_cxx = CXX $(quiet_modtag) $@
      cmd_nt_cxx = $(CC) -Wp,-MMD,$(depfile) $(nt-cxxflags) -c -o $@ $< $(nt-deps); \
		   $(OBJCOPY) --remove-section=.group $(nt-objcopy) $@ $(nt-merge) $(cmd_objtool)

quiet_cmd_nt_c = CC $(quiet_modtag)  $@
      cmd_nt_c = $(CC) -Wp,-MMD,$(depfile) $(nt-cflags) -c -o $@ $< $(nt-deps) $(cmd_objtool)

define rule_nt_cxx
	$(call cmd_and_fixdep,nt_cxx)
	$(call cmd,gen_objtooldep)
endef

define rule_nt_c
	$(call cmd_and_fixdep,nt_c)
	$(call cmd,gen_objtooldep)
endef

# nt-rule: $1 = objects, $2 = the source's suffix, $3 = the rule
nt-with = $(foreach o,$1,$(if $(wildcard $(nt-src)/$(o:.o=.$2)),$o))
define nt-rule
$(addprefix $(obj)/,$1): $(obj)/%.o: $(nt-src)/%.$2 FORCE
	$$(call if_changed_rule,$3)

endef

$(foreach suffix,cc cpp cxx,$(if $(call nt-with,$(nt-cxx-objs),$(suffix)), \
	$(eval $(call nt-rule,$(call nt-with,$(nt-cxx-objs),$(suffix)),$(suffix),nt_cxx))))
$(if $(nt-c-objs),$(eval $(call nt-rule,$(nt-c-objs),c,nt_c)))

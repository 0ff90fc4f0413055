/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Linux' behaviour while there are BPF programs of cgroups that look at what UDP sends. */
#ifndef KUNIT_BPF_HOOK_H
#define KUNIT_BPF_HOOK_H

#include "port/types.h"

PORT_BEGIN

/* Whether this kernel has such programs. */
bool bpf_hook_possible(void);

/* As if there was one more of them, or one less. */
void bpf_hook_use(bool ipv6, bool on);

PORT_END

#endif

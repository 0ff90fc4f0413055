/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* IRQLs as contexts, and the other way round. */
#ifndef WSK_NT_LEVEL_H
#define WSK_NT_LEVEL_H

#include <wdm.h>

#include "port/context.h"

namespace wsk
{

inline enum port_context context_of(KIRQL level)
{
	if (level < DISPATCH_LEVEL)
		return PORT_CONTEXT_TASK;
	return level == DISPATCH_LEVEL ? PORT_CONTEXT_SOFTIRQ : PORT_CONTEXT_HARDIRQ;
}

inline KIRQL level_of(enum port_context context)
{
	switch (context) {
	case PORT_CONTEXT_TASK:
		return PASSIVE_LEVEL;
	case PORT_CONTEXT_SOFTIRQ:
		return DISPATCH_LEVEL;
	case PORT_CONTEXT_HARDIRQ:
		break;
	}
	return HIGH_LEVEL;
}

} // namespace wsk

#endif

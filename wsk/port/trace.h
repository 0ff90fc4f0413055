/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Drivers' WPP messages: who wants them, and where they go. */
#ifndef WSK_PORT_TRACE_H
#define WSK_PORT_TRACE_H

#include "port/types.h"

PORT_BEGIN

/* What is wanted: levels up to this one, none when 0; and the flags of each control GUID. */
struct port_wpp_wish {
	uint32_t level;
	uint32_t flags;
};

void port_wpp_wanted(struct port_wpp_wish *wanted);

/* A message without its newline: to the tracepoint wsk:wpp, and to the kernel log, where wanted. */
struct port_wpp_message {
	const char *driver;
	const char *function;
	uint32_t line;
	uint32_t level;
	const char *text;
	size_t length;
};

/* Any context. */
void port_wpp_emit(const struct port_wpp_message *message);

/* Sets the module's parameters; for tests: in checked builds, and with the suites. */
void port_wpp_want(uint32_t log_level, uint32_t flags);

/* The NT half: what is wanted may have changed. Task context. */
void nt_wpp_changed(void);

PORT_END

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The kernel log. */
#ifndef WSK_PORT_LOG_H
#define WSK_PORT_LOG_H

#include "port/types.h"

PORT_BEGIN

enum port_log_level {
	PORT_LOG_ERROR = 3,
	PORT_LOG_WARNING = 4,
	PORT_LOG_NOTICE = 5,
	PORT_LOG_INFO = 6,
	PORT_LOG_DEBUG = 7,
};

/* One finished line or part of one; text need not end in a newline. */
void port_log(enum port_log_level level, const char *text, size_t length);

__attribute__((format(printf, 2, 3))) void port_logf(enum port_log_level level, const char *format,
						     ...);

/*
 * A driver broke a rule: one line "wsk: rule: FUNCTION: RULE", counted. Only in checked builds
 * (CONFIG_WSK_DEBUG); otherwise nothing happens. Rate limited by nobody: mistakes must be seen.
 */
#ifdef CONFIG_WSK_DEBUG
void port_log_rule(const char *function, const char *rule);
unsigned long port_log_rule_count(void);
#else
static inline void port_log_rule(const char *function, const char *rule)
{
	(void)function;
	(void)rule;
}
#endif

/* What the kernel does about a bug of its own: at best, the current thread ends here. */
void port_bug(void);

PORT_END

#endif

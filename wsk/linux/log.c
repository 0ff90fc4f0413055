// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/log.h over printk. Everything here may be called in any context. */
#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>

#include "port/log.h"

/*
 * Who left a line without its newline, and will most likely write the rest of it: the task, or the
 * processor with its low bit set. printk joins pieces by the same rule; knowing whether the open
 * line is ours keeps a driver's text from being glued to an unfinished line of the kernel's.
 */
static unsigned long open_line_owner;

static unsigned long line_owner(void)
{
	if (in_task())
		return (unsigned long)current;
	return ((unsigned long)raw_smp_processor_id() << 1) | 1;
}

void port_log(enum port_log_level level, const char *text, size_t length)
{
	unsigned long owner = line_owner();
	bool continued = READ_ONCE(open_line_owner) == owner;
	int chars = min_t(size_t, length, INT_MAX);

	if (!length)
		return;
	/* Both prefixes: should the open line be gone, the piece still gets its own level. */
	printk("\001%c%s%.*s", '0' + level, continued ? KERN_CONT : "", chars, text);
	if (text[length - 1] != '\n')
		WRITE_ONCE(open_line_owner, owner);
	else if (continued)
		WRITE_ONCE(open_line_owner, 0);
}

void port_logf(enum port_log_level level, const char *format, ...)
{
	struct va_format text = {.fmt = format};
	va_list arguments;

	va_start(arguments, format);
	text.va = &arguments;
	printk("\001%cwsk: %pV", '0' + level, &text);
	va_end(arguments);
}

#ifdef CONFIG_WSK_DEBUG
static atomic_long_t rules_broken;

void port_log_rule(const char *function, const char *rule)
{
	atomic_long_inc(&rules_broken);
	printk(KERN_WARNING "wsk: rule: %s: %s\n", function, rule);
}

unsigned long port_log_rule_count(void)
{
	return atomic_long_read(&rules_broken);
}
#endif

void port_bug(void)
{
	BUG();
}

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/trace.h: a tracepoint, and the kernel log for whoever asks with a parameter. Drivers trace
 * nothing as long as neither is in use.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>

#include "port/log.h"
#include "port/trace.h"

#define CREATE_TRACE_POINTS
#include "wsk_trace.h"

/* Windows' TRACE_LEVEL_…: the highest that anybody uses, and those that printk has, too. */
enum { LEVEL_ERROR = 2, LEVEL_WARNING = 3, LEVEL_INFORMATION = 4, LEVEL_ALL = 255 };

static unsigned int wpp_log;
static unsigned int wpp_flags = ~0u;
static bool traced;

static int set(const char *text, const struct kernel_param *parameter)
{
	int error = param_set_uint(text, parameter);

	if (!error)
		nt_wpp_changed();
	return error;
}

static const struct kernel_param_ops operations = {
	.set = set,
	.get = param_get_uint,
};

module_param_cb(wpp_log, &operations, &wpp_log, 0644);
MODULE_PARM_DESC(wpp_log, "drivers' WPP messages up to this level go to the log (0: none; 1 to 5)");
module_param_cb(wpp_flags, &operations, &wpp_flags, 0644);
MODULE_PARM_DESC(wpp_flags, "mask of the WPP flags that are enabled (all)");

int wpp_trace_on(void)
{
	WRITE_ONCE(traced, true);
	nt_wpp_changed();
	return 0;
}

void wpp_trace_off(void)
{
	WRITE_ONCE(traced, false);
	nt_wpp_changed();
}

void port_wpp_wanted(struct port_wpp_wish *wanted)
{
	wanted->level = READ_ONCE(traced) ? LEVEL_ALL : READ_ONCE(wpp_log);
	wanted->flags = wanted->level ? READ_ONCE(wpp_flags) : 0;
}

#if defined(CONFIG_WSK_DEBUG) || defined(CONFIG_WSK_KUNIT_TEST)
void port_wpp_want(uint32_t level, uint32_t flags)
{
	WRITE_ONCE(wpp_log, level);
	WRITE_ONCE(wpp_flags, flags);
	nt_wpp_changed();
}
#endif

static enum port_log_level log_level(u32 level)
{
	if (level && level <= LEVEL_ERROR)
		return PORT_LOG_ERROR;
	if (level == LEVEL_WARNING)
		return PORT_LOG_WARNING;
	/* Those without a level depend on their flag alone. */
	return level <= LEVEL_INFORMATION ? PORT_LOG_INFO : PORT_LOG_DEBUG;
}

void port_wpp_emit(const struct port_wpp_message *message)
{
	unsigned int logged = READ_ONCE(wpp_log);

	trace_wpp(message);
	if (logged && message->level <= logged)
		printk("\001%c%s: %s: %.*s\n", '0' + log_level(message->level), message->driver,
		       message->function, (int)message->length, message->text);
}

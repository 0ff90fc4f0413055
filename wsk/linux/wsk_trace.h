/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The tracepoints of wsk.ko. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM wsk

#if !defined(WSK_LINUX_WSK_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define WSK_LINUX_WSK_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>

struct port_wpp_message;

int wpp_trace_on(void);
void wpp_trace_off(void);

/* clang-format off */
TRACE_EVENT_FN(wpp,
	TP_PROTO(const struct port_wpp_message *message),
	TP_ARGS(message),
	TP_STRUCT__entry(
		__dynamic_array(char, driver, strlen(message->driver) + 1)
		__dynamic_array(char, function, strlen(message->function) + 1)
		__field(u32, line)
		__field(u32, level)
		__dynamic_array(char, text, message->length + 1)
	),
	TP_fast_assign(
		strcpy(__get_dynamic_array(driver), message->driver);
		strcpy(__get_dynamic_array(function), message->function);
		__entry->line = message->line;
		__entry->level = message->level;
		memcpy(__get_dynamic_array(text), message->text, message->length);
		((char *)__get_dynamic_array(text))[message->length] = '\0';
	),
	TP_printk("%s: %s:%u: level %u: %s", __get_str(driver), __get_str(function), __entry->line,
		  __entry->level, __get_str(text)),
	wpp_trace_on, wpp_trace_off
);
/* clang-format on */

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE wsk_trace
#include <trace/define_trace.h>

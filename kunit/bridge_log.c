// SPDX-License-Identifier: MIT OR GPL-2.0
/* The kernel log as tests read it. */
#include <linux/kmsg_dump.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "bridge.h"

static struct kmsg_dump_iter place;

void bridge_log_mark(void)
{
	size_t length;

	/* A line that others have left unfinished can be read, and skipped, when another begins. */
	printk(KERN_DEBUG "bridge: the log is read from here\n");
	kmsg_dump_rewind(&place);
	while (kmsg_dump_get_line(&place, true, NULL, 0, &length))
		;
}

/* The length of a line, "<LEVEL>[    1.234567] text" or "<LEVEL>text", without its time. */
static size_t drop_time(char *line, size_t length)
{
	char *time = memchr(line, '>', length), *end = memchr(line, ']', length);

	if (!time || !end || end + 2 > line + length || time[1] != '[')
		return length;
	time++;
	end += strlen("] ");
	memmove(time, end, line + length - end);
	return length - (end - time);
}

void bridge_log_read(char *text, size_t size)
{
	size_t used = 0, length;

	while (used + 1 < size &&
	       kmsg_dump_get_line(&place, true, text + used, size - 1 - used, &length))
		used += drop_time(text + used, length);
	text[used] = 0;
}

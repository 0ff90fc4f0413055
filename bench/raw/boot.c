// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * A kernel that measures as it boots, with no user space: it brings up loopback, and, when all
 * peers are there, runs the lines of the file /bench of its initramfs, logs "bench: LINE | RESULT"
 * for each, and powers off.
 */
#include <linux/init.h>
#include <linux/initrd.h>
#include <linux/kernel_read_file.h>
#include <linux/netdevice.h>
#include <linux/reboot.h>
#include <linux/rtnetlink.h>
#include <linux/vmalloc.h>

#include "raw.h"

static int __init bring_up_loopback(void)
{
	struct net_device *loopback = init_net.loopback_dev;
	int error;

	rtnl_lock();
	error = dev_change_flags(loopback, loopback->flags | IFF_UP, NULL);
	rtnl_unlock();
	return error;
}
device_initcall(bring_up_loopback);

static void __init run(char *lines)
{
	static char result[128];
	char *line;

	while ((line = strsep(&lines, "\n"))) {
		int error;

		if (!*line)
			continue;
		error = bench_run(line, result, sizeof(result));
		if (error)
			pr_notice("bench: %s | error %d\n", line, error);
		else
			pr_notice("bench: %s | %s", line, result);
	}
}

static int __init run_all(void)
{
	void *text = NULL;
	ssize_t size;

	wait_for_initramfs();
	size = kernel_read_file_from_path("/bench", 0, &text, INT_MAX, NULL, READING_UNKNOWN);
	if (size > 0) {
		char *lines = kvmalloc(size + 1, GFP_KERNEL);

		if (lines) {
			memcpy(lines, text, size);
			lines[size] = '\0';
			run(lines);
		}
		kvfree(lines);
		vfree(text);
	}
	kernel_power_off();
	return 0;
}
late_initcall(run_all);

// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/time.h over timekeeping. */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/time.h>

#include "port/time.h"

uint64_t port_time_monotonic(void)
{
	return ktime_get_ns();
}

uint64_t port_time_boot(void)
{
	return ktime_get_boottime_ns();
}

int64_t port_time_real(void)
{
	return ktime_get_real_ns();
}

int port_time_minutes_west(void)
{
	return READ_ONCE(sys_tz.tz_minuteswest);
}

void port_time_spin(uint32_t microseconds)
{
	/* udelay() counts in a word that longer times overflow. */
	for (; microseconds > 1000; microseconds -= 1000)
		udelay(1000);
	udelay(microseconds);
}

// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/alarm.h over high-resolution timers that expire in softirq context. */
#include <linux/hrtimer.h>

#include "port/alarm.h"

struct alarm {
	union {
		struct port_alarm port;
		struct {
			struct hrtimer timer;
			void (*ring)(struct port_alarm *alarm);
		};
	};
};

static_assert(sizeof(struct alarm) == sizeof(struct port_alarm));

static struct alarm *alarm_of(struct port_alarm *port)
{
	return container_of(port, struct alarm, port);
}

static enum hrtimer_restart expire(struct hrtimer *timer)
{
	struct alarm *alarm = container_of(timer, struct alarm, timer);

	alarm->ring(&alarm->port);
	return HRTIMER_NORESTART;
}

void port_alarm_init(struct port_alarm *port, enum port_clock clock,
		     void (*ring)(struct port_alarm *alarm))
{
	struct alarm *alarm = alarm_of(port);

	hrtimer_init(&alarm->timer, clock == PORT_CLOCK_REAL ? CLOCK_REALTIME : CLOCK_MONOTONIC,
		     HRTIMER_MODE_ABS_SOFT);
	alarm->timer.function = expire;
	alarm->ring = ring;
}

void port_alarm_set(struct port_alarm *port, uint64_t at)
{
	hrtimer_start(&alarm_of(port)->timer, ns_to_ktime(min_t(uint64_t, at, KTIME_MAX)),
		      HRTIMER_MODE_ABS_SOFT);
}

void port_alarm_cancel(struct port_alarm *port)
{
	hrtimer_cancel(&alarm_of(port)->timer);
}

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* One call in softirq context at a time of one's choice: what timers are built on. */
#ifndef WSK_PORT_ALARM_H
#define WSK_PORT_ALARM_H

#include "port/time.h"
#include "port/types.h"

PORT_BEGIN

enum { PORT_ALARM_BYTES = 96 };

struct port_alarm {
	uint64_t opaque[PORT_ALARM_BYTES / 8];
};

void port_alarm_init(struct port_alarm *alarm, enum port_clock clock,
		     void (*ring)(struct port_alarm *alarm));

/* When the clock shows `at`, ring() is called; this replaces an earlier time. Callable in softirq,
 * in ring() too, but not with interrupts disabled. */
void port_alarm_set(struct port_alarm *alarm, uint64_t at);

/* Returns when it will not ring any more. Sleeps. */
void port_alarm_cancel(struct port_alarm *alarm);

/* The NT world's timers (wsk/nt/ke_timer.cc), before the first driver and after the last. */
void nt_timers_start(void);
void nt_timers_stop(void);

PORT_END

#endif

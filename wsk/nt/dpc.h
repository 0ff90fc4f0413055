/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* DPCs and timers, as the rest of the NT world sees them. */
#ifndef WSK_NT_DPC_H
#define WSK_NT_DPC_H

#include <wdm.h>

namespace wsk
{

struct DriverAccount;

/*
 * When a driver unloads: rule lines about the DPCs of its that are queued and the timers that are
 * set. The timers are cancelled; the DPCs are to be flushed by the caller.
 */
void dpcs_told(DriverAccount *account);
void timers_end(DriverAccount *account);

/* When memory is freed: DPCs and timers in it are taken out of their queues. Returns how many. */
unsigned int dpcs_forget(const void *memory, size_t bytes);
unsigned int timers_forget(const void *memory, size_t bytes);

/* Timers of ExAllocateTimer() among the others, by a bit of KTIMER.TimerType. */
constexpr USHORT timer_is_ex = 0x100;
ULONGLONG ex_timer_period(PKTIMER timer); /* in ns */
DriverAccount *ex_timer_account(PKTIMER timer);

/* Sets a timer whose period is in units of 100 ns, kept by ex_timer.cc. */
bool timer_set(PKTIMER timer, LARGE_INTEGER due, PKDPC dpc);
bool timer_cancel(PKTIMER timer);
bool timer_pending(PKTIMER timer);

} // namespace wsk

#endif

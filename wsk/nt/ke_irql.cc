// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * IRQL, as far as Linux has it: task context is PASSIVE_LEVEL, bottom halves disabled or a softirq
 * is DISPATCH_LEVEL, and interrupts disabled or an interrupt is HIGH_LEVEL. APC_LEVEL exists in
 * calls only: there are no APCs, so it cannot be told from PASSIVE_LEVEL.
 */
#include "nt/irql.h"

#include "nt/level.h"

using namespace wsk;

namespace
{

KIRQL raise(const char *function, KIRQL level)
{
	enum port_context before = port_context();

	if (context_of(level) < before) {
		port_log_rule(function, "raises to a level below the current one");
		return level_of(before);
	}
	if (context_of(level) >= PORT_CONTEXT_SOFTIRQ && before < PORT_CONTEXT_SOFTIRQ)
		port_bottom_halves_disable();
	if (context_of(level) >= PORT_CONTEXT_HARDIRQ && before < PORT_CONTEXT_HARDIRQ)
		port_interrupts_disable();
	return level_of(before);
}

} // namespace

/**
 * KeGetCurrentIrql() - The current IRQL.
 *
 * Context: Any IRQL.
 * Return: PASSIVE_LEVEL in a thread (at APC_LEVEL, too), DISPATCH_LEVEL in a softirq or with bottom
 *	halves disabled, HIGH_LEVEL in an interrupt or with interrupts disabled.
 * Source: wdm.h, KeGetCurrentIrql function
 */
extern "C" KIRQL KeGetCurrentIrql(VOID)
{
	return level_of(port_context());
}

/**
 * KeRaiseIrql() - Raise the IRQL.
 * @NewIrql: Not lower than the current one. DISPATCH_LEVEL disables bottom halves, higher levels
 *	disable interrupts, APC_LEVEL does nothing.
 * @OldIrql: Receives the IRQL to lower to later.
 *
 * Context: IRQL <= NewIrql.
 * Source: wdm.h, KeRaiseIrql macro
 */
extern "C" VOID KeRaiseIrql(KIRQL NewIrql, PKIRQL OldIrql)
{
	*OldIrql = raise(__func__, NewIrql);
}

/**
 * KeRaiseIrqlToDpcLevel() - Raise the IRQL to DISPATCH_LEVEL.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The IRQL to lower to later.
 * Source: wdm.h, KeRaiseIrqlToDpcLevel function
 */
extern "C" KIRQL KeRaiseIrqlToDpcLevel(VOID)
{
	return raise(__func__, DISPATCH_LEVEL);
}

/**
 * KeLowerIrql() - Take the IRQL back to what it was before it was raised.
 * @NewIrql: What raising it returned.
 *
 * Lowering to a higher level, or out of a softirq or interrupt, breaks a rule and changes nothing.
 *
 * Context: IRQL >= NewIrql.
 * Source: wdm.h, KeLowerIrql function
 */
extern "C" VOID KeLowerIrql(KIRQL NewIrql)
{
	enum port_context before = port_context();
	enum port_context after = context_of(NewIrql);

	if (after > before) {
		port_log_rule(__func__, "lowers to a level above the current one");
		return;
	}
	if (before == PORT_CONTEXT_HARDIRQ && after < PORT_CONTEXT_HARDIRQ) {
		if (port_in_hardirq_handler()) {
			port_log_rule(__func__, "lowers the level of an interrupt handler");
			return;
		}
		port_interrupts_enable();
		before = port_context();
	}
	if (before == PORT_CONTEXT_SOFTIRQ && after < PORT_CONTEXT_SOFTIRQ) {
		if (port_in_softirq_handler()) {
			port_log_rule(__func__, "lowers the level of a DPC or event callback");
			return;
		}
		port_bottom_halves_enable();
	}
}

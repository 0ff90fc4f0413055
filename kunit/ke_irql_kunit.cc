// SPDX-License-Identifier: MIT OR GPL-2.0
/* IRQL. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

void note_irql(void *context)
{
	*static_cast<KIRQL *>(context) = KeGetCurrentIrql();
}

void levels_of_contexts(struct kunit *test)
{
	KIRQL irql = 99;

	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	bridge_run_at_dispatch(note_irql, &irql);
	EXPECT_EQ(test, irql, DISPATCH_LEVEL);
	irql = 99;
	bridge_run_in_softirq(note_irql, &irql);
	EXPECT_EQ(test, irql, DISPATCH_LEVEL);
	bridge_run_at_high(note_irql, &irql);
	EXPECT_EQ(test, irql, HIGH_LEVEL);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

void raise_and_lower(struct kunit *test)
{
	KIRQL old, inner;

	KeRaiseIrql(DISPATCH_LEVEL, &old);
	EXPECT_EQ(test, old, PASSIVE_LEVEL);
	EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	inner = KeRaiseIrqlToDpcLevel();
	EXPECT_EQ(test, inner, DISPATCH_LEVEL);
	KeLowerIrql(inner);
	EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeLowerIrql(old);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

void high_levels_nest(struct kunit *test)
{
	KIRQL old, inner, seen_high, seen_dispatch, seen_passive;

	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KeRaiseIrql(HIGH_LEVEL, &inner);
	seen_high = KeGetCurrentIrql();
	KeLowerIrql(inner);
	seen_dispatch = KeGetCurrentIrql();
	KeRaiseIrql(HIGH_LEVEL, &inner);
	/* Two levels at once. */
	KeLowerIrql(old);
	seen_passive = KeGetCurrentIrql();
	EXPECT_EQ(test, seen_high, HIGH_LEVEL);
	EXPECT_EQ(test, inner, DISPATCH_LEVEL);
	EXPECT_EQ(test, seen_dispatch, DISPATCH_LEVEL);
	EXPECT_EQ(test, seen_passive, PASSIVE_LEVEL);
}

void apc_level_is_passive(struct kunit *test)
{
	KIRQL old = 99;

	EXPECT_RULES(test, 0, KeRaiseIrql(APC_LEVEL, &old));
	EXPECT_EQ(test, old, PASSIVE_LEVEL);
	EXPECT_RULES(test, 0, KeLowerIrql(APC_LEVEL));
	EXPECT_RULES(test, 0, KeLowerIrql(old));
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

void wrong_directions_are_told(struct kunit *test)
{
	KIRQL old, odd = 99;

	EXPECT_RULES(test, 1, KeLowerIrql(DISPATCH_LEVEL));
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	EXPECT_RULES(test, 1, KeLowerIrql(HIGH_LEVEL));
	EXPECT_RULES(test, 1, KeRaiseIrql(PASSIVE_LEVEL, &odd));
	EXPECT_EQ(test, odd, DISPATCH_LEVEL);
	EXPECT_EQ(test, KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeLowerIrql(old);
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
}

void lower_to_passive(void *context)
{
	KeLowerIrql(PASSIVE_LEVEL);
	note_irql(context);
}

void softirq_cannot_be_lowered(struct kunit *test)
{
	KIRQL irql = 99;

	EXPECT_RULES(test, 1, bridge_run_in_softirq(lower_to_passive, &irql));
	EXPECT_EQ(test, irql, DISPATCH_LEVEL);
}

void raise_in_softirq_run(void *context)
{
	KIRQL old = KeRaiseIrqlToDpcLevel();

	*static_cast<KIRQL *>(context) = old;
	KeLowerIrql(old);
}

void raise_in_softirq(struct kunit *test)
{
	KIRQL old = 99;

	EXPECT_RULES(test, 0, bridge_run_in_softirq(raise_in_softirq_run, &old));
	EXPECT_EQ(test, old, DISPATCH_LEVEL);
}

constexpr bridge_case cases[] = {
	{"the IRQL tells the context", levels_of_contexts},
	{"raising and lowering nest", raise_and_lower},
	{"levels above DISPATCH_LEVEL nest in it", high_levels_nest},
	{"APC_LEVEL cannot be told from PASSIVE_LEVEL", apc_level_is_passive},
	{"raising down and lowering up are told and change nothing", wrong_directions_are_told},
	{"a softirq's level cannot be lowered", softirq_cannot_be_lowered},
	{"a softirq may raise to its own level", raise_in_softirq},
};

} // namespace

BRIDGE_SUITE(ke_irql, cases)

// SPDX-License-Identifier: MIT OR GPL-2.0
/* Processors: Linux' numbers, in groups of 64 as Windows counts them. */
#include <ntddk.h>

#include "nt/irql.h"
#include "port/context.h"
#include "port/softirq.h"

namespace
{

constexpr ULONG group_size = 64;

template <typename Question>
ULONG count(USHORT group, Question question)
{
	ULONG found = 0;

	for (ULONG i = 0; i < port_processor_limit(); i++)
		if ((group == ALL_PROCESSOR_GROUPS || i / group_size == group) && question(i))
			found++;
	return found;
}

KAFFINITY online_in(ULONG group)
{
	KAFFINITY mask = 0;

	for (ULONG i = 0; i < group_size; i++)
		if (port_processor_online(group * group_size + i))
			mask |= static_cast<KAFFINITY>(1) << i;
	return mask;
}

USHORT group_count()
{
	return static_cast<USHORT>((port_processor_limit() + group_size - 1) / group_size);
}

} // namespace

/**
 * KeGetCurrentProcessorNumberEx() - The processor that this code runs on.
 * @ProcNumber: Receives its group, and its number there, if not NULL.
 *
 * Below DISPATCH_LEVEL it may be another one already when the function returns.
 *
 * Context: Any IRQL.
 * Return: Its number, counted over all groups.
 * Source: wdm.h, KeGetCurrentProcessorNumberEx function
 */
extern "C" ULONG KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber)
{
	ULONG index = port_processor();

	if (ProcNumber)
		KeGetProcessorNumberFromIndex(index, ProcNumber);
	return index;
}

/**
 * KeGetProcessorNumberFromIndex() - Where a processor is.
 * @ProcIndex: Its number, counted over all groups.
 * @ProcNumber: Receives its group, and its number there.
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER if there is no such processor.
 * Source: wdm.h, KeGetProcessorNumberFromIndex function
 */
extern "C" NTSTATUS KeGetProcessorNumberFromIndex(ULONG ProcIndex, PPROCESSOR_NUMBER ProcNumber)
{
	if (!port_processor_possible(ProcIndex))
		return STATUS_INVALID_PARAMETER;
	ProcNumber->Group = static_cast<USHORT>(ProcIndex / group_size);
	ProcNumber->Number = static_cast<UCHAR>(ProcIndex % group_size);
	ProcNumber->Reserved = 0;
	return STATUS_SUCCESS;
}

/**
 * KeGetProcessorIndexFromNumber() - A processor's number, counted over all groups.
 * @ProcNumber: Its group, and its number there.
 *
 * Context: Any IRQL.
 * Return: The number; INVALID_PROCESSOR_INDEX if there is no such processor.
 * Source: wdm.h, KeGetProcessorIndexFromNumber function
 */
extern "C" ULONG KeGetProcessorIndexFromNumber(PPROCESSOR_NUMBER ProcNumber)
{
	ULONG index = ProcNumber->Group * group_size + ProcNumber->Number;

	if (ProcNumber->Number >= group_size || ProcNumber->Reserved ||
	    !port_processor_possible(index))
		return INVALID_PROCESSOR_INDEX;
	return index;
}

/**
 * KeQueryActiveProcessorCountEx() - How many processors work.
 * @GroupNumber: A group, or ALL_PROCESSOR_GROUPS.
 *
 * Context: Any IRQL.
 * Return: The number; 0 for a group that there is not.
 * Source: wdm.h, KeQueryActiveProcessorCountEx function
 */
extern "C" ULONG KeQueryActiveProcessorCountEx(USHORT GroupNumber)
{
	return count(GroupNumber, port_processor_online);
}

/**
 * KeQueryActiveProcessorCount() - How many processors of the first group work.
 * @ActiveProcessors: Receives which, if not NULL.
 *
 * Context: Any IRQL.
 * Return: The number.
 * Source: wdm.h, KeQueryActiveProcessorCount function
 */
extern "C" ULONG KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors)
{
	if (ActiveProcessors)
		*ActiveProcessors = online_in(0);
	return count(0, port_processor_online);
}

/**
 * KeQueryMaximumProcessorCountEx() - How many processors there may be.
 * @GroupNumber: A group, or ALL_PROCESSOR_GROUPS.
 *
 * Context: Any IRQL.
 * Return: The number; 0 for a group that there is not.
 * Source: wdm.h, KeQueryMaximumProcessorCountEx function
 */
extern "C" ULONG KeQueryMaximumProcessorCountEx(USHORT GroupNumber)
{
	return count(GroupNumber, port_processor_possible);
}

/**
 * KeQueryMaximumProcessorCount() - How many processors there may be in the first group.
 *
 * Context: Any IRQL.
 * Return: The number.
 * Source: wdm.h, KeQueryMaximumProcessorCount function
 */
extern "C" ULONG KeQueryMaximumProcessorCount(VOID)
{
	return count(0, port_processor_possible);
}

/**
 * KeQueryActiveProcessors() - Which processors of the first group work.
 *
 * Context: Any IRQL.
 * Return: A bit for each.
 * Source: wdm.h, KeQueryActiveProcessors function
 */
extern "C" KAFFINITY KeQueryActiveProcessors(VOID)
{
	return online_in(0);
}

/**
 * KeQueryGroupAffinity() - Which processors of a group work.
 * @GroupNumber: The group.
 *
 * Context: Any IRQL.
 * Return: A bit for each; 0 for a group that there is not.
 * Source: wdm.h, KeQueryGroupAffinity function
 */
extern "C" KAFFINITY KeQueryGroupAffinity(USHORT GroupNumber)
{
	return online_in(GroupNumber);
}

/**
 * KeQueryActiveGroupCount() - How many groups of processors there are.
 *
 * Context: Any IRQL.
 * Return: The number.
 * Source: wdm.h, KeQueryActiveGroupCount function
 */
extern "C" USHORT KeQueryActiveGroupCount(VOID)
{
	return group_count();
}

/**
 * KeQueryMaximumGroupCount() - How many groups of processors there may be.
 *
 * Context: Any IRQL.
 * Return: The number.
 * Source: wdm.h, KeQueryMaximumGroupCount function
 */
extern "C" USHORT KeQueryMaximumGroupCount(VOID)
{
	return group_count();
}

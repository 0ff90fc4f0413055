// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Processes, known by an identity: the address of Linux' own object for a thread group, marked so
 * that it is told from a thread's and from an object of ours. All threads of Linux' kernel share
 * one process, as those of the System process do.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "nt/driver.h"
#include "nt/irql.h"
#include "nt/object.h"

/* Complete here, so that a constant can point between the bytes of one. */
struct _EPROCESS {
	char unused;
};

namespace wsk
{

namespace
{

constexpr ULONG_PTR process_mark = 3; /* a thread's is 1 */

/* The System process: only its address means something. */
alignas(8) constinit _EPROCESS system_process[8];

constexpr ULONG_PTR system_process_id = 4;

/* Nobody makes one: the type is there to be compared. */
constinit _OBJECT_TYPE process_type = {"Process", nullptr};
constinit POBJECT_TYPE process_type_pointer = &process_type;

bool check_process(const char *function, const void *body)
{
	if (is_process(body))
		return true;
	port_log_rule(function, "not a process");
	return false;
}

} // namespace

PVOID process_identity(port_process *process)
{
	return process ? reinterpret_cast<PVOID>(reinterpret_cast<ULONG_PTR>(process) |
						 process_mark)
		       : PsInitialSystemProcess;
}

bool is_process(const void *body)
{
	return (reinterpret_cast<ULONG_PTR>(body) & process_mark) == process_mark;
}

port_process *process_of(const void *identity)
{
	ULONG_PTR address = reinterpret_cast<ULONG_PTR>(identity) & ~process_mark;

	return address == reinterpret_cast<ULONG_PTR>(system_process)
		       ? nullptr
		       : reinterpret_cast<port_process *>(address);
}

} // namespace wsk

using namespace wsk;

/**
 * PsProcessType - The type of processes, for ObReferenceObjectByHandle().
 *
 * Source: ntddk.h, PsProcessType
 */
extern "C" POBJECT_TYPE *PsProcessType;
constinit POBJECT_TYPE *PsProcessType = &process_type_pointer;

/**
 * PsInitialSystemProcess - The process that all threads of the kernel belong to.
 *
 * Source: ntddk.h, PsInitialSystemProcess
 */
extern "C" PEPROCESS PsInitialSystemProcess;
constinit PEPROCESS PsInitialSystemProcess = &system_process[process_mark];

/**
 * IoGetCurrentProcess() - The current process. PsGetCurrentProcess() is a macro for it.
 *
 * In a softirq it is the process of the thread that was interrupted.
 *
 * Context: Any IRQL.
 * Return: The process, without a reference; PsInitialSystemProcess in kernel threads.
 * Source: wdm.h, IoGetCurrentProcess function
 */
extern "C" PEPROCESS IoGetCurrentProcess(VOID)
{
	return static_cast<PEPROCESS>(process_identity(port_process_current()));
}

/**
 * PsGetProcessId() - The number of a process, which is Linux' process id.
 * @Process: The process.
 *
 * Context: Any IRQL.
 * Return: The number, as a HANDLE: 4 for the System process; NULL for a process that nothing is
 *	left of, and for what is no process, which breaks a rule.
 * Source: ntddk.h, PsGetProcessId function
 */
extern "C" HANDLE PsGetProcessId(PEPROCESS Process)
{
	if (!check_process(__func__, Process))
		return nullptr;
	port_process *process = process_of(Process);

	return reinterpret_cast<HANDLE>(process ? port_process_id(process) : system_process_id);
}

/**
 * PsGetCurrentProcessId() - The number of the current process, which is Linux' process id.
 *
 * Context: Any IRQL.
 * Return: The number, as a HANDLE; 4, the System process', in kernel threads.
 * Source: ntddk.h, PsGetCurrentProcessId function
 */
extern "C" HANDLE PsGetCurrentProcessId(VOID)
{
	return PsGetProcessId(IoGetCurrentProcess());
}

/**
 * PsLookupProcessByProcessId() - Find the process of a number.
 * @ProcessId: As PsGetProcessId() tells it. The numbers of kernel threads stand for the System
 *	process, as 4 does.
 * @Process: Receives the process. Give the reference back with ObDereferenceObject().
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER when there is no such process.
 * Source: ntifs.h, PsLookupProcessByProcessId function
 */
extern "C" NTSTATUS PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process)
{
	auto id = reinterpret_cast<ULONG_PTR>(ProcessId);
	port_process *found = nullptr;

	NT_MAX_IRQL(APC_LEVEL);
	*Process = nullptr;
	if (id != system_process_id && !port_process_find(id, &found))
		return STATUS_INVALID_PARAMETER;
	*Process = static_cast<PEPROCESS>(process_identity(found));
	driver_charge(driver_of(__builtin_return_address(0)), Resource::references);
	return STATUS_SUCCESS;
}

/**
 * IoThreadToProcess() - The process that a thread belongs to.
 * @Thread: A thread object, or a thread that Linux made.
 *
 * Context: Any IRQL.
 * Return: The process, without a reference of its own; NULL for what is no thread, which breaks a
 *	rule.
 * Source: ntddk.h, IoThreadToProcess function
 */
extern "C" PEPROCESS IoThreadToProcess(PETHREAD Thread)
{
	if (!is_thread(Thread)) {
		port_log_rule(__func__, "not a thread");
		return nullptr;
	}
	return static_cast<PEPROCESS>(process_identity(port_process_of_thread(task_of(Thread))));
}

/**
 * PsGetThreadProcess() - The process that a thread belongs to.
 * @Thread: A thread object, or a thread that Linux made.
 *
 * Context: Any IRQL.
 * Return: As IoThreadToProcess().
 * Source: ntifs.h, PsGetThreadProcess function
 */
extern "C" PEPROCESS PsGetThreadProcess(PETHREAD Thread)
{
	return IoThreadToProcess(Thread);
}

/**
 * PsGetThreadProcessId() - The number of the process that a thread belongs to.
 * @Thread: A thread object, or a thread that Linux made.
 *
 * Context: Any IRQL.
 * Return: As PsGetProcessId().
 * Source: ntddk.h, PsGetThreadProcessId function
 */
extern "C" HANDLE PsGetThreadProcessId(PETHREAD Thread)
{
	PEPROCESS process = IoThreadToProcess(Thread);

	return process ? PsGetProcessId(process) : nullptr;
}

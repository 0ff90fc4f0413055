// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * System threads, and the identities of threads.
 *
 * A thread of PsCreateSystemThread() is an object. Threads that Linux made are known by an
 * identity: an address that no object can have. It means the same thread for as long as that lives
 * or a reference is held, as a PETHREAD does; it cannot be waited for.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "nt/dispatcher.h"
#include "nt/driver.h"
#include "nt/irql.h"
#include "nt/object.h"
#include "nt/thread.h"
#include "port/context.h"
#include "port/thread.h"

struct _KTHREAD {
	DISPATCHER_HEADER header; /* signalled once the thread has left its driver's code */
	port_thread *task;
	wsk::DriverAccount *account;
	PKSTART_ROUTINE routine;
	PVOID context;
	KPRIORITY priority;
	LONG mutexes;						  /* acquired and not released */
	LONG regions[static_cast<int>(wsk::ThreadRegion::kinds)]; /* entered and not left */
};

namespace wsk
{

namespace
{

constexpr KPRIORITY normal_priority = 8;
constexpr int max_name = 16; /* what Linux keeps of a thread's name */

void thread_destroy(PVOID body)
{
	auto *thread = static_cast<PKTHREAD>(body);

	/* None if it was never started. */
	if (thread->task)
		port_thread_put(thread->task);
}

constinit _OBJECT_TYPE thread_type = {"Thread", thread_destroy};
constinit POBJECT_TYPE thread_type_pointer = &thread_type;

/* The current thread, if it is one of ours. */
PKTHREAD current_thread()
{
	return static_cast<PKTHREAD>(port_thread_current_context());
}

/* In wsk.ko's own text, on the way out. */
void thread_ended(void *context)
{
	auto *thread = static_cast<PKTHREAD>(context);

	driver_discharge(thread->account, Resource::threads);
	dispatcher_signal(&thread->header, 1);
	object_dereference(thread);
}

[[noreturn]] void thread_end(const char *function, PKTHREAD thread)
{
	if (KeGetCurrentIrql() > PASSIVE_LEVEL) {
		port_log_rule(function, "a thread ends above PASSIVE_LEVEL");
		KeLowerIrql(PASSIVE_LEVEL);
	}
	if (thread->mutexes)
		port_log_rule(function, "a thread ends that owns a mutex");
	for (LONG depth : thread->regions)
		if (depth)
			port_log_rule(function, "a thread ends in a region without APCs");
	port_thread_exit(thread_ended);
}

void thread_run(void *context)
{
	auto *thread = static_cast<PKTHREAD>(context);

	thread->routine(thread->context);
	thread_end("PsCreateSystemThread", thread);
}

/* Linux' nice value for Windows' priorities: 8 is normal, and 1 … 31 are all used. */
int nice_of(KPRIORITY priority)
{
	if (priority <= normal_priority)
		return (normal_priority - priority) * 19 / (normal_priority - 1);
	return (normal_priority - priority) * 20 / (HIGH_PRIORITY - normal_priority);
}

} // namespace

bool is_thread(const void *body)
{
	if (is_identity(body))
		return !is_process(body);
	return object_has_type(body, &thread_type);
}

port_thread *task_of(PETHREAD thread)
{
	if (is_identity(thread))
		return reinterpret_cast<port_thread *>(reinterpret_cast<ULONG_PTR>(thread) & ~3ul);
	return reinterpret_cast<PKTHREAD>(thread)->task;
}

bool thread_enters(ThreadRegion region, int change)
{
	PKTHREAD thread = current_thread();

	if (!thread)
		return true;

	LONG &depth = thread->regions[static_cast<int>(region)];

	if (depth + change < 0)
		return false;
	depth += change;
	return true;
}

bool thread_is_in(ThreadRegion region)
{
	PKTHREAD thread = current_thread();

	return !thread || thread->regions[static_cast<int>(region)];
}

void thread_holds_mutexes(int change)
{
	if (PKTHREAD thread = current_thread())
		thread->mutexes += change;
}

} // namespace wsk

using namespace wsk;

/**
 * PsThreadType - The type of thread objects, for ObReferenceObjectByHandle().
 *
 * Source: wdm.h, PsThreadType
 */
extern "C" POBJECT_TYPE *PsThreadType;
constinit POBJECT_TYPE *PsThreadType = &thread_type_pointer;

/**
 * PsCreateSystemThread() - Start a kernel thread.
 * @ThreadHandle: Receives a handle, to be closed with ZwClose(). The thread does not depend on it.
 * @DesiredAccess: Ignored.
 * @ObjectAttributes: NULL, or attributes of the handle, of which OBJ_KERNEL_HANDLE counts.
 * @ProcessHandle: NULL or NtCurrentProcess(): the thread belongs to the System process in any case.
 * @ClientId: Receives the ids, if not NULL.
 * @StartRoutine: What it runs. The thread ends when it returns, or in PsTerminateSystemThread().
 * @StartContext: Its argument.
 *
 * The driver that calls this is charged with the thread until it has left the driver's code; only
 * then may the driver unload, and waits for the thread object succeed.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_HANDLE for another process.
 * Source: wdm.h, PsCreateSystemThread function
 */
extern "C" NTSTATUS PsCreateSystemThread(PHANDLE ThreadHandle, ULONG,
					 POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
					 PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine,
					 PVOID StartContext)
{
	DriverAccount *account = driver_of(__builtin_return_address(0));
	ULONG attributes = ObjectAttributes ? ObjectAttributes->Attributes : 0;
	NTSTATUS status;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (ProcessHandle && ProcessHandle != NtCurrentProcess())
		return STATUS_INVALID_HANDLE;

	auto *thread =
		static_cast<PKTHREAD>(object_create(&thread_type, sizeof(_KTHREAD), account));

	if (!thread)
		return STATUS_INSUFFICIENT_RESOURCES;
	dispatcher_init(&thread->header, DispatcherType::thread, 0, 0);
	thread->account = account;
	thread->routine = StartRoutine;
	thread->context = StartContext;
	thread->priority = normal_priority;

	status = handle_create(thread, attributes, ThreadHandle);
	if (!NT_SUCCESS(status)) {
		object_dereference(thread);
		return status;
	}
	thread->task = port_thread_create(thread_run, thread, driver_name(account));
	if (!thread->task) {
		ZwClose(*ThreadHandle);
		*ThreadHandle = nullptr;
		object_dereference(thread);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	if (ClientId) {
		ClientId->UniqueProcess = PsGetProcessId(PsInitialSystemProcess);
		ClientId->UniqueThread = reinterpret_cast<HANDLE>(port_thread_id(thread->task));
	}
	driver_charge(account, Resource::threads);
	/* Our reference is the thread's from now on. */
	port_thread_run(thread->task);
	return STATUS_SUCCESS;
}

/**
 * PsTerminateSystemThread() - End the current thread.
 * @ExitStatus: Ignored: nobody can ask for it.
 *
 * Context: IRQL = PASSIVE_LEVEL, in a thread of PsCreateSystemThread().
 * Return: Not at all; STATUS_INVALID_PARAMETER in any other thread, which breaks a rule.
 * Source: wdm.h, PsTerminateSystemThread function
 */
extern "C" NTSTATUS PsTerminateSystemThread(NTSTATUS)
{
	PKTHREAD thread = current_thread();

	if (!thread) {
		port_log_rule(__func__, "the current thread is none of PsCreateSystemThread");
		return STATUS_INVALID_PARAMETER;
	}
	thread_end(__func__, thread);
}

/**
 * KeGetCurrentThread() - The current thread; in a softirq, the one that it interrupted.
 *
 * Context: Any IRQL.
 * Return: A thread object, or the identity of a thread that Linux made.
 * Source: wdm.h, KeGetCurrentThread function
 */
extern "C" PKTHREAD KeGetCurrentThread(VOID)
{
	PKTHREAD thread = current_thread();

	return thread ? thread : static_cast<PKTHREAD>(thread_identity(port_thread_current()));
}

/**
 * PsGetCurrentThread() - The current thread; in a softirq, the one that it interrupted.
 *
 * Context: Any IRQL.
 * Return: A thread object, or the identity of a thread that Linux made.
 * Source: ntddk.h, PsGetCurrentThread function
 */
extern "C" PETHREAD PsGetCurrentThread(VOID)
{
	return reinterpret_cast<PETHREAD>(KeGetCurrentThread());
}

/**
 * PsGetCurrentThreadId() - The number of the current thread, which is Linux' thread id.
 *
 * Context: Any IRQL.
 * Return: The number, as a HANDLE.
 * Source: ntddk.h, PsGetCurrentThreadId function
 */
extern "C" HANDLE PsGetCurrentThreadId(VOID)
{
	return reinterpret_cast<HANDLE>(port_thread_current_id());
}

/**
 * PsGetThreadId() - The number of a thread, which is Linux' thread id.
 * @Thread: A thread object, or the identity of a thread that Linux made.
 *
 * Context: Any IRQL.
 * Return: The number, as a HANDLE; NULL for what is no thread, which breaks a rule.
 * Source: ntddk.h, PsGetThreadId function
 */
extern "C" HANDLE PsGetThreadId(PETHREAD Thread)
{
	if (!is_thread(Thread)) {
		port_log_rule(__func__, "not a thread");
		return nullptr;
	}
	return reinterpret_cast<HANDLE>(port_thread_id(task_of(Thread)));
}

/**
 * KeSetPriorityThread() - Change a thread's priority.
 * @Thread: A thread object, or the current thread.
 * @Priority: 1 … 31; 8 is normal. It becomes a nice value between 19 and -20: no driver's thread
 *	keeps the others from running.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The previous priority; 8 for threads that Linux made.
 * Source: wdm.h, KeSetPriorityThread function
 */
extern "C" KPRIORITY KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (Priority < 1 || Priority > HIGH_PRIORITY) {
		port_log_rule(__func__, "the priority is not between 1 and 31");
		return normal_priority;
	}
	if (!is_identity(Thread)) {
		port_thread_set_nice(Thread->task, nice_of(Priority));
		return InterlockedExchange(&Thread->priority, Priority);
	}
	if (Thread == KeGetCurrentThread())
		port_thread_current_set_nice(nice_of(Priority));
	else
		port_log_rule(__func__, "not a thread object, and not the current thread");
	return normal_priority;
}

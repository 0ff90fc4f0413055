// SPDX-License-Identifier: MIT OR GPL-2.0
/* System threads, and the identities of threads and processes. */
#include "nt/driver.h"
#include "waiting.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

NTSTATUS create(PHANDLE handle, PKSTART_ROUTINE routine, PVOID context, PCLIENT_ID id = nullptr)
{
	return PsCreateSystemThread(handle, THREAD_ALL_ACCESS, nullptr, nullptr, id, routine,
				    context);
}

NTSTATUS reference(HANDLE handle, PVOID *object)
{
	return ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
					 object, nullptr);
}

/* As drivers do it: the handle is closed at once, the object kept. */
PVOID start(struct kunit *test, PKSTART_ROUTINE routine, PVOID context, PCLIENT_ID id = nullptr)
{
	HANDLE handle;
	PVOID object = nullptr;

	ASSERT_STATUS(test, create(&handle, routine, context, id), STATUS_SUCCESS);
	EXPECT_STATUS(test, reference(handle, &object), STATUS_SUCCESS);
	EXPECT_STATUS(test, ZwClose(handle), STATUS_SUCCESS);
	return object;
}

void finish(PVOID thread)
{
	wait_forever(thread);
	ObDereferenceObject(thread);
}

struct Report {
	KEVENT go;
	PKTHREAD thread;
	PETHREAD ethread;
	PEPROCESS process;
	HANDLE thread_id, process_id;
	KIRQL irql;
	LONG ran;
};

void report(PVOID context)
{
	auto *self = static_cast<Report *>(context);

	self->thread = KeGetCurrentThread();
	self->ethread = PsGetCurrentThread();
	self->process = PsGetCurrentProcess();
	self->thread_id = PsGetCurrentThreadId();
	self->process_id = PsGetCurrentProcessId();
	self->irql = KeGetCurrentIrql();
	wait_forever(&self->go);
	InterlockedIncrement(&self->ran);
}

void terminate(PVOID context)
{
	report(context);
	PsTerminateSystemThread(STATUS_SUCCESS);
	/* Not reached. */
	static_cast<Report *>(context)->ran = 100;
}

void runs_and_ends(struct kunit *test)
{
	constexpr PKSTART_ROUTINE routines[] = {report, terminate};

	for (auto routine : routines) {
		Report seen = {};
		CLIENT_ID id = {};
		PVOID thread;

		KeInitializeEvent(&seen.go, NotificationEvent, FALSE);
		thread = start(test, routine, &seen, &id);
		ASSERT_NOT_NULL(test, thread);
		bridge_sleep_ms(5);
		EXPECT_STATUS(test, poll(thread), STATUS_TIMEOUT);
		KeSetEvent(&seen.go, IO_NO_INCREMENT, FALSE);
		EXPECT_STATUS(test, wait_forever(thread), STATUS_SUCCESS);
		/* It stays signalled. */
		EXPECT_STATUS(test, poll(thread), STATUS_SUCCESS);
		EXPECT_EQ(test, seen.ran, 1);
		EXPECT_PTR_EQ(test, seen.thread, thread);
		EXPECT_PTR_EQ(test, seen.ethread, thread);
		EXPECT_PTR_EQ(test, seen.thread_id, id.UniqueThread);
		EXPECT_PTR_EQ(test, seen.process_id, id.UniqueProcess);
		EXPECT_PTR_EQ(test, seen.process, PsGetCurrentProcess());
		EXPECT_EQ(test, seen.irql, PASSIVE_LEVEL);
		ObDereferenceObject(thread);
	}
}

/* Tests are no driver: what they hold is on the account of code that belongs to none. */
long outstanding(Resource resource)
{
	return driver_outstanding(driver_of(reinterpret_cast<const void *>(outstanding)), resource);
}

void set_and_return(PVOID context)
{
	KeSetEvent(static_cast<PKEVENT>(context), IO_NO_INCREMENT, FALSE);
}

void needs_no_handle(struct kunit *test)
{
	const long threads = outstanding(Resource::threads);
	KEVENT done;
	HANDLE handle;

	KeInitializeEvent(&done, SynchronizationEvent, FALSE);
	ASSERT_STATUS(test, create(&handle, set_and_return, &done), STATUS_SUCCESS);
	EXPECT_STATUS(test, ZwClose(handle), STATUS_SUCCESS);
	EXPECT_STATUS(test, wait_forever(&done), STATUS_SUCCESS);
	/* It ends later. */
	EXPECT_TRUE(test, wait_until([=]() { return outstanding(Resource::threads) == threads; }));
}

void many_wait_for_one(struct kunit *test)
{
	Report seen = {};
	WaitingThread waiters[2];
	PVOID thread;

	KeInitializeEvent(&seen.go, NotificationEvent, FALSE);
	thread = start(test, report, &seen);
	ASSERT_NOT_NULL(test, thread);
	for (auto &waiter : waiters)
		ASSERT_TRUE(test, waiter.start(thread));
	KeSetEvent(&seen.go, IO_NO_INCREMENT, FALSE);
	for (auto &waiter : waiters)
		EXPECT_STATUS(test, waiter.join(), STATUS_SUCCESS);
	ObDereferenceObject(thread);
}

void driver_is_charged(struct kunit *test)
{
	long threads = outstanding(Resource::threads);
	long references = outstanding(Resource::references);
	Report seen = {};
	HANDLE handle;
	PVOID thread;

	KeInitializeEvent(&seen.go, NotificationEvent, FALSE);
	ASSERT_STATUS(test, create(&handle, report, &seen), STATUS_SUCCESS);
	EXPECT_EQ(test, outstanding(Resource::threads), threads + 1);
	EXPECT_EQ(test, outstanding(Resource::references), references + 1);
	ASSERT_STATUS(test, reference(handle, &thread), STATUS_SUCCESS);
	EXPECT_EQ(test, outstanding(Resource::references), references + 2);
	ZwClose(handle);
	EXPECT_EQ(test, outstanding(Resource::references), references + 1);
	KeSetEvent(&seen.go, IO_NO_INCREMENT, FALSE);
	wait_forever(thread);
	/* Discharged before it is signalled. */
	EXPECT_EQ(test, outstanding(Resource::threads), threads);
	ObDereferenceObject(thread);
	EXPECT_EQ(test, outstanding(Resource::references), references);
}

void other_threads_do_not_terminate(struct kunit *test)
{
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, PsTerminateSystemThread(STATUS_SUCCESS),
				   STATUS_INVALID_PARAMETER));
}

void other_processes_are_refused(struct kunit *test)
{
	HANDLE handle = nullptr;

	EXPECT_STATUS(test,
		      PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, nullptr,
					   reinterpret_cast<HANDLE>(1234ul), nullptr,
					   set_and_return, nullptr),
		      STATUS_INVALID_HANDLE);
}

void end_raised(PVOID)
{
	KIRQL old;

	KeRaiseIrql(DISPATCH_LEVEL, &old);
}

void raised_irql_is_told(struct kunit *test)
{
	unsigned long before = bridge_rule_count();

	finish(start(test, end_raised, nullptr));
	EXPECT_EQ(test, bridge_rule_count() - before, bridge_checked() ? 1ul : 0ul);
}

void priorities(struct kunit *test)
{
	Report seen = {};
	PVOID thread;

	KeInitializeEvent(&seen.go, NotificationEvent, FALSE);
	thread = start(test, report, &seen);
	ASSERT_NOT_NULL(test, thread);
	EXPECT_EQ(test, KeSetPriorityThread(static_cast<PKTHREAD>(thread), LOW_REALTIME_PRIORITY),
		  8);
	EXPECT_EQ(test, KeSetPriorityThread(static_cast<PKTHREAD>(thread), 1),
		  LOW_REALTIME_PRIORITY);
	EXPECT_RULES(test, 1, KeSetPriorityThread(static_cast<PKTHREAD>(thread), 32));
	EXPECT_EQ(test, KeSetPriorityThread(static_cast<PKTHREAD>(thread), HIGH_PRIORITY), 1);
	KeSetEvent(&seen.go, IO_NO_INCREMENT, FALSE);
	finish(thread);
	/* A thread that Linux made may change its own. */
	EXPECT_RULES(test, 0, EXPECT_EQ(test, KeSetPriorityThread(KeGetCurrentThread(), 9), 8));
	KeSetPriorityThread(KeGetCurrentThread(), 8);
}

struct Identity {
	PKTHREAD thread;
	PEPROCESS process;
};

void note_identity(void *context)
{
	auto *identity = static_cast<Identity *>(context);

	identity->thread = KeGetCurrentThread();
	identity->process = PsGetCurrentProcess();
}

void identities(struct kunit *test)
{
	Identity here, again, other;
	bridge_thread *thread;

	note_identity(&here);
	note_identity(&again);
	EXPECT_NOT_NULL(test, here.thread);
	EXPECT_PTR_EQ(test, here.thread, again.thread);
	thread = bridge_thread_start(note_identity, &other);
	ASSERT_NOT_NULL(test, thread);
	bridge_thread_join(thread);
	EXPECT_PTR_NE(test, here.thread, other.thread);
	EXPECT_PTR_EQ(test, here.process, other.process);
	EXPECT_PTR_EQ(test, PsGetCurrentProcessId(), reinterpret_cast<void *>(4ul));
	EXPECT_RULES(test, 0, ObReferenceObject(here.thread); ObDereferenceObject(here.thread));
}

void storm(PVOID context)
{
	InterlockedIncrement(static_cast<LONG *>(context));
}

void many_threads(struct kunit *test)
{
	constexpr int count = 40; /* more than the handle table begins with */
	static PVOID objects[count];
	HANDLE handles[count];
	LONG ran = 0;

	for (int i = 0; i < count; i++)
		ASSERT_STATUS(test, create(&handles[i], storm, &ran), STATUS_SUCCESS);
	for (int i = 0; i < count; i++)
		ASSERT_STATUS(test, reference(handles[i], &objects[i]), STATUS_SUCCESS);
	for (int i = 0; i < count; i++) {
		ZwClose(handles[i]);
		finish(objects[i]);
	}
	EXPECT_EQ(test, ran, count);
}

constexpr bridge_case cases[] = {
	{"a thread runs its routine and is signalled when it has ended", runs_and_ends},
	{"a thread needs neither handle nor reference", needs_no_handle},
	{"many threads wait for one", many_wait_for_one},
	{"the driver is charged with its threads, handles and references", driver_is_charged},
	{"only system threads can terminate themselves", other_threads_do_not_terminate},
	{"threads of other processes are refused", other_processes_are_refused},
	{"a thread that ends at DISPATCH_LEVEL is told and ends", raised_irql_is_told},
	{"priorities are remembered and kept in range", priorities},
	{"threads and processes have identities", identities},
	{"many threads at once", many_threads},
};

} // namespace

BRIDGE_SUITE(ps_thread, cases)

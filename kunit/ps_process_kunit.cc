// SPDX-License-Identifier: MIT OR GPL-2.0
/* Processes: who they are, finding them, and references to them. */
#include "net_space.h"
#include "nt/driver.h"
#include "waiting.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

/* A process of its own that tells of itself and waits to be let go. */
class Process
{
public:
	explicit Process(struct kunit *test)
	{
		KeInitializeEvent(&told_, NotificationEvent, FALSE);
		KeInitializeEvent(&go_, NotificationEvent, FALSE);
		process_ = net_process_start(nullptr, 0, run, this);
		if (!process_)
			bridge_skip(test, "this kernel lets nobody start a process");
		wait_forever(&told_);
	}

	/* Returns when nothing is left of it. */
	void end()
	{
		if (!process_)
			return;
		KeSetEvent(&go_, IO_NO_INCREMENT, FALSE);
		net_process_join(process_);
		process_ = nullptr;
	}
	~Process() { end(); }

	PEPROCESS process = nullptr, again = nullptr, of_thread = nullptr;
	PETHREAD thread = nullptr;
	HANDLE id = nullptr, thread_id = nullptr, id_of_thread = nullptr;
	PEPROCESS in_softirq = nullptr;
	PEPROCESS by_handle = nullptr;

private:
	static void look(void *context)
	{
		static_cast<Process *>(context)->in_softirq = PsGetCurrentProcess();
	}

	static void run(void *context)
	{
		auto *self = static_cast<Process *>(context);
		PVOID found = nullptr;

		self->process = PsGetCurrentProcess();
		self->again = IoGetCurrentProcess();
		self->thread = PsGetCurrentThread();
		self->id = PsGetCurrentProcessId();
		self->thread_id = PsGetThreadId(self->thread);
		self->of_thread = PsGetThreadProcess(self->thread);
		self->id_of_thread = PsGetThreadProcessId(self->thread);
		bridge_run_at_dispatch(look, self);
		if (NT_SUCCESS(ObReferenceObjectByHandle(NtCurrentProcess(), 0, *PsProcessType,
							 KernelMode, &found, nullptr))) {
			self->by_handle = static_cast<PEPROCESS>(found);
			ObDereferenceObject(found);
		}
		KeSetEvent(&self->told_, IO_NO_INCREMENT, FALSE);
		wait_forever(&self->go_);
	}

	KEVENT told_, go_;
	net_process *process_;
};

long references()
{
	return driver_outstanding(driver_of(reinterpret_cast<const void *>(references)),
				  Resource::references);
}

void is_one_for_itself(struct kunit *test)
{
	Process one(test), other(test);

	EXPECT_NOT_NULL(test, one.process);
	EXPECT_PTR_EQ(test, one.process, one.again);
	EXPECT_PTR_EQ(test, one.process, one.of_thread);
	EXPECT_PTR_EQ(test, one.process, one.in_softirq);
	EXPECT_PTR_EQ(test, one.process, one.by_handle);
	EXPECT_PTR_NE(test, one.process, other.process);
	EXPECT_PTR_NE(test, one.process, PsInitialSystemProcess);
	EXPECT_PTR_NE(test, one.thread, one.process);
	EXPECT_PTR_EQ(test, one.id, one.id_of_thread);
	EXPECT_PTR_EQ(test, one.id, one.thread_id); /* it has one thread */
	EXPECT_PTR_EQ(test, PsGetProcessId(one.process), one.id);
	EXPECT_PTR_NE(test, one.id, other.id);
}

void kernel_threads_are_systems(struct kunit *test)
{
	PETHREAD thread = PsGetCurrentThread();

	EXPECT_PTR_EQ(test, PsGetCurrentProcess(), PsInitialSystemProcess);
	EXPECT_PTR_EQ(test, IoThreadToProcess(thread), PsInitialSystemProcess);
	EXPECT_PTR_EQ(test, PsGetThreadProcessId(thread), PsGetCurrentProcessId());
	EXPECT_PTR_EQ(test, PsGetProcessId(PsInitialSystemProcess), reinterpret_cast<void *>(4ul));
	EXPECT_PTR_EQ(test, PsGetThreadId(thread), PsGetCurrentThreadId());
}

struct Seen {
	PEPROCESS process;
	HANDLE id;
};

void note(PVOID context)
{
	auto *seen = static_cast<Seen *>(context);

	seen->process = IoThreadToProcess(PsGetCurrentThread());
	seen->id = PsGetThreadId(PsGetCurrentThread());
}

void system_threads_too(struct kunit *test)
{
	Seen seen = {};
	CLIENT_ID id = {};
	HANDLE handle;
	PVOID thread = nullptr;

	ASSERT_STATUS(test, PsCreateSystemThread(&handle, 0, nullptr, nullptr, &id, note, &seen),
		      STATUS_SUCCESS);
	EXPECT_STATUS(
		test,
		ObReferenceObjectByHandle(handle, 0, *PsThreadType, KernelMode, &thread, nullptr),
		STATUS_SUCCESS);
	EXPECT_STATUS(test, ZwClose(handle), STATUS_SUCCESS);
	wait_forever(thread);
	EXPECT_PTR_EQ(test, seen.process, PsInitialSystemProcess);
	EXPECT_PTR_EQ(test, seen.id, id.UniqueThread);
	EXPECT_PTR_EQ(test, id.UniqueProcess, PsGetProcessId(PsInitialSystemProcess));
	EXPECT_STATUS(test, ObReferenceObjectByPointer(thread, 0, *PsThreadType, KernelMode),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, ObReferenceObjectByPointer(thread, 0, *PsProcessType, KernelMode),
		      STATUS_OBJECT_TYPE_MISMATCH);
	ObDereferenceObject(thread);
	ObDereferenceObject(thread);
}

void is_found_by_its_number(struct kunit *test)
{
	const long before = references();
	Process one(test);
	PEPROCESS found = nullptr;

	EXPECT_STATUS(test, PsLookupProcessByProcessId(one.id, &found), STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, found, one.process);
	EXPECT_EQ(test, references(), before + 1);
	ObDereferenceObject(found);
	EXPECT_EQ(test, references(), before);

	one.end();
	EXPECT_STATUS(test, PsLookupProcessByProcessId(one.id, &found), STATUS_INVALID_PARAMETER);
	EXPECT_NULL(test, found);
	EXPECT_EQ(test, references(), before);
}

void numbers_of_the_kernels(struct kunit *test)
{
	const HANDLE numbers[] = {reinterpret_cast<HANDLE>(4ul), PsGetCurrentThreadId()};

	for (HANDLE number : numbers) {
		PEPROCESS found = nullptr;

		EXPECT_STATUS(test, PsLookupProcessByProcessId(number, &found), STATUS_SUCCESS);
		EXPECT_PTR_EQ(test, found, PsInitialSystemProcess);
		if (found)
			ObDereferenceObject(found);
	}
}

void numbers_of_nobody(struct kunit *test)
{
	const ULONG_PTR numbers[] = {0, 0x3fffff, 0x7fffffff, 0x100000004, ~0ul};

	for (ULONG_PTR number : numbers) {
		PEPROCESS found = PsInitialSystemProcess;

		EXPECT_STATUS(test,
			      PsLookupProcessByProcessId(reinterpret_cast<HANDLE>(number), &found),
			      STATUS_INVALID_PARAMETER);
		EXPECT_NULL(test, found);
	}
}

void reference_outlives_it(struct kunit *test)
{
	const long before = references();
	Process one(test);

	EXPECT_RULES(test, 0, ObReferenceObject(one.process); ObReferenceObject(one.thread));
	EXPECT_EQ(test, references(), before + 2);
	one.end();
	EXPECT_PTR_EQ(test, PsGetThreadId(one.thread), one.thread_id);
	EXPECT_PTR_EQ(test, PsGetProcessId(one.process), one.id);
	/* Not the System process, whatever else. */
	EXPECT_PTR_NE(test, IoThreadToProcess(one.thread), PsInitialSystemProcess);
	EXPECT_PTR_EQ(test, PsGetThreadProcessId(one.thread), nullptr);
	EXPECT_RULES(test, 0, ObDereferenceObject(one.thread); ObDereferenceObject(one.process));
	EXPECT_EQ(test, references(), before);
}

void has_a_type(struct kunit *test)
{
	PEPROCESS process = PsGetCurrentProcess();
	PETHREAD thread = PsGetCurrentThread();

	EXPECT_STATUS(test, ObReferenceObjectByPointer(process, 0, *PsProcessType, KernelMode),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, ObReferenceObjectByPointer(process, 0, nullptr, KernelMode),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, ObReferenceObjectByPointer(process, 0, *PsThreadType, KernelMode),
		      STATUS_OBJECT_TYPE_MISMATCH);
	EXPECT_STATUS(test, ObReferenceObjectByPointer(thread, 0, *PsProcessType, KernelMode),
		      STATUS_OBJECT_TYPE_MISMATCH);
	ObDereferenceObject(process);
	ObDereferenceObject(process);
}

void what_is_neither_is_told(struct kunit *test)
{
	alignas(16) static char bytes[128];
	auto *nothing = reinterpret_cast<PEPROCESS>(bytes + 64);
	auto *no_thread = reinterpret_cast<PETHREAD>(bytes + 64);

	EXPECT_RULES(test, 1, EXPECT_NULL(test, PsGetProcessId(nothing)));
	EXPECT_RULES(test, 1, EXPECT_NULL(test, PsGetThreadId(no_thread)));
	EXPECT_RULES(test, 1, EXPECT_NULL(test, IoThreadToProcess(no_thread)));
	EXPECT_RULES(test, 1, EXPECT_NULL(test, PsGetThreadProcessId(nullptr)));
	EXPECT_RULES(test, 1,
		     EXPECT_NULL(test, IoThreadToProcess(reinterpret_cast<PETHREAD>(
					       PsInitialSystemProcess))));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test,
				   ObReferenceObjectByPointer(nothing, 0, nullptr, KernelMode),
				   STATUS_INVALID_PARAMETER));
}

void nothing_to_give_back(struct kunit *test)
{
	const long before = references();

	/* The System process' count nothing but themselves. */
	while (references() > 0)
		ObDereferenceObject(PsInitialSystemProcess);
	EXPECT_RULES(test, 1, ObDereferenceObject(PsGetCurrentProcess()));
	EXPECT_RULES(test, 1, ObDereferenceObject(PsGetCurrentThread()));
	EXPECT_EQ(test, references(), 0);
	while (references() < before)
		ObReferenceObject(PsInitialSystemProcess);
}

constexpr bridge_case cases[] = {
	{"a process is one for itself, whoever asks", is_one_for_itself},
	{"kernel threads belong to the System process", kernel_threads_are_systems},
	{"so do the threads that drivers make", system_threads_too},
	{"a process is found by its number while it lives", is_found_by_its_number},
	{"numbers of kernel threads stand for the System process", numbers_of_the_kernels},
	{"numbers of nobody find nothing", numbers_of_nobody},
	{"references outlive the process and the thread", reference_outlives_it},
	{"processes and threads have types", has_a_type},
	{"what is no process or thread is told", what_is_neither_is_told},
	{"giving back what was not taken is told and harmless", nothing_to_give_back},
};

} // namespace

BRIDGE_SUITE(ps_process, cases)

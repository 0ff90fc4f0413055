/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Threads that wait for something, for the suites of dispatcher objects. */
#ifndef KUNIT_WAITING_H
#define KUNIT_WAITING_H

#include <ntddk.h>

#include "bridge.h"

namespace wsk::test
{

constexpr LONGLONG units_per_ms = 10000;

inline LARGE_INTEGER from_now(LONGLONG ms)
{
	LARGE_INTEGER timeout;

	timeout.QuadPart = -ms * units_per_ms;
	return timeout;
}

/* What a wait without a timeout other than 0 says. */
inline NTSTATUS poll(PVOID object)
{
	LARGE_INTEGER none = {};

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &none);
}

inline NTSTATUS wait_forever(PVOID object)
{
	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, nullptr);
}

/* A thread that waits for some objects once. Lives on the test's stack: join before leaving it. */
class WaitingThread
{
public:
	/* Waits for one object, forever. */
	bool start(PVOID object)
	{
		PVOID objects[] = {object};

		return start(1, objects, WaitAny, nullptr);
	}

	bool start(ULONG count, PVOID *objects, WAIT_TYPE type, const LARGE_INTEGER *timeout)
	{
		for (ULONG i = 0; i < count; i++)
			waited_for[i] = objects[i];
		how_many = count;
		wait_type = type;
		limited = timeout != nullptr;
		if (timeout)
			limit = *timeout;
		has_returned = 0;
		thread = bridge_thread_start(run, this);
		bridge_sleep_ms(5);
		return thread != nullptr;
	}

	/* After everyone has had the time to run. */
	bool returned()
	{
		bridge_sleep_ms(5);
		return ReadAcquire(&has_returned);
	}

	NTSTATUS join()
	{
		bridge_thread_join(thread);
		return status;
	}

	/* When it returned, among all threads of the test: 1, 2, … */
	LONG order() const { return has_returned; }

	static constinit inline LONG returns = 0;

private:
	static void run(void *context)
	{
		auto *self = static_cast<WaitingThread *>(context);

		self->status = KeWaitForMultipleObjects(
			self->how_many, self->waited_for, self->wait_type, Executive, KernelMode,
			FALSE, self->limited ? &self->limit : nullptr, self->blocks);
		WriteRelease(&self->has_returned, InterlockedIncrement(&returns));
	}

	bridge_thread *thread;
	PVOID waited_for[4];
	KWAIT_BLOCK blocks[4];
	ULONG how_many;
	WAIT_TYPE wait_type;
	bool limited;
	LARGE_INTEGER limit;
	LONG has_returned;
	NTSTATUS status;
};

} // namespace wsk::test

#endif

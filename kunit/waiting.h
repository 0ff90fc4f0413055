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

/*
 * A time that has not come a few calls later, however long they take. Where time is virtual, it has
 * come after a sleep of 20 ms.
 */
inline LONGLONG not_yet_ms()
{
	return bridge_time_is_real() ? 1000000 : 20;
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

/* Sleeps until the condition holds; false if it does not for long. */
template <typename Condition>
inline bool wait_until(Condition holds)
{
	for (int ms = 0; ms < 20000; ms++) {
		if (holds())
			return true;
		bridge_sleep_ms(1);
	}
	return false;
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

	/* Comes back when the thread waits, or has returned already. */
	bool start(ULONG count, PVOID *objects, WAIT_TYPE type, const LARGE_INTEGER *timeout)
	{
		for (ULONG i = 0; i < count; i++) {
			waited_for[i] = objects[i];
			blocks[i].WaitListEntry.Flink = nullptr;
		}
		how_many = count;
		wait_type = type;
		limited = timeout != nullptr;
		if (timeout)
			limit = *timeout;
		has_returned = 0;
		thread = bridge_thread_start(run, this);
		/* The last block to be queued. */
		auto *queued = &blocks[count - 1].WaitListEntry.Flink;

		return thread && wait_until([&]() {
			       return ReadPointerAcquire(queued) || ReadAcquire(&has_returned);
		       });
	}

	bool still_waits()
	{
		bridge_sleep_ms(5);
		return !ReadAcquire(&has_returned);
	}

	bool returns()
	{
		return wait_until([&]() { return ReadAcquire(&has_returned) != 0; });
	}

	NTSTATUS join()
	{
		bridge_thread_join(thread);
		return status;
	}

private:
	static void run(void *context)
	{
		auto *self = static_cast<WaitingThread *>(context);

		self->status = KeWaitForMultipleObjects(
			self->how_many, self->waited_for, self->wait_type, Executive, KernelMode,
			FALSE, self->limited ? &self->limit : nullptr, self->blocks);
		WriteRelease(&self->has_returned, 1);
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

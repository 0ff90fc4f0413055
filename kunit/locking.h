/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Threads that want a lock, for the suites of locks. */
#ifndef KUNIT_LOCKING_H
#define KUNIT_LOCKING_H

#include "waiting.h"

namespace wsk::test
{

/* A thread that acquires, says so, waits to be let go, and releases. Lives on the test's stack. */
class Locker
{
public:
	template <typename Lock>
	bool start(Lock *lock, void (*acquire)(Lock *), void (*release)(Lock *))
	{
		object = lock;
		acquire_it = reinterpret_cast<void (*)(void *)>(reinterpret_cast<void *>(acquire));
		release_it = reinterpret_cast<void (*)(void *)>(reinterpret_cast<void *>(release));
		KeInitializeEvent(&let_go, NotificationEvent, FALSE);
		has_acquired = 0;
		thread = bridge_thread_start(run, this);
		return thread;
	}

	bool acquires()
	{
		return wait_until([&]() { return ReadAcquire(&has_acquired) != 0; });
	}

	/* After a while for it to get there: it has not come in. */
	bool still_waits()
	{
		bridge_sleep_ms(10);
		return !ReadAcquire(&has_acquired);
	}

	void release() { KeSetEvent(&let_go, IO_NO_INCREMENT, FALSE); }

	void join()
	{
		release();
		bridge_thread_join(thread);
	}

private:
	static void run(void *context)
	{
		auto *self = static_cast<Locker *>(context);

		self->acquire_it(self->object);
		WriteRelease(&self->has_acquired, 1);
		wait_forever(&self->let_go);
		self->release_it(self->object);
	}

	bridge_thread *thread;
	void *object;
	void (*acquire_it)(void *);
	void (*release_it)(void *);
	KEVENT let_go;
	LONG has_acquired;
};

/*
 * Threads that acquire again and again, count, sleep a little and release: what was counted, which
 * is all of it if nobody ever was in there with another.
 */
template <typename Lock>
struct Contest {
	static constexpr int threads = 4, rounds = 50;

	Lock *lock;
	void (*acquire)(Lock *);
	void (*release)(Lock *);
	int counted;

	int hold()
	{
		bridge_thread *running[threads];
		int started = 0;

		counted = 0;
		for (auto &thread : running) {
			thread = bridge_thread_start(run, this);
			started += thread != nullptr;
		}
		for (auto *thread : running)
			if (thread)
				bridge_thread_join(thread);
		return started == threads ? counted : -1;
	}

	static void run(void *context)
	{
		auto *self = static_cast<Contest *>(context);

		for (int i = 0; i < rounds; i++) {
			self->acquire(self->lock);

			int before = *static_cast<volatile int *>(&self->counted);

			if (i % 8 == 0)
				bridge_sleep_ms(1);
			*static_cast<volatile int *>(&self->counted) = before + 1;
			self->release(self->lock);
		}
	}
};

} // namespace wsk::test

#endif

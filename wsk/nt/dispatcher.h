/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Dispatcher objects from the inside: what events, semaphores, mutexes, threads and timers share.
 *
 * Each object has a lock of its own, the bit of its header that Windows uses, too. Its holder has
 * interrupts disabled and takes no other lock, with one exception: who holds the one lock of all
 * WaitAll waits (ke_wait.cc) may take the locks of many objects, in any order.
 *
 * An object is never touched any more once its unlocking has made a wait succeed, and a waiter's
 * stack never once it has been woken: either may be gone.
 */
#ifndef WSK_NT_DISPATCHER_H
#define WSK_NT_DISPATCHER_H

#include <wdm.h>

#include "port/wait.h"

namespace wsk
{

/* DISPATCHER_HEADER.Type, with Windows' values. */
enum class DispatcherType : UCHAR {
	notification_event = 0,
	synchronization_event = 1,
	mutant = 2,
	semaphore = 5,
	thread = 6,
	notification_timer = 8,
	synchronization_timer = 9,
};

void dispatcher_init(DISPATCHER_HEADER *header, DispatcherType type, size_t size, LONG state);

constexpr LONG dispatcher_lock_bit = 0x80; /* in DISPATCHER_HEADER.Type, as on Windows */

inline DispatcherType dispatcher_type(const DISPATCHER_HEADER *header)
{
	return static_cast<DispatcherType>(ReadNoFence(&header->Lock) & (dispatcher_lock_bit - 1));
}

/* Says why it cannot be an object: false. */
bool dispatcher_invalid(const char *function, const DISPATCHER_HEADER *header);

/* Whether it can be an object at all; a rule line if not. `function` is who asks. */
inline bool dispatcher_valid(const char *function, const DISPATCHER_HEADER *header)
{
	constexpr auto bit = [](DispatcherType type) { return 1u << static_cast<int>(type); };
	constexpr ULONG types = bit(DispatcherType::notification_event) |
				bit(DispatcherType::synchronization_event) |
				bit(DispatcherType::mutant) | bit(DispatcherType::semaphore) |
				bit(DispatcherType::thread) |
				bit(DispatcherType::notification_timer) |
				bit(DispatcherType::synchronization_timer);

	/* Odd addresses are the identities of threads that are no objects (ps_thread.cc). */
	if (header && !(reinterpret_cast<ULONG_PTR>(header) % alignof(DISPATCHER_HEADER))) {
		ULONG type = static_cast<ULONG>(dispatcher_type(header));

		if (type < 32 && (types >> type & 1) && header->WaitListHead.Flink)
			return true;
	}
	return dispatcher_invalid(function, header);
}

struct Waiter;

/*
 * Holds an object while its state changes. satisfy() lets waits succeed that the new state allows;
 * the destructor unlocks and then wakes their threads.
 */
class DispatcherGuard
{
public:
	explicit DispatcherGuard(DISPATCHER_HEADER *header);
	/* Of one that is locked already. */
	DispatcherGuard(DISPATCHER_HEADER *header, uint64_t saved_interrupts);
	~DispatcherGuard();
	DispatcherGuard(const DispatcherGuard &) = delete;
	DispatcherGuard &operator=(const DispatcherGuard &) = delete;

	void satisfy();

private:
	void satisfy_any(PKWAIT_BLOCK block);
	void satisfy_all(PKWAIT_BLOCK block);
	void will_wake(Waiter *waiter);

	DISPATCHER_HEADER *const object;
	uint64_t interrupts;
	bool all_waits_locked;
	Waiter *first = nullptr;
	Waiter **last = &first;
};

/* Sets a new state, lets waits succeed, and returns the previous state. */
LONG dispatcher_signal(DISPATCHER_HEADER *header, LONG state);

/* When a wait ends without success. */
struct Deadline {
	enum port_clock clock;
	uint64_t at;

	/* From a driver's timeout: null is never, negative is from now on, else it is system time.
	 */
	static Deadline from(const LARGE_INTEGER *timeout);
};

} // namespace wsk

#endif

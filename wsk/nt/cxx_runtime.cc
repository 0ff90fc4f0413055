// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The part of the C++ runtime that a compiler's output refers to. Nobody calls these functions by
 * name. Exceptions and RTTI have no part here, and operator new is the driver's own, as on Windows.
 */
#include "nt/cxx_runtime.h"

#include "nt/word_lock.h"
#include "port/context.h"
#include "port/log.h"
#include "port/memory.h"

namespace wsk
{

struct Destructor {
	Destructor *next;
	void (*function)(void *object);
	void *object;
};

namespace
{

constinit WordLock destructors_lock;

/* A guard's first byte says "initialized" (the compiler reads it), the second "in progress". */
struct Guard {
	UCHAR done;
	UCHAR busy;
};

void let_others_run()
{
	LARGE_INTEGER millisecond;

	if (KeGetCurrentIrql() >= DISPATCH_LEVEL) {
		YieldProcessor();
		return;
	}
	millisecond.QuadPart = -10000;
	KeDelayExecutionThread(KernelMode, FALSE, &millisecond);
}

[[noreturn]] void stop(const char *why, const void *caller)
{
	port_logf(PORT_LOG_ERROR, "%s: %s\n", driver_name(driver_of(caller)), why);
	__builtin_trap();
}

} // namespace

void run_constructors(const port_constructors *constructors)
{
	if (!constructors)
		return;
	for (auto constructor = constructors->first; constructor != constructors->end;
	     constructor++)
		(*constructor)();
}

void run_destructors(DriverAccount *account)
{
	for (;;) {
		destructors_lock.acquire();
		Destructor *last = account->destructors;
		if (last)
			account->destructors = last->next;
		destructors_lock.release();

		if (!last)
			return;
		last->function(last->object);
		port_free(last);
	}
}

} // namespace wsk

using namespace wsk;

extern "C" {

int __cxa_atexit(void (*function)(void *), void *object, void *module);
int __cxa_guard_acquire(void *guard);
void __cxa_guard_release(void *guard);
void __cxa_pure_virtual(void);
void __cxa_deleted_virtual(void);
void _ZSt24__throw_out_of_range_fmtPKcz(const char *format, ...);
void _ZSt25__throw_bad_function_callv(void);
extern const UCHAR _ZSt7nothrow;

} // extern "C"

/**
 * __cxa_atexit() - Note the destructor of a static object
 * @function: the destructor
 * @object: its object
 * @module: not used: the caller's code tells whose object it is
 *
 * Destructors run after DriverUnload, when no thread of the driver is left, last object first; also
 * when DriverEntry fails. One that there is no memory for never runs, and the log says so.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: 0, or -1 when there is no memory.
 * Source: the C++ ABI
 */
int __cxa_atexit(void (*function)(void *), void *object, [[maybe_unused]] void *module)
{
	DriverAccount *account = driver_of(__builtin_return_address(0));
	Destructor *fresh = static_cast<Destructor *>(port_alloc(sizeof(*fresh), false));

	if (!fresh) {
		port_logf(PORT_LOG_WARNING,
			  "%s: no memory: a static object will not be destroyed\n",
			  driver_name(account));
		return -1;
	}
	fresh->function = function;
	fresh->object = object;

	WordGuard guard(destructors_lock);
	fresh->next = account->destructors;
	account->destructors = fresh;
	return 0;
}

/**
 * __cxa_guard_acquire() - Begin to initialize a static object of a function
 * @guard: the object's guard
 *
 * Waits while another thread initializes it, sleeping below DISPATCH_LEVEL.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: 1 when the caller is to initialize it, 0 when that has been done.
 * Source: the C++ ABI
 */
int __cxa_guard_acquire(void *guard)
{
	Guard *state = static_cast<Guard *>(guard);

	for (;;) {
		if (__atomic_load_n(&state->done, __ATOMIC_ACQUIRE))
			return 0;
		if (!__atomic_exchange_n(&state->busy, 1, __ATOMIC_ACQUIRE)) {
			if (!__atomic_load_n(&state->done, __ATOMIC_ACQUIRE))
				return 1;
			__atomic_store_n(&state->busy, 0, __ATOMIC_RELEASE);
			return 0;
		}
		let_others_run();
	}
}

/**
 * __cxa_guard_release() - A static object of a function is initialized
 * @guard: the object's guard
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: the C++ ABI
 */
void __cxa_guard_release(void *guard)
{
	Guard *state = static_cast<Guard *>(guard);

	__atomic_store_n(&state->done, 1, __ATOMIC_RELEASE);
	__atomic_store_n(&state->busy, 0, __ATOMIC_RELEASE);
}

/**
 * __cxa_pure_virtual() - A pure virtual function was called
 *
 * The object is being constructed or destroyed, or is gone. Nothing can be done for the caller: an
 * oops, as a bug check on Windows.
 *
 * Context: any IRQL.
 * Source: the C++ ABI
 */
void __cxa_pure_virtual(void)
{
	stop("a pure virtual function was called", __builtin_return_address(0));
}

/**
 * __cxa_deleted_virtual() - A deleted virtual function was called
 *
 * As __cxa_pure_virtual().
 *
 * Context: any IRQL.
 * Source: the C++ ABI
 */
void __cxa_deleted_virtual(void)
{
	__cxa_pure_virtual();
}

/**
 * _ZSt24__throw_out_of_range_fmtPKcz() - std::array::at() and its like were given a bad index
 * @format: not used
 *
 * There are no exceptions: an oops, as in __cxa_pure_virtual().
 *
 * Context: any IRQL.
 * Source: the C++ library of the compiler
 */
void _ZSt24__throw_out_of_range_fmtPKcz([[maybe_unused]] const char *format, ...)
{
	stop("std: out of range", __builtin_return_address(0));
}

/**
 * _ZSt25__throw_bad_function_callv() - A std::function was called that holds none
 *
 * As _ZSt24__throw_out_of_range_fmtPKcz().
 *
 * Context: any IRQL.
 * Source: the C++ library of the compiler
 */
void _ZSt25__throw_bad_function_callv(void)
{
	stop("std: there is no function to call", __builtin_return_address(0));
}

/**
 * _ZSt7nothrow - std::nothrow, which chooses a form of operator new
 *
 * Source: the C++ library of the compiler
 */
const UCHAR _ZSt7nothrow = 0;

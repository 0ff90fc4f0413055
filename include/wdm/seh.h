// SPDX-License-Identifier: MIT OR GPL-2.0
// Structured exception handling: __try, __except, __finally, __leave, GetExceptionCode().
//
// Nothing here unwinds a stack. Exceptions come from the functions that are documented to raise
// them (MmProbeAndLockPages …), never from a bad pointer, which is an oops as in all kernel code.
//
// - A function that raises records the status in the innermost __try that its thread is in, and
//   returns. When it was called from within the text of that __try, control then goes straight to
//   the handler, as on Windows.
// - When it was called by a function that was called there, that function goes on; the caller's
//   __try notices at its next call of a raising function, or else at the end of its block.
// - A filter that says EXCEPTION_CONTINUE_SEARCH passes the exception to the __try around it,
//   that of the calling function included. EXCEPTION_CONTINUE_EXECUTION drops it.
// - An exception raised outside of any __try is a bug check on Windows; here a checked build logs
//   it, and it is dropped.
// - break, continue, return and goto leave a __try as they do in C. __leave goes to its end from
//   any depth of loops. But no code can follow them: a __finally block is NOT run when its __try
//   is left by anything else than its end, __leave or an exception.
// - In C++, objects within the __try are not destroyed when an exception leaves it (Microsoft's
//   compiler does not allow any there).

#ifndef _WDM_SEH_H
#define _WDM_SEH_H

#include <ntdef.h>

#define EXCEPTION_EXECUTE_HANDLER 1
#define EXCEPTION_CONTINUE_SEARCH 0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

EXTERN_C_START

/* One open __try: on the stack, and on wsk.ko's list of them while it is open. */
struct __wsk_seh_frame {
	LIST_ENTRY Link;
	PVOID Thread;
	NTSTATUS Status; /* what was raised; STATUS_SUCCESS: nothing was */
	LONG Open;
};

/* Opens: notes the calling thread, clears Status, sets Open. Any IRQL <= DISPATCH_LEVEL. */
VOID __wsk_seh_enter(struct __wsk_seh_frame *Frame);
/* Closes: off the list, clears Open. If Status is set, it becomes the thread's current exception.
 */
VOID __wsk_seh_exit(struct __wsk_seh_frame *Frame);
/* Records Status in the thread's innermost open frame, unless one is recorded there already. */
VOID __wsk_seh_raise(NTSTATUS Status);
/* The exception that the calling thread's last __wsk_seh_exit found: GetExceptionCode() in C. */
NTSTATUS __wsk_seh_code(VOID);

/* The end of a block: did it raise? */
__WSK_INLINE int __wsk_seh_end(struct __wsk_seh_frame *Frame)
{
	__wsk_seh_exit(Frame);
	return Frame->Status != 0;
}

/* What the filter said about the exception: shall the handler run? */
__WSK_INLINE int __wsk_seh_filter(struct __wsk_seh_frame *Frame, int Disposition)
{
	if (Disposition == EXCEPTION_CONTINUE_SEARCH)
		__wsk_seh_raise(Frame->Status);
	return Disposition > 0;
}

/* The end of a block with a __finally: the exception goes on to the __try around it. */
__WSK_INLINE int __wsk_seh_finally(struct __wsk_seh_frame *Frame)
{
	if (__wsk_seh_end(Frame))
		__wsk_seh_raise(Frame->Status);
	return 1;
}

/* The block was left by break, return or goto: nobody has closed it yet. */
__WSK_INLINE void __wsk_seh_abandon(struct __wsk_seh_frame *Frame)
{
	if (Frame->Open && __wsk_seh_end(Frame))
		__wsk_seh_raise(Frame->Status);
}

EXTERN_C_END

/*
 * `__try { A } __except (f) { B }` becomes `if (({ …A… ; f; })) { B }`. Each __try shadows these
 * three names with its own, by which __leave and the raising functions find the end of the block
 * that they are written in. Out of any __try the constant is 0, and the others are declared and
 * never used. It is one statement, safe after an `if`, as long as no `else` follows it there.
 */
enum { __wsk_seh_here = 0 };
EXTERN_C struct __wsk_seh_frame *const __wsk_seh;
EXTERN_C void *const __wsk_seh_target;

// clang-format off
#ifdef __cplusplus
#define __wsk_seh_if if (NTSTATUS __wsk_seh_status __attribute__((__unused__)) = 0;
#define __wsk_seh_keep __wsk_seh_status = __wsk_seh->Status,
#define GetExceptionCode() __wsk_seh_status
#else
#define __wsk_seh_if if (
#define __wsk_seh_keep
#define GetExceptionCode() __wsk_seh_code()
#endif
#define _exception_code() GetExceptionCode()

#define __try                                                                                      \
	__wsk_seh_if __extension__({                                                               \
		__label__ __wsk_seh_leave;                                                         \
		enum { __wsk_seh_here = 1 };                                                       \
		struct __wsk_seh_frame __wsk_seh_this                                              \
			__attribute__((__cleanup__(__wsk_seh_abandon)));                           \
		struct __wsk_seh_frame *const __wsk_seh = &__wsk_seh_this;                         \
		void *const __wsk_seh_target __attribute__((__unused__)) = &&__wsk_seh_leave;      \
		__wsk_seh_enter(__wsk_seh);
#define __except(filter)                                                                           \
		__wsk_seh_leave: __attribute__((__unused__));                                      \
		__wsk_seh_end(__wsk_seh) &&                                                        \
			(__wsk_seh_keep __wsk_seh_filter(__wsk_seh, (filter)));                    \
	}))
#define __finally                                                                                  \
		__wsk_seh_leave: __attribute__((__unused__));                                      \
		__wsk_seh_finally(__wsk_seh);                                                      \
	}))
#define __leave goto __wsk_seh_leave
// clang-format on

/* Around the call of a function that raises. */
#define __WSK_RAISING(call)                              \
	__extension__({                                  \
		call;                                    \
		if (__wsk_seh_here && __wsk_seh->Status) \
			goto *__wsk_seh_target;          \
	})

/* The driver kit's C compiler knows them without underscores, too: the force-included header asks.
 */
#if defined(__wsk_seh_keywords) && !defined(__cplusplus)
#define try __try
#define except __except
#define finally __finally
#define leave __leave
#endif

#endif

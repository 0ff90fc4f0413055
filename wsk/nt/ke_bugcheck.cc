// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Bug checks. The driver has found that it cannot go on: the kernel is told so, as by any bug of
 * its own (BUG()), and what that leads to is Linux' business.
 */
#include <ntddk.h>

#include "nt/driver.h"
#include "port/log.h"

using namespace wsk;

/**
 * __wsk_bug_check() - What KeBugCheck() and KeBugCheckEx() are.
 * @BugCheckCode: What happened, by Windows' numbers.
 * @BugCheckParameter1: More about it.
 * @BugCheckParameter2: More about it.
 * @BugCheckParameter3: More about it.
 * @BugCheckParameter4: More about it.
 *
 * A line in the log names the driver and the numbers; then the current thread ends with an oops, or
 * in an interrupt or softirq, and where panic_on_oops is set, the kernel panics.
 *
 * Context: Any IRQL.
 * Source: wdm.h, KeBugCheckEx function
 */
extern "C" VOID __wsk_bug_check(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
				ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3,
				ULONG_PTR BugCheckParameter4)
{
	port_logf(PORT_LOG_ERROR, "%s: bug check 0x%08x (0x%lx, 0x%lx, 0x%lx, 0x%lx)\n",
		  driver_name(driver_of(__builtin_return_address(0))), BugCheckCode,
		  static_cast<unsigned long>(BugCheckParameter1),
		  static_cast<unsigned long>(BugCheckParameter2),
		  static_cast<unsigned long>(BugCheckParameter3),
		  static_cast<unsigned long>(BugCheckParameter4));
	port_bug();
}

// SPDX-License-Identifier: MIT OR GPL-2.0
// Messages for the debugger: here, for the kernel log.

#ifndef _WDM_DBG_H
#define _WDM_DBG_H

#include <wdm/types.h>

#ifndef DBG
#define DBG 0
#endif

EXTERN_C_START

ULONG __cdecl DbgPrint(PCSTR Format, ...);
ULONG __cdecl DbgPrintEx(ULONG ComponentId, ULONG Level, PCSTR Format, ...);
ULONG NTAPI vDbgPrintExWithPrefix(PCCH Prefix, ULONG ComponentId, ULONG Level, PCCH Format,
				  va_list arglist);
NTSTATUS NTAPI DbgQueryDebugFilterState(ULONG ComponentId, ULONG Level);
NTSTATUS NTAPI DbgSetDebugFilterState(ULONG ComponentId, ULONG Level, BOOLEAN State);

__WSK_INLINE ULONG vDbgPrintEx(ULONG ComponentId, ULONG Level, PCCH Format, va_list arglist)
{
	return vDbgPrintExWithPrefix("", ComponentId, Level, Format, arglist);
}

/* A condition whose value nobody has to use. */
__WSK_INLINE BOOLEAN __wsk_truth(int Condition)
{
	return (BOOLEAN)Condition;
}

EXTERN_C_END

#define DPFLTR_ERROR_LEVEL 0
#define DPFLTR_WARNING_LEVEL 1
#define DPFLTR_TRACE_LEVEL 2
#define DPFLTR_INFO_LEVEL 3
#define DPFLTR_MASK 0x80000000

typedef enum _DPFLTR_TYPE {
	DPFLTR_SYSTEM_ID = 0,
	DPFLTR_SMSS_ID = 1,
	DPFLTR_SETUP_ID = 2,
	DPFLTR_NTFS_ID = 3,
	DPFLTR_TCPIP_ID = 30,
	DPFLTR_NETAPI_ID = 36,
	DPFLTR_WSOCKTRANSPORT_ID = 70,
	DPFLTR_IHVDRIVER_ID = 77,
	DPFLTR_IHVVIDEO_ID = 78,
	DPFLTR_IHVAUDIO_ID = 79,
	DPFLTR_IHVNETWORK_ID = 80,
	DPFLTR_IHVSTREAMING_ID = 81,
	DPFLTR_IHVBUS_ID = 82,
	DPFLTR_TCPIP6_ID = 86,
	DPFLTR_DEFAULT_ID = 101,
	DPFLTR_NDIS_ID = 120
} DPFLTR_TYPE;

/* A failed assertion is a line in the kernel log, in place of a stop in the debugger. */
#if DBG
#define KdPrint(_x_) DbgPrint _x_
#define KdPrintEx(_x_) DbgPrintEx _x_
#define vKdPrintEx(_x_) vDbgPrintEx _x_
#define vKdPrintExWithPrefix(_x_) vDbgPrintExWithPrefix _x_
#define __wsk_assert(text, exp)                                                               \
	__extension__({                                                                       \
		BOOLEAN __wsk_holds = (exp) ? TRUE : FALSE;                                   \
		if (!__wsk_holds)                                                             \
			DbgPrint("Assertion failed: %s, %s(%d)\n", text, __FILE__, __LINE__); \
		__wsk_holds;                                                                  \
	})
#define ASSERT(exp) ((void)__wsk_assert(#exp, exp))
#define ASSERTMSG(msg, exp) ((void)__wsk_assert(msg, exp))
#define RTL_SOFT_ASSERT(exp) ((void)__wsk_assert(#exp, exp))
#define RTL_SOFT_ASSERTMSG(msg, exp) ((void)__wsk_assert(msg, exp))
#define RTL_VERIFY(exp) __wsk_assert(#exp, exp)
#define NT_ASSERT(exp) ((void)__wsk_assert(#exp, exp))
#define NT_ASSERTMSG(msg, exp) ((void)__wsk_assert(msg, exp))
#define NT_VERIFY(exp) __wsk_assert(#exp, exp)
#define NT_VERIFYMSG(msg, exp) __wsk_assert(msg, exp)
#else
#define KdPrint(_x_) ((void)0)
#define KdPrintEx(_x_) ((void)0)
#define vKdPrintEx(_x_) ((void)0)
#define vKdPrintExWithPrefix(_x_) ((void)0)
#define ASSERT(exp) ((void)0)
#define ASSERTMSG(msg, exp) ((void)0)
#define RTL_SOFT_ASSERT(exp) ((void)0)
#define RTL_SOFT_ASSERTMSG(msg, exp) ((void)0)
#define RTL_VERIFY(exp) __wsk_truth(!!(exp))
#define NT_ASSERT(exp) ((void)0)
#define NT_ASSERTMSG(msg, exp) ((void)0)
#define NT_VERIFY(exp) __wsk_truth(!!(exp))
#define NT_VERIFYMSG(msg, exp) __wsk_truth(!!(exp))
#endif
#define NT_ASSERT_ASSUME(exp) NT_ASSERT(exp)
#define NT_ASSERT_NOASSUME(exp) NT_ASSERT(exp)
#define NT_FRE_ASSERT(exp) NT_ASSERT(exp)

#define DbgBreakPoint() __debugbreak()
#define DbgRaiseAssertionFailure() __debugbreak()
#define KdBreakPoint() ((void)0)

#endif

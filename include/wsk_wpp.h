// SPDX-License-Identifier: MIT OR GPL-2.0
// Software tracing (WPP). Every NAME.tmh that scripts/wsk-port writes includes this, and then
// defines the trace macros that the driver's own configuration names. The messages go to wsk.ko's
// tracepoint wsk:wpp, and to the kernel log when its parameter wpp_log says so.
//
// WPP_CONTROL_GUIDS is the driver's, and stands before. Its GUIDs have no use here; each of its
// bits is a flag that can be enabled.

#ifndef WSK_WPP_H
#define WSK_WPP_H

#include <ntdef.h>
#include <evntrace.h>

/* One control GUID of a driver. wsk.ko sets Level and Flags between start and stop. */
typedef struct __wsk_wpp_control {
	TRACEHANDLE Logger;
	UCHAR Level;
	ULONG Flags[1];
	PVOID Driver;
	struct __wsk_wpp_control *Next;
} __wsk_wpp_control;

EXTERN_C_START
VOID __wsk_wpp_start(struct __wsk_wpp_control *Controls, ULONG Count);
VOID __wsk_wpp_stop(struct __wsk_wpp_control *Controls, ULONG Count);
VOID __wsk_wpp_message(TRACEHANDLE Logger, PCSTR File, PCSTR Function, ULONG Line, ULONG Level,
		       PCSTR Types, PCSTR Format, ...);
EXTERN_C_END

#ifdef WPP_CONTROL_GUIDS

// clang-format off
#define WPP_DEFINE_BIT(Name)
#define WPP_DEFINE_CONTROL_GUID(Name, Guid, Bits) WPP_CTL_##Name,
enum { WPP_CONTROL_GUIDS WPP_LAST_CTL };
#undef WPP_DEFINE_CONTROL_GUID
#undef WPP_DEFINE_BIT

/* A bit's number is its control's times 64 Ki, plus one for the first. */
#define WPP_DEFINE_BIT(Name) WPP_BIT_##Name,
#define WPP_DEFINE_CONTROL_GUID(Name, Guid, Bits) \
	WPP_BLOCK_START_##Name = WPP_CTL_##Name * 0x10000, Bits WPP_BLOCK_END_##Name,
enum { WPP_CONTROL_GUIDS WPP_LAST_BIT };
#undef WPP_DEFINE_CONTROL_GUID
#undef WPP_DEFINE_BIT
// clang-format on

/* The same one for all the driver's files. */
typedef struct __wsk_wpp_block {
	struct __wsk_wpp_control Control;
} __wsk_wpp_block;
EXTERN_C_START
__declspec(selectany) struct __wsk_wpp_block WPP_CB[WPP_LAST_CTL];
EXTERN_C_END

#define WPP_CTRL_NO(CTL) ((CTL) >> 16)
#define WPP_BIT_NO(CTL) ((CTL)&0xFFFF)
#define WPP_FLAG_NO(CTL) 0
#define WPP_MASK(CTL) (1u << ((WPP_BIT_NO(CTL) - 1) & 31))
#define WPP_CONTROL(CTL) (WPP_CB[WPP_CTRL_NO(CTL)].Control)

#ifndef WPP_LEVEL_ENABLED
#define WPP_LEVEL_ENABLED(LEVEL) (WPP_CONTROL(WPP_BIT_##LEVEL).Flags[0] & WPP_MASK(WPP_BIT_##LEVEL))
#endif
#ifndef WPP_LEVEL_LOGGER
#define WPP_LEVEL_LOGGER(LEVEL) (WPP_CONTROL(WPP_BIT_##LEVEL).Logger),
#endif
#ifndef WPP_LEVEL_FLAGS_ENABLED
#define WPP_LEVEL_FLAGS_ENABLED(LEVEL, FLAGS) \
	(WPP_LEVEL_ENABLED(FLAGS) && WPP_CONTROL(WPP_BIT_##FLAGS).Level >= (LEVEL))
#endif
#ifndef WPP_LEVEL_FLAGS_LOGGER
#define WPP_LEVEL_FLAGS_LOGGER(LEVEL, FLAGS) WPP_LEVEL_LOGGER(FLAGS)
#endif
#ifndef WPP_FLAGS_LEVEL_ENABLED
#define WPP_FLAGS_LEVEL_ENABLED(FLAGS, LEVEL) WPP_LEVEL_FLAGS_ENABLED(LEVEL, FLAGS)
#endif
#ifndef WPP_FLAGS_LEVEL_LOGGER
#define WPP_FLAGS_LEVEL_LOGGER(FLAGS, LEVEL) WPP_LEVEL_LOGGER(FLAGS)
#endif

#define WPP_INIT_TRACING(...) __wsk_wpp_start(&WPP_CB[0].Control, WPP_LAST_CTL)
#define WPP_CLEANUP(...) __wsk_wpp_stop(&WPP_CB[0].Control, WPP_LAST_CTL)
#define WPP_CHECK_INIT

/* What a trace macro does; LOGGER ends in a comma, as Windows' does. */
#define __wsk_wpp_trace(ENABLED, LOGGER, LEVEL, ...)                                           \
	((void)((ENABLED) && (__wsk_wpp_message(LOGGER __FILE__, __FUNCTION__, __LINE__,       \
						(ULONG)(LEVEL), __wsk_wpp_types, __VA_ARGS__), \
			      1)))
/* For macros that name no flag. */
#define __wsk_wpp_first_logger WPP_CB[0].Control.Logger,
#define __wsk_wpp_strip(...) __VA_ARGS__
#ifndef __wsk_wpp_types
#define __wsk_wpp_types ""
#endif

/* Those that need no configuration. */
#define DoTraceMessage(FLAG, ...) \
	__wsk_wpp_trace(WPP_LEVEL_ENABLED(FLAG), WPP_LEVEL_LOGGER(FLAG), 0, __VA_ARGS__)
#define TraceEvents(LEVEL, FLAGS, ...)                         \
	__wsk_wpp_trace(WPP_LEVEL_FLAGS_ENABLED(LEVEL, FLAGS), \
			WPP_LEVEL_FLAGS_LOGGER(LEVEL, FLAGS), LEVEL, __VA_ARGS__)

#endif

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
/* Tracing of the driver "traced", as WPP has it. Copyright (C) 2026 The WSK for Linux authors */
#pragma once

// clang-format off
#define WPP_CONTROL_GUIDS                                                          \
	WPP_DEFINE_CONTROL_GUID(TracedGuid, (5a1e9d07, 31c4, 4b0e, 9b52, 6f0d3b8a2c11), \
		WPP_DEFINE_BIT(FLAG_GENERAL)                                       \
		WPP_DEFINE_BIT(FLAG_NETWORK))
// clang-format on

/* What a driver says of its own orders of arguments. */
#define WPP_LEVEL_FLAGS_LOGGER(level, flags) WPP_LEVEL_LOGGER(flags)
#define WPP_LEVEL_FLAGS_ENABLED(level, flags) \
	(WPP_LEVEL_ENABLED(flags) && WPP_CONTROL(WPP_BIT_##flags).Level >= level)
#define WPP_FLAGS_LOGGER(flags) WPP_LEVEL_LOGGER(flags)
#define WPP_FLAGS_ENABLED(flags) WPP_LEVEL_ENABLED(flags)

typedef enum _TRACED_STATE {
	TracedStarting,
	TracedListening,
	TracedStopped,
} TRACED_STATE;

// begin_wpp config
// FUNC TraceEvents(LEVEL, FLAGS, MSG, ...);
// FUNC TraceError{LEVEL=TRACE_LEVEL_ERROR}(FLAGS, MSG, ...);
// FUNC TraceEntry{LEVEL=TRACE_LEVEL_VERBOSE}(FLAGS, ...);
// USESUFFIX(TraceEntry, "entered %!FUNC!");
// FUNC TraceStatus(LEVEL, FLAGS, STATUS, MSG, ...);
// USESUFFIX(TraceStatus, ": %!STATUS!", STATUS);
// FUNC TraceOld(LEVEL, FLAGS, (MSG, ...));
// CUSTOM_TYPE(TracedState, ItemListLong(starting, listening, stopped));
// end_wpp

#define WPP_LEVEL_FLAGS_STATUS_LOGGER(level, flags, status) WPP_LEVEL_LOGGER(flags)
#define WPP_LEVEL_FLAGS_STATUS_ENABLED(level, flags, status) WPP_LEVEL_FLAGS_ENABLED(level, flags)

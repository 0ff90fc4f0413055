// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * traced - listens on a port and traces what it does.
 *
 * A driver in the shape in which Windows drivers come: a Visual Studio project with settings in a
 * property sheet, sources in several folders, two of them with one name, headers included with
 * backslashes and in any case, a precompiled header, WPP with a configuration of its own,
 * structured exceptions in both spellings, IRPs embedded in the driver's own structures.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "Precomp.h"
#include "main.tmh"

#ifdef WRONG_PLATFORM
#error "The configuration for another processor was taken."
#endif
#ifndef ONLY_MAIN
#error "A source's own definitions got lost."
#endif

#define TRACED_TAG 'carT'

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, TracedUnload)
#endif

static PTRACED_LISTENER Listener;

/* Windows' C compiler knows them without underscores, too. */
static NTSTATUS Guarded(VOID)
{
	NTSTATUS Status = STATUS_SUCCESS;

	try {
		Status = TracedProbe((PVOID)(ULONG_PTR)0x10, 16, UserMode);
		if (!NT_SUCCESS(Status))
			leave;
		TraceError(FLAG_GENERAL, "a bad address was locked");
	}
	except(EXCEPTION_EXECUTE_HANDLER)
	{
		Status = GetExceptionCode();
	}
	return Status;
}

VOID TracedUnload(_In_ PDRIVER_OBJECT DriverObject)
{
	PAGED_CODE();
	TraceEntry(FLAG_GENERAL);
	if (Listener)
		TracedClose(Listener);
	TraceEvents(TRACE_LEVEL_INFORMATION, FLAG_GENERAL, "state %!TracedState!", TracedStopped);
	WPP_CLEANUP(DriverObject);
}

NTSTATUS DriverEntry(_In_ PDRIVER_OBJECT DriverObject, _In_ PUNICODE_STRING RegistryPath)
{
	NTSTATUS Status;
	PVOID Memory;

	WPP_INIT_TRACING(DriverObject, RegistryPath);
	DoTraceMessage(FLAG_GENERAL, "%s, state %!TracedState!", GREETING, TracedStarting);
	TraceMark(FLAG_GENERAL, "registry path %wZ", RegistryPath);
	DriverObject->DriverUnload = TracedUnload;

	Status = Guarded();
	TraceStatus(TRACE_LEVEL_INFORMATION, FLAG_GENERAL, Status, "locking %p", (PVOID)0x10);
	Memory = ExAllocatePoolWithTag(NonPagedPoolNx, 16, TRACED_TAG);
	if (!Memory) {
		WPP_CLEANUP(DriverObject);
		return STATUS_INSUFFICIENT_RESOURCES;
	}
	Status = TracedProbe(Memory, 16, KernelMode);
	TraceStatus(TRACE_LEVEL_INFORMATION, FLAG_GENERAL, Status, "locking pool");
	ExFreePoolWithTag(Memory, TRACED_TAG);

	Status = TracedListen(&Listener, GREETING_PORT);
	if (!NT_SUCCESS(Status)) {
		TraceStatus(TRACE_LEVEL_ERROR, FLAG_NETWORK, Status, "cannot listen on %d",
			    GREETING_PORT);
		WPP_CLEANUP(DriverObject);
		return Status;
	}
	TraceOld(TRACE_LEVEL_INFORMATION, FLAG_NETWORK, ("listening on %d", GREETING_PORT));
	return STATUS_SUCCESS;
}

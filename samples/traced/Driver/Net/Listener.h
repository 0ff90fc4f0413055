// SPDX-License-Identifier: MIT OR GPL-2.0
/* Copyright (C) 2026 The WSK for Linux authors */
#pragma once

EXTERN_C_START

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD TracedUnload;

typedef struct _TRACED_LISTENER *PTRACED_LISTENER;

NTSTATUS TracedListen(_Out_ PTRACED_LISTENER *Listener, _In_ USHORT Port);
VOID TracedClose(_In_ PTRACED_LISTENER Listener);

/* From Net\main.c. */
NTSTATUS TracedProbe(_In_reads_bytes_(Length) PVOID Memory, _In_ ULONG Length,
		     _In_ KPROCESSOR_MODE Mode);

EXTERN_C_END

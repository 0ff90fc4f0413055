// SPDX-License-Identifier: MIT OR GPL-2.0
/* The second main.c of "traced". Copyright (C) 2026 The WSK for Linux authors */
#include "..\PRECOMP.h"
#include "main.tmh"

/* Locks memory and unlocks it again. */
NTSTATUS TracedProbe(PVOID Memory, ULONG Length, KPROCESSOR_MODE Mode)
{
	PMDL Mdl = IoAllocateMdl(Memory, Length, FALSE, FALSE, NULL);
	NTSTATUS Status = STATUS_SUCCESS;

	if (!Mdl)
		return STATUS_INSUFFICIENT_RESOURCES;
	__try {
		MmProbeAndLockPages(Mdl, Mode, IoReadAccess);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		Status = GetExceptionCode();
		TraceError(FLAG_GENERAL, "MmProbeAndLockPages raised %!STATUS!", Status);
	}
	if (NT_SUCCESS(Status))
		MmUnlockPages(Mdl);
	IoFreeMdl(Mdl);
	return Status;
}

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Locks memory of the process that loads it, reads it and writes to it, as a driver does that
 * receives into a caller's buffer. tools/load_with_memory.c is that process: it maps the memory
 * and looks at it afterwards. The addresses are agreed on in both files.
 */
#include <ntddk.h>

#define PAGES 64
#define LENGTH (PAGES * PAGE_SIZE)
#define PRIVATE_MEMORY ((PUCHAR)(ULONG_PTR)0x10000000)
#define MAPPED_FILE ((PUCHAR)(ULONG_PTR)0x20000000)
#define READ_ONLY_MEMORY ((PUCHAR)(ULONG_PTR)0x30000000)
#define HALF_MAPPED ((PUCHAR)(ULONG_PTR)0x40000000) /* only the first of its two pages */

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD DriverUnload;

static NTSTATUS LockPages(PMDL Mdl, LOCK_OPERATION Operation)
{
	__try {
		MmProbeAndLockPages(Mdl, UserMode, Operation);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return GetExceptionCode();
	}
	return STATUS_SUCCESS;
}

/* The process wrote its page's number into the middle of each page, and wants it back negated. */
static NTSTATUS Answer(PUCHAR Address, BOOLEAN AtDispatchLevel)
{
	PMDL mdl = IoAllocateMdl(Address + 100, LENGTH - 200, FALSE, FALSE, NULL);
	NTSTATUS status;
	PUCHAR mapped;
	KIRQL irql;
	ULONG page;

	if (!mdl)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = LockPages(mdl, IoModifyAccess);
	if (!NT_SUCCESS(status))
		goto free;
	mapped = (PUCHAR)MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority);
	if (!mapped) {
		status = STATUS_INSUFFICIENT_RESOURCES;
		goto unlock;
	}
	for (page = 0; page < PAGES; page++) {
		PUCHAR middle = mapped - 100 + page * PAGE_SIZE + PAGE_SIZE / 2;

		if (*middle != page)
			status = STATUS_DATA_ERROR;
		*middle = (UCHAR)~page;
	}
unlock:
	if (AtDispatchLevel) {
		KeRaiseIrql(DISPATCH_LEVEL, &irql);
		MmUnlockPages(mdl);
		KeLowerIrql(irql);
	} else {
		MmUnlockPages(mdl);
	}
free:
	IoFreeMdl(mdl);
	return status;
}

/* Whether locking fails as it should. */
static BOOLEAN Refuses(PUCHAR Address, ULONG Length, LOCK_OPERATION Operation)
{
	PMDL mdl = IoAllocateMdl(Address, Length, FALSE, FALSE, NULL);
	NTSTATUS status;

	if (!mdl)
		return FALSE;
	status = LockPages(mdl, Operation);
	if (NT_SUCCESS(status))
		MmUnlockPages(mdl);
	IoFreeMdl(mdl);
	return status == STATUS_ACCESS_VIOLATION;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	NTSTATUS status;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = DriverUnload;

	status = Answer(PRIVATE_MEMORY, FALSE);
	if (NT_SUCCESS(status))
		status = Answer(MAPPED_FILE, TRUE);
	if (!NT_SUCCESS(status)) {
		DbgPrint("user_memory: could not use the memory: 0x%08x\n", status);
		return status;
	}

	if (!Refuses(READ_ONLY_MEMORY, 100, IoWriteAccess) ||
	    Refuses(READ_ONLY_MEMORY, 100, IoReadAccess) ||
	    !Refuses(HALF_MAPPED, 2 * PAGE_SIZE, IoReadAccess) ||
	    !Refuses((PUCHAR)DriverObject, 8, IoReadAccess)) {
		DbgPrint("user_memory: what may be locked and what may not are mixed up\n");
		return STATUS_UNSUCCESSFUL;
	}
	return STATUS_SUCCESS;
}

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Sections: there are none. Drivers that try to map physical memory, or another driver's section,
 * and go on without, find out here; memory of a process is locked by MDLs.
 */
#include <wdm.h>
#include <wdm/section.h>

#include "nt/irql.h"

/**
 * ZwOpenSection() - Open a section, of which there are none.
 * @SectionHandle: Receives nothing.
 * @DesiredAccess: Ignored.
 * @ObjectAttributes: Ignored.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_OBJECT_NAME_NOT_FOUND.
 * Source: wdm.h, ZwOpenSection function
 */
extern "C" NTSTATUS ZwOpenSection(PHANDLE, ACCESS_MASK, POBJECT_ATTRIBUTES)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

/**
 * ZwMapViewOfSection() - Map a section, of which there are none.
 * @SectionHandle: No section.
 * @ProcessHandle: Ignored.
 * @BaseAddress: Receives nothing.
 * @ZeroBits: Ignored.
 * @CommitSize: Ignored.
 * @SectionOffset: Ignored.
 * @ViewSize: Receives nothing.
 * @InheritDisposition: Ignored.
 * @AllocationType: Ignored.
 * @Win32Protect: Ignored.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_INVALID_HANDLE.
 * Source: wdm.h, ZwMapViewOfSection function
 */
extern "C" NTSTATUS ZwMapViewOfSection(HANDLE SectionHandle, HANDLE ProcessHandle,
				       PVOID *BaseAddress, ULONG_PTR ZeroBits, SIZE_T CommitSize,
				       PLARGE_INTEGER SectionOffset, PSIZE_T ViewSize,
				       SECTION_INHERIT InheritDisposition, ULONG AllocationType,
				       ULONG Win32Protect)
{
	UNREFERENCED_PARAMETER(SectionHandle);
	UNREFERENCED_PARAMETER(ProcessHandle);
	UNREFERENCED_PARAMETER(BaseAddress);
	UNREFERENCED_PARAMETER(ZeroBits);
	UNREFERENCED_PARAMETER(CommitSize);
	UNREFERENCED_PARAMETER(SectionOffset);
	UNREFERENCED_PARAMETER(ViewSize);
	UNREFERENCED_PARAMETER(InheritDisposition);
	UNREFERENCED_PARAMETER(AllocationType);
	UNREFERENCED_PARAMETER(Win32Protect);
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return STATUS_INVALID_HANDLE;
}

/**
 * ZwUnmapViewOfSection() - Unmap a section, of which there are none.
 * @ProcessHandle: Ignored.
 * @BaseAddress: No view.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_NOT_MAPPED_VIEW.
 * Source: wdm.h, ZwUnmapViewOfSection function
 */
extern "C" NTSTATUS ZwUnmapViewOfSection(HANDLE, PVOID)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return STATUS_NOT_MAPPED_VIEW;
}

// SPDX-License-Identifier: MIT OR GPL-2.0
// Threads, processes, and references to objects.

#ifndef _WDM_PS_H
#define _WDM_PS_H

#include <wdm/ke.h>

EXTERN_C_START

typedef VOID KSTART_ROUTINE(PVOID StartContext);
typedef KSTART_ROUTINE *PKSTART_ROUTINE;

typedef struct _OBJECT_HANDLE_INFORMATION {
	ULONG HandleAttributes;
	ACCESS_MASK GrantedAccess;
} OBJECT_HANDLE_INFORMATION, *POBJECT_HANDLE_INFORMATION;

extern POBJECT_TYPE *PsThreadType;
extern POBJECT_TYPE *PsProcessType;
extern PEPROCESS PsInitialSystemProcess;

NTSTATUS NTAPI PsCreateSystemThread(PHANDLE ThreadHandle, ULONG DesiredAccess,
				    POBJECT_ATTRIBUTES ObjectAttributes, HANDLE ProcessHandle,
				    PCLIENT_ID ClientId, PKSTART_ROUTINE StartRoutine,
				    PVOID StartContext);
NTSTATUS NTAPI PsTerminateSystemThread(NTSTATUS ExitStatus);
PETHREAD NTAPI PsGetCurrentThread(VOID);
HANDLE NTAPI PsGetCurrentThreadId(VOID);
HANDLE NTAPI PsGetThreadId(PETHREAD Thread);
PEPROCESS NTAPI IoGetCurrentProcess(VOID);
HANDLE NTAPI PsGetCurrentProcessId(VOID);
#define PsGetCurrentProcess IoGetCurrentProcess
HANDLE NTAPI PsGetProcessId(PEPROCESS Process);
NTSTATUS NTAPI PsLookupProcessByProcessId(HANDLE ProcessId, PEPROCESS *Process);
PEPROCESS NTAPI IoThreadToProcess(PETHREAD Thread);
PEPROCESS NTAPI PsGetThreadProcess(PETHREAD Thread);
HANDLE NTAPI PsGetThreadProcessId(PETHREAD Thread);

NTSTATUS NTAPI ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
					 POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
					 PVOID *Object,
					 POBJECT_HANDLE_INFORMATION HandleInformation);
NTSTATUS NTAPI ObReferenceObjectByPointer(PVOID Object, ACCESS_MASK DesiredAccess,
					  POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode);
LONG_PTR FASTCALL ObfReferenceObject(PVOID Object);
LONG_PTR FASTCALL ObfDereferenceObject(PVOID Object);
#define ObReferenceObject(Object) ObfReferenceObject(Object)
#define ObDereferenceObject(Object) ObfDereferenceObject(Object)

/* Tags of references say, in a debugger, who holds them. */
#define ObReferenceObjectByHandleWithTag(Handle, Access, Type, Mode, Tag, Object, Information) \
	ObReferenceObjectByHandle(Handle, Access, Type, Mode, Object, Information)
#define ObReferenceObjectWithTag(Object, Tag) ObfReferenceObject(Object)
#define ObDereferenceObjectWithTag(Object, Tag) ObfDereferenceObject(Object)

NTSTATUS NTAPI ZwClose(HANDLE Handle);

EXTERN_C_END

#define NtCurrentProcess() ((HANDLE)(LONG_PTR)-1)
#define ZwCurrentProcess() NtCurrentProcess()
#define NtCurrentThread() ((HANDLE)(LONG_PTR)-2)
#define ZwCurrentThread() NtCurrentThread()

#endif

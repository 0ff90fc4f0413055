// SPDX-License-Identifier: MIT OR GPL-2.0
// Sequenced lists. On Windows they are lock-free; here a spin lock in the header guards them,
// because a lock-free pop reads entries that others may just have freed. Hence IRQL <=
// DISPATCH_LEVEL.

#ifndef _WDM_SLIST_H
#define _WDM_SLIST_H

#include <wdm/ke.h>

EXTERN_C_START

typedef struct DECLSPEC_ALIGN(16) _SLIST_ENTRY {
	struct _SLIST_ENTRY *Next;
	ULONG_PTR __wsk_depth; /* of the list from here; padding on Windows */
} SLIST_ENTRY, *PSLIST_ENTRY;

typedef union DECLSPEC_ALIGN(16) _SLIST_HEADER {
	struct {
		ULONGLONG Alignment;
		ULONGLONG Region;
	};
	struct {
		PSLIST_ENTRY __wsk_first;
		KSPIN_LOCK __wsk_lock;
	};
} SLIST_HEADER, *PSLIST_HEADER;

__WSK_INLINE VOID InitializeSListHead(PSLIST_HEADER SListHead)
{
	SListHead->Alignment = 0;
	SListHead->Region = 0;
}

/* The former first entry. */
__WSK_INLINE PSLIST_ENTRY InterlockedPushEntrySList(PSLIST_HEADER ListHead, PSLIST_ENTRY ListEntry)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(&ListHead->__wsk_lock);
	PSLIST_ENTRY first = ListHead->__wsk_first;

	ListEntry->Next = first;
	ListEntry->__wsk_depth = first ? first->__wsk_depth + 1 : 1;
	ListHead->__wsk_first = ListEntry;
	KeReleaseSpinLock(&ListHead->__wsk_lock, irql);
	return first;
}

__WSK_INLINE PSLIST_ENTRY InterlockedPopEntrySList(PSLIST_HEADER ListHead)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(&ListHead->__wsk_lock);
	PSLIST_ENTRY first = ListHead->__wsk_first;

	if (first)
		ListHead->__wsk_first = first->Next;
	KeReleaseSpinLock(&ListHead->__wsk_lock, irql);
	return first;
}

/* All entries, as a chain. */
__WSK_INLINE PSLIST_ENTRY InterlockedFlushSList(PSLIST_HEADER ListHead)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(&ListHead->__wsk_lock);
	PSLIST_ENTRY first = ListHead->__wsk_first;

	ListHead->__wsk_first = NULL;
	KeReleaseSpinLock(&ListHead->__wsk_lock, irql);
	return first;
}

__WSK_INLINE PSLIST_ENTRY FirstEntrySList(const SLIST_HEADER *ListHead)
{
	return ListHead->__wsk_first;
}

__WSK_INLINE USHORT QueryDepthSList(PSLIST_HEADER ListHead)
{
	KIRQL irql = KeAcquireSpinLockRaiseToDpc(&ListHead->__wsk_lock);
	PSLIST_ENTRY first = ListHead->__wsk_first;
	USHORT depth = first ? (USHORT)first->__wsk_depth : 0;

	KeReleaseSpinLock(&ListHead->__wsk_lock, irql);
	return depth;
}

EXTERN_C_END

#define RtlInitializeSListHead InitializeSListHead
#define RtlFirstEntrySList FirstEntrySList
#define RtlInterlockedPopEntrySList InterlockedPopEntrySList
#define RtlInterlockedPushEntrySList InterlockedPushEntrySList
#define RtlInterlockedFlushSList InterlockedFlushSList
#define RtlQueryDepthSList QueryDepthSList
#define ExInitializeSListHead InitializeSListHead
#define ExQueryDepthSList QueryDepthSList
#define ExInterlockedPushEntrySList(ListHead, ListEntry, Lock) \
	InterlockedPushEntrySList(ListHead, ListEntry)
#define ExInterlockedPopEntrySList(ListHead, Lock) InterlockedPopEntrySList(ListHead)
#define ExInterlockedFlushSList(ListHead) InterlockedFlushSList(ListHead)

#endif

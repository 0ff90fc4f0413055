// SPDX-License-Identifier: MIT OR GPL-2.0
// Sequenced lists. On Windows they are lock-free; here a lock in the header guards them, because a
// lock-free pop reads entries that others may just have freed.

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

PSLIST_ENTRY NTAPI ExpInterlockedPushEntrySList(PSLIST_HEADER ListHead, PSLIST_ENTRY ListEntry);
PSLIST_ENTRY NTAPI ExpInterlockedPopEntrySList(PSLIST_HEADER ListHead);
PSLIST_ENTRY NTAPI ExpInterlockedFlushSList(PSLIST_HEADER ListHead);
USHORT NTAPI ExQueryDepthSList(PSLIST_HEADER ListHead);

__WSK_INLINE PSLIST_ENTRY FirstEntrySList(const SLIST_HEADER *ListHead)
{
	return ListHead->__wsk_first;
}

EXTERN_C_END

#define InterlockedPushEntrySList ExpInterlockedPushEntrySList
#define InterlockedPopEntrySList ExpInterlockedPopEntrySList
#define InterlockedFlushSList ExpInterlockedFlushSList
#define QueryDepthSList ExQueryDepthSList

#define RtlInitializeSListHead InitializeSListHead
#define RtlFirstEntrySList FirstEntrySList
#define RtlInterlockedPopEntrySList InterlockedPopEntrySList
#define RtlInterlockedPushEntrySList InterlockedPushEntrySList
#define RtlInterlockedFlushSList InterlockedFlushSList
#define RtlQueryDepthSList QueryDepthSList
#define ExInitializeSListHead InitializeSListHead
#define ExInterlockedPushEntrySList(ListHead, ListEntry, Lock) \
	InterlockedPushEntrySList(ListHead, ListEntry)
#define ExInterlockedPopEntrySList(ListHead, Lock) InterlockedPopEntrySList(ListHead)
#define ExInterlockedFlushSList(ListHead) InterlockedFlushSList(ListHead)

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
// Lookaside lists: blocks of one size that are kept for the next to ask.

#ifndef _WDM_LOOKASIDE_H
#define _WDM_LOOKASIDE_H

#include <wdm/ex.h>
#include <wdm/slist.h>

EXTERN_C_START

typedef struct _LOOKASIDE_LIST_EX LOOKASIDE_LIST_EX, *PLOOKASIDE_LIST_EX;

typedef PVOID ALLOCATE_FUNCTION(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag);
typedef ALLOCATE_FUNCTION *PALLOCATE_FUNCTION;
typedef VOID FREE_FUNCTION(PVOID Buffer);
typedef FREE_FUNCTION *PFREE_FUNCTION;
typedef PVOID ALLOCATE_FUNCTION_EX(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag,
				   struct _LOOKASIDE_LIST_EX *Lookaside);
typedef ALLOCATE_FUNCTION_EX *PALLOCATE_FUNCTION_EX;
typedef VOID FREE_FUNCTION_EX(PVOID Buffer, struct _LOOKASIDE_LIST_EX *Lookaside);
typedef FREE_FUNCTION_EX *PFREE_FUNCTION_EX;

#define LOOKASIDE_ALIGN DECLSPEC_CACHEALIGN

#define GENERAL_LOOKASIDE_LAYOUT                  \
	union {                                   \
		SLIST_HEADER ListHead;            \
		SINGLE_LIST_ENTRY SingleListHead; \
	};                                        \
	USHORT Depth;                             \
	USHORT MaximumDepth;                      \
	ULONG TotalAllocates;                     \
	union {                                   \
		ULONG AllocateMisses;             \
		ULONG AllocateHits;               \
	};                                        \
	ULONG TotalFrees;                         \
	union {                                   \
		ULONG FreeMisses;                 \
		ULONG FreeHits;                   \
	};                                        \
	POOL_TYPE Type;                           \
	ULONG Tag;                                \
	ULONG Size;                               \
	union {                                   \
		PALLOCATE_FUNCTION_EX AllocateEx; \
		PALLOCATE_FUNCTION Allocate;      \
	};                                        \
	union {                                   \
		PFREE_FUNCTION_EX FreeEx;         \
		PFREE_FUNCTION Free;              \
	};                                        \
	LIST_ENTRY ListEntry;                     \
	ULONG LastTotalAllocates;                 \
	union {                                   \
		ULONG LastAllocateMisses;         \
		ULONG LastAllocateHits;           \
	};                                        \
	ULONG Future[2];

typedef struct LOOKASIDE_ALIGN _GENERAL_LOOKASIDE {
	GENERAL_LOOKASIDE_LAYOUT
} GENERAL_LOOKASIDE, *PGENERAL_LOOKASIDE;

typedef struct _GENERAL_LOOKASIDE_POOL {
	GENERAL_LOOKASIDE_LAYOUT
} GENERAL_LOOKASIDE_POOL, *PGENERAL_LOOKASIDE_POOL;

typedef struct LOOKASIDE_ALIGN _NPAGED_LOOKASIDE_LIST {
	GENERAL_LOOKASIDE L;
} NPAGED_LOOKASIDE_LIST, *PNPAGED_LOOKASIDE_LIST;

typedef struct LOOKASIDE_ALIGN _PAGED_LOOKASIDE_LIST {
	GENERAL_LOOKASIDE L;
} PAGED_LOOKASIDE_LIST, *PPAGED_LOOKASIDE_LIST;

struct _LOOKASIDE_LIST_EX {
	GENERAL_LOOKASIDE_POOL L;
};

#define EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL 0x00000001U
#define EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE 0x00000002U
#define EX_MAXIMUM_LOOKASIDE_DEPTH_BASE 256
#define EX_MAXIMUM_LOOKASIDE_DEPTH_LIMIT 1024

NTSTATUS NTAPI ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside,
					   PALLOCATE_FUNCTION_EX Allocate, PFREE_FUNCTION_EX Free,
					   POOL_TYPE PoolType, ULONG Flags, SIZE_T Size, ULONG Tag,
					   USHORT Depth);
VOID NTAPI ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside);
VOID NTAPI ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside);
PVOID NTAPI ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX Lookaside);
VOID NTAPI ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PVOID Entry);

VOID NTAPI ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside,
					   PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
					   ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth);
VOID NTAPI ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside);
PVOID NTAPI ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside);
VOID NTAPI ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry);

VOID NTAPI ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside,
					  PALLOCATE_FUNCTION Allocate, PFREE_FUNCTION Free,
					  ULONG Flags, SIZE_T Size, ULONG Tag, USHORT Depth);
VOID NTAPI ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside);
PVOID NTAPI ExAllocateFromPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside);
VOID NTAPI ExFreeToPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry);

EXTERN_C_END

#endif

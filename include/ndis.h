// SPDX-License-Identifier: MIT OR GPL-2.0
// NDIS, as far as drivers beside network adapters use it: its names for memory, locks, events, time
// and strings, and buffer lists as data. There is no NDIS to register with.

#ifndef _NDIS_
#define _NDIS_

#include <ntddk.h>
#include <ntddndis.h>
#include <netioddk.h>
#include <ws2def.h>
#include <ws2ipdef.h>

EXTERN_C_START

typedef PVOID NDIS_HANDLE, *PNDIS_HANDLE;
typedef UNICODE_STRING NDIS_STRING, *PNDIS_STRING;
typedef PHYSICAL_ADDRESS NDIS_PHYSICAL_ADDRESS, *PNDIS_PHYSICAL_ADDRESS;
typedef MDL NDIS_BUFFER, *PNDIS_BUFFER;

#define NDIS_STRING_CONST(text)                                                  \
	{                                                                        \
		sizeof(L##text) - sizeof(WCHAR), sizeof(L##text), (PWSTR)L##text \
	}

#define NDIS_STATUS_SUCCESS ((NDIS_STATUS)STATUS_SUCCESS)
#define NDIS_STATUS_PENDING ((NDIS_STATUS)STATUS_PENDING)
#define NDIS_STATUS_NOT_RECOGNIZED ((NDIS_STATUS)0x00010001)
#define NDIS_STATUS_NOT_COPIED ((NDIS_STATUS)0x00010002)
#define NDIS_STATUS_NOT_ACCEPTED ((NDIS_STATUS)0x00010003)
#define NDIS_STATUS_BUFFER_OVERFLOW ((NDIS_STATUS)STATUS_BUFFER_OVERFLOW)
#define NDIS_STATUS_FAILURE ((NDIS_STATUS)STATUS_UNSUCCESSFUL)
#define NDIS_STATUS_RESOURCES ((NDIS_STATUS)STATUS_INSUFFICIENT_RESOURCES)
#define NDIS_STATUS_NOT_SUPPORTED ((NDIS_STATUS)STATUS_NOT_SUPPORTED)
#define NDIS_STATUS_INVALID_PARAMETER ((NDIS_STATUS)STATUS_INVALID_PARAMETER)
#define NDIS_STATUS_INVALID_DEVICE_REQUEST ((NDIS_STATUS)STATUS_INVALID_DEVICE_REQUEST)
#define NDIS_STATUS_INVALID_STATE ((NDIS_STATUS)STATUS_INVALID_DEVICE_STATE)
#define NDIS_STATUS_NETWORK_UNREACHABLE ((NDIS_STATUS)STATUS_NETWORK_UNREACHABLE)
#define NDIS_STATUS_CLOSING ((NDIS_STATUS)0xC0010002)
#define NDIS_STATUS_BAD_VERSION ((NDIS_STATUS)0xC0010004)
#define NDIS_STATUS_ADAPTER_NOT_FOUND ((NDIS_STATUS)0xC0010006)
#define NDIS_STATUS_REQUEST_ABORTED ((NDIS_STATUS)0xC001000C)
#define NDIS_STATUS_INVALID_PACKET ((NDIS_STATUS)0xC001000F)
#define NDIS_STATUS_INVALID_LENGTH ((NDIS_STATUS)0xC0010014)
#define NDIS_STATUS_INVALID_DATA ((NDIS_STATUS)0xC0010015)
#define NDIS_STATUS_BUFFER_TOO_SHORT ((NDIS_STATUS)0xC0010016)
#define NDIS_STATUS_SEND_ABORTED ((NDIS_STATUS)STATUS_NDIS_REQUEST_ABORTED)
#define NDIS_STATUS_PAUSED ((NDIS_STATUS)STATUS_NDIS_PAUSED)
#define NDIS_STATUS_INTERFACE_NOT_FOUND ((NDIS_STATUS)STATUS_NDIS_INTERFACE_NOT_FOUND)
#define NDIS_STATUS_MEDIA_DISCONNECTED ((NDIS_STATUS)STATUS_NDIS_MEDIA_DISCONNECTED)

/* Memory. */
#define NdisMoveMemory(Destination, Source, Length) RtlCopyMemory(Destination, Source, Length)
#define NdisZeroMemory(Destination, Length) RtlZeroMemory(Destination, Length)
#define NdisFillMemory(Destination, Length, Fill) RtlFillMemory(Destination, Length, Fill)
#define NdisEqualMemory(Source1, Source2, Length) RtlEqualMemory(Source1, Source2, Length)

__WSK_INLINE NDIS_STATUS NdisAllocateMemoryWithTag(PVOID *VirtualAddress, UINT Length, ULONG Tag)
{
	*VirtualAddress = ExAllocatePoolWithTag(NonPagedPool, Length, Tag);
	return *VirtualAddress ? NDIS_STATUS_SUCCESS : NDIS_STATUS_RESOURCES;
}

__WSK_INLINE PVOID NdisAllocateMemoryWithTagPriority(NDIS_HANDLE NdisHandle, UINT Length, ULONG Tag,
						     EX_POOL_PRIORITY Priority)
{
	UNREFERENCED_PARAMETER(NdisHandle);
	UNREFERENCED_PARAMETER(Priority);
	return ExAllocatePoolWithTag(NonPagedPool, Length, Tag);
}

__WSK_INLINE VOID NdisFreeMemory(PVOID VirtualAddress, UINT Length, UINT MemoryFlags)
{
	UNREFERENCED_PARAMETER(Length);
	UNREFERENCED_PARAMETER(MemoryFlags);
	ExFreePool(VirtualAddress);
}

#define NdisFreeMemoryWithTag(VirtualAddress, Tag) ExFreePoolWithTag(VirtualAddress, Tag)
#define NdisFreeMemoryWithTagPriority(NdisHandle, VirtualAddress, Tag) \
	((void)(NdisHandle), ExFreePoolWithTag(VirtualAddress, Tag))

/* Spin locks. */
typedef struct _NDIS_SPIN_LOCK {
	KSPIN_LOCK SpinLock;
	KIRQL OldIrql;
} NDIS_SPIN_LOCK, *PNDIS_SPIN_LOCK;

__WSK_INLINE VOID NdisAllocateSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
	KeInitializeSpinLock(&SpinLock->SpinLock);
}

#define NdisFreeSpinLock(SpinLock) ((void)(SpinLock))

__WSK_INLINE VOID NdisAcquireSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
	KIRQL Irql;

	KeAcquireSpinLock(&SpinLock->SpinLock, &Irql);
	SpinLock->OldIrql = Irql;
}

__WSK_INLINE VOID NdisReleaseSpinLock(PNDIS_SPIN_LOCK SpinLock)
{
	KeReleaseSpinLock(&SpinLock->SpinLock, SpinLock->OldIrql);
}

#define NdisDprAcquireSpinLock(Lock) KeAcquireSpinLockAtDpcLevel(&(Lock)->SpinLock)
#define NdisDprReleaseSpinLock(Lock) KeReleaseSpinLockFromDpcLevel(&(Lock)->SpinLock)

/* Numbers and lists that several processors use. */
#define NdisInterlockedIncrement(Addend) InterlockedIncrement(Addend)
#define NdisInterlockedDecrement(Addend) InterlockedDecrement(Addend)
#define NdisInitializeListHead(ListHead) InitializeListHead(ListHead)
#define NdisInterlockedInsertHeadList(ListHead, ListEntry, Lock) \
	ExInterlockedInsertHeadList(ListHead, ListEntry, &(Lock)->SpinLock)
#define NdisInterlockedInsertTailList(ListHead, ListEntry, Lock) \
	ExInterlockedInsertTailList(ListHead, ListEntry, &(Lock)->SpinLock)
#define NdisInterlockedRemoveHeadList(ListHead, Lock) \
	ExInterlockedRemoveHeadList(ListHead, &(Lock)->SpinLock)

/* Events, which stay set until they are reset. */
typedef struct _NDIS_EVENT {
	KEVENT Event;
} NDIS_EVENT, *PNDIS_EVENT;

__WSK_INLINE VOID NdisInitializeEvent(PNDIS_EVENT Event)
{
	KeInitializeEvent(&Event->Event, NotificationEvent, FALSE);
}

__WSK_INLINE VOID NdisSetEvent(PNDIS_EVENT Event)
{
	KeSetEvent(&Event->Event, IO_NETWORK_INCREMENT, FALSE);
}

__WSK_INLINE VOID NdisResetEvent(PNDIS_EVENT Event)
{
	KeClearEvent(&Event->Event);
}

/* For so many milliseconds, 0 for ever; whether it was set. */
__WSK_INLINE BOOLEAN NdisWaitEvent(PNDIS_EVENT Event, UINT MsToWait)
{
	LARGE_INTEGER Timeout;

	Timeout.QuadPart = -10000 * (LONGLONG)MsToWait;
	return (BOOLEAN)(KeWaitForSingleObject(&Event->Event, Executive, KernelMode, FALSE,
					       MsToWait ? &Timeout : NULL) == STATUS_SUCCESS);
}

/* Time. */
#define NdisGetCurrentSystemTime(SystemTime) KeQuerySystemTime(SystemTime)
#define NdisStallExecution(Microseconds) KeStallExecutionProcessor(Microseconds)
#define NDIS_CURRENT_IRQL() KeGetCurrentIrql()

__WSK_INLINE VOID NdisMSleep(ULONG MicrosecondsToSleep)
{
	LARGE_INTEGER Interval;

	Interval.QuadPart = -10 * (LONGLONG)MicrosecondsToSleep;
	KeDelayExecutionThread(KernelMode, FALSE, &Interval);
}

/* In milliseconds. */
__WSK_INLINE VOID NdisGetSystemUpTimeEx(PLARGE_INTEGER SystemUpTime)
{
	SystemUpTime->QuadPart = (LONGLONG)(KeQueryInterruptTime() / 10000);
}

__WSK_INLINE VOID NdisGetSystemUpTime(PULONG SystemUpTime)
{
	LARGE_INTEGER Time;

	NdisGetSystemUpTimeEx(&Time);
	*SystemUpTime = Time.LowPart;
}

/* Strings. */
#define NdisInitUnicodeString(Destination, Source) RtlInitUnicodeString(Destination, Source)
#define NdisEqualString(String1, String2, CaseInsensitive) \
	RtlEqualUnicodeString(String1, String2, CaseInsensitive)
#define NdisEqualUnicodeString NdisEqualString
#define NdisUnicodeStringToAnsiString(Destination, Source) \
	RtlUnicodeStringToAnsiString(Destination, Source, FALSE)
#define NdisAnsiStringToUnicodeString(Destination, Source) \
	RtlAnsiStringToUnicodeString(Destination, Source, FALSE)

/* MDLs. */
__WSK_INLINE PMDL NdisAllocateMdl(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, UINT Length)
{
	PMDL Mdl = IoAllocateMdl(VirtualAddress, Length, FALSE, FALSE, NULL);

	UNREFERENCED_PARAMETER(NdisHandle);
	if (Mdl)
		MmBuildMdlForNonPagedPool(Mdl);
	return Mdl;
}

#define NdisFreeMdl(Mdl) IoFreeMdl(Mdl)
#define NdisQueryMdl(Mdl, VirtualAddress, Length, Priority)                                 \
	(*(PVOID *)(VirtualAddress) = MmGetSystemAddressForMdlSafe(Mdl, (ULONG)(Priority)), \
	 *(Length) = MmGetMdlByteCount(Mdl))

/* Buffers: MDL chains, of which a part is data. */
typedef struct _NET_BUFFER NET_BUFFER, *PNET_BUFFER;
typedef struct _NET_BUFFER_LIST NET_BUFFER_LIST, *PNET_BUFFER_LIST;
typedef struct _NET_BUFFER_SHARED_MEMORY NET_BUFFER_SHARED_MEMORY, *PNET_BUFFER_SHARED_MEMORY;

typedef struct _NET_BUFFER_DATA {
	PNET_BUFFER Next;
	PMDL CurrentMdl;
	ULONG CurrentMdlOffset;
	union {
		ULONG DataLength;
		SIZE_T stDataLength;
	};
	PMDL MdlChain;
	ULONG DataOffset;
} NET_BUFFER_DATA, *PNET_BUFFER_DATA;

typedef union _NET_BUFFER_HEADER {
	NET_BUFFER_DATA NetBufferData;
	SLIST_HEADER Link;
} NET_BUFFER_HEADER, *PNET_BUFFER_HEADER;

struct _NET_BUFFER {
	union {
		struct {
			PNET_BUFFER Next;
			PMDL CurrentMdl;
			ULONG CurrentMdlOffset;
			union {
				ULONG DataLength;
				SIZE_T stDataLength;
			};
			PMDL MdlChain;
			ULONG DataOffset;
		};
		SLIST_HEADER Link;
		NET_BUFFER_HEADER NetBufferHeader;
	};
	USHORT ChecksumBias;
	USHORT Reserved;
	NDIS_HANDLE NdisPoolHandle;
	PVOID NdisReserved[2] __attribute__((__aligned__(16)));
	PVOID ProtocolReserved[6] __attribute__((__aligned__(16)));
	PVOID MiniportReserved[4] __attribute__((__aligned__(16)));
	NDIS_PHYSICAL_ADDRESS DataPhysicalAddress;
	union {
		PNET_BUFFER_SHARED_MEMORY SharedMemoryInfo;
		PVOID ScatterGatherList;
	};
};

#define NET_BUFFER_NEXT_NB(nb) ((nb)->Next)
#define NET_BUFFER_FIRST_MDL(nb) ((nb)->MdlChain)
#define NET_BUFFER_DATA_LENGTH(nb) ((nb)->DataLength)
#define NET_BUFFER_DATA_OFFSET(nb) ((nb)->DataOffset)
#define NET_BUFFER_CURRENT_MDL(nb) ((nb)->CurrentMdl)
#define NET_BUFFER_CURRENT_MDL_OFFSET(nb) ((nb)->CurrentMdlOffset)
#define NET_BUFFER_PROTOCOL_RESERVED(nb) ((nb)->ProtocolReserved)
#define NET_BUFFER_MINIPORT_RESERVED(nb) ((nb)->MiniportReserved)
#define NET_BUFFER_CHECKSUM_BIAS(nb) ((nb)->ChecksumBias)

/* Lists of buffers, and what goes with them. */
typedef struct _NET_BUFFER_LIST_CONTEXT {
	struct _NET_BUFFER_LIST_CONTEXT *Next;
	USHORT Size;
	USHORT Offset;
	UCHAR ContextData[] __attribute__((__aligned__(16)));
} NET_BUFFER_LIST_CONTEXT, *PNET_BUFFER_LIST_CONTEXT;

typedef enum _NDIS_NET_BUFFER_LIST_INFO {
	TcpIpChecksumNetBufferListInfo,
	TcpOffloadBytesTransferred = TcpIpChecksumNetBufferListInfo,
	IPsecOffloadV1NetBufferListInfo,
	IPsecOffloadV2NetBufferListInfo = IPsecOffloadV1NetBufferListInfo,
	TcpLargeSendNetBufferListInfo,
	TcpReceiveNoPush = TcpLargeSendNetBufferListInfo,
	ClassificationHandleNetBufferListInfo,
	Ieee8021QNetBufferListInfo,
	NetBufferListCancelId,
	MediaSpecificInformation,
	NetBufferListFrameType,
	NetBufferListProtocolId = NetBufferListFrameType,
	NetBufferListHashValue,
	NetBufferListHashInfo,
	WfpNetBufferListInfo,
	MaxNetBufferListInfo
} NDIS_NET_BUFFER_LIST_INFO,
	*PNDIS_NET_BUFFER_LIST_INFO;

typedef struct _NET_BUFFER_LIST_DATA {
	PNET_BUFFER_LIST Next;
	PNET_BUFFER FirstNetBuffer;
} NET_BUFFER_LIST_DATA, *PNET_BUFFER_LIST_DATA;

typedef union _NET_BUFFER_LIST_HEADER {
	NET_BUFFER_LIST_DATA NetBufferListData;
	SLIST_HEADER Link;
} NET_BUFFER_LIST_HEADER, *PNET_BUFFER_LIST_HEADER;

struct _NET_BUFFER_LIST {
	union {
		struct {
			PNET_BUFFER_LIST Next;
			PNET_BUFFER FirstNetBuffer;
		};
		SLIST_HEADER Link;
		NET_BUFFER_LIST_HEADER NetBufferListHeader;
	};
	PNET_BUFFER_LIST_CONTEXT Context;
	PNET_BUFFER_LIST ParentNetBufferList;
	NDIS_HANDLE NdisPoolHandle;
	PVOID NdisReserved[2] __attribute__((__aligned__(16)));
	PVOID ProtocolReserved[4] __attribute__((__aligned__(16)));
	PVOID MiniportReserved[2] __attribute__((__aligned__(16)));
	PVOID Scratch;
	NDIS_HANDLE SourceHandle;
	ULONG NblFlags;
	LONG ChildRefCount;
	ULONG Flags;
	union {
		NDIS_STATUS Status;
		ULONG NdisReserved2;
	};
	PVOID NetBufferListInfo[MaxNetBufferListInfo];
};

#define NET_BUFFER_LIST_NEXT_NBL(nbl) ((nbl)->Next)
#define NET_BUFFER_LIST_FIRST_NB(nbl) ((nbl)->FirstNetBuffer)
#define NET_BUFFER_LIST_FLAGS(nbl) ((nbl)->Flags)
#define NET_BUFFER_LIST_NBL_FLAGS(nbl) ((nbl)->NblFlags)
#define NET_BUFFER_LIST_PROTOCOL_RESERVED(nbl) ((nbl)->ProtocolReserved)
#define NET_BUFFER_LIST_MINIPORT_RESERVED(nbl) ((nbl)->MiniportReserved)
#define NET_BUFFER_LIST_STATUS(nbl) ((nbl)->Status)
#define NET_BUFFER_LIST_INFO(nbl, id) ((nbl)->NetBufferListInfo[(id)])
#define NET_BUFFER_LIST_CONTEXT_DATA_START(nbl) \
	((PUCHAR)((nbl)->Context + 1) + (nbl)->Context->Offset)
#define NET_BUFFER_LIST_CONTEXT_DATA_SIZE(nbl) ((nbl)->Context->Size)

EXTERN_C_END

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
// Interlocked operations. They take a pointer to an integer of any size, so that a driver's plain
// `volatile long`, of 32 bits on Windows and of 64 here, works as well as LONG does.

#ifndef _WDM_INTERLOCKED_H
#define _WDM_INTERLOCKED_H

#include <ntdef.h>

#define __WSK_FULL __ATOMIC_SEQ_CST

/* The value is converted to the target's type once, as passing it to a function would. */
#define __wsk_value(target, value) ((__typeof__(+*(target)))(value))

#define InterlockedIncrement(Addend) __atomic_add_fetch(Addend, 1, __WSK_FULL)
#define InterlockedDecrement(Addend) __atomic_sub_fetch(Addend, 1, __WSK_FULL)
#define InterlockedAdd(Addend, Value) \
	__atomic_add_fetch(Addend, __wsk_value(Addend, Value), __WSK_FULL)
#define InterlockedExchangeAdd(Addend, Value) \
	__atomic_fetch_add(Addend, __wsk_value(Addend, Value), __WSK_FULL)
#define InterlockedExchange(Target, Value) \
	__atomic_exchange_n(Target, __wsk_value(Target, Value), __WSK_FULL)
#define InterlockedCompareExchange(Destination, Exchange, Comperand)                  \
	__sync_val_compare_and_swap(Destination, __wsk_value(Destination, Comperand), \
				    __wsk_value(Destination, Exchange))
#define InterlockedOr(Destination, Value) \
	__atomic_fetch_or(Destination, __wsk_value(Destination, Value), __WSK_FULL)
#define InterlockedAnd(Destination, Value) \
	__atomic_fetch_and(Destination, __wsk_value(Destination, Value), __WSK_FULL)
#define InterlockedXor(Destination, Value) \
	__atomic_fetch_xor(Destination, __wsk_value(Destination, Value), __WSK_FULL)

#define InterlockedIncrementAcquire InterlockedIncrement
#define InterlockedDecrementAcquire InterlockedDecrement
#define InterlockedAddAcquire InterlockedAdd
#define InterlockedExchangeAddAcquire InterlockedExchangeAdd
#define InterlockedExchangeAcquire InterlockedExchange
#define InterlockedCompareExchangeAcquire InterlockedCompareExchange
#define InterlockedOrAcquire InterlockedOr
#define InterlockedAndAcquire InterlockedAnd
#define InterlockedXorAcquire InterlockedXor
#define InterlockedIncrementRelease InterlockedIncrement
#define InterlockedDecrementRelease InterlockedDecrement
#define InterlockedAddRelease InterlockedAdd
#define InterlockedExchangeAddRelease InterlockedExchangeAdd
#define InterlockedExchangeRelease InterlockedExchange
#define InterlockedCompareExchangeRelease InterlockedCompareExchange
#define InterlockedOrRelease InterlockedOr
#define InterlockedAndRelease InterlockedAnd
#define InterlockedXorRelease InterlockedXor
#define InterlockedIncrementNoFence InterlockedIncrement
#define InterlockedDecrementNoFence InterlockedDecrement
#define InterlockedAddNoFence InterlockedAdd
#define InterlockedExchangeAddNoFence InterlockedExchangeAdd
#define InterlockedExchangeNoFence InterlockedExchange
#define InterlockedCompareExchangeNoFence InterlockedCompareExchange
#define InterlockedOrNoFence InterlockedOr
#define InterlockedAndNoFence InterlockedAnd
#define InterlockedXorNoFence InterlockedXor
#define InterlockedExchangeAdd8 InterlockedExchangeAdd
#define InterlockedExchange8 InterlockedExchange
#define InterlockedCompareExchange8 InterlockedCompareExchange
#define InterlockedOr8 InterlockedOr
#define InterlockedAnd8 InterlockedAnd
#define InterlockedXor8 InterlockedXor
#define InterlockedIncrement16 InterlockedIncrement
#define InterlockedDecrement16 InterlockedDecrement
#define InterlockedExchangeAdd16 InterlockedExchangeAdd
#define InterlockedExchange16 InterlockedExchange
#define InterlockedCompareExchange16 InterlockedCompareExchange
#define InterlockedOr16 InterlockedOr
#define InterlockedAnd16 InterlockedAnd
#define InterlockedXor16 InterlockedXor
#define InterlockedIncrement64 InterlockedIncrement
#define InterlockedDecrement64 InterlockedDecrement
#define InterlockedAdd64 InterlockedAdd
#define InterlockedExchangeAdd64 InterlockedExchangeAdd
#define InterlockedExchange64 InterlockedExchange
#define InterlockedCompareExchange64 InterlockedCompareExchange
#define InterlockedOr64 InterlockedOr
#define InterlockedAnd64 InterlockedAnd
#define InterlockedXor64 InterlockedXor

#define InterlockedIncrementAcquire64 InterlockedIncrement
#define InterlockedDecrementAcquire64 InterlockedDecrement
#define InterlockedAddAcquire64 InterlockedAdd
#define InterlockedExchangeAddAcquire64 InterlockedExchangeAdd
#define InterlockedExchangeAcquire64 InterlockedExchange
#define InterlockedCompareExchangeAcquire64 InterlockedCompareExchange
#define InterlockedOrAcquire64 InterlockedOr
#define InterlockedAndAcquire64 InterlockedAnd
#define InterlockedXorAcquire64 InterlockedXor
#define InterlockedIncrementRelease64 InterlockedIncrement
#define InterlockedDecrementRelease64 InterlockedDecrement
#define InterlockedAddRelease64 InterlockedAdd
#define InterlockedExchangeAddRelease64 InterlockedExchangeAdd
#define InterlockedExchangeRelease64 InterlockedExchange
#define InterlockedCompareExchangeRelease64 InterlockedCompareExchange
#define InterlockedOrRelease64 InterlockedOr
#define InterlockedAndRelease64 InterlockedAnd
#define InterlockedXorRelease64 InterlockedXor
#define InterlockedIncrementNoFence64 InterlockedIncrement
#define InterlockedDecrementNoFence64 InterlockedDecrement
#define InterlockedAddNoFence64 InterlockedAdd
#define InterlockedExchangeAddNoFence64 InterlockedExchangeAdd
#define InterlockedExchangeNoFence64 InterlockedExchange
#define InterlockedCompareExchangeNoFence64 InterlockedCompareExchange
#define InterlockedOrNoFence64 InterlockedOr
#define InterlockedAndNoFence64 InterlockedAnd
#define InterlockedXorNoFence64 InterlockedXor

#define _InterlockedIncrement InterlockedIncrement
#define _InterlockedDecrement InterlockedDecrement
#define _InterlockedAdd InterlockedAdd
#define _InterlockedExchangeAdd InterlockedExchangeAdd
#define _InterlockedExchange InterlockedExchange
#define _InterlockedCompareExchange InterlockedCompareExchange
#define _InterlockedOr InterlockedOr
#define _InterlockedAnd InterlockedAnd
#define _InterlockedXor InterlockedXor
#define _InterlockedIncrement64 InterlockedIncrement
#define _InterlockedDecrement64 InterlockedDecrement
#define _InterlockedAdd64 InterlockedAdd
#define _InterlockedExchangeAdd64 InterlockedExchangeAdd
#define _InterlockedExchange64 InterlockedExchange
#define _InterlockedCompareExchange64 InterlockedCompareExchange
#define _InterlockedOr64 InterlockedOr
#define _InterlockedAnd64 InterlockedAnd
#define _InterlockedXor64 InterlockedXor

#define InterlockedIncrementAcquire8 InterlockedIncrement
#define InterlockedIncrementRelease8 InterlockedIncrement
#define InterlockedIncrementNoFence8 InterlockedIncrement
#define InterlockedDecrementAcquire8 InterlockedDecrement
#define InterlockedDecrementRelease8 InterlockedDecrement
#define InterlockedDecrementNoFence8 InterlockedDecrement
#define InterlockedAddAcquire8 InterlockedAdd
#define InterlockedAddRelease8 InterlockedAdd
#define InterlockedAddNoFence8 InterlockedAdd
#define InterlockedExchangeAddAcquire8 InterlockedExchangeAdd
#define InterlockedExchangeAddRelease8 InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence8 InterlockedExchangeAdd
#define InterlockedExchangeAcquire8 InterlockedExchange
#define InterlockedExchangeRelease8 InterlockedExchange
#define InterlockedExchangeNoFence8 InterlockedExchange
#define InterlockedCompareExchangeAcquire8 InterlockedCompareExchange
#define InterlockedCompareExchangeRelease8 InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence8 InterlockedCompareExchange
#define InterlockedOrAcquire8 InterlockedOr
#define InterlockedOrRelease8 InterlockedOr
#define InterlockedOrNoFence8 InterlockedOr
#define InterlockedAndAcquire8 InterlockedAnd
#define InterlockedAndRelease8 InterlockedAnd
#define InterlockedAndNoFence8 InterlockedAnd
#define InterlockedXorAcquire8 InterlockedXor
#define InterlockedXorRelease8 InterlockedXor
#define InterlockedXorNoFence8 InterlockedXor
#define InterlockedIncrementAcquire16 InterlockedIncrement
#define InterlockedIncrementRelease16 InterlockedIncrement
#define InterlockedIncrementNoFence16 InterlockedIncrement
#define InterlockedDecrementAcquire16 InterlockedDecrement
#define InterlockedDecrementRelease16 InterlockedDecrement
#define InterlockedDecrementNoFence16 InterlockedDecrement
#define InterlockedAddAcquire16 InterlockedAdd
#define InterlockedAddRelease16 InterlockedAdd
#define InterlockedAddNoFence16 InterlockedAdd
#define InterlockedExchangeAddAcquire16 InterlockedExchangeAdd
#define InterlockedExchangeAddRelease16 InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence16 InterlockedExchangeAdd
#define InterlockedExchangeAcquire16 InterlockedExchange
#define InterlockedExchangeRelease16 InterlockedExchange
#define InterlockedExchangeNoFence16 InterlockedExchange
#define InterlockedCompareExchangeAcquire16 InterlockedCompareExchange
#define InterlockedCompareExchangeRelease16 InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence16 InterlockedCompareExchange
#define InterlockedOrAcquire16 InterlockedOr
#define InterlockedOrRelease16 InterlockedOr
#define InterlockedOrNoFence16 InterlockedOr
#define InterlockedAndAcquire16 InterlockedAnd
#define InterlockedAndRelease16 InterlockedAnd
#define InterlockedAndNoFence16 InterlockedAnd
#define InterlockedXorAcquire16 InterlockedXor
#define InterlockedXorRelease16 InterlockedXor
#define InterlockedXorNoFence16 InterlockedXor

#define _InterlockedExchangeAdd8 InterlockedExchangeAdd
#define _InterlockedExchange8 InterlockedExchange
#define _InterlockedCompareExchange8 InterlockedCompareExchange
#define _InterlockedOr8 InterlockedOr
#define _InterlockedAnd8 InterlockedAnd
#define _InterlockedXor8 InterlockedXor
#define _InterlockedExchangeAdd16 InterlockedExchangeAdd
#define _InterlockedExchange16 InterlockedExchange
#define _InterlockedCompareExchange16 InterlockedCompareExchange
#define _InterlockedOr16 InterlockedOr
#define _InterlockedAnd16 InterlockedAnd
#define _InterlockedXor16 InterlockedXor
#define _InterlockedIncrement16 InterlockedIncrement
#define _InterlockedDecrement16 InterlockedDecrement
#define InterlockedExchangeSubtract(Addend, Value) \
	__atomic_fetch_sub(Addend, __wsk_value(Addend, Value), __WSK_FULL)
#define InterlockedAddNoFenceSizeT InterlockedAdd
#define InterlockedExchangeSizeT InterlockedExchange
#define InterlockedCompareExchangeSizeT InterlockedCompareExchange
#define InterlockedOrSizeT InterlockedOr
#define InterlockedAndSizeT InterlockedAnd
#define InterlockedOrAffinity InterlockedOr
#define InterlockedAndAffinity InterlockedAnd

/* Pointers. (A cast whose value nobody uses would be worth a warning, a block is not.) */
#define InterlockedExchangePointer(Target, Value)                                       \
	__extension__({                                                                 \
		(PVOID) __atomic_exchange_n((PVOID volatile *)(Target), (PVOID)(Value), \
					    __WSK_FULL);                                \
	})
#define InterlockedCompareExchangePointer(Destination, Exchange, Comperand)                 \
	__extension__({                                                                     \
		(PVOID) __sync_val_compare_and_swap((PVOID volatile *)(Destination),        \
						    (PVOID)(Comperand), (PVOID)(Exchange)); \
	})
#define InterlockedExchangePointerNoFence InterlockedExchangePointer
#define InterlockedExchangePointerAcquire InterlockedExchangePointer
#define InterlockedCompareExchangePointerNoFence InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerAcquire InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease InterlockedCompareExchangePointer
#define InterlockedExchangeAddSizeT InterlockedExchangeAdd
#define InterlockedExchangeAddSizeTNoFence InterlockedExchangeAdd
#define InterlockedIncrementSizeT InterlockedIncrement
#define InterlockedDecrementSizeT InterlockedDecrement
#define InterlockedAddSizeT InterlockedAdd
#define InterlockedAddULONG InterlockedAdd
#define _InterlockedExchangePointer InterlockedExchangePointer
#define _InterlockedCompareExchangePointer InterlockedCompareExchangePointer

/* Bits: the result is the bit's former value. */
#define __wsk_bit(Base, Bit, operation, mask)                                                    \
	__extension__({                                                                          \
		const unsigned int __wsk_n = (unsigned int)(Bit);                                \
		const __typeof__(+*(Base)) __wsk_one = 1;                                        \
		(BOOLEAN)((operation(Base, mask(__wsk_one << __wsk_n), __WSK_FULL) >> __wsk_n) & \
			  1);                                                                    \
	})
#define InterlockedBitTestAndSet(Base, Bit) __wsk_bit(Base, Bit, __atomic_fetch_or, +)
#define InterlockedBitTestAndReset(Base, Bit) __wsk_bit(Base, Bit, __atomic_fetch_and, ~)
#define InterlockedBitTestAndComplement(Base, Bit) __wsk_bit(Base, Bit, __atomic_fetch_xor, +)
#define InterlockedBitTestAndSetAcquire InterlockedBitTestAndSet
#define InterlockedBitTestAndSetRelease InterlockedBitTestAndSet
#define InterlockedBitTestAndSetNoFence InterlockedBitTestAndSet
#define InterlockedBitTestAndResetAcquire InterlockedBitTestAndReset
#define InterlockedBitTestAndResetRelease InterlockedBitTestAndReset
#define InterlockedBitTestAndResetNoFence InterlockedBitTestAndReset
#define _interlockedbittestandset InterlockedBitTestAndSet
#define _interlockedbittestandreset InterlockedBitTestAndReset
#define _interlockedbittestandset64 InterlockedBitTestAndSet
#define _interlockedbittestandreset64 InterlockedBitTestAndReset
#define InterlockedBitTestAndSet64 InterlockedBitTestAndSet
#define InterlockedBitTestAndReset64 InterlockedBitTestAndReset
#define InterlockedBitTestAndComplement64 InterlockedBitTestAndComplement

/* 16 bytes, aligned to 16: TRUE if they were as compared with; what they were, in any case. */
__WSK_INLINE UCHAR InterlockedCompareExchange128(LONG64 volatile *Destination, LONG64 ExchangeHigh,
						 LONG64 ExchangeLow, LONG64 *ComparandResult)
{
	UCHAR same;

	__asm__ volatile("lock cmpxchg16b %1"
			 : "=@ccz"(same), "+m"(*(volatile __int128 *)Destination),
			   "+d"(ComparandResult[1]), "+a"(ComparandResult[0])
			 : "b"(ExchangeLow), "c"(ExchangeHigh)
			 : "memory");
	return same;
}
#define _InterlockedCompareExchange128 InterlockedCompareExchange128

/* Reads and writes that are ordered, or that are only undivided. */
#define __wsk_read(Source, order) __atomic_load_n(Source, order)
#define __wsk_write(Destination, Value, order) \
	__atomic_store_n(Destination, __wsk_value(Destination, Value), order)
#define ReadAcquire(Source) __wsk_read(Source, __ATOMIC_ACQUIRE)
#define ReadNoFence(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define ReadRaw(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define WriteRelease(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELEASE)
#define WriteNoFence(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define WriteRaw(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define ReadAcquire8(Source) __wsk_read(Source, __ATOMIC_ACQUIRE)
#define ReadNoFence8(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define ReadRaw8(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define WriteRelease8(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELEASE)
#define WriteNoFence8(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define WriteRaw8(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define ReadAcquire16(Source) __wsk_read(Source, __ATOMIC_ACQUIRE)
#define ReadNoFence16(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define ReadRaw16(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define WriteRelease16(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELEASE)
#define WriteNoFence16(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define WriteRaw16(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define ReadAcquire64(Source) __wsk_read(Source, __ATOMIC_ACQUIRE)
#define ReadNoFence64(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define ReadRaw64(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define WriteRelease64(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELEASE)
#define WriteNoFence64(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define WriteRaw64(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define ReadUCharAcquire(Source) __wsk_read(Source, __ATOMIC_ACQUIRE)
#define ReadUCharNoFence(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define ReadUCharRaw(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define WriteUCharRelease(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELEASE)
#define WriteUCharNoFence(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define WriteUCharRaw(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define ReadUShortAcquire(Source) __wsk_read(Source, __ATOMIC_ACQUIRE)
#define ReadUShortNoFence(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define ReadUShortRaw(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define WriteUShortRelease(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELEASE)
#define WriteUShortNoFence(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define WriteUShortRaw(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define ReadULongAcquire(Source) __wsk_read(Source, __ATOMIC_ACQUIRE)
#define ReadULongNoFence(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define ReadULongRaw(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define WriteULongRelease(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELEASE)
#define WriteULongNoFence(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define WriteULongRaw(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define ReadULong64Acquire(Source) __wsk_read(Source, __ATOMIC_ACQUIRE)
#define ReadULong64NoFence(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define ReadULong64Raw(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define WriteULong64Release(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELEASE)
#define WriteULong64NoFence(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define WriteULong64Raw(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define ReadBooleanAcquire(Source) __wsk_read(Source, __ATOMIC_ACQUIRE)
#define ReadBooleanNoFence(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define ReadBooleanRaw(Source) __wsk_read(Source, __ATOMIC_RELAXED)
#define WriteBooleanRelease(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELEASE)
#define WriteBooleanNoFence(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define WriteBooleanRaw(Destination, Value) __wsk_write(Destination, Value, __ATOMIC_RELAXED)
#define ReadPointerAcquire(Source) \
	((PVOID)__atomic_load_n((PVOID volatile *)(Source), __ATOMIC_ACQUIRE))
#define ReadPointerNoFence(Source) \
	((PVOID)__atomic_load_n((PVOID volatile *)(Source), __ATOMIC_RELAXED))
#define ReadPointerRaw(Source) ReadPointerNoFence(Source)
#define WritePointerRelease(Destination, Value) \
	__atomic_store_n((PVOID volatile *)(Destination), (PVOID)(Value), __ATOMIC_RELEASE)
#define WritePointerNoFence(Destination, Value) \
	__atomic_store_n((PVOID volatile *)(Destination), (PVOID)(Value), __ATOMIC_RELAXED)
#define WritePointerRaw(Destination, Value) WritePointerNoFence(Destination, Value)

#define MemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define KeMemoryBarrier() MemoryBarrier()
#define KeMemoryBarrierWithoutFence() _ReadWriteBarrier()
#define YieldProcessor() _mm_pause()
#define PreFetchCacheLine(Level, Address) __builtin_prefetch(Address)
#define PrefetchForWrite(Address) __builtin_prefetch(Address, 1)
#define ReadForWriteAccess(Address) (__builtin_prefetch(Address, 1), *(Address))

#endif

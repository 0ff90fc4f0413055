// SPDX-License-Identifier: MIT OR GPL-2.0
// The compiler's intrinsics for bits.

#ifndef _WDM_BITS_H
#define _WDM_BITS_H

#include <ntdef.h>

EXTERN_C_START

/* The number of the lowest or highest bit that is set; FALSE when none is. */
__WSK_INLINE BOOLEAN BitScanForward(ULONG *Index, ULONG Mask)
{
	if (!Mask)
		return FALSE;
	*Index = (ULONG)__builtin_ctz(Mask);
	return TRUE;
}

__WSK_INLINE BOOLEAN BitScanReverse(ULONG *Index, ULONG Mask)
{
	if (!Mask)
		return FALSE;
	*Index = 31 - (ULONG)__builtin_clz(Mask);
	return TRUE;
}

__WSK_INLINE BOOLEAN BitScanForward64(ULONG *Index, ULONG64 Mask)
{
	if (!Mask)
		return FALSE;
	*Index = (ULONG)__builtin_ctzl(Mask);
	return TRUE;
}

__WSK_INLINE BOOLEAN BitScanReverse64(ULONG *Index, ULONG64 Mask)
{
	if (!Mask)
		return FALSE;
	*Index = 63 - (ULONG)__builtin_clzl(Mask);
	return TRUE;
}

/* One bit of an array of 32-bit words; the result is the bit's former value. */
__WSK_INLINE BOOLEAN BitTest(const LONG *Base, LONG Offset)
{
	return (BOOLEAN)((Base[Offset >> 5] >> (Offset & 31)) & 1);
}

__WSK_INLINE BOOLEAN BitTestAndSet(LONG *Base, LONG Offset)
{
	BOOLEAN old = BitTest(Base, Offset);

	Base[Offset >> 5] |= (LONG)(1u << (Offset & 31));
	return old;
}

__WSK_INLINE BOOLEAN BitTestAndReset(LONG *Base, LONG Offset)
{
	BOOLEAN old = BitTest(Base, Offset);

	Base[Offset >> 5] &= (LONG) ~(1u << (Offset & 31));
	return old;
}

__WSK_INLINE BOOLEAN BitTestAndComplement(LONG *Base, LONG Offset)
{
	BOOLEAN old = BitTest(Base, Offset);

	Base[Offset >> 5] ^= (LONG)(1u << (Offset & 31));
	return old;
}

/* The same of 64-bit words. */
__WSK_INLINE BOOLEAN BitTest64(const LONG64 *Base, LONG64 Offset)
{
	return (BOOLEAN)((Base[Offset >> 6] >> (Offset & 63)) & 1);
}

__WSK_INLINE BOOLEAN BitTestAndSet64(LONG64 *Base, LONG64 Offset)
{
	BOOLEAN old = BitTest64(Base, Offset);

	Base[Offset >> 6] |= (LONG64)(1ul << (Offset & 63));
	return old;
}

__WSK_INLINE BOOLEAN BitTestAndReset64(LONG64 *Base, LONG64 Offset)
{
	BOOLEAN old = BitTest64(Base, Offset);

	Base[Offset >> 6] &= (LONG64) ~(1ul << (Offset & 63));
	return old;
}

__WSK_INLINE BOOLEAN BitTestAndComplement64(LONG64 *Base, LONG64 Offset)
{
	BOOLEAN old = BitTest64(Base, Offset);

	Base[Offset >> 6] ^= (LONG64)(1ul << (Offset & 63));
	return old;
}

/* How many bits are set, by hand: the compiler's own way may call a library. */
__WSK_INLINE ULONG64 PopulationCount64(ULONG64 operand)
{
	operand -= (operand >> 1) & 0x5555555555555555ul;
	operand = (operand & 0x3333333333333333ul) + ((operand >> 2) & 0x3333333333333333ul);
	operand = (operand + (operand >> 4)) & 0x0f0f0f0f0f0f0f0ful;
	return operand * 0x0101010101010101ul >> 56;
}

__WSK_INLINE ULONG RotateLeft32(ULONG Value, int Shift)
{
	return (Value << (Shift & 31)) | (Value >> (-Shift & 31));
}

__WSK_INLINE ULONG RotateRight32(ULONG Value, int Shift)
{
	return (Value >> (Shift & 31)) | (Value << (-Shift & 31));
}

__WSK_INLINE ULONG64 RotateLeft64(ULONG64 Value, int Shift)
{
	return (Value << (Shift & 63)) | (Value >> (-Shift & 63));
}

__WSK_INLINE ULONG64 RotateRight64(ULONG64 Value, int Shift)
{
	return (Value >> (Shift & 63)) | (Value << (-Shift & 63));
}

EXTERN_C_END

#define _BitScanForward BitScanForward
#define _BitScanReverse BitScanReverse
#define _BitScanForward64 BitScanForward64
#define _BitScanReverse64 BitScanReverse64
#define _bittest BitTest
#define _bittestandset BitTestAndSet
#define _bittestandreset BitTestAndReset
#define _bittestandcomplement BitTestAndComplement
#define _bittest64 BitTest64
#define _bittestandset64 BitTestAndSet64
#define _bittestandreset64 BitTestAndReset64
#define _bittestandcomplement64 BitTestAndComplement64
#define __popcnt(value) ((unsigned int)PopulationCount64((ULONG)(value)))
#define __popcnt64 PopulationCount64
#define _rotl RotateLeft32
#define _rotr RotateRight32
#define _rotl64 RotateLeft64
#define _rotr64 RotateRight64

#endif

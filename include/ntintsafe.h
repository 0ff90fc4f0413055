// SPDX-License-Identifier: MIT OR GPL-2.0
// Arithmetic and conversions that notice an overflow: STATUS_INTEGER_OVERFLOW, and a result of all
// ones.

#ifndef _NTINTSAFE_H_INCLUDED_
#define _NTINTSAFE_H_INCLUDED_

#include <ntdef.h>
#include <ntstatus.h>

EXTERN_C_START

#define __WSK_ARITHMETIC(name, type, operation, builtin)                                   \
	__WSK_INLINE NTSTATUS Rtl##name##operation(type augend, type addend, type *result) \
	{                                                                                  \
		if (!builtin(augend, addend, result))                                      \
			return STATUS_SUCCESS;                                             \
		*result = (type) ~(type)0;                                                 \
		return STATUS_INTEGER_OVERFLOW;                                            \
	}
#define __WSK_INTEGER(name, type)                                 \
	__WSK_ARITHMETIC(name, type, Add, __builtin_add_overflow) \
	__WSK_ARITHMETIC(name, type, Sub, __builtin_sub_overflow) \
	__WSK_ARITHMETIC(name, type, Mult, __builtin_mul_overflow)

__WSK_INTEGER(UShort, USHORT)
__WSK_INTEGER(UInt, UINT)
__WSK_INTEGER(UIntPtr, UINT_PTR)
__WSK_INTEGER(ULong, ULONG)
__WSK_INTEGER(ULongPtr, ULONG_PTR)
__WSK_INTEGER(ULongLong, ULONGLONG)
__WSK_INTEGER(Long, LONG)
__WSK_INTEGER(LongLong, LONGLONG)
__WSK_INTEGER(SizeT, SIZE_T)

#define __WSK_CONVERSION(name, from, to)                               \
	__WSK_INLINE NTSTATUS Rtl##name(from operand, to *result)      \
	{                                                              \
		if (!__builtin_add_overflow(operand, (from)0, result)) \
			return STATUS_SUCCESS;                         \
		*result = (to) ~(to)0;                                 \
		return STATUS_INTEGER_OVERFLOW;                        \
	}

__WSK_CONVERSION(LongToULong, LONG, ULONG)
__WSK_CONVERSION(LongToUShort, LONG, USHORT)
__WSK_CONVERSION(ULongToLong, ULONG, LONG)
__WSK_CONVERSION(ULongToUShort, ULONG, USHORT)
__WSK_CONVERSION(ULongToUChar, ULONG, UCHAR)
__WSK_CONVERSION(ULongLongToULong, ULONGLONG, ULONG)
__WSK_CONVERSION(ULongLongToLong, ULONGLONG, LONG)
__WSK_CONVERSION(ULongLongToLongLong, ULONGLONG, LONGLONG)
__WSK_CONVERSION(LongLongToULong, LONGLONG, ULONG)
__WSK_CONVERSION(LongLongToULongLong, LONGLONG, ULONGLONG)
__WSK_CONVERSION(LongLongToLong, LONGLONG, LONG)
__WSK_CONVERSION(SizeTToULong, SIZE_T, ULONG)
__WSK_CONVERSION(SizeTToUShort, SIZE_T, USHORT)
__WSK_CONVERSION(SizeTToUInt, SIZE_T, UINT)
__WSK_CONVERSION(SizeTToInt, SIZE_T, INT)
__WSK_CONVERSION(SizeTToLong, SIZE_T, LONG)
__WSK_CONVERSION(IntToULong, INT, ULONG)
__WSK_CONVERSION(IntToUInt, INT, UINT)
__WSK_CONVERSION(IntToUShort, INT, USHORT)

#undef __WSK_CONVERSION
#undef __WSK_INTEGER
#undef __WSK_ARITHMETIC

EXTERN_C_END

#define RtlSIZETAdd RtlSizeTAdd
#define RtlSIZETSub RtlSizeTSub
#define RtlSIZETMult RtlSizeTMult
#define RtlSIZETToULong RtlSizeTToULong
#define RtlSIZETToUShort RtlSizeTToUShort
#define RtlSIZETToUInt RtlSizeTToUInt
#define RtlSIZETToInt RtlSizeTToInt
#define RtlSIZETToLong RtlSizeTToLong
#define RtlULongPtrToULong RtlSizeTToULong

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
// The compiler that Windows drivers are written for: its predefined macros, keywords and
// intrinsics. Forced in front of each source of a driver (-include wsk_driver.h); every header here
// includes it too.

#ifndef _WSK_DRIVER_H
#define _WSK_DRIVER_H

/* Forced in front of a C source: then `try`, `except`, `finally` and `leave` are keywords, too. */
#if __INCLUDE_LEVEL__ <= 1
#define __wsk_seh_keywords 1
#endif

#if !defined(__x86_64__)
#error "These headers describe Windows on x86-64 processors only."
#endif
#if __SIZEOF_WCHAR_T__ != 2
#error "Windows has 16-bit wide characters: compile with -fshort-wchar."
#endif

/* Predefined by the compiler and by the driver kit's build. */
#ifndef _WIN32
#define _WIN32 1
#endif
#ifndef _WIN64
#define _WIN64 1
#endif
#ifndef _M_AMD64
#define _M_AMD64 100
#endif
#ifndef _M_X64
#define _M_X64 100
#endif
#ifndef _AMD64_
#define _AMD64_ 1
#endif
#ifndef AMD64
#define AMD64 1
#endif
#ifndef _KERNEL_MODE
#define _KERNEL_MODE 1
#endif

/* Sized integers. A 64-bit one is `long`, so that SIZE_T, ULONGLONG, size_t and uint64_t are one
 * type. */
#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 long

/* Calling conventions and pointer sizes mean nothing here: caller and callee are built together. */
#define __cdecl
#define _cdecl
#define __stdcall
#define _stdcall
#define __fastcall
#define _fastcall
#define __thiscall
#define __vectorcall
#define __clrcall
#define __ptr32
#define __ptr64
#define __sptr
#define __uptr
#define __w64
#define __unaligned
#define _unaligned

#define __forceinline inline __attribute__((__always_inline__))
#define _forceinline __forceinline
#define __noop(...) ((void)0)
#define __pragma(x)
#define __assume(x)                              \
	do {                                     \
		if (!(x))                        \
			__builtin_unreachable(); \
	} while (0)
#define __identifier(x) x
#ifdef __cplusplus
#define __uuidof(x) x
#else
#define static_assert _Static_assert
#endif

/* __declspec(kind) and __declspec(kind(argument)). */
#define __declspec(kind) __wsk_declspec_##kind
#define _declspec(kind) __declspec(kind)
#define __wsk_declspec_align(n) __attribute__((__aligned__(n)))
#define __wsk_declspec_allocate(section)
#define __wsk_declspec_allocator
#define __wsk_declspec_code_seg(section)
#define __wsk_declspec_deprecated
#define __wsk_declspec_dllexport
#define __wsk_declspec_dllimport
#define __wsk_declspec_empty_bases
#define __wsk_declspec_guard(kind)
#define __wsk_declspec_naked __attribute__((__naked__))
#define __wsk_declspec_noalias
#define __wsk_declspec_noinline __attribute__((__noinline__))
#define __wsk_declspec_noreturn __attribute__((__noreturn__))
#define __wsk_declspec_nothrow __attribute__((__nothrow__))
#define __wsk_declspec_novtable
#define __wsk_declspec_restrict
#define __wsk_declspec_safebuffers
#define __wsk_declspec_selectany __attribute__((__weak__))
#define __wsk_declspec_uuid(text)

/* An inline function of these headers. External linkage, so that a driver's own inlines may call
 * it. */
#ifdef __cplusplus
#define __WSK_INLINE inline __attribute__((__always_inline__))
#else
#define __WSK_INLINE extern inline __attribute__((__gnu_inline__, __always_inline__))
#endif

/* Intrinsics. */
#define __debugbreak() __extension__({ __asm__ volatile("int3"); })
#define __fastfail(code) __builtin_trap()
#define __annotation(...) ((void)0)
#define __nop() __asm__ volatile("nop")
#define _ReadWriteBarrier() __asm__ volatile("" ::: "memory")
#define _ReadBarrier() _ReadWriteBarrier()
#define _WriteBarrier() _ReadWriteBarrier()
#define _mm_pause() __builtin_ia32_pause()
#define _mm_mfence() __builtin_ia32_mfence()
#define _mm_lfence() __builtin_ia32_lfence()
#define _mm_sfence() __builtin_ia32_sfence()
#define _ReturnAddress() __builtin_return_address(0)
#define _AddressOfReturnAddress() ((void *)((char *)__builtin_frame_address(0) + 8))
#define __rdtsc() __builtin_ia32_rdtsc()

#endif

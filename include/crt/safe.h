// SPDX-License-Identifier: MIT OR GPL-2.0
// The C library's functions whose names end in _s: they know the size of what they write to. Each
// exists for char and for wchar_t. 0 is success; else the destination is empty.

#ifndef _INC_CRT_SAFE
#define _INC_CRT_SAFE

#include <stddef.h>
#include <wsk_driver.h>

#ifndef _ERRNO_T_DEFINED
#define _ERRNO_T_DEFINED
typedef int errno_t;
#endif
#ifndef _RSIZE_T_DEFINED
#define _RSIZE_T_DEFINED
typedef size_t rsize_t;
#endif

/* A count that means: as much as fits. */
#define _TRUNCATE ((size_t)-1)
#define STRUNCATE 80

#ifdef __cplusplus
extern "C" {
#endif

/* Their results, as errno.h has them. */
enum { __wsk_einval = 22, __wsk_erange = 34 };

#define __WSK_SAFE(prefix, type)                                                                \
	__WSK_INLINE size_t prefix##nlen_s(const type *string, size_t size)                     \
	{                                                                                       \
		size_t length = 0;                                                              \
                                                                                                \
		while (string && length < size && string[length])                               \
			length++;                                                               \
		return length;                                                                  \
	}                                                                                       \
                                                                                                \
	__WSK_INLINE errno_t prefix##ncpy_s(type *destination, size_t size, const type *source, \
					    size_t count)                                       \
	{                                                                                       \
		size_t length = 0;                                                              \
                                                                                                \
		if (!destination || !size)                                                      \
			return count || destination ? __wsk_einval : 0;                         \
		destination[0] = 0;                                                             \
		if (!source)                                                                    \
			return count ? __wsk_einval : 0;                                        \
		while (length < count && length < size && source[length]) {                     \
			destination[length] = source[length];                                   \
			length++;                                                               \
		}                                                                               \
		if (length < size) {                                                            \
			destination[length] = 0;                                                \
			return 0;                                                               \
		}                                                                               \
		if (count == _TRUNCATE) {                                                       \
			destination[size - 1] = 0;                                              \
			return STRUNCATE;                                                       \
		}                                                                               \
		destination[0] = 0;                                                             \
		return __wsk_erange;                                                            \
	}                                                                                       \
                                                                                                \
	__WSK_INLINE errno_t prefix##cpy_s(type *destination, size_t size, const type *source)  \
	{                                                                                       \
		/* No string is longer. */                                                      \
		return prefix##ncpy_s(destination, size, source, _TRUNCATE - 1);                \
	}                                                                                       \
                                                                                                \
	__WSK_INLINE errno_t prefix##ncat_s(type *destination, size_t size, const type *source, \
					    size_t count)                                       \
	{                                                                                       \
		size_t used = prefix##nlen_s(destination, size);                                \
		errno_t error;                                                                  \
                                                                                                \
		if (!destination || !size)                                                      \
			return __wsk_einval;                                                    \
		if (used == size) {                                                             \
			destination[0] = 0;                                                     \
			return __wsk_einval;                                                    \
		}                                                                               \
		error = prefix##ncpy_s(destination + used, size - used, source, count);         \
		if (error && error != STRUNCATE)                                                \
			destination[0] = 0;                                                     \
		return error;                                                                   \
	}                                                                                       \
                                                                                                \
	__WSK_INLINE errno_t prefix##cat_s(type *destination, size_t size, const type *source)  \
	{                                                                                       \
		return prefix##ncat_s(destination, size, source, _TRUNCATE - 1);                \
	}                                                                                       \
                                                                                                \
	__WSK_INLINE int __wsk_##prefix##_has(const type *set, type c)                          \
	{                                                                                       \
		for (; *set; set++)                                                             \
			if (*set == c)                                                          \
				return 1;                                                       \
		return 0;                                                                       \
	}                                                                                       \
                                                                                                \
	/* The next piece between delimiters; *context says where to go on with string NULL. */ \
	__WSK_INLINE type *prefix##tok_s(type *string, const type *delimiters, type **context)  \
	{                                                                                       \
		type *end;                                                                      \
                                                                                                \
		if (!string)                                                                    \
			string = *context;                                                      \
		while (string && *string && __wsk_##prefix##_has(delimiters, *string))          \
			string++;                                                               \
		*context = string;                                                              \
		if (!string || !*string)                                                        \
			return NULL;                                                            \
		for (end = string; *end && !__wsk_##prefix##_has(delimiters, *end); end++)      \
			;                                                                       \
		*context = end;                                                                 \
		if (*end) {                                                                     \
			*end = 0;                                                               \
			*context = end + 1;                                                     \
		}                                                                               \
		return string;                                                                  \
	}

__WSK_SAFE(str, char)
__WSK_SAFE(wcs, wchar_t)

#undef __WSK_SAFE

__WSK_INLINE errno_t memcpy_s(void *destination, size_t size, const void *source, size_t count)
{
	if (!count)
		return 0;
	if (!destination)
		return __wsk_einval;
	if (source && count <= size) {
		__builtin_memcpy(destination, source, count);
		return 0;
	}
	__builtin_memset(destination, 0, size);
	return source ? __wsk_erange : __wsk_einval;
}

__WSK_INLINE errno_t memmove_s(void *destination, size_t size, const void *source, size_t count)
{
	if (!count)
		return 0;
	if (!destination || !source)
		return __wsk_einval;
	if (count > size)
		return __wsk_erange;
	__builtin_memmove(destination, source, count);
	return 0;
}

__WSK_INLINE errno_t wmemcpy_s(wchar_t *destination, size_t size, const wchar_t *source,
			       size_t count)
{
	return memcpy_s(destination, size * sizeof(*destination), source, count * sizeof(*source));
}

__WSK_INLINE errno_t wmemmove_s(wchar_t *destination, size_t size, const wchar_t *source,
				size_t count)
{
	return memmove_s(destination, size * sizeof(*destination), source, count * sizeof(*source));
}

#ifdef __cplusplus
}

/* In C++ an array's size needs no saying. */
extern "C++" {
#define __WSK_SAFE_ARRAYS(prefix, type)                                                           \
	template <size_t size>                                                                    \
	inline errno_t prefix##cpy_s(type(&destination)[size], const type *source)                \
	{                                                                                         \
		return prefix##cpy_s(destination, size, source);                                  \
	}                                                                                         \
	template <size_t size>                                                                    \
	inline errno_t prefix##ncpy_s(type(&destination)[size], const type *source, size_t count) \
	{                                                                                         \
		return prefix##ncpy_s(destination, size, source, count);                          \
	}                                                                                         \
	template <size_t size>                                                                    \
	inline errno_t prefix##cat_s(type(&destination)[size], const type *source)                \
	{                                                                                         \
		return prefix##cat_s(destination, size, source);                                  \
	}                                                                                         \
	template <size_t size>                                                                    \
	inline errno_t prefix##ncat_s(type(&destination)[size], const type *source, size_t count) \
	{                                                                                         \
		return prefix##ncat_s(destination, size, source, count);                          \
	}
__WSK_SAFE_ARRAYS(str, char)
__WSK_SAFE_ARRAYS(wcs, wchar_t)
#undef __WSK_SAFE_ARRAYS
}
#endif

#endif

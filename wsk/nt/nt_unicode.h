/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * One code point at a time between UTF-16 and UTF-8, which is the "ANSI code page" of this kernel.
 * Whatever is malformed reads as U+FFFD, so every conversion has an answer and an end.
 */
#ifndef WSK_NT_UNICODE_H
#define WSK_NT_UNICODE_H

#include <ntdef.h>
#include <stddef.h>
#include <stdint.h>

namespace wsk
{

constexpr uint32_t UNICODE_REPLACEMENT = 0xfffd;

/* Reads the code point at text[*position] and moves the position behind it. *position < length. */
inline uint32_t utf16_next(const WCHAR *text, size_t length, size_t *position)
{
	uint32_t unit = static_cast<uint16_t>(text[(*position)++]);

	if (unit < 0xd800 || unit > 0xdfff)
		return unit;
	if (unit > 0xdbff || *position == length)
		return UNICODE_REPLACEMENT;

	uint32_t low = static_cast<uint16_t>(text[*position]);

	if (low < 0xdc00 || low > 0xdfff)
		return UNICODE_REPLACEMENT;
	(*position)++;
	return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

/* As utf16_next(). A malformed sequence counts as one character as far as it is well begun. */
inline uint32_t utf8_next(const char *text, size_t length, size_t *position)
{
	uint32_t first = static_cast<uint8_t>(text[(*position)++]);
	uint32_t lowest, code;
	unsigned int more;

	if (first < 0x80)
		return first;
	if (first >= 0xc2 && first < 0xe0) {
		more = 1, code = first & 0x1f, lowest = 0x80;
	} else if (first >= 0xe0 && first < 0xf0) {
		more = 2, code = first & 0x0f, lowest = 0x800;
	} else if (first >= 0xf0 && first < 0xf5) {
		more = 3, code = first & 0x07, lowest = 0x10000;
	} else {
		return UNICODE_REPLACEMENT;
	}

	for (; more; more--) {
		if (*position == length || (text[*position] & 0xc0) != 0x80)
			return UNICODE_REPLACEMENT;
		code = (code << 6) | (text[(*position)++] & 0x3f);
	}
	if (code < lowest || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return UNICODE_REPLACEMENT;
	return code;
}

/* Store a code point and return the number of units: 1 to 4 of UTF-8, 1 or 2 of UTF-16. */
inline size_t encode(uint32_t code, char (&units)[4])
{
	if (code < 0x80) {
		units[0] = static_cast<char>(code);
		return 1;
	}
	if (code < 0x800) {
		units[0] = static_cast<char>(0xc0 | (code >> 6));
		units[1] = static_cast<char>(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		units[0] = static_cast<char>(0xe0 | (code >> 12));
		units[1] = static_cast<char>(0x80 | ((code >> 6) & 0x3f));
		units[2] = static_cast<char>(0x80 | (code & 0x3f));
		return 3;
	}
	units[0] = static_cast<char>(0xf0 | (code >> 18));
	units[1] = static_cast<char>(0x80 | ((code >> 12) & 0x3f));
	units[2] = static_cast<char>(0x80 | ((code >> 6) & 0x3f));
	units[3] = static_cast<char>(0x80 | (code & 0x3f));
	return 4;
}

inline size_t encode(uint32_t code, WCHAR (&units)[4])
{
	if (code < 0x10000) {
		units[0] = static_cast<WCHAR>(code);
		return 1;
	}
	units[0] = static_cast<WCHAR>(0xd800 + ((code - 0x10000) >> 10));
	units[1] = static_cast<WCHAR>(0xdc00 + ((code - 0x10000) & 0x3ff));
	return 2;
}

/* The code point at *position in a string of either kind. */
inline uint32_t decode(const char *text, size_t length, size_t *position)
{
	return utf8_next(text, length, position);
}

inline uint32_t decode(const WCHAR *text, size_t length, size_t *position)
{
	return utf16_next(text, length, position);
}

/* What a conversion of a whole string came to, in units of the target. */
struct Conversion {
	size_t stored; /* whole characters only */
	size_t needed;
	bool malformed;
};

/* Converts `length` units between UTF-8 and UTF-16; target may be null when capacity is 0. */
template <typename To, typename From>
Conversion convert(To *target, size_t capacity, const From *source, size_t length)
{
	Conversion result = {};
	size_t position = 0;

	while (position < length) {
		size_t start = position;
		uint32_t code = decode(source, length, &position);
		To units[4];
		size_t count = encode(code, units);

		/* A U+FFFD that was really in the text takes one unit of UTF-16, three of UTF-8. */
		if (code == UNICODE_REPLACEMENT) {
			size_t spelled = sizeof(From) == 1 ? 3 : 1;

			if (position - start != spelled ||
			    (sizeof(From) == 1 ? static_cast<uint8_t>(source[start]) != 0xef
					       : static_cast<uint16_t>(source[start]) != 0xfffd))
				result.malformed = true;
		}
		/* What does not fit ends the target: nothing shorter may follow it. */
		if (result.stored == result.needed && capacity - result.stored >= count) {
			for (size_t i = 0; i < count; i++)
				target[result.stored + i] = units[i];
			result.stored += count;
		}
		result.needed += count;
	}
	return result;
}

} // namespace wsk

#endif

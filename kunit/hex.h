/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Bytes written as hexadecimal digits, as standards print their examples. */
#ifndef KUNIT_HEX_H
#define KUNIT_HEX_H

#include <ntdef.h>

namespace wsk::test
{

struct Hex {
	UCHAR bytes[128];
	ULONG size;

	constexpr Hex(const char *digits) : bytes(), size()
	{
		for (; digits[0] && digits[1]; digits += 2)
			bytes[size++] =
				static_cast<UCHAR>(value(digits[0]) << 4 | value(digits[1]));
	}

private:
	static constexpr int value(char digit)
	{
		return digit <= '9' ? digit - '0' : digit - 'a' + 10;
	}
};

} // namespace wsk::test

#endif

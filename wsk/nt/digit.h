/* SPDX-License-Identifier: MIT OR GPL-2.0 */
#ifndef WSK_NT_DIGIT_H
#define WSK_NT_DIGIT_H

namespace wsk
{

/* What a digit stands for, in bases up to 36; 36 where it is none. */
inline unsigned int digit(unsigned int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 36;
}

} // namespace wsk

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Windows' format language, written to a bounded buffer of either character width.
 *
 *   %[-+ #0][width|*][.precision|.*][prefix]type
 *   prefix   hh 8 bits, h 16 bits, l and I32 32 bits (a Windows long has 32), ll, I64 and j 64
 * bits, I, z and t the size of a pointer; with c, s and Z: h narrow, l and w wide d i u o x X
 * integers c s      character and string of the format's own width; C S of the other one Z
 * ANSI_STRING, or UNICODE_STRING as wZ or lZ p        pointer, always 16 upper-case digits, never
 * hashed n        its argument is skipped and nothing is stored through it
 *
 * Floating point has no place in a kernel: %f and its kin, like anything unknown, appear as they
 * are written. Width and precision of strings count units of the source, before it is converted.
 */
#include "nt/nt_format.h"

#include <stdint.h>

#include "nt/nt_unicode.h"

namespace wsk
{
namespace
{

/* What one conversion of an extension's can say. */
constexpr size_t LONGEST_EXTENSION = 160;

enum class Size { Default, Byte, Short, Long, Quad, Pointer, Wide };

struct Directive {
	bool left;
	bool plus;
	bool space;
	bool alternate;
	bool zero;
	bool has_precision;
	size_t width;
	size_t precision;
	Size size;
};

template <typename Char>
class Formatter
{
public:
	Formatter(Char *buffer, size_t capacity, const FormatExtension *extension)
		: buffer(buffer), capacity(capacity), extension(extension)
	{
	}

	void run(const Char *format, va_list *arguments);

	Formatted result() const { return {length < capacity ? length : capacity, length}; }

private:
	static constexpr bool WIDE = sizeof(Char) == sizeof(WCHAR);

	void put(Char unit)
	{
		if (length < capacity)
			buffer[length] = unit;
		length++;
	}

	/* Work is bounded by the buffer, however large the width a driver asks for. */
	void pad(Char unit, size_t count)
	{
		while (count && length < capacity) {
			put(unit);
			count--;
		}
		length += count;
	}

	void put_code(uint32_t code)
	{
		Char units[4];
		size_t count = encode(code, units);

		if (length < capacity && capacity - length < count)
			capacity = length; /* half a character is worse than none */
		for (size_t i = 0; i < count; i++)
			put(units[i]);
	}

	const Char *extend(const Char *name, va_list *arguments);
	const Char *parse(const Char *cursor, Directive *directive, va_list *arguments);
	bool convert_one(Char type, Directive *directive, va_list *arguments);
	void put_integer(Char type, const Directive &directive, uint64_t value, bool negative);
	template <typename Source>
	void put_string(const Source *text, size_t units, const Directive &directive);
	template <typename Source>
	void put_terminated(const Source *text, const Directive &directive);
	void put_counted(bool wide, const Directive &directive, const void *string);

	Char *buffer;
	size_t capacity;
	const FormatExtension *extension;
	size_t length = 0;
};

template <typename Char>
const Char *Formatter<Char>::parse(const Char *cursor, Directive *directive, va_list *arguments)
{
	for (;; cursor++) {
		if (*cursor == '-')
			directive->left = true;
		else if (*cursor == '+')
			directive->plus = true;
		else if (*cursor == ' ')
			directive->space = true;
		else if (*cursor == '#')
			directive->alternate = true;
		else if (*cursor == '0')
			directive->zero = true;
		else
			break;
	}

	if (*cursor == '*') {
		int width = va_arg(*arguments, int);

		directive->left |= width < 0;
		directive->width = width < 0 ? -static_cast<size_t>(width) : width;
		cursor++;
	}
	for (; *cursor >= '0' && *cursor <= '9'; cursor++)
		directive->width = directive->width * 10 + (*cursor - '0');

	if (*cursor == '.') {
		directive->has_precision = true;
		cursor++;
		if (*cursor == '*') {
			int precision = va_arg(*arguments, int);

			directive->has_precision = precision >= 0;
			directive->precision = precision < 0 ? 0 : precision;
			cursor++;
		}
		for (; *cursor >= '0' && *cursor <= '9'; cursor++)
			directive->precision = directive->precision * 10 + (*cursor - '0');
	}

	for (;; cursor++) {
		if (*cursor == 'h') {
			directive->size = directive->size == Size::Short ? Size::Byte : Size::Short;
		} else if (*cursor == 'l') {
			directive->size = directive->size == Size::Long ? Size::Quad : Size::Long;
		} else if (*cursor == 'w') {
			directive->size = Size::Wide;
		} else if (*cursor == 'j') {
			directive->size = Size::Quad;
		} else if (*cursor == 'z' || *cursor == 't') {
			directive->size = Size::Pointer;
		} else if (*cursor == 'I') {
			directive->size = Size::Pointer;
			if (cursor[1] == '3' && cursor[2] == '2') {
				directive->size = Size::Long;
				cursor += 2;
			} else if (cursor[1] == '6' && cursor[2] == '4') {
				directive->size = Size::Quad;
				cursor += 2;
			}
		} else {
			return cursor;
		}
	}
}

template <typename Char>
void Formatter<Char>::put_integer(Char type, const Directive &directive, uint64_t value,
				  bool negative)
{
	const char *alphabet = type == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
	unsigned int base = type == 'o' ? 8 : (type == 'x' || type == 'X' || type == 'p') ? 16 : 10;
	bool is_signed = type == 'd' || type == 'i';
	size_t precision = directive.has_precision ? directive.precision : 1;
	char digits[22];
	size_t count = 0;
	char prefix[2];
	size_t prefixes = 0;

	if (is_signed && negative)
		prefix[prefixes++] = '-';
	else if (is_signed && directive.plus)
		prefix[prefixes++] = '+';
	else if (is_signed && directive.space)
		prefix[prefixes++] = ' ';
	if (directive.alternate && base == 16 && (value || type == 'p')) {
		prefix[prefixes++] = '0';
		prefix[prefixes++] = type == 'x' ? 'x' : 'X';
	}

	for (; value; value /= base)
		digits[count++] = alphabet[value % base];
	if (directive.alternate && base == 8 && precision <= count)
		precision = count + 1;

	size_t zeros = precision > count ? precision - count : 0;
	size_t total = prefixes + zeros + count;
	size_t padding = directive.width > total ? directive.width - total : 0;

	if (directive.zero && !directive.left && !directive.has_precision) {
		zeros += padding;
		padding = 0;
	}
	if (!directive.left)
		pad(' ', padding);
	for (size_t i = 0; i < prefixes; i++)
		put(prefix[i]);
	pad('0', zeros);
	while (count)
		put(digits[--count]);
	if (directive.left)
		pad(' ', padding);
}

template <typename Char>
template <typename Source>
void Formatter<Char>::put_string(const Source *text, size_t units, const Directive &directive)
{
	size_t padding = directive.width > units ? directive.width - units : 0;

	if (!directive.left)
		pad(directive.zero ? '0' : ' ', padding);
	for (size_t position = 0; position < units;) {
		if constexpr (sizeof(Source) == sizeof(Char))
			put(text[position++]);
		else
			put_code(decode(text, units, &position));
	}
	if (directive.left)
		pad(' ', padding);
}

template <typename Char>
template <typename Source>
void Formatter<Char>::put_terminated(const Source *text, const Directive &directive)
{
	size_t units = 0;

	if (!text)
		return put_terminated("(null)", directive);
	while ((!directive.has_precision || units < directive.precision) && text[units])
		units++;
	put_string(text, units, directive);
}

template <typename Char>
void Formatter<Char>::put_counted(bool wide, const Directive &directive, const void *string)
{
	/* Both kinds of counted string have the same shape. */
	const UNICODE_STRING *counted = static_cast<const UNICODE_STRING *>(string);
	size_t units;

	if (!counted || !counted->Buffer)
		return put_terminated("(null)", directive);
	units = counted->Length / (wide ? sizeof(WCHAR) : 1);
	if (directive.has_precision && directive.precision < units)
		units = directive.precision;
	if (wide)
		put_string(counted->Buffer, units, directive);
	else
		put_string(static_cast<const ANSI_STRING *>(string)->Buffer, units, directive);
}

template <typename Char>
bool Formatter<Char>::convert_one(Char type, Directive *directive, va_list *arguments)
{
	Size size = directive->size;
	uint64_t value;
	bool wide;

	switch (type) {
	case 'd':
	case 'i':
	case 'u':
	case 'o':
	case 'x':
	case 'X': {
		bool is_signed = type == 'd' || type == 'i';
		int64_t number;

		if (size == Size::Quad || size == Size::Pointer) {
			number = va_arg(*arguments, int64_t);
		} else {
			number = va_arg(*arguments, int);
			if (size == Size::Short)
				number = is_signed ? static_cast<int16_t>(number)
						   : static_cast<uint16_t>(number);
			else if (size == Size::Byte)
				number = is_signed ? static_cast<int8_t>(number)
						   : static_cast<uint8_t>(number);
			else if (!is_signed)
				number = static_cast<uint32_t>(number);
		}
		value = number;
		if (is_signed && number < 0)
			value = -value;
		put_integer(type, *directive, value, number < 0);
		return true;
	}
	case 'p':
		directive->has_precision = true;
		directive->precision = 2 * sizeof(void *);
		value = reinterpret_cast<uintptr_t>(va_arg(*arguments, void *));
		put_integer(type, *directive, value, false);
		return true;
	case 'c':
	case 'C': {
		int unit = va_arg(*arguments, int);

		wide = WIDE == (type == 'c');
		if (size == Size::Long || size == Size::Wide)
			wide = true;
		else if (size == Size::Short)
			wide = false;
		directive->has_precision = false;
		if (wide) {
			WCHAR character = static_cast<WCHAR>(unit);

			put_string(&character, 1, *directive);
		} else {
			char character = static_cast<char>(unit);

			put_string(&character, 1, *directive);
		}
		return true;
	}
	case 's':
	case 'S': {
		const void *text = va_arg(*arguments, const void *);

		wide = WIDE == (type == 's');
		if (size == Size::Long || size == Size::Wide)
			wide = true;
		else if (size == Size::Short)
			wide = false;
		if (wide)
			put_terminated(static_cast<const WCHAR *>(text), *directive);
		else
			put_terminated(static_cast<const char *>(text), *directive);
		return true;
	}
	case 'Z':
		wide = size == Size::Long || size == Size::Wide;
		put_counted(wide, *directive, va_arg(*arguments, const void *));
		return true;
	case 'n':
		(void)va_arg(*arguments, void *);
		return true;
	case '%':
		put('%');
		return true;
	default:
		return false;
	}
}

/* What follows "%!"; where nothing ends it, it is text. */
template <typename Char>
const Char *Formatter<Char>::extend(const Char *name, va_list *arguments)
{
	size_t units = 0;

	while (name[units] && name[units] != '!')
		units++;
	if (!name[units]) {
		put('%');
		put('!');
		return name;
	}
	if constexpr (!WIDE) {
		char text[LONGEST_EXTENSION];
		size_t count =
			extension->convert(*extension, name, units, text, sizeof(text), arguments);

		for (size_t i = 0; i < count; i++)
			put(text[i]);
	}
	return name + units + 1;
}

template <typename Char>
void Formatter<Char>::run(const Char *format, va_list *arguments)
{
	while (*format) {
		const Char *start = format;
		Directive directive = {};

		if (*format != '%') {
			put(*format++);
			continue;
		}
		if (extension && format[1] == '!') {
			format = extend(format + 2, arguments);
			continue;
		}
		format = parse(format + 1, &directive, arguments);
		if (*format && convert_one(*format, &directive, arguments)) {
			format++;
			continue;
		}
		if (*format)
			format++;
		while (start < format)
			put(*start++);
	}
}

template <typename Char>
Formatted format_any(Char *buffer, size_t capacity, const Char *format, va_list arguments,
		     const FormatExtension *extension = nullptr)
{
	Formatter<Char> formatter(buffer, capacity, extension);
	va_list own;

	/* A va_list parameter is a pointer on x86-64; a copy is something to point at everywhere.
	 */
	va_copy(own, arguments);
	formatter.run(format, &own);
	va_end(own);
	return formatter.result();
}

} // namespace

Formatted format_text(char *buffer, size_t capacity, const char *format, va_list arguments)
{
	return format_any(buffer, capacity, format, arguments);
}

Formatted format_text(char *buffer, size_t capacity, const char *format, va_list arguments,
		      const FormatExtension &extension)
{
	return format_any(buffer, capacity, format, arguments, &extension);
}

Formatted format_text(WCHAR *buffer, size_t capacity, const WCHAR *format, va_list arguments)
{
	return format_any(buffer, capacity, format, arguments);
}

} // namespace wsk

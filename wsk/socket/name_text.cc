// SPDX-License-Identifier: MIT OR GPL-2.0
/* Writing questions about names and reading the answers. */
#include "socket/name_text.h"

#include "nt/nt_unicode.h"

namespace wsk
{

namespace
{

constexpr char digits[] = "0123456789ABCDEF";

bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

/* What stands for itself in a name; everything else is written =XX. */
bool is_plain(char character)
{
	return is_digit(character) || (character >= 'a' && character <= 'z') ||
	       (character >= 'A' && character <= 'Z') || character == '.' || character == '-' ||
	       character == '_' || character == ':';
}

int hex_value(char character)
{
	if (is_digit(character))
		return character - '0';
	if (character >= 'A' && character <= 'F')
		return character - 'A' + 10;
	return -1;
}

bool hex_byte(const char *text, UCHAR *value)
{
	int high = hex_value(text[0]), low = hex_value(text[1]);

	*value = static_cast<UCHAR>(high << 4 | low);
	return high >= 0 && low >= 0;
}

/* By its first byte. */
SIZE_T utf8_length(char first)
{
	UCHAR byte = static_cast<UCHAR>(first);

	return byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/* Somebody really wrote U+FFFD. */
bool is_replacement(const char *sequence)
{
	return static_cast<UCHAR>(sequence[0]) == 0xef && static_cast<UCHAR>(sequence[1]) == 0xbf &&
	       static_cast<UCHAR>(sequence[2]) == 0xbd;
}

/* Stores a whole character where there is room for it; its length in units. */
SIZE_T store(uint32_t code, WCHAR *to, SIZE_T room)
{
	WCHAR units[4];
	SIZE_T count = encode(code, units);

	for (SIZE_T i = 0; count <= room && i < count; i++)
		to[i] = units[i];
	return count;
}

constexpr struct {
	const char *word;
	NTSTATUS status;
} failures[] = {
	{"none", STATUS_NO_MATCH},
	{"again", STATUS_IO_TIMEOUT},
	{"memory", STATUS_INSUFFICIENT_RESOURCES},
	{"unsupported", STATUS_NOT_SUPPORTED},
	{"failed", STATUS_UNEXPECTED_NETWORK_ERROR},
};

} // namespace

void QuestionWriter::space()
{
	if (begun_)
		put(' ');
	begun_ = true;
}

void QuestionWriter::word(const char *text)
{
	space();
	while (*text)
		put(*text++);
}

void QuestionWriter::number(ULONG value)
{
	char text[11];
	char *first = text + sizeof(text) - 1;

	*first = 0;
	do {
		*--first = digits[value % 10];
		value /= 10;
	} while (value);
	word(first);
}

void QuestionWriter::hex(ULONG value)
{
	space();
	for (int shift = 28; shift >= 0; shift -= 4)
		put(digits[(value >> shift) & 15]);
}

void QuestionWriter::bytes(const UCHAR *data, SIZE_T size)
{
	space();
	for (SIZE_T i = 0; i < size; i++) {
		put(digits[data[i] >> 4]);
		put(digits[data[i] & 15]);
	}
}

bool QuestionWriter::name(const WCHAR *text, SIZE_T units, SIZE_T most)
{
	SIZE_T position = 0, written = 0;

	space();
	while (position < units) {
		SIZE_T before = position;
		uint32_t code = utf16_next(text, units, &position);
		char encoded[4];
		SIZE_T count = encode(code, encoded);

		if (code == UNICODE_REPLACEMENT &&
		    static_cast<uint16_t>(text[before]) != UNICODE_REPLACEMENT)
			return false;
		if (count > most - written)
			return false;
		written += count;
		for (SIZE_T i = 0; i < count; i++) {
			UCHAR byte = static_cast<UCHAR>(encoded[i]);

			if (is_plain(encoded[i])) {
				put(encoded[i]);
				continue;
			}
			put('=');
			put(digits[byte >> 4]);
			put(digits[byte & 15]);
		}
	}
	return true;
}

bool Word::is(const char *other) const
{
	SIZE_T i = 0;

	while (i < length && other[i] && text[i] == other[i])
		i++;
	return i == length && !other[i];
}

bool Word::number(ULONG most, ULONG *value) const
{
	ULONGLONG sum = 0;

	if (!length || length > 10)
		return false;
	for (SIZE_T i = 0; i < length; i++) {
		if (!is_digit(text[i]))
			return false;
		sum = sum * 10 + (text[i] - '0');
	}
	*value = static_cast<ULONG>(sum);
	return sum <= most;
}

bool Word::bytes(UCHAR *to, SIZE_T size) const
{
	if (length != 2 * size)
		return false;
	for (SIZE_T i = 0; i < size; i++)
		if (!hex_byte(text + 2 * i, to + i))
			return false;
	return true;
}

bool Word::name(WCHAR *to, SIZE_T capacity, SIZE_T *needed) const
{
	SIZE_T at = 0;

	*needed = 0;
	while (at < length) {
		char sequence[4];
		SIZE_T count = 0, expected = 1, end = 0;

		while (count < expected) {
			if (!next_byte(&at, &sequence[count]))
				return false;
			if (!count++)
				expected = utf8_length(sequence[0]);
		}

		uint32_t code = utf8_next(sequence, count, &end);

		if (end != count || (code == UNICODE_REPLACEMENT && !is_replacement(sequence)))
			return false;
		*needed += store(code, to + *needed, *needed < capacity ? capacity - *needed : 0);
	}
	return *needed != 0;
}

/* Unescapes the byte at a position. */
bool Word::next_byte(SIZE_T *at, char *byte) const
{
	UCHAR value;

	if (*at == length)
		return false;
	if (text[*at] != '=') {
		*byte = text[(*at)++];
		return is_plain(*byte);
	}
	if (length - *at < 3 || !hex_byte(text + *at + 1, &value) || !value)
		return false;
	*at += 3;
	*byte = static_cast<char>(value);
	return true;
}

Word AnswerReader::word()
{
	Word found = {at_, 0};

	if (at_ < end_ && *at_ == ' ')
		found.text = ++at_;
	while (at_ < end_ && *at_ != ' ' && *at_ != '\n')
		at_++;
	found.length = static_cast<SIZE_T>(at_ - found.text);
	return found;
}

bool AnswerReader::end_of_line()
{
	if (at_ == end_ || *at_ != '\n')
		return false;
	at_++;
	return true;
}

NTSTATUS AnswerReader::verdict()
{
	bool ours = word().is("wsk1");
	Word how = word();

	if (ours && how.is("ok") && end_of_line())
		return STATUS_SUCCESS;
	if (!ours || !how.is("failed"))
		return STATUS_INVALID_NETWORK_RESPONSE;

	Word why = word();

	if (!why.length || !end_of_line() || !ended())
		return STATUS_INVALID_NETWORK_RESPONSE;
	for (const auto &failure : failures)
		if (why.is(failure.word))
			return failure.status;
	return STATUS_UNEXPECTED_NETWORK_ERROR;
}

} // namespace wsk

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * The language that questions about names, and the handler program's answers, are written in
 * (Documentation/names.rst). Answers are parsed as if an enemy had written them.
 */
#ifndef WSK_SOCKET_NAME_TEXT_H
#define WSK_SOCKET_NAME_TEXT_H

#include <wdm.h>

namespace wsk
{

/* Names have at most so many bytes of UTF-8, without a NUL. */
constexpr SIZE_T max_node_bytes = 1024;
constexpr SIZE_T max_service_bytes = 31;

/* Writes a question into memory that is known to be large enough; it ends in a NUL. */
class QuestionWriter
{
public:
	explicit QuestionWriter(char *to) : at_(to) {}

	/* Each is a word, separated from the one before. */
	void word(const char *text);
	void number(ULONG value);
	void hex(ULONG value);
	void bytes(const UCHAR *data, SIZE_T size);
	/* Escaped; null stands for none. False: not Unicode, or longer than `most` bytes. */
	[[nodiscard]] bool name(const WCHAR *text, SIZE_T units, SIZE_T most);
	void none() { word("*"); }

	/* Room that a name of so many units needs at most: three bytes each, all escaped. */
	static constexpr SIZE_T room(SIZE_T units) { return 1 + 9 * units; }
	/* Room that everything else in a question needs at most. */
	static constexpr SIZE_T room_besides = 160;

private:
	void put(char character)
	{
		*at_++ = character;
		*at_ = 0;
	}
	void space();

	char *at_;
	bool begun_ = false;
};

/* A word of an answer: not terminated. */
struct Word {
	const char *text;
	SIZE_T length;

	[[nodiscard]] bool is(const char *other) const;
	/* A decimal number, at most `most`. */
	[[nodiscard]] bool number(ULONG most, ULONG *value) const;
	/* Exactly so many bytes in hexadecimal digits. */
	[[nodiscard]] bool bytes(UCHAR *to, SIZE_T size) const;
	/*
	 * Unescapes a name into UTF-16, without a NUL. `needed` is its length in units; it has been
	 * stored where that is no more than `capacity`. False: empty, malformed, or a NUL in it.
	 */
	[[nodiscard]] bool name(WCHAR *to, SIZE_T capacity, SIZE_T *needed) const;

private:
	bool next_byte(SIZE_T *at, char *byte) const;
};

/* Reads an answer line by line, word by word. */
class AnswerReader
{
public:
	AnswerReader(const char *text, SIZE_T length) : at_(text), end_(text + length) {}

	/* The next word on this line; an empty one at its end. Words are one space apart. */
	Word word();
	/* Steps over the end of a line, which must be here. */
	[[nodiscard]] bool end_of_line();
	/* Nothing is left. */
	[[nodiscard]] bool ended() const { return at_ == end_; }

	/*
	 * The first line: SUCCESS, with what follows to be read; or the status for the failure that
	 * it tells of; or INVALID_NETWORK_RESPONSE.
	 */
	NTSTATUS verdict();

private:
	const char *at_, *end_;
};

} // namespace wsk

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Stands in for the handler program that resolves names, and takes note of what it is asked. */
#ifndef KUNIT_STAND_IN_H
#define KUNIT_STAND_IN_H

#include "waiting.h"
#include "wsk_fixture.h"

#include "port/error.h"
#include "port/resolve.h"

namespace wsk::test
{

/* One at a time. While it lives it gives the same answer to every question. */
class StandIn
{
public:
	static constexpr size_t question_bytes = 4096;

	explicit StandIn(const char *answer, int64_t error = 0)
	{
		answer_ = answer;
		error_ = error;
		questions_ = inside_ = 0;
		question_[0] = 0;
		KeInitializeEvent(&may_answer_, NotificationEvent, TRUE);
		port_resolve_set_handler(handle);
	}
	~StandIn()
	{
		answer_now();
		/* Those who asked may have lost patience. */
		wait_until([]() { return !ReadAcquire(&inside_); });
		port_resolve_set_handler(nullptr);
	}
	StandIn(const StandIn &) = delete;
	StandIn &operator=(const StandIn &) = delete;

	/* Says nothing until told to. */
	void hold_back() { KeClearEvent(&may_answer_); }
	void answer_now() { KeSetEvent(&may_answer_, IO_NO_INCREMENT, FALSE); }

	bool was_asked(LONG times = 1)
	{
		return wait_until([=]() { return ReadAcquire(&questions_) >= times; });
	}
	LONG questions() const { return questions_; }
	const char *question() const { return question_; }

private:
	static size_t copy(const char *from, char *to, size_t room)
	{
		size_t length = 0;

		for (; from[length] && length + 1 < room; length++)
			to[length] = from[length];
		to[length] = 0;
		return length;
	}

	static int64_t handle(const char *question, char *answer, size_t size)
	{
		size_t length;

		InterlockedIncrement(&inside_);
		copy(question, question_, sizeof(question_));
		InterlockedIncrement(&questions_);
		wait_for(&may_answer_);
		length = answer_ ? copy(answer_, answer, size) : 0;
		InterlockedDecrement(&inside_);
		return error_ ? error_ : static_cast<int64_t>(length);
	}

	static inline const char *answer_;
	static inline int64_t error_;
	static inline LONG questions_, inside_;
	static inline char question_[question_bytes];
	static inline KEVENT may_answer_;
};

/* Whether two strings are the same, for the questions. */
inline void expect_text(struct kunit *test, const char *is, const char *wanted, Site here = HERE)
{
	size_t i = 0;

	while (is[i] && is[i] == wanted[i])
		i++;
	if (is[i] != wanted[i])
		bridge_fail(test, &here, "it is \"%s\", and should be \"%s\"", is, wanted);
}

} // namespace wsk::test

#endif

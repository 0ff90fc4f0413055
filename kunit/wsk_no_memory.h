/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Operations of which each allocation fails in turn, those that Linux makes included, until the
 * operation gets through.
 */
#ifndef KUNIT_WSK_NO_MEMORY_H
#define KUNIT_WSK_NO_MEMORY_H

#include "short_memory.h"
#include "wsk_datagram_fixture.h"

namespace wsk::test
{

inline constexpr unsigned int most_allocations = 400;

/* What an attempt is made with: a shortage, from an allocation on, for as long as it wants one. */
class Memory
{
public:
	explicit Memory(unsigned int nth, unsigned int count = 1) : nth_(nth), count_(count) {}
	~Memory() { is_back(); }
	Memory(const Memory &) = delete;
	Memory &operator=(const Memory &) = delete;

	void runs_out()
	{
		short_ = true;
		short_memory_begin(nth_, count_);
	}
	void is_back()
	{
		if (short_ && short_memory_end())
			ran_out_ = true;
		short_ = false;
	}
	bool ran_out() const { return ran_out_; }

private:
	unsigned int nth_;
	unsigned int count_;
	bool short_ = false;
	bool ran_out_ = false;
};

/* Of a port that it has no memory to note, Linux says that it is taken. */
inline bool says_no_memory(NTSTATUS status, bool binds)
{
	return status == STATUS_INSUFFICIENT_RESOURCES ||
	       (binds && status == STATUS_ADDRESS_ALREADY_EXISTS);
}

/* First of all in a test: skipping runs no destructors. */
inline void needs_failures(struct kunit *test)
{
	if (!short_memory_possible())
		bridge_skip(test, "this kernel's allocations cannot be made to fail");
}

/* Attempts return the operation's status. */
template <typename Attempt>
void for_each_allocation(struct kunit *test, Attempt attempt, bool binds = false, Site here = HERE)
{
	for (unsigned int nth = 1; nth < most_allocations; nth++) {
		Memory memory(nth);
		const NTSTATUS status = attempt(memory);

		if (!NT_SUCCESS(status) && !(memory.ran_out() && says_no_memory(status, binds)))
			bridge_fail(test, &here, "without allocation %u: %s", nth,
				    bridge_status_name(status));
		if (!memory.ran_out())
			return;
	}
	bridge_fail(test, &here, "it never gets through");
}

/* The request is issued while memory is short; what it still waits for comes afterwards. */
template <typename Issue>
Outcome issue_short(Memory &memory, Request &request, Issue issue, Site here = HERE)
{
	memory.runs_out();
	issue(request);
	memory.is_back();
	return request.wait(here);
}

} // namespace wsk::test

#endif

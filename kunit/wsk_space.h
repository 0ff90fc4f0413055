/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Network namespaces, and processes, for the WSK suites. */
#ifndef KUNIT_WSK_SPACE_H
#define KUNIT_WSK_SPACE_H

#include "net_space.h"
#include "wsk_fixture.h"

namespace wsk::test
{

/* A namespace beside the suite's; the case is skipped where none can be made. */
class Space
{
public:
	explicit Space(struct kunit *test) : space_(net_space_make())
	{
		if (!space_)
			bridge_skip(test, "this kernel lets nobody make a network namespace");
	}
	~Space() { drop(); }
	Space(const Space &) = delete;
	Space &operator=(const Space &) = delete;

	net_space *get() const { return space_; }

	/* Nobody else holds it: Linux takes it down. */
	void drop()
	{
		if (space_)
			net_space_drop(space_);
		space_ = nullptr;
	}

	template <typename Statements>
	void run(const Statements &statements)
	{
		net_space_run(space_, call_statements<Statements>,
			      const_cast<Statements *>(&statements));
	}

private:
	net_space *space_;
};

/* A process that does nothing, until end(). */
class Process
{
public:
	Process(struct kunit *test, net_space *space, uint32_t user)
	{
		KeInitializeEvent(&told_, NotificationEvent, FALSE);
		KeInitializeEvent(&go_, NotificationEvent, FALSE);
		process_ = net_process_start(space, user, run, this);
		if (!process_)
			bridge_skip(test, "this kernel lets nobody start a process");
		EXPECT_TRUE(test, wait_for(&told_));
	}
	~Process() { end(); }
	Process(const Process &) = delete;
	Process &operator=(const Process &) = delete;

	void end()
	{
		if (!process_)
			return;
		KeSetEvent(&go_, IO_NO_INCREMENT, FALSE);
		net_process_join(process_);
		process_ = nullptr;
	}

	Owner as_process() const { return {.process = process}; }
	Owner as_thread() const { return {.thread = thread}; }

	PEPROCESS process = nullptr;
	PETHREAD thread = nullptr;

private:
	static void run(void *context)
	{
		auto *self = static_cast<Process *>(context);

		self->process = PsGetCurrentProcess();
		self->thread = PsGetCurrentThread();
		KeSetEvent(&self->told_, IO_NO_INCREMENT, FALSE);
		KeWaitForSingleObject(&self->go_, Executive, KernelMode, FALSE, nullptr);
	}

	KEVENT told_, go_;
	net_process *process_;
};

} // namespace wsk::test

#endif

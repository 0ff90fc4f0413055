// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * IRPs, buffers and addresses of the WSK suites' fixture.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "wsk_fixture.h"

#include "net_backlog.h"

namespace wsk::test
{

namespace
{

volatile LONG completions_so_far;

USHORT swap(USHORT value)
{
	return (USHORT)(value << 8 | value >> 8);
}

} // namespace

UCHAR stream_byte(SIZE_T position)
{
	/* Repeats nowhere near a multiple of a page or of a segment. */
	return (UCHAR)(position * 31 + (position >> 8) * 7 + (position >> 16) * 13);
}

bool wait_for(PKEVENT event)
{
	LARGE_INTEGER timeout;

	timeout.QuadPart = -10000LL * patience_ms;
	return KeWaitForSingleObject(event, Executive, KernelMode, FALSE, &timeout) ==
	       STATUS_SUCCESS;
}

static void expect_outcome(struct kunit *test, const Outcome &outcome, NTSTATUS status,
			   ULONG_PTR information, unsigned long rules, const Site &here)
{
	check_status(test, here, "the call's status", "what is right", outcome.status, status);
	if (outcome.information != information)
		bridge_fail(test, &here, "IoStatus.Information is %lu, and should be %lu",
			    (unsigned long)outcome.information, (unsigned long)information);
	if (!bridge_checked())
		rules = 0;
	if (outcome.rules != rules)
		bridge_fail(test, &here, "%lu rule lines were logged, and should be %lu",
			    outcome.rules, rules);
}

void expect_done(struct kunit *test, const Outcome &outcome, ULONG_PTR information, Site here)
{
	expect_outcome(test, outcome, STATUS_SUCCESS, information, 0, here);
	check_true(test, here, "STATUS_PENDING returned", outcome.pending, true);
}

void expect_ok(struct kunit *test, const Outcome &outcome, ULONG_PTR information, Site here)
{
	expect_outcome(test, outcome, STATUS_SUCCESS, information, 0, here);
}

void expect_refused(struct kunit *test, const Outcome &outcome, NTSTATUS status, Site here)
{
	expect_outcome(test, outcome, status, 0, 1, here);
	check_true(test, here, "STATUS_PENDING returned", outcome.pending, false);
}

void expect_failed(struct kunit *test, const Outcome &outcome, NTSTATUS status,
		   ULONG_PTR information, Site here)
{
	expect_outcome(test, outcome, status, information, 0, here);
	check_true(test, here, "STATUS_PENDING returned", outcome.pending, true);
}

/* In the pool: an IRP that is never completed keeps it, however the case ends. */
struct Request::State {
	PIRP irp;
	CCHAR locations;
	bool lost;
	bool issued;
	bool status_in_information;
	struct kunit *test;
	Site here;
	KEVENT completed;
	NTSTATUS returned;
	unsigned long rules; /* before the call, then during it */
	/* The completion routine's notes. */
	volatile LONG completions;
	LONG order;
	IO_STATUS_BLOCK status;
	BOOLEAN pending_returned;
	KIRQL irql;
	void (*run)(void *context);
	void *run_context;
};

static NTSTATUS NTAPI take_notes(PDEVICE_OBJECT, PIRP irp, PVOID context)
{
	auto *state = static_cast<Request::State *>(context);

	state->status = irp->IoStatus;
	state->pending_returned = irp->PendingReturned;
	state->irql = KeGetCurrentIrql();
	state->order = InterlockedIncrement(&completions_so_far);
	InterlockedIncrement(&state->completions);
	if (state->run)
		state->run(state->run_context);
	KeSetEvent(&state->completed, IO_NETWORK_INCREMENT, FALSE);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

Request::Request(CCHAR locations)
{
	state_ = static_cast<State *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(State), tag));
	if (!state_)
		return;
	state_->locations = locations;
	state_->irp = IoAllocateIrp(locations, FALSE);
	KeInitializeEvent(&state_->completed, NotificationEvent, FALSE);
}

Request::~Request()
{
	if (!state_)
		return;
	if (pending()) {
		cancel();
		wait(state_->here);
	}
	settle();
	if (state_->issued && !state_->lost && state_->completions != 1)
		bridge_fail(state_->test, &state_->here, "the IRP was completed %ld times",
			    (long)state_->completions);
	if (state_->lost)
		return;
	if (state_->irp)
		IoFreeIrp(state_->irp);
	ExFreePoolWithTag(state_, tag);
}

/* The completion routine counts before it signals: on another processor it may be in between. */
void Request::settle()
{
	if (state_->completions && KeGetCurrentIrql() == PASSIVE_LEVEL)
		wait_for(&state_->completed);
}

PIRP Request::begin(struct kunit *test, Site here)
{
	if (!state_ || !state_->irp || state_->lost) {
		bridge_fail(test, &here, "there is no IRP to call with");
		return nullptr;
	}
	if (pending()) {
		bridge_fail(test, &here, "the IRP is still pending");
		return nullptr;
	}
	if (state_->issued) {
		settle();
		IoReuseIrp(state_->irp, STATUS_NOT_SUPPORTED);
	}
	state_->test = test;
	state_->here = here;
	state_->issued = true;
	state_->completions = 0;
	state_->returned = STATUS_PENDING;
	KeClearEvent(&state_->completed);
	IoSetCompletionRoutine(state_->irp, take_notes, state_, TRUE, TRUE, TRUE);
	if (last_location_taken_)
		for (CCHAR i = 0; i < state_->locations; i++)
			IoSetNextIrpStackLocation(state_->irp);
	last_location_taken_ = false;
	state_->rules = bridge_rule_count();
	return state_->irp;
}

void Request::end(NTSTATUS returned)
{
	state_->returned = returned;
	state_->rules = bridge_rule_count() - state_->rules;
}

Outcome Request::wait(Site here)
{
	if (!state_ || !state_->issued)
		return {STATUS_INSUFFICIENT_RESOURCES, 0, false, 0};

	struct kunit *test = state_->test;
	const bool pending = state_->returned == STATUS_PENDING;

	if (!pending && !state_->completions)
		bridge_fail(test, &here, "the call returned 0x%08x without completing its IRP",
			    (unsigned int)state_->returned);
	if ((!pending && !state_->completions) || !wait_for(&state_->completed)) {
		if (pending)
			bridge_fail(test, &here, "the IRP was never completed");
		state_->lost = true;
		return {STATUS_TIMEOUT, 0, pending, 0};
	}

	IO_STATUS_BLOCK status = state_->status;

	if (state_->status_in_information) {
		check_status(test, here, "Information", "IoStatus.Status",
			     static_cast<NTSTATUS>(status.Information), status.Status);
		status.Information = 0;
	}
	if (state_->completions != 1)
		bridge_fail(test, &here, "the IRP was completed %ld times",
			    (long)state_->completions);
	if (!!state_->pending_returned != pending)
		bridge_fail(test, &here, "PendingReturned was %d, and 0x%08x returned",
			    state_->pending_returned, (unsigned int)state_->returned);
	if (!pending)
		check_status(test, here, "IoStatus.Status", "what was returned", status.Status,
			     state_->returned);
	if (status.Status == STATUS_PENDING)
		bridge_fail(test, &here, "the IRP was completed with STATUS_PENDING");
	if (NT_ERROR(status.Status) && status.Status != STATUS_CANCELLED && status.Information)
		bridge_fail(test, &here, "a failure came with Information %lu",
			    (unsigned long)status.Information);
	if (state_->irql > DISPATCH_LEVEL)
		bridge_fail(test, &here, "the completion routine ran above DISPATCH_LEVEL");
	return {status.Status, status.Information, pending, state_->rules};
}

Outcome Request::wait_received(Site here)
{
	const Outcome outcome = wait(here);

	net_backlog_drain();
	return outcome;
}

bool Request::pending() const
{
	return state_ && state_->issued && !state_->lost && !state_->completions;
}

bool Request::cancel()
{
	return state_ && state_->irp && IoCancelIrp(state_->irp);
}

void Request::expect_status_in_information()
{
	if (state_)
		state_->status_in_information = true;
}

LONG Request::order() const
{
	return state_ ? state_->order : 0;
}

void Request::on_completion(void (*run)(void *context), void *context)
{
	if (!state_)
		return;
	state_->run = run;
	state_->run_context = context;
}

Address Address::any(ADDRESS_FAMILY family, USHORT port)
{
	Address address;

	address.storage_.sin6_family = family;
	address.set_port(port);
	return address;
}

Address Address::loopback(ADDRESS_FAMILY family, USHORT port)
{
	Address address = any(family, port);

	if (family == AF_INET6) {
		address.ipv6()->sin6_addr.u.Byte[15] = 1;
	} else {
		address.ipv4()->sin_addr.S_un.S_un_b.s_b1 = 127;
		address.ipv4()->sin_addr.S_un.S_un_b.s_b4 = 1;
	}
	return address;
}

/* From the blocks that RFC 5737 and RFC 3849 set aside for documentation; not of scripts/vm's. */
Address Address::foreign(ADDRESS_FAMILY family, USHORT port)
{
	Address address = any(family, port);

	if (family == AF_INET6) {
		const UCHAR prefix[] = {0x20, 0x01, 0x0d, 0xb8, 0xff, 0xff};

		RtlCopyMemory(address.ipv6()->sin6_addr.u.Byte, prefix, sizeof(prefix));
		address.ipv6()->sin6_addr.u.Byte[15] = 1;
	} else {
		const UCHAR bytes[] = {203, 0, 113, 1};

		RtlCopyMemory(&address.ipv4()->sin_addr, bytes, sizeof(bytes));
	}
	return address;
}

Address Address::mapped_loopback(USHORT port)
{
	const UCHAR bytes[] = {0xff, 0xff, 127, 0, 0, 1};
	Address address = any(AF_INET6, port);

	RtlCopyMemory(address.ipv6()->sin6_addr.u.Byte + 10, bytes, sizeof(bytes));
	return address;
}

USHORT Address::port() const
{
	return swap(reinterpret_cast<const SOCKADDR_IN *>(&storage_)->sin_port);
}

void Address::set_port(USHORT port)
{
	/* At the same place in both families. */
	ipv4()->sin_port = swap(port);
}

bool Address::is_wildcard() const
{
	return same_host(any(family()));
}

bool Address::same_host(const Address &other) const
{
	const auto *a = reinterpret_cast<const SOCKADDR_IN6 *>(&storage_);
	const auto *b = reinterpret_cast<const SOCKADDR_IN6 *>(&other.storage_);

	if (family() != other.family())
		return false;
	if (family() == AF_INET6)
		return RtlEqualMemory(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr));
	return RtlEqualMemory(&reinterpret_cast<const SOCKADDR_IN *>(a)->sin_addr,
			      &reinterpret_cast<const SOCKADDR_IN *>(b)->sin_addr, sizeof(IN_ADDR));
}

bool Address::operator==(const Address &other) const
{
	return same_host(other) && port() == other.port();
}

void Buffer::make(const ULONG *segments, ULONG count)
{
	for (ULONG i = 0; i < count; i++) {
		void *block = ExAllocatePool2(POOL_FLAG_NON_PAGED, segments[i], tag);
		PMDL mdl =
			block ? IoAllocateMdl(block, segments[i], FALSE, FALSE, nullptr) : nullptr;

		if (!mdl) {
			if (block)
				ExFreePoolWithTag(block, tag);
			valid_ = false;
			return;
		}
		MmBuildMdlForNonPagedPool(mdl);
		if (last_)
			last_->Next = mdl;
		else
			mdl_ = mdl;
		last_ = mdl;
		length_ += segments[i];
	}
}

Buffer::~Buffer()
{
	while (mdl_) {
		PMDL next = mdl_->Next;

		ExFreePoolWithTag(MmGetMdlVirtualAddress(mdl_), tag);
		IoFreeMdl(mdl_);
		mdl_ = next;
	}
}

PWSK_BUF Buffer::window(ULONG offset, SIZE_T length)
{
	window_.Mdl = mdl_;
	window_.Offset = offset;
	window_.Length = length;
	return &window_;
}

UCHAR *Buffer::at(SIZE_T index)
{
	PMDL mdl = mdl_;

	while (mdl && index >= MmGetMdlByteCount(mdl)) {
		index -= MmGetMdlByteCount(mdl);
		mdl = mdl->Next;
	}
	return mdl ? static_cast<UCHAR *>(MmGetMdlVirtualAddress(mdl)) + index : nullptr;
}

void Buffer::fill(SIZE_T position)
{
	for (SIZE_T i = 0; i < length_; i++)
		*at(i) = stream_byte(position + i);
}

bool Buffer::holds(SIZE_T offset, SIZE_T length, SIZE_T position)
{
	if (offset + length > length_)
		return false;
	for (SIZE_T i = 0; i < length; i++)
		if (*at(offset + i) != stream_byte(position + i))
			return false;
	return true;
}

void Buffer::wipe()
{
	for (SIZE_T i = 0; i < length_; i++)
		*at(i) = 0xee;
}

bool Buffer::wiped(SIZE_T offset, SIZE_T length)
{
	if (offset + length > length_)
		return false;
	for (SIZE_T i = 0; i < length; i++)
		if (*at(offset + i) != 0xee)
			return false;
	return true;
}

} // namespace wsk::test

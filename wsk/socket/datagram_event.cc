// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskReceiveFromEvent, and WskRelease of what it handed out. The pump calls; so it is serial. */
#include "nt/irql.h"
#include "socket/datagram.h"
#include "socket/datagram_indication.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

/* Datagrams handed out at a time. */
constexpr int datagrams_per_call = 16;

/* What the event's flags say of a whole list: those of one list are of one kind. */
ULONG list_flags(const port_datagram &datagram)
{
	if (datagram.returned)
		return MSG_ERRQUEUE;
	if (datagram.cast == PORT_BROADCAST)
		return MSG_BCAST;
	return datagram.cast == PORT_MULTICAST ? MSG_MCAST : 0;
}

} // namespace

void *DatagramState::operator new(size_t size) noexcept
{
	return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, tag);
}

void DatagramState::operator delete(void *block)
{
	ExFreePoolWithTag(block, tag);
}

DatagramState::~DatagramState()
{
	(void)!free_datagram_indications(refused);
	delete interfaces;
}

/* The first of what was refused, alone. */
PWSK_DATAGRAM_INDICATION Socket::take_refused()
{
	LockGuard guard(lock_);
	PWSK_DATAGRAM_INDICATION first = datagram_->refused;

	datagram_->refused = first->Next;
	first->Next = nullptr;
	return first;
}

void Socket::keep_refused(PWSK_DATAGRAM_INDICATION first, PWSK_DATAGRAM_INDICATION last)
{
	LockGuard guard(lock_);

	last->Next = datagram_->refused;
	datagram_->refused = first;
}

/* Whether a receive would get something that was refused, and how many bytes. */
bool Socket::refused_length(ULONG *length)
{
	LockGuard guard(lock_);

	if (datagram_->refused)
		*length = datagram_of(datagram_->refused).length;
	return datagram_->refused;
}

/*
 * The next one, alone; null when there is none, or not in this turn. What memory is too short for
 * is lost.
 */
PWSK_DATAGRAM_INDICATION Socket::next_indication()
{
	port_datagram datagram;
	NTSTATUS verdict;

	while (datagram_->refused) {
		PWSK_DATAGRAM_INDICATION refused = take_refused();

		if (NT_SUCCESS(judge(datagram_of(refused))))
			return refused;
		(void)!free_datagram_indications(refused);
	}
	do {
		if (next_datagram(&datagram, &verdict))
			break;
		PWSK_DATAGRAM_INDICATION made = nullptr;
		if (NT_SUCCESS(verdict)) /* else the event has no way to tell of the failure */
			made = make_datagram_indication(datagram, told());
		if (made)
			return made;
		port_datagram_release(&datagram);
	} while (may_drop_more());
	return nullptr;
}

/* Whether looking for one is worth while. */
bool Socket::has_datagrams() const
{
	return datagram_->refused || port_datagram_waits(transport_);
}

/*
 * As many as one call takes, all of one kind; null when there is none after all. `more` tells
 * whether there are others.
 */
PWSK_DATAGRAM_INDICATION Socket::collect_datagrams(ULONG *flags, bool *more)
{
	PWSK_DATAGRAM_INDICATION first = nullptr, *link = &first;
	int count = 0;

	do {
		PWSK_DATAGRAM_INDICATION next = next_indication();

		if (!next)
			break;
		if (!first) {
			*flags = list_flags(datagram_of(next));
		} else if (list_flags(datagram_of(next)) != *flags) {
			keep_refused(next, next);
			*more = true;
			break;
		}
		*link = next;
		link = &next->Next;
		*more = has_datagrams();
	} while (*more && ++count < datagrams_per_call);
	return first;
}

/* Keeps what was refused, and disables the event; but a static one drops it. */
void Socket::refuse_datagrams(PWSK_DATAGRAM_INDICATION list, ULONG enablings)
{
	PWSK_DATAGRAM_INDICATION last = list;
	bool drops;
	{
		LockGuard guard(lock_);

		drops = events_.fixed & WSK_EVENT_RECEIVE_FROM;
		/* Whoever has enabled it meanwhile does not know of this refusal yet. */
		if (!drops && datagram_->enablings == enablings)
			events_.enabled &= ~WSK_EVENT_RECEIVE_FROM;
	}
	if (drops) {
		(void)!free_datagram_indications(list);
		return;
	}
	while (last->Next)
		last = last->Next;
	keep_refused(list, last);
}

/*
 * Hands out what has arrived. True when there was more: what comes during the call, or makes it
 * worth looking again, signals.
 */
bool Socket::indicate_datagrams()
{
	EventCall call(*this, Event::receive_from);
	ULONG flags = 0;
	bool more = false;

	if (!call)
		return false;
	const ULONG enablings = datagram_->enablings;
	PWSK_DATAGRAM_INDICATION list = collect_datagrams(&flags, &more);
	if (!list)
		return false;
	NTSTATUS status = call.callback<PFN_WSK_RECEIVE_FROM_EVENT>()(call.context(),
								      flags | level_flag(), list);
	if (status == STATUS_PENDING)
		return more; /* the list is the client's, and may be gone */
	if (status == STATUS_DATA_NOT_ACCEPTED)
		refuse_datagrams(list, enablings);
	else
		(void)!free_datagram_indications(list);
	return more;
}

/**
 * WskRelease - Gives back datagrams that WskReceiveFromEvent retained by returning STATUS_PENDING.
 * @handle: The datagram socket, not closed yet.
 * @indication: A list, linked through Next, of any indications of that socket.
 *
 * Until then they count against the socket's receive buffer.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (no socket, no list, or an indication that is
 *	not one, or was released before).
 * Source: PFN_WSK_RELEASE_DATAGRAM_INDICATION_LIST (wsk.h).
 */
NTSTATUS WSKAPI release_datagrams(PWSK_SOCKET handle, PWSK_DATAGRAM_INDICATION indication)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!handle || !indication || !free_datagram_indications(indication))
		return request_refuse("WskRelease", nullptr,
				      {STATUS_INVALID_PARAMETER,
				       "the socket or the indication is NULL, or is not retained"});
	return STATUS_SUCCESS;
}

} // namespace wsk

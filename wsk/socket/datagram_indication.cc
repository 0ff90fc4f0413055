// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * An indication is one block: its node, the control information, and an MDL for each piece of the
 * datagram. Nodes know nothing of each other or of the socket, so clients may re-chain and release
 * them as they like.
 */
#include "socket/datagram_indication.h"

#include <wdm.h>

#include "nt/mdl.h"
#include "port/memory.h"
#include "socket/address.h"
#include "socket/live_list.h"

namespace wsk
{

namespace
{

constexpr ULONG pool_tag = 'dicW';

/* Pieces described without asking for memory twice. */
constexpr size_t most_pieces = 32;

struct Indication {
	WSK_DATAGRAM_INDICATION node; /* first: it is all that clients see */
	port_datagram datagram;
	SOCKADDR_IN6 source; /* large enough for either family */
	SIZE_T bytes;	     /* of the whole block */
	Live live;
	/* Follow: the control information, then the MDLs. */
};

constinit LiveList all;

Indication *indication_of(PWSK_DATAGRAM_INDICATION node)
{
	return CONTAINING_RECORD(node, Indication, node);
}

Indication *make(const port_datagram &datagram, const ToldSets &told, const port_piece *pieces,
		 size_t count)
{
	SIZE_T control =
		control_info_possible(datagram, told) ? control_info_size(datagram, told) : 0;
	SIZE_T bytes = sizeof(Indication) + control;
	bool truncated;

	for (size_t i = 0; i < count; i++)
		bytes += mdl_bytes(pieces[i]);
	/* Not from the pool, whose accounts cost more than the memory: one for each datagram. */
	auto *self = static_cast<Indication *>(port_alloc_brief(bytes));
	if (!self)
		return nullptr;
	char *room = reinterpret_cast<char *>(self + 1);
	self->node = {};
	self->bytes = bytes;
	self->live = {};
	if (control) {
		self->node.ControlInfo = reinterpret_cast<PCMSGHDR>(room);
		self->node.ControlInfoLength = static_cast<ULONG>(
			control_info_write(datagram, told, room, control, &truncated));
	}
	self->node.Buffer.Mdl = mdl_describe(room + control, pieces, count);
	self->node.Buffer.Length = datagram.length;
	self->node.RemoteAddress = reinterpret_cast<PSOCKADDR>(&self->source);
	address_to_sockaddr(datagram.source, self->node.RemoteAddress);
	self->datagram = datagram;
	all.remember(self->live);
	return self;
}

} // namespace

PWSK_DATAGRAM_INDICATION make_datagram_indication(const port_datagram &datagram,
						  const ToldSets &told)
{
	[[gnu::uninitialized]] port_piece few[most_pieces];
	port_piece *pieces = few;
	size_t count = port_datagram_pieces(&datagram, pieces, most_pieces);
	Indication *self = nullptr;

	if (count > most_pieces) {
		pieces = static_cast<port_piece *>(
			ExAllocatePool2(POOL_FLAG_NON_PAGED, count * sizeof(*pieces), pool_tag));
		if (pieces)
			port_datagram_pieces(&datagram, pieces, count);
	}
	if (pieces)
		self = make(datagram, told, pieces, count);
	if (pieces && pieces != few)
		ExFreePoolWithTag(pieces, pool_tag);
	return self ? &self->node : nullptr;
}

const port_datagram &datagram_of(PWSK_DATAGRAM_INDICATION indication)
{
	return indication_of(indication)->datagram;
}

bool free_datagram_indications(PWSK_DATAGRAM_INDICATION list)
{
	while (list) {
		Indication *self = indication_of(list);

		if (!all.forget(self->live))
			return false;
		list = list->Next;
		port_datagram_release(&self->datagram);
		port_free_brief(self, self->bytes);
	}
	return true;
}

} // namespace wsk

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * An indication lies beside its packet, in one block: its node, then an MDL for each piece of the
 * packet. Nodes know nothing of each other or of the socket, so clients may re-chain and release
 * them as they like.
 */
#include "socket/indication.h"

#include <wdm.h>

#include "nt/mdl.h"
#include "socket/live_list.h"

namespace wsk
{

namespace
{

struct Indication {
	WSK_DATA_INDICATION node; /* first: it is all that clients see */
	port_packet *packet;
	Live live;
};

constinit LiveList all;

Indication *indication_of(PWSK_DATA_INDICATION node)
{
	return CONTAINING_RECORD(node, Indication, node);
}

/* An MDL for a piece takes no more than the room for it. */
static_assert(sizeof(MDL) % alignof(MDL) == 0 && sizeof(PFN_NUMBER) % alignof(MDL) == 0);

PWSK_DATA_INDICATION make_indication(port_packet *packet)
{
	auto *self = static_cast<Indication *>(packet->room);

	self->node.Next = nullptr;
	self->node.Buffer.Mdl = mdl_describe(self + 1, packet->pieces, packet->piece_count);
	self->node.Buffer.Offset = 0;
	self->node.Buffer.Length = packet->length;
	self->packet = packet;
	self->live = {};
	all.remember(self->live);
	return &self->node;
}

} // namespace

constinit const port_room indication_room = {sizeof(Indication), sizeof(MDL), sizeof(PFN_NUMBER)};

PWSK_DATA_INDICATION make_indications(port_packet *packets)
{
	PWSK_DATA_INDICATION first = nullptr, *link = &first;

	for (; packets; packets = packets->next) {
		*link = make_indication(packets);
		link = &(*link)->Next;
	}
	return first;
}

bool free_indications(PWSK_DATA_INDICATION list)
{
	while (list) {
		Indication *self = indication_of(list);

		if (!all.forget(self->live))
			return false;
		list = list->Next;
		port_packet_release(self->packet);
	}
	return true;
}

} // namespace wsk

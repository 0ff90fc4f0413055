// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * An indication is one block: its node, then an MDL for each piece of the packet. Nodes know
 * nothing of each other or of the socket, so clients may re-chain and release them as they like.
 */
#include "socket/indication.h"

#include <wdm.h>

#include "socket/live_list.h"

namespace wsk
{

namespace
{

constexpr ULONG pool_tag = 'icsW';

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

/* MDLs lie one after the other, each aligned as a structure is. */
SIZE_T mdl_bytes(const port_piece &piece)
{
	return (MmSizeOfMdl(piece.address, piece.length) + alignof(MDL) - 1) & ~(alignof(MDL) - 1);
}

PWSK_DATA_INDICATION make_indication(port_packet *packet)
{
	SIZE_T bytes = sizeof(Indication);

	for (uint32_t i = 0; i < packet->piece_count; i++)
		bytes += mdl_bytes(packet->pieces[i]);
	auto *self =
		static_cast<Indication *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, pool_tag));
	if (!self)
		return nullptr;
	PMDL *link = &self->node.Buffer.Mdl;
	char *room = reinterpret_cast<char *>(self + 1);
	for (uint32_t i = 0; i < packet->piece_count; i++) {
		const port_piece &piece = packet->pieces[i];
		PMDL mdl = reinterpret_cast<PMDL>(room);

		MmInitializeMdl(mdl, piece.address, piece.length);
		MmBuildMdlForNonPagedPool(mdl);
		room += mdl_bytes(piece);
		*link = mdl;
		link = &mdl->Next;
	}
	self->node.Buffer.Length = packet->length;
	self->packet = packet;
	all.remember(self->live);
	return &self->node;
}

} // namespace

PWSK_DATA_INDICATION make_indications(port_packet *packets)
{
	PWSK_DATA_INDICATION first = nullptr, *link = &first;

	while (packets) {
		port_packet *packet = packets;

		*link = make_indication(packet);
		if (!*link)
			break;
		link = &(*link)->Next;
		packets = packet->next;
	}
	if (!packets)
		return first;
	if (first)
		(void)!free_indications(first);
	while (packets) {
		port_packet *packet = packets;

		packets = packet->next;
		port_packet_release(packet);
	}
	return nullptr;
}

bool free_indications(PWSK_DATA_INDICATION list)
{
	while (list) {
		Indication *self = indication_of(list);

		if (!all.forget(self->live))
			return false;
		list = list->Next;
		port_packet_release(self->packet);
		ExFreePoolWithTag(self, pool_tag);
	}
	return true;
}

} // namespace wsk

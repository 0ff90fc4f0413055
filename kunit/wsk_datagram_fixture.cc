// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Datagram sockets of the WSK suites' fixture.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "wsk_datagram_fixture.h"

namespace wsk::test
{

void Messages::put(INT level, INT type, const void *data, SIZE_T size)
{
	auto *header = reinterpret_cast<PCMSGHDR>(room_ + used_);

	if (used_ + WSA_CMSG_SPACE(size) > most)
		return;
	header->cmsg_len = WSA_CMSG_LEN(size);
	header->cmsg_level = level;
	header->cmsg_type = type;
	RtlCopyMemory(WSA_CMSG_DATA(header), data, size);
	used_ += WSA_CMSG_SPACE(size);
}

const void *find_message(PCMSGHDR chain, ULONG length, INT level, INT type, SIZE_T size)
{
	WSAMSG message = {};

	message.Control.buf = reinterpret_cast<CHAR *>(chain);
	message.Control.len = length;
	for (PCMSGHDR header = WSA_CMSG_FIRSTHDR(&message); header;
	     header = WSA_CMSG_NXTHDR(&message, header))
		if (header->cmsg_level == level && header->cmsg_type == type &&
		    header->cmsg_len == WSA_CMSG_LEN(size))
			return WSA_CMSG_DATA(header);
	return nullptr;
}

Datagram::Datagram(Client &client, ADDRESS_FAMILY family, PVOID context,
		   const WSK_CLIENT_DATAGRAM_DISPATCH *dispatch, Site here)
	: Datagram(client, family, SOCK_DGRAM, IPPROTO_UDP, context, dispatch, here)
{
}

Datagram::Datagram(Client &client, ADDRESS_FAMILY family, USHORT type, ULONG protocol,
		   PVOID context, const WSK_CLIENT_DATAGRAM_DISPATCH *dispatch, Site here)
	: Socket(client), address(Address::any(family))
{
	if (!client.ready())
		return;

	const Outcome outcome = run(
		test(),
		[&](PIRP irp) {
			return client.provider()->WskSocket(
				client.handle(), family, type, protocol, WSK_FLAG_DATAGRAM_SOCKET,
				context, dispatch, nullptr, nullptr, nullptr, irp);
		},
		here);

	expect_done(test(), outcome, outcome.information, here);
	if (outcome.status == STATUS_SUCCESS)
		adopt(reinterpret_cast<PWSK_SOCKET>(outcome.information));
}

const WSK_PROVIDER_DATAGRAM_DISPATCH *Datagram::datagram() const
{
	return static_cast<const WSK_PROVIDER_DATAGRAM_DISPATCH *>(handle()->Dispatch);
}

bool Datagram::bind_loopback(Site here)
{
	if (!open())
		return false;

	const Outcome outcome = bind(Address::loopback(address.family()), 0, here);

	expect_done(test(), outcome, 0, here);
	if (outcome.status != STATUS_SUCCESS)
		return false;
	address = local(here);
	return true;
}

void Datagram::start_local_address(Request &request, PSOCKADDR to)
{
	request.issue(test(),
		      [&](PIRP irp) { return datagram()->WskGetLocalAddress(handle(), to, irp); });
}

Outcome Datagram::local_address(PSOCKADDR to, Site here)
{
	Request request;

	start_local_address(request, to);
	return request.wait(here);
}

Address Datagram::local(Site here)
{
	Address result;

	expect_ok(test(), local_address(result, here), 0, here);
	return result;
}

void Datagram::start_send(Request &request, PWSK_BUF buffer, PSOCKADDR to, Messages *control)
{
	request.issue(test(), [&](PIRP irp) {
		return datagram()->WskSendTo(handle(), buffer, 0, to,
					     control ? control->length() : 0,
					     control ? control->chain() : nullptr, irp);
	});
}

void Datagram::start_send_messages(Request &request, PWSK_BUF_LIST list, PSOCKADDR to,
				   Messages *control)
{
	request.issue(test(), [&](PIRP irp) {
		return datagram()->WskSendMessages(handle(), list, 0, to,
						   control ? control->length() : 0,
						   control ? control->chain() : nullptr, irp);
	});
}

void Datagram::start_receive(Request &request, PWSK_BUF buffer, Incoming *incoming)
{
	request.issue(test(), [&](PIRP irp) {
		if (!incoming)
			return datagram()->WskReceiveFrom(handle(), buffer, 0, nullptr, nullptr,
							  nullptr, nullptr, irp);
		return datagram()->WskReceiveFrom(
			handle(), buffer, 0, incoming->from, &incoming->length,
			reinterpret_cast<PCMSGHDR>(incoming->control), &incoming->flags, irp);
	});
}

Outcome Datagram::send(PWSK_BUF buffer, PSOCKADDR to, Messages *control, Site here)
{
	Request request;

	start_send(request, buffer, to, control);
	return request.wait_received(here);
}

Outcome Datagram::send_messages(PWSK_BUF_LIST list, PSOCKADDR to, Messages *control, Site here)
{
	Request request;

	start_send_messages(request, list, to, control);
	return request.wait_received(here);
}

Outcome Datagram::receive(PWSK_BUF buffer, Incoming *incoming, Site here)
{
	Request request;

	start_receive(request, buffer, incoming);
	return request.wait(here);
}

void Datagram::send_stream(Address &to, SIZE_T position, ULONG length, Site here)
{
	Buffer out(length ? length : 1);

	if (!out.valid())
		return;
	out.fill(position);
	expect_done(test(), send(out.window(0, length), to, nullptr, here), length, here);
}

void Datagram::expect_stream(SIZE_T position, ULONG length, Site here)
{
	Buffer in(length + 16);

	if (!in.valid())
		return;
	in.wipe();
	expect_done(test(), receive(in.all(), nullptr, here), length, here);
	check_true(test(), here, "what was sent was received", in.holds(0, length, position), true);
	check_true(test(), here, "nothing was written behind it", in.wiped(length, 16), true);
}

void Datagram::expect_nothing(Site here)
{
	Buffer in(16);
	Request request;

	start_receive(request, in.all());
	check_true(test(), here, "the receive is pending", request.pending(), true);
	request.cancel();
	expect_failed(test(), request.wait(here), STATUS_CANCELLED, 0, here);
}

ULONG Datagram::readable(Site here)
{
	ULONG bytes = ~0u;

	expect_ok(test(),
		  control({.type = WskIoctl,
			   .code = bytes_readable,
			   .level = 0,
			   .output = &bytes,
			   .output_size = sizeof(bytes)},
			  here),
		  sizeof(bytes), here);
	return bytes;
}

Outcome Datagram::set_address(ULONG code, PSOCKADDR to, Site here)
{
	return control({.type = WskIoctl,
			.code = code,
			.level = 0,
			.input = to,
			.input_size = to ? (to->sa_family == AF_INET ? sizeof(SOCKADDR_IN)
								     : sizeof(SOCKADDR_IN6))
					 : 0},
		       here);
}

DatagramNotes::DatagramNotes(struct kunit *test)
	: test_(test),
	  seen_(static_cast<Seen *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, most * sizeof(Seen), tag)))
{
	EXPECT_NOT_NULL(test, seen_);
	KeInitializeEvent(&called_, SynchronizationEvent, FALSE);
}

DatagramNotes::~DatagramNotes()
{
	if (seen_)
		ExFreePoolWithTag(seen_, tag);
}

bool DatagramNotes::reach(LONG datagrams)
{
	while (datagrams_ < datagrams)
		if (!wait_for(&called_))
			return datagrams_ >= datagrams;
	return true;
}

PWSK_DATAGRAM_INDICATION DatagramNotes::take_kept()
{
	PWSK_DATAGRAM_INDICATION list = kept_;

	kept_ = nullptr;
	return list;
}

void DatagramNotes::note(LONG index, ULONG flags, PWSK_DATAGRAM_INDICATION node)
{
	struct kunit *test = test_;
	SIZE_T left = node->Buffer.Length, offset = node->Buffer.Offset, position = 0;

	if (!seen_ || index >= most)
		return;
	Seen &seen = seen_[index];
	seen.flags = flags & ~WSK_FLAG_AT_DISPATCH_LEVEL;
	seen.length = left;
	seen.list = calls_;
	seen.whole = true;
	EXPECT_NOT_NULL(test, node->Buffer.Mdl);
	EXPECT_NOT_NULL(test, node->RemoteAddress);
	EXPECT_EQ(test, !node->ControlInfo, !node->ControlInfoLength);
	RtlCopyMemory((PSOCKADDR)seen.from, node->RemoteAddress,
		      node->RemoteAddress->sa_family == AF_INET ? sizeof(SOCKADDR_IN)
								: sizeof(SOCKADDR_IN6));
	seen.control_length =
		node->ControlInfoLength < sizeof(seen.control) ? node->ControlInfoLength : 0;
	RtlCopyMemory(seen.control, node->ControlInfo, seen.control_length);
	for (PMDL mdl = node->Buffer.Mdl; mdl && left; mdl = mdl->Next) {
		auto *data =
			static_cast<UCHAR *>(MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority));
		SIZE_T here = MmGetMdlByteCount(mdl) - offset;

		if (here > left)
			here = left;
		if (!position && here) /* the inverse of stream_byte(), up to 255 */
			seen.position = (UCHAR)(data[offset] * 223);
		for (SIZE_T i = 0; i < here; i++)
			seen.whole = seen.whole &&
				     data[offset + i] == stream_byte(seen.position + position + i);
		position += here;
		left -= here;
		offset = 0;
	}
	EXPECT_EQ(test, left, 0ul);
}

NTSTATUS WSKAPI DatagramNotes::on_receive_from(PVOID context, ULONG flags,
					       PWSK_DATAGRAM_INDICATION list)
{
	auto *self = static_cast<DatagramNotes *>(context);
	struct kunit *test = self->test_;
	NTSTATUS answer = self->answer;
	LONG count = 0;

	EXPECT_EQ(test, InterlockedIncrement(&self->running_), 1); /* calls are serial */
	EXPECT_EQ(test, (flags & WSK_FLAG_AT_DISPATCH_LEVEL) != 0,
		  KeGetCurrentIrql() == DISPATCH_LEVEL);
	EXPECT_NOT_NULL(test, list);
	PWSK_DATAGRAM_INDICATION *end = &self->kept_;
	while (*end)
		end = &(*end)->Next;
	self->last_list_ = list;
	if (answer == STATUS_PENDING)
		*end = list;
	for (PWSK_DATAGRAM_INDICATION node = list; node; node = node->Next)
		self->note(self->datagrams_ + count++, flags, node);
	if (self->act)
		self->act(*self);
	/* Last of all: a test that has seen the count goes on. */
	InterlockedIncrement(&self->calls_);
	InterlockedAdd(&self->datagrams_, count);
	InterlockedDecrement(&self->running_);
	KeSetEvent(&self->called_, IO_NO_INCREMENT, FALSE);
	return answer;
}

const WSK_CLIENT_DATAGRAM_DISPATCH DatagramNotes::dispatch = {on_receive_from};

} // namespace wsk::test

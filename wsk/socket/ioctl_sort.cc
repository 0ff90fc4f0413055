// SPDX-License-Identifier: MIT OR GPL-2.0
/* SIO_ADDRESS_LIST_SORT. */
#include "port/interface.h"
#include "socket/address.h"
#include "socket/address_order.h"
#include "socket/ioctl.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

constexpr ULONG pool_tag = 'dasW';

/* What the list is sorted by. */
class Candidates
{
public:
	explicit Candidates(ULONG count)
		: count_(count),
		  list_(static_cast<Candidate *>(ExAllocatePool2(
			  POOL_FLAG_NON_PAGED, (count + 1ull) * sizeof(Candidate), pool_tag)))
	{
	}
	~Candidates()
	{
		if (list_)
			ExFreePoolWithTag(list_, pool_tag);
	}
	Candidates(const Candidates &) = delete;
	Candidates &operator=(const Candidates &) = delete;

	explicit operator bool() const { return list_; }
	Candidate &operator[](ULONG index) { return list_[index]; }

	/* By insertion, with gaps that shrink: no memory, and not the square of a long list. */
	void sort()
	{
		for (ULONG gap = count_ / 2; gap; gap /= 2)
			for (ULONG i = gap; i < count_; i++)
				sink(i, gap);
	}

private:
	void sink(ULONG at, ULONG gap)
	{
		const Candidate one = list_[at];

		for (; at >= gap && goes_before(one, list_[at - gap]); at -= gap)
			list_[at] = list_[at - gap];
		list_[at] = one;
	}

	ULONG count_;
	Candidate *list_;
};

/* A copy of the list's entries. */
class Entries
{
public:
	Entries(const UCHAR *from, ULONG count)
		: list_(static_cast<SOCKET_ADDRESS *>(ExAllocatePool2(
			  POOL_FLAG_NON_PAGED, (count + 1ull) * sizeof(SOCKET_ADDRESS), pool_tag)))
	{
		if (list_)
			RtlCopyMemory(list_, from, count * sizeof(SOCKET_ADDRESS));
	}
	~Entries()
	{
		if (list_)
			ExFreePoolWithTag(list_, pool_tag);
	}
	Entries(const Entries &) = delete;
	Entries &operator=(const Entries &) = delete;

	explicit operator bool() const { return list_; }
	const SOCKET_ADDRESS &operator[](ULONG index) const { return list_[index]; }

private:
	SOCKET_ADDRESS *list_;
};

} // namespace

Refusal sort_address_list(Socket &socket, ControlCall &call)
{
	constexpr SIZE_T header = FIELD_OFFSET(SOCKET_ADDRESS_LIST, Address);
	auto *in = static_cast<const UCHAR *>(call.input);
	auto *out = static_cast<UCHAR *>(call.output);
	INT count = call.read<INT>();

	if (count < 0 ||
	    static_cast<SIZE_T>(count) > (call.input_size - header) / sizeof(SOCKET_ADDRESS))
		return {STATUS_INVALID_PARAMETER,
			"the input is too short for the addresses that it announces"};
	call.written = SIZEOF_SOCKET_ADDRESS_LIST(static_cast<SIZE_T>(count));
	if (call.output_size < call.written)
		return too_small;
	for (INT i = 0; i < count; i++) {
		port_address ignored = {};
		SOCKET_ADDRESS entry;

		RtlCopyMemory(&entry, in + SIZEOF_SOCKET_ADDRESS_LIST(i), sizeof(entry));
		if (entry.iSockaddrLength <
			    static_cast<INT>((socket.family() == AF_INET ? sizeof(SOCKADDR_IN)
									 : sizeof(SOCKADDR_IN6))) ||
		    !address_from_sockaddr(entry.lpSockaddr, socket.family(), &ignored)) {
			call.written = 0;
			return {STATUS_INVALID_PARAMETER,
				"the address is short, or not of the socket's family"};
		}
	}

	const ULONG addresses = static_cast<ULONG>(count);
	Candidates candidates(addresses);
	Entries entries(in + header, addresses); /* the output may be the same buffer */

	if (!candidates || !entries) {
		call.written = 0;
		return no_memory;
	}
	for (ULONG i = 0; i < addresses; i++) {
		port_address destination = {}, source = {};

		(void)!address_from_sockaddr(entries[i].lpSockaddr, socket.family(), &destination);
		bool reachable = !port_route_source(port_socket_net(socket.transport()),
						    &destination, &source, nullptr);
		candidates[i] = make_candidate(destination, reachable ? &source : nullptr, i);
	}
	candidates.sort();
	RtlCopyMemory(out, in, header);
	for (ULONG i = 0; i < addresses; i++)
		RtlCopyMemory(out + SIZEOF_SOCKET_ADDRESS_LIST(i), &entries[candidates[i].position],
			      sizeof(SOCKET_ADDRESS));
	return accepted;
}

} // namespace wsk

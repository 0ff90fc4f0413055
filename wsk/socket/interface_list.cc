// SPDX-License-Identifier: MIT OR GPL-2.0
#include "socket/interface_list.h"

#include "socket/socket.h"

namespace wsk
{

namespace
{

/* IPv4's datagrams tell their interface where it is asked for. */
Refusal prepare(Socket &socket)
{
	if (!socket.make_interface_list())
		return no_memory;
	if (socket.family() != AF_INET)
		return accepted;
	return outcome(port_datagram_set(socket.transport(), PORT_DATAGRAM_INTERFACE, true));
}

} // namespace

void *InterfaceList::operator new(size_t size) noexcept
{
	return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, tag);
}

void InterfaceList::operator delete(void *block)
{
	ExFreePoolWithTag(block, tag);
}

bool InterfaceList::holds(ULONG index) const
{
	ULONG at = 0;

	while (at < count && indexes[at] != index)
		at++;
	return at < count;
}

Refusal use_interface_list(Socket &socket, ControlCall &call)
{
	Refusal refusal = prepare(socket);

	if (!refusal)
		socket.with_interfaces(
			[&](InterfaceList &list) { list.used = call.read<ULONG>(); });
	return refusal;
}

Refusal is_interface_list_used(Socket &socket, ControlCall &call)
{
	ULONG used = 0;

	socket.with_interfaces([&](InterfaceList &list) { used = list.used; });
	call.write(used);
	return accepted;
}

Refusal add_interface(Socket &socket, ControlCall &call)
{
	ULONG index = call.read<ULONG>();
	Refusal refusal = prepare(socket);

	if (refusal)
		return refusal;
	socket.with_interfaces([&](InterfaceList &list) {
		if (list.holds(index))
			return;
		if (list.count == InterfaceList::most)
			refusal = no_memory;
		else
			list.indexes[list.count++] = index;
	});
	return refusal;
}

Refusal remove_interface(Socket &socket, ControlCall &call)
{
	ULONG index = call.read<ULONG>();
	Refusal refusal = {STATUS_NOT_FOUND, nullptr};

	socket.with_interfaces([&](InterfaceList &list) {
		for (ULONG at = 0; at < list.count; at++)
			if (list.indexes[at] == index) {
				list.indexes[at] = list.indexes[--list.count];
				refusal = accepted;
				return;
			}
	});
	return refusal;
}

Refusal get_interfaces(Socket &socket, ControlCall &call)
{
	Refusal refusal = accepted;

	socket.with_interfaces([&](InterfaceList &list) {
		call.written = list.count * sizeof(ULONG);
		if (call.output_size < call.written)
			refusal = too_small;
		else
			RtlCopyMemory(call.output, list.indexes, call.written);
	});
	return refusal;
}

/* Two calls may come at once. */
bool Socket::make_interface_list()
{
	auto *made = new InterfaceList{};

	if (!made)
		return false;
	{
		LockGuard guard(lock_);

		if (!datagram_->interfaces) {
			datagram_->interfaces = made;
			choose();
			return true;
		}
	}
	delete made;
	return true;
}

} // namespace wsk

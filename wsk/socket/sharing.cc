// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Windows decides by the two sockets' options and by which of their addresses is the wildcard; a
 * wildcard and a specific address often go together, where Linux lets nobody listen beside a
 * listener. So WSK sockets are judged here, and where two may go together Linux is told, for the
 * moment of binding, that they share.
 */
#include "socket/sharing.h"

#include <ws2def.h>
#include <ws2ipdef.h>

#include "port/option.h"
#include "socket/security.h"
#include "socket/status.h"

namespace wsk
{

namespace
{

enum class Verdict : UCHAR {
	success,
	in_use,
	denied,
	check, /* the second's rights against the first's security descriptor */
};

/* In the order of Sharing, each with a wildcard address first, then with a specific one. */
constexpr size_t kinds = 6;

constexpr Verdict ok = Verdict::success, inuse = Verdict::in_use, denied = Verdict::denied,
		  check = Verdict::check;

/* Row: who binds. Column: who is bound. */
constexpr Verdict verdicts[kinds][kinds] = {
	{inuse, ok, inuse, ok, inuse, ok},	      /* default, wildcard */
	{check, inuse, check, denied, denied, inuse}, /* default, specific */
	{denied, ok, ok, ok, denied, ok},	      /* reuse, wildcard */
	{check, denied, ok, ok, denied, denied},      /* reuse, specific */
	{inuse, inuse, inuse, inuse, inuse, inuse},   /* exclusive, wildcard */
	{check, inuse, check, inuse, denied, inuse},  /* exclusive, specific */
};

/* A mutex: binding sleeps. */
constinit KEVENT table_free;
constinit LIST_ENTRY table;

class TableGuard
{
public:
	TableGuard() { KeWaitForSingleObject(&table_free, Executive, KernelMode, FALSE, nullptr); }
	~TableGuard() { KeSetEvent(&table_free, IO_NO_INCREMENT, FALSE); }
	TableGuard(const TableGuard &) = delete;
	TableGuard &operator=(const TableGuard &) = delete;
};

const SOCKADDR_IN *ipv4(const port_address &address)
{
	return reinterpret_cast<const SOCKADDR_IN *>(&address);
}

const SOCKADDR_IN6 *ipv6(const port_address &address)
{
	return reinterpret_cast<const SOCKADDR_IN6 *>(&address);
}

/* In network order, at the same place in both families. */
USHORT port_of(const port_address &address)
{
	return ipv4(address)->sin_port;
}

bool is_wildcard(const port_address &address)
{
	if (address.family == PORT_AF_INET)
		return !ipv4(address)->sin_addr.S_un.S_addr;
	for (UCHAR byte : ipv6(address)->sin6_addr.u.Byte)
		if (byte)
			return false;
	return true;
}

bool same_host(const port_address &a, const port_address &b)
{
	if (a.family == PORT_AF_INET)
		return ipv4(a)->sin_addr.S_un.S_addr == ipv4(b)->sin_addr.S_un.S_addr;
	return RtlEqualMemory(&ipv6(a)->sin6_addr, &ipv6(b)->sin6_addr, sizeof(IN6_ADDR)) &&
	       ipv6(a)->sin6_scope_id == ipv6(b)->sin6_scope_id;
}

/* Whether a packet could be meant for both. */
bool overlap(const BoundAddress &a, const BoundAddress &b)
{
	if (port_socket_net(a.transport) != port_socket_net(b.transport) || a.type != b.type ||
	    port_of(a.address) != port_of(b.address))
		return false;
	bool wild_a = is_wildcard(a.address), wild_b = is_wildcard(b.address);
	if (a.address.family != b.address.family)
		return (a.dual_stack && wild_a) || (b.dual_stack && wild_b);
	return wild_a || wild_b || same_host(a.address, b.address);
}

size_t kind_of(const BoundAddress &entry)
{
	return 2 * static_cast<size_t>(entry.sharing) + !is_wildcard(entry.address);
}

NTSTATUS judge(const BoundAddress &second, const BoundAddress &first)
{
	switch (verdicts[kind_of(second)][kind_of(first)]) {
	case Verdict::success:
		return STATUS_SUCCESS;
	case Verdict::in_use:
		return STATUS_ADDRESS_ALREADY_EXISTS;
	case Verdict::denied:
		break;
	case Verdict::check:
		if (security_lets_share(first.descriptor, port_owner_user(second.owner)))
			return STATUS_SUCCESS;
		break;
	}
	return STATUS_ACCESS_DENIED;
}

template <class Visit>
void each_overlapping(const BoundAddress &entry, Visit visit)
{
	for (PLIST_ENTRY link = table.Flink; link != &table; link = link->Flink) {
		BoundAddress *other = CONTAINING_RECORD(link, BoundAddress, link);

		if (other != &entry && overlap(entry, *other))
			visit(*other);
	}
}

/* Linux lets two sockets listen side by side when both have SO_REUSEPORT and one owner. */
int set_shared(BoundAddress &entry, bool shared)
{
	return port_socket_set_option(entry.transport, PORT_OPTION_SHARE_PORT, shared);
}

/*
 * Under the guard: binds, or listens, with Linux told that the entry shares its port with all that
 * it overlaps with. Linux' own conflicts, with sockets that are not WSK's, still count.
 */
template <class Act>
int while_sharing(BoundAddress &entry, Act act)
{
	bool shares = false;
	int error = 0;

	each_overlapping(entry, [&](BoundAddress &other) {
		shares = true;
		port_socket_lend(other.transport, true);
		if (!error)
			error = set_shared(other, true);
	});
	if (!error && (shares || entry.sharing == Sharing::reuse))
		error = set_shared(entry, true);
	if (shares)
		port_socket_lend(entry.transport, true);
	if (!error)
		error = act();
	if (!shares)
		return error;
	/* Nobody else is to find a door open. */
	auto close_door = [](BoundAddress &other) {
		port_socket_lend(other.transport, false);
		if (other.sharing != Sharing::reuse)
			(void)!set_shared(other, false);
	};
	each_overlapping(entry, close_door);
	close_door(entry);
	return error;
}

int bind_transport(BoundAddress &entry, bool listens)
{
	return while_sharing(entry, [&] {
		int error = 0;

		/*
		 * A listener can be restarted while connections of its predecessor linger; a
		 * datagram socket that shares does so with others of this host as well.
		 */
		if (entry.may_listen ||
		    (entry.type == SOCK_DGRAM && entry.sharing == Sharing::reuse))
			error = port_socket_set_option(entry.transport, PORT_OPTION_REUSE_ADDRESS,
						       1);
		if (!error)
			error = port_socket_bind(entry.transport, entry.owner, &entry.address);
		if (!error && listens)
			error = port_socket_listen(entry.transport);
		if (!error)
			error = port_socket_local_address(entry.transport, &entry.address);
		return error;
	});
}

} // namespace

void sharing_start()
{
	KeInitializeEvent(&table_free, SynchronizationEvent, TRUE);
	InitializeListHead(&table);
}

NTSTATUS sharing_bind(BoundAddress &entry, bool listens)
{
	TableGuard guard;
	NTSTATUS status = STATUS_SUCCESS;

	/* Port 0 is any that nobody has; raw sockets have none. */
	if (port_of(entry.address) && entry.type != SOCK_RAW)
		each_overlapping(entry, [&](BoundAddress &other) {
			if (NT_SUCCESS(status))
				status = judge(entry, other);
		});
	if (NT_SUCCESS(status))
		status = status_from_error(Activity::bind, bind_transport(entry, listens));
	/* Whose port is still to be chosen has none to share. */
	if (NT_SUCCESS(status) && entry.type != SOCK_RAW && port_of(entry.address)) {
		InsertTailList(&table, &entry.link);
		entry.listed = true;
	}
	return status;
}

NTSTATUS sharing_listen(BoundAddress &entry)
{
	TableGuard guard;
	int error = while_sharing(entry, [&] { return port_socket_listen(entry.transport); });

	return status_from_error(Activity::bind, error);
}

void sharing_unbind(BoundAddress &entry)
{
	if (!entry.listed)
		return;
	TableGuard guard;

	RemoveEntryList(&entry.link);
	entry.listed = false;
}

} // namespace wsk

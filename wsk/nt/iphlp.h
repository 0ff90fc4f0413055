/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What the files of the IP Helper share: how interfaces are named, and how tables are made. */
#ifndef WSK_NT_IPHLP_H
#define WSK_NT_IPHLP_H

#include <ntddk.h>
#include <netioapi.h>

#include "nt/irql.h"
#include "nt/pool.h"
#include "port/interface.h"

namespace wsk
{

struct DriverAccount;

/* The caller's namespace, for the duration of a call. */
class Net
{
public:
	Net() : net_(port_net_current()) {}
	explicit Net(port_net *reference) : net_(reference) {}
	~Net()
	{
		if (net_)
			port_net_put(net_);
	}
	Net(const Net &) = delete;
	Net &operator=(const Net &) = delete;

	operator port_net *() const { return net_; }

private:
	port_net *net_;
};

/*
 * Every function of the IP Helper that asks Linux sleeps: false, with a rule line, where the caller
 * must not.
 */
[[nodiscard]] bool iphlp_may_sleep(const char *function);
constexpr NTSTATUS iphlp_must_not_sleep = STATUS_INVALID_DEVICE_STATE;

/* For the result of a seam function; 0 and positive results are STATUS_SUCCESS. */
[[nodiscard]] NTSTATUS iphlp_status(int64_t result);

[[nodiscard]] NET_LUID luid_of(const port_interface_id &id);
[[nodiscard]] ULONG index_of(const NET_LUID &luid);
[[nodiscard]] GUID guid_of(const port_interface_id &id);
/* False where it is no GUID of ours. */
[[nodiscard]] bool luid_of_guid(const GUID &guid, NET_LUID *luid);

/*
 * The interface that a row means, by its LUID or, where that is 0, its index.
 * STATUS_INVALID_PARAMETER where it has neither, STATUS_NOT_FOUND where there is no such interface.
 */
[[nodiscard]] NTSTATUS find_interface(port_net *net, const NET_LUID &luid, NET_IFINDEX index,
				      port_interface_id *id);

/* The two worlds' addresses have one layout; only the number of AF_INET6 differs. */
[[nodiscard]] SOCKADDR_INET sockaddr_of(const port_address &address);
/* Without the port; false where the family is another. */
[[nodiscard]] bool address_of(const SOCKADDR_INET &from, port_address *address);
[[nodiscard]] bool same_address(const port_address &a, const port_address &b);
[[nodiscard]] SCOPE_ID scope_of(const SOCKADDR_INET &address);

/* Writes a name as wide characters; false when there is no room for it and its NUL. */
[[nodiscard]] bool widen(const char *name, WCHAR *to, SIZE_T length);

constexpr ULONG iphlp_tag = 'hpiW';

/* Rows of the seam, as they are while they are being counted and copied. */
template <class Row>
class Rows
{
public:
	Rows() = default;
	~Rows() { free(rows_); }
	Rows(const Rows &) = delete;
	Rows &operator=(const Rows &) = delete;

	/* Appends what fill(to, room) has, which returns how many there are, or a failure. */
	template <class Fill>
	[[nodiscard]] NTSTATUS add(Fill fill)
	{
		int64_t count = fill(nullptr, 0u);

		while (count > 0) {
			const ULONG room = static_cast<ULONG>(count);
			Row *rows = grown(room);

			if (!rows)
				return STATUS_INSUFFICIENT_RESOURCES;
			count = fill(rows + count_, room);
			free(rows_);
			rows_ = rows;
			if (count >= 0 && count <= room) {
				count_ += static_cast<ULONG>(count);
				return STATUS_SUCCESS;
			}
		}
		return iphlp_status(count);
	}

	ULONG count() const { return count_; }
	const Row *begin() const { return rows_; }
	const Row *end() const { return rows_ + count_; }

private:
	Row *grown(ULONG room) const
	{
		auto *rows = static_cast<Row *>(ExAllocatePool2(
			POOL_FLAG_NON_PAGED, (count_ + SIZE_T{room}) * sizeof(Row), iphlp_tag));

		if (rows && count_)
			RtlCopyMemory(rows, rows_, count_ * sizeof(Row));
		return rows;
	}

	static void free(Row *rows)
	{
		if (rows)
			ExFreePoolWithTag(rows, iphlp_tag);
	}

	Row *rows_ = nullptr;
	ULONG count_ = 0;
};

/* PORT_AF_… of AF_INET and AF_INET6, one after the other, or both for AF_UNSPEC. */
constexpr int port_families[] = {PORT_AF_INET, PORT_AF_INET6};

[[nodiscard]] inline bool known_family(ADDRESS_FAMILY family)
{
	return family == AF_INET || family == AF_INET6 || family == AF_UNSPEC;
}

[[nodiscard]] inline bool wants(ADDRESS_FAMILY family, int port_family)
{
	return family == AF_UNSPEC || (family == AF_INET) == (port_family == PORT_AF_INET);
}

/* Appends fill(family, to, room) for each family that is wanted. */
template <class Row, class Fill>
[[nodiscard]] NTSTATUS add_families(Rows<Row> &rows, ADDRESS_FAMILY family, Fill fill)
{
	NTSTATUS status = STATUS_SUCCESS;

	for (int one : port_families)
		if (wants(family, one) && NT_SUCCESS(status))
			status = rows.add(
				[&](Row *to, uint32_t room) { return fill(one, to, room); });
	return status;
}

/*
 * A table of pool, charged to the caller until FreeMibTable(); no table and STATUS_NOT_FOUND where
 * there are no rows.
 */
template <class Table, class Row, class Convert>
[[nodiscard]] NTSTATUS make_table(Table **table, const Rows<Row> &rows, const void *caller,
				  Convert convert)
{
	*table = nullptr;
	if (!rows.count())
		return STATUS_NOT_FOUND;

	const SIZE_T bytes = FIELD_OFFSET(Table, Table) + rows.count() * sizeof((*table)->Table[0]);
	auto *made = static_cast<Table *>(pool_allocate(
		bytes < sizeof(Table) ? sizeof(Table) : bytes, iphlp_tag, POOL_ZEROED, caller));

	if (!made)
		return STATUS_INSUFFICIENT_RESOURCES;
	for (const Row &row : rows)
		convert(row, &made->Table[made->NumEntries++]);
	*table = made;
	return STATUS_SUCCESS;
}

/* The unicast addresses of a namespace (iphlp_address.cc), and whether none is being checked. */
[[nodiscard]] NTSTATUS make_unicast_table(port_net *net, ADDRESS_FAMILY family,
					  PMIB_UNICASTIPADDRESS_TABLE *table, const void *caller,
					  bool *stable);

/* When a driver unloads: rule lines about what it has not cancelled; nothing is called any more. */
void notifications_end(DriverAccount *account);

} // namespace wsk

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* A namespace with a device in it, and addresses, for the suites of the IP Helper. */
#ifndef KUNIT_IPHLP_FIXTURE_H
#define KUNIT_IPHLP_FIXTURE_H

#include <ntddk.h>
#include <netioapi.h>

#include "net_device.h"
#include "wsk_space.h"

namespace wsk::test
{

constexpr ULONG any_metric = ~0u;

/* Frees itself. */
template <class Table>
class MibTable
{
public:
	MibTable() = default;
	~MibTable() { FreeMibTable(table_); }
	MibTable(const MibTable &) = delete;
	MibTable &operator=(const MibTable &) = delete;

	Table **receive() { return &table_; }
	Table *get() const { return table_; }
	ULONG count() const { return table_ ? table_->NumEntries : 0; }
	auto *begin() const { return table_->Table; }
	auto *end() const { return table_->Table + count(); }

	/* The row that is meant, or null. */
	template <class Wanted>
	auto *find(Wanted wanted) const
	{
		for (ULONG i = 0; i < count(); i++)
			if (wanted(table_->Table[i]))
				return &table_->Table[i];
		return static_cast<decltype(&table_->Table[0])>(nullptr);
	}

private:
	Table *table_ = nullptr;
};

/* A device of the current namespace, which is up. */
class Device
{
public:
	explicit Device(const char *name = "wsk0") : device_(net_device_make(name))
	{
		if (device_ && net_device_set_up(device_, true))
			remove();
	}
	~Device() { remove(); }
	Device(const Device &) = delete;
	Device &operator=(const Device &) = delete;

	explicit operator bool() const { return device_; }
	net_device *get() const { return device_; }
	ULONG index() const { return net_device_index(device_); }
	bool set_up(bool up) { return !net_device_set_up(device_, up); }

	NET_LUID luid() const
	{
		NET_LUID luid = {};

		(void)!NT_SUCCESS(ConvertInterfaceIndexToLuid(index(), &luid));
		return luid;
	}

	void remove()
	{
		if (device_)
			net_device_remove(device_);
		device_ = nullptr;
	}

private:
	net_device *device_;
};

inline SOCKADDR_INET ipv4(UCHAR a, UCHAR b, UCHAR c, UCHAR d)
{
	SOCKADDR_INET address = {};

	address.Ipv4.sin_family = AF_INET;
	address.Ipv4.sin_addr.S_un.S_un_b = {a, b, c, d};
	return address;
}

/* fd57:534b:0:NET::HOST */
inline SOCKADDR_INET ipv6(UCHAR net, UCHAR host)
{
	SOCKADDR_INET address = {};

	address.Ipv6.sin6_family = AF_INET6;
	address.Ipv6.sin6_addr = {
		{{0xfd, 0x57, 0x53, 0x4b, 0, 0, 0, net, 0, 0, 0, 0, 0, 0, 0, host}}};
	return address;
}

/* An address of one of the test's networks, which are /24 and /64. */
inline SOCKADDR_INET in_network(ADDRESS_FAMILY family, UCHAR net, UCHAR host)
{
	return family == AF_INET ? ipv4(198, 51, net, host) : ipv6(net, host);
}

inline UINT8 network_length(ADDRESS_FAMILY family)
{
	return family == AF_INET ? 24 : 64;
}

inline bool same(const SOCKADDR_INET &a, const SOCKADDR_INET &b)
{
	if (a.si_family != b.si_family)
		return false;
	return a.si_family == AF_INET ? IN4_ADDR_EQUAL(&a.Ipv4.sin_addr, &b.Ipv4.sin_addr)
				      : IN6_ADDR_EQUAL(&a.Ipv6.sin6_addr, &b.Ipv6.sin6_addr);
}

inline bool is_zero(const SOCKADDR_INET &address)
{
	return INETADDR_ISANY(reinterpret_cast<const SOCKADDR *>(&address));
}

inline MIB_UNICASTIPADDRESS_ROW address_row(ULONG index, const SOCKADDR_INET &address)
{
	MIB_UNICASTIPADDRESS_ROW row;

	InitializeUnicastIpAddressEntry(&row);
	row.InterfaceIndex = index;
	row.Address = address;
	row.OnLinkPrefixLength = network_length(address.si_family);
	row.DadState = IpDadStatePreferred;
	return row;
}

/* Gives the device the address .1 of a network. */
inline NTSTATUS add_address(const Device &device, ADDRESS_FAMILY family, UCHAR net = 100,
			    UCHAR host = 1)
{
	const MIB_UNICASTIPADDRESS_ROW row =
		address_row(device.index(), in_network(family, net, host));

	return CreateUnicastIpAddressEntry(&row);
}

/* A route to a network by way of a next hop, or on the link. */
inline MIB_IPFORWARD_ROW2 route_row(const Device &device, const SOCKADDR_INET &network,
				    const SOCKADDR_INET *next_hop)
{
	MIB_IPFORWARD_ROW2 row;

	InitializeIpForwardEntry(&row);
	row.InterfaceIndex = device.index();
	row.DestinationPrefix.Prefix = network;
	row.DestinationPrefix.PrefixLength = network_length(network.si_family);
	if (next_hop)
		row.NextHop = *next_hop;
	return row;
}

} // namespace wsk::test

#endif

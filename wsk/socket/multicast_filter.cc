// SPDX-License-Identifier: MIT OR GPL-2.0
/* Control codes about multicast: filters, and groups by an interface's index. */
#include "socket/multicast.h"

#include "nt/pool.h"
#include "socket/address.h"
#include "socket/socket.h"

namespace wsk
{

port_address multicast_address(IN_ADDR address)
{
	SOCKADDR_IN from = {};
	port_address to = {};

	from.sin_family = AF_INET;
	from.sin_addr = address;
	(void)!address_from_sockaddr(reinterpret_cast<SOCKADDR *>(&from), AF_INET, &to);
	return to;
}

/* An interface is named by one of its addresses, or as 0.x.y.z by its index. */
int multicast_interface(Socket &socket, IN_ADDR name, uint32_t *interface)
{
	*interface = RtlUlongByteSwap(name.s_addr);
	if (!(*interface >> 24))
		return 0;
	return port_socket_interface_of(socket.transport(), name.s_addr, interface);
}

namespace
{

constexpr ULONG pool_tag = 'mcsW';

/* The sources of a filter, read one by one into addresses. */
class Sources
{
public:
	explicit Sources(ULONG count)
		: list_(static_cast<port_address *>(ExAllocatePool2(
			  POOL_FLAG_NON_PAGED, (count + 1) * sizeof(port_address), pool_tag)))
	{
	}
	~Sources()
	{
		if (list_)
			ExFreePoolWithTag(list_, pool_tag);
	}
	Sources(const Sources &) = delete;
	Sources &operator=(const Sources &) = delete;

	explicit operator bool() const { return list_; }
	port_address &operator[](ULONG index) { return list_[index]; }
	const port_address *all() const { return list_; }

private:
	port_address *list_;
};

constexpr Refusal short_list = {STATUS_INVALID_PARAMETER,
				"the input is too short for the sources that it announces"};

/* A mode as it came: it may be none. */
ULONG mode_of(const ControlCall &call, SIZE_T offset)
{
	ULONG mode;

	static_assert(sizeof(mode) == sizeof(MULTICAST_MODE_TYPE));
	RtlCopyMemory(&mode, static_cast<const UCHAR *>(call.input) + offset, sizeof(mode));
	return mode;
}

/* How many whole elements of a size follow a header. */
ULONG room_for(const ControlCall &call, SIZE_T header, SIZE_T element)
{
	return static_cast<ULONG>((call.input_size - header) / element);
}

/* What a group's filter is at one moment. */
class Filter
{
public:
	Filter(Socket &socket, ULONG interface, const port_address &group) : sources_(most)
	{
		if (sources_)
			error_ = port_socket_get_sources(socket.transport(), interface, &group,
							 &exclude_, &sources_[0], most, &count_);
	}

	[[nodiscard]] Refusal refusal() const { return sources_ ? outcome(error_) : no_memory; }
	ULONG mode() const { return exclude_ ? MCAST_EXCLUDE : MCAST_INCLUDE; }
	ULONG count() const { return count_ < most ? count_ : most; }
	const port_address &operator[](ULONG index) { return sources_[index]; }

private:
	static constexpr ULONG most = 1024; /* that the transport takes */

	Sources sources_;
	int error_ = 0;
	bool exclude_ = false;
	ULONG count_ = 0;
};

} // namespace

Refusal set_multicast_filter(Socket &socket, ControlCall &call)
{
	constexpr SIZE_T header = FIELD_OFFSET(IP_MSFILTER, imsf_slist);
	IP_MSFILTER filter = {};

	RtlCopyMemory(&filter, call.input, header);
	if (filter.imsf_numsrc > room_for(call, header, sizeof(IN_ADDR)))
		return short_list;
	ULONG mode = mode_of(call, FIELD_OFFSET(IP_MSFILTER, imsf_fmode));
	if (mode > MCAST_EXCLUDE)
		return {STATUS_INVALID_PARAMETER, "an unknown filter mode"};
	Sources sources(filter.imsf_numsrc);
	if (!sources)
		return no_memory;
	for (ULONG i = 0; i < filter.imsf_numsrc; i++) {
		IN_ADDR source;

		RtlCopyMemory(&source,
			      static_cast<const UCHAR *>(call.input) + header + i * sizeof(source),
			      sizeof(source));
		sources[i] = multicast_address(source);
	}

	port_address group = multicast_address(filter.imsf_multiaddr);
	uint32_t interface = 0;
	int error = multicast_interface(socket, filter.imsf_interface, &interface);
	if (!error)
		error = port_socket_set_sources(socket.transport(), interface, &group,
						mode == MCAST_EXCLUDE, sources.all(),
						filter.imsf_numsrc);
	return outcome(error);
}

Refusal set_group_filter(Socket &socket, ControlCall &call)
{
	constexpr SIZE_T header = FIELD_OFFSET(GROUP_FILTER, gf_slist);
	GROUP_FILTER filter = {};
	port_address group = {};

	RtlCopyMemory(&filter, call.input, header);
	if (filter.gf_numsrc > room_for(call, header, sizeof(SOCKADDR_STORAGE)))
		return short_list;
	ULONG mode = mode_of(call, FIELD_OFFSET(GROUP_FILTER, gf_fmode));
	if (mode > MCAST_EXCLUDE)
		return {STATUS_INVALID_PARAMETER, "an unknown filter mode"};
	ADDRESS_FAMILY family = filter.gf_group.ss_family;
	if (family != socket.family() ||
	    !address_from_sockaddr(reinterpret_cast<SOCKADDR *>(&filter.gf_group), family, &group))
		return multicast_wrong_family;
	Sources sources(filter.gf_numsrc);
	if (!sources)
		return no_memory;
	for (ULONG i = 0; i < filter.gf_numsrc; i++) {
		SOCKADDR_STORAGE source;

		RtlCopyMemory(&source,
			      static_cast<const UCHAR *>(call.input) + header + i * sizeof(source),
			      sizeof(source));
		if (!address_from_sockaddr(reinterpret_cast<SOCKADDR *>(&source), family,
					   &sources[i]))
			return multicast_wrong_family;
	}
	return outcome(port_socket_set_sources(socket.transport(), filter.gf_interface, &group,
					       mode == MCAST_EXCLUDE, sources.all(),
					       filter.gf_numsrc));
}

/* Input and output may be one buffer: what is written is not read again. */
Refusal get_multicast_filter(Socket &socket, ControlCall &call)
{
	constexpr SIZE_T header = FIELD_OFFSET(IP_MSFILTER, imsf_slist);
	auto *out = static_cast<UCHAR *>(call.output);
	IP_MSFILTER reply = {};
	uint32_t interface = 0;

	RtlCopyMemory(&reply, call.input, FIELD_OFFSET(IP_MSFILTER, imsf_fmode));
	int error = multicast_interface(socket, reply.imsf_interface, &interface);
	if (error)
		return outcome(error);
	Filter filter(socket, interface, multicast_address(reply.imsf_multiaddr));
	Refusal refusal = filter.refusal();
	if (refusal)
		return refusal;
	call.written = header + filter.count() * sizeof(IN_ADDR);
	if (call.output_size < call.written)
		return too_small;
	reply.imsf_fmode = static_cast<MULTICAST_MODE_TYPE>(filter.mode());
	reply.imsf_numsrc = filter.count();
	RtlCopyMemory(out, &reply, header);
	for (ULONG i = 0; i < filter.count(); i++) {
		SOCKADDR_IN source = {};

		address_to_sockaddr(filter[i], reinterpret_cast<SOCKADDR *>(&source));
		RtlCopyMemory(out + header + i * sizeof(IN_ADDR), &source.sin_addr,
			      sizeof(IN_ADDR));
	}
	return accepted;
}

Refusal get_group_filter(Socket &socket, ControlCall &call)
{
	constexpr SIZE_T header = FIELD_OFFSET(GROUP_FILTER, gf_slist);
	auto *out = static_cast<UCHAR *>(call.output);
	GROUP_FILTER reply = {};
	port_address group = {};

	RtlCopyMemory(&reply, call.input, FIELD_OFFSET(GROUP_FILTER, gf_fmode));
	if (!address_from_sockaddr(reinterpret_cast<SOCKADDR *>(&reply.gf_group), socket.family(),
				   &group))
		return multicast_wrong_family;
	Filter filter(socket, reply.gf_interface, group);
	Refusal refusal = filter.refusal();
	if (refusal)
		return refusal;
	call.written = header + filter.count() * sizeof(SOCKADDR_STORAGE);
	if (call.output_size < call.written)
		return too_small;
	reply.gf_fmode = static_cast<MULTICAST_MODE_TYPE>(filter.mode());
	reply.gf_numsrc = filter.count();
	RtlCopyMemory(out, &reply, header);
	for (ULONG i = 0; i < filter.count(); i++) {
		SOCKADDR_STORAGE source = {};

		address_to_sockaddr(filter[i], reinterpret_cast<SOCKADDR *>(&source));
		RtlCopyMemory(out + header + i * sizeof(source), &source, sizeof(source));
	}
	return accepted;
}

/* The index as 0.x.y.z, or as the number that it is. */
Refusal change_indexed_membership(Socket &socket, ControlCall &call)
{
	IP_MREQ request = call.read<IP_MREQ>();
	port_address group = multicast_address(request.imr_multiaddr);
	ULONG interface = RtlUlongByteSwap(request.imr_interface.s_addr);

	if (interface >> 24)
		interface = request.imr_interface.s_addr;
	return outcome(port_socket_membership(socket.transport(),
					      static_cast<port_membership>(call.row->detail),
					      interface, &group, nullptr));
}

} // namespace wsk

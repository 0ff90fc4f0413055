// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Levels and types are Windows' option numbers; payloads have Windows' layouts. What concerns IPv4
 * traffic has IPPROTO_IP's forms, also on an IPv6 socket.
 */
#include "socket/control_info.h"

#include <ws2ipdef.h>

#include "nt/time.h"

namespace wsk
{

namespace
{

constexpr UCHAR most_ecn = 3;
constexpr ULONG most_segment = 0xffff;

/* Appends messages; without room it only counts. */
class Writer
{
public:
	Writer(PVOID room, SIZE_T size) : room_(static_cast<PUCHAR>(room)), size_(size) {}

	template <class T>
	void put(INT level, INT type, const T &data)
	{
		put_bytes(level, type, &data, sizeof(data));
	}

	void put_bytes(INT level, INT type, const VOID *data, SIZE_T size)
	{
		SIZE_T whole = WSA_CMSG_SPACE(size);

		needed_ += whole;
		if (used_ + WSA_CMSG_LEN(size) > size_ || truncated_) {
			truncated_ = true;
			return;
		}
		const CMSGHDR header = {WSA_CMSG_LEN(size), level, type};
		RtlCopyMemory(room_ + used_, &header, sizeof(header));
		RtlCopyMemory(WSA_CMSG_DATA(room_ + used_), data, size);
		used_ += whole < size_ - used_ ? whole : size_ - used_;
	}

	SIZE_T used() const { return used_; }
	SIZE_T needed() const { return needed_; }
	bool truncated() const { return truncated_; }

private:
	PUCHAR room_;
	SIZE_T size_;
	SIZE_T used_ = 0;
	SIZE_T needed_ = 0;
	bool truncated_ = false;
};

IN_ADDR ipv4_of(const port_ip &ip)
{
	IN_ADDR address;

	RtlCopyMemory(&address, ip.bytes + 12, sizeof(address));
	return address;
}

IN6_ADDR ipv6_of(const port_ip &ip)
{
	IN6_ADDR address;

	RtlCopyMemory(&address, &ip, sizeof(address));
	return address;
}

/* IPv6 says which zone an address is of where that is a matter of the interface. */
SCOPE_ID scope_of(const port_datagram &datagram)
{
	const UCHAR *bytes = datagram.destination.bytes;
	bool link_local = (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) ||
			  (bytes[0] == 0xff && (bytes[1] & 0x0f) <= 2);
	SCOPE_ID scope = {};

	if (!datagram.ipv4 && link_local)
		scope.Value = datagram.interface;
	return scope;
}

void put_ipv4(Writer &to, const port_datagram &datagram, ULONG told)
{
	const IN_PKTINFO info = {ipv4_of(datagram.destination), datagram.interface};

	if (told & tell_packet_info)
		to.put(IPPROTO_IP, IP_PKTINFO, info);
	if (told & tell_packet_info_ex)
		to.put(IPPROTO_IP, IP_PKTINFO_EX, IN_PKTINFO_EX{info, scope_of(datagram)});
	if (told & tell_destination)
		to.put(IPPROTO_IP, IP_RECVDSTADDR, info.ipi_addr);
	if (told & tell_interface)
		to.put(IPPROTO_IP, IP_RECVIF, info.ipi_ifindex);
	if (told & tell_hop_limit)
		to.put(IPPROTO_IP, IP_TTL, INT{datagram.hop_limit});
	if (told & tell_traffic_class)
		to.put(IPPROTO_IP, IP_TOS, INT{datagram.traffic_class});
	if (told & tell_ecn)
		to.put(IPPROTO_IP, IP_ECN, INT{datagram.traffic_class & most_ecn});
}

void put_ipv6(Writer &to, const port_datagram &datagram, ULONG told)
{
	const IN6_PKTINFO info = {ipv6_of(datagram.destination), datagram.interface};

	if (told & tell_packet_info)
		to.put(IPPROTO_IPV6, IPV6_PKTINFO, info);
	if (told & tell_packet_info_ex)
		to.put(IPPROTO_IPV6, IPV6_PKTINFO_EX, IN6_PKTINFO_EX{info, scope_of(datagram)});
	if (told & tell_destination)
		to.put(IPPROTO_IPV6, IPV6_RECVDSTADDR, info.ipi6_addr);
	if (told & tell_interface)
		to.put(IPPROTO_IPV6, IPV6_RECVIF, info.ipi6_ifindex);
	if (told & tell_hop_limit)
		to.put(IPPROTO_IPV6, IPV6_HOPLIMIT, INT{datagram.hop_limit});
	if (told & tell_traffic_class)
		to.put(IPPROTO_IPV6, IPV6_TCLASS, INT{datagram.traffic_class});
	if (told & tell_ecn)
		to.put(IPPROTO_IPV6, IPV6_ECN, INT{datagram.traffic_class & most_ecn});
	if ((told & tell_routing) && datagram.routing)
		to.put_bytes(IPPROTO_IPV6, IPV6_RTHDR, datagram.routing, datagram.routing_length);
}

void put_returned(Writer &to, const port_datagram &datagram)
{
	const IN_RECVERR error = {datagram.ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, datagram.icmp_info,
				  datagram.icmp_type, datagram.icmp_code};

	to.put(datagram.ipv4 ? IPPROTO_IP : IPPROTO_IPV6, datagram.ipv4 ? IP_RECVERR : IPV6_RECVERR,
	       error);
}

void put_all(Writer &to, const port_datagram &datagram, const ToldSets &told)
{
	if (datagram.returned) {
		put_returned(to, datagram);
		return;
	}
	if (datagram.ipv4)
		put_ipv4(to, datagram, told.ipv4);
	else
		put_ipv6(to, datagram, told.ipv6);
	if (told.ipv4 & tell_time)
		to.put(SOL_SOCKET, SO_TIMESTAMP, ULONG64{datagram.time / ns_per_unit});
	if (datagram.segment_size)
		to.put(IPPROTO_UDP, UDP_COALESCED_INFO, ULONG{datagram.segment_size});
}

/* A message that was found whole, and its data. */
struct Message {
	INT level;
	INT type;
	SIZE_T size;
	const UCHAR *data;

	template <class T>
	bool read(T *to) const
	{
		if (size < sizeof(*to))
			return false;
		RtlCopyMemory(to, data, sizeof(*to));
		return true;
	}
};

void set_source(SendControl &control, const port_ip &source, ULONG interface)
{
	control.transport.fields |= PORT_SEND_SOURCE;
	control.transport.source = source;
	control.transport.interface = interface;
}

bool read_ipv4_source(const Message &message, SendControl &control)
{
	port_ip source = {.bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}};
	IN_PKTINFO info;

	if (!message.read(&info))
		return false;
	RtlCopyMemory(source.bytes + 12, &info.ipi_addr, sizeof(info.ipi_addr));
	set_source(control, source, info.ipi_ifindex);
	return true;
}

bool read_ipv6_source(const Message &message, SendControl &control)
{
	port_ip source;
	IN6_PKTINFO info;

	if (!message.read(&info))
		return false;
	RtlCopyMemory(&source, &info.ipi6_addr, sizeof(source));
	set_source(control, source, info.ipi6_ifindex);
	return true;
}

/* A number of one byte, in Windows' INT; -1 leaves it to the socket where that is allowed. */
bool read_byte(const Message &message, SendControl &control, ULONG field, UCHAR *to, INT least,
	       INT most, bool may_be_default)
{
	INT value;

	if (!message.read(&value))
		return false;
	if (value == -1 && may_be_default)
		return true;
	if (value < least || value > most)
		return false;
	*to = static_cast<UCHAR>(value);
	control.transport.fields |= field;
	return true;
}

bool read_segment_size(const Message &message, USHORT socket_type, SendControl &control)
{
	return socket_type == SOCK_DGRAM && message.read(&control.segment_size) &&
	       control.segment_size <= most_segment;
}

bool read_message(const Message &message, USHORT socket_type, SendControl &control)
{
	port_send_control &transport = control.transport;

	if (message.level == SOL_SOCKET && message.type == SO_TIMESTAMP_ID) {
		transport.fields |= PORT_SEND_STAMP;
		return message.read(&transport.stamp);
	}
	/* A level and a type fit a byte each; what does not is none of these. */
	if (message.level < 0 || message.level > MAXUCHAR || message.type < 0 ||
	    message.type > MAXUCHAR)
		return false;
	switch (message.level << 8 | message.type) {
	case IPPROTO_IP << 8 | IP_PKTINFO:
		return read_ipv4_source(message, control);
	case IPPROTO_IPV6 << 8 | IPV6_PKTINFO:
		return read_ipv6_source(message, control);
	case IPPROTO_IP << 8 | IP_TTL:
	case IPPROTO_IP << 8 | IP_HOPLIMIT:
		return read_byte(message, control, PORT_SEND_HOP_LIMIT, &transport.hop_limit, 1,
				 MAXUCHAR, false);
	case IPPROTO_IPV6 << 8 | IPV6_HOPLIMIT:
		return read_byte(message, control, PORT_SEND_HOP_LIMIT, &transport.hop_limit, 0,
				 MAXUCHAR, true);
	case IPPROTO_IP << 8 | IP_TOS:
	case IPPROTO_IPV6 << 8 | IPV6_TCLASS:
		return read_byte(message, control, PORT_SEND_TRAFFIC_CLASS,
				 &transport.traffic_class, 0, MAXUCHAR,
				 message.level == IPPROTO_IPV6);
	case IPPROTO_IP << 8 | IP_ECN:
	case IPPROTO_IPV6 << 8 | IPV6_ECN:
		return read_byte(message, control, PORT_SEND_ECN, &transport.ecn, 0, most_ecn,
				 false);
	case IPPROTO_UDP << 8 | UDP_SEND_MSG_SIZE:
		return read_segment_size(message, socket_type, control);
	/* Drivers put empty ones in front, to send without what the socket is set to. */
	case IPPROTO_IP << 8 | IP_OPTIONS:
	case IPPROTO_IPV6 << 8 | IPV6_RTHDR:
		return !message.size;
	default:
		return false;
	}
}

} // namespace

SIZE_T control_info_size(const port_datagram &datagram, const ToldSets &told)
{
	Writer writer(nullptr, 0);

	put_all(writer, datagram, told);
	return writer.needed();
}

SIZE_T control_info_write(const port_datagram &datagram, const ToldSets &told, PVOID room,
			  SIZE_T size, bool *truncated)
{
	Writer writer(room, size);

	put_all(writer, datagram, told);
	*truncated = writer.truncated();
	return writer.used();
}

Refusal control_info_read(const CMSGHDR *chain, ULONG length, USHORT socket_type,
			  SendControl *control)
{
	const UCHAR *next = reinterpret_cast<const UCHAR *>(chain);
	SIZE_T left = length;

	*control = {{}, segments_by_option};
	if (length && !chain)
		return {STATUS_INVALID_PARAMETER, "the control information is NULL"};
	if (length && length < sizeof(CMSGHDR))
		return {STATUS_INVALID_PARAMETER, "the control information is too short"};
	while (left >= sizeof(CMSGHDR)) {
		CMSGHDR header;

		RtlCopyMemory(&header, next, sizeof(header));
		if (header.cmsg_len < WSA_CMSG_LEN(0) || header.cmsg_len > left)
			return {STATUS_INVALID_PARAMETER, "a control message's cmsg_len is wrong"};
		const Message message = {header.cmsg_level, header.cmsg_type,
					 header.cmsg_len - WSA_CMSG_LEN(0), next + WSA_CMSG_LEN(0)};
		if (!read_message(message, socket_type, *control))
			return {STATUS_INVALID_PARAMETER, "a control message of a level, type, "
							  "size or value that cannot be sent"};
		SIZE_T step = WSA_CMSGHDR_ALIGN(header.cmsg_len);
		if (step >= left)
			break;
		next += step;
		left -= step;
	}
	return accepted;
}

} // namespace wsk

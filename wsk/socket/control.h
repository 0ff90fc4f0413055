/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * What WskControlSocket knows: a row for each option and each control code.
 *
 * To add one, write its handlers and a row in the table of its subject (option_socket.cc,
 * option_ip.cc, option_multicast.cc, option_tcp.cc, option_datagram.cc; ioctl.cc for control
 * codes). control.cc checks what the row says, and only then calls the handler:
 *
 *  - without the socket's lock held, one call at a time and never in softirq, if it is the
 *    transport's business: in the pump where there is an IRP, else in the caller's context;
 *  - in the caller's context, at any IRQL, if the row says rule_immediate.
 *
 * Values are Windows', of any size. The input stays with the caller until the call has returned or
 * its IRP is completed, as documented; up to eight bytes of it are copied, for callers that keep
 * them on the stack and do not wait.
 */
#ifndef WSK_SOCKET_CONTROL_H
#define WSK_SOCKET_CONTROL_H

#include <wdm.h>
#include <wsk.h>

#include "port/option.h"
#include "socket/kind.h"
#include "socket/request.h"

namespace wsk
{

class Socket;

/* Which sockets have it: some of the categories, types and families. */
enum Scope : USHORT {
	scope_basic = 1 << static_cast<int>(Category::basic),
	scope_listen = 1 << static_cast<int>(Category::listen),
	scope_datagram = 1 << static_cast<int>(Category::datagram),
	scope_connection = 1 << static_cast<int>(Category::connection),
	scope_stream = 1 << static_cast<int>(Category::stream),
	scope_categories = (1 << 5) - 1,
	scope_connections = scope_connection | scope_stream,
	scope_tcp_roles = scope_listen | scope_connections, /* all of TCP's but basic */
	scope_binding = scope_tcp_roles | scope_datagram,   /* all but basic */
	scope_tcp = 1 << 5,
	scope_udp = 1 << 6,
	scope_raw = 1 << 7,
	scope_types = scope_tcp | scope_udp | scope_raw,
	scope_datagrams = scope_udp | scope_raw,
	scope_ipv4 = 1 << 8,
	scope_ipv6 = 1 << 9,
	scope_families = scope_ipv4 | scope_ipv6,
	scope_all = scope_categories | scope_types | scope_families,
};

/* A part of which a scope names nothing is not restricted: scope_tcp is every category's TCP. */
constexpr USHORT whole_scope(int scope)
{
	if (!(scope & scope_categories))
		scope |= scope_categories;
	if (!(scope & scope_types))
		scope |= scope_types;
	if (!(scope & scope_families))
		scope |= scope_families;
	return static_cast<USHORT>(scope);
}

enum ControlRule : USHORT {
	rule_switch = 1,      /* 0 or 1, given in one byte or four; handlers see a ULONG */
	rule_before_bind = 2, /* to be set before WskBind; can be read any time */
	rule_bound = 4,	      /* the socket has been bound */
	rule_connected = 8,   /* it is connected */
	rule_immediate = 16,  /* the handler does not sleep, and uses nothing that does */
	rule_passive = 32,    /* PASSIVE_LEVEL only, done before the call returns */
	rule_pends = 64,      /* needs an IRP; the handler keeps it and returns STATUS_PENDING */
};

struct Control;

/* One call, as a handler sees it. */
struct ControlCall {
	const Control *row;
	const VOID *input; /* at least as many bytes as the row wants; likewise the output */
	PVOID output;
	ULONG input_size;
	ULONG output_size;
	ULONG_PTR written; /* the handler's: bytes of output, or how many it would have been */
	PIRP irp;	   /* where the handler is called before the call returns */

	/* The input, which need not be aligned. */
	template <class T>
	T read() const
	{
		T value;

		RtlCopyMemory(&value, input, sizeof(value));
		return value;
	}

	template <class T>
	void write(const T &value)
	{
		RtlCopyMemory(output, &value, sizeof(value));
		written = sizeof(value);
	}
};

/*
 * Returns a status, and the rule that the driver broke if it broke one. Failures of the network
 * are nobody's fault: outcome() makes them of what the seam returns.
 */
using ControlHandler = Refusal (*)(Socket &socket, ControlCall &call);

Refusal outcome(long long error);

struct Control {
	ULONG level; /* of an option; no_level for control codes */
	ULONG code;  /* the option, or the control code */
	USHORT scope;
	USHORT rules;
	USHORT input; /* bytes at least */
	USHORT output;
	ULONG detail; /* whatever the handlers make of it */
	ControlHandler set;
	ControlHandler get; /* null: it cannot be read; likewise set */
	ControlHandler run; /* of a control code */
};

constexpr ULONG no_level = ~0u;

/* `size`: bytes of the value. Names that are negative in Microsoft's headers come as ULONGs. */
constexpr Control option(ULONG level, long long name, int scope, int rules, size_t size,
			 ControlHandler set, ControlHandler get, ULONG detail = 0)
{
	return {.level = level,
		.code = static_cast<ULONG>(name),
		.scope = whole_scope(scope),
		.rules = static_cast<USHORT>(rules),
		.input = static_cast<USHORT>(size),
		.output = static_cast<USHORT>(size),
		.detail = detail,
		.set = set,
		.get = get,
		.run = nullptr};
}

constexpr Control control_code(ULONG code, int scope, int rules, size_t input, size_t output,
			       ControlHandler run, ULONG detail = 0)
{
	return {.level = no_level,
		.code = code,
		.scope = whole_scope(scope),
		.rules = static_cast<USHORT>(rules),
		.input = static_cast<USHORT>(input),
		.output = static_cast<USHORT>(output),
		.detail = detail,
		.set = nullptr,
		.get = nullptr,
		.run = run};
}

struct ControlTable {
	const Control *rows;
	size_t count;
};

extern const ControlTable socket_options; /* SOL_SOCKET */
extern const ControlTable ip_options;	  /* IPPROTO_IP and IPPROTO_IPV6 */
extern const ControlTable multicast_options;
extern const ControlTable datagram_options; /* IPPROTO_UDP, and what is told of datagrams */
extern const ControlTable tcp_options;
extern const ControlTable control_codes;

/* What may be used of a buffer: nothing of one that is NULL. */
constexpr ULONG buffer_size(const VOID *buffer, SIZE_T size)
{
	return !buffer ? 0 : size > MAXULONG ? MAXULONG : static_cast<ULONG>(size);
}

/* Handlers of several tables (control.cc): the transport's option `detail`, a number. */
Refusal set_transport(Socket &socket, ControlCall &call);
Refusal get_transport(Socket &socket, ControlCall &call);

/* Likewise: the switch `detail`, which is kept; what it does, if anything, is not the transport's.
 */
enum KeptSwitch : ULONG {
	kept_debug,
	kept_dont_route,
	kept_use_loopback,
	kept_randomize_port,
	kept_port_scalability,
	kept_reuse_unicast_port,
	kept_expedited_1122,
	kept_stdurg,
	kept_bsdurgent,
	kept_timestamps,
	kept_delay_fin_ack,
	kept_fail_connect_on_icmp,
	kept_udp_connreset,
	kept_udp_netreset,
	kept_no_multicast_loop_ipv4,
	kept_no_multicast_loop_ipv6,
	kept_count
};

Refusal set_kept(Socket &socket, ControlCall &call);
Refusal get_kept(Socket &socket, ControlCall &call);

} // namespace wsk

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Every kind of socket that there is, for the suites of options and control codes. */
#ifndef KUNIT_WSK_CONTROL_KINDS_H
#define KUNIT_WSK_CONTROL_KINDS_H

#include <mstcpip.h>

#include "wsk_datagram_fixture.h"

namespace wsk::test
{

struct SocketKind {
	ULONG bit;
	ULONG category;
	USHORT type;
	ULONG protocol;
};

enum : ULONG {
	kind_listen = 1,
	kind_connection = 2,
	kind_stream = 4,
	kind_basic_tcp = 8,
	kind_udp = 16,
	kind_basic_udp = 32,
	kind_raw = 64,
	kind_basic_raw = 128,
	kinds_tcp = kind_listen | kind_connection | kind_stream | kind_basic_tcp,
	kinds_udp = kind_udp | kind_basic_udp,
	kinds_raw = kind_raw | kind_basic_raw,
	kinds_datagrams = kinds_udp | kinds_raw,
	kinds_basic = kind_basic_tcp | kind_basic_udp | kind_basic_raw,
	kinds_all = 255,
};

constexpr SocketKind socket_kinds[] = {
	{kind_listen, WSK_FLAG_LISTEN_SOCKET, SOCK_STREAM, IPPROTO_TCP},
	{kind_connection, WSK_FLAG_CONNECTION_SOCKET, SOCK_STREAM, IPPROTO_TCP},
	{kind_stream, WSK_FLAG_STREAM_SOCKET, SOCK_STREAM, IPPROTO_TCP},
	{kind_basic_tcp, WSK_FLAG_BASIC_SOCKET, SOCK_STREAM, IPPROTO_TCP},
	{kind_udp, WSK_FLAG_DATAGRAM_SOCKET, SOCK_DGRAM, IPPROTO_UDP},
	{kind_basic_udp, WSK_FLAG_BASIC_SOCKET, SOCK_DGRAM, IPPROTO_UDP},
	{kind_raw, WSK_FLAG_DATAGRAM_SOCKET, SOCK_RAW, 254},
	{kind_basic_raw, WSK_FLAG_BASIC_SOCKET, SOCK_RAW, 254},
};

/* A socket of any kind: what every socket can do. */
class AnySocket : public Socket
{
public:
	AnySocket(Client &client, const SocketKind &kind, ADDRESS_FAMILY family, Site here = HERE)
		: Socket(client)
	{
		const Outcome outcome = run(
			client.test(),
			[&](PIRP irp) {
				return client.provider()->WskSocket(client.handle(), family,
								    kind.type, kind.protocol,
								    kind.category, nullptr, nullptr,
								    nullptr, nullptr, nullptr, irp);
			},
			here);

		expect_done(client.test(), outcome, outcome.information, here);
		if (outcome.status == STATUS_SUCCESS)
			adopt(reinterpret_cast<PWSK_SOCKET>(outcome.information), kind.category);
	}
};

/* WskControlSocket without an IRP. */
inline NTSTATUS control_now(Socket &socket, const Control &control, SIZE_T *written = nullptr)
{
	return socket.basic()->WskControlSocket(
		socket.handle(), control.type, control.code, control.level, control.input_size,
		control.input, control.output_size, control.output, written, nullptr);
}

/* A control code's call. */
inline Control ioctl(ULONG code, PVOID input = nullptr, SIZE_T input_size = 0,
		     PVOID output = nullptr, SIZE_T output_size = 0)
{
	return {.type = WskIoctl,
		.code = code,
		.level = 0,
		.input = input,
		.input_size = input_size,
		.output = output,
		.output_size = output_size};
}

/* Whether no urgent data is ahead. */
inline void expect_at_mark(struct kunit *test, Socket &socket, ULONG wanted)
{
	ULONG mark = 2;

	expect_ok(test, socket.control(ioctl(at_mark, nullptr, 0, &mark, sizeof(mark))),
		  sizeof(mark));
	EXPECT_EQ(test, mark, wanted);
}

/* What a connection tells of itself. */
inline TCP_INFO_v0 query_tcp_info(struct kunit *test, Socket &socket, Site here = HERE)
{
	TCP_INFO_v0 info = {};
	ULONG version = 0;

	expect_ok(
		test,
		socket.control(ioctl(SIO_TCP_INFO, &version, sizeof(version), &info, sizeof(info))),
		sizeof(info), here);
	return info;
}

} // namespace wsk::test

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* kunit/packet_gate.h for a suite's scope. */
#ifndef KUNIT_WSK_PACKET_GATE_H
#define KUNIT_WSK_PACKET_GATE_H

#include "net_backlog.h"
#include "packet_gate.h"
#include "wsk_fixture.h"

namespace wsk::test
{

class PacketGate
{
public:
	PacketGate(const Address &to, UCHAR protocol, packet_fate fate)
		: gate_(packet_gate_open(to.family() == AF_INET6, protocol, to.port(), fate))
	{
	}
	~PacketGate()
	{
		if (gate_)
			packet_gate_close(gate_);
	}
	PacketGate(const PacketGate &) = delete;
	PacketGate &operator=(const PacketGate &) = delete;

	bool open() const { return gate_; }
	/* All that was sent on loopback before is in it. */
	ULONG count() const
	{
		net_backlog_drain();
		return packet_gate_count(gate_);
	}
	void lose() { packet_gate_lose(gate_); }

private:
	packet_gate *gate_;
};

} // namespace wsk::test

#endif

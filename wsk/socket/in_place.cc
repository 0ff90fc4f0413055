// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * What data goes through, compiled as one unit, so that what the network's softirq
 * runs for it (Socket::on_network, visit_packets) becomes few functions: entering and leaving one
 * of them costs as much as many of them do. What is rare in there stays apart, as noinline.
 */
#include "socket/datagram_event.cc"
#include "socket/datagram_transfer.cc"
#include "socket/event.cc"
#include "socket/indication.cc"
#include "socket/pump.cc"
#include "socket/stream.cc"
#include "socket/stream_event.cc"

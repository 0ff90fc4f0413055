/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What conditional accept does with packets (inspect_packet.c), for the file that holds them. */
#ifndef WSK_LINUX_INSPECT_H
#define WSK_LINUX_INSPECT_H

#include <linux/in6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/sock.h>

/* The two ends of a connection; IPv4 addresses are mapped ones. No padding: it is hashed. */
struct inspect_ends {
	struct in6_addr local, remote;
	__be16 local_port, remote_port;
	u32 scope; /* the interface, where the remote address means something on that one only */
};

/* A TCP segment that opens a connection, or resets one. */
struct inspect_segment {
	struct inspect_ends ends;
	int device, slave; /* as lookups of sockets want to know them */
	u32 sequence;
	unsigned int offset; /* of the TCP header */
	bool resets;
	bool whole; /* no fragment */
};

/* A segment taken out of its way up, and how it is to go on. */
struct inspect_packet {
	struct sk_buff *skb;
	int (*okfn)(struct net *net, struct sock *sk, struct sk_buff *skb);
	int device;
	unsigned int offset;
	u8 family; /* NFPROTO_… */
};

/* The hook that leads here; priority and all. */
extern const struct nf_hook_ops inspect_hooks[2];
unsigned int inspect_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);

/* False for whatever is neither a SYN nor a RST. */
bool inspect_parse(struct sk_buff *skb, u8 family, struct inspect_segment *segment);
bool inspect_checksum_valid(struct sk_buff *skb, u8 family, const struct inspect_segment *segment);

/* The listener that the segment would reach; no reference is taken. Under RCU. */
struct sock *inspect_listener(struct net *net, const struct inspect_segment *segment);

/* Whether TCP knows of a handshake or a connection between these ends. Under RCU. */
bool inspect_known(struct net *net, const struct inspect_ends *ends, int device, int slave);

/* The ends of a connection that was accepted, however it is now. */
void inspect_connection(const struct sock *sk, struct inspect_ends *ends);

/* Takes the packet: the hook answers NF_STOLEN. False when that cannot be. */
bool inspect_take(struct inspect_packet *packet, struct sk_buff *skb,
		  const struct nf_hook_state *state, const struct inspect_segment *segment);

/* Each ends the packet. Bottom halves may be on. */
void inspect_let_in(struct inspect_packet *packet, struct net *net);
void inspect_refuse(struct inspect_packet *packet, struct net *net, struct sock *listener);
void inspect_drop(struct inspect_packet *packet);

#endif

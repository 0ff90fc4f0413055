/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Network devices that come and go, for the suites of the IP Helper. */
#ifndef KUNIT_NET_DEVICE_H
#define KUNIT_NET_DEVICE_H

#include "port/types.h"

PORT_BEGIN

struct net_device;

/*
 * An Ethernet device of the current namespace, down at first. What it is to send it drops, but for
 * ARP requests for addresses that end in .9, which somebody answers. NULL on failure.
 */
struct net_device *net_device_make(const char *name);
void net_device_remove(struct net_device *device);

uint32_t net_device_index(const struct net_device *device);
PORT_MUST_CHECK int net_device_set_up(struct net_device *device, bool up);

/* The physical address of who answers. */
void net_device_peer_address(uint8_t address[6]);

/* Puts a device on top of another, or takes it off. */
PORT_MUST_CHECK int net_device_stack(struct net_device *upper, struct net_device *lower, bool on);

PORT_END

#endif

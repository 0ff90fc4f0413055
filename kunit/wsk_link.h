/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Two namespaces with a wire between them: for what loopback does not show. */
#ifndef KUNIT_WSK_LINK_H
#define KUNIT_WSK_LINK_H

#include "net_backlog.h"
#include "net_link.h"
#include "wsk_space.h"

namespace wsk::test
{

class Link
{
public:
	explicit Link(struct kunit *test) : near(test), far(test)
	{
		ready_ = net_link_make(near.get(), far.get());
		if (!ready_ && bridge_time_is_real()) {
			/* Skipping ends the case here. */
			near.drop();
			far.drop();
			bridge_skip(test, "this kernel has no veth");
		}
	}
	Link(const Link &) = delete;
	Link &operator=(const Link &) = delete;

	bool ready() const { return ready_; }
	ULONG near_index() const { return net_link_index(near.get()); }
	ULONG far_index() const { return net_link_index(far.get()); }

	/* The address of an end. */
	static Address near_end(ADDRESS_FAMILY family, USHORT port = 0)
	{
		return end(family, 1, port);
	}
	static Address far_end(ADDRESS_FAMILY family, USHORT port = 0)
	{
		return end(family, 2, port);
	}

	Space near, far;

private:
	static Address end(ADDRESS_FAMILY family, UCHAR which, USHORT port)
	{
		Address address = Address::any(family, port);

		if (family == AF_INET) {
			address.ipv4()->sin_addr.S_un.S_un_b = {10, 88, 0, which};
		} else {
			address.ipv6()->sin6_addr.u.Byte[0] = 0xfd;
			address.ipv6()->sin6_addr.u.Byte[1] = 0x88;
			address.ipv6()->sin6_addr.u.Byte[15] = which;
		}
		return address;
	}

	bool ready_ = false;
};

/* Looks at what comes in from a port, in a namespace or (null) the suite's own. */
class Watch
{
public:
	Watch(Space *space, USHORT port)
		: watch_(net_watch_begin(space ? space->get() : nullptr, port))
	{
	}
	~Watch() { net_watch_end(watch_); }
	Watch(const Watch &) = delete;
	Watch &operator=(const Watch &) = delete;

	bool ready() const { return watch_; }
	/* All that was sent before is in it. */
	net_watch_seen seen() const
	{
		net_watch_seen seen = {};

		net_backlog_drain();
		if (watch_)
			net_watch_look(watch_, &seen);
		return seen;
	}

private:
	net_watch *watch_;
};

} // namespace wsk::test

#endif

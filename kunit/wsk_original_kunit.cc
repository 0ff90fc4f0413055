// SPDX-License-Identifier: MIT OR GPL-2.0
/* SO_ORIGINAL_DST: where a connection was going that netfilter has redirected. */
#include "redirect.h"
#include "wsk_control_kinds.h"

namespace
{

using namespace wsk::test;

constexpr USHORT announced = 4242; /* where nobody listens */

class Redirection
{
public:
	Redirection(ADDRESS_FAMILY family, USHORT to)
		: redirect_(redirect_begin(family == AF_INET6, announced, to))
	{
	}
	~Redirection()
	{
		if (redirect_)
			redirect_end(redirect_);
	}
	Redirection(const Redirection &) = delete;
	Redirection &operator=(const Redirection &) = delete;

	explicit operator bool() const { return redirect_; }

private:
	redirect *redirect_;
};

Outcome original(Socket &socket, ULONG level, Address &address, SIZE_T size)
{
	return socket.control({.type = WskGetOption,
			       .code = SO_ORIGINAL_DST,
			       .level = level,
			       .output = static_cast<PSOCKADDR>(address),
			       .output_size = size});
}

void redirected(struct kunit *test, ADDRESS_FAMILY family)
{
	const SIZE_T size = family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
	const ULONG levels[] = {SOL_SOCKET,
				static_cast<ULONG>(family == AF_INET ? SOL_IP : SOL_IPV6)};

	/* Before there is anything that skipping would leave. */
	if (!Redirection(family, announced))
		bridge_skip(test, "this kernel has no NAT built in");

	Client client(test);
	Listener listener(client, family);
	Caller caller(client, family);
	Address wanted = Address::loopback(family, announced), seen;
	Socket peer(client);

	REQUIRE(test, listener.open() && caller.open());
	Redirection redirection(family, listener.address.port());

	REQUIRE(test, redirection);
	expect_done(test, caller.connect(wanted));
	peer.adopt(listener.accept());
	REQUIRE(test, peer.open());
	EXPECT_EQ(test, peer.local().port(), listener.address.port());
	for (ULONG level : levels) {
		seen = Address();
		expect_ok(test, original(peer, level, seen, size), size);
		EXPECT_TRUE(test, seen == wanted);
	}
	expect_refused(test, peer.set(SOL_SOCKET, SO_ORIGINAL_DST, 1), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, original(peer, SOL_SOCKET, seen, size - 1).status,
		      STATUS_BUFFER_TOO_SMALL);
}

void not_redirected(struct kunit *test, ADDRESS_FAMILY family)
{
	const SIZE_T size = family == AF_INET ? sizeof(SOCKADDR_IN) : sizeof(SOCKADDR_IN6);
	Client client(test);
	Pair pair(client, family);
	Caller caller(client, family);
	Datagram datagram(client, family);
	Address seen;

	REQUIRE(test, pair.connected() && caller.open() && datagram.open());
	expect_failed(test, original(pair.peer, SOL_SOCKET, seen, size), STATUS_NOT_FOUND);
	expect_refused(test, original(caller, SOL_SOCKET, seen, size), STATUS_INVALID_DEVICE_STATE);
	expect_refused(test, original(datagram, SOL_SOCKET, seen, size), STATUS_NOT_SUPPORTED);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("a redirected connection tells where it was going", redirected),
	IPV4_AND_IPV6("others have not been redirected", not_redirected),
};

} // namespace

BRIDGE_SUITE(wsk_original, cases, .network = true);

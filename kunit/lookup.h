/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* A call of WskGetAddressInfo and what it finds. */
#ifndef KUNIT_LOOKUP_H
#define KUNIT_LOOKUP_H

#include "wsk_fixture.h"

namespace wsk::test
{

/* Everything for one call. */
struct Query {
	const WCHAR *node = nullptr;
	const WCHAR *service = nullptr;
	ADDRINFOEXW hints = {};
	ULONG name_space = NS_ALL;
	GUID *provider = nullptr;
	PEPROCESS process = nullptr;
	PETHREAD thread = nullptr;
};

constexpr ADDRINFOEXW hints(INT flags, INT family = AF_UNSPEC, INT type = 0, INT protocol = 0)
{
	ADDRINFOEXW hints = {};

	hints.ai_flags = flags;
	hints.ai_family = family;
	hints.ai_socktype = type;
	hints.ai_protocol = protocol;
	return hints;
}

/* A lookup and its list, which is freed in the end. */
class Lookup
{
public:
	explicit Lookup(Client &client) : client_(client)
	{
		request.expect_status_in_information();
	}
	~Lookup() { free(); }
	Lookup(const Lookup &) = delete;
	Lookup &operator=(const Lookup &) = delete;

	void start(Query query, Site here = HERE)
	{
		UNICODE_STRING node, service;

		RtlInitUnicodeString(&node, query.node);
		RtlInitUnicodeString(&service, query.service);
		start(query, query.node ? &node : nullptr, query.service ? &service : nullptr,
		      here);
	}
	void start(Query &query, PUNICODE_STRING node, PUNICODE_STRING service, Site here = HERE)
	{
		request.issue(
			client_.test(),
			[&](PIRP irp) {
				return client_.provider()->WskGetAddressInfo(
					client_.handle(), node, service, query.name_space,
					query.provider, &query.hints, &list, query.process,
					query.thread, irp);
			},
			here);
	}
	Outcome find(Query query, Site here = HERE)
	{
		free();
		start(query, here);
		return request.wait(here);
	}
	void free()
	{
		client_.provider()->WskFreeAddressInfo(client_.handle(), list);
		list = nullptr;
	}
	ULONG count() const
	{
		ULONG found = 0;

		for (PADDRINFOEXW one = list; one; one = one->ai_next)
			found++;
		return found;
	}
	const ADDRINFOEXW *at(ULONG index) const
	{
		PADDRINFOEXW one = list;

		while (one && index--)
			one = one->ai_next;
		return one;
	}

	Request request;
	PADDRINFOEXW list = nullptr;

private:
	Client &client_;
};

inline void expect_entry(struct kunit *test, const ADDRINFOEXW *entry, Address wanted, INT type = 0,
			 INT protocol = 0, Site here = HERE)
{
	check_true(test, here, "there is an entry", entry && entry->ai_addr, true);
	if (!entry || !entry->ai_addr)
		return;

	const bool ipv6 = wanted.family() == AF_INET6;
	const SIZE_T length = ipv6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN);

	check_true(test, here, "the family is right", entry->ai_family == wanted.family(), true);
	check_true(test, here, "the length is right", entry->ai_addrlen == length, true);
	check_true(test, here, "the type is right", entry->ai_socktype == type, true);
	check_true(test, here, "the protocol is right", entry->ai_protocol == protocol, true);
	check_true(test, here, "blob and provider are empty",
		   !entry->ai_blob && !entry->ai_bloblen && !entry->ai_provider, true);
	check_memory(test, here, "the address", "what is right", entry->ai_addr,
		     static_cast<PSOCKADDR>(wanted), length);
}

inline Address ipv4(UCHAR a, UCHAR b, UCHAR c, UCHAR d, USHORT port = 0)
{
	Address address = Address::any(AF_INET, port);

	address.ipv4()->sin_addr.S_un.S_un_b = {a, b, c, d};
	return address;
}

inline Address documentation6(USHORT last, USHORT port = 0, ULONG scope = 0)
{
	Address address = Address::any(AF_INET6, port);
	PSOCKADDR_IN6 ipv6 = address.ipv6();

	ipv6->sin6_addr.u.Byte[0] = 0x20;
	ipv6->sin6_addr.u.Byte[1] = 0x01;
	ipv6->sin6_addr.u.Byte[2] = 0x0d;
	ipv6->sin6_addr.u.Byte[3] = 0xb8;
	ipv6->sin6_addr.u.Byte[15] = static_cast<UCHAR>(last);
	ipv6->sin6_scope_id = scope;
	return address;
}

} // namespace wsk::test

#endif

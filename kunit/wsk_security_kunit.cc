// SPDX-License-Identifier: MIT OR GPL-2.0
/* WSK_CACHE_SD, WSK_RELEASE_SD, SO_WSK_SECURITY and the SecurityDescriptor of new sockets. */
#include "nt/driver.h"
#include "wsk_descriptor.h"

namespace
{

using namespace wsk::test;

constexpr ULONG listens = WSK_FLAG_LISTEN_SOCKET;
constexpr ULONG connects = WSK_FLAG_CONNECTION_SOCKET;

/* What the driver has cached and not released: the tests are wsk.ko's own. */
long outstanding()
{
	return wsk::driver_outstanding(wsk::driver_of(reinterpret_cast<const void *>(outstanding)),
				       wsk::Resource::descriptors);
}

NTSTATUS release(Client &client, PSECURITY_DESCRIPTOR descriptor)
{
	return control_descriptor(client, WSK_RELEASE_SD, descriptor);
}

PSECURITY_DESCRIPTOR security_of(struct kunit *test, Socket &socket, Site here = HERE)
{
	PSECURITY_DESCRIPTOR descriptor = nullptr;

	expect_ok(test,
		  socket.control({.type = WskGetOption,
				  .code = SO_WSK_SECURITY,
				  .output = &descriptor,
				  .output_size = sizeof(descriptor)},
				 here),
		  sizeof(descriptor), here);
	return descriptor;
}

void copies_are_the_clients(struct kunit *test)
{
	const long before = outstanding();
	Client client(test);
	SECURITY_DESCRIPTOR plain;
	PSECURITY_DESCRIPTOR cached = nullptr;

	RtlCreateSecurityDescriptor(&plain, SECURITY_DESCRIPTOR_REVISION);
	RtlSetOwnerSecurityDescriptor(&plain, SeExports->SeWorldSid, FALSE);
	EXPECT_STATUS(test, control_descriptor(client, WSK_CACHE_SD, &plain, &cached),
		      STATUS_SUCCESS);
	REQUIRE(test, cached);
	EXPECT_PTR_NE(test, cached, &plain);
	plain = {};
	EXPECT_TRUE(test,
		    RtlValidRelativeSecurityDescriptor(cached, RtlLengthSecurityDescriptor(cached),
						       OWNER_SECURITY_INFORMATION));
	EXPECT_EQ(test, outstanding(), before + 1);
	EXPECT_STATUS(test, release(client, cached), STATUS_SUCCESS);
	EXPECT_EQ(test, outstanding(), before);
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, release(client, cached), STATUS_INVALID_PARAMETER));
}

void equal_ones_may_be_one(struct kunit *test)
{
	const long before = outstanding();
	Client client(test), other(test);

	{
		Descriptor one(client, SeExports->SeWorldSid, GENERIC_READ);
		Descriptor equal(other, SeExports->SeWorldSid, GENERIC_READ);
		Descriptor different(client, SeExports->SeWorldSid, GENERIC_WRITE);

		EXPECT_PTR_NE(test, one.get(), different.get());
		EXPECT_EQ(test, outstanding(), before + 3);
		one.release();
		/* The other's reference stands. */
		EXPECT_TRUE(test, RtlValidSecurityDescriptor(equal.get()));
		Socket socket(other, listens, AF_INET, equal.as_owner());

		EXPECT_TRUE(test, socket.open());
	}
	EXPECT_EQ(test, outstanding(), before);
}

void self_relative_ones_are_taken_too(struct kunit *test)
{
	Client client(test);
	Descriptor one(client, SeExports->SeWorldSid, GENERIC_READ);
	PSECURITY_DESCRIPTOR again = nullptr;

	EXPECT_STATUS(test, control_descriptor(client, WSK_CACHE_SD, one.get(), &again),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, release(client, again), STATUS_SUCCESS);
}

/* All one call can get wrong. */
void bad_calls(struct kunit *test)
{
	const long before = outstanding();
	Client client(test);
	SECURITY_DESCRIPTOR plain, broken;
	PSECURITY_DESCRIPTOR input = &plain, none = nullptr, bad = &broken, output = nullptr;
	SID sid = {};
	struct {
		ULONG code;
		SIZE_T input_size;
		PVOID input;
		SIZE_T output_size;
		PVOID output;
		NTSTATUS status;
	} const rows[] = {
		{WSK_CACHE_SD, sizeof(input), nullptr, 8, &output, STATUS_INVALID_PARAMETER},
		{WSK_CACHE_SD, sizeof(input) - 1, &input, 8, &output, STATUS_INVALID_PARAMETER},
		{WSK_CACHE_SD, 0, &input, 8, &output, STATUS_INVALID_PARAMETER},
		{WSK_CACHE_SD, sizeof(input), &none, 8, &output, STATUS_INVALID_PARAMETER},
		{WSK_CACHE_SD, sizeof(input), &bad, 8, &output, STATUS_INVALID_PARAMETER},
		{WSK_CACHE_SD, sizeof(input), &input, 7, &output, STATUS_BUFFER_OVERFLOW},
		{WSK_CACHE_SD, sizeof(input), &input, 8, nullptr, STATUS_BUFFER_OVERFLOW},
		{WSK_CACHE_SD, sizeof(input), &input, 0, nullptr, STATUS_BUFFER_OVERFLOW},
		{WSK_RELEASE_SD, sizeof(input), nullptr, 0, nullptr, STATUS_INVALID_PARAMETER},
		{WSK_RELEASE_SD, 4, &input, 0, nullptr, STATUS_INVALID_PARAMETER},
		{WSK_RELEASE_SD, sizeof(input), &none, 0, nullptr, STATUS_INVALID_PARAMETER},
		{WSK_RELEASE_SD, sizeof(input), &input, 0, nullptr, STATUS_INVALID_PARAMETER},
	};

	RtlCreateSecurityDescriptor(&plain, SECURITY_DESCRIPTOR_REVISION);
	broken = plain;
	broken.Owner = &sid; /* of no revision */
	for (const auto &row : rows)
		for (int with_irp = 0; with_irp < 2; with_irp++) {
			auto call = [&](PIRP irp) {
				return client.provider()->WskControlClient(
					client.handle(), row.code, row.input_size, row.input,
					row.output_size, row.output, nullptr, irp);
			};

			if (with_irp)
				expect_refused(test, run(test, call), row.status);
			else
				EXPECT_RULES(test, 1,
					     EXPECT_STATUS(test, call(nullptr), row.status));
		}
	EXPECT_NULL(test, output);
	EXPECT_EQ(test, outstanding(), before);
}

void an_irp_is_completed(struct kunit *test)
{
	Client client(test);
	SECURITY_DESCRIPTOR plain;
	PSECURITY_DESCRIPTOR input = &plain, cached = nullptr;

	RtlCreateSecurityDescriptor(&plain, SECURITY_DESCRIPTOR_REVISION);
	expect_ok(test,
		  run(test,
		      [&](PIRP irp) {
			      return client.provider()->WskControlClient(
				      client.handle(), WSK_CACHE_SD, sizeof(input), &input,
				      sizeof(cached), &cached, nullptr, irp);
		      }),
		  sizeof(cached));
	REQUIRE(test, cached);
	expect_ok(test, run(test, [&](PIRP irp) {
			  return client.provider()->WskControlClient(
				  client.handle(), WSK_RELEASE_SD, sizeof(cached), &cached, 0,
				  nullptr, nullptr, irp);
		  }));
}

void at_dispatch_level(struct kunit *test)
{
	const long before = outstanding();
	Client client(test);

	at_dispatch([&] {
		SECURITY_DESCRIPTOR plain = {};
		PSECURITY_DESCRIPTOR cached = nullptr;

		plain.Revision = SECURITY_DESCRIPTOR_REVISION;
		EXPECT_STATUS(test, control_descriptor(client, WSK_CACHE_SD, &plain, &cached),
			      STATUS_SUCCESS);
		EXPECT_STATUS(test, release(client, cached), STATUS_SUCCESS);
	});
	EXPECT_EQ(test, outstanding(), before);
}

void only_cached_ones(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	SECURITY_DESCRIPTOR plain;
	Descriptor released(client, SeExports->SeWorldSid, GENERIC_READ);
	Descriptor kept(client, SeExports->SeWorldSid, GENERIC_WRITE);
	PSECURITY_DESCRIPTOR gone = released.get();
	Socket socket(client, listens, family);
	const PSECURITY_DESCRIPTOR bad[] = {&plain, gone, static_cast<UCHAR *>(kept.get()) + 4,
					    &socket};

	RtlCreateSecurityDescriptor(&plain, SECURITY_DESCRIPTOR_REVISION);
	released.release();
	REQUIRE(test, socket.open());
	for (PSECURITY_DESCRIPTOR descriptor : bad) {
		expect_refused(test,
			       run(test,
				   [&](PIRP irp) {
					   return client.provider()->WskSocket(
						   client.handle(), family, SOCK_STREAM,
						   IPPROTO_TCP, listens, nullptr, nullptr, nullptr,
						   nullptr, descriptor, irp);
				   }),
			       STATUS_INVALID_PARAMETER);
		expect_refused(test,
			       run(test,
				   [&](PIRP irp) {
					   return client.provider()->WskSocketConnect(
						   client.handle(), SOCK_STREAM, IPPROTO_TCP,
						   Address::any(family),
						   Address::loopback(family, 9), 0, nullptr,
						   nullptr, nullptr, nullptr, descriptor, irp);
				   }),
			       STATUS_INVALID_PARAMETER);
		expect_refused(test, set_security(socket, descriptor), STATUS_INVALID_PARAMETER);
	}
}

void sockets_keep_theirs(struct kunit *test, ADDRESS_FAMILY family)
{
	const long before = outstanding();
	Client client(test);
	{
		Descriptor first(client, SeExports->SeWorldSid, GENERIC_READ);
		Descriptor second(client, SeExports->SeWorldSid, GENERIC_WRITE);
		Socket socket(client, listens, family, first.as_owner());

		REQUIRE(test, socket.open());
		EXPECT_PTR_EQ(test, security_of(test, socket), first.get());
		expect_ok(test, set_security(socket, second.get()));
		/* Released by the client, kept by the socket. */
		const PSECURITY_DESCRIPTOR gone = second.get();

		second.release();
		EXPECT_PTR_EQ(test, security_of(test, socket), gone);
		EXPECT_STATUS(test, release(client, gone), STATUS_SUCCESS);
		EXPECT_RULES(test, 1,
			     EXPECT_STATUS(test, release(client, gone), STATUS_INVALID_PARAMETER));
		EXPECT_STATUS(test, release(client, first.get()), STATUS_SUCCESS);
	}
	EXPECT_EQ(test, outstanding(), before);
}

void closing_releases_no_clients(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Descriptor descriptor(client, SeExports->SeWorldSid, GENERIC_READ);

	for (int round = 0; round < 3; round++) {
		Socket socket(client, connects, family, descriptor.as_owner());

		EXPECT_TRUE(test, socket.open());
	}
	EXPECT_TRUE(test, RtlValidSecurityDescriptor(descriptor.get()));
}

void the_default_one(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Descriptor descriptor(client, SeExports->SeWorldSid, GENERIC_READ);
	Socket socket(client, listens, family);
	PSECURITY_DESCRIPTOR by_default;
	BOOLEAN present = FALSE, defaulted;
	PACL dacl = nullptr;

	REQUIRE(test, socket.open());
	by_default = security_of(test, socket);
	REQUIRE(test, by_default);
	EXPECT_STATUS(test, RtlGetDaclSecurityDescriptor(by_default, &present, &dacl, &defaulted),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, present && dacl && !dacl->AceCount);
	/* NULL sets it again. */
	expect_ok(test, set_security(socket, descriptor.get()));
	expect_ok(test, set_security(socket, nullptr));
	EXPECT_PTR_EQ(test, security_of(test, socket), by_default);
	EXPECT_STATUS(test, release(client, by_default), STATUS_SUCCESS);
	EXPECT_STATUS(test, release(client, by_default), STATUS_SUCCESS);
}

void before_binding_only(struct kunit *test, ADDRESS_FAMILY family)
{
	Client client(test);
	Descriptor descriptor(client, SeExports->SeWorldSid, GENERIC_READ);
	Socket socket(client, listens, family, descriptor.as_owner());
	PSECURITY_DESCRIPTOR small = nullptr;

	REQUIRE(test, socket.open());
	expect_done(test, socket.bind(Address::loopback(family)));
	expect_refused(test, set_security(socket, descriptor.get()), STATUS_INVALID_DEVICE_STATE);
	EXPECT_PTR_EQ(test, security_of(test, socket), descriptor.get());
	EXPECT_STATUS(test, release(client, descriptor.get()), STATUS_SUCCESS);
	expect_refused(test,
		       socket.control({.code = SO_WSK_SECURITY, .input = &small, .input_size = 7}),
		       STATUS_INVALID_PARAMETER);
	expect_refused(test,
		       socket.control({.type = WskGetOption,
				       .code = SO_WSK_SECURITY,
				       .output = &small,
				       .output_size = 7}),
		       STATUS_BUFFER_TOO_SMALL);
}

constexpr bridge_case cases[] = {
	{"a cached descriptor is a copy that the client releases", copies_are_the_clients},
	{"equal descriptors are counted for themselves", equal_ones_may_be_one},
	{"self-relative descriptors are cached, too", self_relative_ones_are_taken_too},
	{"bad calls cache and release nothing", bad_calls},
	{"an IRP is completed with the result", an_irp_is_completed},
	{"descriptors are cached at DISPATCH_LEVEL", at_dispatch_level},
	IPV4_AND_IPV6("sockets take cached descriptors only", only_cached_ones),
	IPV4_AND_IPV6("a socket keeps its descriptor", sockets_keep_theirs),
	IPV4_AND_IPV6("closing a socket releases no descriptor of the client's",
		      closing_releases_no_clients),
	IPV4_AND_IPV6("the default descriptor grants nothing", the_default_one),
	IPV4_AND_IPV6("the descriptor is set before binding", before_binding_only),
};

} // namespace

BRIDGE_SUITE(wsk_security, cases, .network = true);

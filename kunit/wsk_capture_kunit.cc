// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskCaptureProviderNPI and WskReleaseProviderNPI. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

constexpr ULONG every_timeout[] = {WSK_NO_WAIT, 100, WSK_INFINITE_WAIT};

void gives_the_whole_table(struct kunit *test)
{
	Client client(test);

	REQUIRE(test, client.ready());

	const WSK_PROVIDER_DISPATCH *provider = client.provider();

	EXPECT_NOT_NULL(test, client.handle());
	EXPECT_EQ(test, WSK_MAJOR_VERSION(provider->Version), 1);
	EXPECT_EQ(test, provider->Reserved, 0);
	EXPECT_TRUE(test, provider->WskSocket != nullptr);
	EXPECT_TRUE(test, provider->WskSocketConnect != nullptr);
	EXPECT_TRUE(test, provider->WskControlClient != nullptr);
	EXPECT_TRUE(test, provider->WskGetAddressInfo != nullptr);
	EXPECT_TRUE(test, provider->WskFreeAddressInfo != nullptr);
	EXPECT_TRUE(test, provider->WskGetNameInfo != nullptr);
}

/* With every kind of timeout, since the provider is always there. */
void captures_with(struct kunit *test, ULONG timeout)
{
	Client client(test);
	WSK_PROVIDER_NPI npi = {};

	REQUIRE(test, client.ready());
	EXPECT_STATUS(test, WskCaptureProviderNPI(client.registration(), timeout, &npi),
		      STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, npi.Dispatch, client.provider());
	WskReleaseProviderNPI(client.registration());
}

void captures_without_waiting(struct kunit *test)
{
	captures_with(test, WSK_NO_WAIT);
}

void captures_with_a_timeout(struct kunit *test)
{
	captures_with(test, 100);
}

void captures_with_infinite_wait(struct kunit *test)
{
	captures_with(test, WSK_INFINITE_WAIT);
}

void captures_at_dispatch(struct kunit *test)
{
	Client client(test);
	WSK_PROVIDER_NPI npi = {};
	NTSTATUS status = STATUS_UNSUCCESSFUL;

	REQUIRE(test, client.ready());
	EXPECT_RULES(test, 0, at_dispatch([&]() {
			     status = WskCaptureProviderNPI(client.registration(), WSK_NO_WAIT,
							    &npi);
			     if (status == STATUS_SUCCESS)
				     WskReleaseProviderNPI(client.registration());
		     }));
	EXPECT_STATUS(test, status, STATUS_SUCCESS);
	EXPECT_NOT_NULL(test, npi.Client);
}

void captures_nest(struct kunit *test)
{
	Client client(test);
	WSK_PROVIDER_NPI npi[3] = {};

	REQUIRE(test, client.ready());
	for (auto &one : npi) {
		EXPECT_STATUS(test, WskCaptureProviderNPI(client.registration(), WSK_NO_WAIT, &one),
			      STATUS_SUCCESS);
		EXPECT_PTR_EQ(test, one.Dispatch, client.provider());
	}
	for (auto &one : npi) {
		(void)one;
		WskReleaseProviderNPI(client.registration());
	}
	/* The fixture's own capture still stands. */
	Socket socket(client, WSK_FLAG_CONNECTION_SOCKET, AF_INET);

	EXPECT_TRUE(test, socket.open());
}

void clients_differ(struct kunit *test)
{
	Client one(test), other(test);

	REQUIRE(test, one.ready() && other.ready());
	EXPECT_PTR_NE(test, one.handle(), other.handle());
}

void sockets_outlive_the_capture(struct kunit *test)
{
	WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};
	WSK_CLIENT_NPI npi = {nullptr, &dispatch};
	WSK_REGISTRATION registration = {};
	WSK_PROVIDER_NPI provider = {};

	REQUIRE(test, WskRegister(&npi, &registration) == STATUS_SUCCESS);
	EXPECT_STATUS(test, WskCaptureProviderNPI(&registration, WSK_INFINITE_WAIT, &provider),
		      STATUS_SUCCESS);

	const Outcome created = run(test, [&](PIRP irp) {
		return provider.Dispatch->WskSocket(provider.Client, AF_INET, SOCK_STREAM,
						    IPPROTO_TCP, WSK_FLAG_CONNECTION_SOCKET,
						    nullptr, nullptr, nullptr, nullptr, nullptr,
						    irp);
	});

	WskReleaseProviderNPI(&registration);
	if (created.status == STATUS_SUCCESS) {
		auto *socket = reinterpret_cast<PWSK_SOCKET>(created.information);
		auto *table =
			static_cast<const WSK_PROVIDER_CONNECTION_DISPATCH *>(socket->Dispatch);

		expect_done(test, run(test, [&](PIRP irp) {
				    return table->WskBind(socket, Address::any(AF_INET), 0, irp);
			    }));
		expect_done(test, run(test, [&](PIRP irp) {
				    return table->Basic.WskCloseSocket(socket, irp);
			    }));
	}
	EXPECT_STATUS(test, created.status, STATUS_SUCCESS);
	WskDeregister(&registration);
}

/* Asks for a version of WSK that is not offered. */
void expect_no_interface(struct kunit *test, USHORT version)
{
	WSK_CLIENT_DISPATCH dispatch = {version, 0, nullptr};
	WSK_CLIENT_NPI npi = {nullptr, &dispatch};
	WSK_REGISTRATION registration = {};
	WSK_PROVIDER_NPI provider = {};

	REQUIRE(test, WskRegister(&npi, &registration) == STATUS_SUCCESS);
	for (ULONG timeout : every_timeout) {
		const NTSTATUS status = WskCaptureProviderNPI(&registration, timeout, &provider);

		EXPECT_STATUS(test, status, STATUS_NOINTERFACE);
		if (NT_SUCCESS(status))
			WskReleaseProviderNPI(&registration);
	}
	/* Nothing was captured, so nothing has to be released. */
	WskDeregister(&registration);
}

void other_major_versions(struct kunit *test)
{
	expect_no_interface(test, MAKE_WSK_VERSION(0, 9));
	expect_no_interface(test, MAKE_WSK_VERSION(2, 0));
}

void higher_minor_version(struct kunit *test)
{
	WSK_PROVIDER_CHARACTERISTICS range = {};

	{
		Client client(test);

		REQUIRE(test, client.ready());
		EXPECT_STATUS(test, WskQueryProviderCharacteristics(client.registration(), &range),
			      STATUS_SUCCESS);
	}
	expect_no_interface(test, range.HighestVersion + 1);
}

void after_deregistration(struct kunit *test)
{
	WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};
	WSK_CLIENT_NPI npi = {nullptr, &dispatch};
	WSK_REGISTRATION registration = {};
	WSK_PROVIDER_NPI provider = {};

	REQUIRE(test, WskRegister(&npi, &registration) == STATUS_SUCCESS);
	WskDeregister(&registration);
	/* Legal while the block exists: the client may have raced with its own unload. */
	for (ULONG timeout : every_timeout)
		EXPECT_RULES(test, 0,
			     EXPECT_STATUS(test,
					   WskCaptureProviderNPI(&registration, timeout, &provider),
					   STATUS_DEVICE_NOT_READY));
}

void missing_arguments(struct kunit *test)
{
	Client client(test);
	WSK_PROVIDER_NPI npi = {};

	REQUIRE(test, client.ready());
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, WskCaptureProviderNPI(nullptr, WSK_NO_WAIT, &npi),
				   STATUS_INVALID_PARAMETER));
	EXPECT_RULES(
		test, 1,
		EXPECT_STATUS(test,
			      WskCaptureProviderNPI(client.registration(), WSK_NO_WAIT, nullptr),
			      STATUS_INVALID_PARAMETER));
}

void released_too_often(struct kunit *test)
{
	WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};
	WSK_CLIENT_NPI npi = {nullptr, &dispatch};
	WSK_REGISTRATION registration = {};
	WSK_PROVIDER_NPI provider = {};

	REQUIRE(test, WskRegister(&npi, &registration) == STATUS_SUCCESS);
	EXPECT_STATUS(test, WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &provider),
		      STATUS_SUCCESS);
	WskReleaseProviderNPI(&registration);
	EXPECT_RULES(test, 1, WskReleaseProviderNPI(&registration));
	EXPECT_RULES(test, 1, WskReleaseProviderNPI(nullptr));
	/* The count is as it was: capturing works, and deregistering does not wait. */
	EXPECT_STATUS(test, WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &provider),
		      STATUS_SUCCESS);
	WskReleaseProviderNPI(&registration);
	WskDeregister(&registration);
}

constexpr bridge_case cases[] = {
	{"the provider's table has every function", gives_the_whole_table},
	{"capturing without waiting succeeds at once", captures_without_waiting},
	{"capturing with a timeout succeeds at once", captures_with_a_timeout},
	{"capturing with infinite wait succeeds at once", captures_with_infinite_wait},
	{"capturing without waiting works at DISPATCH_LEVEL", captures_at_dispatch},
	{"captures nest", captures_nest},
	{"each registration is a client of its own", clients_differ},
	{"sockets outlive the capture that made them", sockets_outlive_the_capture},
	{"another major version has no interface", other_major_versions},
	{"a higher minor version has no interface", higher_minor_version},
	{"after deregistration the provider is not ready", after_deregistration},
	{"missing arguments are refused", missing_arguments},
	{"a release too many changes nothing", released_too_often},
};

} // namespace

BRIDGE_SUITE(wsk_capture, cases, .network = true);

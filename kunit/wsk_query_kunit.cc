// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskQueryProviderCharacteristics: which versions there are. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

void expect_range(struct kunit *test, const WSK_PROVIDER_CHARACTERISTICS &range)
{
	EXPECT_LE(test, range.LowestVersion, MAKE_WSK_VERSION(1, 0));
	EXPECT_GE(test, range.HighestVersion, MAKE_WSK_VERSION(1, 0));
	EXPECT_EQ(test, WSK_MAJOR_VERSION(range.HighestVersion), 1);
}

void range_holds_version_one(struct kunit *test)
{
	Client client(test);
	WSK_PROVIDER_CHARACTERISTICS range = {};

	REQUIRE(test, client.ready());
	EXPECT_STATUS(test, WskQueryProviderCharacteristics(client.registration(), &range),
		      STATUS_SUCCESS);
	expect_range(test, range);
}

void works_at_dispatch(struct kunit *test)
{
	Client client(test);
	WSK_PROVIDER_CHARACTERISTICS range = {};
	NTSTATUS status = STATUS_UNSUCCESSFUL;

	REQUIRE(test, client.ready());
	EXPECT_RULES(test, 0, at_dispatch([&]() {
			     status =
				     WskQueryProviderCharacteristics(client.registration(), &range);
		     }));
	EXPECT_STATUS(test, status, STATUS_SUCCESS);
	expect_range(test, range);
}

void works_without_an_interface(struct kunit *test)
{
	WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(9, 9), 0, nullptr};
	WSK_CLIENT_NPI npi = {nullptr, &dispatch};
	WSK_REGISTRATION registration = {};
	WSK_PROVIDER_NPI provider = {};
	WSK_PROVIDER_CHARACTERISTICS range = {};

	REQUIRE(test, WskRegister(&npi, &registration) == STATUS_SUCCESS);
	EXPECT_STATUS(test, WskCaptureProviderNPI(&registration, WSK_NO_WAIT, &provider),
		      STATUS_NOINTERFACE);
	EXPECT_STATUS(test, WskQueryProviderCharacteristics(&registration, &range), STATUS_SUCCESS);
	expect_range(test, range);
	WskDeregister(&registration);
}

void after_deregistration(struct kunit *test)
{
	WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};
	WSK_CLIENT_NPI npi = {nullptr, &dispatch};
	WSK_REGISTRATION registration = {};
	WSK_PROVIDER_CHARACTERISTICS range = {};

	REQUIRE(test, WskRegister(&npi, &registration) == STATUS_SUCCESS);
	WskDeregister(&registration);
	EXPECT_STATUS(test, WskQueryProviderCharacteristics(&registration, &range),
		      STATUS_DEVICE_NOT_READY);
}

void missing_arguments(struct kunit *test)
{
	Client client(test);
	WSK_PROVIDER_CHARACTERISTICS range = {};

	REQUIRE(test, client.ready());
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, WskQueryProviderCharacteristics(nullptr, &range),
				   STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test,
				   WskQueryProviderCharacteristics(client.registration(), nullptr),
				   STATUS_INVALID_PARAMETER));
}

constexpr bridge_case cases[] = {
	{"the range of versions holds 1.0", range_holds_version_one},
	{"the range can be read at DISPATCH_LEVEL", works_at_dispatch},
	{"the range can be read after STATUS_NOINTERFACE", works_without_an_interface},
	{"after deregistration the provider is not ready", after_deregistration},
	{"missing arguments are refused", missing_arguments},
};

} // namespace

BRIDGE_SUITE(wsk_query, cases, .network = true);

// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskRegister: clients come and go. */
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

NTSTATUS WSKAPI client_event(PVOID, ULONG, PVOID, SIZE_T)
{
	return STATUS_NOT_IMPLEMENTED;
}

constexpr WSK_CLIENT_DISPATCH with_event = {MAKE_WSK_VERSION(1, 0), 0, client_event};
constexpr WSK_CLIENT_DISPATCH without_event = {MAKE_WSK_VERSION(1, 0), 0, nullptr};

NTSTATUS register_client(const WSK_CLIENT_DISPATCH *dispatch, PWSK_REGISTRATION registration)
{
	WSK_CLIENT_NPI npi = {nullptr, dispatch};
	const NTSTATUS status = WskRegister(&npi, registration);

	/* What was passed may be gone as soon as the function has returned. */
	RtlFillMemory(&npi, sizeof(npi), 0xcc);
	return status;
}

/* Registered means that the provider can be captured. */
void expect_registered(struct kunit *test, PWSK_REGISTRATION registration)
{
	WSK_PROVIDER_NPI npi = {};

	EXPECT_STATUS(test, WskCaptureProviderNPI(registration, WSK_NO_WAIT, &npi), STATUS_SUCCESS);
	EXPECT_NOT_NULL(test, npi.Client);
	WskReleaseProviderNPI(registration);
}

void registers_and_deregisters(struct kunit *test)
{
	WSK_REGISTRATION registration = {};

	REQUIRE(test, register_client(&with_event, &registration) == STATUS_SUCCESS);
	expect_registered(test, &registration);
	WskDeregister(&registration);
}

void storage_need_not_be_cleared(struct kunit *test)
{
	WSK_REGISTRATION registration;

	RtlFillMemory(&registration, sizeof(registration), 0xa5);
	REQUIRE(test, register_client(&with_event, &registration) == STATUS_SUCCESS);
	expect_registered(test, &registration);
	WskDeregister(&registration);
}

void event_function_is_optional(struct kunit *test)
{
	WSK_REGISTRATION registration = {};

	REQUIRE(test, register_client(&without_event, &registration) == STATUS_SUCCESS);
	expect_registered(test, &registration);
	WskDeregister(&registration);
}

void many_registrations_at_once(struct kunit *test)
{
	WSK_REGISTRATION registrations[8] = {};
	ULONG count = 0;

	for (auto &registration : registrations) {
		if (register_client(&with_event, &registration) != STATUS_SUCCESS)
			break;
		count++;
	}
	EXPECT_EQ(test, count, (ULONG)RTL_NUMBER_OF(registrations));
	/* In another order than they came. */
	for (ULONG i = 0; i < count; i += 2)
		WskDeregister(&registrations[i]);
	for (ULONG i = 1; i < count; i += 2) {
		expect_registered(test, &registrations[i]);
		WskDeregister(&registrations[i]);
	}
}

void block_is_used_again(struct kunit *test)
{
	WSK_REGISTRATION registration = {};

	for (int i = 0; i < 3; i++) {
		REQUIRE(test, register_client(&with_event, &registration) == STATUS_SUCCESS);
		expect_registered(test, &registration);
		WskDeregister(&registration);
	}
}

void missing_arguments(struct kunit *test)
{
	WSK_REGISTRATION registration = {};
	WSK_CLIENT_NPI npi = {nullptr, &with_event};
	WSK_CLIENT_NPI no_table = {nullptr, nullptr};

	EXPECT_RULES(
		test, 1,
		EXPECT_STATUS(test, WskRegister(nullptr, &registration), STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, WskRegister(&npi, nullptr), STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, WskRegister(&no_table, &registration),
				   STATUS_INVALID_PARAMETER));
}

constexpr bridge_case cases[] = {
	{"a client registers and deregisters", registers_and_deregisters},
	{"the registration block may hold anything before", storage_need_not_be_cleared},
	{"WskClientEvent may be left out", event_function_is_optional},
	{"many registrations live side by side", many_registrations_at_once},
	{"a deregistered block registers again", block_is_used_again},
	{"missing arguments are refused", missing_arguments},
};

} // namespace

BRIDGE_SUITE(wsk_register, cases, .network = true);

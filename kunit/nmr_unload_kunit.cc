// SPDX-License-Identifier: MIT OR GPL-2.0
/* Drivers that are unloaded while their registrations stand: nothing of them is called any more. */
#include "driver_code.h"
#include "nmr_fixture.h"
#include "waiting.h"

namespace
{

using namespace wsk::test;

__attribute__((noinline)) NTSTATUS NTAPI drivers_provider(const NPI_PROVIDER_CHARACTERISTICS *who,
							  PVOID context, PHANDLE handle)
{
	NTSTATUS status = NmrRegisterProvider(who, context, handle);

	__asm__ volatile(CODE_FILLER : "+r"(status));
	return status;
}

__attribute__((noinline)) NTSTATUS NTAPI drivers_client(const NPI_CLIENT_CHARACTERISTICS *who,
							PVOID context, PHANDLE handle)
{
	NTSTATUS status = NmrRegisterClient(who, context, handle);

	__asm__ volatile(CODE_FILLER : "+r"(status));
	return status;
}

/* A driver that registers through one of the functions above, and forgets it. */
class Driver : public ForgetfulDriver
{
public:
	template <typename Registers>
	Driver(struct kunit *test, Registers *registers)
		: ForgetfulDriver(test, registers), test_(test)
	{
	}
	~Driver() { go(); }

	void go()
	{
		struct kunit *test = test_;

		if (ForgetfulDriver::go())
			EXPECT_EQ(test, outstanding(wsk::Resource::modules), 0);
	}

private:
	struct kunit *test_;
};

void forgotten_provider(struct kunit *test)
{
	Driver driver(test, drivers_provider);
	Provider provider;
	Consumer before, later;

	REQUIRE(test, driver.loaded());
	provider.registers = drivers_provider;
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, before.enter(), STATUS_SUCCESS);
	EXPECT_EQ(test, provider.attached, 1);
	driver.go();
	provider.forget();
	EXPECT_EQ(test, before.detached, 1);
	EXPECT_EQ(test, before.cleaned, 1);
	EXPECT_STATUS(test, later.enter(), STATUS_SUCCESS);
	EXPECT_EQ(test, later.shown, 0);
	EXPECT_EQ(test, provider.attached, 1);
	EXPECT_EQ(test, provider.detached + provider.cleaned, 0);
}

void forgotten_client(struct kunit *test)
{
	Driver driver(test, drivers_client);
	Provider before, later;
	Consumer client;

	REQUIRE(test, driver.loaded());
	client.registers = drivers_client;
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, before.enter(), STATUS_SUCCESS);
	EXPECT_EQ(test, client.shown, 1);
	driver.go();
	client.forget();
	EXPECT_EQ(test, before.detached, 1);
	EXPECT_EQ(test, before.cleaned, 1);
	EXPECT_STATUS(test, later.enter(), STATUS_SUCCESS);
	EXPECT_EQ(test, client.shown, 1);
	EXPECT_EQ(test, later.attached, 0);
	EXPECT_EQ(test, client.detached + client.cleaned, 0);
}

void never_met(struct kunit *test)
{
	Driver one(test, drivers_client), other(test, drivers_provider);
	Consumer client(&interface_one);
	Provider provider(&interface_two);

	REQUIRE(test, one.loaded() && other.loaded());
	client.registers = drivers_client;
	provider.registers = drivers_provider;
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	one.go();
	client.forget();
	other.go();
	provider.forget();
	EXPECT_EQ(test, client.shown + provider.attached, 0);
}

/* The other side calls the driver's functions until it lets go. */
void others_are_waited_for(struct kunit *test)
{
	Driver driver(test, drivers_provider);
	Provider provider;
	Consumer client;
	volatile LONG gone = 0;

	REQUIRE(test, driver.loaded());
	provider.registers = drivers_provider;
	client.detach_answer = STATUS_PENDING;
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);

	Thread thread(test, [&] {
		driver.go();
		InterlockedIncrement(&gone);
	});

	EXPECT_TRUE(test, wait_until([&] { return ReadAcquire(&client.detached) == 1; }));
	bridge_sleep_ms(20);
	EXPECT_EQ(test, ReadAcquire(&gone), 0);
	NmrClientDetachProviderComplete(client.binding);
	thread.join();
	provider.forget();
	EXPECT_EQ(test, client.cleaned, 1);
	EXPECT_EQ(test, provider.detached + provider.cleaned, 0);
}

/* What the driver was still to complete, nobody completes any more. */
void own_pending_detach(struct kunit *test)
{
	Driver driver(test, drivers_provider);
	Provider provider;
	Consumer client;

	REQUIRE(test, driver.loaded());
	provider.registers = drivers_provider;
	provider.detach_answer = STATUS_PENDING;
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, provider.begin_leaving(), STATUS_PENDING);
	EXPECT_EQ(test, provider.detached, 1);
	EXPECT_EQ(test, client.cleaned, 0);
	driver.go();
	provider.forget();
	EXPECT_EQ(test, client.cleaned, 1);
	EXPECT_EQ(test, provider.cleaned, 0);
}

void several_of_both(struct kunit *test)
{
	Driver driver(test, drivers_provider);
	Provider first, second;
	Consumer one, other;

	REQUIRE(test, driver.loaded());
	first.registers = second.registers = drivers_provider;
	EXPECT_STATUS(test, first.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, one.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, second.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, other.enter(), STATUS_SUCCESS);
	driver.go();
	first.forget();
	second.forget();
	EXPECT_EQ(test, one.detached, 2);
	EXPECT_EQ(test, other.detached, 2);
	EXPECT_EQ(test, one.cleaned + other.cleaned, 4);
	EXPECT_EQ(test, first.detached + second.detached, 0);
}

/* WSK is one of the others: it closes the client's sockets first. */
struct WskUser {
	static NTSTATUS NTAPI attach(HANDLE binding, PVOID context, PNPI_REGISTRATION_INSTANCE)
	{
		static const WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};
		auto *self = static_cast<WskUser *>(context);
		const VOID *functions = nullptr;
		const NTSTATUS status = NmrClientAttachProvider(binding, self, &dispatch,
								&self->client, &functions);

		self->provider = static_cast<const WSK_PROVIDER_DISPATCH *>(functions);
		return status;
	}
	static NTSTATUS NTAPI detach(PVOID context)
	{
		InterlockedIncrement(&static_cast<WskUser *>(context)->detached);
		return STATUS_SUCCESS;
	}

	NPI_CLIENT_CHARACTERISTICS characteristics = {.Version = 0,
						      .Length = sizeof(NPI_CLIENT_CHARACTERISTICS),
						      .ClientAttachProvider = attach,
						      .ClientDetachProvider = detach,
						      .ClientCleanupBindingContext = nullptr,
						      .ClientRegistrationInstance =
							      instance_of(&NPI_WSK_INTERFACE_ID)};
	HANDLE handle = nullptr;
	PVOID client = nullptr;
	const WSK_PROVIDER_DISPATCH *provider = nullptr;
	LONG detached = 0;
};

void sockets_of_a_client_of_wsk(struct kunit *test)
{
	Driver driver(test, drivers_client);
	WskUser user;

	REQUIRE(test, driver.loaded());
	EXPECT_STATUS(test, drivers_client(&user.characteristics, &user, &user.handle),
		      STATUS_SUCCESS);
	REQUIRE(test, user.provider);
	const Outcome made = run(test, [&](PIRP irp) {
		return user.provider->WskSocket(static_cast<PWSK_CLIENT>(user.client), AF_INET,
						SOCK_STREAM, IPPROTO_TCP, WSK_FLAG_LISTEN_SOCKET,
						nullptr, nullptr, nullptr, nullptr, nullptr, irp);
	});

	EXPECT_STATUS(test, made.status, STATUS_SUCCESS);
	driver.go();
	EXPECT_EQ(test, user.detached, 0);
}

/* It waits for a change that does not come, and would keep the client for ever. */
void request_of_a_client_of_wsk(struct kunit *test)
{
	Driver driver(test, drivers_client);
	WskUser user;
	Request request;

	REQUIRE(test, driver.loaded());
	EXPECT_STATUS(test, drivers_client(&user.characteristics, &user, &user.handle),
		      STATUS_SUCCESS);
	REQUIRE(test, user.provider);
	request.issue(test, [&](PIRP irp) {
		return user.provider->WskControlClient(static_cast<PWSK_CLIENT>(user.client),
						       WSK_TRANSPORT_LIST_CHANGE, 0, nullptr, 0,
						       nullptr, nullptr, irp);
	});
	EXPECT_TRUE(test, request.pending());
	EXPECT_STATUS(test, NmrDeregisterClient(user.handle), STATUS_PENDING);
	expect_failed(test, request.wait(), STATUS_CANCELLED);
	EXPECT_STATUS(test, NmrWaitForClientDeregisterComplete(user.handle), STATUS_SUCCESS);
	EXPECT_EQ(test, user.detached, 1);
}

constexpr bridge_case cases[] = {
	{"a provider that is forgotten is withdrawn, and never called again", forgotten_provider},
	{"a client that is forgotten is withdrawn, and never called again", forgotten_client},
	{"registrations that met nobody are withdrawn", never_met},
	{"unloading waits until the others have let go", others_are_waited_for},
	{"a detach that the driver did not complete ends with it", own_pending_detach},
	{"every registration of the driver is withdrawn, from everybody", several_of_both},
	{"WSK lets go of a client that was forgotten with a socket open",
	 sockets_of_a_client_of_wsk},
	{"WSK lets go of a client that waits for a change", request_of_a_client_of_wsk},
};

} // namespace

BRIDGE_SUITE(nmr_unload, cases, .network = true);

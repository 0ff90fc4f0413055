// SPDX-License-Identifier: MIT OR GPL-2.0
/* The Network Module Registrar: drivers as each other's clients and providers, and WSK's. */
#include "nmr_fixture.h"
#include "nt/driver.h"
#include "waiting.h"

namespace
{

using namespace wsk::test;

void expect_attached(struct kunit *test, const Consumer &client, const Provider &provider)
{
	EXPECT_STATUS(test, client.attach_status, STATUS_SUCCESS);
	EXPECT_EQ(test, client.shown, 1);
	EXPECT_EQ(test, provider.attached, 1);
	EXPECT_PTR_EQ(test, client.binding, provider.binding);
	EXPECT_PTR_EQ(test, client.provider_context, &provider);
	EXPECT_PTR_EQ(test, client.provider_table, &provider.table);
	EXPECT_PTR_EQ(test, provider.client_context, &client);
	EXPECT_PTR_EQ(test, provider.client_table, &client.table);
	EXPECT_PTR_EQ(test, client.provider_instance,
		      &provider.characteristics_.ProviderRegistrationInstance);
	EXPECT_PTR_EQ(test, provider.client_instance,
		      &client.characteristics_.ClientRegistrationInstance);
	EXPECT_EQ(test, client.detached + provider.detached + client.cleaned + provider.cleaned, 0);
}

/* Each detached and cleaned up once, in the right order. */
void expect_detached(struct kunit *test, const Consumer &client, const Provider &provider)
{
	EXPECT_EQ(test, client.detached, 1);
	EXPECT_EQ(test, provider.detached, 1);
	EXPECT_EQ(test, client.cleaned, 1);
	EXPECT_EQ(test, provider.cleaned, 1);
	EXPECT_LT(test, client.detached_at, provider.detached_at);
	EXPECT_LT(test, provider.detached_at, client.cleaned_at);
	EXPECT_LT(test, client.cleaned_at, provider.cleaned_at);
}

void provider_first(struct kunit *test)
{
	Provider provider;
	Consumer client;

	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	expect_attached(test, client, provider);
	EXPECT_EQ(test,
		  *static_cast<const LONG *>(client.provider_instance->NpiSpecificCharacteristics),
		  7);
	EXPECT_STATUS(test, client.begin_leaving(), STATUS_PENDING);
	EXPECT_STATUS(test, client.wait(), STATUS_SUCCESS);
	expect_detached(test, client, provider);
}

void client_first(struct kunit *test)
{
	Provider provider;
	Consumer client;

	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	EXPECT_EQ(test, client.shown, 0);
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	expect_attached(test, client, provider);
	EXPECT_STATUS(test, provider.begin_leaving(), STATUS_PENDING);
	EXPECT_STATUS(test, provider.wait(), STATUS_SUCCESS);
	expect_detached(test, client, provider);
	/* The client stays, and meets the next one. */
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_EQ(test, client.shown, 2);
	EXPECT_STATUS(test, client.attach_status, STATUS_SUCCESS);
}

void interfaces_are_apart(struct kunit *test)
{
	Provider provider(&interface_two);
	Consumer client, other(&interface_two);

	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, other.enter(), STATUS_SUCCESS);
	EXPECT_EQ(test, client.shown, 0);
	expect_attached(test, other, provider);
}

void by_content(struct kunit *test)
{
	NPIID copy = interface_one;
	Provider provider(&copy);
	Consumer client;

	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	expect_attached(test, client, provider);
}

void many_of_each(struct kunit *test)
{
	Provider providers[2];
	Consumer clients[2];

	EXPECT_STATUS(test, providers[0].enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, clients[0].enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, providers[1].enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, clients[1].enter(), STATUS_SUCCESS);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(test, providers[i].attached, 2);
		EXPECT_EQ(test, clients[i].shown, 2);
	}
	clients[0].leave();
	providers[1].leave();
	EXPECT_EQ(test, clients[0].detached, 2);
	EXPECT_EQ(test, clients[0].cleaned, 2);
	EXPECT_EQ(test, providers[1].detached, 2);
	EXPECT_EQ(test, providers[1].cleaned, 2);
	EXPECT_EQ(test, clients[1].cleaned, 1);
	EXPECT_EQ(test, providers[0].cleaned, 1);
}

void declined(struct kunit *test)
{
	Provider provider;
	Consumer client, other;

	client.declines = true;
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_EQ(test, client.shown, 1);
	EXPECT_EQ(test, provider.attached, 0);
	/* Somebody else's coming does not ask it again. */
	EXPECT_STATUS(test, other.enter(), STATUS_SUCCESS);
	EXPECT_EQ(test, client.shown, 1);
	client.leave();
	EXPECT_EQ(test, client.detached, 0);
	EXPECT_EQ(test, client.cleaned, 0);
	EXPECT_EQ(test, provider.detached, 0);
}

void provider_refuses(struct kunit *test)
{
	Provider provider;
	Consumer client;

	provider.attach_answer = STATUS_NOINTERFACE;
	client.retries = true;
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.attach_status, STATUS_NOINTERFACE);
	EXPECT_EQ(test, client.shown, 1);
	EXPECT_EQ(test, provider.attached, 2); /* it may be asked once more in the same call */
	provider.leave();
	EXPECT_EQ(test, client.detached + provider.detached, 0);
	EXPECT_EQ(test, client.cleaned + provider.cleaned, 0);
}

void client_changes_its_mind(struct kunit *test)
{
	Provider provider;
	Consumer client;

	client.answer = STATUS_INSUFFICIENT_RESOURCES;
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	/* The provider had been attached already. */
	EXPECT_EQ(test, provider.detached, 1);
	EXPECT_EQ(test, provider.cleaned, 1);
	EXPECT_EQ(test, client.detached + client.cleaned, 0);
}

void attaching_twice(struct kunit *test)
{
	Provider provider;
	Consumer client;

	client.retries = true;
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_RULES(test, 1, EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS));
	EXPECT_STATUS(test, client.attach_status, STATUS_INVALID_PARAMETER);
	EXPECT_EQ(test, provider.attached, 1);
}

void leaving_while_attaching(struct kunit *test)
{
	Provider provider;
	Consumer client;

	client.leaves_at_once = true;
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	expect_detached(test, client, provider);
	EXPECT_STATUS(test, client.wait(), STATUS_SUCCESS);
}

void pending_client(struct kunit *test)
{
	Provider provider;
	Consumer client;
	KEVENT gone;

	KeInitializeEvent(&gone, NotificationEvent, FALSE);
	client.detach_answer = STATUS_PENDING;
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, provider.begin_leaving(), STATUS_PENDING);
	EXPECT_EQ(test, client.detached, 1);
	EXPECT_EQ(test, provider.detached, 1);

	Thread thread(test, [&]() {
		(void)provider.wait();
		KeSetEvent(&gone, IO_NO_INCREMENT, FALSE);
	});

	bridge_sleep_ms(20);
	EXPECT_FALSE(test, KeReadStateEvent(&gone));
	EXPECT_EQ(test, client.cleaned + provider.cleaned, 0);
	at_dispatch([&]() { NmrClientDetachProviderComplete(client.binding); });
	EXPECT_TRUE(test, wait_for(&gone));
	thread.join();
	expect_detached(test, client, provider);
}

void pending_provider(struct kunit *test)
{
	Provider provider;
	Consumer client;
	KEVENT gone;

	KeInitializeEvent(&gone, NotificationEvent, FALSE);
	provider.detach_answer = STATUS_PENDING;
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	at_dispatch([&]() { (void)client.begin_leaving(); });
	EXPECT_EQ(test, provider.detached, 1);

	Thread thread(test, [&]() {
		(void)client.wait();
		KeSetEvent(&gone, IO_NO_INCREMENT, FALSE);
	});

	bridge_sleep_ms(20);
	EXPECT_FALSE(test, KeReadStateEvent(&gone));
	NmrProviderDetachClientComplete(provider.binding);
	EXPECT_TRUE(test, wait_for(&gone));
	thread.join();
	expect_detached(test, client, provider);
}

void completed_inside(struct kunit *test)
{
	Provider provider;
	Consumer client;

	provider.detach_answer = STATUS_PENDING;
	provider.completes_early = true;
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	client.leave();
	expect_detached(test, client, provider);
}

void both_leave_at_once(struct kunit *test)
{
	for (int round = 0; round < 50; round++) {
		Provider provider;
		Consumer client;

		EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
		EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);

		Thread thread(test, [&]() { provider.leave(); });

		client.leave();
		thread.join();
		expect_detached(test, client, provider);
	}
}

void both_enter_at_once(struct kunit *test)
{
	for (int round = 0; round < 50; round++) {
		Provider provider;
		Consumer client;

		Thread thread(test, [&]() { (void)provider.enter(); });

		EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
		thread.join();
		/* Whoever came later has waited for it to be done, and once. */
		EXPECT_TRUE(test, wait_until([&]() { return ReadAcquire(&client.shown) == 1; }));
		client.leave();
		provider.leave();
		EXPECT_EQ(test, client.shown, 1);
		EXPECT_EQ(test, client.cleaned, provider.attached);
	}
}

void wrong_handles(struct kunit *test)
{
	Provider provider;
	Consumer client;
	PVOID context;
	const VOID *table;

	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);

	HANDLE wrong[] = {nullptr, &client, provider.handle, client.binding};

	for (HANDLE handle : wrong) {
		EXPECT_RULES(
			test, 1,
			EXPECT_STATUS(test, NmrDeregisterClient(handle), STATUS_INVALID_PARAMETER));
		EXPECT_RULES(test, 1,
			     EXPECT_STATUS(test, NmrWaitForClientDeregisterComplete(handle),
					   STATUS_INVALID_PARAMETER));
	}
	/* Not deregistered, not attaching, not detaching. */
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, NmrWaitForClientDeregisterComplete(client.handle),
				   STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, NmrWaitForProviderDeregisterComplete(provider.handle),
				   STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test,
				   NmrClientAttachProvider(client.binding, nullptr, nullptr,
							   &context, &table),
				   STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1, NmrClientDetachProviderComplete(client.binding));
	EXPECT_RULES(test, 1, NmrProviderDetachClientComplete(provider.binding));
	EXPECT_RULES(test, 1, NmrProviderDetachClientComplete(nullptr));
	expect_attached(test, client, provider);

	EXPECT_STATUS(test, client.begin_leaving(), STATUS_PENDING);
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, client.begin_leaving(), STATUS_INVALID_PARAMETER));
	EXPECT_STATUS(test, client.wait(), STATUS_SUCCESS);
	EXPECT_RULES(test, 1, EXPECT_STATUS(test, client.wait(), STATUS_INVALID_PARAMETER));
}

void wrong_characteristics(struct kunit *test)
{
	const struct {
		void (*spoil)(NPI_CLIENT_CHARACTERISTICS &client,
			      NPI_PROVIDER_CHARACTERISTICS &provider);
	} mistakes[] = {
		{[](auto &client, auto &provider) { client.Version = provider.Version = 1; }},
		{[](auto &client, auto &provider) { client.Length = provider.Length = 8; }},
		{[](auto &client, auto &provider) {
			client.ClientAttachProvider = nullptr;
			provider.ProviderAttachClient = nullptr;
		}},
		{[](auto &client, auto &provider) {
			client.ClientDetachProvider = nullptr;
			provider.ProviderDetachClient = nullptr;
		}},
		{[](auto &client, auto &provider) {
			client.ClientRegistrationInstance.NpiId = nullptr;
			provider.ProviderRegistrationInstance.NpiId = nullptr;
		}},
		{[](auto &client, auto &provider) {
			client.ClientRegistrationInstance.ModuleId = nullptr;
			provider.ProviderRegistrationInstance.ModuleId = nullptr;
		}},
		{[](auto &client, auto &provider) {
			client.ClientRegistrationInstance.Version = 1;
			provider.ProviderRegistrationInstance.Version = 1;
		}},
		{[](auto &client, auto &provider) {
			client.ClientRegistrationInstance.Size = 0;
			provider.ProviderRegistrationInstance.Size = 0;
		}},
	};

	for (const auto &mistake : mistakes) {
		Provider provider;
		Consumer client;

		mistake.spoil(client.characteristics_, provider.characteristics_);
		EXPECT_RULES(test, 1,
			     EXPECT_STATUS(test, client.enter(), STATUS_INVALID_PARAMETER));
		EXPECT_RULES(test, 1,
			     EXPECT_STATUS(test, provider.enter(), STATUS_INVALID_PARAMETER));
	}
	Provider provider;
	Consumer client;
	HANDLE handle;

	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, NmrRegisterClient(nullptr, nullptr, &handle),
				   STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, NmrRegisterProvider(nullptr, nullptr, &handle),
				   STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test,
				   NmrRegisterClient(&client.characteristics_, nullptr, nullptr),
				   STATUS_INVALID_PARAMETER));
	EXPECT_RULES(
		test, 1,
		EXPECT_STATUS(test,
			      NmrRegisterProvider(&provider.characteristics_, nullptr, nullptr),
			      STATUS_INVALID_PARAMETER));
}

void no_cleanup_functions(struct kunit *test)
{
	Provider provider;
	Consumer client;

	provider.characteristics_.ProviderCleanupBindingContext = nullptr;
	client.characteristics_.ClientCleanupBindingContext = nullptr;
	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	client.leave();
	provider.leave();
	EXPECT_EQ(test, client.detached, 1);
	EXPECT_EQ(test, provider.detached, 1);
}

void charged(struct kunit *test)
{
	wsk::DriverAccount *account = wsk::driver_of(__builtin_return_address(0));
	const long before = wsk::driver_outstanding(account, wsk::Resource::modules);
	Provider provider;
	Consumer client;

	EXPECT_STATUS(test, provider.enter(), STATUS_SUCCESS);
	EXPECT_STATUS(test, client.enter(), STATUS_SUCCESS);
	EXPECT_EQ(test, wsk::driver_outstanding(account, wsk::Resource::modules), before + 2);
	client.leave();
	provider.leave();
	EXPECT_EQ(test, wsk::driver_outstanding(account, wsk::Resource::modules), before);
}

/* A WSK client that never heard of WskRegister. */
class WskConsumer
{
public:
	explicit WskConsumer(USHORT version) : dispatch_{version, 0, nullptr}
	{
		characteristics_ = {.Version = 0,
				    .Length = sizeof(characteristics_),
				    .ClientAttachProvider = attach,
				    .ClientDetachProvider = detach,
				    .ClientCleanupBindingContext = nullptr,
				    .ClientRegistrationInstance =
					    instance_of(&NPI_WSK_INTERFACE_ID)};
		KeInitializeEvent(&left, NotificationEvent, FALSE);
	}

	NTSTATUS enter() { return NmrRegisterClient(&characteristics_, this, &handle_); }
	NTSTATUS begin_leaving() { return NmrDeregisterClient(handle_); }
	void wait()
	{
		(void)NmrWaitForClientDeregisterComplete(handle_);
		KeSetEvent(&left, IO_NO_INCREMENT, FALSE);
	}

	PWSK_CLIENT client = nullptr;
	const WSK_PROVIDER_DISPATCH *provider = nullptr;
	WSK_PROVIDER_CHARACTERISTICS versions = {};
	NTSTATUS first = STATUS_UNSUCCESSFUL, second = STATUS_UNSUCCESSFUL;
	LONG detached = 0;
	KEVENT left;

private:
	NTSTATUS try_to_attach(HANDLE binding)
	{
		PVOID context;
		const VOID *table;
		NTSTATUS status =
			NmrClientAttachProvider(binding, this, &dispatch_, &context, &table);

		if (NT_SUCCESS(status)) {
			client = context;
			provider = static_cast<const WSK_PROVIDER_DISPATCH *>(table);
		}
		return status;
	}
	static NTSTATUS NTAPI attach(HANDLE binding, PVOID context,
				     PNPI_REGISTRATION_INSTANCE instance)
	{
		auto *self = static_cast<WskConsumer *>(context);

		self->versions = *static_cast<const WSK_PROVIDER_CHARACTERISTICS *>(
			instance->NpiSpecificCharacteristics);
		self->first = self->try_to_attach(binding);
		if (self->first != STATUS_NOINTERFACE)
			return self->first;
		/* With the version that there is. */
		self->dispatch_.Version = self->versions.HighestVersion;
		return self->second = self->try_to_attach(binding);
	}
	static NTSTATUS NTAPI detach(PVOID context)
	{
		InterlockedIncrement(&static_cast<WskConsumer *>(context)->detached);
		return STATUS_SUCCESS;
	}

	WSK_CLIENT_DISPATCH dispatch_;
	NPI_CLIENT_CHARACTERISTICS characteristics_;
	HANDLE handle_ = nullptr;
};

Outcome make_socket(struct kunit *test, const WskConsumer &client)
{
	return run(test, [&](PIRP irp) {
		return client.provider->WskSocket(client.client, AF_INET, SOCK_STREAM, IPPROTO_TCP,
						  WSK_FLAG_CONNECTION_SOCKET, nullptr, nullptr,
						  nullptr, nullptr, nullptr, irp);
	});
}

void close_socket(struct kunit *test, PWSK_SOCKET socket)
{
	expect_done(test, run(test, [&](PIRP irp) {
			    return static_cast<const WSK_PROVIDER_BASIC_DISPATCH *>(
					   socket->Dispatch)
				    ->WskCloseSocket(socket, irp);
		    }));
}

void wsk_is_a_provider(struct kunit *test)
{
	WskConsumer client(MAKE_WSK_VERSION(1, 0));

	REQUIRE(test, client.enter() == STATUS_SUCCESS);
	EXPECT_STATUS(test, client.first, STATUS_SUCCESS);
	EXPECT_EQ(test, client.versions.LowestVersion, MAKE_WSK_VERSION(1, 0));
	EXPECT_EQ(test, client.versions.HighestVersion, MAKE_WSK_VERSION(1, 0));
	if (client.provider) {
		const Outcome made = make_socket(test, client);

		EXPECT_STATUS(test, made.status, STATUS_SUCCESS);
		if (made.status == STATUS_SUCCESS)
			close_socket(test, reinterpret_cast<PWSK_SOCKET>(made.information));
	}
	EXPECT_STATUS(test, client.begin_leaving(), STATUS_PENDING);
	client.wait();
	EXPECT_EQ(test, client.detached, 1);
}

void other_versions(struct kunit *test)
{
	WskConsumer client(MAKE_WSK_VERSION(2, 0));

	REQUIRE(test, client.enter() == STATUS_SUCCESS);
	EXPECT_STATUS(test, client.first, STATUS_NOINTERFACE);
	EXPECT_STATUS(test, client.second, STATUS_SUCCESS);
	EXPECT_NOT_NULL(test, client.client);
	EXPECT_STATUS(test, client.begin_leaving(), STATUS_PENDING);
	client.wait();
}

void sockets_keep_the_binding(struct kunit *test)
{
	WskConsumer client(MAKE_WSK_VERSION(1, 0));

	REQUIRE(test, client.enter() == STATUS_SUCCESS && client.provider);

	const Outcome made = make_socket(test, client);

	EXPECT_STATUS(test, made.status, STATUS_SUCCESS);
	EXPECT_STATUS(test, client.begin_leaving(), STATUS_PENDING);
	EXPECT_EQ(test, client.detached, 1);

	Thread thread(test, [&]() { client.wait(); });

	bridge_sleep_ms(20);
	EXPECT_FALSE(test, KeReadStateEvent(&client.left));
	/* Nothing new can be begun. */
	expect_refused(test, make_socket(test, client), STATUS_DEVICE_NOT_READY);
	if (made.status == STATUS_SUCCESS)
		close_socket(test, reinterpret_cast<PWSK_SOCKET>(made.information));
	EXPECT_TRUE(test, wait_for(&client.left));
	thread.join();
}

constexpr bridge_case cases[] = {
	{"a client meets the provider that is there", provider_first},
	{"a client meets the provider that comes later", client_first},
	{"clients and providers of different interfaces do not meet", interfaces_are_apart},
	{"interfaces are compared by content", by_content},
	{"each client meets each provider once", many_of_each},
	{"a client that declines is not asked again", declined},
	{"what the provider refuses may be tried again in the call", provider_refuses},
	{"a client that fails after attaching has its provider detached", client_changes_its_mind},
	{"a provider is attached once to a binding", attaching_twice},
	{"a client that leaves in its attach function is detached after it",
	 leaving_while_attaching},
	{"deregistering waits for a pending client", pending_client},
	{"deregistering waits for a pending provider", pending_provider},
	{"a pending detach may be completed inside", completed_inside},
	{"both leave at once, and are detached once", both_leave_at_once},
	{"both enter at once, and meet once", both_enter_at_once},
	{"wrong handles are refused", wrong_handles},
	{"wrong characteristics are refused", wrong_characteristics},
	{"cleanup functions may be left out", no_cleanup_functions},
	{"registrations are charged until their end was waited for", charged},
	{"WSK is a provider", wsk_is_a_provider},
	{"a client of another version may try again with ours", other_versions},
	{"an open socket keeps WSK's binding", sockets_keep_the_binding},
};

} // namespace

BRIDGE_SUITE(nmr, cases, .network = true);

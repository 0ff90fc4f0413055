/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What the suites of the Network Module Registrar share: a provider and a client that take notes.
 */
#ifndef KUNIT_NMR_FIXTURE_H
#define KUNIT_NMR_FIXTURE_H

#include <netioddk.h>

#include "wsk_fixture.h"

namespace wsk::test
{

inline constexpr NPIID interface_one = {0x11111111, 1, 1, {1, 1, 1, 1, 1, 1, 1, 1}};
inline constexpr NPIID interface_two = {0x22222222, 2, 2, {2, 2, 2, 2, 2, 2, 2, 2}};
inline constexpr NPI_MODULEID module_id = {
	.Length = sizeof(NPI_MODULEID), .Type = MIT_GUID, .Guid = {}};

/* Steps in the order in which they were taken. */
inline LONG step()
{
	static LONG steps;

	return InterlockedIncrement(&steps);
}

inline constexpr NPI_REGISTRATION_INSTANCE instance_of(PNPIID id, const void *specific = nullptr)
{
	return {.Version = 0,
		.Size = sizeof(NPI_REGISTRATION_INSTANCE),
		.NpiId = id,
		.ModuleId = &module_id,
		.Number = 0,
		.NpiSpecificCharacteristics = specific};
}

/* A provider that takes notes of the last binding. */
class Provider
{
public:
	explicit Provider(PNPIID id = &interface_one)
	{
		characteristics_ = {.Version = 0,
				    .Length = sizeof(characteristics_),
				    .ProviderAttachClient = attach,
				    .ProviderDetachClient = detach,
				    .ProviderCleanupBindingContext = cleanup,
				    .ProviderRegistrationInstance = instance_of(id, &specific)};
	}
	~Provider() { leave(); }

	NTSTATUS enter()
	{
		NTSTATUS status = registers(&characteristics_, this, &handle);

		entered_ = NT_SUCCESS(status);
		return status;
	}
	NTSTATUS begin_leaving() { return NmrDeregisterProvider(handle); }
	NTSTATUS wait()
	{
		entered_ = false;
		return NmrWaitForProviderDeregisterComplete(handle);
	}
	/* Its driver was unloaded: there is no handle any more. */
	void forget() { entered_ = false; }
	void leave()
	{
		if (entered_ && begin_leaving() == STATUS_PENDING)
			(void)wait();
	}

	decltype(&NmrRegisterProvider) registers = NmrRegisterProvider; /* as whoever calls it */
	HANDLE handle = nullptr;
	NPI_PROVIDER_CHARACTERISTICS characteristics_;
	LONG specific = 7, table = 8;
	NTSTATUS attach_answer = STATUS_SUCCESS, detach_answer = STATUS_SUCCESS;
	bool completes_early = false;
	HANDLE binding = nullptr;
	PVOID client_context = nullptr;
	const VOID *client_table = nullptr;
	PNPI_REGISTRATION_INSTANCE client_instance = nullptr;
	LONG attached = 0, detached = 0, cleaned = 0; /* how often */
	LONG detached_at = 0, cleaned_at = 0;	      /* steps */

private:
	static NTSTATUS NTAPI attach(HANDLE binding, PVOID context,
				     PNPI_REGISTRATION_INSTANCE client_instance,
				     PVOID client_context, const VOID *client_table,
				     PVOID *binding_context, const VOID **table)
	{
		auto *self = static_cast<Provider *>(context);

		InterlockedIncrement(&self->attached);
		self->binding = binding;
		self->client_instance = client_instance;
		self->client_context = client_context;
		self->client_table = client_table;
		*binding_context = self;
		*table = &self->table;
		return self->attach_answer;
	}
	static NTSTATUS NTAPI detach(PVOID binding_context)
	{
		auto *self = static_cast<Provider *>(binding_context);

		InterlockedIncrement(&self->detached);
		self->detached_at = step();
		if (self->completes_early)
			NmrProviderDetachClientComplete(self->binding);
		return self->detach_answer;
	}
	static VOID NTAPI cleanup(PVOID binding_context)
	{
		auto *self = static_cast<Provider *>(binding_context);

		InterlockedIncrement(&self->cleaned);
		self->cleaned_at = step();
	}

	bool entered_ = false;
};

class Consumer
{
public:
	explicit Consumer(PNPIID id = &interface_one)
	{
		characteristics_ = {.Version = 0,
				    .Length = sizeof(characteristics_),
				    .ClientAttachProvider = attach,
				    .ClientDetachProvider = detach,
				    .ClientCleanupBindingContext = cleanup,
				    .ClientRegistrationInstance = instance_of(id)};
	}
	~Consumer() { leave(); }

	NTSTATUS enter()
	{
		NTSTATUS status = registers(&characteristics_, this, &handle);

		entered_ = NT_SUCCESS(status);
		return status;
	}
	NTSTATUS begin_leaving() { return NmrDeregisterClient(handle); }
	NTSTATUS wait()
	{
		entered_ = false;
		return NmrWaitForClientDeregisterComplete(handle);
	}
	/* Its driver was unloaded: there is no handle any more. */
	void forget() { entered_ = false; }
	void leave()
	{
		if (entered_ && begin_leaving() == STATUS_PENDING)
			(void)wait();
	}

	decltype(&NmrRegisterClient) registers = NmrRegisterClient; /* as whoever calls it */
	HANDLE handle = nullptr;
	NPI_CLIENT_CHARACTERISTICS characteristics_;
	LONG table = 9;
	NTSTATUS answer = STATUS_SUCCESS, detach_answer = STATUS_SUCCESS;
	bool declines = false; /* does not attach */
	bool retries = false;  /* twice, in one call */
	bool leaves_at_once = false;
	HANDLE binding = nullptr;
	PVOID provider_context = nullptr;
	const VOID *provider_table = nullptr;
	PNPI_REGISTRATION_INSTANCE provider_instance = nullptr;
	NTSTATUS attach_status = STATUS_UNSUCCESSFUL;
	LONG shown = 0, detached = 0, cleaned = 0; /* how often */
	LONG detached_at = 0, cleaned_at = 0;	   /* steps */

private:
	static NTSTATUS NTAPI attach(HANDLE binding, PVOID context,
				     PNPI_REGISTRATION_INSTANCE provider_instance)
	{
		auto *self = static_cast<Consumer *>(context);

		InterlockedIncrement(&self->shown);
		self->binding = binding;
		self->provider_instance = provider_instance;
		if (self->declines)
			return STATUS_NOINTERFACE;
		for (int tries = 1 + self->retries; tries; tries--)
			self->attach_status = NmrClientAttachProvider(binding, self, &self->table,
								      &self->provider_context,
								      &self->provider_table);
		if (self->leaves_at_once)
			self->begin_leaving();
		return NT_SUCCESS(self->answer) ? self->attach_status : self->answer;
	}
	static NTSTATUS NTAPI detach(PVOID binding_context)
	{
		auto *self = static_cast<Consumer *>(binding_context);

		InterlockedIncrement(&self->detached);
		self->detached_at = step();
		return self->detach_answer;
	}
	static VOID NTAPI cleanup(PVOID binding_context)
	{
		auto *self = static_cast<Consumer *>(binding_context);

		InterlockedIncrement(&self->cleaned);
		self->cleaned_at = step();
	}

	bool entered_ = false;
};

} // namespace wsk::test

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The functions a driver imports by name. A WSK_REGISTRATION is the driver's memory: its context
 * points to the Client while registered, and its lock guards that pointer alone.
 */
#include "nt/driver.h"
#include "nt/irql.h"
#include "socket/client.h"

using namespace wsk;

/**
 * NPI_WSK_INTERFACE_ID - Names WSK's own events: {2227E803-8D8B-11D4-ABAD-009027719E09}.
 *
 * Source: wsk.h, NPI_WSK_INTERFACE_ID
 */
extern "C" constinit const NPIID NPI_WSK_INTERFACE_ID = {
	0x2227e803, 0x8d8b, 0x11d4, {0xab, 0xad, 0x00, 0x90, 0x27, 0x71, 0x9e, 0x09}};

namespace
{

/* The registration's client, referenced, or null. */
Client *client_of(PWSK_REGISTRATION registration)
{
	KIRQL irql;

	KeAcquireSpinLock(&registration->ReservedRegistrationLock, &irql);
	Client *client = static_cast<Client *>(registration->ReservedRegistrationContext);
	if (client)
		client->reference();
	KeReleaseSpinLock(&registration->ReservedRegistrationLock, irql);
	return client;
}

void set_client(PWSK_REGISTRATION registration, Client *client)
{
	KIRQL irql;

	KeAcquireSpinLock(&registration->ReservedRegistrationLock, &irql);
	registration->ReservedRegistrationContext = client;
	KeReleaseSpinLock(&registration->ReservedRegistrationLock, irql);
}

} // namespace

/**
 * WskRegister() - Registers a WSK client.
 * @WskClientNpi: The client's context and dispatch table. The structure itself is read during the
 *	call only; the dispatch table must stay until WskDeregister() has returned.
 * @WskRegistration: Storage of the caller's, in memory that stays until WskDeregister() has
 *	returned and no capture of it is in progress.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER when a pointer is null;
 *	STATUS_INSUFFICIENT_RESOURCES.
 * Source: WskRegister, WSK_CLIENT_NPI (wsk.h).
 */
extern "C" NTSTATUS NTAPI WskRegister(PWSK_CLIENT_NPI WskClientNpi,
				      PWSK_REGISTRATION WskRegistration)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!WskClientNpi || !WskClientNpi->Dispatch || !WskRegistration) {
		port_log_rule(__func__, "an argument or the client's dispatch table is NULL");
		return STATUS_INVALID_PARAMETER;
	}
	DriverAccount *account = driver_of(__builtin_return_address(0));
	Client *client = new Client(*WskClientNpi, account);
	if (!client)
		return STATUS_INSUFFICIENT_RESOURCES;
	driver_charge(account, Resource::registrations);
	*WskRegistration = {};
	KeInitializeSpinLock(&WskRegistration->ReservedRegistrationLock);
	set_client(WskRegistration, client);
	return STATUS_SUCCESS;
}

/**
 * WskDeregister() - Ends a registration.
 * @WskRegistration: What WskRegister() filled.
 *
 * Captures that wait fail with STATUS_DEVICE_NOT_READY. Blocks, without a time limit, until every
 * capture has been released and every socket closed. The storage may be registered again
 * afterwards.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Source: WskDeregister (wsk.h).
 */
extern "C" VOID NTAPI WskDeregister(PWSK_REGISTRATION WskRegistration)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	Client *client = WskRegistration ? client_of(WskRegistration) : nullptr;
	if (!client || !client->retire()) {
		port_log_rule(__func__, "the registration is NULL or was deregistered before");
		if (client)
			client->release();
		return;
	}
	/* Until now releases of outstanding captures had to find their way through it. */
	set_client(WskRegistration, nullptr);
	driver_discharge(client->account(), Resource::registrations);
	client->release(); /* the registration's own reference */
	client->release();
}

/**
 * WskCaptureProviderNPI() - Gets the provider's dispatch table.
 * @WskRegistration: What WskRegister() filled.
 * @WaitTimeout: Milliseconds to wait for WSK to become ready; WSK_NO_WAIT; WSK_INFINITE_WAIT.
 * @WskProviderNpi: Receives the client object and the dispatch table. Each success is paired with
 *	one WskReleaseProviderNPI().
 *
 * Context: IRQL = PASSIVE_LEVEL; with WSK_NO_WAIT IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_DEVICE_NOT_READY when WSK did not become ready in time or the
 *	registration has ended; STATUS_NOINTERFACE when the version that the client asks for is not
 *	offered; STATUS_INVALID_PARAMETER when a pointer is null.
 * Source: WskCaptureProviderNPI (wsk.h).
 */
extern "C" NTSTATUS NTAPI WskCaptureProviderNPI(PWSK_REGISTRATION WskRegistration,
						ULONG WaitTimeout, PWSK_PROVIDER_NPI WskProviderNpi)
{
	NT_MAX_IRQL(WaitTimeout == WSK_NO_WAIT ? DISPATCH_LEVEL : PASSIVE_LEVEL);
	if (!WskRegistration || !WskProviderNpi) {
		port_log_rule(__func__, "an argument is NULL");
		return STATUS_INVALID_PARAMETER;
	}
	Client *client = client_of(WskRegistration);
	if (!client)
		return STATUS_DEVICE_NOT_READY;
	NTSTATUS status = client->wait_for_provider(WaitTimeout);
	if (NT_SUCCESS(status) && !version_supported(client->version()))
		status = STATUS_NOINTERFACE;
	if (NT_SUCCESS(status) && !client->begin_capture())
		status = STATUS_DEVICE_NOT_READY;
	if (NT_SUCCESS(status)) {
		WskProviderNpi->Client = client;
		WskProviderNpi->Dispatch = &provider_dispatch;
	}
	client->release();
	return status;
}

/**
 * WskReleaseProviderNPI() - Gives back what one WskCaptureProviderNPI() got.
 * @WskRegistration: What WskRegister() filled.
 *
 * Sockets made meanwhile stay usable.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: WskReleaseProviderNPI (wsk.h).
 */
extern "C" VOID NTAPI WskReleaseProviderNPI(PWSK_REGISTRATION WskRegistration)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!WskRegistration) {
		port_log_rule(__func__, "the registration is NULL");
		return;
	}
	Client *client = client_of(WskRegistration);
	if (!client || !client->end_capture())
		port_log_rule(__func__, "no capture of this registration is outstanding");
	if (client)
		client->release();
}

/**
 * WskQueryProviderCharacteristics() - Reports the versions that the provider offers.
 * @WskRegistration: What WskRegister() filled.
 * @WskProviderCharacteristics: Receives the highest and the lowest version.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_DEVICE_NOT_READY when WSK is not ready or the registration has
 *	ended; STATUS_INVALID_PARAMETER when a pointer is null.
 * Source: WskQueryProviderCharacteristics (wsk.h).
 */
extern "C" NTSTATUS NTAPI WskQueryProviderCharacteristics(
	PWSK_REGISTRATION WskRegistration, PWSK_PROVIDER_CHARACTERISTICS WskProviderCharacteristics)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!WskRegistration || !WskProviderCharacteristics) {
		port_log_rule(__func__, "an argument is NULL");
		return STATUS_INVALID_PARAMETER;
	}
	Client *client = client_of(WskRegistration);
	if (!client)
		return STATUS_DEVICE_NOT_READY;
	NTSTATUS status = client->retired() ? STATUS_DEVICE_NOT_READY
					    : client->wait_for_provider(WSK_NO_WAIT);
	if (NT_SUCCESS(status))
		*WskProviderCharacteristics = {provider_version, provider_version};
	client->release();
	return status;
}

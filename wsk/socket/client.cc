// SPDX-License-Identifier: MIT OR GPL-2.0
/* Registered clients, and the provider's readiness that they wait for. */
#include "socket/client.h"

#include "port/error.h"
#include "port/log.h"
#include "port/provider.h"
#include "socket/change.h"
#include "socket/sharing.h"

namespace wsk
{

namespace
{

/* Signalled while WSK can be captured: from the module's init to its exit. */
constinit KEVENT provider_ready;

} // namespace

extern "C" int provider_start(void)
{
	sharing_start();
	changes_start();
	KeInitializeEvent(&provider_ready, NotificationEvent, TRUE);
	return nmr_provider_start() ? 0 : -PORT_ENOMEM;
}

extern "C" void provider_stop(void)
{
	nmr_provider_stop();
	KeClearEvent(&provider_ready);
}

void *Client::operator new(size_t size) noexcept
{
	return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, tag);
}

void Client::operator delete(void *block)
{
	ExFreePoolWithTag(block, tag);
}

Client::Client(const WSK_CLIENT_NPI &npi, DriverAccount *account, HANDLE binding)
	: dispatch_(npi.Dispatch), account_(account), binding_(binding)
{
	KeInitializeEvent(&idle_, NotificationEvent, FALSE);
	KeInitializeEvent(&retired_, NotificationEvent, FALSE);
	enlist();
}

Client *Client::from(PWSK_CLIENT client)
{
	Client *self = static_cast<Client *>(client);

	return self && self->signature_ == live ? self : nullptr;
}

void Client::reference()
{
	InterlockedIncrement(&references_);
}

void Client::release()
{
	if (InterlockedDecrement(&references_))
		return;
	signature_ = 0;
	delist();
	delete this;
}

bool Client::begin_use()
{
	LONG uses = ReadAcquire(&uses_);

	for (;;) {
		if (!uses || retired())
			return false;
		LONG seen = InterlockedCompareExchange(&uses_, uses + 1, uses);
		if (seen == uses)
			return true;
		uses = seen;
	}
}

void Client::end_use()
{
	if (InterlockedDecrement(&uses_))
		return;
	if (binding_)
		NmrProviderDetachClientComplete(binding_);
	else
		KeSetEvent(&idle_, IO_NO_INCREMENT, FALSE);
}

bool Client::begin_capture()
{
	if (!begin_use())
		return false;
	InterlockedIncrement(&captures_);
	return true;
}

bool Client::end_capture()
{
	if (InterlockedDecrement(&captures_) < 0) {
		InterlockedIncrement(&captures_);
		return false;
	}
	end_use();
	return true;
}

bool Client::retire()
{
	if (KeSetEvent(&retired_, IO_NO_INCREMENT, FALSE))
		return false;
	if (has_open_sockets())
		port_log_rule("WskDeregister",
			      "sockets are open, and waited for: close them first");
	forget_changes(this, STATUS_CANCELLED);
	end_use();
	KeWaitForSingleObject(&idle_, Executive, KernelMode, FALSE, nullptr);
	return true;
}

void Client::detach()
{
	KeSetEvent(&retired_, IO_NO_INCREMENT, FALSE);
	forget_changes(this, STATUS_CANCELLED);
	end_use();
}

NTSTATUS Client::wait_for_provider(ULONG milliseconds)
{
	PVOID objects[] = {&retired_, &provider_ready};
	LARGE_INTEGER timeout;

	if (milliseconds == WSK_NO_WAIT)
		return KeReadStateEvent(&provider_ready) ? STATUS_SUCCESS : STATUS_DEVICE_NOT_READY;
	timeout.QuadPart = -10000ll * milliseconds;
	NTSTATUS status = KeWaitForMultipleObjects(
		RTL_NUMBER_OF(objects), objects, WaitAny, Executive, KernelMode, FALSE,
		milliseconds == WSK_INFINITE_WAIT ? nullptr : &timeout, nullptr);
	return status == STATUS_WAIT_1 ? STATUS_SUCCESS : STATUS_DEVICE_NOT_READY;
}

bool Client::set_static_events(ULONG mask)
{
	if (ReadAcquire(&sockets_created_))
		return false;
	return InterlockedCompareExchange(&static_events_, mask, 0) == 0;
}

void Client::first_socket()
{
	WriteRelease(&sockets_created_, 1);
}

} // namespace wsk

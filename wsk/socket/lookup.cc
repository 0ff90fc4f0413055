// SPDX-License-Identifier: MIT OR GPL-2.0
/* Asking, and who completes the IRP. */
#include "socket/lookup.h"

#include "port/log.h"
#include "port/memory.h"
#include "port/resolve.h"
#include "socket/lock.h"

namespace wsk
{

namespace
{

constexpr ULONG tag = 'klsW';
constinit port_lock_class lock_class;

ULONG_PTR information_of(NTSTATUS status)
{
	return static_cast<ULONG_PTR>(static_cast<LONG_PTR>(status));
}

NTSTATUS status_of_asking(int64_t result)
{
	switch (-result) {
	case PORT_ENOENT:
		return STATUS_DEVICE_NOT_READY;
	case PORT_EOPNOTSUPP:
		return STATUS_NOT_SUPPORTED;
	case PORT_ENOMEM:
		return STATUS_INSUFFICIENT_RESOURCES;
	default:
		return result < 0 ? STATUS_INVALID_NETWORK_RESPONSE : STATUS_SUCCESS;
	}
}

} // namespace

NTSTATUS names_refuse(const char *function, PIRP irp, Refusal refusal)
{
	if (refusal.rule)
		port_log_rule(function, refusal.rule);
	if (irp)
		request_complete(irp, refusal.status, information_of(refusal.status));
	return refusal.status;
}

NTSTATUS names_done(Client &client, PIRP irp, NTSTATUS status)
{
	IoMarkIrpPending(irp);
	request_complete(irp, status, information_of(status));
	client.end_use();
	return STATUS_PENDING;
}

bool names_text(const UNICODE_STRING *string, NameText *text)
{
	*text = {nullptr, 0};
	if (!string || !string->Length)
		return true;
	if (string->Length % sizeof(WCHAR) || !string->Buffer)
		return false;
	text->text = string->Buffer;
	while (text->units < string->Length / sizeof(WCHAR) && string->Buffer[text->units])
		text->units++;
	return true;
}

void *Lookup::operator new(size_t size, size_t question_room) noexcept
{
	return ExAllocatePool2(POOL_FLAG_NON_PAGED, size + question_room, tag);
}

void Lookup::operator delete(void *block)
{
	ExFreePoolWithTag(block, tag);
}

Lookup::Lookup(Client &client, Finish finish) : client_(&client), finish_(finish), address_{}
{
	port_lock_init(&lock_, "wsk lookup", &lock_class);
	port_work_init(&ask_work_, ask);
	port_work_init(&answer_work_, answer);
}

Lookup *Lookup::make(Client &client, Finish finish, SIZE_T question_room)
{
	return new (question_room) Lookup(client, finish);
}

NTSTATUS Lookup::start(PIRP irp)
{
	IoMarkIrpPending(irp);
	irp->Tail.Overlay.DriverContext[0] = this;
	irp_ = irp;
	InterlockedIncrement(&references_); /* the IRP's */
	IoSetCancelRoutine(irp, cancel);
	if (irp->Cancel && IoSetCancelRoutine(irp, nullptr)) {
		complete(irp, STATUS_CANCELLED);
		release();
		return STATUS_PENDING;
	}
	port_resolve_queue(&ask_work_);
	return STATUS_PENDING;
}

/* The IRP, for whoever does not come too late. */
PIRP Lookup::take()
{
	LockGuard guard(lock_);
	PIRP irp = irp_;

	/* Until its cancel routine has been here, too, it exists. */
	if (!irp || !IoSetCancelRoutine(irp, nullptr))
		return nullptr;
	irp_ = nullptr;
	return irp;
}

VOID NTAPI Lookup::cancel(PDEVICE_OBJECT, PIRP irp)
{
	Lookup *self = static_cast<Lookup *>(irp->Tail.Overlay.DriverContext[0]);

	IoReleaseCancelSpinLock(irp->CancelIrql);
	{
		LockGuard guard(self->lock_);

		self->irp_ = nullptr;
	}
	self->complete(irp, STATUS_CANCELLED);
}

/* Ends the IRP's reference and the client's use. */
void Lookup::complete(PIRP irp, NTSTATUS status)
{
	Client *client = client_;

	release();
	request_complete(irp, status, information_of(status));
	client->end_use();
}

void Lookup::ask(port_work *work)
{
	Lookup *self = CONTAINING_RECORD(work, Lookup, ask_work_);
	int64_t result = port_resolve_ask(self->question_, &self->answer_);

	self->asked_ = status_of_asking(result);
	if (result > 0)
		self->answer_length_ = static_cast<SIZE_T>(result);
	/* The client's code runs where an unloading driver's end is waited for. */
	port_work_queue(&self->answer_work_);
}

void Lookup::answer(port_work *work)
{
	Lookup *self = CONTAINING_RECORD(work, Lookup, answer_work_);
	PIRP irp = self->take();

	if (irp)
		self->complete(irp, self->finish_(*self, self->asked_, self->answer_,
						  self->answer_length_));
	self->release();
}

void Lookup::release()
{
	if (InterlockedDecrement(&references_))
		return;
	if (answer_)
		port_free(answer_);
	delete this;
}

} // namespace wsk

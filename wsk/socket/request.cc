// SPDX-License-Identifier: MIT OR GPL-2.0
/* Taking, refusing, queueing and completing IRPs. */
#include "socket/request.h"

#include "port/log.h"

namespace wsk
{

Refusal request_begin(PIRP irp)
{
	if (!irp)
		return {STATUS_INVALID_PARAMETER, "the Irp is NULL"};
	if (irp->CurrentLocation <= 1)
		return {STATUS_INVALID_PARAMETER, "the Irp has no stack location left for WSK"};
	IoSetNextIrpStackLocation(irp);
	*Request::of(irp) = {};
	return accepted;
}

NTSTATUS request_refuse(const char *function, PIRP irp, Refusal refusal)
{
	if (refusal.rule)
		port_log_rule(function, refusal.rule);
	if (irp)
		request_complete(irp, refusal.status, 0);
	return refusal.status;
}

void request_free_block(PIRP irp)
{
	Request *request = Request::of(irp);

	if (request->operation != Operation::send_to &&
	    request->operation != Operation::send_messages)
		return;
	if (request->block)
		ExFreePool(request->block);
	request->block = nullptr;
}

void request_complete(PIRP irp, NTSTATUS status, ULONG_PTR information)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = information;
	IoCompleteRequest(irp, IO_NETWORK_INCREMENT);
}

/*
 * The cancel routine is set before Cancel is looked at, IoCancelIrp does the opposite: one of the
 * two sees the other, and the exchange in IoSetCancelRoutine decides which one has the IRP.
 */
bool RequestQueue::arm(PIRP irp, PDRIVER_CANCEL cancel)
{
	IoSetCancelRoutine(irp, cancel);
	return !(ReadBooleanNoFence(&irp->Cancel) && IoSetCancelRoutine(irp, nullptr));
}

bool RequestQueue::push_back(PIRP irp, PDRIVER_CANCEL cancel)
{
	InsertTailList(&head_, &irp->Tail.Overlay.ListEntry);
	if (arm(irp, cancel))
		return true;
	remove(irp);
	return false;
}

bool RequestQueue::push_front(PIRP irp, PDRIVER_CANCEL cancel)
{
	InsertHeadList(&head_, &irp->Tail.Overlay.ListEntry);
	if (arm(irp, cancel))
		return true;
	remove(irp);
	return false;
}

} // namespace wsk

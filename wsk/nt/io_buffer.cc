// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * A request's buffers: copied through the pool, locked and described by an MDL, or handed on as
 * they are, by the device's flags and the control code's method.
 */
#include "nt/irp.h"

#include "nt/pool.h"
#include "port/device.h"
#include "port/log.h"
#include "port/page.h"

namespace wsk
{

namespace
{

constexpr ULONG buffer_tag = 0x20206f49; /* "Io  " */

uint64_t number(PVOID address)
{
	return reinterpret_cast<uint64_t>(address);
}

bool is_process_memory(PIRP irp, PVOID address)
{
	return irp->RequestorMode == KernelMode || port_is_user_address(address);
}

bool copy_in(PIRP irp, PVOID to, PVOID from, SIZE_T bytes)
{
	if (irp->RequestorMode != KernelMode)
		return !bytes || !port_copy_from_user(to, number(from), bytes);
	RtlCopyMemory(to, from, bytes);
	return true;
}

bool copy_out(PIRP irp, PVOID to, PVOID from, SIZE_T bytes)
{
	if (irp->RequestorMode != KernelMode)
		return !bytes || !port_copy_to_user(number(to), from, bytes);
	RtlCopyMemory(to, from, bytes);
	return true;
}

/*
 * How many bytes the answer may have is written down in a field that is ours until the end. Of the
 * buffer, what the driver does not fill is zero: nothing of the kernel's gets out by its mistakes.
 */
void set_answer_limit(PIRP irp, ULONG bytes)
{
	irp->Overlay.AsynchronousParameters.UserApcContext = ULongToPtr(bytes);
}

ULONG_PTR answer_limit(PIRP irp)
{
	return reinterpret_cast<ULONG_PTR>(irp->Overlay.AsynchronousParameters.UserApcContext);
}

NTSTATUS copy_through_pool(PIRP irp, PVOID input, ULONG input_length, PVOID output,
			   ULONG output_length)
{
	ULONG length = input_length > output_length ? input_length : output_length;

	set_answer_limit(irp, output_length);
	if (!length)
		return STATUS_SUCCESS;
	if (output_length && !is_process_memory(irp, output))
		return STATUS_ACCESS_VIOLATION;

	void *buffer = pool_allocate(length, buffer_tag, POOL_ZEROED, nullptr);
	if (!buffer)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (!copy_in(irp, buffer, input, input_length)) {
		pool_free(buffer, buffer_tag, __func__);
		return STATUS_ACCESS_VIOLATION;
	}
	irp->AssociatedIrp.SystemBuffer = buffer;
	irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
	if (output_length) {
		irp->UserBuffer = output;
		irp->Flags |= IRP_INPUT_OPERATION;
	}
	return STATUS_SUCCESS;
}

NTSTATUS describe(PIRP irp, PVOID address, ULONG length, LOCK_OPERATION operation)
{
	NTSTATUS status = STATUS_SUCCESS;

	set_answer_limit(irp, length);
	if (!length)
		return STATUS_SUCCESS;
	PMDL mdl = IoAllocateMdl(address, length, FALSE, FALSE, irp);
	if (!mdl)
		return STATUS_INSUFFICIENT_RESOURCES;
	__try {
		MmProbeAndLockPages(mdl, irp->RequestorMode, operation);
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		status = GetExceptionCode();
		irp->MdlAddress = nullptr;
		IoFreeMdl(mdl);
	}
	return status;
}

/* An answer that claims to be longer than it may be is cut. */
SIZE_T answer_length(PIRP irp)
{
	if (irp->IoStatus.Information <= answer_limit(irp))
		return irp->IoStatus.Information;
	port_log_rule("IofCompleteRequest", "Information says more than the output buffer holds");
	return answer_limit(irp);
}

} // namespace

NTSTATUS irp_set_control(PIRP irp, ULONG code, PVOID input, ULONG input_length, PVOID output,
			 ULONG output_length)
{
	PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
	NTSTATUS status;

	stack->Parameters.DeviceIoControl.IoControlCode = code;
	stack->Parameters.DeviceIoControl.InputBufferLength = input_length;
	stack->Parameters.DeviceIoControl.OutputBufferLength = output_length;

	switch (METHOD_FROM_CTL_CODE(code)) {
	case METHOD_BUFFERED:
		return copy_through_pool(irp, input, input_length, output, output_length);
	case METHOD_NEITHER:
		stack->Parameters.DeviceIoControl.Type3InputBuffer = input;
		irp->UserBuffer = output;
		return STATUS_SUCCESS;
	default:
		status = copy_through_pool(irp, input, input_length, nullptr, 0);
		if (NT_SUCCESS(status))
			status = describe(irp, output, output_length,
					  METHOD_FROM_CTL_CODE(code) == METHOD_IN_DIRECT
						  ? IoReadAccess
						  : IoWriteAccess);
		if (!NT_SUCCESS(status))
			irp_drop_buffers(irp);
		return status;
	}
}

NTSTATUS irp_set_transfer(PIRP irp, ULONG device_flags, PVOID buffer, ULONG length,
			  LARGE_INTEGER offset)
{
	PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
	bool reads = stack->MajorFunction == IRP_MJ_READ;

	/* Both have the same form. */
	stack->Parameters.Read.Length = length;
	stack->Parameters.Read.ByteOffset = offset;
	irp->Flags |= reads ? IRP_READ_OPERATION : IRP_WRITE_OPERATION;
	if (device_flags & DO_BUFFERED_IO)
		return reads ? copy_through_pool(irp, nullptr, 0, buffer, length)
			     : copy_through_pool(irp, buffer, length, nullptr, 0);
	if (device_flags & DO_DIRECT_IO)
		return describe(irp, buffer, length, reads ? IoWriteAccess : IoReadAccess);
	irp->UserBuffer = buffer;
	return STATUS_SUCCESS;
}

NTSTATUS irp_take_buffers(PIRP irp)
{
	NTSTATUS status = irp->IoStatus.Status;

	/* A warning has data, too. */
	if ((irp->Flags & IRP_INPUT_OPERATION) && !NT_ERROR(status) &&
	    irp->AssociatedIrp.SystemBuffer &&
	    !copy_out(irp, irp->UserBuffer, irp->AssociatedIrp.SystemBuffer, answer_length(irp))) {
		status = STATUS_ACCESS_VIOLATION;
		irp->IoStatus.Information = 0;
	}
	irp_drop_buffers(irp);
	return status;
}

void irp_drop_buffers(PIRP irp)
{
	if (irp->Flags & IRP_DEALLOCATE_BUFFER && irp->AssociatedIrp.SystemBuffer)
		ExFreePool(irp->AssociatedIrp.SystemBuffer);
	irp->Flags &= ~(IRP_DEALLOCATE_BUFFER | IRP_INPUT_OPERATION);
	irp->AssociatedIrp.SystemBuffer = nullptr;
	while (PMDL mdl = irp->MdlAddress) {
		irp->MdlAddress = mdl->Next;
		if (mdl->MdlFlags & MDL_PAGES_LOCKED)
			MmUnlockPages(mdl);
		IoFreeMdl(mdl);
	}
}

} // namespace wsk

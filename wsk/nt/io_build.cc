// SPDX-License-Identifier: MIT OR GPL-2.0
/* Requests that drivers build for devices, in IRPs that are the I/O manager's once they are sent.
 */
#include "nt/device.h"
#include "nt/irp.h"
#include "nt/irql.h"
#include "nt/pool.h"
#include "port/log.h"

namespace wsk
{

namespace
{

PIRP build(const char *function, PDEVICE_OBJECT object, ULONG major, UCHAR flags,
	   const void *caller)
{
	Device *device = device_of(function, object);
	PIRP irp = device ? irp_allocate(device->object.StackSize, flags, caller) : nullptr;

	if (!irp)
		return nullptr;
	irp->RequestorMode = KernelMode;
	irp->Tail.Overlay.Thread = PsGetCurrentThread();
	IoGetNextIrpStackLocation(irp)->MajorFunction = static_cast<UCHAR>(major);
	return irp;
}

/* What IoBuild…FsdRequest() are for. */
bool is_of_file_systems(ULONG major)
{
	return major == IRP_MJ_READ || major == IRP_MJ_WRITE || major == IRP_MJ_FLUSH_BUFFERS ||
	       major == IRP_MJ_SHUTDOWN || major == IRP_MJ_PNP || major == IRP_MJ_POWER;
}

PIRP build_transfer(const char *function, ULONG major, PDEVICE_OBJECT device, PVOID buffer,
		    ULONG length, PLARGE_INTEGER offset, UCHAR flags, const void *caller)
{
	if (!is_of_file_systems(major)) {
		port_log_rule(function, "not a major function that it builds requests for");
		return nullptr;
	}

	PIRP irp = build(function, device, major, flags, caller);
	LARGE_INTEGER from = {};

	if (!irp || (major != IRP_MJ_READ && major != IRP_MJ_WRITE))
		return irp;
	if (offset)
		from = *offset;
	if (!NT_SUCCESS(irp_set_transfer(irp, device->Flags, buffer, length, from))) {
		irp_free(irp);
		return nullptr;
	}
	return irp;
}

} // namespace

void irp_end_built(PIRP irp)
{
	NTSTATUS status = irp_take_buffers(irp);
	PIO_STATUS_BLOCK iosb = irp->UserIosb;
	PKEVENT event = irp->UserEvent;
	ULONG_PTR information = irp->IoStatus.Information;

	irp_free(irp);
	if (iosb) {
		iosb->Information = information;
		iosb->Status = status;
	}
	if (event)
		KeSetEvent(event, IO_NO_INCREMENT, FALSE);
}

} // namespace wsk

using namespace wsk;

/**
 * IoBuildDeviceIoControlRequest() - Build a control request
 * @IoControlCode: The control code, whose method says how the buffers are handed over.
 * @DeviceObject: The device that it will be sent to, with IoCallDriver().
 * @InputBuffer: Memory of the kernel, or NULL.
 * @InputBufferLength: Its bytes.
 * @OutputBuffer: Memory of the kernel, or NULL.
 * @OutputBufferLength: Its bytes.
 * @InternalDeviceIoControl: TRUE for IRP_MJ_INTERNAL_DEVICE_CONTROL.
 * @Event: Set when it has completed; or NULL.
 * @IoStatusBlock: Receives how, before the event is set; or NULL.
 *
 * The IRP is freed when it has completed. A completion routine may be set, and must let it
 * complete.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: The IRP; NULL without memory, or when the buffers cannot be used.
 * Source: wdm.h, IoBuildDeviceIoControlRequest function
 */
extern "C" PIRP IoBuildDeviceIoControlRequest(ULONG IoControlCode, PDEVICE_OBJECT DeviceObject,
					      PVOID InputBuffer, ULONG InputBufferLength,
					      PVOID OutputBuffer, ULONG OutputBufferLength,
					      BOOLEAN InternalDeviceIoControl, PKEVENT Event,
					      PIO_STATUS_BLOCK IoStatusBlock)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);

	PIRP irp = build(__func__, DeviceObject,
			 InternalDeviceIoControl ? IRP_MJ_INTERNAL_DEVICE_CONTROL
						 : IRP_MJ_DEVICE_CONTROL,
			 irp_is_built, __builtin_return_address(0));

	if (!irp)
		return nullptr;
	irp->UserEvent = Event;
	irp->UserIosb = IoStatusBlock;
	if (!NT_SUCCESS(irp_set_control(irp, IoControlCode, InputBuffer, InputBufferLength,
					OutputBuffer, OutputBufferLength))) {
		irp_free(irp);
		return nullptr;
	}
	return irp;
}

/**
 * IoBuildSynchronousFsdRequest() - Build a request to read, write, flush or shut down
 * @MajorFunction: IRP_MJ_READ, _WRITE, _FLUSH_BUFFERS, _SHUTDOWN, _PNP or _POWER.
 * @DeviceObject: The device that it will be sent to; its flags say how the buffer is handed over.
 * @Buffer: Memory of the kernel, for reading and writing.
 * @Length: Its bytes.
 * @StartingOffset: Where on the device; NULL is 0.
 * @Event: Set when it has completed; or NULL.
 * @IoStatusBlock: Receives how, before the event is set; or NULL.
 *
 * The IRP is freed when it has completed. A completion routine may be set, and must let it
 * complete.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: The IRP; NULL without memory, when the buffer cannot be used, and for another function,
 *	which breaks a rule.
 * Source: wdm.h, IoBuildSynchronousFsdRequest function
 */
extern "C" PIRP IoBuildSynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject,
					     PVOID Buffer, ULONG Length,
					     PLARGE_INTEGER StartingOffset, PKEVENT Event,
					     PIO_STATUS_BLOCK IoStatusBlock)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);

	PIRP irp = build_transfer(__func__, MajorFunction, DeviceObject, Buffer, Length,
				  StartingOffset, irp_is_built, __builtin_return_address(0));

	if (irp) {
		irp->UserEvent = Event;
		irp->UserIosb = IoStatusBlock;
	}
	return irp;
}

/**
 * IoBuildAsynchronousFsdRequest() - Build a request whose IRP stays the driver's
 * @MajorFunction: As for IoBuildSynchronousFsdRequest().
 * @DeviceObject: As for IoBuildSynchronousFsdRequest().
 * @Buffer: Memory of the kernel, for reading and writing.
 * @Length: Its bytes.
 * @StartingOffset: Where on the device; NULL is 0.
 * @IoStatusBlock: Kept in Irp->UserIosb; or NULL.
 *
 * A completion routine must be set. It frees what it finds in Irp->MdlAddress, or, where Irp->Flags
 * has IRP_DEALLOCATE_BUFFER, in SystemBuffer; then the IRP, and returns
 * STATUS_MORE_PROCESSING_REQUIRED.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: As IoBuildSynchronousFsdRequest().
 * Source: wdm.h, IoBuildAsynchronousFsdRequest function
 */
extern "C" PIRP IoBuildAsynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject,
					      PVOID Buffer, ULONG Length,
					      PLARGE_INTEGER StartingOffset,
					      PIO_STATUS_BLOCK IoStatusBlock)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);

	PIRP irp = build_transfer(__func__, MajorFunction, DeviceObject, Buffer, Length,
				  StartingOffset, 0, __builtin_return_address(0));

	if (irp)
		irp->UserIosb = IoStatusBlock;
	return irp;
}

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* IRPs of the I/O manager's own: those that bring programs' requests, and those of IoBuild…(). */
#ifndef WSK_NT_IRP_H
#define WSK_NT_IRP_H

#include <ntddk.h>

namespace wsk
{

/* In Irp->AllocationFlags, beside Windows' own: what becomes of it when it has completed. */
constexpr UCHAR irp_is_awaited = 0x40; /* whoever sent it wakes up (operation.h) */
constexpr UCHAR irp_is_built = 0x80;   /* its event is set, and it is freed (io_build.cc) */

/* Charged to the driver whose code the caller lies in. NULL without memory. */
PIRP irp_allocate(CCHAR stack_size, UCHAR flags, const void *caller);
void irp_free(PIRP irp);

/* What IofCompleteRequest() calls at the end of such an IRP, which may be gone afterwards. */
void irp_end_awaited(PIRP irp);
void irp_end_built(PIRP irp);

/*
 * The buffers of a request, laid out in the IRP as Windows does, for the next stack location; the
 * addresses are the process' where RequestorMode is UserMode. A failure leaves nothing behind.
 */
NTSTATUS irp_set_control(PIRP irp, ULONG code, PVOID input, ULONG input_length, PVOID output,
			 ULONG output_length);
NTSTATUS irp_set_transfer(PIRP irp, ULONG device_flags, PVOID buffer, ULONG length,
			  LARGE_INTEGER offset);

/*
 * Copies out what the driver answered, and lets go of the buffers. The status, which is a failure
 * when the process has no memory there. In that process, or at DISPATCH_LEVEL for the kernel's.
 */
NTSTATUS irp_take_buffers(PIRP irp);
/* The same for a request that will not be sent, or that the driver has freed. */
void irp_drop_buffers(PIRP irp);

} // namespace wsk

#endif

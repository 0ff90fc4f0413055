// SPDX-License-Identifier: MIT OR GPL-2.0
/* Requests that drivers send to devices, and the buffers that come with them. */
#include "io_driver.h"

#include "port/memory.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

constexpr ULONG buffered = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS);
constexpr ULONG in_direct = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_IN_DIRECT, FILE_ANY_ACCESS);
constexpr ULONG out_direct =
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_OUT_DIRECT, FILE_ANY_ACCESS);
constexpr ULONG neither = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_NEITHER, FILE_ANY_ACCESS);

/* What the driver saw of the last request. */
struct {
	IO_STACK_LOCATION stack;
	PVOID system_buffer, user_buffer;
	ULONG flags;
	KPROCESSOR_MODE mode;
	PETHREAD thread;
	PEPROCESS process;
	ULONG process_id;
	bool is_32bit;
	bool has_mdl;
	ULONG mdl_bytes;
	UCHAR first_byte;
	NTSTATUS answer;
	ULONG_PTR information;
	bool fill;
} seen;

PUCHAR output_of(PIRP irp)
{
	if (irp->MdlAddress)
		return static_cast<PUCHAR>(
			MmGetSystemAddressForMdlSafe(irp->MdlAddress, NormalPagePriority));
	return static_cast<PUCHAR>(irp->AssociatedIrp.SystemBuffer ? irp->AssociatedIrp.SystemBuffer
								   : irp->UserBuffer);
}

NTSTATUS look(PDEVICE_OBJECT, PIRP irp)
{
	seen.stack = *IoGetCurrentIrpStackLocation(irp);
	seen.system_buffer = irp->AssociatedIrp.SystemBuffer;
	seen.user_buffer = irp->UserBuffer;
	seen.flags = irp->Flags;
	seen.mode = irp->RequestorMode;
	seen.thread = irp->Tail.Overlay.Thread;
	seen.process = IoGetRequestorProcess(irp);
	seen.process_id = IoGetRequestorProcessId(irp);
	seen.is_32bit = IoIs32bitProcess(irp) || IoIs32bitProcess(nullptr);
	seen.has_mdl = irp->MdlAddress;
	seen.mdl_bytes = irp->MdlAddress ? MmGetMdlByteCount(irp->MdlAddress) : 0;
	if (irp->AssociatedIrp.SystemBuffer)
		seen.first_byte = *static_cast<PUCHAR>(irp->AssociatedIrp.SystemBuffer);
	if (seen.fill)
		for (ULONG_PTR i = 0; i < seen.information; i++)
			output_of(irp)[i] = static_cast<UCHAR>(0x80 + i);
	return finish(irp, seen.answer, seen.information);
}

PDEVICE_OBJECT device;

int reset(struct kunit *)
{
	io_driver = {};
	seen = {};
	return 0;
}

void load(struct kunit *test, ULONG flags = 0)
{
	io_driver.unload = [] { IoDeleteDevice(device); };
	ASSERT_TRUE(test, io_driver_load(test));
	device = io_driver_device(test, nullptr, flags);
	io_driver.dispatch = look;
}

struct Sent {
	NTSTATUS returned;
	IO_STATUS_BLOCK iosb;
	bool event;
};

/* Sends, and waits as a driver does. */
Sent send(PIRP irp, KEVENT *event, IO_STATUS_BLOCK *iosb)
{
	Sent sent = {};

	sent.returned = IoCallDriver(device, irp);
	if (sent.returned == STATUS_PENDING)
		wait_forever(event);
	sent.event = KeReadStateEvent(event);
	sent.iosb = *iosb;
	return sent;
}

Sent control(struct kunit *test, ULONG code, PVOID in, ULONG in_length, PVOID out, ULONG out_length,
	     BOOLEAN internal = FALSE)
{
	IO_STATUS_BLOCK iosb = {};
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	PIRP irp = IoBuildDeviceIoControlRequest(code, device, in, in_length, out, out_length,
						 internal, &event, &iosb);
	ASSERT_NOT_NULL(test, irp);
	return send(irp, &event, &iosb);
}

void buffered_control(struct kunit *test)
{
	UCHAR in[4] = {9, 8, 7, 6}, out[8];

	load(test);
	__builtin_memset(out, 0xee, sizeof(out));
	seen.fill = true;
	seen.information = 3;
	Sent sent = control(test, buffered, in, sizeof(in), out, sizeof(out));
	EXPECT_STATUS(test, sent.returned, STATUS_SUCCESS);
	EXPECT_STATUS(test, sent.iosb.Status, STATUS_SUCCESS);
	EXPECT_EQ(test, sent.iosb.Information, 3u);
	EXPECT_TRUE(test, sent.event);
	EXPECT_EQ(test, seen.stack.MajorFunction, IRP_MJ_DEVICE_CONTROL);
	EXPECT_EQ(test, seen.stack.Parameters.DeviceIoControl.IoControlCode, buffered);
	EXPECT_EQ(test, seen.stack.Parameters.DeviceIoControl.InputBufferLength, 4u);
	EXPECT_EQ(test, seen.stack.Parameters.DeviceIoControl.OutputBufferLength, 8u);
	EXPECT_PTR_EQ(test, seen.stack.DeviceObject, device);
	EXPECT_NULL(test, seen.stack.FileObject);
	EXPECT_EQ(test, seen.mode, KernelMode);
	EXPECT_PTR_EQ(test, seen.thread, PsGetCurrentThread());
	EXPECT_PTR_EQ(test, seen.process, PsGetCurrentProcess());
	EXPECT_EQ(test, seen.process_id, HandleToULong(PsGetCurrentProcessId()));
	EXPECT_FALSE(test, seen.is_32bit);
	EXPECT_NOT_NULL(test, seen.system_buffer);
	EXPECT_PTR_NE(test, seen.system_buffer, static_cast<PVOID>(in));
	EXPECT_EQ(test, seen.first_byte, 9);
	EXPECT_FALSE(test, seen.has_mdl);
	/* As many as the driver says, and no more. */
	const UCHAR wanted[8] = {0x80, 0x81, 0x82, 0xee, 0xee, 0xee, 0xee, 0xee};
	EXPECT_MEM_EQ(test, out, wanted, sizeof(out));

	control(test, buffered, in, sizeof(in), nullptr, 0, TRUE);
	EXPECT_EQ(test, seen.stack.MajorFunction, IRP_MJ_INTERNAL_DEVICE_CONTROL);
	seen.information = 0;
	seen.fill = false;
	control(test, buffered, nullptr, 0, nullptr, 0);
	EXPECT_NULL(test, seen.system_buffer);
}

void answers_by_status(struct kunit *test)
{
	struct {
		NTSTATUS status;
		bool copied;
	} const table[] = {
		{STATUS_SUCCESS, true},		{STATUS_OBJECT_NAME_EXISTS, true},
		{STATUS_BUFFER_OVERFLOW, true}, /* a warning */
		{STATUS_UNSUCCESSFUL, false},	{STATUS_BUFFER_TOO_SMALL, false},
	};

	load(test);
	seen.fill = true;
	seen.information = 2;
	for (const auto &row : table) {
		UCHAR out[2] = {};

		seen.answer = row.status;
		Sent sent = control(test, buffered, nullptr, 0, out, sizeof(out));
		EXPECT_STATUS(test, sent.iosb.Status, row.status);
		EXPECT_EQ(test, sent.iosb.Information, 2u);
		EXPECT_EQ(test, out[1], row.copied ? 0x81 : 0);
	}
}

void too_much_information(struct kunit *test)
{
	UCHAR out[4] = {};
	struct {
		UCHAR in[64];
	} in = {};

	load(test);
	seen.information = 64;
	EXPECT_RULES(
		test, 1,
		EXPECT_EQ(
			test,
			control(test, buffered, &in, sizeof(in), out, sizeof(out)).iosb.Information,
			64u));
}

void nothing_leaks_out(struct kunit *test)
{
	UCHAR out[32], zeros[32] = {};

	load(test);
	__builtin_memset(out, 0xee, sizeof(out));
	seen.information = sizeof(out); /* a driver that fills nothing in, and says it did */
	control(test, buffered, nullptr, 0, out, sizeof(out));
	EXPECT_MEM_EQ(test, out, zeros, sizeof(out));
}

void direct_control(struct kunit *test)
{
	static UCHAR out[3 * PAGE_SIZE];
	UCHAR in[4] = {5};

	load(test);
	seen.fill = true;
	seen.information = 16;
	const ULONG codes[] = {in_direct, out_direct};
	for (ULONG code : codes) {
		__builtin_memset(out, 0, sizeof(out));
		Sent sent = control(test, code, in, sizeof(in), out + 10, sizeof(out) - 10);
		EXPECT_STATUS(test, sent.iosb.Status, STATUS_SUCCESS);
		EXPECT_EQ(test, seen.first_byte, 5);
		EXPECT_TRUE(test, seen.has_mdl);
		EXPECT_EQ(test, seen.mdl_bytes, sizeof(out) - 10);
		EXPECT_EQ(test, out[10], 0x80);
		EXPECT_EQ(test, out[9], 0);
	}
	seen.fill = false;
	control(test, out_direct, nullptr, 0, nullptr, 0);
	EXPECT_FALSE(test, seen.has_mdl);
	EXPECT_NULL(test, seen.system_buffer);
}

void neither_control(struct kunit *test)
{
	UCHAR in[4], out[8];

	load(test);
	control(test, neither, in, sizeof(in), out, sizeof(out));
	EXPECT_PTR_EQ(test, seen.stack.Parameters.DeviceIoControl.Type3InputBuffer,
		      static_cast<PVOID>(in));
	EXPECT_PTR_EQ(test, seen.user_buffer, static_cast<PVOID>(out));
	EXPECT_NULL(test, seen.system_buffer);
	EXPECT_FALSE(test, seen.has_mdl);
}

Sent transfer(struct kunit *test, ULONG major, PVOID buffer, ULONG length, LONGLONG offset)
{
	IO_STATUS_BLOCK iosb = {};
	LARGE_INTEGER start;
	KEVENT event;

	start.QuadPart = offset;
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	PIRP irp =
		IoBuildSynchronousFsdRequest(major, device, buffer, length, &start, &event, &iosb);
	ASSERT_NOT_NULL(test, irp);
	return send(irp, &event, &iosb);
}

void transfers(struct kunit *test)
{
	static UCHAR buffer[PAGE_SIZE + 100];

	const ULONG kinds[] = {DO_BUFFERED_IO, DO_DIRECT_IO, 0};
	for (ULONG flags : kinds) {
		reset(test);
		load(test, flags);
		buffer[0] = 42;
		Sent sent = transfer(test, IRP_MJ_WRITE, buffer, sizeof(buffer), 1ll << 40);
		EXPECT_STATUS(test, sent.iosb.Status, STATUS_SUCCESS);
		EXPECT_EQ(test, seen.stack.Parameters.Write.Length, sizeof(buffer));
		EXPECT_EQ(test, seen.stack.Parameters.Write.ByteOffset.QuadPart, 1ll << 40);
		EXPECT_EQ(test, seen.system_buffer != nullptr, flags == DO_BUFFERED_IO);
		EXPECT_EQ(test, seen.has_mdl, flags == DO_DIRECT_IO);
		EXPECT_EQ(test, seen.user_buffer != nullptr, flags == 0);
		EXPECT_TRUE(test, seen.flags & IRP_WRITE_OPERATION);
		if (flags == DO_BUFFERED_IO)
			EXPECT_EQ(test, seen.first_byte, 42);

		seen.fill = true;
		seen.information = 2;
		sent = transfer(test, IRP_MJ_READ, buffer, sizeof(buffer), 0);
		EXPECT_EQ(test, sent.iosb.Information, 2u);
		EXPECT_EQ(test, buffer[0], 0x80);
		EXPECT_EQ(test, buffer[1], 0x81);
		EXPECT_TRUE(test, seen.flags & IRP_READ_OPERATION);

		seen.fill = false;
		sent = transfer(test, IRP_MJ_FLUSH_BUFFERS, nullptr, 0, 0);
		EXPECT_EQ(test, seen.stack.MajorFunction, IRP_MJ_FLUSH_BUFFERS);
		EXPECT_RULES(test, 1,
			     EXPECT_NULL(test, IoBuildSynchronousFsdRequest(IRP_MJ_CREATE, device,
									    nullptr, 0, nullptr,
									    nullptr, nullptr)));
		io_driver_unload();
	}
}

void asynchronous(struct kunit *test)
{
	static UCHAR buffer[64];

	const ULONG kinds[] = {DO_BUFFERED_IO, DO_DIRECT_IO};
	for (ULONG flags : kinds) {
		reset(test);
		load(test, flags);
		PIRP irp = IoBuildAsynchronousFsdRequest(IRP_MJ_WRITE, device, buffer,
							 sizeof(buffer), nullptr, nullptr);
		ASSERT_NOT_NULL(test, irp);
		/* As the documentation shows it. */
		IoSetCompletionRoutine(
			irp,
			[](PDEVICE_OBJECT, PIRP done, PVOID) -> NTSTATUS {
				if (done->Flags & IRP_DEALLOCATE_BUFFER)
					ExFreePool(done->AssociatedIrp.SystemBuffer);
				while (PMDL mdl = done->MdlAddress) {
					done->MdlAddress = mdl->Next;
					MmUnlockPages(mdl);
					IoFreeMdl(mdl);
				}
				IoFreeIrp(done);
				return STATUS_MORE_PROCESSING_REQUIRED;
			},
			nullptr, TRUE, TRUE, TRUE);
		EXPECT_RULES(test, 0,
			     EXPECT_STATUS(test, IoCallDriver(device, irp), STATUS_SUCCESS));
		io_driver_unload();
	}
}

VOID complete_later(PVOID irp)
{
	finish(static_cast<PIRP>(irp), STATUS_SUCCESS, 1);
}

void pending(struct kunit *test)
{
	static WORK_QUEUE_ITEM work;
	UCHAR out[4] = {};

	load(test);
	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) -> NTSTATUS {
		IoMarkIrpPending(irp);
		*static_cast<PUCHAR>(irp->AssociatedIrp.SystemBuffer) = 0x33;
		ExInitializeWorkItem(&work, complete_later, irp);
		ExQueueWorkItem(&work, DelayedWorkQueue);
		return STATUS_PENDING;
	};
	Sent sent = control(test, buffered, nullptr, 0, out, sizeof(out));
	EXPECT_STATUS(test, sent.returned, STATUS_PENDING);
	EXPECT_STATUS(test, sent.iosb.Status, STATUS_SUCCESS);
	EXPECT_EQ(test, sent.iosb.Information, 1u);
	EXPECT_EQ(test, out[0], 0x33);
}

void complete_at_dispatch(void *irp)
{
	finish(static_cast<PIRP>(irp), STATUS_SUCCESS, 4);
}

void completed_in_a_softirq(struct kunit *test)
{
	static UCHAR out[2 * PAGE_SIZE];

	load(test);
	const ULONG codes[] = {buffered, out_direct};
	for (ULONG code : codes) {
		IO_STATUS_BLOCK iosb = {};
		KEVENT event;

		KeInitializeEvent(&event, NotificationEvent, FALSE);
		io_driver.dispatch = io_driver_hold;
		PIRP irp = IoBuildDeviceIoControlRequest(code, device, nullptr, 0, out, sizeof(out),
							 FALSE, &event, &iosb);
		ASSERT_NOT_NULL(test, irp);
		EXPECT_STATUS(test, IoCallDriver(device, irp), STATUS_PENDING);
		EXPECT_NOT_NULL(test, reinterpret_cast<PVOID>(IoSetCancelRoutine(irp, nullptr)));
		EXPECT_RULES(test, 0, bridge_run_in_softirq(complete_at_dispatch, irp));
		EXPECT_STATUS(test, wait_forever(&event), STATUS_SUCCESS);
		EXPECT_STATUS(test, iosb.Status, STATUS_SUCCESS);
		EXPECT_EQ(test, iosb.Information, 4u);
	}
}

void cancelled(struct kunit *test)
{
	IO_STATUS_BLOCK iosb = {};
	KEVENT event;

	load(test);
	io_driver.dispatch = io_driver_hold;
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	PIRP irp = IoBuildDeviceIoControlRequest(neither, device, nullptr, 0, nullptr, 0, FALSE,
						 &event, &iosb);
	ASSERT_NOT_NULL(test, irp);
	EXPECT_STATUS(test, IoCallDriver(device, irp), STATUS_PENDING);
	EXPECT_TRUE(test, IoCancelIrp(irp));
	wait_forever(&event);
	EXPECT_STATUS(test, iosb.Status, STATUS_CANCELLED);
}

void freed_unsent(struct kunit *test)
{
	static UCHAR out[100];

	load(test);
	const ULONG codes[] = {buffered, in_direct, out_direct, neither};
	for (ULONG code : codes) {
		PIRP irp = IoBuildDeviceIoControlRequest(code, device, out, 10, out, sizeof(out),
							 FALSE, nullptr, nullptr);

		ASSERT_NOT_NULL(test, irp);
		EXPECT_RULES(test, 0, IoFreeIrp(irp));
	}
}

void without_memory(struct kunit *test)
{
	static UCHAR out[100];

	load(test, DO_BUFFERED_IO);
	const ULONG codes[] = {buffered, out_direct};
	for (ULONG code : codes) {
		unsigned int nth = 1;

		for (;; nth++) {
			port_alloc_fail(nth);
			PIRP irp = IoBuildDeviceIoControlRequest(
				code, device, out, 10, out, sizeof(out), FALSE, nullptr, nullptr);
			bool failed = port_alloc_fail(0);

			EXPECT_EQ(test, irp == nullptr, failed);
			if (irp)
				IoFreeIrp(irp);
			if (!failed)
				break;
		}
		EXPECT_GT(test, nth, 2u);
	}
	port_alloc_fail(2);
	EXPECT_NULL(test, IoBuildSynchronousFsdRequest(IRP_MJ_READ, device, out, sizeof(out),
						       nullptr, nullptr, nullptr));
	port_alloc_fail(0);
}

void bad_calls(struct kunit *test)
{
	NTSTATUS(*keep)
	(PDEVICE_OBJECT, PIRP, PVOID) = [](PDEVICE_OBJECT, PIRP, PVOID context) {
		++*static_cast<int *>(context);
		return STATUS_MORE_PROCESSING_REQUIRED;
	};
	static constinit DEVICE_OBJECT others[2];
	PIRP irp = IoAllocateIrp(1, FALSE);
	int completed = 0;

	load(test);
	ASSERT_NOT_NULL(test, irp);
	auto begin = [&] {
		IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(irp, keep, &completed, TRUE, TRUE, TRUE);
	};

	begin();
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, IoCallDriver(nullptr, irp), STATUS_NO_SUCH_DEVICE));
	EXPECT_EQ(test, completed, 1);

	begin();
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, IoCallDriver(&others[1], irp), STATUS_NO_SUCH_DEVICE));
	EXPECT_EQ(test, completed, 2);

	/* A function that there is none of, and one that the driver has taken away. */
	begin();
	IoGetNextIrpStackLocation(irp)->MajorFunction = 0xff;
	EXPECT_STATUS(test, IoCallDriver(device, irp), STATUS_INVALID_DEVICE_REQUEST);
	begin();
	io_driver.object->MajorFunction[IRP_MJ_PNP] = nullptr;
	IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_PNP;
	EXPECT_STATUS(test, IoCallDriver(device, irp), STATUS_INVALID_DEVICE_REQUEST);
	EXPECT_EQ(test, completed, 4);
	IoFreeIrp(irp);
}

void no_location_left(struct kunit *test)
{
	load(test);
	io_driver.dispatch = [](PDEVICE_OBJECT self, PIRP irp) {
		/* Passes the only location on, as if there were another. */
		return IoCallDriver(self, irp);
	};
	EXPECT_RULES(test, 1, Sent sent = control(test, neither, nullptr, 0, nullptr, 0);
		     EXPECT_STATUS(test, sent.returned, STATUS_INVALID_PARAMETER);
		     EXPECT_STATUS(test, sent.iosb.Status, STATUS_INVALID_PARAMETER));
}

void forwarded(struct kunit *test)
{
	static PDEVICE_OBJECT upper, lower;

	load(test);
	lower = device;
	upper = io_driver_device(test, nullptr);
	ASSERT_PTR_EQ(test, IoAttachDeviceToDeviceStack(upper, lower), lower);
	io_driver.dispatch = [](PDEVICE_OBJECT self, PIRP irp) -> NTSTATUS {
		if (self == lower)
			return finish(irp, STATUS_DEVICE_BUSY, 5);
		if (!IoForwardIrpSynchronously(lower, irp))
			return finish(irp, STATUS_UNSUCCESSFUL);
		/* It is ours again. */
		return finish(irp, irp->IoStatus.Status, irp->IoStatus.Information + 1);
	};
	device = upper;
	Sent sent = control(test, neither, nullptr, 0, nullptr, 0);
	device = lower; /* which the driver deletes */
	EXPECT_STATUS(test, sent.iosb.Status, STATUS_DEVICE_BUSY);
	EXPECT_EQ(test, sent.iosb.Information, 6u);
	IoDetachDevice(lower);
	IoDeleteDevice(upper);
}

constexpr bridge_case cases[] = {
	{"a buffered control request is copied both ways, as far as Information says",
	 buffered_control},
	{"successes and warnings have an answer, errors have none", answers_by_status},
	{"Information beyond the output buffer is cut", too_much_information},
	{"what a driver does not fill in is zero", nothing_leaks_out},
	{"a direct control request describes the output buffer", direct_control},
	{"a control request of neither kind hands the addresses on", neither_control},
	{"reading and writing hand buffers over as the device says", transfers},
	{"an asynchronous request is freed by its completion routine", asynchronous},
	{"a request that pends sets its event when it is answered", pending},
	{"a request may complete in a softirq", completed_in_a_softirq},
	{"a driver cancels what it has sent", cancelled},
	{"a request that is not sent is freed with its buffers", freed_unsent},
	{"a request that there is no memory for is not built", without_memory},
	{"an IRP for nobody is completed with an error", bad_calls},
	{"an IRP without a stack location left is completed with an error", no_location_left},
	{"a driver forwards a request and has it back", forwarded},
};

} // namespace

BRIDGE_SUITE(io_request, cases, .init = reset)

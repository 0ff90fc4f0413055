// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * What system calls on a node become, from below the system call. No test has a process with memory
 * of its own here: buffers of programs are scripts/vmtests/device.py's business.
 */
#include "io_driver.h"

#include "port/device.h"
#include "port/error.h"
#include "port/memory.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

constexpr ULONG code(ULONG method, ULONG access = FILE_ANY_ACCESS)
{
	return CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, method, access);
}

constexpr unsigned int both = PORT_FILE_READS | PORT_FILE_WRITES;
constexpr uint64_t me = 1;

constinit UNICODE_STRING device_name = name_of(L"\\Device\\WskNode"),
			 link_name = name_of(L"\\??\\WskNode");
PDEVICE_OBJECT device;
int node;

int reset(struct kunit *)
{
	io_driver = {};
	device = nullptr;
	return 0;
}

void load(struct kunit *test, ULONG flags = 0)
{
	io_driver.unload = [] {
		IoDeleteSymbolicLink(&link_name);
		IoDeleteDevice(device);
	};
	ASSERT_TRUE(test, io_driver_load(test));
	device = io_driver_device(test, &device_name, flags);
	ASSERT_STATUS(test, IoCreateSymbolicLink(&link_name, &device_name), STATUS_SUCCESS);
	node = name_node(&link_name);
	ASSERT_TRUE(test, node >= 0);
}

void *open(struct kunit *test, unsigned int access = both)
{
	void *file = nullptr;

	ASSERT_EQ(test, nt_file_open(node, access, &file), 0);
	return file;
}

int control(void *file, uint32_t what, struct port_control *done = nullptr)
{
	struct port_control call = {.code = what};
	int result = nt_file_control(file, me, &call);

	if (done)
		*done = call;
	return result;
}

void opened_and_closed(struct kunit *test)
{
	static IO_STACK_LOCATION create;
	static ACCESS_STATE state;
	static KPROCESSOR_MODE mode;

	load(test);
	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) {
		PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

		if (stack->MajorFunction == IRP_MJ_CREATE) {
			create = *stack;
			state = *stack->Parameters.Create.SecurityContext->AccessState;
			mode = irp->RequestorMode;
			stack->FileObject->FsContext = &state;
		}
		return finish(irp, STATUS_SUCCESS, FILE_OPENED);
	};
	void *file = open(test, PORT_FILE_READS);
	EXPECT_TRUE(test, io_driver_saw(IRP_MJ_CREATE));
	EXPECT_EQ(test, mode, UserMode);
	EXPECT_EQ(test, create.Parameters.Create.Options >> 24, static_cast<ULONG>(FILE_OPEN));
	EXPECT_TRUE(test, state.OriginalDesiredAccess & FILE_READ_DATA);
	EXPECT_FALSE(test, state.OriginalDesiredAccess & FILE_WRITE_DATA);
	EXPECT_NOT_NULL(test, state.SubjectSecurityContext.PrimaryToken);

	PFILE_OBJECT object = io_driver.file;
	EXPECT_PTR_EQ(test, object->FsContext, static_cast<PVOID>(&state));
	EXPECT_PTR_EQ(test, object->DeviceObject, device);
	EXPECT_EQ(test, object->FileName.Length, 0);
	EXPECT_TRUE(test, object->ReadAccess);
	EXPECT_FALSE(test, object->WriteAccess);
	EXPECT_EQ(test, device->ReferenceCount, 1);

	/* A driver's reference keeps it from being closed, but not from being cleaned up. */
	ObReferenceObject(object);
	nt_file_close(file);
	EXPECT_TRUE(test, io_driver_saw(IRP_MJ_CLEANUP));
	EXPECT_TRUE(test, object->Flags & FO_CLEANUP_COMPLETE);
	ObDereferenceObject(object);
	EXPECT_TRUE(test, io_driver_saw(IRP_MJ_CLOSE));
	EXPECT_EQ(test, device->ReferenceCount, 0);
}

void refused_open(struct kunit *test)
{
	struct {
		NTSTATUS status;
		int error;
	} const table[] = {
		{STATUS_INVALID_DEVICE_REQUEST, PORT_ENXIO},
		{STATUS_ACCESS_DENIED, PORT_EACCES},
		{STATUS_DEVICE_BUSY, PORT_EBUSY},
		{STATUS_INSUFFICIENT_RESOURCES, PORT_ENOMEM},
		{STATUS_UNSUCCESSFUL, PORT_EIO},
	};
	static NTSTATUS answer;
	void *file = nullptr;

	load(test);
	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) { return finish(irp, answer); };
	for (const auto &row : table) {
		answer = row.status;
		EXPECT_EQ(test, nt_file_open(node, both, &file), -row.error);
		EXPECT_NULL(test, file);
	}
	io_driver_saw();
	EXPECT_EQ(test, nt_file_open(node + 1, both, &file), -PORT_ENODEV);
	device->Flags |= DO_DEVICE_INITIALIZING;
	EXPECT_EQ(test, nt_file_open(node, both, &file), -PORT_ENODEV);
	EXPECT_TRUE(test, io_driver_saw());
}

void controls(struct kunit *test)
{
	static IO_STACK_LOCATION stack;
	static PVOID output;
	struct port_control call = {.code = code(METHOD_NEITHER),
				    .input = 0x1000,
				    .output = 0x2000,
				    .input_length = 5,
				    .output_length = 6};

	load(test);
	void *file = open(test);
	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) {
		stack = *IoGetCurrentIrpStackLocation(irp);
		output = irp->UserBuffer;
		return finish(irp, STATUS_SUCCESS, 1234);
	};
	EXPECT_EQ(test, nt_file_control(file, me, &call), 0);
	EXPECT_EQ(test, call.information, 1234u);
	EXPECT_STATUS(test, call.status, STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, stack.FileObject, static_cast<PFILE_OBJECT>(file));
	EXPECT_PTR_EQ(test, stack.Parameters.DeviceIoControl.Type3InputBuffer,
		      reinterpret_cast<PVOID>(0x1000));
	EXPECT_PTR_EQ(test, output, reinterpret_cast<PVOID>(0x2000));
	EXPECT_EQ(test, stack.Parameters.DeviceIoControl.InputBufferLength, 5u);
	EXPECT_EQ(test, stack.Parameters.DeviceIoControl.OutputBufferLength, 6u);
	io_driver.dispatch = nullptr;
	nt_file_close(file);
}

void control_errors(struct kunit *test)
{
	struct {
		NTSTATUS status;
		int error;
	} const table[] = {
		{STATUS_TIMEOUT, 0}, /* a success */
		{STATUS_INVALID_DEVICE_REQUEST, PORT_ENOTTY},
		{STATUS_INVALID_PARAMETER, PORT_EINVAL},
		{STATUS_BUFFER_TOO_SMALL, PORT_ERANGE},
		{STATUS_BUFFER_OVERFLOW, PORT_EOVERFLOW},
		{STATUS_NOT_SUPPORTED, PORT_EOPNOTSUPP},
		{STATUS_CANCELLED, PORT_ECANCELED},
		{STATUS_UNSUCCESSFUL, PORT_EIO},
	};
	static NTSTATUS answer;

	load(test);
	void *file = open(test);
	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) { return finish(irp, answer, 7); };
	for (const auto &row : table) {
		struct port_control done;

		answer = row.status;
		EXPECT_EQ(test, control(file, code(METHOD_NEITHER), &done), -row.error);
		EXPECT_STATUS(test, done.status, row.status);
		EXPECT_EQ(test, done.information, 7u);
	}
	io_driver.dispatch = nullptr;
	nt_file_close(file);
}

void access_bits(struct kunit *test)
{
	struct {
		unsigned int access;
		ULONG wanted;
		bool allowed;
	} const table[] = {
		{PORT_FILE_READS, FILE_ANY_ACCESS, true},
		{PORT_FILE_READS, FILE_READ_ACCESS, true},
		{PORT_FILE_READS, FILE_WRITE_ACCESS, false},
		{PORT_FILE_READS, FILE_READ_ACCESS | FILE_WRITE_ACCESS, false},
		{PORT_FILE_WRITES, FILE_ANY_ACCESS, true},
		{PORT_FILE_WRITES, FILE_READ_ACCESS, false},
		{PORT_FILE_WRITES, FILE_WRITE_ACCESS, true},
		{both, FILE_READ_ACCESS | FILE_WRITE_ACCESS, true},
	};

	load(test);
	for (const auto &row : table) {
		void *file = open(test, row.access);
		struct port_control done;

		io_driver_saw();
		EXPECT_EQ(test, control(file, code(METHOD_NEITHER, row.wanted), &done),
			  row.allowed ? 0 : -PORT_EACCES);
		EXPECT_STATUS(test, done.status,
			      row.allowed ? STATUS_SUCCESS : STATUS_ACCESS_DENIED);
		EXPECT_EQ(test, io_driver.count, row.allowed ? 1 : 0);
		nt_file_close(file);
	}
}

void reads_and_writes(struct kunit *test)
{
	static IO_STACK_LOCATION stack;
	static NTSTATUS answer;
	static ULONG_PTR information;

	load(test);
	void *file = open(test);
	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) {
		stack = *IoGetCurrentIrpStackLocation(irp);
		return finish(irp, answer, information);
	};
	answer = STATUS_SUCCESS;
	information = 3;
	EXPECT_EQ(test, nt_file_read(file, me, 0x1000, 10, 1ll << 33), 3);
	EXPECT_EQ(test, stack.MajorFunction, IRP_MJ_READ);
	EXPECT_EQ(test, stack.Parameters.Read.Length, 10u);
	EXPECT_EQ(test, stack.Parameters.Read.ByteOffset.QuadPart, 1ll << 33);
	EXPECT_EQ(test, nt_file_write(file, me, 0x1000, 10, -1), 3);
	EXPECT_EQ(test, stack.MajorFunction, IRP_MJ_WRITE);
	EXPECT_EQ(test, stack.Parameters.Write.ByteOffset.LowPart,
		  static_cast<ULONG>(FILE_WRITE_TO_END_OF_FILE));
	EXPECT_EQ(test, stack.Parameters.Write.ByteOffset.HighPart, -1);

	/* A driver cannot make a program believe in more than it asked for. */
	information = 100;
	EXPECT_EQ(test, nt_file_read(file, me, 0x1000, 10, 0), 10);
	information = 4;
	answer = STATUS_BUFFER_OVERFLOW;
	EXPECT_EQ(test, nt_file_read(file, me, 0x1000, 10, 0), 4);
	answer = STATUS_END_OF_FILE;
	EXPECT_EQ(test, nt_file_read(file, me, 0x1000, 10, 0), 0);
	EXPECT_EQ(test, nt_file_write(file, me, 0x1000, 10, 0), -PORT_ENODATA);
	answer = STATUS_INVALID_DEVICE_REQUEST;
	EXPECT_EQ(test, nt_file_read(file, me, 0x1000, 10, 0), -PORT_EINVAL);
	EXPECT_EQ(test, nt_file_flush(file, me), -PORT_EINVAL);
	answer = STATUS_DISK_FULL;
	EXPECT_EQ(test, nt_file_write(file, me, 0x1000, 10, 0), -PORT_ENOSPC);
	answer = STATUS_SUCCESS;
	EXPECT_EQ(test, nt_file_flush(file, me), 0);
	EXPECT_EQ(test, stack.MajorFunction, IRP_MJ_FLUSH_BUFFERS);
	io_driver.dispatch = nullptr;
	nt_file_close(file);
}

/* A thread in a system call. */
struct Caller {
	void *file;
	int result;
	struct port_control done;
	bridge_thread *thread;

	bool start(void *in)
	{
		file = in;
		thread = bridge_thread_start(
			[](void *context) {
				auto *self = static_cast<Caller *>(context);

				self->result =
					control(self->file, code(METHOD_NEITHER), &self->done);
			},
			this);
		return thread;
	}
};

void abandoned(struct kunit *test)
{
	Caller caller = {};

	load(test);
	void *file = open(test);
	io_driver_saw();
	io_driver.dispatch = [](PDEVICE_OBJECT self, PIRP irp) {
		return IoGetCurrentIrpStackLocation(irp)->MajorFunction == IRP_MJ_DEVICE_CONTROL
			       ? io_driver_hold(self, irp)
			       : finish(irp, STATUS_SUCCESS);
	};
	ASSERT_TRUE(test, caller.start(file));
	wait_forever(&io_driver.held);
	EXPECT_EQ(test, nt_file_requests(file, me), 1u);
	EXPECT_EQ(test, nt_file_requests(file, me + 1), 0u);
	nt_file_abandon(file);
	bridge_thread_join(caller.thread);
	EXPECT_EQ(test, caller.result, -PORT_ECANCELED);
	EXPECT_STATUS(test, caller.done.status, STATUS_CANCELLED);
	EXPECT_TRUE(test, io_driver_saw(IRP_MJ_DEVICE_CONTROL, IRP_MJ_CLEANUP));
	/* Nothing gets to the driver any more. */
	EXPECT_EQ(test, control(file, code(METHOD_NEITHER)), -PORT_EBADF);
	EXPECT_EQ(test, nt_file_read(file, me, 0, 0, 0), -PORT_EBADF);
	EXPECT_EQ(test, nt_file_flush(file, me), -PORT_EBADF);
	EXPECT_TRUE(test, io_driver_saw());
	nt_file_close(file);
	EXPECT_TRUE(test, io_driver_saw(IRP_MJ_CLOSE));
}

void cleaned_up(struct kunit *test)
{
	Caller caller = {};

	load(test);
	void *file = open(test);
	/* The driver completes what it holds when it is told to clean up. */
	io_driver.dispatch = [](PDEVICE_OBJECT self, PIRP irp) {
		UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

		if (major == IRP_MJ_DEVICE_CONTROL)
			return io_driver_hold(self, irp);
		if (major == IRP_MJ_CLEANUP && io_driver.held_irp &&
		    IoSetCancelRoutine(io_driver.held_irp, nullptr))
			finish(io_driver.held_irp, STATUS_FILE_FORCED_CLOSED);
		return finish(irp, STATUS_SUCCESS);
	};
	ASSERT_TRUE(test, caller.start(file));
	wait_forever(&io_driver.held);
	nt_file_abandon(file);
	bridge_thread_join(caller.thread);
	EXPECT_STATUS(test, caller.done.status, STATUS_FILE_FORCED_CLOSED);
	nt_file_close(file);
}

void not_cancelable(struct kunit *test)
{
	Caller caller = {};
	char log[500];

	if (bridge_time_is_real())
		bridge_skip(test, "it would take half a minute");
	load(test);
	void *file = open(test);
	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) -> NTSTATUS {
		if (IoGetCurrentIrpStackLocation(irp)->MajorFunction != IRP_MJ_DEVICE_CONTROL)
			return finish(irp, STATUS_SUCCESS);
		IoMarkIrpPending(irp);
		io_driver.held_irp = irp;
		KeSetEvent(&io_driver.held, IO_NO_INCREMENT, FALSE);
		return STATUS_PENDING;
	};
	bridge_log_mark();
	ASSERT_TRUE(test, caller.start(file));
	wait_forever(&io_driver.held);
	nt_file_abandon(file);
	bridge_sleep_ms(25000);
	bridge_log_read(log, sizeof(log));
	EXPECT_NOT_NULL(test, strstr(log, "devices: process 4 waits for a request (IRP_MJ 0x0e) "
					  "that the driver has not given up for 20 seconds"));
	finish(io_driver.held_irp, STATUS_SUCCESS, 9);
	bridge_thread_join(caller.thread);
	/* What has been done is done. */
	EXPECT_EQ(test, caller.result, 0);
	EXPECT_EQ(test, caller.done.information, 9u);
	nt_file_close(file);
}

void complete_it(void *)
{
	IoSetCancelRoutine(io_driver.held_irp, nullptr);
	finish(io_driver.held_irp, STATUS_SUCCESS, 3);
}

void pending(struct kunit *test)
{
	Caller caller = {};

	load(test);
	void *file = open(test);
	io_driver.dispatch = [](PDEVICE_OBJECT self, PIRP irp) {
		return IoGetCurrentIrpStackLocation(irp)->MajorFunction == IRP_MJ_DEVICE_CONTROL
			       ? io_driver_hold(self, irp)
			       : finish(irp, STATUS_SUCCESS);
	};
	ASSERT_TRUE(test, caller.start(file));
	wait_forever(&io_driver.held);
	bridge_run_in_softirq(complete_it, nullptr);
	bridge_thread_join(caller.thread);
	EXPECT_EQ(test, caller.result, 0);
	EXPECT_EQ(test, caller.done.information, 3u);
	nt_file_close(file);
}

/* Requests that wait, in a queue that may be cancelled and answered at once. */
struct {
	IO_CSQ csq;
	KSPIN_LOCK lock;
	LIST_ENTRY list;
} waiting;

void initialize_waiting()
{
	KeInitializeSpinLock(&waiting.lock);
	InitializeListHead(&waiting.list);
	IoCsqInitialize(
		&waiting.csq,
		[](PIO_CSQ, PIRP irp) {
			InsertTailList(&waiting.list, &irp->Tail.Overlay.ListEntry);
		},
		[](PIO_CSQ, PIRP irp) { RemoveEntryList(&irp->Tail.Overlay.ListEntry); },
		[](PIO_CSQ, PIRP irp, PVOID) -> PIRP {
			PLIST_ENTRY next =
				irp ? irp->Tail.Overlay.ListEntry.Flink : waiting.list.Flink;

			return next == &waiting.list
				       ? nullptr
				       : CONTAINING_RECORD(next, IRP, Tail.Overlay.ListEntry);
		},
		[](PIO_CSQ, PKIRQL irql) { KeAcquireSpinLock(&waiting.lock, irql); },
		[](PIO_CSQ, KIRQL irql) { KeReleaseSpinLock(&waiting.lock, irql); },
		[](PIO_CSQ, PIRP irp) { finish(irp, STATUS_CANCELLED); });
}

void answer_one(void *)
{
	if (PIRP irp = IoCsqRemoveNextIrp(&waiting.csq, nullptr))
		finish(irp, STATUS_SUCCESS, 5);
}

void answered_and_cancelled(struct kunit *test)
{
	load(test);
	initialize_waiting();
	for (int round = 0; round < 300; round++) {
		Caller caller = {};

		io_driver.dispatch = nullptr;
		io_driver.count = 0;
		void *file = open(test);
		io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) -> NTSTATUS {
			if (IoGetCurrentIrpStackLocation(irp)->MajorFunction !=
			    IRP_MJ_DEVICE_CONTROL)
				return finish(irp, STATUS_SUCCESS);
			IoMarkIrpPending(irp);
			IoCsqInsertIrp(&waiting.csq, irp, nullptr);
			KeSetEvent(&io_driver.held, IO_NO_INCREMENT, FALSE);
			return STATUS_PENDING;
		};
		ASSERT_TRUE(test, caller.start(file));
		wait_forever(&io_driver.held);
		bridge_thread *answering = bridge_thread_start(answer_one, nullptr);
		if (round & 1)
			bridge_sleep_ms(0);
		nt_file_abandon(file);
		bridge_thread_join(answering);
		bridge_thread_join(caller.thread);
		if (caller.result)
			EXPECT_EQ(test, caller.result, -PORT_ECANCELED);
		else
			EXPECT_EQ(test, caller.done.information, 5u);
		nt_file_close(file);
	}
	EXPECT_TRUE(test, IsListEmpty(&waiting.list));
	EXPECT_EQ(test, device->ReferenceCount, 0);
}

void broken_rules(struct kunit *test)
{
	if (!bridge_checked())
		bridge_skip(test, "only checked builds look");
	load(test);
	void *file = open(test);

	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) -> NTSTATUS {
		finish(irp, STATUS_SUCCESS);
		return STATUS_PENDING; /* and did not mark it */
	};
	EXPECT_RULES(test, 1, EXPECT_EQ(test, control(file, code(METHOD_NEITHER)), 0));
	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) -> NTSTATUS {
		IoMarkIrpPending(irp);
		return finish(irp, STATUS_SUCCESS);
	};
	EXPECT_RULES(test, 1, EXPECT_EQ(test, control(file, code(METHOD_NEITHER)), 0));
	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) -> NTSTATUS {
		finish(irp, STATUS_UNSUCCESSFUL);
		return STATUS_SUCCESS;
	};
	EXPECT_RULES(test, 1, EXPECT_EQ(test, control(file, code(METHOD_NEITHER)), -PORT_EIO));
	io_driver.dispatch = [](PDEVICE_OBJECT, PIRP irp) -> NTSTATUS {
		IoFreeIrp(irp); /* it is not the driver's */
		return finish(irp, STATUS_SUCCESS);
	};
	EXPECT_RULES(test, 1, EXPECT_EQ(test, control(file, code(METHOD_NEITHER)), 0));
	io_driver.dispatch = nullptr;
	nt_file_close(file);
}

void without_memory(struct kunit *test)
{
	load(test);
	void *file = open(test);
	struct port_control done;

	port_alloc_fail(1);
	EXPECT_EQ(test, control(file, code(METHOD_NEITHER), &done), -PORT_ENOMEM);
	EXPECT_STATUS(test, done.status, STATUS_INSUFFICIENT_RESOURCES);
	port_alloc_fail(1);
	EXPECT_EQ(test, nt_file_read(file, me, 0, 0, 0), -PORT_ENOMEM);
	port_alloc_fail(1);
	EXPECT_EQ(test, nt_file_flush(file, me), -PORT_ENOMEM);
	io_driver_saw();
	/* What cannot fail waits for memory. */
	port_alloc_fail(1);
	nt_file_close(file);
	EXPECT_TRUE(test, io_driver_saw(IRP_MJ_CLEANUP, IRP_MJ_CLOSE));
	port_alloc_fail(0);
	for (unsigned int nth = 1; nth < 20; nth++) {
		port_alloc_fail(nth);
		int error = nt_file_open(node, both, &file);
		bool failed = port_alloc_fail(0);

		EXPECT_EQ(test, error, failed ? -PORT_ENOMEM : 0);
		if (!error)
			nt_file_close(file);
		if (!failed)
			break;
	}
	EXPECT_EQ(test, device->ReferenceCount, 0);
}

void link_goes(struct kunit *test)
{
	void *other = nullptr;

	load(test);
	void *file = open(test);
	int number = node;

	EXPECT_STATUS(test, IoDeleteSymbolicLink(&link_name), STATUS_SUCCESS);
	EXPECT_EQ(test, nt_file_open(number, both, &other), -PORT_ENODEV);
	/* What is open stays open. */
	EXPECT_EQ(test, control(file, code(METHOD_NEITHER)), 0);
	/* A new node has a new number. */
	EXPECT_STATUS(test, IoCreateSymbolicLink(&link_name, &device_name), STATUS_SUCCESS);
	EXPECT_NE(test, name_node(&link_name), number);
	nt_file_close(file);
}

constexpr bridge_case cases[] = {
	{"a node is opened and closed with what drivers expect", opened_and_closed},
	{"a node that cannot be opened says why", refused_open},
	{"a control request hands over what ioctl was given", controls},
	{"a control request's status becomes an errno, and is told itself", control_errors},
	{"a control code wants the access that it names", access_bits},
	{"reads and writes are told where, and how much", reads_and_writes},
	{"a file without descriptors is cleaned up, and its requests are cancelled", abandoned},
	{"a driver may complete its requests when it cleans up", cleaned_up},
	{"a request that the driver does not give up is waited for, aloud", not_cancelable},
	{"a request that pends is answered from a softirq", pending},
	{"a request that is answered while it is cancelled ends once", answered_and_cancelled},
	{"a dispatch function that answers wrongly is a broken rule", broken_rules},
	{"system calls without memory fail, and closing waits for it", without_memory},
	{"files outlive the link that they were opened by", link_goes},
};

} // namespace

BRIDGE_SUITE(io_node, cases, .init = reset)

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* One request to a device whose sender waits for it. */
#ifndef WSK_NT_OPERATION_H
#define WSK_NT_OPERATION_H

#include "nt/device.h"
#include "nt/irp.h"
#include "port/wait.h"

namespace wsk
{

/*
 * Lives on the sender's stack. Goes to the top of the devices that are attached to one, whose
 * driver stays until it has completed. IRQL = PASSIVE_LEVEL.
 */
class Operation
{
public:
	/* The file may be null; a null device is its own. irp() is null when memory is short. */
	Operation(File *file, Device *device, UCHAR major, KPROCESSOR_MODE mode);
	~Operation();
	Operation(const Operation &) = delete;
	Operation &operator=(const Operation &) = delete;

	PIRP irp() { return irp_; }
	PIO_STACK_LOCATION stack() { return IoGetNextIrpStackLocation(irp_); }
	ULONG device_flags() const { return top_->object.Flags; }

	/* Sends it, and waits until it has completed. */
	NTSTATUS send();

	/*
	 * The same for a program's, which a signal and the end of its file cancel.
	 * STATUS_FILE_CLOSED when the file takes none any more. The owner is what the file knows it
	 * by.
	 */
	NTSTATUS send_for_program(uint64_t owner);
	/* Whether a signal made it end. */
	bool was_interrupted() const { return cancelled_ && !abandoned_; }

	/* Its IRP has completed. */
	static void complete(PIRP irp);
	/* Whether the system call that such an IRP comes from is one of 32 bits. */
	static bool is_compat(PIRP irp);

	/* Of a file's: how many are the owner's, and cancelling all. */
	static size_t count(File *file, uint64_t owner);
	static void abandon_all(File *file);

private:
	bool enlist();
	void delist();
	NTSTATUS wait(NTSTATUS returned, bool interruptible);
	void check_answer(NTSTATUS returned);
	void complain(unsigned int seconds);

	IO_STATUS_BLOCK iosb_ = {}; /* Irp->UserIosb */
	File *const file_;
	Device *const top_;
	PIRP irp_ = nullptr;
	Operation *next_ = nullptr;
	uint64_t owner_ = 0;
	port_waiter waiter_;
	UCHAR major_;
	bool compat_;
	bool completed_ = false;
	bool pending_returned_ = false;
	bool cancelled_ = false;
	bool abandoned_ = false;
};

} // namespace wsk

#endif

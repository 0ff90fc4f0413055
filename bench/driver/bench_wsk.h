/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The peers that WSK serves, written as a Windows driver is. */
#ifndef BENCH_WSK_H
#define BENCH_WSK_H

#include <ntddk.h>
#include <wsk.h>
#include <ws2ipdef.h>

#include "ports.h"

#define BENCH_TAG 'hcnB'

/* What is made by new, which may return null. */
struct Pooled {
	static void *operator new(size_t size) noexcept
	{
		return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, BENCH_TAG);
	}
	static void operator delete(void *memory) { ExFreePoolWithTag(memory, BENCH_TAG); }
};

/* A call that is waited for: of DriverEntry, the unloading, and BENCH_WAIT's threads. */
class Call
{
public:
	Call();
	~Call();
	bool valid() const { return irp_ != nullptr; }

	template <typename Function>
	NTSTATUS operator()(Function function)
	{
		IoReuseIrp(irp_, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(irp_, completed, this, TRUE, TRUE, TRUE);
		if (function(irp_) == STATUS_PENDING)
			KeWaitForSingleObject(&done_, Executive, KernelMode, FALSE, nullptr);
		return irp_->IoStatus.Status;
	}
	ULONG_PTR information() const { return irp_->IoStatus.Information; }

private:
	static NTSTATUS NTAPI completed(PDEVICE_OBJECT device, PIRP irp, PVOID context);

	PIRP irp_;
	KEVENT done_;
};

/* Memory that is sent from or received into. */
struct Block {
	explicit Block(ULONG size);
	~Block();
	bool valid() const { return mdl != nullptr; }
	WSK_BUF part(SIZE_T length) const { return {mdl, 0, length}; }

	PUCHAR data;
	PMDL mdl;
};

extern WSK_PROVIDER_NPI provider;

/* A bound socket at a place of ports.h, or null. */
PWSK_SOCKET open_place(USHORT type, ULONG flags, PVOID context, const VOID *dispatch, USHORT port);
void close_place(PWSK_SOCKET socket);

/* connection.cpp, idle.cpp, datagram.cpp: the peers over TCP and UDP. */
bool connections_start();
void connections_stop();
bool idle_start();
void idle_stop();
bool datagrams_start();
void datagrams_stop();

#endif

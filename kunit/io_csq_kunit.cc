// SPDX-License-Identifier: MIT OR GPL-2.0
/* Cancel-safe queues. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

struct Queue {
	IO_CSQ csq;
	KSPIN_LOCK lock;
	LIST_ENTRY irps;
	int cancelled;
	PIRP last_cancelled;
	NTSTATUS answer;
	PVOID insert_context;
};

Queue *queue_of(PIO_CSQ csq)
{
	return CONTAINING_RECORD(csq, Queue, csq);
}

VOID insert(PIO_CSQ csq, PIRP irp)
{
	InsertTailList(&queue_of(csq)->irps, &irp->Tail.Overlay.ListEntry);
}

NTSTATUS insert_ex(PIO_CSQ csq, PIRP irp, PVOID context)
{
	queue_of(csq)->insert_context = context;
	if (NT_SUCCESS(queue_of(csq)->answer))
		insert(csq, irp);
	return queue_of(csq)->answer;
}

VOID remove(PIO_CSQ, PIRP irp)
{
	RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

/* The next IRP; with a context, the one that has it as its UserBuffer. */
PIRP peek(PIO_CSQ csq, PIRP irp, PVOID context)
{
	PLIST_ENTRY head = &queue_of(csq)->irps;
	PLIST_ENTRY entry = irp ? irp->Tail.Overlay.ListEntry.Flink : head->Flink;

	for (; entry != head; entry = entry->Flink) {
		PIRP found = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

		if (!context || found->UserBuffer == context)
			return found;
	}
	return nullptr;
}

VOID acquire(PIO_CSQ csq, PKIRQL irql)
{
	KeAcquireSpinLock(&queue_of(csq)->lock, irql);
}

VOID release(PIO_CSQ csq, KIRQL irql)
{
	KeReleaseSpinLock(&queue_of(csq)->lock, irql);
}

VOID complete(PIO_CSQ csq, PIRP irp)
{
	queue_of(csq)->cancelled++;
	queue_of(csq)->last_cancelled = irp;
}

void make(Queue *queue)
{
	*queue = {};
	InitializeListHead(&queue->irps);
	IoCsqInitialize(&queue->csq, insert, remove, peek, acquire, release, complete);
}

/* IRPs that stand where a dispatch routine has them. */
constexpr int irp_count = 3;

NTSTATUS NTAPI keep(PDEVICE_OBJECT, PIRP, PVOID)
{
	return STATUS_MORE_PROCESSING_REQUIRED;
}

struct Irps {
	PIRP irp[irp_count];

	bool make()
	{
		bool made = true;

		for (PIRP &one : irp) {
			one = IoAllocateIrp(1, FALSE);
			made = made && one;
			if (!one)
				continue;
			IoSetCompletionRoutine(one, keep, nullptr, TRUE, TRUE, TRUE);
			IoSetNextIrpStackLocation(one);
		}
		return made;
	}

	void free()
	{
		for (PIRP one : irp) {
			if (!one)
				continue;
			/* Whoever marked it pending completes it; only then it can be freed. */
			one->IoStatus.Status = STATUS_SUCCESS;
			IoCompleteRequest(one, IO_NO_INCREMENT);
			IoFreeIrp(one);
		}
	}
};

bool is_pending(PIRP irp)
{
	return IoGetCurrentIrpStackLocation(irp)->Control & SL_PENDING_RETURNED;
}

void first_in_first_out(struct kunit *test)
{
	Queue queue;
	Irps irps;

	make(&queue);
	ASSERT_TRUE(test, irps.make());
	for (PIRP irp : irps.irp) {
		IoCsqInsertIrp(&queue.csq, irp, nullptr);
		EXPECT_TRUE(test, is_pending(irp));
	}
	for (PIRP irp : irps.irp)
		EXPECT_PTR_EQ(test, IoCsqRemoveNextIrp(&queue.csq, nullptr), irp);
	EXPECT_NULL(test, IoCsqRemoveNextIrp(&queue.csq, nullptr));
	/* Removed: not to be cancelled. */
	EXPECT_FALSE(test, IoCancelIrp(irps.irp[0]));
	EXPECT_EQ(test, queue.cancelled, 0);
	irps.free();
}

void cancelled_in_the_queue(struct kunit *test)
{
	IO_CSQ_IRP_CONTEXT context;
	Queue queue;
	Irps irps;

	make(&queue);
	ASSERT_TRUE(test, irps.make());
	IoCsqInsertIrp(&queue.csq, irps.irp[0], nullptr);
	IoCsqInsertIrp(&queue.csq, irps.irp[1], &context);
	IoCsqInsertIrp(&queue.csq, irps.irp[2], nullptr);
	EXPECT_TRUE(test, IoCancelIrp(irps.irp[1]));
	EXPECT_PTR_EQ(test, queue.last_cancelled, irps.irp[1]);
	EXPECT_NULL(test, IoCsqRemoveIrp(&queue.csq, &context));
	EXPECT_TRUE(test, IoCancelIrp(irps.irp[0]));
	EXPECT_EQ(test, queue.cancelled, 2);
	EXPECT_PTR_EQ(test, IoCsqRemoveNextIrp(&queue.csq, nullptr), irps.irp[2]);
	EXPECT_TRUE(test, IsListEmpty(&queue.irps));
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	irps.free();
}

void cancelled_before(struct kunit *test)
{
	IO_CSQ_IRP_CONTEXT context;
	Queue queue;
	Irps irps;

	make(&queue);
	ASSERT_TRUE(test, irps.make());
	IoCancelIrp(irps.irp[0]);
	IoCsqInsertIrp(&queue.csq, irps.irp[0], &context);
	EXPECT_EQ(test, queue.cancelled, 1);
	EXPECT_PTR_EQ(test, queue.last_cancelled, irps.irp[0]);
	EXPECT_TRUE(test, IsListEmpty(&queue.irps));
	EXPECT_NULL(test, IoCsqRemoveIrp(&queue.csq, &context));
	irps.free();
}

void a_certain_one(struct kunit *test)
{
	IO_CSQ_IRP_CONTEXT context;
	Queue queue;
	Irps irps;

	make(&queue);
	ASSERT_TRUE(test, irps.make());
	irps.irp[2]->UserBuffer = &queue;
	IoCsqInsertIrp(&queue.csq, irps.irp[0], nullptr);
	IoCsqInsertIrp(&queue.csq, irps.irp[1], &context);
	IoCsqInsertIrp(&queue.csq, irps.irp[2], nullptr);
	EXPECT_PTR_EQ(test, IoCsqRemoveIrp(&queue.csq, &context), irps.irp[1]);
	EXPECT_NULL(test, IoCsqRemoveIrp(&queue.csq, &context));
	EXPECT_PTR_EQ(test, IoCsqRemoveNextIrp(&queue.csq, &queue), irps.irp[2]);
	EXPECT_NULL(test, IoCsqRemoveNextIrp(&queue.csq, &queue));
	EXPECT_PTR_EQ(test, IoCsqRemoveNextIrp(&queue.csq, nullptr), irps.irp[0]);
	irps.free();
}

void insertion_may_fail(struct kunit *test)
{
	IO_CSQ_IRP_CONTEXT context;
	Queue queue;
	Irps irps;

	make(&queue);
	ASSERT_TRUE(test, irps.make());
	EXPECT_STATUS(
		test,
		IoCsqInitializeEx(&queue.csq, insert_ex, remove, peek, acquire, release, complete),
		STATUS_SUCCESS);
	queue.answer = STATUS_DEVICE_NOT_READY;
	EXPECT_STATUS(test, IoCsqInsertIrpEx(&queue.csq, irps.irp[0], &context, &irps),
		      STATUS_DEVICE_NOT_READY);
	EXPECT_PTR_EQ(test, queue.insert_context, &irps);
	EXPECT_FALSE(test, is_pending(irps.irp[0]));
	EXPECT_FALSE(test, IoCancelIrp(irps.irp[0]));
	EXPECT_NULL(test, IoCsqRemoveIrp(&queue.csq, &context));
	queue.answer = STATUS_SUCCESS;
	EXPECT_STATUS(test, IoCsqInsertIrpEx(&queue.csq, irps.irp[1], &context, &irps),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, is_pending(irps.irp[1]));
	EXPECT_PTR_EQ(test, IoCsqRemoveIrp(&queue.csq, &context), irps.irp[1]);
	irps.free();
}

struct Dispatch {
	Queue *queue;
	PIRP irp, removed;
};

void insert_and_remove(void *context)
{
	auto *dispatch = static_cast<Dispatch *>(context);

	IoCsqInsertIrp(&dispatch->queue->csq, dispatch->irp, nullptr);
	dispatch->removed = IoCsqRemoveNextIrp(&dispatch->queue->csq, nullptr);
}

void at_dispatch_level(struct kunit *test)
{
	Queue queue;
	Irps irps;

	make(&queue);
	ASSERT_TRUE(test, irps.make());
	Dispatch dispatch = {&queue, irps.irp[0], nullptr};
	EXPECT_RULES(test, 0, bridge_run_in_softirq(insert_and_remove, &dispatch));
	EXPECT_PTR_EQ(test, dispatch.removed, irps.irp[0]);
	irps.free();
}

constexpr bridge_case cases[] = {
	{"IRPs leave the queue as they came", first_in_first_out},
	{"an IRP that is cancelled leaves the queue", cancelled_in_the_queue},
	{"an IRP that was cancelled before is completed at once", cancelled_before},
	{"a certain IRP can be removed, by its context or by what it is", a_certain_one},
	{"an insertion may fail", insertion_may_fail},
	{"the queue works at DISPATCH_LEVEL", at_dispatch_level},
};

} // namespace

BRIDGE_SUITE(io_csq, cases)

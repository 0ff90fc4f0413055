// SPDX-License-Identifier: MIT OR GPL-2.0
/* The driver frame, with a driver whose code is a few functions of this file. */
#include <ntddk.h>
#include <netioapi.h>

#include "driver_code.h"
#include "port/context.h"
#include "port/error.h"
#include "port/memory.h"
#include "waiting.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

constexpr ULONG tag = 'vrDT';

/* What the driver did, and is to do. */
struct {
	int entries;
	int unloads;
	KIRQL entry_irql;
	KIRQL unload_irql;
	PDRIVER_OBJECT object;
	PDRIVER_INITIALIZE init;
	CHAR registry[100];
	NTSTATUS answer;
	bool no_unload_routine;
	bool stay_raised;
	void (*more)(DriverAccount *account);
	void (*at_unload)(DriverAccount *account);
} script;

constinit const port_constructors *constructors;

void copy(CHAR *to, SIZE_T size, PUNICODE_STRING from)
{
	SIZE_T i = 0;

	for (; i < from->Length / sizeof(WCHAR) && i + 1 < size; i++)
		to[i] = static_cast<CHAR>(from->Buffer[i]);
	to[i] = 0;
}

bool equal(const CHAR *a, const CHAR *b)
{
	return !__builtin_strcmp(a, b);
}

DriverAccount *account_of(PDRIVER_OBJECT object)
{
	return CONTAINING_RECORD(object, DriverAccount, object);
}

VOID unload(PDRIVER_OBJECT object)
{
	script.unloads++;
	script.unload_irql = KeGetCurrentIrql();
	if (script.at_unload)
		script.at_unload(account_of(object));
}

NTSTATUS entry(PDRIVER_OBJECT object, PUNICODE_STRING registry_path)
{
	script.entries++;
	script.entry_irql = KeGetCurrentIrql();
	script.object = object;
	script.init = object->DriverInit;
	copy(script.registry, sizeof(script.registry), registry_path);
	if (!script.no_unload_routine)
		object->DriverUnload = unload;
	if (script.more)
		script.more(account_of(object));
	if (script.stay_raised) {
		KIRQL irql;

		KeRaiseIrql(DISPATCH_LEVEL, &irql);
	}
	return script.answer;
}

int reset(struct kunit *)
{
	script = {};
	constructors = nullptr;
	return 0;
}

int load(const char *name, DriverAccount **account)
{
	return nt_driver_load(nullptr, name, constructors, reinterpret_cast<void *>(entry),
			      reinterpret_cast<void **>(account));
}

void load_and_unload(struct kunit *test)
{
	DriverAccount *account = nullptr;
	CHAR name[100];

	ASSERT_EQ(test, load("sample", &account), 0);
	EXPECT_EQ(test, script.entries, 1);
	EXPECT_EQ(test, script.entry_irql, PASSIVE_LEVEL);
	EXPECT_EQ(test, script.object->Type, IO_TYPE_DRIVER);
	EXPECT_EQ(test, script.object->Size, static_cast<CSHORT>(sizeof(DRIVER_OBJECT)));
	EXPECT_PTR_EQ(test, reinterpret_cast<void *>(script.init), reinterpret_cast<void *>(entry));
	EXPECT_PTR_EQ(test, script.object->DriverExtension->DriverObject, script.object);
	EXPECT_NULL(test, script.object->DeviceObject);
	copy(name, sizeof(name), &script.object->DriverName);
	EXPECT_TRUE(test, equal(name, "\\Driver\\sample"));
	copy(name, sizeof(name), &script.object->DriverExtension->ServiceKeyName);
	EXPECT_TRUE(test, equal(name, "sample"));
	EXPECT_TRUE(test, equal(script.registry, "\\Registry\\Machine\\System\\CurrentControlSet\\"
						 "Services\\sample"));
	EXPECT_EQ(test, script.unloads, 0);
	nt_driver_unload(account);
	EXPECT_EQ(test, script.unloads, 1);
	EXPECT_EQ(test, script.unload_irql, PASSIVE_LEVEL);
}

void entry_that_fails(struct kunit *test)
{
	struct {
		NTSTATUS status;
		int error;
	} const table[] = {
		{STATUS_INSUFFICIENT_RESOURCES, PORT_ENOMEM},
		{STATUS_INVALID_PARAMETER, PORT_EINVAL},
		{STATUS_ADDRESS_ALREADY_EXISTS, PORT_EADDRINUSE},
		{STATUS_UNSUCCESSFUL, PORT_EIO},
		{STATUS_BUFFER_OVERFLOW, PORT_EOVERFLOW}, /* a warning is no success */
	};

	for (const auto &row : table) {
		DriverAccount *account = nullptr;

		script.answer = row.status;
		EXPECT_EQ(test, load("sample", &account), -row.error);
		EXPECT_NULL(test, account);
	}
	EXPECT_EQ(test, script.unloads, 0);

	DriverAccount *account = nullptr;
	script.answer = STATUS_PENDING; /* a success */
	ASSERT_EQ(test, load("sample", &account), 0);
	nt_driver_unload(account);
}

void no_memory_for_a_driver(struct kunit *test)
{
	DriverAccount *account = nullptr;

	port_alloc_fail(1);
	EXPECT_EQ(test, load("sample", &account), -PORT_ENOMEM);
	EXPECT_TRUE(test, port_alloc_fail(0));
	EXPECT_EQ(test, script.entries, 0);
}

void long_name(struct kunit *test)
{
	DriverAccount *account = nullptr;

	ASSERT_EQ(
		test,
		load("a_name_that_is_longer_than_what_any_module_of_linux_can_ever_have_as_its_name",
		     &account),
		0);
	EXPECT_EQ(test, __builtin_strlen(driver_name(account)), 63u);
	EXPECT_EQ(test, script.object->DriverName.Length, 2 * (8 + 63));
	nt_driver_unload(account);
}

void irps_for_nobody(struct kunit *test)
{
	DriverAccount *account = nullptr;
	PIRP irp = IoAllocateIrp(1, FALSE);
	int completed = 0;

	ASSERT_NOT_NULL(test, irp);
	ASSERT_EQ(test, load("sample", &account), 0);
	for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++) {
		IoReuseIrp(irp, STATUS_SUCCESS);
		IoSetCompletionRoutine(
			irp,
			[](PDEVICE_OBJECT, PIRP, PVOID context) -> NTSTATUS {
				++*static_cast<int *>(context);
				return STATUS_MORE_PROCESSING_REQUIRED;
			},
			&completed, TRUE, TRUE, TRUE);
		IoSetNextIrpStackLocation(irp);
		EXPECT_STATUS(test, script.object->MajorFunction[i](nullptr, irp),
			      STATUS_INVALID_DEVICE_REQUEST);
		EXPECT_STATUS(test, irp->IoStatus.Status, STATUS_INVALID_DEVICE_REQUEST);
	}
	EXPECT_EQ(test, completed, IRP_MJ_MAXIMUM_FUNCTION + 1);
	IoFreeIrp(irp);
	nt_driver_unload(account);
}

void irql_not_restored(struct kunit *test)
{
	DriverAccount *account = nullptr;

	if (!bridge_checked())
		bridge_skip(test, "only checked builds look");
	script.stay_raised = true;
	EXPECT_RULES(test, 1, load("sample", &account));
	EXPECT_EQ(test, KeGetCurrentIrql(), PASSIVE_LEVEL);
	nt_driver_unload(account);
}

/* What ran, in order: a letter each. */
constinit CHAR order[16];
constinit int steps;

void note(CHAR letter)
{
	if (steps < 15)
		order[steps++] = letter;
	order[steps] = 0;
}

void note_object(void *object)
{
	note(*static_cast<CHAR *>(object));
}

constexpr void (*two_constructors[])() = {[] { note('a'); }, [] { note('b'); }};
constexpr port_constructors both = {two_constructors, two_constructors + 2};

extern "C" int __cxa_atexit(void (*function)(void *), void *object, void *module);
extern "C" int __cxa_guard_acquire(void *guard);
extern "C" void __cxa_guard_release(void *guard);

__attribute__((noinline)) void *drivers_block(SIZE_T bytes)
{
	void *block = ExAllocatePoolWithTag(NonPagedPoolNx, bytes, tag);

	__asm__ volatile(CODE_FILLER : "+r"(block));
	return block;
}

__attribute__((noinline)) PIRP drivers_irp()
{
	PIRP irp = IoAllocateIrp(1, FALSE);

	__asm__ volatile(CODE_FILLER : "+r"(irp));
	return irp;
}

__attribute__((noinline)) PMDL drivers_mdl()
{
	PMDL mdl = IoAllocateMdl(&script, 10, FALSE, FALSE, nullptr);

	__asm__ volatile(CODE_FILLER : "+r"(mdl));
	return mdl;
}

__attribute__((noinline)) NTSTATUS drivers_routine(PDEVICE_OBJECT, PIRP, PVOID context)
{
	++*static_cast<int *>(context);
	__asm__ volatile(CODE_FILLER);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

__attribute__((noinline)) PIO_WORKITEM drivers_work_item()
{
	PIO_WORKITEM item = IoAllocateWorkItem(nullptr);

	__asm__ volatile(CODE_FILLER : "+r"(item));
	return item;
}

/* What the driver's worker is given. */
struct Work {
	KEVENT go;
	int done;
};

__attribute__((noinline)) VOID drivers_worker(PVOID context)
{
	auto *work = static_cast<Work *>(context);

	wait_forever(&work->go);
	bridge_sleep_ms(50);
	work->done++;
	__asm__ volatile(CODE_FILLER);
}

__attribute__((noinline)) PEX_TIMER drivers_timer()
{
	PEX_TIMER timer = ExAllocateTimer(nullptr, nullptr, 0);

	__asm__ volatile(CODE_FILLER : "+r"(timer));
	return timer;
}

VOID NTAPI route_changed(PVOID, PMIB_IPFORWARD_ROW2, MIB_NOTIFICATION_TYPE) {}

__attribute__((noinline)) HANDLE drivers_notification()
{
	HANDLE handle = nullptr;
	NTSTATUS status = NotifyRouteChange2(AF_INET, route_changed, nullptr, TRUE, &handle);

	__asm__ volatile(CODE_FILLER : "+r"(status));
	return handle;
}

/* Its callback goes on after it has cancelled itself. */
struct SelfCancelled {
	HANDLE handle;
	KEVENT cancelled, go_on;
	LONG left, unloaded;
};

VOID NTAPI cancel_and_go_on(PVOID context, PMIB_IPFORWARD_ROW2, MIB_NOTIFICATION_TYPE)
{
	auto *self = static_cast<SelfCancelled *>(context);

	(void)!NT_SUCCESS(CancelMibChangeNotify2(self->handle));
	KeSetEvent(&self->cancelled, IO_NO_INCREMENT, FALSE);
	wait_forever(&self->go_on);
	WriteRelease(&self->left, 1);
}

__attribute__((noinline)) NTSTATUS drivers_self_cancelled(SelfCancelled *self)
{
	NTSTATUS status = NotifyRouteChange2(AF_INET, cancel_and_go_on, self, TRUE, &self->handle);

	__asm__ volatile(CODE_FILLER : "+r"(status));
	return status;
}

__attribute__((noinline)) VOID drivers_dpc(PKDPC, PVOID context, PVOID, PVOID)
{
	++*static_cast<int *>(context);
	__asm__ volatile(CODE_FILLER);
}

__attribute__((noinline)) int drivers_object(CHAR *object)
{
	int result = __cxa_atexit(note_object, object, nullptr);

	__asm__ volatile(CODE_FILLER : "+r"(result));
	return result;
}

void static_objects(struct kunit *test)
{
	static CHAR first = 'x', second = 'y';
	DriverAccount *account = nullptr;

	steps = 0;
	constructors = &both;
	script.more = [](DriverAccount *account) {
		note('e');
		own_code(account, drivers_object);
		drivers_object(&first);
		drivers_object(&second);
	};
	script.at_unload = [](DriverAccount *) { note('u'); };
	ASSERT_EQ(test, load("objects", &account), 0);
	EXPECT_TRUE(test, equal(order, "abe"));
	nt_driver_unload(account);
	EXPECT_TRUE(test, equal(order, "abeuyx"));
}

void static_objects_after_failure(struct kunit *test)
{
	static CHAR object = 'x';
	DriverAccount *account = nullptr;

	steps = 0;
	constructors = &both;
	script.answer = STATUS_UNSUCCESSFUL;
	script.more = [](DriverAccount *account) {
		own_code(account, drivers_object);
		drivers_object(&object);
	};
	EXPECT_EQ(test, load("objects", &account), -PORT_EIO);
	EXPECT_TRUE(test, equal(order, "abx"));
}

void no_memory_for_a_destructor(struct kunit *test)
{
	static CHAR object = 'x';
	DriverAccount *account = nullptr;

	steps = 0;
	ASSERT_EQ(test, load("objects", &account), 0);
	own_code(account, drivers_object);
	port_alloc_fail(1);
	EXPECT_EQ(test, drivers_object(&object), -1);
	EXPECT_TRUE(test, port_alloc_fail(0));
	nt_driver_unload(account);
	EXPECT_EQ(test, steps, 0);
}

constinit ULONG64 shared_guard;

void finish_object(void *)
{
	bridge_sleep_ms(50);
	note('r');
	__cxa_guard_release(&shared_guard);
}

void guarded_object(struct kunit *test)
{
	steps = 0;
	shared_guard = 0;
	EXPECT_EQ(test, __cxa_guard_acquire(&shared_guard), 1);
	bridge_thread *thread = bridge_thread_start(finish_object, nullptr);
	ASSERT_NOT_NULL(test, thread);
	EXPECT_EQ(test, __cxa_guard_acquire(&shared_guard), 0);
	EXPECT_EQ(test, steps, 1);
	EXPECT_EQ(test, __cxa_guard_acquire(&shared_guard), 0);
	bridge_thread_join(thread);
}

void leaks(struct kunit *test)
{
	DriverAccount *account = nullptr, *again = nullptr;

	ASSERT_EQ(test, load("leaky", &account), 0);
	EXPECT_EQ(test, driver_report(account), 0u);

	own_code(account, drivers_block);
	void *first = drivers_block(100), *second = drivers_block(10000);
	own_code(account, drivers_irp);
	PIRP irp = drivers_irp();
	own_code(account, drivers_mdl);
	PMDL mdl = drivers_mdl();

	void *others = ExAllocatePoolWithTag(NonPagedPoolNx, 24, tag); /* ours, not the driver's */
	driver_charge(account, Resource::sockets);
	driver_charge(account, Resource::registrations);

	EXPECT_EQ(test, pool_usage(account, tag).blocks, 2);
	EXPECT_EQ(test, pool_usage(account, tag).bytes, 10100);
	EXPECT_EQ(test, pool_usage(account, irp_tag).blocks, 1);
	EXPECT_EQ(test, pool_usage(account, mdl_tag).blocks, 1);
	EXPECT_EQ(test, driver_outstanding(account, Resource::sockets), 1);
	EXPECT_EQ(test, driver_report(account), 5u);
	nt_driver_unload(account);

	/* The account outlives the driver, for what comes back late. Its successor starts anew. */
	ASSERT_EQ(test, load("leaky", &again), 0);
	EXPECT_PTR_NE(test, again, account);
	EXPECT_EQ(test, driver_report(again), 0u);
	ExFreePoolWithTag(first, tag);
	ExFreePoolWithTag(second, tag);
	IoFreeIrp(irp);
	IoFreeMdl(mdl);
	ExFreePoolWithTag(others, tag);
	driver_discharge(account, Resource::sockets);
	EXPECT_EQ(test, driver_report(account), 1u);
	driver_discharge(account, Resource::registrations);
	EXPECT_EQ(test, driver_report(account), 0u);
	nt_driver_unload(again);
}

void a_notification_is_left(struct kunit *test)
{
	DriverAccount *account = nullptr;

	ASSERT_EQ(test, load("leaky", &account), 0);
	own_code(account, drivers_notification);
	HANDLE handle = drivers_notification();

	EXPECT_NOT_NULL(test, handle);
	EXPECT_EQ(test, driver_outstanding(account, Resource::notifications), 1);
	EXPECT_RULES(test, 1, nt_driver_unload(account));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, CancelMibChangeNotify2(handle), STATUS_INVALID_PARAMETER));
	EXPECT_EQ(test, driver_report(account), 1u);
	driver_discharge(account, Resource::notifications);
}

void unloading_waits_for_notifications(struct kunit *test)
{
	static constinit DriverAccount *account;
	static constinit SelfCancelled notification;

	notification = {};
	KeInitializeEvent(&notification.cancelled, NotificationEvent, FALSE);
	KeInitializeEvent(&notification.go_on, NotificationEvent, FALSE);
	ASSERT_EQ(test, load("listener", &account), 0);
	own_code(account, drivers_self_cancelled);
	ASSERT_STATUS(test, drivers_self_cancelled(&notification), STATUS_SUCCESS);
	EXPECT_STATUS(test, wait_forever(&notification.cancelled), STATUS_SUCCESS);
	EXPECT_EQ(test, driver_outstanding(account, Resource::notifications), 0);
	bridge_thread *thread = bridge_thread_start(
		[](void *) {
			nt_driver_unload(account);
			WriteRelease(&notification.unloaded, ReadAcquire(&notification.left) + 1);
		},
		nullptr);

	EXPECT_NOT_NULL(test, thread);
	EXPECT_TRUE(test, wait_until([&]() {
			    return __atomic_load_n(&account->unloading, __ATOMIC_ACQUIRE);
		    }));
	bridge_sleep_ms(50);
	KeSetEvent(&notification.go_on, IO_NO_INCREMENT, FALSE);
	if (thread)
		bridge_thread_join(thread);
	EXPECT_EQ(test, notification.unloaded, 2);
}

void same_account(struct kunit *test)
{
	DriverAccount *first = nullptr, *second = nullptr, *other = nullptr;

	ASSERT_EQ(test, load("tidy", &first), 0);
	ASSERT_EQ(test, load("tidy", &other), 0); /* both at once */
	EXPECT_PTR_NE(test, first, other);
	nt_driver_unload(first);
	ASSERT_EQ(test, load("tidy", &second), 0);
	EXPECT_PTR_EQ(test, second, first);
	nt_driver_unload(second);
	nt_driver_unload(other);
}

DriverAccount *driver_at(ULONG_PTR address)
{
	return driver_of(reinterpret_cast<const void *>(address));
}

void whose_code(struct kunit *test)
{
	DriverAccount *account = nullptr;
	DriverAccount *own = driver_at(reinterpret_cast<ULONG_PTR>(drivers_block));

	ASSERT_EQ(test, load("sample", &account), 0);
	own_code(account, drivers_block);
	ULONG_PTR code = code_of(drivers_block);
	EXPECT_PTR_EQ(test, driver_at(code), account);
	EXPECT_PTR_EQ(test, driver_at(code + CODE_BYTES - 1), account);
	EXPECT_PTR_EQ(test, driver_at(code + CODE_BYTES), own);
	EXPECT_PTR_EQ(test, driver_at(code - 1), own);
	EXPECT_PTR_EQ(test, driver_of(nullptr), own);
	EXPECT_TRUE(test, equal(driver_name(own), "wsk"));
	nt_driver_unload(account);
	EXPECT_PTR_EQ(test, driver_at(code), own);
}

void end_thread(void *account)
{
	bridge_sleep_ms(50);
	driver_discharge(static_cast<DriverAccount *>(account), Resource::threads);
}

constinit bridge_thread *other_thread;

void unloading_waits_for_threads(struct kunit *test)
{
	DriverAccount *account = nullptr;

	ASSERT_EQ(test, load("threads", &account), 0);
	driver_charge(account, Resource::threads);
	script.at_unload = [](DriverAccount *account) {
		other_thread = bridge_thread_start(end_thread, account);
		if (!other_thread)
			driver_discharge(account, Resource::threads);
	};
	nt_driver_unload(account);
	EXPECT_EQ(test, driver_outstanding(account, Resource::threads), 0);
	ASSERT_NOT_NULL(test, other_thread);
	bridge_thread_join(other_thread);
}

void complete_later(void *irp)
{
	bridge_sleep_ms(50);
	IoCompleteRequest(static_cast<PIRP>(irp), IO_NO_INCREMENT);
}

void unloading_waits_for_held_routines(struct kunit *test)
{
	DriverAccount *account = nullptr;
	PIRP irp = IoAllocateIrp(1, FALSE);
	int completed = 0;

	ASSERT_NOT_NULL(test, irp);
	ASSERT_EQ(test, load("holder", &account), 0);
	own_code(account, drivers_routine);
	ASSERT_STATUS(test,
		      IoSetCompletionRoutineEx(nullptr, irp, drivers_routine, &completed, TRUE,
					       TRUE, TRUE),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, account->holds, 1);
	IoSetNextIrpStackLocation(irp);
	other_thread = bridge_thread_start(complete_later, irp);
	ASSERT_NOT_NULL(test, other_thread);
	nt_driver_unload(account);
	EXPECT_EQ(test, completed, 1);
	EXPECT_EQ(test, account->holds, 0);
	bridge_thread_join(other_thread);
	IoFreeIrp(irp);
}

void unloading_waits_for_work(struct kunit *test)
{
	DriverAccount *account = nullptr;
	WORK_QUEUE_ITEM item;
	Work work = {};

	KeInitializeEvent(&work.go, NotificationEvent, FALSE);
	ASSERT_EQ(test, load("worker", &account), 0);
	own_code(account, drivers_worker);
	ExInitializeWorkItem(&item, drivers_worker, &work);
	ExQueueWorkItem(&item, DelayedWorkQueue);
	EXPECT_EQ(test, account->holds, 1);
	KeSetEvent(&work.go, IO_NO_INCREMENT, FALSE);
	nt_driver_unload(account);
	EXPECT_EQ(test, work.done, 1);
	EXPECT_EQ(test, account->holds, 0);
}

void unloading_waits_for_work_items(struct kunit *test)
{
	DriverAccount *account = nullptr;
	Work work = {};

	KeInitializeEvent(&work.go, NotificationEvent, FALSE);
	ASSERT_EQ(test, load("worker", &account), 0);
	own_code(account, drivers_work_item);
	PIO_WORKITEM item = drivers_work_item();
	ASSERT_NOT_NULL(test, item);
	EXPECT_EQ(test, driver_outstanding(account, Resource::work_items), 1);
	EXPECT_EQ(test, driver_report(account), 1u);
	IoQueueWorkItemEx(
		item,
		[](PVOID, PVOID context, PIO_WORKITEM self) -> VOID {
			drivers_worker(context);
			IoFreeWorkItem(self);
		},
		DelayedWorkQueue, &work);
	EXPECT_EQ(test, account->holds, 1);
	KeSetEvent(&work.go, IO_NO_INCREMENT, FALSE);
	nt_driver_unload(account);
	EXPECT_EQ(test, work.done, 1);
	EXPECT_EQ(test, driver_report(account), 0u);
}

void forgotten_timers(struct kunit *test)
{
	DriverAccount *account = nullptr;
	LARGE_INTEGER soon;
	KTIMER timer;
	KDPC dpc;
	int calls = 0;

	soon = from_now(not_yet_ms());
	ASSERT_EQ(test, load("forgetful", &account), 0);
	own_code(account, drivers_dpc);
	KeInitializeTimer(&timer);
	KeInitializeDpc(&dpc, drivers_dpc, &calls);
	KeSetTimer(&timer, soon, &dpc);
	own_code(account, drivers_timer);
	PEX_TIMER allocated = drivers_timer();
	ASSERT_NOT_NULL(test, allocated);
	ExSetTimer(allocated, soon.QuadPart, -soon.QuadPart, nullptr);
	own_code(account, drivers_dpc);
	EXPECT_EQ(test, driver_outstanding(account, Resource::timers), 1);
	EXPECT_RULES(test, 2, nt_driver_unload(account));
	EXPECT_FALSE(test, KeCancelTimer(&timer));
	EXPECT_FALSE(test, ExCancelTimer(allocated, nullptr));
	bridge_sleep_ms(40);
	EXPECT_EQ(test, calls, 0);
	EXPECT_FALSE(test, ExDeleteTimer(allocated, TRUE, TRUE, nullptr));
}

constexpr bridge_case cases[] = {
	{"DriverEntry and DriverUnload run with what Windows gives them", load_and_unload},
	{"a DriverEntry that fails gives an errno", entry_that_fails},
	{"no memory for a driver fails before DriverEntry", no_memory_for_a_driver},
	{"a long name is cut", long_name},
	{"an IRP for nobody completes with INVALID_DEVICE_REQUEST", irps_for_nobody},
	{"a DriverEntry that leaves the IRQL raised is a broken rule", irql_not_restored},
	{"a notification that a driver leaves is ended, and told", a_notification_is_left},
	{"what a driver leaves behind is told kind by kind", leaks},
	{"an account is taken up again when nothing was left on it", same_account},
	{"an address belongs to the driver whose code it is", whose_code},
	{"static objects live from before DriverEntry until after DriverUnload", static_objects},
	{"static objects are destroyed when DriverEntry fails", static_objects_after_failure},
	{"no memory to note a destructor leaves out that one", no_memory_for_a_destructor},
	{"a function's static object is initialized once, and waited for", guarded_object},
	{"unloading waits for the driver's threads", unloading_waits_for_threads},
	{"unloading waits for held completion routines", unloading_waits_for_held_routines},
	{"unloading waits for work of the executive", unloading_waits_for_work},
	{"unloading waits for work items, and tells those not freed",
	 unloading_waits_for_work_items},
	{"unloading waits for the callback of a notification that has cancelled itself",
	 unloading_waits_for_notifications},
	{"unloading cancels timers that the driver forgot", forgotten_timers},
};

} // namespace

BRIDGE_SUITE(driver, cases, .init = reset);

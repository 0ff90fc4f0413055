// SPDX-License-Identifier: MIT OR GPL-2.0
/* Handles and references. */
#include "nt/driver.h"
#include "nt/object.h"
#include "waiting.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

LONG destroyed;

void count_destroyed(PVOID)
{
	destroyed++;
}

constinit _OBJECT_TYPE fruit_type = {"Fruit", count_destroyed};
constinit _OBJECT_TYPE stone_type = {"Stone", count_destroyed};

PVOID create(struct kunit *test)
{
	auto *account = driver_of(reinterpret_cast<const void *>(create));
	PVOID body = object_create(&fruit_type, 40, account);

	destroyed = 0;
	ASSERT_NOT_NULL(test, body);
	return body;
}

NTSTATUS by_handle(HANDLE handle, PVOID *object, POBJECT_TYPE type = &fruit_type,
		   KPROCESSOR_MODE mode = KernelMode)
{
	return ObReferenceObjectByHandle(handle, 0, type, mode, object, nullptr);
}

void last_reference_destroys(struct kunit *test)
{
	PVOID body = create(test);

	ObReferenceObject(body);
	object_dereference(body);
	EXPECT_EQ(test, destroyed, 0);
	ObDereferenceObject(body);
	EXPECT_EQ(test, destroyed, 1);
}

void dereference(void *context)
{
	ObDereferenceObject(context);
}

void softirq_may_destroy(struct kunit *test)
{
	PVOID body = create(test);

	ObReferenceObject(body);
	object_dereference(body);
	EXPECT_RULES(test, 0, bridge_run_in_softirq(dereference, body));
	EXPECT_EQ(test, destroyed, 1);
}

void handle_is_a_reference(struct kunit *test)
{
	PVOID body = create(test), found = nullptr;
	HANDLE handle = nullptr;

	ASSERT_STATUS(test, handle_create(body, 0, &handle), STATUS_SUCCESS);
	object_dereference(body);
	EXPECT_EQ(test, destroyed, 0);
	EXPECT_STATUS(test, by_handle(handle, &found), STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, found, body);
	EXPECT_STATUS(test, ZwClose(handle), STATUS_SUCCESS);
	EXPECT_EQ(test, destroyed, 0);
	ObDereferenceObject(body);
	EXPECT_EQ(test, destroyed, 1);
}

void types_are_checked(struct kunit *test)
{
	PVOID body = create(test), found;
	HANDLE handle;

	ASSERT_STATUS(test, handle_create(body, 0, &handle), STATUS_SUCCESS);
	EXPECT_STATUS(test, by_handle(handle, &found, &stone_type), STATUS_OBJECT_TYPE_MISMATCH);
	EXPECT_NULL(test, found);
	EXPECT_STATUS(test, by_handle(handle, &found, *PsThreadType), STATUS_OBJECT_TYPE_MISMATCH);
	EXPECT_STATUS(test, by_handle(handle, &found, nullptr), STATUS_SUCCESS);
	ObDereferenceObject(found);
	ZwClose(handle);
	object_dereference(body);
	EXPECT_EQ(test, destroyed, 1);
}

void kernel_handles_are_the_kernels(struct kunit *test)
{
	PVOID body = create(test), found;
	OBJECT_HANDLE_INFORMATION information;
	HANDLE kernel, plain;

	ASSERT_STATUS(test, handle_create(body, OBJ_KERNEL_HANDLE, &kernel), STATUS_SUCCESS);
	ASSERT_STATUS(test, handle_create(body, 0, &plain), STATUS_SUCCESS);
	EXPECT_STATUS(test, by_handle(kernel, &found, nullptr, UserMode), STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, by_handle(plain, &found, nullptr, UserMode), STATUS_SUCCESS);
	ObDereferenceObject(found);
	EXPECT_STATUS(test,
		      ObReferenceObjectByHandle(kernel, THREAD_ALL_ACCESS, nullptr, KernelMode,
						&found, &information),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, information.HandleAttributes, OBJ_KERNEL_HANDLE);
	ObDereferenceObject(found);
	ZwClose(kernel);
	ZwClose(plain);
	object_dereference(body);
	EXPECT_EQ(test, destroyed, 1);
}

void bad_handles(struct kunit *test)
{
	PVOID body = create(test), found = body;
	HANDLE handle, other;

	ASSERT_STATUS(test, handle_create(body, 0, &handle), STATUS_SUCCESS);
	ZwClose(handle);
	/* The slot is in use again, under another number. */
	ASSERT_STATUS(test, handle_create(body, 0, &other), STATUS_SUCCESS);
	EXPECT_STATUS(test, by_handle(handle, &found), STATUS_INVALID_HANDLE);
	EXPECT_NULL(test, found);
	EXPECT_RULES(test, 1, EXPECT_STATUS(test, ZwClose(handle), STATUS_INVALID_HANDLE));
	EXPECT_STATUS(test, by_handle(nullptr, &found), STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, by_handle(reinterpret_cast<HANDLE>(~0ul << 20), &found),
		      STATUS_INVALID_HANDLE);
	EXPECT_RULES(test, 1, EXPECT_STATUS(test, ZwClose(nullptr), STATUS_INVALID_HANDLE));
	EXPECT_STATUS(test, ZwClose(other), STATUS_SUCCESS);
	object_dereference(body);
	EXPECT_EQ(test, destroyed, 1);
}

void table_grows(struct kunit *test)
{
	constexpr int count = 200;
	static HANDLE handles[count];
	PVOID body = create(test), found;

	for (int i = 0; i < count; i++)
		ASSERT_STATUS(test, handle_create(body, OBJ_KERNEL_HANDLE, &handles[i]),
			      STATUS_SUCCESS);
	for (int i = 0; i < count; i++) {
		for (int j = 0; j < i; j++)
			if (handles[i] == handles[j])
				EXPECT_NE(test, i, i); /* two alike */
		ASSERT_STATUS(test, by_handle(handles[i], &found), STATUS_SUCCESS);
		ObDereferenceObject(found);
	}
	for (int i = 0; i < count; i++)
		EXPECT_STATUS(test, ZwClose(handles[i]), STATUS_SUCCESS);
	object_dereference(body);
	EXPECT_EQ(test, destroyed, 1);
}

void too_many_dereferences(struct kunit *test)
{
	PVOID body = create(test);

	ObReferenceObject(body);
	EXPECT_RULES(test, 0, ObDereferenceObject(body));
	EXPECT_RULES(test, 1, ObDereferenceObject(body));
	EXPECT_EQ(test, destroyed, 0);
	object_dereference(body);
	EXPECT_EQ(test, destroyed, 1);
}

void no_object(struct kunit *test)
{
	alignas(16) static char bytes[128];

	EXPECT_RULES(test, 1, ObReferenceObject(bytes + 64));
	EXPECT_RULES(test, 1, ObDereferenceObject(bytes + 64));
	EXPECT_RULES(test, 1, ObDereferenceObject(nullptr));
}

void pseudo_handles(struct kunit *test)
{
	PVOID found = nullptr;

	EXPECT_STATUS(test, by_handle(NtCurrentThread(), &found, *PsThreadType), STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, found, KeGetCurrentThread());
	EXPECT_RULES(test, 0, ObDereferenceObject(found));
	EXPECT_STATUS(test, by_handle(NtCurrentThread(), &found, &stone_type),
		      STATUS_OBJECT_TYPE_MISMATCH);
	EXPECT_STATUS(test, by_handle(NtCurrentProcess(), &found, nullptr), STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, found, PsGetCurrentProcess());
	EXPECT_RULES(test, 0, ObDereferenceObject(found));
	EXPECT_STATUS(test, ZwClose(NtCurrentThread()), STATUS_SUCCESS);
}

constexpr bridge_case cases[] = {
	{"the last reference destroys an object", last_reference_destroys},
	{"the last reference may be given back in a softirq", softirq_may_destroy},
	{"a handle is a reference", handle_is_a_reference},
	{"types are checked", types_are_checked},
	{"kernel handles are refused for user mode", kernel_handles_are_the_kernels},
	{"closed and made-up handles are refused", bad_handles},
	{"the table grows with the number of handles", table_grows},
	{"giving back more references than taken is told and harmless", too_many_dereferences},
	{"what is no object is told", no_object},
	{"the current thread and process have handles", pseudo_handles},
};

} // namespace

BRIDGE_SUITE(ob_object, cases)

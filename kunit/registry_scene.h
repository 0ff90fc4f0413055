/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Shorthand for tests of the registry. */
#ifndef KUNIT_REGISTRY_SCENE_H
#define KUNIT_REGISTRY_SCENE_H

#include <ntddk.h>

#include "bridge.h"

namespace wsk::test
{

#define TEST_KEY L"\\Registry\\Machine\\Software\\wsk_kunit"

struct Path {
	UNICODE_STRING name;
	OBJECT_ATTRIBUTES attributes;

	explicit Path(PCWSTR text, HANDLE root = nullptr)
	{
		RtlInitUnicodeString(&name, text);
		InitializeObjectAttributes(&attributes, &name,
					   OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, root, nullptr);
	}
};

inline NTSTATUS open_key(PCWSTR path, PHANDLE key, ACCESS_MASK access = KEY_ALL_ACCESS,
			 HANDLE root = nullptr)
{
	Path where(path, root);

	return ZwOpenKey(key, access, &where.attributes);
}

inline NTSTATUS create_key(PCWSTR path, PHANDLE key, PULONG disposition = nullptr,
			   HANDLE root = nullptr)
{
	Path where(path, root);

	return ZwCreateKey(key, KEY_ALL_ACCESS, &where.attributes, 0, nullptr, 0, disposition);
}

inline NTSTATUS set_value(HANDLE key, PCWSTR name, ULONG type, const void *data, ULONG bytes)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, name);
	return ZwSetValueKey(key, &string, 0, type, const_cast<PVOID>(data), bytes);
}

inline NTSTATUS delete_value(HANDLE key, PCWSTR name)
{
	UNICODE_STRING string;

	RtlInitUnicodeString(&string, name);
	return ZwDeleteValueKey(key, &string);
}

/* A value of at most 200 bytes. */
struct Value {
	NTSTATUS status;
	ULONG type, bytes;
	alignas(8) UCHAR data[200];

	Value(HANDLE key, PCWSTR name) : status(), type(), bytes(), data()
	{
		alignas(8) UCHAR buffer[220];
		auto *partial = reinterpret_cast<PKEY_VALUE_PARTIAL_INFORMATION>(buffer);
		UNICODE_STRING string;
		ULONG size;

		RtlInitUnicodeString(&string, name);
		status = ZwQueryValueKey(key, &string, KeyValuePartialInformation, buffer,
					 sizeof(buffer) - 20, &size);
		if (!NT_SUCCESS(status))
			return;
		type = partial->Type;
		bytes = partial->DataLength;
		__builtin_memcpy(data, partial->Data, bytes);
	}

	ULONG number() const { return *reinterpret_cast<const ULONG *>(data); }
	PCWSTR text() const { return reinterpret_cast<PCWSTR>(data); }
};

#define EXPECT_TEXT(test, left, right) EXPECT_EQ(test, wcscmp(left, right), 0)

} // namespace wsk::test

#endif

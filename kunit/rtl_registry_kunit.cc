// SPDX-License-Identifier: MIT OR GPL-2.0
/* The registry through RtlQueryRegistryValues() and its like. */
#include "registry_scene.h"

#include "port/memory.h"

using namespace wsk::test;

namespace
{

#define KEY_PATH L"\\Registry\\Machine\\Software\\wsk_kunit_rtl"

void remove_key(void *)
{
	const PCWSTR paths[] = {KEY_PATH L"\\Sub", KEY_PATH};

	for (PCWSTR path : paths) {
		HANDLE key;

		if (!NT_SUCCESS(open_key(path, &key)))
			continue;
		ZwDeleteKey(key);
		ZwClose(key);
	}
}

NTSTATUS write(PCWSTR name, ULONG type, const void *data, ULONG bytes, PCWSTR path = KEY_PATH)
{
	return RtlWriteRegistryValue(RTL_REGISTRY_ABSOLUTE, path, name, type,
				     const_cast<PVOID>(data), bytes);
}

void fill(struct kunit *test)
{
	ULONG number = 7000;
	ULONGLONG wide = 0x1122334455667788;

	bridge_defer(test, remove_key, nullptr);
	ASSERT_STATUS(test, write(L"Port", REG_DWORD, &number, 4), STATUS_SUCCESS);
	ASSERT_STATUS(test, write(L"Name", REG_SZ, L"abc", 8), STATUS_SUCCESS);
	ASSERT_STATUS(test, write(L"List", REG_MULTI_SZ, L"one\0two\0", 18), STATUS_SUCCESS);
	ASSERT_STATUS(test, write(L"Expand", REG_EXPAND_SZ, L"%x%", 8), STATUS_SUCCESS);
	ASSERT_STATUS(test, write(L"Wide", REG_QWORD, &wide, 8), STATUS_SUCCESS);
	ASSERT_STATUS(test, write(L"Inner", REG_SZ, L"sub", 8, KEY_PATH L"\\Sub"), STATUS_SUCCESS);
}

NTSTATUS query(PRTL_QUERY_REGISTRY_TABLE table, PVOID context = nullptr)
{
	return RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, KEY_PATH, table, context, nullptr);
}

void direct(struct kunit *test)
{
	ULONG port = 0, missing = 5, given = 9;
	LONGLONG wide = -8;
	WCHAR buffer[8];
	UNICODE_STRING name = {}, inner = {0, sizeof(buffer), buffer};
	RTL_QUERY_REGISTRY_TABLE table[] = {
		{nullptr, RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK,
		 const_cast<PWSTR>(L"Port"), &port,
		 (REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_NONE, nullptr, 0},
		{nullptr, RTL_QUERY_REGISTRY_DIRECT, const_cast<PWSTR>(L"Missing"), &missing,
		 REG_DWORD, &given, 4},
		{nullptr, RTL_QUERY_REGISTRY_DIRECT, const_cast<PWSTR>(L"Nowhere"), &given,
		 REG_NONE, nullptr, 0},
		{nullptr, RTL_QUERY_REGISTRY_DIRECT, const_cast<PWSTR>(L"Name"), &name, REG_NONE,
		 nullptr, 0},
		{nullptr, RTL_QUERY_REGISTRY_DIRECT, const_cast<PWSTR>(L"Wide"), &wide, REG_NONE,
		 nullptr, 0},
		{nullptr, RTL_QUERY_REGISTRY_SUBKEY, const_cast<PWSTR>(L"Sub"), nullptr, REG_NONE,
		 nullptr, 0},
		{nullptr, RTL_QUERY_REGISTRY_DIRECT, const_cast<PWSTR>(L"Inner"), &inner, REG_NONE,
		 nullptr, 0},
		{},
	};

	fill(test);
	ASSERT_STATUS(test, query(table), STATUS_SUCCESS);
	EXPECT_EQ(test, port, 7000u);
	EXPECT_EQ(test, missing, 9u);
	EXPECT_EQ(test, given, 9u);
	EXPECT_EQ(test, name.Length, 6);
	EXPECT_MEM_EQ(test, name.Buffer, L"abc", 8);
	RtlFreeUnicodeString(&name);
	EXPECT_EQ(test, wide, 0x1122334455667788ll);
	EXPECT_EQ(test, inner.Length, 6);
	EXPECT_MEM_EQ(test, buffer, L"sub", 6);
}

void direct_that_fails(struct kunit *test)
{
	WCHAR small[2];
	UNICODE_STRING tight = {0, sizeof(small), small}, name = {};
	ULONG room[2] = {8, 0}, port;
	LONG negative[2] = {-4, 0};
	const struct {
		ULONG flags;
		PCWSTR name;
		PVOID target;
		ULONG type;
		NTSTATUS wanted;
	} rows[] = {
		{RTL_QUERY_REGISTRY_DIRECT, L"Name", &tight, REG_NONE, STATUS_BUFFER_TOO_SMALL},
		{RTL_QUERY_REGISTRY_DIRECT, L"Wide", room, REG_NONE, STATUS_BUFFER_TOO_SMALL},
		{RTL_QUERY_REGISTRY_DIRECT, L"Wide", negative, REG_NONE, STATUS_BUFFER_TOO_SMALL},
		{RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK, L"Name", &port,
		 REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT, STATUS_OBJECT_TYPE_MISMATCH},
		{RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_REQUIRED, L"Missing", &port,
		 REG_NONE, STATUS_OBJECT_NAME_NOT_FOUND},
		{RTL_QUERY_REGISTRY_DIRECT, nullptr, &port, REG_NONE, STATUS_INVALID_PARAMETER},
		{RTL_QUERY_REGISTRY_DIRECT, L"Port", nullptr, REG_NONE, STATUS_INVALID_PARAMETER},
		{RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_SUBKEY, L"Sub", &port, REG_NONE,
		 STATUS_INVALID_PARAMETER},
		{RTL_QUERY_REGISTRY_SUBKEY, nullptr, nullptr, REG_NONE, STATUS_INVALID_PARAMETER},
		{RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_REQUIRED, L"None", nullptr,
		 REG_NONE, STATUS_OBJECT_NAME_NOT_FOUND},
		{RTL_QUERY_REGISTRY_SUBKEY, L"None", nullptr, REG_NONE, STATUS_SUCCESS},
	};

	fill(test);
	for (const auto &row : rows) {
		RTL_QUERY_REGISTRY_TABLE table[] = {
			{nullptr, row.flags, const_cast<PWSTR>(row.name), row.target, row.type,
			 nullptr, 0},
			{},
		};

		EXPECT_STATUS(test, query(table), row.wanted);
	}

	RTL_QUERY_REGISTRY_TABLE table[] = {
		{nullptr, RTL_QUERY_REGISTRY_DIRECT, const_cast<PWSTR>(L"Name"), &name, REG_NONE,
		 nullptr, 0},
		{},
	};

	for (unsigned int nth = 1;; nth++) {
		port_alloc_fail(nth);
		NTSTATUS status = query(table);
		if (!port_alloc_fail(0))
			break;
		EXPECT_TRUE(test,
			    status == STATUS_INSUFFICIENT_RESOURCES || status == STATUS_NO_MEMORY);
		EXPECT_NULL(test, name.Buffer);
	}
	RtlFreeUnicodeString(&name);
}

/* What a routine was called with, one letter a call: names' first letters, or '-'. */
struct Calls {
	char letters[16];
	ULONG types[16];
	ULONG bytes[16];
	int count;
	int refuse_at;
};

NTSTATUS NTAPI record(PWSTR name, ULONG type, PVOID data, ULONG bytes, PVOID context, PVOID entry)
{
	auto *calls = static_cast<Calls *>(context);

	if (entry != &calls->refuse_at && !(type == REG_NONE && !data))
		return STATUS_UNSUCCESSFUL;
	calls->letters[calls->count] = name ? static_cast<char>(name[0]) : '-';
	calls->types[calls->count] = type;
	calls->bytes[calls->count++] = bytes;
	return calls->count == calls->refuse_at ? STATUS_DEVICE_BUSY : STATUS_SUCCESS;
}

void routines(struct kunit *test)
{
	Calls calls = {};
	RTL_QUERY_REGISTRY_TABLE table[] = {
		{record, 0, const_cast<PWSTR>(L"Port"), &calls.refuse_at, REG_NONE, nullptr, 0},
		{record, 0, const_cast<PWSTR>(L"List"), &calls.refuse_at, REG_NONE, nullptr, 0},
		{record, RTL_QUERY_REGISTRY_NOEXPAND, const_cast<PWSTR>(L"List"), &calls.refuse_at,
		 REG_NONE, nullptr, 0},
		{record, 0, const_cast<PWSTR>(L"Expand"), &calls.refuse_at, REG_NONE, nullptr, 0},
		{record, 0, const_cast<PWSTR>(L"Default"), &calls.refuse_at, REG_SZ,
		 const_cast<PWSTR>(L"text"), 0},
		{record, RTL_QUERY_REGISTRY_NOVALUE, nullptr, nullptr, REG_NONE, nullptr, 0},
		{record, RTL_QUERY_REGISTRY_SUBKEY, const_cast<PWSTR>(L"Sub"), &calls.refuse_at,
		 REG_NONE, nullptr, 0},
		{record, RTL_QUERY_REGISTRY_TOPKEY, const_cast<PWSTR>(L"Name"), &calls.refuse_at,
		 REG_NONE, nullptr, 0},
		{},
	};

	fill(test);
	ASSERT_STATUS(test, query(table, &calls), STATUS_SUCCESS);
	ASSERT_EQ(test, calls.count, 9);
	EXPECT_MEM_EQ(test, calls.letters, "PLLLED-IN", 9);
	EXPECT_EQ(test, calls.types[1], static_cast<ULONG>(REG_SZ));
	EXPECT_EQ(test, calls.bytes[1], 8u);
	EXPECT_EQ(test, calls.types[3], static_cast<ULONG>(REG_MULTI_SZ));
	EXPECT_EQ(test, calls.bytes[3], 18u);
	EXPECT_EQ(test, calls.types[4], static_cast<ULONG>(REG_SZ));
	EXPECT_EQ(test, calls.bytes[5], 10u);
	calls = {.letters = {}, .types = {}, .bytes = {}, .count = 0, .refuse_at = 2};
	EXPECT_STATUS(test, query(table, &calls), STATUS_DEVICE_BUSY);
	EXPECT_EQ(test, calls.count, 2);
}

void all_values(struct kunit *test)
{
	Calls calls = {};
	RTL_QUERY_REGISTRY_TABLE table[] = {
		{record, RTL_QUERY_REGISTRY_NOEXPAND | RTL_QUERY_REGISTRY_DELETE, nullptr,
		 &calls.refuse_at, REG_NONE, nullptr, 0},
		{},
	};

	fill(test);
	ASSERT_STATUS(test, query(table, &calls), STATUS_SUCCESS);
	ASSERT_EQ(test, calls.count, 5);
	EXPECT_MEM_EQ(test, calls.letters, "PNLEW", 5);
	calls.count = 0;
	EXPECT_STATUS(test, query(table, &calls), STATUS_SUCCESS);
	EXPECT_EQ(test, calls.count, 0);
}

void bases(struct kunit *test)
{
	RTL_QUERY_REGISTRY_TABLE nothing[] = {{}};
	ULONG number = 1;
	HANDLE key;

	bridge_defer(test, remove_key, nullptr);
	EXPECT_STATUS(test,
		      RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, const_cast<PWSTR>(L"kunit_none")),
		      STATUS_OBJECT_NAME_NOT_FOUND);
	EXPECT_STATUS(test, RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, nullptr), STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlCheckRegistryKey(RTL_REGISTRY_MAXIMUM, const_cast<PWSTR>(L"x")),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlCheckRegistryKey(RTL_REGISTRY_ABSOLUTE, nullptr),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test,
		      RtlCreateRegistryKey(RTL_REGISTRY_ABSOLUTE, const_cast<PWSTR>(KEY_PATH)),
		      STATUS_SUCCESS);
	ASSERT_STATUS(test, open_key(KEY_PATH, &key), STATUS_SUCCESS);
	EXPECT_STATUS(test,
		      RtlWriteRegistryValue(RTL_REGISTRY_HANDLE, static_cast<PCWSTR>(key), L"x",
					    REG_DWORD, &number, 4),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, Value(key, L"x").number(), 1u);
	EXPECT_STATUS(test, RtlDeleteRegistryValue(RTL_REGISTRY_ABSOLUTE, KEY_PATH, L"x"),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlDeleteRegistryValue(RTL_REGISTRY_ABSOLUTE, KEY_PATH, L"x"),
		      STATUS_OBJECT_NAME_NOT_FOUND);
	ZwClose(key);
	EXPECT_STATUS(
		test,
		RtlQueryRegistryValues(RTL_REGISTRY_SERVICES, L"none", nothing, nullptr, nullptr),
		STATUS_OBJECT_NAME_NOT_FOUND);
	EXPECT_STATUS(test,
		      RtlQueryRegistryValues(RTL_REGISTRY_SERVICES | RTL_REGISTRY_OPTIONAL, L"none",
					     nothing, nullptr, nullptr),
		      STATUS_SUCCESS);
}

constexpr bridge_case cases[] = {
	{"a table's values go straight to where they are wanted", direct},
	{"values of other sizes and types, and bad tables, are refused", direct_that_fails},
	{"routines are called for values, defaults and lists, until one fails", routines},
	{"all values of a key are handed over, and deleted", all_values},
	{"keys are found below the bases, and by handle", bases},
};

} // namespace

BRIDGE_SUITE(rtl_registry, cases)

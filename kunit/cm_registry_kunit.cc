// SPDX-License-Identifier: MIT OR GPL-2.0
/* Keys of the registry and their values, through handles. */
#include "registry_scene.h"

#include "nt/cm_registry.h"
#include "port/memory.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

void close(void *handle)
{
	ZwClose(handle);
}

void remove_all(void *)
{
	RegistryGuard guard;
	UNICODE_STRING path;
	RegistryKey *key;

	RtlInitUnicodeString(&path, TEST_KEY + 1);
	if (NT_SUCCESS(registry_find(registry_root(), path, &key)))
		registry_remove(key);
}

/* A key of the case's own, which goes with all below it. */
HANDLE own_key(struct kunit *test)
{
	HANDLE key = nullptr;

	bridge_defer(test, remove_all, nullptr);
	ASSERT_STATUS(test, create_key(TEST_KEY, &key), STATUS_SUCCESS);
	bridge_defer(test, close, key);
	return key;
}

void keys_by_path(struct kunit *test)
{
	HANDLE key = own_key(test), below, again;
	ULONG disposition = 0;

	EXPECT_STATUS(test, create_key(TEST_KEY L"\\Sub\\Deep", &below),
		      STATUS_OBJECT_NAME_NOT_FOUND);
	ASSERT_STATUS(test, create_key(TEST_KEY L"\\Sub", &below, &disposition), STATUS_SUCCESS);
	EXPECT_EQ(test, disposition, static_cast<ULONG>(REG_CREATED_NEW_KEY));
	ASSERT_STATUS(test, create_key(L"SUB", &again, &disposition, key), STATUS_SUCCESS);
	EXPECT_EQ(test, disposition, static_cast<ULONG>(REG_OPENED_EXISTING_KEY));
	ZwClose(again);
	ASSERT_STATUS(test, create_key(L"Deep", &again, nullptr, below), STATUS_SUCCESS);
	ZwClose(again);
	ASSERT_STATUS(test,
		      open_key(L"\\REGISTRY\\machine\\SOFTWARE\\WSK_kunit\\sub\\deep\\", &again),
		      STATUS_SUCCESS);
	ZwClose(again);
	/* No name below a key is the key. */
	ASSERT_STATUS(test, open_key(L"", &again, KEY_READ, below), STATUS_SUCCESS);
	ZwClose(again);
	ZwClose(below);
	EXPECT_STATUS(test, ZwFlushKey(key), STATUS_SUCCESS);
}

void bad_paths(struct kunit *test)
{
	HANDLE key = own_key(test), found = nullptr;
	static WCHAR long_name[300];
	const struct {
		PCWSTR path;
		bool below;
		NTSTATUS wanted;
	} table[] = {
		{L"", false, STATUS_OBJECT_PATH_SYNTAX_BAD},
		{L"Registry\\Machine", false, STATUS_OBJECT_PATH_SYNTAX_BAD},
		{L"\\", false, STATUS_OBJECT_NAME_INVALID},
		{L"\\Device\\Null", false, STATUS_OBJECT_NAME_NOT_FOUND},
		{L"\\Registry\\Machine\\Nowhere", false, STATUS_OBJECT_NAME_NOT_FOUND},
		{L"\\Registry\\\\Machine", false, STATUS_OBJECT_PATH_SYNTAX_BAD},
		{L"\\Registry\\Machine", true, STATUS_OBJECT_PATH_SYNTAX_BAD},
		{L"Nothing", true, STATUS_OBJECT_NAME_NOT_FOUND},
		{long_name, true, STATUS_OBJECT_NAME_INVALID},
	};

	for (size_t i = 0; i + 1 < ARRAYSIZE(long_name); i++)
		long_name[i] = 'x';
	for (const auto &row : table)
		EXPECT_STATUS(test, open_key(row.path, &found, KEY_READ, row.below ? key : nullptr),
			      row.wanted);

	Path odd(TEST_KEY), no_name(TEST_KEY), short_one(TEST_KEY);

	odd.name.Length--;
	EXPECT_STATUS(test, ZwOpenKey(&found, KEY_READ, &odd.attributes),
		      STATUS_OBJECT_NAME_INVALID);
	no_name.attributes.ObjectName = nullptr;
	EXPECT_STATUS(test, ZwOpenKey(&found, KEY_READ, &no_name.attributes),
		      STATUS_INVALID_PARAMETER);
	short_one.attributes.Length--;
	EXPECT_STATUS(test, ZwOpenKey(&found, KEY_READ, &short_one.attributes),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ZwOpenKey(&found, KEY_READ, nullptr), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ZwOpenKey(nullptr, KEY_READ, &odd.attributes),
		      STATUS_INVALID_PARAMETER);
	EXPECT_NULL(test, found);
}

void wrong_handles(struct kunit *test)
{
	const struct {
		HANDLE handle;
		NTSTATUS wanted;
	} table[] = {
		{nullptr, STATUS_INVALID_HANDLE},
		{reinterpret_cast<HANDLE>(0x44), STATUS_INVALID_HANDLE},
		{NtCurrentThread(), STATUS_INVALID_HANDLE},
	};
	UNICODE_STRING name = {};
	UCHAR buffer[64];
	HANDLE found;
	ULONG size;

	for (const auto &row : table) {
		EXPECT_STATUS(test, open_key(L"x", &found, KEY_READ, row.handle),
			      row.handle ? row.wanted : STATUS_OBJECT_PATH_SYNTAX_BAD);
		EXPECT_STATUS(test, ZwQueryKey(row.handle, KeyBasicInformation, buffer, 64, &size),
			      row.wanted);
		EXPECT_STATUS(test,
			      ZwEnumerateKey(row.handle, 0, KeyBasicInformation, buffer, 64, &size),
			      row.wanted);
		EXPECT_STATUS(test,
			      ZwQueryValueKey(row.handle, &name, KeyValuePartialInformation, buffer,
					      64, &size),
			      row.wanted);
		EXPECT_STATUS(test,
			      ZwEnumerateValueKey(row.handle, 0, KeyValuePartialInformation, buffer,
						  64, &size),
			      row.wanted);
		EXPECT_STATUS(test, ZwSetValueKey(row.handle, &name, 0, REG_SZ, buffer, 2),
			      row.wanted);
		EXPECT_STATUS(test, ZwDeleteValueKey(row.handle, &name), row.wanted);
		EXPECT_STATUS(test, ZwDeleteKey(row.handle), row.wanted);
		EXPECT_STATUS(test, ZwFlushKey(row.handle), row.wanted);
	}
}

void values(struct kunit *test)
{
	HANDLE key = own_key(test);
	ULONG number = 7000;

	EXPECT_STATUS(test, set_value(key, L"Port", REG_DWORD, &number, 4), STATUS_SUCCESS);
	EXPECT_STATUS(test, set_value(key, L"Name", REG_SZ, L"abc", 8), STATUS_SUCCESS);
	EXPECT_STATUS(test, set_value(key, L"", REG_BINARY, nullptr, 0), STATUS_SUCCESS);

	Value port(key, L"PORT"), name(key, L"name"), unnamed(key, L""), none(key, L"Nam");

	EXPECT_EQ(test, port.type, static_cast<ULONG>(REG_DWORD));
	EXPECT_EQ(test, port.number(), 7000u);
	EXPECT_EQ(test, name.bytes, 8u);
	EXPECT_TEXT(test, name.text(), L"abc");
	EXPECT_STATUS(test, unnamed.status, STATUS_SUCCESS);
	EXPECT_EQ(test, unnamed.type, static_cast<ULONG>(REG_BINARY));
	EXPECT_EQ(test, unnamed.bytes, 0u);
	EXPECT_STATUS(test, none.status, STATUS_OBJECT_NAME_NOT_FOUND);

	/* Another type and size under the same name. */
	EXPECT_STATUS(test, set_value(key, L"port", REG_SZ, L"7001", 10), STATUS_SUCCESS);
	EXPECT_TEXT(test, Value(key, L"Port").text(), L"7001");
	EXPECT_STATUS(test, delete_value(key, L"PORT"), STATUS_SUCCESS);
	EXPECT_STATUS(test, delete_value(key, L"Port"), STATUS_OBJECT_NAME_NOT_FOUND);
	EXPECT_STATUS(test, Value(key, L"Port").status, STATUS_OBJECT_NAME_NOT_FOUND);
}

void bad_values(struct kunit *test)
{
	HANDLE key = own_key(test);
	UNICODE_STRING odd = {3, 4, const_cast<PWCH>(L"ab")}, hollow = {4, 4, nullptr};
	UCHAR buffer[32];
	ULONG size;

	EXPECT_STATUS(test, set_value(key, L"x", REG_SZ, nullptr, 2), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, set_value(key, L"x", REG_SZ, buffer, 0x100001),
		      STATUS_INVALID_PARAMETER);
	PUNICODE_STRING const no_names[] = {&odd, &hollow, nullptr};

	for (PUNICODE_STRING name : no_names) {
		EXPECT_STATUS(test, ZwSetValueKey(key, name, 0, REG_SZ, buffer, 2),
			      STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(test, ZwDeleteValueKey(key, name), STATUS_INVALID_PARAMETER);
		EXPECT_STATUS(
			test,
			ZwQueryValueKey(key, name, KeyValuePartialInformation, buffer, 32, &size),
			STATUS_INVALID_PARAMETER);
	}
	EXPECT_STATUS(test, set_value(key, L"x", REG_SZ, L"y", 4), STATUS_SUCCESS);
	EXPECT_STATUS(test,
		      ZwEnumerateValueKey(key, 0, KeyValueLayerInformation, buffer, 32, &size),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test,
		      ZwEnumerateValueKey(key, 0, KeyValuePartialInformation, buffer, 32, nullptr),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ZwQueryKey(key, KeyFlagsInformation, buffer, 32, &size),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, ZwQueryKey(key, KeyBasicInformation, buffer, 32, nullptr),
		      STATUS_INVALID_PARAMETER);
}

void short_buffers(struct kunit *test)
{
	HANDLE key = own_key(test);
	alignas(8) UCHAR buffer[128];
	auto *full = reinterpret_cast<PKEY_VALUE_FULL_INFORMATION>(buffer);
	auto *partial = reinterpret_cast<PKEY_VALUE_PARTIAL_INFORMATION>(buffer);
	auto *aligned = reinterpret_cast<PKEY_VALUE_PARTIAL_INFORMATION_ALIGN64>(buffer);
	auto *basic = reinterpret_cast<PKEY_VALUE_BASIC_INFORMATION>(buffer);
	UNICODE_STRING name;
	ULONG size = 0;

	RtlInitUnicodeString(&name, L"Word");
	ASSERT_STATUS(test, set_value(key, L"Word", REG_SZ, L"value", 12), STATUS_SUCCESS);

	EXPECT_STATUS(test,
		      ZwQueryValueKey(key, &name, KeyValuePartialInformation, nullptr, 0, &size),
		      STATUS_BUFFER_TOO_SMALL);
	EXPECT_EQ(test, size, 24u);
	EXPECT_STATUS(test,
		      ZwQueryValueKey(key, &name, KeyValuePartialInformation, buffer, 11, &size),
		      STATUS_BUFFER_TOO_SMALL);
	buffer[16] = 0xee;
	EXPECT_STATUS(test,
		      ZwQueryValueKey(key, &name, KeyValuePartialInformation, buffer, 16, &size),
		      STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(test, partial->DataLength, 12u);
	EXPECT_MEM_EQ(test, partial->Data, L"va", 4);
	EXPECT_EQ(test, buffer[16], 0xee);
	EXPECT_STATUS(test,
		      ZwQueryValueKey(key, &name, KeyValuePartialInformation, buffer, 24, &size),
		      STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, partial->Data, L"value", 12);

	EXPECT_STATUS(
		test,
		ZwQueryValueKey(key, &name, KeyValuePartialInformationAlign64, buffer, 128, &size),
		STATUS_SUCCESS);
	EXPECT_EQ(test, size, 20u);
	EXPECT_MEM_EQ(test, aligned->Data, L"value", 12);

	EXPECT_STATUS(test,
		      ZwQueryValueKey(key, &name, KeyValueFullInformation, buffer, 128, &size),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, full->NameLength, 8u);
	EXPECT_MEM_EQ(test, full->Name, L"Word", 8);
	EXPECT_EQ(test, full->DataOffset % 8, 0u);
	EXPECT_MEM_EQ(test, buffer + full->DataOffset, L"value", 12);
	EXPECT_EQ(test, size, full->DataOffset + 12);
	EXPECT_STATUS(test,
		      ZwQueryValueKey(key, &name, KeyValueFullInformation, buffer, size - 1, &size),
		      STATUS_BUFFER_OVERFLOW);

	EXPECT_STATUS(test,
		      ZwQueryValueKey(key, &name, KeyValueBasicInformation, buffer, 128, &size),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, basic->Type, static_cast<ULONG>(REG_SZ));
	EXPECT_EQ(test, size, 20u);
}

void enumeration(struct kunit *test)
{
	HANDLE key = own_key(test), below;
	alignas(8) UCHAR buffer[256];
	auto *basic = reinterpret_cast<PKEY_BASIC_INFORMATION>(buffer);
	auto *node = reinterpret_cast<PKEY_NODE_INFORMATION>(buffer);
	auto *full = reinterpret_cast<PKEY_FULL_INFORMATION>(buffer);
	auto *name = reinterpret_cast<PKEY_NAME_INFORMATION>(buffer);
	auto *value = reinterpret_cast<PKEY_VALUE_BASIC_INFORMATION>(buffer);
	const PCWSTR names[] = {L"beta", L"Gamma", L"ALPHA"};
	const PCWSTR sorted[] = {L"ALPHA", L"beta", L"Gamma"};
	ULONG size;

	for (PCWSTR each : names) {
		ASSERT_STATUS(test, create_key(each, &below, nullptr, key), STATUS_SUCCESS);
		ZwClose(below);
		EXPECT_STATUS(test, set_value(key, each, REG_SZ, L"value", 12), STATUS_SUCCESS);
	}
	for (ULONG i = 0; i < 3; i++) {
		EXPECT_STATUS(
			test,
			ZwEnumerateKey(key, i, KeyBasicInformation, buffer, sizeof(buffer), &size),
			STATUS_SUCCESS);
		EXPECT_EQ(test, basic->NameLength, wcslen(sorted[i]) * 2);
		EXPECT_MEM_EQ(test, basic->Name, sorted[i], basic->NameLength);
		EXPECT_TRUE(test, basic->LastWriteTime.QuadPart > 0);
		EXPECT_STATUS(test,
			      ZwEnumerateValueKey(key, i, KeyValueBasicInformation, buffer,
						  sizeof(buffer), &size),
			      STATUS_SUCCESS);
		EXPECT_MEM_EQ(test, value->Name, names[i], value->NameLength);
	}
	EXPECT_STATUS(test,
		      ZwEnumerateKey(key, 3, KeyBasicInformation, buffer, sizeof(buffer), &size),
		      STATUS_NO_MORE_ENTRIES);
	EXPECT_STATUS(test,
		      ZwEnumerateValueKey(key, 0xffffffff, KeyValueBasicInformation, buffer,
					  sizeof(buffer), &size),
		      STATUS_NO_MORE_ENTRIES);
	EXPECT_STATUS(test,
		      ZwEnumerateKey(key, 0, KeyNameInformation, buffer, sizeof(buffer), &size),
		      STATUS_INVALID_PARAMETER);

	EXPECT_STATUS(test, ZwQueryKey(key, KeyFullInformation, buffer, sizeof(buffer), &size),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, full->SubKeys, 3u);
	EXPECT_EQ(test, full->Values, 3u);
	EXPECT_EQ(test, full->MaxNameLen, 10u);
	EXPECT_EQ(test, full->MaxValueDataLen, 12u);
	EXPECT_STATUS(test, ZwQueryKey(key, KeyNodeInformation, buffer, sizeof(buffer), &size),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, node->NameLength, 18u);
	EXPECT_STATUS(test, ZwQueryKey(key, KeyNameInformation, buffer, sizeof(buffer), &size),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, name->NameLength, 2 * wcslen(TEST_KEY));
	EXPECT_EQ(test, _wcsnicmp(name->Name, TEST_KEY, wcslen(TEST_KEY)), 0);
	EXPECT_STATUS(test, ZwQueryKey(key, KeyNameInformation, buffer, 3, &size),
		      STATUS_BUFFER_TOO_SMALL);
	EXPECT_STATUS(test, ZwQueryKey(key, KeyNameInformation, buffer, 20, &size),
		      STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(test, size, 4 + 2 * wcslen(TEST_KEY));
}

void rights(struct kunit *test)
{
	HANDLE key = own_key(test), reader, writer;
	ULONG size;

	ASSERT_STATUS(test, open_key(TEST_KEY, &reader, KEY_READ), STATUS_SUCCESS);
	ASSERT_STATUS(test, open_key(TEST_KEY, &writer, GENERIC_WRITE), STATUS_SUCCESS);
	EXPECT_STATUS(test, set_value(reader, L"x", REG_SZ, L"y", 4), STATUS_ACCESS_DENIED);
	EXPECT_STATUS(test, delete_value(reader, L"x"), STATUS_ACCESS_DENIED);
	EXPECT_STATUS(test, ZwDeleteKey(reader), STATUS_ACCESS_DENIED);
	EXPECT_STATUS(test, set_value(writer, L"x", REG_SZ, L"y", 4), STATUS_SUCCESS);
	EXPECT_STATUS(test, Value(writer, L"x").status, STATUS_ACCESS_DENIED);
	EXPECT_STATUS(test, ZwQueryKey(writer, KeyFullInformation, nullptr, 0, &size),
		      STATUS_ACCESS_DENIED);
	EXPECT_STATUS(test, ZwEnumerateKey(writer, 0, KeyBasicInformation, nullptr, 0, &size),
		      STATUS_ACCESS_DENIED);
	EXPECT_STATUS(test, Value(reader, L"x").status, STATUS_SUCCESS);
	EXPECT_STATUS(test, Value(key, L"x").status, STATUS_SUCCESS);
	ZwClose(reader);
	ZwClose(writer);
}

void deletion(struct kunit *test)
{
	HANDLE key = own_key(test), below, deep, again;

	ASSERT_STATUS(test, create_key(L"Sub", &below, nullptr, key), STATUS_SUCCESS);
	ASSERT_STATUS(test, create_key(L"Deep", &deep, nullptr, below), STATUS_SUCCESS);
	EXPECT_STATUS(test, ZwDeleteKey(below), STATUS_CANNOT_DELETE);
	EXPECT_STATUS(test, ZwDeleteKey(deep), STATUS_SUCCESS);
	EXPECT_STATUS(test, ZwDeleteKey(deep), STATUS_KEY_DELETED);
	EXPECT_STATUS(test, set_value(deep, L"x", REG_SZ, L"y", 4), STATUS_KEY_DELETED);
	EXPECT_STATUS(test, create_key(L"Deeper", &again, nullptr, deep), STATUS_KEY_DELETED);
	EXPECT_STATUS(test, open_key(TEST_KEY L"\\Sub\\Deep", &again),
		      STATUS_OBJECT_NAME_NOT_FOUND);
	/* One of the same name is another key. */
	ASSERT_STATUS(test, create_key(L"Deep", &again, nullptr, below), STATUS_SUCCESS);
	EXPECT_STATUS(test, set_value(again, L"x", REG_SZ, L"y", 4), STATUS_SUCCESS);
	EXPECT_STATUS(test, ZwFlushKey(deep), STATUS_KEY_DELETED);
	ZwClose(again);
	ZwClose(deep);
	ZwClose(below);
}

void links_are_not_there(struct kunit *test)
{
	Path path(TEST_KEY);
	HANDLE key;

	EXPECT_STATUS(test,
		      ZwCreateKey(&key, KEY_READ, &path.attributes, 0, nullptr,
				  REG_OPTION_CREATE_LINK, nullptr),
		      STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, ZwOpenKeyEx(&key, KEY_READ, &path.attributes, 0),
		      STATUS_OBJECT_NAME_NOT_FOUND);
}

void no_memory(struct kunit *test)
{
	HANDLE key = own_key(test), below = nullptr;

	port_alloc_fail(1);
	EXPECT_STATUS(test, set_value(key, L"x", REG_SZ, L"y", 4), STATUS_INSUFFICIENT_RESOURCES);
	/* The key, then its handle's object. */
	for (unsigned int nth = 1; nth <= 2; nth++) {
		port_alloc_fail(nth);
		EXPECT_STATUS(test, create_key(L"Sub", &below, nullptr, key),
			      STATUS_INSUFFICIENT_RESOURCES);
	}
	port_alloc_fail(0);
	EXPECT_NULL(test, below);
	EXPECT_STATUS(test, Value(key, L"x").status, STATUS_OBJECT_NAME_NOT_FOUND);
}

void handles_end_at_dispatch(void *context)
{
	ObDereferenceObject(context);
}

void references(struct kunit *test)
{
	HANDLE key = own_key(test), below;
	PVOID object;

	ASSERT_STATUS(test, create_key(L"Sub", &below, nullptr, key), STATUS_SUCCESS);
	ASSERT_STATUS(
		test,
		ObReferenceObjectByHandle(below, KEY_READ, nullptr, KernelMode, &object, nullptr),
		STATUS_SUCCESS);
	EXPECT_STATUS(test, ZwDeleteKey(below), STATUS_SUCCESS);
	ZwClose(below);
	EXPECT_RULES(test, 0, bridge_run_in_softirq(handles_end_at_dispatch, object));
}

constexpr bridge_case cases[] = {
	{"keys are made one level at a time, and found in any case", keys_by_path},
	{"bad paths and attributes are refused", bad_paths},
	{"what is no key's handle is refused", wrong_handles},
	{"values are set, replaced, read and deleted", values},
	{"bad names, sizes and classes of values are refused", bad_values},
	{"answers that do not fit are cut, or refused, and tell their size", short_buffers},
	{"keys and values are enumerated, and a key tells about itself", enumeration},
	{"a handle does what it was opened for", rights},
	{"a deleted key is gone, though its handle is not", deletion},
	{"there are no links", links_are_not_there},
	{"without memory there is no value, no key and no handle", no_memory},
	{"the last reference to a deleted key may go in a softirq", references},
};

} // namespace

BRIDGE_SUITE(cm_registry, cases)

// SPDX-License-Identifier: MIT OR GPL-2.0
/* GUIDs as strings, hashes of strings, checksums. */
#include <ntddk.h>

#include "bridge.h"
#include "port/memory.h"

namespace
{

constexpr GUID guid = {
	0x00112233, 0x4455, 0x6677, {0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}};

void there_and_back(struct kunit *test)
{
	UNICODE_STRING text = {};
	GUID again = {};

	ASSERT_STATUS(test, RtlStringFromGUID(guid, &text), STATUS_SUCCESS);
	EXPECT_EQ(test, wcscmp(text.Buffer, L"{00112233-4455-6677-8899-AABBCCDDEEFF}"), 0);
	EXPECT_EQ(test, text.Length, 76);
	EXPECT_STATUS(test, RtlGUIDFromString(&text, &again), STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, &again, &guid, sizeof(guid));
	RtlFreeUnicodeString(&text);
	port_alloc_fail(1);
	EXPECT_STATUS(test, RtlStringFromGUID(guid, &text), STATUS_NO_MEMORY);
	port_alloc_fail(0);
}

void no_guids(struct kunit *test)
{
	const PCWSTR table[] = {
		L"",
		L"{00112233-4455-6677-8899-AABBCCDDEEFF",
		L"00112233-4455-6677-8899-AABBCCDDEEFF",
		L"{00112233-4455-6677-8899-AABBCCDDEEFF} ",
		L"{00112233-4455-6677-8899-AABBCCDDEEFG}",
		L"{0011223304455-6677-8899-AABBCCDDEEFF}",
		L"(00112233-4455-6677-8899-AABBCCDDEEFF)",
		L"{00112233-4455-6677-8899-AABBCCDDEE-F}",
	};
	UNICODE_STRING text;
	GUID result = guid;

	for (PCWSTR each : table) {
		RtlInitUnicodeString(&text, each);
		EXPECT_STATUS(test, RtlGUIDFromString(&text, &result), STATUS_INVALID_PARAMETER);
		EXPECT_MEM_EQ(test, &result, &guid, sizeof(guid));
	}
	RtlInitUnicodeString(&text, L"{00112233-4455-6677-8899-aabbccddeeff}");
	EXPECT_STATUS(test, RtlGUIDFromString(&text, &result), STATUS_SUCCESS);
}

void checksums(struct kunit *test)
{
	static char text[] = "123456789";

	EXPECT_EQ(test, RtlComputeCrc32(0, text, 9), 0xcbf43926u);
	EXPECT_EQ(test, RtlComputeCrc32(RtlComputeCrc32(0, text, 4), text + 4, 5), 0xcbf43926u);
	EXPECT_EQ(test, RtlComputeCrc32(0, text, 0), 0u);
}

void hashes(struct kunit *test)
{
	UNICODE_STRING small = RTL_CONSTANT_STRING(L"ab"), big = RTL_CONSTANT_STRING(L"AB");
	ULONG first = 0, second = 0;

	EXPECT_STATUS(test,
		      RtlHashUnicodeString(&small, FALSE, HASH_STRING_ALGORITHM_X65599, &first),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, first, 'a' * 65599u + 'b');
	EXPECT_STATUS(test, RtlHashUnicodeString(&small, TRUE, 0, &first), STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlHashUnicodeString(&big, FALSE, 0, &second), STATUS_SUCCESS);
	EXPECT_EQ(test, first, second);
	EXPECT_STATUS(test, RtlHashUnicodeString(nullptr, FALSE, 0, &first),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlHashUnicodeString(&big, FALSE, 0, nullptr),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test,
		      RtlHashUnicodeString(&big, FALSE, HASH_STRING_ALGORITHM_INVALID, &first),
		      STATUS_INVALID_PARAMETER);
}

constexpr bridge_case cases[] = {
	{"a GUID becomes a string, and the same GUID again", there_and_back},
	{"what is no GUID's string is refused", no_guids},
	{"CRC-32 is that of Ethernet, whole or in parts", checksums},
	{"strings hash to the same number, whatever the case if asked", hashes},
};

} // namespace

BRIDGE_SUITE(rtl_guid, cases)

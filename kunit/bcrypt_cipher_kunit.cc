// SPDX-License-Identifier: MIT OR GPL-2.0
/* BCrypt's keys: AES, with the examples of SP 800-38A, SP 800-38C, and of GCM's submission. */
#include <ntddk.h>
#include <bcrypt.h>

#include "bridge.h"
#include "hex.h"
#include "port/memory.h"

using namespace wsk::test;

namespace
{

constexpr Hex key128 = "2b7e151628aed2a6abf7158809cf4f3c";
constexpr Hex key192 = "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b";
constexpr Hex key256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
constexpr Hex plain = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";
constexpr Hex counting = "000102030405060708090a0b0c0d0e0f";

/* A key, and the algorithm that it was made with. */
struct Aes {
	BCRYPT_ALG_HANDLE algorithm;
	BCRYPT_KEY_HANDLE key;
};

NTSTATUS set_mode(BCRYPT_HANDLE handle, LPCWSTR mode)
{
	return BCryptSetProperty(handle, BCRYPT_CHAINING_MODE,
				 reinterpret_cast<PUCHAR>(const_cast<PWSTR>(mode)),
				 static_cast<ULONG>((wcslen(mode) + 1) * sizeof(WCHAR)), 0);
}

NTSTATUS make_key(BCRYPT_ALG_HANDLE algorithm, const Hex &secret, BCRYPT_KEY_HANDLE *key)
{
	return BCryptGenerateSymmetricKey(algorithm, key, nullptr, 0,
					  const_cast<PUCHAR>(secret.bytes), secret.size, 0);
}

void close_aes(void *context)
{
	auto *aes = static_cast<Aes *>(context);

	if (aes->key)
		BCryptDestroyKey(aes->key);
	BCryptCloseAlgorithmProvider(aes->algorithm, 0);
}

/* Static: what a case opens is closed after an ASSERT, too. */
Aes *open_aes(struct kunit *test, LPCWSTR mode, const Hex &secret, ULONG flags = 0)
{
	static Aes slots[4];
	static int next;
	Aes *aes = &slots[next++ % 4];

	*aes = {};
	ASSERT_STATUS(
		test,
		BCryptOpenAlgorithmProvider(&aes->algorithm, BCRYPT_AES_ALGORITHM, nullptr, flags),
		STATUS_SUCCESS);
	bridge_defer(test, close_aes, aes);
	ASSERT_STATUS(test, set_mode(aes->algorithm, mode), STATUS_SUCCESS);
	ASSERT_STATUS(test, make_key(aes->algorithm, secret, &aes->key), STATUS_SUCCESS);
	return aes;
}

void ecb(struct kunit *test)
{
	const struct {
		const Hex &key;
		Hex wanted;
	} table[] = {
		{key128, "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"},
		{key192, "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef"},
		{key256, "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870"},
	};

	for (const auto &row : table) {
		Aes *aes = open_aes(test, BCRYPT_CHAIN_MODE_ECB, row.key);
		UCHAR buffer[32];
		ULONG size = 0;

		EXPECT_STATUS(test,
			      BCryptEncrypt(aes->key, const_cast<PUCHAR>(plain.bytes), 32, nullptr,
					    nullptr, 0, buffer, 32, &size, 0),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, size, 32u);
		EXPECT_MEM_EQ(test, buffer, row.wanted.bytes, 32);
		/* In place. */
		EXPECT_STATUS(test,
			      BCryptDecrypt(aes->key, buffer, 32, nullptr, nullptr, 0, buffer, 32,
					    &size, 0),
			      STATUS_SUCCESS);
		EXPECT_MEM_EQ(test, buffer, plain.bytes, 32);
	}
}

constexpr Hex cbc_wanted = "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2";

void cbc(struct kunit *test)
{
	Aes *aes = open_aes(test, BCRYPT_CHAIN_MODE_CBC, key128);
	Hex vector = counting;
	UCHAR buffer[32];
	ULONG size = 0;

	/* In two parts: the vector goes from one to the other. */
	for (ULONG at = 0; at < 32; at += 16)
		EXPECT_STATUS(test,
			      BCryptEncrypt(aes->key, const_cast<PUCHAR>(plain.bytes) + at, 16,
					    nullptr, vector.bytes, 16, buffer + at, 16, &size, 0),
			      STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, buffer, cbc_wanted.bytes, 32);
	vector = counting;
	EXPECT_STATUS(test,
		      BCryptDecrypt(aes->key, buffer, 32, nullptr, vector.bytes, 16, buffer, 32,
				    &size, 0),
		      STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, buffer, plain.bytes, 32);
	EXPECT_MEM_EQ(test, vector.bytes, cbc_wanted.bytes + 16, 16);

	/* The vector of the key. */
	EXPECT_STATUS(test,
		      BCryptSetProperty(aes->key, BCRYPT_INITIALIZATION_VECTOR,
					const_cast<PUCHAR>(counting.bytes), 16, 0),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test,
		      BCryptEncrypt(aes->key, const_cast<PUCHAR>(plain.bytes), 32, nullptr, nullptr,
				    0, buffer, 32, &size, 0),
		      STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, buffer, cbc_wanted.bytes, 32);
	EXPECT_STATUS(test,
		      BCryptEncrypt(aes->key, buffer, 32, nullptr, vector.bytes, 15, buffer, 32,
				    &size, 0),
		      STATUS_INVALID_PARAMETER);
}

/* Every length around the edges of blocks, and of pages. */
void padding(struct kunit *test)
{
	constexpr ULONG most = 3 * PAGE_SIZE;
	Aes *aes = open_aes(test, BCRYPT_CHAIN_MODE_CBC, key256);
	auto *buffer = static_cast<PUCHAR>(ExAllocatePool2(POOL_FLAG_PAGED, most, 'tseT'));
	auto *other = static_cast<PUCHAR>(ExAllocatePool2(POOL_FLAG_PAGED, most, 'tseT'));

	ASSERT_TRUE(test, buffer && other);
	bridge_defer(test, ExFreePool, buffer);
	bridge_defer(test, ExFreePool, other);
	const ULONG lengths[] = {0u, 1u, 15u, 16u, 17u, 31u, 32u, 4081u, 4096u, 8191u, 12000u};

	for (ULONG bytes : lengths) {
		ULONG wanted = (bytes / 16 + 1) * 16, size = 0;

		for (ULONG i = 0; i < bytes; i++)
			buffer[i] = static_cast<UCHAR>(i * 7 + bytes);
		EXPECT_STATUS(test,
			      BCryptEncrypt(aes->key, buffer, bytes, nullptr, nullptr, 0, nullptr,
					    0, &size, BCRYPT_BLOCK_PADDING),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, size, wanted);
		EXPECT_STATUS(test,
			      BCryptEncrypt(aes->key, buffer, bytes, nullptr, nullptr, 0, other,
					    wanted - 1, &size, BCRYPT_BLOCK_PADDING),
			      STATUS_BUFFER_TOO_SMALL);
		EXPECT_STATUS(test,
			      BCryptEncrypt(aes->key, buffer, bytes, nullptr, nullptr, 0, other,
					    most, &size, BCRYPT_BLOCK_PADDING),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, size, wanted);
		EXPECT_STATUS(test,
			      BCryptDecrypt(aes->key, other, size, nullptr, nullptr, 0, other,
					    bytes, &size, BCRYPT_BLOCK_PADDING),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, size, bytes);
		EXPECT_MEM_EQ(test, other, buffer, bytes);
	}
}

void no_padding_there(struct kunit *test)
{
	Aes *aes = open_aes(test, BCRYPT_CHAIN_MODE_ECB, key128);
	UCHAR buffer[32] = {};
	ULONG size;

	/* Blocks whose last bytes, decrypted, are no padding. */
	EXPECT_STATUS(
		test,
		BCryptEncrypt(aes->key, buffer, 32, nullptr, nullptr, 0, buffer, 32, &size, 0),
		STATUS_SUCCESS);
	EXPECT_STATUS(test,
		      BCryptDecrypt(aes->key, buffer, 32, nullptr, nullptr, 0, buffer, 32, &size,
				    BCRYPT_BLOCK_PADDING),
		      STATUS_UNSUCCESSFUL);
	const ULONG no_blocks[] = {1u, 15u, 17u};

	for (ULONG bytes : no_blocks)
		EXPECT_STATUS(test,
			      BCryptEncrypt(aes->key, buffer, bytes, nullptr, nullptr, 0, buffer,
					    32, &size, 0),
			      STATUS_INVALID_BUFFER_SIZE);
	const ULONG either[] = {0u, (ULONG)BCRYPT_BLOCK_PADDING};

	for (ULONG flag : either)
		EXPECT_STATUS(test,
			      BCryptDecrypt(aes->key, buffer, 17, nullptr, nullptr, 0, buffer, 32,
					    &size, flag),
			      STATUS_INVALID_BUFFER_SIZE);
}

/* A message, as the standards give it. */
struct Sealed {
	LPCWSTR mode;
	Hex key, nonce, open, text, wanted, tag;
};

const Sealed sealed[] = {
	{BCRYPT_CHAIN_MODE_GCM, "feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
	 "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	 "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
	 "49a6b525b16aedf5aa0de657ba637b39",
	 "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5a"
	 "ac84aa051ba30b396a0aac973d58e091",
	 "5bc94fbc3221a5db94fae95ae7121a47"},
	{BCRYPT_CHAIN_MODE_GCM, "00000000000000000000000000000000", "000000000000000000000000", "",
	 "", "", "58e2fccefa7e3061367f1d57a4e7455a"},
	{BCRYPT_CHAIN_MODE_CCM, "404142434445464748494a4b4c4d4e4f", "10111213141516",
	 "0001020304050607", "20212223", "7162015b", "4dac255d"},
	{BCRYPT_CHAIN_MODE_CCM, "404142434445464748494a4b4c4d4e4f", "1011121314151617",
	 "000102030405060708090a0b0c0d0e0f", "202122232425262728292a2b2c2d2e2f",
	 "d2a1f0e051ea5f62081a7792073d593d", "1fc64fbfaccd"},
};

BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO info_of(const Sealed &message, PUCHAR tag)
{
	BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO info;

	BCRYPT_INIT_AUTH_MODE_INFO(info);
	info.pbNonce = const_cast<PUCHAR>(message.nonce.bytes);
	info.cbNonce = message.nonce.size;
	info.pbAuthData = const_cast<PUCHAR>(message.open.bytes);
	info.cbAuthData = message.open.size;
	info.pbTag = tag;
	info.cbTag = message.tag.size;
	return info;
}

void expect_message(struct kunit *test, BCRYPT_KEY_HANDLE key, const Sealed &message)
{
	UCHAR buffer[64] = {}, tag[16] = {};
	auto info = info_of(message, tag);
	ULONG size = 99, bytes = message.text.size;

	EXPECT_STATUS(test,
		      BCryptEncrypt(key, const_cast<PUCHAR>(message.text.bytes), bytes, &info,
				    nullptr, 0, buffer, sizeof(buffer), &size, 0),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, size, bytes);
	EXPECT_MEM_EQ(test, buffer, message.wanted.bytes, bytes);
	EXPECT_MEM_EQ(test, tag, message.tag.bytes, message.tag.size);
	EXPECT_STATUS(test,
		      BCryptDecrypt(key, buffer, bytes, &info, nullptr, 0, buffer, sizeof(buffer),
				    &size, 0),
		      STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, buffer, message.text.bytes, bytes);

	/* One bit that is another: nothing of the text is shown. */
	__builtin_memcpy(buffer, message.wanted.bytes, bytes);
	tag[1] ^= 0x10;
	EXPECT_STATUS(test,
		      BCryptDecrypt(key, buffer, bytes, &info, nullptr, 0, buffer, sizeof(buffer),
				    &size, 0),
		      STATUS_AUTH_TAG_MISMATCH);
	EXPECT_TRUE(test, RtlIsZeroMemory(buffer, bytes));
}

void messages(struct kunit *test)
{
	for (const Sealed &message : sealed)
		expect_message(test, open_aes(test, message.mode, message.key)->key, message);
}

struct AtDispatch {
	struct kunit *test;
	BCRYPT_KEY_HANDLE key;
};

void messages_at_dispatch(void *context)
{
	auto *scene = static_cast<AtDispatch *>(context);

	expect_message(scene->test, scene->key, sealed[0]);
}

void dispatch_level(struct kunit *test)
{
	AtDispatch scene = {
		test, open_aes(test, sealed[0].mode, sealed[0].key, BCRYPT_PROV_DISPATCH)->key};

	EXPECT_RULES(test, 0, bridge_run_at_dispatch(messages_at_dispatch, &scene));
	EXPECT_RULES(test, 0, bridge_run_in_softirq(messages_at_dispatch, &scene));
}

void refused_at_dispatch(void *context)
{
	auto *scene = static_cast<AtDispatch *>(context);
	struct kunit *test = scene->test;
	UCHAR buffer[16] = {};
	BCRYPT_KEY_HANDLE key;
	ULONG size;

	EXPECT_STATUS(
		test,
		BCryptEncrypt(scene->key, buffer, 16, nullptr, nullptr, 0, buffer, 16, &size, 0),
		STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, make_key(BCRYPT_AES_CBC_ALG_HANDLE, key128, &key),
		      STATUS_NOT_SUPPORTED);
}

void not_for_dispatch_level(struct kunit *test)
{
	AtDispatch scene = {test, open_aes(test, BCRYPT_CHAIN_MODE_CBC, key128)->key};

	EXPECT_RULES(test, 2, bridge_run_at_dispatch(refused_at_dispatch, &scene));
}

void bad_messages(struct kunit *test)
{
	BCRYPT_KEY_HANDLE key = open_aes(test, sealed[0].mode, sealed[0].key)->key;
	UCHAR buffer[64] = {}, tag[16] = {};
	ULONG size;

	const struct {
		void (*spoil)(BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO &info);
		NTSTATUS wanted;
	} table[] = {
		{[](auto &info) { info.cbSize--; }, STATUS_INVALID_PARAMETER},
		{[](auto &info) { info.dwInfoVersion = 2; }, STATUS_INVALID_PARAMETER},
		{[](auto &info) { info.pbNonce = nullptr; }, STATUS_INVALID_PARAMETER},
		{[](auto &info) { info.cbNonce = 8; }, STATUS_INVALID_PARAMETER},
		{[](auto &info) { info.cbNonce = 0xffffffff; }, STATUS_INVALID_PARAMETER},
		{[](auto &info) { info.pbTag = nullptr; }, STATUS_INVALID_PARAMETER},
		{[](auto &info) { info.cbTag = 8; }, STATUS_INVALID_PARAMETER},
		{[](auto &info) { info.cbTag = 17; }, STATUS_INVALID_PARAMETER},
		{[](auto &info) { info.pbAuthData = nullptr; }, STATUS_INVALID_PARAMETER},
		{[](auto &info) { info.dwFlags = BCRYPT_AUTH_MODE_CHAIN_CALLS_FLAG; },
		 STATUS_NOT_SUPPORTED},
	};

	for (const auto &row : table) {
		auto info = info_of(sealed[0], tag);

		row.spoil(info);
		EXPECT_STATUS(
			test,
			BCryptEncrypt(key, buffer, 32, &info, nullptr, 0, buffer, 64, &size, 0),
			row.wanted);
	}

	auto info = info_of(sealed[0], tag);

	EXPECT_STATUS(test,
		      BCryptEncrypt(key, buffer, 32, nullptr, nullptr, 0, buffer, 64, &size, 0),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, BCryptEncrypt(key, buffer, 32, &info, nullptr, 0, buffer, 31, &size, 0),
		      STATUS_BUFFER_TOO_SMALL);
	EXPECT_STATUS(test,
		      BCryptEncrypt(key, buffer, 32, &info, nullptr, 0, buffer, 64, &size,
				    BCRYPT_BLOCK_PADDING),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test,
		      BCryptEncrypt(key, buffer, 32, nullptr, nullptr, 0, nullptr, 0, &size, 0),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, size, 32u);
}

void bad_calls(struct kunit *test)
{
	Aes *aes = open_aes(test, BCRYPT_CHAIN_MODE_ECB, key128);
	BCRYPT_KEY_HANDLE key = nullptr;
	UCHAR buffer[48] = {};
	ULONG size;

	EXPECT_STATUS(test,
		      BCryptEncrypt(aes->algorithm, buffer, 16, nullptr, nullptr, 0, buffer, 16,
				    &size, 0),
		      STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test,
		      BCryptDecrypt(nullptr, buffer, 16, nullptr, nullptr, 0, buffer, 16, &size, 0),
		      STATUS_INVALID_HANDLE);
	EXPECT_STATUS(
		test,
		BCryptEncrypt(aes->key, nullptr, 16, nullptr, nullptr, 0, buffer, 16, &size, 0),
		STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(
		test,
		BCryptEncrypt(aes->key, buffer, 16, nullptr, nullptr, 0, buffer, 16, nullptr, 0),
		STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(
		test,
		BCryptEncrypt(aes->key, buffer, 16, nullptr, nullptr, 0, buffer, 16, &size, 0x80),
		STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(
		test,
		BCryptEncrypt(aes->key, buffer, 32, nullptr, nullptr, 0, buffer, 31, &size, 0),
		STATUS_BUFFER_TOO_SMALL);
	EXPECT_STATUS(test, BCryptDestroyKey(aes->algorithm), STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, BCryptDestroyKey(nullptr), STATUS_INVALID_HANDLE);
	const ULONG no_keys[] = {0u, 8u, 15u, 17u, 33u, 0xffffffffu};

	for (ULONG bytes : no_keys)
		EXPECT_STATUS(test,
			      BCryptGenerateSymmetricKey(aes->algorithm, &key, nullptr, 0, buffer,
							 bytes, 0),
			      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test,
		      BCryptGenerateSymmetricKey(aes->algorithm, &key, nullptr, 0, nullptr, 16, 0),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test,
		      BCryptGenerateSymmetricKey(aes->algorithm, &key, buffer, 48, buffer, 16, 0),
		      STATUS_BUFFER_TOO_SMALL);
	EXPECT_STATUS(test, make_key(BCRYPT_SHA256_ALG_HANDLE, key128, &key), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, make_key(aes->key, key128, &key), STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, set_mode(aes->algorithm, BCRYPT_CHAIN_MODE_CFB), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, set_mode(aes->algorithm, L"Chaining"), STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, set_mode(BCRYPT_AES_CBC_ALG_HANDLE, BCRYPT_CHAIN_MODE_ECB),
		      STATUS_NOT_SUPPORTED);
	/* A name without its end. */
	EXPECT_STATUS(test,
		      BCryptSetProperty(
			      aes->algorithm, BCRYPT_CHAINING_MODE,
			      reinterpret_cast<PUCHAR>(const_cast<PWSTR>(BCRYPT_CHAIN_MODE_ECB)), 8,
			      0),
		      STATUS_INVALID_PARAMETER);
	EXPECT_NULL(test, key);
}

void blobs(struct kunit *test)
{
	Aes *aes = open_aes(test, BCRYPT_CHAIN_MODE_ECB, key192);
	struct {
		BCRYPT_KEY_DATA_BLOB_HEADER header;
		UCHAR secret[32];
	} blob = {};
	auto *bytes = reinterpret_cast<PUCHAR>(&blob);
	BCRYPT_KEY_HANDLE key = nullptr;
	ULONG size = 0;

	EXPECT_STATUS(
		test,
		BCryptExportKey(aes->key, nullptr, BCRYPT_KEY_DATA_BLOB, nullptr, 0, &size, 0),
		STATUS_SUCCESS);
	EXPECT_EQ(test, size, 36u);
	EXPECT_STATUS(test,
		      BCryptExportKey(aes->key, nullptr, BCRYPT_KEY_DATA_BLOB, bytes, 35, &size, 0),
		      STATUS_BUFFER_TOO_SMALL);
	EXPECT_STATUS(
		test,
		BCryptExportKey(aes->key, nullptr, BCRYPT_OPAQUE_KEY_BLOB, bytes, 44, &size, 0),
		STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test,
		      BCryptExportKey(aes->key, nullptr, BCRYPT_KEY_DATA_BLOB, bytes, 44, &size, 0),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, blob.header.dwMagic, static_cast<ULONG>(BCRYPT_KEY_DATA_BLOB_MAGIC));
	EXPECT_EQ(test, blob.header.cbKeyData, 24u);
	EXPECT_MEM_EQ(test, blob.secret, key192.bytes, 24);
	ASSERT_STATUS(test,
		      BCryptImportKey(aes->algorithm, nullptr, BCRYPT_KEY_DATA_BLOB, &key, nullptr,
				      0, bytes, 36, 0),
		      STATUS_SUCCESS);

	UCHAR first[16], second[16];

	BCryptEncrypt(aes->key, const_cast<PUCHAR>(plain.bytes), 16, nullptr, nullptr, 0, first, 16,
		      &size, 0);
	BCryptEncrypt(key, const_cast<PUCHAR>(plain.bytes), 16, nullptr, nullptr, 0, second, 16,
		      &size, 0);
	EXPECT_MEM_EQ(test, first, second, 16);
	EXPECT_STATUS(test, BCryptDestroyKey(key), STATUS_SUCCESS);

	const struct {
		ULONG bytes, magic, version, secret;
	} table[] = {
		{11, BCRYPT_KEY_DATA_BLOB_MAGIC, 1, 24},
		{36, 1, 1, 24},
		{36, BCRYPT_KEY_DATA_BLOB_MAGIC, 2, 24},
		{35, BCRYPT_KEY_DATA_BLOB_MAGIC, 1, 24},
		{36, BCRYPT_KEY_DATA_BLOB_MAGIC, 1, 0xfffffff8},
		{36, BCRYPT_KEY_DATA_BLOB_MAGIC, 1, 20},
	};
	for (const auto &row : table) {
		blob.header = {row.magic, row.version, row.secret};
		EXPECT_STATUS(test,
			      BCryptImportKey(aes->algorithm, nullptr, BCRYPT_KEY_DATA_BLOB, &key,
					      nullptr, 0, bytes, row.bytes, 0),
			      STATUS_INVALID_PARAMETER);
	}
	EXPECT_STATUS(test,
		      BCryptImportKey(aes->algorithm, aes->key, BCRYPT_AES_WRAP_KEY_BLOB, &key,
				      nullptr, 0, bytes, 36, 0),
		      STATUS_NOT_SUPPORTED);
}

void other_ways(struct kunit *test)
{
	Aes *aes = open_aes(test, BCRYPT_CHAIN_MODE_ECB, key128);
	BCRYPT_KEY_LENGTHS_STRUCT lengths = {};
	UCHAR object[512], buffer[32];
	Hex vector = counting;
	BCRYPT_KEY_HANDLE copy;
	WCHAR mode[24];
	ULONG size, value = 0;

	/* A copy in memory of the driver's, in another mode. */
	ASSERT_STATUS(test,
		      BCryptGetProperty(aes->algorithm, BCRYPT_OBJECT_LENGTH,
					reinterpret_cast<PUCHAR>(&value), 4, &size, 0),
		      STATUS_SUCCESS);
	ASSERT_TRUE(test, value <= sizeof(object));
	ASSERT_STATUS(test, BCryptDuplicateKey(aes->key, &copy, object, value, 0), STATUS_SUCCESS);
	EXPECT_STATUS(test, set_mode(copy, BCRYPT_CHAIN_MODE_CBC), STATUS_SUCCESS);
	EXPECT_STATUS(test,
		      BCryptEncrypt(copy, const_cast<PUCHAR>(plain.bytes), 32, nullptr,
				    vector.bytes, 16, buffer, 32, &size, 0),
		      STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, buffer, cbc_wanted.bytes, 32);
	EXPECT_STATUS(test,
		      BCryptGetProperty(copy, BCRYPT_CHAINING_MODE, reinterpret_cast<PUCHAR>(mode),
					sizeof(mode), &size, 0),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, wcscmp(mode, BCRYPT_CHAIN_MODE_CBC), 0);
	EXPECT_STATUS(test,
		      BCryptGetProperty(copy, BCRYPT_KEY_LENGTH, reinterpret_cast<PUCHAR>(&value),
					4, &size, 0),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, value, 128u);
	EXPECT_STATUS(test, BCryptDestroyKey(copy), STATUS_SUCCESS);
	EXPECT_STATUS(test, BCryptDestroyKey(copy), STATUS_INVALID_HANDLE);

	EXPECT_STATUS(test,
		      BCryptGetProperty(BCRYPT_AES_GCM_ALG_HANDLE, BCRYPT_AUTH_TAG_LENGTH,
					reinterpret_cast<PUCHAR>(&lengths), sizeof(lengths), &size,
					0),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, lengths.dwMinLength, 12u);
	EXPECT_EQ(test, lengths.dwMaxLength, 16u);
	EXPECT_STATUS(test,
		      BCryptGetProperty(aes->algorithm, BCRYPT_KEY_LENGTHS,
					reinterpret_cast<PUCHAR>(&lengths), sizeof(lengths), &size,
					0),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, lengths.dwIncrement, 64u);
	EXPECT_STATUS(test,
		      BCryptGetProperty(aes->algorithm, BCRYPT_AUTH_TAG_LENGTH,
					reinterpret_cast<PUCHAR>(&lengths), sizeof(lengths), &size,
					0),
		      STATUS_NOT_SUPPORTED);
}

void no_memory(struct kunit *test)
{
	Aes *aes = open_aes(test, BCRYPT_CHAIN_MODE_GCM, key128);
	UCHAR buffer[16] = {}, tag[16];
	auto info = info_of(sealed[0], tag);
	BCRYPT_KEY_HANDLE key = nullptr;
	unsigned int nth;
	NTSTATUS status;
	ULONG size;

	/* The object, and the cipher behind it. */
	for (nth = 1; nth < 10; nth++) {
		port_alloc_fail(nth);
		status = make_key(aes->algorithm, key128, &key);
		if (!port_alloc_fail(0))
			break;
		EXPECT_STATUS(test, status, STATUS_NO_MEMORY);
	}
	EXPECT_GE(test, nth, 2u);
	ASSERT_STATUS(test, status, STATUS_SUCCESS);
	port_alloc_fail(1);
	EXPECT_STATUS(test, BCryptEncrypt(key, buffer, 16, &info, nullptr, 0, buffer, 16, &size, 0),
		      STATUS_NO_MEMORY);
	port_alloc_fail(0);
	BCryptDestroyKey(key);
}

constexpr bridge_case cases[] = {
	{"AES encrypts and decrypts blocks of its own, with keys of three lengths", ecb},
	{"AES in CBC goes on where the last call ended", cbc},
	{"padding comes and goes, whatever the length", padding},
	{"what is no whole block, or not padded, is refused", no_padding_there},
	{"GCM and CCM seal and open messages, and notice a wrong tag", messages},
	{"a key for DISPATCH_LEVEL works there", dispatch_level},
	{"a key that is not for DISPATCH_LEVEL is refused there, and making one",
	 not_for_dispatch_level},
	{"messages with bad lengths, or in several calls, are refused", bad_messages},
	{"bad handles, keys, modes and sizes of buffers are refused", bad_calls},
	{"keys are exported and imported as blobs, and bad blobs refused", blobs},
	{"keys are copied, change their mode, and know their properties", other_ways},
	{"without memory there is no key, and no message", no_memory},
};

} // namespace

BRIDGE_SUITE(bcrypt_cipher, cases)

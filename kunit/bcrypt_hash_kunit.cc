// SPDX-License-Identifier: MIT OR GPL-2.0
/* BCrypt's algorithms, hashes, HMACs, PBKDF2 and random numbers. */
#include <ntddk.h>
#include <bcrypt.h>

#include "bridge.h"
#include "hex.h"
#include "port/memory.h"

using namespace wsk::test;

namespace
{

PUCHAR bytes_of(const void *text)
{
	return static_cast<PUCHAR>(const_cast<void *>(text));
}

void close_algorithm(void *handle)
{
	BCryptCloseAlgorithmProvider(handle, 0);
}

BCRYPT_ALG_HANDLE open(struct kunit *test, LPCWSTR name, ULONG flags = 0)
{
	BCRYPT_ALG_HANDLE handle = nullptr;

	ASSERT_STATUS(test,
		      BCryptOpenAlgorithmProvider(&handle, name, MS_PRIMITIVE_PROVIDER, flags),
		      STATUS_SUCCESS);
	bridge_defer(test, close_algorithm, handle);
	return handle;
}

BCRYPT_HASH_HANDLE begin(struct kunit *test, BCRYPT_ALG_HANDLE algorithm, ULONG flags = 0,
			 const char *secret = nullptr)
{
	BCRYPT_HASH_HANDLE hash = nullptr;

	ASSERT_STATUS(test,
		      BCryptCreateHash(algorithm, &hash, nullptr, 0, bytes_of(secret),
				       secret ? static_cast<ULONG>(strlen(secret)) : 0, flags),
		      STATUS_SUCCESS);
	return hash;
}

/* Of "abc", of 1000 times "a"; with the second key and message of RFC 4231, and a long key. */
struct Known {
	LPCWSTR name;
	BCRYPT_ALG_HANDLE plain, keyed;
	Hex abc, thousand, jefe, long_key;
};

const Known known[] = {
	{BCRYPT_MD5_ALGORITHM, BCRYPT_MD5_ALG_HANDLE, BCRYPT_HMAC_MD5_ALG_HANDLE,
	 "900150983cd24fb0d6963f7d28e17f72", "cabe45dcc9ae5b66ba86600cca6b8ba8",
	 "750c783e6ab0b503eaa86e310a5db738", "8df98dca2397c5c8399d42a5bcc6e477"},
	{BCRYPT_SHA1_ALGORITHM, BCRYPT_SHA1_ALG_HANDLE, BCRYPT_HMAC_SHA1_ALG_HANDLE,
	 "a9993e364706816aba3e25717850c26c9cd0d89d", "291e9a6c66994949b57ba5e650361e98fc36b1ba",
	 "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", "f91271dc2fd036f54d74d134ff739fefb59aac86"},
	{BCRYPT_SHA256_ALGORITHM, BCRYPT_SHA256_ALG_HANDLE, BCRYPT_HMAC_SHA256_ALG_HANDLE,
	 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	 "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3",
	 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	 "f84c159648a99f6ace4dc6e293ebc50e9ec6936ebd7022091d9ae0f5cd6693ba"},
	{BCRYPT_SHA384_ALGORITHM, BCRYPT_SHA384_ALG_HANDLE, BCRYPT_HMAC_SHA384_ALG_HANDLE,
	 "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca1"
	 "34c825a7",
	 "f54480689c6b0b11d0303285d9a81b21a93bca6ba5a1b4472765dca4da45ee328082d469c650cd3b61b16d32"
	 "66ab8ced",
	 "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ec"
	 "fab21649",
	 "ec629fe0dc1fab504fc1c89572d6573cf15c3a4b5b69d53f0c13849561a6c13e153af48d2538ce056a3fe10d"
	 "69da16c3"},
	{BCRYPT_SHA512_ALGORITHM, BCRYPT_SHA512_ALG_HANDLE, BCRYPT_HMAC_SHA512_ALG_HANDLE,
	 "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23"
	 "a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	 "67ba5535a46e3f86dbfbed8cbbaf0125c76ed549ff8b0b9e03e0c88cf90fa634fa7b12b47d77b694de488ace"
	 "8d9a65967dc96df599727d3292a8d9d447709c97",
	 "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65"
	 "f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
	 "9dc6330f4c966b62b735d565343cb77413deccdf42a92d9ef5e4e2ae33f6c924bbc8e34c47111bc069482d4d"
	 "bcfee148419a6547f2d01500e8160b39cc2e4ae8"},
};

void hashes(struct kunit *test)
{
	for (const Known &algorithm : known) {
		BCRYPT_HASH_HANDLE hash =
			begin(test, open(test, algorithm.name), BCRYPT_HASH_REUSABLE_FLAG);
		UCHAR result[64];
		ULONG size = algorithm.abc.size;

		/* Twice "abc", in pieces; then a longer message of pieces of odd lengths. */
		for (int turn = 0; turn < 2; turn++) {
			EXPECT_STATUS(test, BCryptHashData(hash, bytes_of("a"), 1, 0),
				      STATUS_SUCCESS);
			EXPECT_STATUS(test, BCryptHashData(hash, nullptr, 0, 0), STATUS_SUCCESS);
			EXPECT_STATUS(test, BCryptHashData(hash, bytes_of("bc"), 2, 0),
				      STATUS_SUCCESS);
			EXPECT_STATUS(test, BCryptFinishHash(hash, result, size, 0),
				      STATUS_SUCCESS);
			EXPECT_MEM_EQ(test, result, algorithm.abc.bytes, size);
		}
		for (int i = 0; i < 40; i++)
			BCryptHashData(hash, bytes_of("aaaaaaaaaaaaaaaaaaaaaaaaa"), 25, 0);
		EXPECT_STATUS(test, BCryptFinishHash(hash, result, size, 0), STATUS_SUCCESS);
		EXPECT_MEM_EQ(test, result, algorithm.thousand.bytes, size);
		EXPECT_STATUS(test, BCryptDestroyHash(hash), STATUS_SUCCESS);
	}
}

void md4(struct kunit *test)
{
	constexpr Hex wanted = "a448017aaf21d8525fc10ae87aa6729d";
	UCHAR result[16];

	EXPECT_STATUS(test,
		      BCryptHash(BCRYPT_MD4_ALG_HANDLE, nullptr, 0, bytes_of("abc"), 3, result, 16),
		      STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, result, wanted.bytes, 16);
}

void keyed_hashes(struct kunit *test)
{
	static const char message[] = "what do ya want for nothing?";
	static const char other[] = "Test Using Larger Than Block-Size Key - Hash Key First";
	UCHAR long_key[200], result[64];

	__builtin_memset(long_key, 0xaa, sizeof(long_key));
	for (const Known &algorithm : known) {
		ULONG size = algorithm.jefe.size;
		BCRYPT_ALG_HANDLE opened = open(test, algorithm.name, BCRYPT_ALG_HANDLE_HMAC_FLAG);
		BCRYPT_HASH_HANDLE hash = begin(test, opened, BCRYPT_HASH_REUSABLE_FLAG, "Jefe");

		for (int turn = 0; turn < 2; turn++) {
			EXPECT_STATUS(test, BCryptHashData(hash, bytes_of(message), 28, 0),
				      STATUS_SUCCESS);
			EXPECT_STATUS(test, BCryptFinishHash(hash, result, size, 0),
				      STATUS_SUCCESS);
			EXPECT_MEM_EQ(test, result, algorithm.jefe.bytes, size);
		}
		BCryptDestroyHash(hash);
		EXPECT_STATUS(test,
			      BCryptHash(algorithm.keyed, long_key, sizeof(long_key),
					 bytes_of(other), sizeof(other) - 1, result, size),
			      STATUS_SUCCESS);
		EXPECT_MEM_EQ(test, result, algorithm.long_key.bytes, size);
		EXPECT_STATUS(
			test,
			BCryptHash(algorithm.plain, nullptr, 0, bytes_of("abc"), 3, result, size),
			STATUS_SUCCESS);
		EXPECT_MEM_EQ(test, result, algorithm.abc.bytes, size);
	}
}

struct AtDispatch {
	struct kunit *test;
	BCRYPT_ALG_HANDLE algorithm;
};

void hash_at_dispatch(void *context)
{
	auto *scene = static_cast<AtDispatch *>(context);
	struct kunit *test = scene->test;
	BCRYPT_HASH_HANDLE hash = nullptr, copy = nullptr;
	UCHAR result[32];

	EXPECT_STATUS(test,
		      BCryptCreateHash(scene->algorithm, &hash, nullptr, 0, bytes_of("Jefe"), 4, 0),
		      STATUS_SUCCESS);
	BCryptHashData(hash, bytes_of("what do ya want "), 16, 0);
	EXPECT_STATUS(test, BCryptDuplicateHash(hash, &copy, nullptr, 0, 0), STATUS_SUCCESS);
	const BCRYPT_HASH_HANDLE both[] = {hash, copy};

	for (BCRYPT_HASH_HANDLE each : both) {
		BCryptHashData(each, bytes_of("for nothing?"), 12, 0);
		EXPECT_STATUS(test, BCryptFinishHash(each, result, 32, 0), STATUS_SUCCESS);
		EXPECT_MEM_EQ(test, result, known[2].jefe.bytes, 32);
		BCryptDestroyHash(each);
	}
	EXPECT_STATUS(test, BCryptGenRandom(nullptr, result, 32, BCRYPT_USE_SYSTEM_PREFERRED_RNG),
		      STATUS_SUCCESS);
}

void dispatch_level(struct kunit *test)
{
	AtDispatch scene = {test, open(test, BCRYPT_SHA256_ALGORITHM,
				       BCRYPT_ALG_HANDLE_HMAC_FLAG | BCRYPT_PROV_DISPATCH)};

	EXPECT_RULES(test, 0, bridge_run_at_dispatch(hash_at_dispatch, &scene));
	EXPECT_RULES(test, 0, bridge_run_in_softirq(hash_at_dispatch, &scene));
}

void in_memory_of_the_drivers(struct kunit *test)
{
	BCRYPT_ALG_HANDLE algorithm =
		open(test, BCRYPT_SHA512_ALGORITHM, BCRYPT_ALG_HANDLE_HMAC_FLAG);
	ULONG bytes = 0, size = 0;
	BCRYPT_HASH_HANDLE hash;
	UCHAR result[64];

	ASSERT_STATUS(test,
		      BCryptGetProperty(algorithm, BCRYPT_OBJECT_LENGTH,
					reinterpret_cast<PUCHAR>(&bytes), sizeof(bytes), &size, 0),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, size, 4u);

	auto *object = static_cast<PUCHAR>(ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes + 3, 'tseT'));

	ASSERT_NOT_NULL(test, object);
	bridge_defer(test, ExFreePool, object);
	/* Anywhere, and every byte of what was asked for counts. */
	for (ULONG shift = 0; shift < 4; shift++) {
		ASSERT_STATUS(test,
			      BCryptCreateHash(algorithm, &hash, object + shift, bytes,
					       bytes_of("Jefe"), 4, 0),
			      STATUS_SUCCESS);
		BCryptHashData(hash, bytes_of("what do ya want for nothing?"), 28, 0);
		EXPECT_STATUS(test, BCryptFinishHash(hash, result, 64, 0), STATUS_SUCCESS);
		EXPECT_MEM_EQ(test, result, known[4].jefe.bytes, 64);
		EXPECT_STATUS(test, BCryptDestroyHash(hash), STATUS_SUCCESS);
		EXPECT_STATUS(test, BCryptDestroyHash(hash), STATUS_INVALID_HANDLE);
		EXPECT_TRUE(test, RtlIsZeroMemory(object + 16, bytes - 32));
	}
	EXPECT_STATUS(test, BCryptCreateHash(algorithm, &hash, object, bytes - 1, nullptr, 0, 0),
		      STATUS_BUFFER_TOO_SMALL);
	EXPECT_STATUS(test, BCryptCreateHash(algorithm, &hash, nullptr, bytes, nullptr, 0, 0),
		      STATUS_INVALID_PARAMETER);
}

void bad_calls(struct kunit *test)
{
	BCRYPT_ALG_HANDLE algorithm = open(test, BCRYPT_SHA256_ALGORITHM), none = &algorithm;
	BCRYPT_HASH_HANDLE hash = begin(test, algorithm), other = nullptr;
	UCHAR result[64] = {};

	const LPCWSTR unknown[] = {BCRYPT_RSA_ALGORITHM,
				   BCRYPT_ECDSA_P256_ALGORITHM,
				   BCRYPT_DH_ALGORITHM,
				   BCRYPT_RC4_ALGORITHM,
				   L"sha256",
				   L""};

	for (LPCWSTR name : unknown) {
		EXPECT_STATUS(test, BCryptOpenAlgorithmProvider(&none, name, nullptr, 0),
			      STATUS_NOT_FOUND);
		EXPECT_NULL(test, none);
	}
	EXPECT_STATUS(test, BCryptOpenAlgorithmProvider(&none, nullptr, nullptr, 0),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, BCryptOpenAlgorithmProvider(nullptr, L"SHA1", nullptr, 0),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, BCryptOpenAlgorithmProvider(&none, L"SHA1", nullptr, 0x40),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(
		test,
		BCryptOpenAlgorithmProvider(&none, L"AES", nullptr, BCRYPT_ALG_HANDLE_HMAC_FLAG),
		STATUS_INVALID_PARAMETER);

	const BCRYPT_HANDLE not_algorithms[] = {BCRYPT_HANDLE(nullptr), BCRYPT_HANDLE(result), hash,
						BCRYPT_HANDLE(0x42), BCRYPT_SHA256_ALG_HANDLE};

	for (BCRYPT_HANDLE handle : not_algorithms)
		EXPECT_STATUS(test, BCryptCloseAlgorithmProvider(handle, 0), STATUS_INVALID_HANDLE);
	const BCRYPT_HANDLE not_hashes[] = {BCRYPT_HANDLE(nullptr), algorithm,
					    BCRYPT_SHA256_ALG_HANDLE};

	for (BCRYPT_HANDLE handle : not_hashes) {
		EXPECT_STATUS(test, BCryptHashData(handle, result, 1, 0), STATUS_INVALID_HANDLE);
		EXPECT_STATUS(test, BCryptFinishHash(handle, result, 32, 0), STATUS_INVALID_HANDLE);
		EXPECT_STATUS(test, BCryptDuplicateHash(handle, &other, nullptr, 0, 0),
			      STATUS_INVALID_HANDLE);
		EXPECT_STATUS(test, BCryptDestroyHash(handle), STATUS_INVALID_HANDLE);
	}
	EXPECT_STATUS(test, BCryptCreateHash(hash, &other, nullptr, 0, nullptr, 0, 0),
		      STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, BCryptCreateHash(algorithm, nullptr, nullptr, 0, nullptr, 0, 0),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, BCryptCreateHash(algorithm, &other, nullptr, 0, result, 4, 0),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, BCryptCreateHash(algorithm, &other, nullptr, 0, nullptr, 0, 1),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test,
		      BCryptCreateHash(BCRYPT_RNG_ALG_HANDLE, &other, nullptr, 0, nullptr, 0, 0),
		      STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test, BCryptHashData(hash, nullptr, 1, 0), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, BCryptHashData(hash, result, 1, 1), STATUS_INVALID_PARAMETER);
	const ULONG wrong_sizes[] = {0u, 31u, 33u};

	for (ULONG size : wrong_sizes)
		EXPECT_STATUS(test, BCryptFinishHash(hash, result, size, 0),
			      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, BCryptFinishHash(hash, nullptr, 32, 0), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, BCryptHash(algorithm, nullptr, 0, result, 1, result, 31),
		      STATUS_INVALID_PARAMETER);

	/* A finished hash is nothing any more, but it can be ended. */
	EXPECT_STATUS(test, BCryptFinishHash(hash, result, 32, 0), STATUS_SUCCESS);
	EXPECT_STATUS(test, BCryptHashData(hash, result, 1, 0), STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, BCryptFinishHash(hash, result, 32, 0), STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, BCryptDestroyHash(hash), STATUS_SUCCESS);
}

void properties(struct kunit *test)
{
	BCRYPT_ALG_HANDLE algorithm = open(test, BCRYPT_SHA384_ALGORITHM);
	BCRYPT_HASH_HANDLE hash = begin(test, algorithm, BCRYPT_HASH_REUSABLE_FLAG);
	ULONG number = 0, size = 0;
	WCHAR name[8];

	const BCRYPT_HANDLE handles[] = {algorithm, hash, BCRYPT_SHA384_ALG_HANDLE};

	for (BCRYPT_HANDLE handle : handles) {
		EXPECT_STATUS(test,
			      BCryptGetProperty(handle, BCRYPT_HASH_LENGTH,
						reinterpret_cast<PUCHAR>(&number), 4, &size, 0),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, number, 48u);
		EXPECT_STATUS(test,
			      BCryptGetProperty(handle, BCRYPT_HASH_BLOCK_LENGTH,
						reinterpret_cast<PUCHAR>(&number), 4, &size, 0),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, number, 128u);
		EXPECT_STATUS(test,
			      BCryptGetProperty(handle, BCRYPT_ALGORITHM_NAME,
						reinterpret_cast<PUCHAR>(name), sizeof(name), &size,
						0),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, size, 14u);
		EXPECT_EQ(test, wcscmp(name, L"SHA384"), 0);
		EXPECT_STATUS(test,
			      BCryptGetProperty(handle, BCRYPT_HASH_LENGTH, nullptr, 0, &size, 0),
			      STATUS_SUCCESS);
		EXPECT_EQ(test, size, 4u);
		EXPECT_STATUS(test,
			      BCryptGetProperty(handle, BCRYPT_HASH_LENGTH,
						reinterpret_cast<PUCHAR>(&number), 3, &size, 0),
			      STATUS_BUFFER_TOO_SMALL);
		EXPECT_STATUS(test,
			      BCryptGetProperty(handle, BCRYPT_BLOCK_LENGTH,
						reinterpret_cast<PUCHAR>(&number), 4, &size, 0),
			      STATUS_NOT_SUPPORTED);
	}
	EXPECT_STATUS(test,
		      BCryptGetProperty(hash, BCRYPT_IS_REUSABLE_HASH,
					reinterpret_cast<PUCHAR>(&number), 4, &size, 0),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, number, 1u);
	EXPECT_STATUS(test,
		      BCryptSetProperty(hash, BCRYPT_CHAINING_MODE, reinterpret_cast<PUCHAR>(name),
					14, 0),
		      STATUS_NOT_SUPPORTED);
	EXPECT_STATUS(test,
		      BCryptGetProperty(nullptr, BCRYPT_HASH_LENGTH,
					reinterpret_cast<PUCHAR>(&number), 4, &size, 0),
		      STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, BCryptGetProperty(algorithm, nullptr, nullptr, 0, &size, 0),
		      STATUS_INVALID_PARAMETER);
	BCryptDestroyHash(hash);

	BOOLEAN fips = TRUE;

	EXPECT_STATUS(test, BCryptGetFipsAlgorithmMode(&fips), STATUS_SUCCESS);
	EXPECT_FALSE(test, fips);
	EXPECT_STATUS(test, BCryptGetFipsAlgorithmMode(nullptr), STATUS_INVALID_PARAMETER);
}

void algorithm_closed_first(struct kunit *test)
{
	BCRYPT_ALG_HANDLE algorithm;
	UCHAR result[20];

	ASSERT_STATUS(test, BCryptOpenAlgorithmProvider(&algorithm, L"SHA1", nullptr, 0),
		      STATUS_SUCCESS);

	BCRYPT_HASH_HANDLE hash = begin(test, algorithm);

	EXPECT_STATUS(test, BCryptCloseAlgorithmProvider(algorithm, 0), STATUS_SUCCESS);
	BCryptHashData(hash, bytes_of("abc"), 3, 0);
	EXPECT_STATUS(test, BCryptFinishHash(hash, result, 20, 0), STATUS_SUCCESS);
	EXPECT_MEM_EQ(test, result, known[1].abc.bytes, 20);
	EXPECT_STATUS(test, BCryptDestroyHash(hash), STATUS_SUCCESS);
}

void passwords(struct kunit *test)
{
	const struct {
		BCRYPT_ALG_HANDLE prf;
		const char *password, *salt;
		ULONG iterations;
		Hex wanted;
	} table[] = {
		{BCRYPT_HMAC_SHA1_ALG_HANDLE, "password", "salt", 2,
		 "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"},
		{BCRYPT_HMAC_SHA1_ALG_HANDLE, "passwordPASSWORDpassword",
		 "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096,
		 "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"},
		{BCRYPT_HMAC_SHA256_ALG_HANDLE, "passwd", "salt", 1,
		 "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645"
		 "991664b39d77ef317c71b845b1e30bd509112041d3a19783"},
	};
	UCHAR key[64];

	for (const auto &row : table) {
		EXPECT_STATUS(test,
			      BCryptDeriveKeyPBKDF2(row.prf, bytes_of(row.password),
						    static_cast<ULONG>(strlen(row.password)),
						    bytes_of(row.salt),
						    static_cast<ULONG>(strlen(row.salt)),
						    row.iterations, key, row.wanted.size, 0),
			      STATUS_SUCCESS);
		EXPECT_MEM_EQ(test, key, row.wanted.bytes, row.wanted.size);
	}

	const struct {
		BCRYPT_ALG_HANDLE prf;
		PUCHAR password;
		ULONGLONG iterations;
		ULONG size, flags;
		NTSTATUS wanted;
	} bad[] = {
		{BCRYPT_SHA1_ALG_HANDLE, key, 1, 20, 0, STATUS_INVALID_PARAMETER},
		{nullptr, key, 1, 20, 0, STATUS_INVALID_HANDLE},
		{BCRYPT_HMAC_SHA1_ALG_HANDLE, nullptr, 1, 20, 0, STATUS_INVALID_PARAMETER},
		{BCRYPT_HMAC_SHA1_ALG_HANDLE, key, 0, 20, 0, STATUS_INVALID_PARAMETER},
		{BCRYPT_HMAC_SHA1_ALG_HANDLE, key, 1, 0, 0, STATUS_INVALID_PARAMETER},
		{BCRYPT_HMAC_SHA1_ALG_HANDLE, key, 1, 20, 1, STATUS_INVALID_PARAMETER},
	};
	for (const auto &row : bad)
		EXPECT_STATUS(test,
			      BCryptDeriveKeyPBKDF2(row.prf, row.password, 4, key, 4,
						    row.iterations, key, row.size, row.flags),
			      row.wanted);
}

void random_numbers(struct kunit *test)
{
	BCRYPT_ALG_HANDLE algorithm = open(test, BCRYPT_RNG_ALGORITHM);
	UCHAR first[32] = {}, second[32] = {};

	EXPECT_STATUS(test, BCryptGenRandom(algorithm, first, 32, 0), STATUS_SUCCESS);
	EXPECT_STATUS(test, BCryptGenRandom(BCRYPT_RNG_ALG_HANDLE, second, 32, 0), STATUS_SUCCESS);
	EXPECT_NE(test, __builtin_memcmp(first, second, 32), 0);
	EXPECT_STATUS(test, BCryptGenRandom(nullptr, second, 31, BCRYPT_USE_SYSTEM_PREFERRED_RNG),
		      STATUS_SUCCESS);
	EXPECT_NE(test, __builtin_memcmp(first, second, 31), 0);
	EXPECT_STATUS(test, BCryptGenRandom(nullptr, first, 32, 0), STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, BCryptGenRandom(BCRYPT_SHA1_ALG_HANDLE, first, 32, 0),
		      STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, BCryptGenRandom(algorithm, first, 32, BCRYPT_USE_SYSTEM_PREFERRED_RNG),
		      STATUS_INVALID_HANDLE);
	EXPECT_STATUS(test, BCryptGenRandom(algorithm, nullptr, 32, 0), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, BCryptGenRandom(algorithm, first, 32, 0x10), STATUS_INVALID_PARAMETER);
}

void no_memory(struct kunit *test)
{
	BCRYPT_ALG_HANDLE algorithm = open(test, BCRYPT_SHA1_ALGORITHM), other;
	BCRYPT_HASH_HANDLE hash = begin(test, algorithm), copy;
	UCHAR result[20];

	port_alloc_fail(1);
	EXPECT_STATUS(test, BCryptOpenAlgorithmProvider(&other, L"SHA1", nullptr, 0),
		      STATUS_NO_MEMORY);
	port_alloc_fail(1);
	EXPECT_STATUS(test, BCryptCreateHash(algorithm, &copy, nullptr, 0, nullptr, 0, 0),
		      STATUS_NO_MEMORY);
	for (unsigned int nth = 1; nth <= 2; nth++) {
		port_alloc_fail(nth);
		EXPECT_STATUS(test, BCryptDuplicateHash(hash, &copy, nullptr, 0, 0),
			      STATUS_NO_MEMORY);
	}
	port_alloc_fail(1);
	EXPECT_STATUS(test, BCryptHash(algorithm, nullptr, 0, result, 1, result, 20),
		      STATUS_NO_MEMORY);
	port_alloc_fail(0);
	BCryptDestroyHash(hash);
}

constexpr bridge_case cases[] = {
	{"messages in pieces hash to what the standards say, and hashes are used again", hashes},
	{"MD4", md4},
	{"HMACs are what the standards say, with short and long keys", keyed_hashes},
	{"hashes begin, split and end at DISPATCH_LEVEL", dispatch_level},
	{"hashes live in memory of the driver's, at any address", in_memory_of_the_drivers},
	{"unknown algorithms, bad handles, flags and sizes are refused", bad_calls},
	{"algorithms and hashes know their properties", properties},
	{"a hash outlives its algorithm's handle", algorithm_closed_first},
	{"PBKDF2 makes the keys that its standard shows", passwords},
	{"random bytes differ", random_numbers},
	{"without memory nothing is opened, begun or split", no_memory},
};

} // namespace

BRIDGE_SUITE(bcrypt_hash, cases)

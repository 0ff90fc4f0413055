// SPDX-License-Identifier: MIT OR GPL-2.0
/* BCrypt's algorithms, their properties and those of what is made with them; random numbers. */
#include "nt/bcrypt_object.h"

#include "nt/irql.h"
#include "nt/pool.h"
#include "nt/word_lock.h"
#include "port/error.h"

namespace wsk
{

namespace
{

constexpr BcryptAlgorithm algorithms[] = {
	{BCRYPT_MD4_ALGORITHM, BCRYPT_HASH_INTERFACE, "md4"},
	{BCRYPT_MD5_ALGORITHM, BCRYPT_HASH_INTERFACE, "md5"},
	{BCRYPT_SHA1_ALGORITHM, BCRYPT_HASH_INTERFACE, "sha1"},
	{BCRYPT_SHA256_ALGORITHM, BCRYPT_HASH_INTERFACE, "sha256"},
	{BCRYPT_SHA384_ALGORITHM, BCRYPT_HASH_INTERFACE, "sha384"},
	{BCRYPT_SHA512_ALGORITHM, BCRYPT_HASH_INTERFACE, "sha512"},
	{BCRYPT_AES_ALGORITHM, BCRYPT_CIPHER_INTERFACE, nullptr},
	{BCRYPT_RNG_ALGORITHM, BCRYPT_RNG_INTERFACE, nullptr},
};

enum { MD4, MD5, SHA1, SHA256, SHA384, SHA512, AES, RNG };

struct Pseudo {
	ULONG_PTR handle;
	const BcryptAlgorithm *algorithm;
	bool keyed;
	port_cipher_mode mode;
};

const Pseudo pseudo_handles[] = {
	{0x11, &algorithms[MD4], false, PORT_CIPHER_CBC},
	{0x21, &algorithms[MD5], false, PORT_CIPHER_CBC},
	{0x31, &algorithms[SHA1], false, PORT_CIPHER_CBC},
	{0x41, &algorithms[SHA256], false, PORT_CIPHER_CBC},
	{0x51, &algorithms[SHA384], false, PORT_CIPHER_CBC},
	{0x61, &algorithms[SHA512], false, PORT_CIPHER_CBC},
	{0x81, &algorithms[RNG], false, PORT_CIPHER_CBC},
	{0x91, &algorithms[MD5], true, PORT_CIPHER_CBC},
	{0xa1, &algorithms[SHA1], true, PORT_CIPHER_CBC},
	{0xb1, &algorithms[SHA256], true, PORT_CIPHER_CBC},
	{0xc1, &algorithms[SHA384], true, PORT_CIPHER_CBC},
	{0xd1, &algorithms[SHA512], true, PORT_CIPHER_CBC},
	{0x131, &algorithms[MD4], true, PORT_CIPHER_CBC},
	{0x1a1, &algorithms[AES], false, PORT_CIPHER_CBC},
	{0x1b1, &algorithms[AES], false, PORT_CIPHER_ECB},
	{0x1d1, &algorithms[AES], false, PORT_CIPHER_CCM},
	{0x1e1, &algorithms[AES], false, PORT_CIPHER_GCM},
};

constinit BcryptProvider *opened[ARRAYSIZE(pseudo_handles)];

const struct {
	const WCHAR *name;
	port_cipher_mode mode;
} modes[] = {
	{BCRYPT_CHAIN_MODE_ECB, PORT_CIPHER_ECB},
	{BCRYPT_CHAIN_MODE_CBC, PORT_CIPHER_CBC},
	{BCRYPT_CHAIN_MODE_GCM, PORT_CIPHER_GCM},
	{BCRYPT_CHAIN_MODE_CCM, PORT_CIPHER_CCM},
};

bool same(const WCHAR *a, const WCHAR *b)
{
	return !wcscmp(a, b);
}

const BcryptAlgorithm *find_algorithm(const WCHAR *name)
{
	for (const BcryptAlgorithm &algorithm : algorithms)
		if (same(algorithm.name, name))
			return &algorithm;
	return nullptr;
}

NTSTATUS open(const BcryptAlgorithm *algorithm, bool keyed, bool dispatch, const void *caller,
	      BcryptProvider **provider)
{
	auto *fresh = static_cast<BcryptProvider *>(
		pool_allocate(sizeof(BcryptProvider), bcrypt_tag, POOL_ZEROED, caller));

	if (!fresh)
		return STATUS_NO_MEMORY;
	if (algorithm->hash) {
		int error = port_hash_open(algorithm->hash, &fresh->hash);

		if (error) {
			pool_free(fresh, bcrypt_tag, __func__);
			return bcrypt_status(error);
		}
	}
	fresh->magic = BcryptProvider::live;
	fresh->references = 1;
	fresh->algorithm = algorithm;
	fresh->keyed = keyed;
	fresh->dispatch = dispatch;
	fresh->mode = PORT_CIPHER_CBC;
	*provider = fresh;
	return STATUS_SUCCESS;
}

/* The provider of a pseudo handle, which stays for as long as wsk.ko does. */
NTSTATUS open_pseudo(size_t index, BcryptProvider **provider)
{
	const Pseudo &pseudo = pseudo_handles[index];
	BcryptProvider *fresh, *found = __atomic_load_n(&opened[index], __ATOMIC_ACQUIRE);

	if (!found) {
		NT_MAX_IRQL(PASSIVE_LEVEL);
		NTSTATUS status = open(pseudo.algorithm, pseudo.keyed, false,
				       reinterpret_cast<const void *>(open_pseudo), &fresh);
		if (!NT_SUCCESS(status))
			return status;
		fresh->mode = pseudo.mode;
		fresh->permanent = true;
		if (__atomic_compare_exchange_n(&opened[index], &found, fresh, false,
						__ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
			found = fresh;
		else
			bcrypt_drop(fresh);
	}
	*provider = found;
	return STATUS_SUCCESS;
}

/* A number or a text as the value of a property; text with its NUL. */
struct Value {
	const void *bytes;
	size_t size;
};

Value text_value(const WCHAR *text)
{
	return {text, (wcslen(text) + 1) * sizeof(WCHAR)};
}

/* Numbers that an algorithm has; false: it does not have that one. */
bool provider_number(BcryptProvider *provider, LPCWSTR property, ULONG *number)
{
	ULONG kind = provider->algorithm->kind;
	port_hash *hash = provider->hash;

	if (same(property, BCRYPT_PRIMITIVE_TYPE)) {
		*number = kind;
	} else if (hash && same(property, BCRYPT_OBJECT_LENGTH)) {
		*number = bcrypt_told_bytes(bcrypt_hash_bytes(provider));
	} else if (hash && same(property, BCRYPT_HASH_LENGTH)) {
		*number = static_cast<ULONG>(port_hash_digest_bytes(hash));
	} else if (hash && same(property, BCRYPT_HASH_BLOCK_LENGTH)) {
		*number = static_cast<ULONG>(port_hash_block_bytes(hash));
	} else if (hash && same(property, BCRYPT_IS_KEYED_HASH)) {
		*number = provider->keyed;
	} else if (kind == BCRYPT_CIPHER_INTERFACE && (same(property, BCRYPT_OBJECT_LENGTH) ||
						       same(property, BCRYPT_KEY_OBJECT_LENGTH))) {
		*number = bcrypt_told_bytes(sizeof(BcryptKey));
	} else if (kind == BCRYPT_CIPHER_INTERFACE && same(property, BCRYPT_BLOCK_LENGTH)) {
		*number = PORT_CIPHER_BLOCK;
	} else {
		return false;
	}
	return true;
}

NTSTATUS get_lengths(BcryptProvider *provider, port_cipher_mode mode, LPCWSTR property,
		     BCRYPT_KEY_LENGTHS_STRUCT *lengths)
{
	if (provider->algorithm->kind != BCRYPT_CIPHER_INTERFACE)
		return STATUS_NOT_SUPPORTED;
	if (same(property, BCRYPT_KEY_LENGTHS)) {
		*lengths = {128, 256, 64};
		return STATUS_SUCCESS;
	}
	if (same(property, BCRYPT_AUTH_TAG_LENGTH) && mode == PORT_CIPHER_GCM) {
		*lengths = {12, 16, 1};
		return STATUS_SUCCESS;
	}
	if (same(property, BCRYPT_AUTH_TAG_LENGTH) && mode == PORT_CIPHER_CCM) {
		*lengths = {4, 16, 2};
		return STATUS_SUCCESS;
	}
	return STATUS_NOT_SUPPORTED;
}

const WCHAR *mode_name(const BcryptProvider *provider, port_cipher_mode mode)
{
	if (provider->algorithm->kind != BCRYPT_CIPHER_INTERFACE)
		return BCRYPT_CHAIN_MODE_NA;
	for (const auto &known : modes)
		if (known.mode == mode)
			return known.name;
	return BCRYPT_CHAIN_MODE_NA;
}

/* Properties that all objects have from their algorithm, in the mode that is the object's. */
NTSTATUS get(BcryptProvider *provider, port_cipher_mode mode, LPCWSTR property, PUCHAR output,
	     ULONG output_bytes, ULONG *result)
{
	BCRYPT_KEY_LENGTHS_STRUCT lengths = {};
	ULONG number = 0;
	Value value = {&number, sizeof(number)};

	if (same(property, BCRYPT_ALGORITHM_NAME)) {
		value = text_value(provider->algorithm->name);
	} else if (same(property, BCRYPT_CHAINING_MODE)) {
		value = text_value(mode_name(provider, mode));
	} else if (same(property, BCRYPT_PROVIDER_HANDLE)) {
		value = {&provider, sizeof(provider)};
	} else if (!provider_number(provider, property, &number)) {
		NTSTATUS status = get_lengths(provider, mode, property, &lengths);

		if (!NT_SUCCESS(status))
			return status;
		value = {&lengths, sizeof(lengths)};
	}
	return bcrypt_give(value.bytes, value.size, output, output_bytes, result);
}

NTSTATUS get_of_hash(BcryptHash *hash, LPCWSTR property, PUCHAR output, ULONG output_bytes,
		     ULONG *result)
{
	ULONG reusable = hash->reusable;

	if (same(property, BCRYPT_IS_REUSABLE_HASH))
		return bcrypt_give(&reusable, sizeof(reusable), output, output_bytes, result);
	return get(hash->provider, PORT_CIPHER_CBC, property, output, output_bytes, result);
}

NTSTATUS get_of_key(BcryptKey *key, LPCWSTR property, PUCHAR output, ULONG output_bytes,
		    ULONG *result)
{
	ULONG bits = key->secret_bytes * 8;

	if (same(property, BCRYPT_KEY_LENGTH) || same(property, BCRYPT_KEY_STRENGTH))
		return bcrypt_give(&bits, sizeof(bits), output, output_bytes, result);
	return get(key->provider, key->mode, property, output, output_bytes, result);
}

} // namespace

NTSTATUS bcrypt_status(int error)
{
	switch (-error) {
	case 0:
		return STATUS_SUCCESS;
	case PORT_ENOMEM:
		return STATUS_NO_MEMORY;
	case PORT_ENOENT:
		return STATUS_NOT_FOUND;
	case PORT_EBADMSG:
		return STATUS_AUTH_TAG_MISMATCH;
	case PORT_EFAULT:
		return STATUS_INVALID_PARAMETER;
	default:
		return STATUS_UNSUCCESSFUL;
	}
}

NTSTATUS bcrypt_provider(BCRYPT_ALG_HANDLE handle, BcryptProvider **provider)
{
	for (size_t i = 0; i < ARRAYSIZE(pseudo_handles); i++)
		if (reinterpret_cast<ULONG_PTR>(handle) == pseudo_handles[i].handle)
			return open_pseudo(i, provider);
	*provider = bcrypt_object<BcryptProvider>(handle);
	return *provider ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

void bcrypt_hold(BcryptProvider *provider)
{
	InterlockedIncrement(&provider->references);
}

void bcrypt_drop(BcryptProvider *provider)
{
	if (InterlockedDecrement(&provider->references))
		return;
	if (provider->hash)
		port_hash_close(provider->hash);
	pool_free(provider, bcrypt_tag, __func__);
}

NTSTATUS bcrypt_place(PUCHAR memory, ULONG memory_bytes, size_t bytes, const void *caller,
		      void **object, bool *owned)
{
	if (memory) {
		if (memory_bytes < bcrypt_told_bytes(bytes))
			return STATUS_BUFFER_TOO_SMALL;
		*object = ALIGN_UP_POINTER_BY(memory, 16);
		__builtin_memset(*object, 0, bytes);
		*owned = false;
		return STATUS_SUCCESS;
	}
	if (memory_bytes)
		return STATUS_INVALID_PARAMETER;
	*object = pool_allocate(bytes, bcrypt_tag, POOL_ZEROED, caller);
	*owned = true;
	return *object ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

void bcrypt_wipe(void *object, size_t bytes, bool owned, const char *function)
{
	RtlSecureZeroMemory(object, bytes);
	if (owned)
		pool_free(object, bcrypt_tag, function);
}

NTSTATUS bcrypt_give(const void *value, size_t bytes, PUCHAR output, ULONG output_bytes,
		     ULONG *result)
{
	*result = static_cast<ULONG>(bytes);
	if (!output)
		return STATUS_SUCCESS;
	if (output_bytes < bytes)
		return STATUS_BUFFER_TOO_SMALL;
	__builtin_memcpy(output, value, bytes);
	return STATUS_SUCCESS;
}

NTSTATUS bcrypt_mode(PUCHAR input, ULONG input_bytes, port_cipher_mode *mode)
{
	auto *name = reinterpret_cast<const WCHAR *>(input);
	size_t units = input_bytes / sizeof(WCHAR);

	if (wcsnlen(name, units) == units)
		return STATUS_INVALID_PARAMETER;
	for (const auto &known : modes) {
		if (same(known.name, name)) {
			*mode = known.mode;
			return STATUS_SUCCESS;
		}
	}
	return STATUS_NOT_SUPPORTED;
}

} // namespace wsk

using namespace wsk;

void nt_bcrypt_exit(void)
{
	for (BcryptProvider *&provider : opened) {
		if (provider)
			bcrypt_drop(provider);
		provider = nullptr;
	}
}

/**
 * BCryptOpenAlgorithmProvider() - Open an algorithm.
 * @phAlgorithm: Receives the handle. Close it with BCryptCloseAlgorithmProvider().
 * @pszAlgId: BCRYPT_MD4_, _MD5_, _SHA1_, _SHA256_, _SHA384_, _SHA512_, _AES_ or _RNG_ALGORITHM.
 * @pszImplementation: Ignored: who implements an algorithm is Linux' choice.
 * @dwFlags: BCRYPT_PROV_DISPATCH, and BCRYPT_ALG_HANDLE_HMAC_FLAG for a hash.
 *
 * The algorithm's module is loaded where it is one. With BCRYPT_PROV_DISPATCH what is made of the
 * algorithm can be used at DISPATCH_LEVEL, and AES may be slower for it.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_FOUND for every other algorithm, and
 *	where the kernel lacks it; STATUS_NO_MEMORY.
 * Source: bcrypt.h, BCryptOpenAlgorithmProvider function
 */
extern "C" NTSTATUS BCryptOpenAlgorithmProvider(BCRYPT_ALG_HANDLE *phAlgorithm, LPCWSTR pszAlgId,
						LPCWSTR, ULONG dwFlags)
{
	BcryptProvider *provider;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!phAlgorithm || !pszAlgId ||
	    (dwFlags & ~(BCRYPT_PROV_DISPATCH | BCRYPT_ALG_HANDLE_HMAC_FLAG)))
		return STATUS_INVALID_PARAMETER;
	*phAlgorithm = nullptr;

	const BcryptAlgorithm *algorithm = find_algorithm(pszAlgId);

	if (!algorithm)
		return STATUS_NOT_FOUND;
	if ((dwFlags & BCRYPT_ALG_HANDLE_HMAC_FLAG) && !algorithm->hash)
		return STATUS_INVALID_PARAMETER;

	NTSTATUS status =
		open(algorithm, dwFlags & BCRYPT_ALG_HANDLE_HMAC_FLAG,
		     dwFlags & BCRYPT_PROV_DISPATCH, __builtin_return_address(0), &provider);

	if (NT_SUCCESS(status))
		*phAlgorithm = provider;
	return status;
}

/**
 * BCryptCloseAlgorithmProvider() - Close an algorithm.
 * @hAlgorithm: The handle. What was made with it stays usable.
 * @dwFlags: 0.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE, also for a pseudo handle.
 * Source: bcrypt.h, BCryptCloseAlgorithmProvider function
 */
extern "C" NTSTATUS BCryptCloseAlgorithmProvider(BCRYPT_ALG_HANDLE hAlgorithm, ULONG)
{
	auto *provider = bcrypt_object<BcryptProvider>(hAlgorithm);

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!provider || provider->permanent)
		return STATUS_INVALID_HANDLE;
	bcrypt_drop(provider);
	return STATUS_SUCCESS;
}

/**
 * BCryptGetProperty() - Read a property of an algorithm, a hash or a key.
 * @hObject: Its handle, or a pseudo handle.
 * @pszProperty: A BCRYPT_ property.
 * @pbOutput: Receives the value; NULL to ask for its size.
 * @cbOutput: The size of that.
 * @pcbResult: Receives the size of the value.
 * @dwFlags: 0.
 *
 * Context: IRQL <= DISPATCH_LEVEL, with a pseudo handle PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER;
 *	STATUS_BUFFER_TOO_SMALL; STATUS_NOT_SUPPORTED for a property that the object does not have.
 * Source: bcrypt.h, BCryptGetProperty function
 */
extern "C" NTSTATUS BCryptGetProperty(BCRYPT_HANDLE hObject, LPCWSTR pszProperty, PUCHAR pbOutput,
				      ULONG cbOutput, ULONG *pcbResult, ULONG dwFlags)
{
	BcryptProvider *provider;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!pszProperty || !pcbResult || dwFlags)
		return STATUS_INVALID_PARAMETER;
	if (auto *hash = bcrypt_object<BcryptHash>(hObject))
		return get_of_hash(hash, pszProperty, pbOutput, cbOutput, pcbResult);
	if (auto *key = bcrypt_object<BcryptKey>(hObject))
		return get_of_key(key, pszProperty, pbOutput, cbOutput, pcbResult);

	NTSTATUS status = bcrypt_provider(hObject, &provider);

	if (!NT_SUCCESS(status))
		return status;
	return get(provider, provider->mode, pszProperty, pbOutput, cbOutput, pcbResult);
}

/**
 * BCryptSetProperty() - Set a property of an algorithm or a key.
 * @hObject: Its handle.
 * @pszProperty: BCRYPT_CHAINING_MODE of AES or one of its keys; BCRYPT_INITIALIZATION_VECTOR of a
 *	key: what messages without one of their own begin with.
 * @pbInput: The value.
 * @cbInput: Its size, with the NUL of a mode's name.
 * @dwFlags: 0.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED for
 *	another property, for a mode other than ECB, CBC, GCM and CCM, and for pseudo handles;
 *	STATUS_NO_MEMORY; STATUS_NOT_FOUND where the kernel lacks the mode.
 * Source: bcrypt.h, BCryptSetProperty function
 */
extern "C" NTSTATUS BCryptSetProperty(BCRYPT_HANDLE hObject, LPCWSTR pszProperty, PUCHAR pbInput,
				      ULONG cbInput, ULONG dwFlags)
{
	BcryptProvider *provider;
	NTSTATUS status;

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!pszProperty || !pbInput || dwFlags)
		return STATUS_INVALID_PARAMETER;
	if (auto *key = bcrypt_object<BcryptKey>(hObject))
		return bcrypt_key_set(key, pszProperty, pbInput, cbInput);
	if (bcrypt_object<BcryptHash>(hObject))
		return STATUS_NOT_SUPPORTED;
	status = bcrypt_provider(hObject, &provider);
	if (!NT_SUCCESS(status))
		return status;
	if (provider->permanent || provider->algorithm->kind != BCRYPT_CIPHER_INTERFACE ||
	    !same(pszProperty, BCRYPT_CHAINING_MODE))
		return STATUS_NOT_SUPPORTED;
	return bcrypt_mode(pbInput, cbInput, &provider->mode);
}

/**
 * BCryptGetFipsAlgorithmMode() - Whether only algorithms that FIPS approves are allowed.
 * @pfEnabled: Receives FALSE: Linux' own setting decides what an open finds.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER.
 * Source: bcrypt.h, BCryptGetFipsAlgorithmMode function
 */
extern "C" NTSTATUS BCryptGetFipsAlgorithmMode(BOOLEAN *pfEnabled)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!pfEnabled)
		return STATUS_INVALID_PARAMETER;
	*pfEnabled = FALSE;
	return STATUS_SUCCESS;
}

/**
 * BCryptGenRandom() - Random bytes, fit for secrets.
 * @hAlgorithm: Of BCRYPT_RNG_ALGORITHM, or its pseudo handle; NULL with
 *	BCRYPT_USE_SYSTEM_PREFERRED_RNG.
 * @pbBuffer: Receives them.
 * @cbBuffer: How many.
 * @dwFlags: BCRYPT_USE_SYSTEM_PREFERRED_RNG, BCRYPT_RNG_USE_ENTROPY_IN_BUFFER (which changes
 *	nothing: the kernel's entropy is enough).
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER.
 * Source: bcrypt.h, BCryptGenRandom function
 */
extern "C" NTSTATUS BCryptGenRandom(BCRYPT_ALG_HANDLE hAlgorithm, PUCHAR pbBuffer, ULONG cbBuffer,
				    ULONG dwFlags)
{
	constexpr ULONG known = BCRYPT_USE_SYSTEM_PREFERRED_RNG | BCRYPT_RNG_USE_ENTROPY_IN_BUFFER;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (dwFlags & BCRYPT_USE_SYSTEM_PREFERRED_RNG) {
		if (hAlgorithm)
			return STATUS_INVALID_HANDLE;
	} else if (hAlgorithm != BCRYPT_RNG_ALG_HANDLE) {
		auto *provider = bcrypt_object<BcryptProvider>(hAlgorithm);

		if (!provider || provider->algorithm->kind != BCRYPT_RNG_INTERFACE)
			return STATUS_INVALID_HANDLE;
	}
	if ((!pbBuffer && cbBuffer) || (dwFlags & ~known))
		return STATUS_INVALID_PARAMETER;
	port_random(pbBuffer, cbBuffer);
	return STATUS_SUCCESS;
}

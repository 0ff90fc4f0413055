// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * BCrypt's hashes, with a key (HMAC, RFC 2104) and without, and keys from passwords (PBKDF2,
 * RFC 8018). HMAC is made here of the plain hash: so a key needs no allocation of Linux', and can
 * be set at DISPATCH_LEVEL.
 */
#include "nt/bcrypt_object.h"

#include "nt/irql.h"
#include "port/thread.h"

namespace wsk
{

namespace
{

constexpr size_t max_block = 144; /* of any hash that Linux has */
constexpr size_t max_digest = 64;

constexpr size_t round_up(size_t bytes)
{
	return (bytes + 15) & ~size_t{15};
}

void *state_of(BcryptHash *hash)
{
	return reinterpret_cast<char *>(hash) + round_up(sizeof(*hash));
}

/* The states after the key alone, which every message continues: inside, and around the inside. */
void *keyed_state(BcryptHash *hash, bool outer)
{
	port_hash *algorithm = hash->provider->hash;

	return static_cast<char *>(state_of(hash)) + round_up(port_hash_state_bytes(algorithm)) +
	       (outer ? round_up(port_hash_saved_bytes(algorithm)) : 0);
}

int digest(BcryptHash *hash, const void *data, size_t bytes, UCHAR *result)
{
	return port_hash_begin(hash->provider->hash, state_of(hash))
		       ?: port_hash_add(state_of(hash), data, bytes)
		       ?: port_hash_end(state_of(hash), result);
}

int save_keyed(BcryptHash *hash, UCHAR (&block)[max_block], UCHAR change, bool outer)
{
	size_t bytes = port_hash_block_bytes(hash->provider->hash);

	for (size_t i = 0; i < bytes; i++)
		block[i] ^= change;
	return port_hash_begin(hash->provider->hash, state_of(hash))
		       ?: port_hash_add(state_of(hash), block, bytes)
		       ?: port_hash_save(state_of(hash), keyed_state(hash, outer));
}

int set_key(BcryptHash *hash, const void *secret, size_t bytes)
{
	UCHAR block[max_block] = {};
	int error = 0;

	if (bytes > port_hash_block_bytes(hash->provider->hash))
		error = digest(hash, secret, bytes, block);
	else if (bytes)
		__builtin_memcpy(block, secret, bytes);
	error = error ?: save_keyed(hash, block, 0x36, false)
		      ?: save_keyed(hash, block, 0x36 ^ 0x5c, true);
	RtlSecureZeroMemory(block, sizeof(block));
	return error;
}

int begin(BcryptHash *hash)
{
	port_hash *algorithm = hash->provider->hash;

	if (hash->provider->keyed)
		return port_hash_continue(algorithm, state_of(hash), keyed_state(hash, false));
	return port_hash_begin(algorithm, state_of(hash));
}

int end(BcryptHash *hash, UCHAR *result)
{
	port_hash *algorithm = hash->provider->hash;
	int error = port_hash_end(state_of(hash), result);

	if (!hash->provider->keyed)
		return error;
	return error ?: port_hash_continue(algorithm, state_of(hash), keyed_state(hash, true))
		     ?: port_hash_add(state_of(hash), result, port_hash_digest_bytes(algorithm))
		     ?: port_hash_end(state_of(hash), result);
}

NTSTATUS place(BcryptProvider *provider, PUCHAR memory, ULONG memory_bytes, const void *caller,
	       BcryptHash **hash)
{
	void *object;
	bool owned;
	NTSTATUS status = bcrypt_place(memory, memory_bytes, bcrypt_hash_bytes(provider), caller,
				       &object, &owned);

	if (!NT_SUCCESS(status))
		return status;
	*hash = static_cast<BcryptHash *>(object);
	(*hash)->magic = BcryptHash::live;
	(*hash)->owned = owned;
	(*hash)->provider = provider;
	bcrypt_hold(provider);
	return STATUS_SUCCESS;
}

void destroy(BcryptHash *hash)
{
	BcryptProvider *provider = hash->provider;

	bcrypt_wipe(hash, bcrypt_hash_bytes(provider), hash->owned, __func__);
	bcrypt_drop(provider);
}

NTSTATUS create(BcryptProvider *provider, PUCHAR memory, ULONG memory_bytes, const void *secret,
		ULONG secret_bytes, const void *caller, BcryptHash **created)
{
	BcryptHash *hash;

	if (!provider->hash)
		return STATUS_NOT_SUPPORTED;
	if ((!secret && secret_bytes) || (secret_bytes && !provider->keyed))
		return STATUS_INVALID_PARAMETER;

	NTSTATUS status = place(provider, memory, memory_bytes, caller, &hash);

	if (!NT_SUCCESS(status))
		return status;

	int error = provider->keyed ? set_key(hash, secret, secret_bytes) : 0;

	error = error ?: begin(hash);
	if (error) {
		destroy(hash);
		return bcrypt_status(error);
	}
	*created = hash;
	return STATUS_SUCCESS;
}

NTSTATUS add(BcryptHash *hash, const void *data, size_t bytes)
{
	return bcrypt_status(bytes ? port_hash_add(state_of(hash), data, bytes) : 0);
}

NTSTATUS finish(BcryptHash *hash, UCHAR *output)
{
	int error = end(hash, output);

	hash->finished = true;
	if (!error && hash->reusable) {
		error = begin(hash);
		hash->finished = error;
	}
	return bcrypt_status(error);
}

/* One block of PBKDF2: the exclusive or of a chain of HMACs. The hash is reusable. */
NTSTATUS derive_block(BcryptHash *prf, const void *salt, size_t salt_bytes, ULONGLONG iterations,
		      ULONG number, UCHAR (&block)[max_digest])
{
	size_t bytes = port_hash_digest_bytes(prf->provider->hash);
	ULONG big_endian = RtlUlongByteSwap(number);
	UCHAR link[max_digest];
	NTSTATUS status = add(prf, salt, salt_bytes);

	if (NT_SUCCESS(status))
		status = add(prf, &big_endian, sizeof(big_endian));
	if (NT_SUCCESS(status))
		status = finish(prf, link);
	__builtin_memcpy(block, link, bytes);
	for (ULONGLONG i = 1; i < iterations && NT_SUCCESS(status); i++) {
		status = add(prf, link, bytes);
		if (NT_SUCCESS(status))
			status = finish(prf, link);
		for (size_t at = 0; at < bytes; at++)
			block[at] ^= link[at];
		if (!(i % 1024))
			port_thread_yield();
	}
	RtlSecureZeroMemory(link, sizeof(link));
	return status;
}

NTSTATUS derive(BcryptHash *prf, const void *salt, size_t salt_bytes, ULONGLONG iterations,
		UCHAR *key, size_t key_bytes)
{
	size_t digest_bytes = port_hash_digest_bytes(prf->provider->hash);
	UCHAR block[max_digest];
	NTSTATUS status = STATUS_SUCCESS;

	for (ULONG number = 1; key_bytes && NT_SUCCESS(status); number++) {
		size_t part = key_bytes < digest_bytes ? key_bytes : digest_bytes;

		status = derive_block(prf, salt, salt_bytes, iterations, number, block);
		__builtin_memcpy(key, block, part);
		key += part;
		key_bytes -= part;
	}
	RtlSecureZeroMemory(block, sizeof(block));
	return status;
}

} // namespace

size_t bcrypt_hash_bytes(const BcryptProvider *provider)
{
	size_t keyed = provider->keyed ? 2 * round_up(port_hash_saved_bytes(provider->hash)) : 0;

	return round_up(sizeof(BcryptHash)) + round_up(port_hash_state_bytes(provider->hash)) +
	       keyed;
}

} // namespace wsk

using namespace wsk;

/**
 * BCryptCreateHash() - Begin to hash a message.
 * @hAlgorithm: A hash algorithm's handle, or its pseudo handle.
 * @phHash: Receives the hash's handle. End it with BCryptDestroyHash().
 * @pbHashObject: Memory for it, of BCRYPT_OBJECT_LENGTH bytes; NULL to have it allocated.
 * @cbHashObject: The size of that memory.
 * @pbSecret: The key, of an algorithm opened with BCRYPT_ALG_HANDLE_HMAC_FLAG.
 * @cbSecret: Its length in bytes.
 * @dwFlags: 0 or BCRYPT_HASH_REUSABLE_FLAG: BCryptFinishHash() begins the next message.
 *
 * Context: IRQL <= DISPATCH_LEVEL, with a pseudo handle PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED for
 *	an algorithm that is no hash; STATUS_BUFFER_TOO_SMALL; STATUS_NO_MEMORY.
 * Source: bcrypt.h, BCryptCreateHash function
 */
extern "C" NTSTATUS BCryptCreateHash(BCRYPT_ALG_HANDLE hAlgorithm, BCRYPT_HASH_HANDLE *phHash,
				     PUCHAR pbHashObject, ULONG cbHashObject, PUCHAR pbSecret,
				     ULONG cbSecret, ULONG dwFlags)
{
	BcryptProvider *provider;
	BcryptHash *hash;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!phHash || (dwFlags & ~BCRYPT_HASH_REUSABLE_FLAG))
		return STATUS_INVALID_PARAMETER;

	NTSTATUS status = bcrypt_provider(hAlgorithm, &provider);

	if (NT_SUCCESS(status))
		status = create(provider, pbHashObject, cbHashObject, pbSecret, cbSecret,
				__builtin_return_address(0), &hash);
	if (!NT_SUCCESS(status))
		return status;
	hash->reusable = dwFlags & BCRYPT_HASH_REUSABLE_FLAG;
	*phHash = hash;
	return STATUS_SUCCESS;
}

/**
 * BCryptHashData() - Hash a part of a message.
 * @hHash: From BCryptCreateHash().
 * @pbInput: The part.
 * @cbInput: Its length in bytes.
 * @dwFlags: 0.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE, also for a hash that is finished and not reusable;
 *	STATUS_INVALID_PARAMETER.
 * Source: bcrypt.h, BCryptHashData function
 */
extern "C" NTSTATUS BCryptHashData(BCRYPT_HASH_HANDLE hHash, PUCHAR pbInput, ULONG cbInput,
				   ULONG dwFlags)
{
	auto *hash = bcrypt_object<BcryptHash>(hHash);

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!hash || hash->finished)
		return STATUS_INVALID_HANDLE;
	if (dwFlags || (!pbInput && cbInput))
		return STATUS_INVALID_PARAMETER;
	return add(hash, pbInput, cbInput);
}

/**
 * BCryptFinishHash() - End a message, and get its hash.
 * @hHash: From BCryptCreateHash().
 * @pbOutput: Receives the hash.
 * @cbOutput: BCRYPT_HASH_LENGTH, exactly.
 * @dwFlags: 0.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE, also for a hash that is finished and not reusable;
 *	STATUS_INVALID_PARAMETER.
 * Source: bcrypt.h, BCryptFinishHash function
 */
extern "C" NTSTATUS BCryptFinishHash(BCRYPT_HASH_HANDLE hHash, PUCHAR pbOutput, ULONG cbOutput,
				     ULONG dwFlags)
{
	auto *hash = bcrypt_object<BcryptHash>(hHash);

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!hash || hash->finished)
		return STATUS_INVALID_HANDLE;
	if (dwFlags || !pbOutput || cbOutput != port_hash_digest_bytes(hash->provider->hash))
		return STATUS_INVALID_PARAMETER;
	return finish(hash, pbOutput);
}

/**
 * BCryptDuplicateHash() - Continue a message in two ways.
 * @hHash: From BCryptCreateHash().
 * @phNewHash: Receives the handle of another hash that has hashed the same so far.
 * @pbHashObject: Memory for it, or NULL.
 * @cbHashObject: The size of that memory.
 * @dwFlags: 0.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER;
 *	STATUS_BUFFER_TOO_SMALL; STATUS_NO_MEMORY.
 * Source: bcrypt.h, BCryptDuplicateHash function
 */
extern "C" NTSTATUS BCryptDuplicateHash(BCRYPT_HASH_HANDLE hHash, BCRYPT_HASH_HANDLE *phNewHash,
					PUCHAR pbHashObject, ULONG cbHashObject, ULONG dwFlags)
{
	auto *hash = bcrypt_object<BcryptHash>(hHash);
	BcryptHash *copy;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!hash)
		return STATUS_INVALID_HANDLE;
	if (!phNewHash || dwFlags)
		return STATUS_INVALID_PARAMETER;

	NTSTATUS status = place(hash->provider, pbHashObject, cbHashObject,
				__builtin_return_address(0), &copy);

	if (!NT_SUCCESS(status))
		return status;

	/* A state of Linux' is copied through what is saved of it. */
	port_hash *algorithm = hash->provider->hash;
	void *saved, *all = copy;
	bool owned;

	status = bcrypt_place(nullptr, 0, port_hash_saved_bytes(algorithm),
			      __builtin_return_address(0), &saved, &owned);
	if (!NT_SUCCESS(status)) {
		destroy(copy);
		return status;
	}

	int error = hash->finished ? 0 : port_hash_save(state_of(hash), saved);

	if (hash->provider->keyed)
		__builtin_memcpy(keyed_state(copy, false), keyed_state(hash, false),
				 2 * round_up(port_hash_saved_bytes(algorithm)));
	if (!error && !hash->finished)
		error = port_hash_continue(algorithm, state_of(copy), saved);
	bcrypt_wipe(saved, port_hash_saved_bytes(algorithm), true, __func__);
	copy->reusable = hash->reusable;
	copy->finished = hash->finished;
	if (error) {
		destroy(copy);
		return bcrypt_status(error);
	}
	*phNewHash = all;
	return STATUS_SUCCESS;
}

/**
 * BCryptDestroyHash() - End a hash, finished or not.
 * @hHash: From BCryptCreateHash() or BCryptDuplicateHash().
 *
 * Context: IRQL <= DISPATCH_LEVEL; PASSIVE_LEVEL if its algorithm has been closed.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE.
 * Source: bcrypt.h, BCryptDestroyHash function
 */
extern "C" NTSTATUS BCryptDestroyHash(BCRYPT_HASH_HANDLE hHash)
{
	auto *hash = bcrypt_object<BcryptHash>(hHash);

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!hash)
		return STATUS_INVALID_HANDLE;
	destroy(hash);
	return STATUS_SUCCESS;
}

/**
 * BCryptHash() - Hash a message that is all there.
 * @hAlgorithm: A hash algorithm's handle, or its pseudo handle.
 * @pbSecret: The key, of an HMAC.
 * @cbSecret: Its length in bytes.
 * @pbInput: The message.
 * @cbInput: Its length in bytes.
 * @pbOutput: Receives the hash.
 * @cbOutput: BCRYPT_HASH_LENGTH, exactly.
 *
 * Context: IRQL <= DISPATCH_LEVEL, with a pseudo handle PASSIVE_LEVEL.
 * Return: As BCryptCreateHash() and BCryptFinishHash().
 * Source: bcrypt.h, BCryptHash function
 */
extern "C" NTSTATUS BCryptHash(BCRYPT_ALG_HANDLE hAlgorithm, PUCHAR pbSecret, ULONG cbSecret,
			       PUCHAR pbInput, ULONG cbInput, PUCHAR pbOutput, ULONG cbOutput)
{
	BcryptProvider *provider;
	BcryptHash *hash;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if ((!pbInput && cbInput) || !pbOutput)
		return STATUS_INVALID_PARAMETER;

	NTSTATUS status = bcrypt_provider(hAlgorithm, &provider);

	if (NT_SUCCESS(status))
		status = create(provider, nullptr, 0, pbSecret, cbSecret,
				__builtin_return_address(0), &hash);
	if (!NT_SUCCESS(status))
		return status;
	status = add(hash, pbInput, cbInput);
	if (NT_SUCCESS(status))
		status = cbOutput == port_hash_digest_bytes(provider->hash)
				 ? finish(hash, pbOutput)
				 : STATUS_INVALID_PARAMETER;
	destroy(hash);
	return status;
}

/**
 * BCryptDeriveKeyPBKDF2() - Make a key of a password.
 * @hPrf: A hash algorithm opened with BCRYPT_ALG_HANDLE_HMAC_FLAG, or the pseudo handle of one.
 * @pbPassword: The password.
 * @cbPassword: Its length in bytes.
 * @pbSalt: The salt.
 * @cbSalt: Its length in bytes.
 * @cIterations: How often; the more, the harder to guess and the longer this takes.
 * @pbDerivedKey: Receives the key.
 * @cbDerivedKey: How many bytes of it.
 * @dwFlags: 0.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER; STATUS_NO_MEMORY.
 * Source: bcrypt.h, BCryptDeriveKeyPBKDF2 function
 */
extern "C" NTSTATUS BCryptDeriveKeyPBKDF2(BCRYPT_ALG_HANDLE hPrf, PUCHAR pbPassword,
					  ULONG cbPassword, PUCHAR pbSalt, ULONG cbSalt,
					  ULONGLONG cIterations, PUCHAR pbDerivedKey,
					  ULONG cbDerivedKey, ULONG dwFlags)
{
	BcryptProvider *provider;
	BcryptHash *prf;

	NT_MAX_IRQL(PASSIVE_LEVEL);

	NTSTATUS status = bcrypt_provider(hPrf, &provider);

	if (!NT_SUCCESS(status))
		return status;
	if (!provider->keyed || !cIterations || !pbDerivedKey || !cbDerivedKey || dwFlags ||
	    (!pbPassword && cbPassword) || (!pbSalt && cbSalt))
		return STATUS_INVALID_PARAMETER;
	status = create(provider, nullptr, 0, pbPassword, cbPassword, __builtin_return_address(0),
			&prf);
	if (!NT_SUCCESS(status))
		return status;
	prf->reusable = true;
	status = derive(prf, pbSalt, cbSalt, cIterations, pbDerivedKey, cbDerivedKey);
	destroy(prf);
	return status;
}

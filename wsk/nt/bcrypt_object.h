/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What BCrypt's handles stand for. */
#ifndef WSK_NT_BCRYPT_OBJECT_H
#define WSK_NT_BCRYPT_OBJECT_H

#include <wdm.h>
#include <bcrypt.h>

#include "port/crypto.h"

namespace wsk
{

/* How drivers' handles are called where pool is accounted for. */
inline constexpr ULONG bcrypt_tag = 'bgnC';

/* An algorithm: a hash with its name in Linux, AES, or the random numbers. */
struct BcryptAlgorithm {
	const WCHAR *name;
	ULONG kind; /* BCRYPT_…_INTERFACE */
	const char *hash;
};

/* An opened algorithm. Hashes and keys made with it hold it, too. */
struct BcryptProvider {
	static constexpr ULONG live = 'rPCB';

	ULONG magic;
	LONG references;
	const BcryptAlgorithm *algorithm;
	bool keyed;    /* HMAC */
	bool dispatch; /* used at DISPATCH_LEVEL */
	bool permanent;
	port_cipher_mode mode;
	port_hash *hash;
};

/* A message being hashed, and behind it, its state; with a key, two more states. */
struct BcryptHash {
	static constexpr ULONG live = 'sHCB';

	ULONG magic;
	bool owned; /* in memory of ours */
	bool reusable;
	bool finished;
	BcryptProvider *provider;
};

struct BcryptKey {
	static constexpr ULONG live = 'yKCB';

	ULONG magic;
	bool owned;
	BcryptProvider *provider;
	port_cipher_mode mode;
	port_cipher *cipher;
	ULONG secret_bytes;
	UCHAR secret[32];
	UCHAR vector[PORT_CIPHER_BLOCK];
};

/* The object behind a handle; null where it is none, or of another kind. */
template <typename Object>
Object *bcrypt_object(PVOID handle)
{
	auto *object = static_cast<Object *>(handle);

	if (!handle || reinterpret_cast<ULONG_PTR>(handle) % 16 || object->magic != Object::live)
		return nullptr;
	return object;
}

/*
 * The provider that a handle stands for, pseudo handles included, which are opened when they are
 * first used: then the IRQL must be PASSIVE_LEVEL.
 */
NTSTATUS bcrypt_provider(BCRYPT_ALG_HANDLE handle, BcryptProvider **provider);
void bcrypt_hold(BcryptProvider *provider);
void bcrypt_drop(BcryptProvider *provider);

/*
 * Memory for an object: the driver's, or, where that is null, ours. What drivers are told is the
 * size of objects has room for aligning them.
 */
constexpr ULONG bcrypt_told_bytes(size_t bytes)
{
	return static_cast<ULONG>(bytes + 15);
}
NTSTATUS bcrypt_place(PUCHAR memory, ULONG memory_bytes, size_t bytes, const void *caller,
		      void **object, bool *owned);
/* Wipes it, and frees what is ours. */
void bcrypt_wipe(void *object, size_t bytes, bool owned, const char *function);

NTSTATUS bcrypt_status(int error);

size_t bcrypt_hash_bytes(const BcryptProvider *provider);

/* Properties of one object: values that are given out, and a mode by name. */
NTSTATUS bcrypt_give(const void *value, size_t bytes, PUCHAR output, ULONG output_bytes,
		     ULONG *result);
NTSTATUS bcrypt_mode(PUCHAR input, ULONG input_bytes, port_cipher_mode *mode);
NTSTATUS bcrypt_key_set(BcryptKey *key, LPCWSTR property, PUCHAR input, ULONG input_bytes);

} // namespace wsk

#endif

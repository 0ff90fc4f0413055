// SPDX-License-Identifier: MIT OR GPL-2.0
/* BCrypt's symmetric keys: AES in blocks (ECB, CBC) and in messages (GCM, CCM). */
#include "nt/bcrypt_object.h"

#include "nt/irql.h"
#include "port/log.h"

namespace wsk
{

namespace
{

constexpr ULONG block_bytes = PORT_CIPHER_BLOCK;

bool same(const WCHAR *a, const WCHAR *b)
{
	return !wcscmp(a, b);
}

bool is_key_length(ULONG bytes)
{
	return bytes == 16 || bytes == 24 || bytes == 32;
}

bool in_messages(const BcryptKey *key)
{
	return key->mode == PORT_CIPHER_GCM || key->mode == PORT_CIPHER_CCM;
}

/* Linux allocates for a key, and may wait for a lock meanwhile. */
bool may_make_keys(const char *function)
{
	if (KeGetCurrentIrql() == PASSIVE_LEVEL)
		return true;
	port_log_rule(function, "called above PASSIVE_LEVEL");
	return false;
}

NTSTATUS open_cipher(BcryptKey *key, port_cipher_mode mode)
{
	port_cipher *cipher;
	int error = port_cipher_open(mode, key->secret, key->secret_bytes, key->provider->dispatch,
				     &cipher);

	if (error)
		return bcrypt_status(error);
	if (key->cipher)
		port_cipher_close(key->cipher);
	key->cipher = cipher;
	key->mode = mode;
	return STATUS_SUCCESS;
}

void destroy(BcryptKey *key)
{
	BcryptProvider *provider = key->provider;

	if (key->cipher)
		port_cipher_close(key->cipher);
	bcrypt_wipe(key, sizeof(*key), key->owned, __func__);
	bcrypt_drop(provider);
}

NTSTATUS create(BcryptProvider *provider, port_cipher_mode mode, PUCHAR memory, ULONG memory_bytes,
		const UCHAR *secret, ULONG secret_bytes, const void *caller, BcryptKey **created)
{
	void *object;
	bool owned;

	if (provider->algorithm->kind != BCRYPT_CIPHER_INTERFACE)
		return STATUS_NOT_SUPPORTED;
	if (!secret || !is_key_length(secret_bytes))
		return STATUS_INVALID_PARAMETER;

	NTSTATUS status =
		bcrypt_place(memory, memory_bytes, sizeof(BcryptKey), caller, &object, &owned);

	if (!NT_SUCCESS(status))
		return status;

	auto *key = static_cast<BcryptKey *>(object);

	key->magic = BcryptKey::live;
	key->owned = owned;
	key->provider = provider;
	key->secret_bytes = secret_bytes;
	__builtin_memcpy(key->secret, secret, secret_bytes);
	bcrypt_hold(provider);
	status = open_cipher(key, mode);
	if (NT_SUCCESS(status))
		*created = key;
	else
		destroy(key);
	return status;
}

NTSTATUS import_blob(BcryptProvider *provider, LPCWSTR type, PUCHAR memory, ULONG memory_bytes,
		     PUCHAR blob, ULONG blob_bytes, const void *caller, BcryptKey **key)
{
	BCRYPT_KEY_DATA_BLOB_HEADER header;

	if (!same(type, BCRYPT_KEY_DATA_BLOB))
		return STATUS_NOT_SUPPORTED;
	if (blob_bytes < sizeof(header))
		return STATUS_INVALID_PARAMETER;
	__builtin_memcpy(&header, blob, sizeof(header));
	if (header.dwMagic != BCRYPT_KEY_DATA_BLOB_MAGIC ||
	    header.dwVersion != BCRYPT_KEY_DATA_BLOB_VERSION1 ||
	    header.cbKeyData > blob_bytes - sizeof(header))
		return STATUS_INVALID_PARAMETER;
	return create(provider, provider->mode, memory, memory_bytes, blob + sizeof(header),
		      header.cbKeyData, caller, key);
}

/* One call of BCryptEncrypt() or BCryptDecrypt(). */
struct Call {
	PUCHAR input;
	ULONG input_bytes;
	PUCHAR output;
	ULONG output_bytes;
	ULONG *result;
	bool pad;
};

NTSTATUS cipher_blocks(BcryptKey *key, bool encrypt, const void *input, void *output, size_t bytes,
		       UCHAR *vector)
{
	return bcrypt_status(
		port_cipher_blocks(key->cipher, encrypt, input, output, bytes, vector));
}

/* PKCS #7: as many bytes as are missing, each of them telling how many; a whole block for none. */
NTSTATUS encrypt_blocks(BcryptKey *key, const Call &call, UCHAR *vector)
{
	UCHAR last[block_bytes];
	ULONG rest = call.input_bytes % block_bytes, whole = call.input_bytes - rest;

	if (rest && !call.pad)
		return STATUS_INVALID_BUFFER_SIZE;
	if (call.pad && whole > MAXULONG - block_bytes)
		return STATUS_INVALID_PARAMETER;
	*call.result = call.pad ? whole + block_bytes : whole;
	if (!call.output)
		return STATUS_SUCCESS;
	if (call.output_bytes < *call.result)
		return STATUS_BUFFER_TOO_SMALL;

	/* In place, the first blocks overwrite nothing of the rest. */
	__builtin_memset(last, static_cast<int>(block_bytes - rest), sizeof(last));
	if (rest)
		__builtin_memcpy(last, call.input + whole, rest);

	NTSTATUS status = cipher_blocks(key, true, call.input, call.output, whole, vector);

	if (NT_SUCCESS(status) && call.pad) {
		status = cipher_blocks(key, true, last, last, block_bytes, vector);
		__builtin_memcpy(call.output + whole, last, block_bytes);
	}
	return status;
}

/* How many bytes of padding a last block ends in; 0 where it is no padding. */
ULONG padding_of(const UCHAR (&last)[block_bytes])
{
	ULONG padding = last[block_bytes - 1], wrong = 0;

	if (!padding || padding > block_bytes)
		return 0;
	for (ULONG i = block_bytes - padding; i < block_bytes; i++)
		wrong |= last[i] ^ padding;
	return wrong ? 0 : padding;
}

NTSTATUS decrypt_blocks(BcryptKey *key, const Call &call, UCHAR *vector)
{
	UCHAR last[block_bytes];
	ULONG whole = call.input_bytes;

	if (whole % block_bytes || (call.pad && !whole))
		return STATUS_INVALID_BUFFER_SIZE;
	*call.result = whole;
	if (!call.output)
		return STATUS_SUCCESS;
	if (!call.pad) {
		if (call.output_bytes < whole)
			return STATUS_BUFFER_TOO_SMALL;
		return cipher_blocks(key, false, call.input, call.output, whole, vector);
	}

	whole -= block_bytes;
	if (call.output_bytes < whole)
		return STATUS_BUFFER_TOO_SMALL;
	__builtin_memcpy(last, call.input + whole, block_bytes);

	NTSTATUS status = cipher_blocks(key, false, call.input, call.output, whole, vector);

	if (NT_SUCCESS(status))
		status = cipher_blocks(key, false, last, last, block_bytes, vector);
	if (!NT_SUCCESS(status))
		return status;

	ULONG padding = padding_of(last);

	*call.result = whole + block_bytes - padding;
	if (!padding)
		status = STATUS_UNSUCCESSFUL;
	else if (call.output_bytes < *call.result)
		status = STATUS_BUFFER_TOO_SMALL;
	else
		__builtin_memcpy(call.output + whole, last, block_bytes - padding);
	RtlSecureZeroMemory(last, sizeof(last));
	return status;
}

NTSTATUS cipher_with_vector(BcryptKey *key, bool encrypt, const Call &call, PUCHAR vector,
			    ULONG vector_bytes)
{
	UCHAR own[block_bytes];

	if (key->mode == PORT_CIPHER_ECB)
		vector_bytes = 0;
	else if (vector && vector_bytes != block_bytes)
		return STATUS_INVALID_PARAMETER;
	__builtin_memcpy(own, vector && vector_bytes ? vector : key->vector, block_bytes);

	NTSTATUS status = encrypt ? encrypt_blocks(key, call, own) : decrypt_blocks(key, call, own);

	/* Where the next part of the same message goes on. */
	if (NT_SUCCESS(status) && call.output && vector && vector_bytes)
		__builtin_memcpy(vector, own, block_bytes);
	return status;
}

bool is_message_info(const BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO *info)
{
	return info && info->cbSize == sizeof(*info) &&
	       info->dwInfoVersion == BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO_VERSION;
}

NTSTATUS cipher_message(BcryptKey *key, bool encrypt, const Call &call,
			const BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO *info)
{
	*call.result = call.input_bytes;
	if (call.pad)
		return STATUS_INVALID_PARAMETER;
	if (!call.output && call.input_bytes)
		return STATUS_SUCCESS;
	if (!is_message_info(info) || !info->pbNonce || !info->pbTag ||
	    (!info->pbAuthData && info->cbAuthData) ||
	    !port_cipher_takes_nonce(key->mode, info->cbNonce) ||
	    !port_cipher_takes_tag(key->mode, info->cbTag))
		return STATUS_INVALID_PARAMETER;
	if (info->dwFlags)
		return STATUS_NOT_SUPPORTED;
	if (call.output_bytes < call.input_bytes)
		return STATUS_BUFFER_TOO_SMALL;

	port_message message = {
		.input = call.input,
		.output = call.output,
		.bytes = call.input_bytes,
		.nonce = info->pbNonce,
		.nonce_bytes = info->cbNonce,
		.open = info->pbAuthData,
		.open_bytes = info->cbAuthData,
		.tag = info->pbTag,
		.tag_bytes = info->cbTag,
	};

	return bcrypt_status(port_cipher_message(key->cipher, encrypt, &message));
}

NTSTATUS cipher(BCRYPT_KEY_HANDLE handle, bool encrypt, const Call &call, ULONG flags,
		const void *info, PUCHAR vector, ULONG vector_bytes, const char *function)
{
	auto *key = bcrypt_object<BcryptKey>(handle);

	if (!key)
		return STATUS_INVALID_HANDLE;
	if (!call.result || (!call.input && call.input_bytes) || (!vector && vector_bytes) ||
	    (flags & ~BCRYPT_BLOCK_PADDING))
		return STATUS_INVALID_PARAMETER;
	/* What was not opened for it may wait for another thread to do the work. */
	if (!key->provider->dispatch && KeGetCurrentIrql() > PASSIVE_LEVEL) {
		port_log_rule(function, "above PASSIVE_LEVEL without BCRYPT_PROV_DISPATCH");
		return STATUS_NOT_SUPPORTED;
	}
	if (in_messages(key))
		return cipher_message(
			key, encrypt, call,
			static_cast<const BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO *>(info));
	return cipher_with_vector(key, encrypt, call, vector, vector_bytes);
}

} // namespace

NTSTATUS bcrypt_key_set(BcryptKey *key, LPCWSTR property, PUCHAR input, ULONG input_bytes)
{
	port_cipher_mode mode;

	if (same(property, BCRYPT_INITIALIZATION_VECTOR)) {
		if (input_bytes != block_bytes)
			return STATUS_INVALID_PARAMETER;
		__builtin_memcpy(key->vector, input, block_bytes);
		return STATUS_SUCCESS;
	}
	if (!same(property, BCRYPT_CHAINING_MODE))
		return STATUS_NOT_SUPPORTED;

	NTSTATUS status = bcrypt_mode(input, input_bytes, &mode);

	return NT_SUCCESS(status) ? open_cipher(key, mode) : status;
}

} // namespace wsk

using namespace wsk;

/**
 * BCryptGenerateSymmetricKey() - Make a key of its bytes.
 * @hAlgorithm: Of BCRYPT_AES_ALGORITHM, or one of its pseudo handles. The key has its mode.
 * @phKey: Receives the key's handle. End it with BCryptDestroyKey().
 * @pbKeyObject: Memory for it, of BCRYPT_OBJECT_LENGTH bytes; NULL to have it allocated.
 * @cbKeyObject: The size of that memory.
 * @pbSecret: 16, 24 or 32 bytes.
 * @cbSecret: How many.
 * @dwFlags: 0.
 *
 * Context: IRQL = PASSIVE_LEVEL, even with BCRYPT_PROV_DISPATCH.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED for
 *	an algorithm that is no cipher, and above PASSIVE_LEVEL; STATUS_NOT_FOUND where the kernel
 *	lacks the mode; STATUS_BUFFER_TOO_SMALL; STATUS_NO_MEMORY.
 * Source: bcrypt.h, BCryptGenerateSymmetricKey function
 */
extern "C" NTSTATUS BCryptGenerateSymmetricKey(BCRYPT_ALG_HANDLE hAlgorithm,
					       BCRYPT_KEY_HANDLE *phKey, PUCHAR pbKeyObject,
					       ULONG cbKeyObject, PUCHAR pbSecret, ULONG cbSecret,
					       ULONG dwFlags)
{
	BcryptProvider *provider;
	BcryptKey *key;

	if (!may_make_keys(__func__))
		return STATUS_NOT_SUPPORTED;
	if (!phKey || dwFlags)
		return STATUS_INVALID_PARAMETER;

	NTSTATUS status = bcrypt_provider(hAlgorithm, &provider);

	if (NT_SUCCESS(status))
		status = create(provider, provider->mode, pbKeyObject, cbKeyObject, pbSecret,
				cbSecret, __builtin_return_address(0), &key);
	if (NT_SUCCESS(status))
		*phKey = key;
	return status;
}

/**
 * BCryptImportKey() - Make a key of a blob.
 * @hAlgorithm: Of BCRYPT_AES_ALGORITHM, or one of its pseudo handles.
 * @hImportKey: NULL: blobs are not encrypted.
 * @pszBlobType: BCRYPT_KEY_DATA_BLOB.
 * @phKey: Receives the key's handle.
 * @pbKeyObject: Memory for it, or NULL.
 * @cbKeyObject: The size of that memory.
 * @pbInput: A BCRYPT_KEY_DATA_BLOB_HEADER and the key's bytes.
 * @cbInput: The size of both.
 * @dwFlags: 0.
 *
 * Context: IRQL = PASSIVE_LEVEL, even with BCRYPT_PROV_DISPATCH.
 * Return: As BCryptGenerateSymmetricKey(); STATUS_NOT_SUPPORTED for other blobs, too.
 * Source: bcrypt.h, BCryptImportKey function
 */
extern "C" NTSTATUS BCryptImportKey(BCRYPT_ALG_HANDLE hAlgorithm, BCRYPT_KEY_HANDLE hImportKey,
				    LPCWSTR pszBlobType, BCRYPT_KEY_HANDLE *phKey,
				    PUCHAR pbKeyObject, ULONG cbKeyObject, PUCHAR pbInput,
				    ULONG cbInput, ULONG dwFlags)
{
	BcryptProvider *provider;
	BcryptKey *key;

	if (!may_make_keys(__func__) || hImportKey)
		return STATUS_NOT_SUPPORTED;
	if (!phKey || !pszBlobType || !pbInput || dwFlags)
		return STATUS_INVALID_PARAMETER;

	NTSTATUS status = bcrypt_provider(hAlgorithm, &provider);

	if (NT_SUCCESS(status))
		status = import_blob(provider, pszBlobType, pbKeyObject, cbKeyObject, pbInput,
				     cbInput, __builtin_return_address(0), &key);
	if (NT_SUCCESS(status))
		*phKey = key;
	return status;
}

/**
 * BCryptExportKey() - Make a blob of a key.
 * @hKey: The key.
 * @hExportKey: NULL: blobs are not encrypted.
 * @pszBlobType: BCRYPT_KEY_DATA_BLOB.
 * @pbOutput: Receives a BCRYPT_KEY_DATA_BLOB_HEADER and the key's bytes; NULL to ask for the size.
 * @cbOutput: The size of that.
 * @pcbResult: Receives the size of both.
 * @dwFlags: 0.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED for
 *	other blobs; STATUS_BUFFER_TOO_SMALL.
 * Source: bcrypt.h, BCryptExportKey function
 */
extern "C" NTSTATUS BCryptExportKey(BCRYPT_KEY_HANDLE hKey, BCRYPT_KEY_HANDLE hExportKey,
				    LPCWSTR pszBlobType, PUCHAR pbOutput, ULONG cbOutput,
				    ULONG *pcbResult, ULONG dwFlags)
{
	auto *key = bcrypt_object<BcryptKey>(hKey);
	struct {
		BCRYPT_KEY_DATA_BLOB_HEADER header;
		UCHAR secret[32];
	} blob;

	NT_MAX_IRQL(DISPATCH_LEVEL);
	if (!key)
		return STATUS_INVALID_HANDLE;
	if (!pszBlobType || !pcbResult || dwFlags)
		return STATUS_INVALID_PARAMETER;
	if (hExportKey || !same(pszBlobType, BCRYPT_KEY_DATA_BLOB))
		return STATUS_NOT_SUPPORTED;
	blob.header = {BCRYPT_KEY_DATA_BLOB_MAGIC, BCRYPT_KEY_DATA_BLOB_VERSION1,
		       key->secret_bytes};
	__builtin_memcpy(blob.secret, key->secret, key->secret_bytes);

	NTSTATUS status = bcrypt_give(&blob, sizeof(blob.header) + key->secret_bytes, pbOutput,
				      cbOutput, pcbResult);

	RtlSecureZeroMemory(&blob, sizeof(blob));
	return status;
}

/**
 * BCryptDuplicateKey() - Make another key of the same bytes, in the same mode.
 * @hKey: The key.
 * @phNewKey: Receives the other's handle.
 * @pbKeyObject: Memory for it, or NULL.
 * @cbKeyObject: The size of that memory.
 * @dwFlags: 0.
 *
 * Context: IRQL = PASSIVE_LEVEL, even with BCRYPT_PROV_DISPATCH.
 * Return: As BCryptGenerateSymmetricKey().
 * Source: bcrypt.h, BCryptDuplicateKey function
 */
extern "C" NTSTATUS BCryptDuplicateKey(BCRYPT_KEY_HANDLE hKey, BCRYPT_KEY_HANDLE *phNewKey,
				       PUCHAR pbKeyObject, ULONG cbKeyObject, ULONG dwFlags)
{
	auto *key = bcrypt_object<BcryptKey>(hKey);
	BcryptKey *copy;

	if (!may_make_keys(__func__))
		return STATUS_NOT_SUPPORTED;
	if (!key)
		return STATUS_INVALID_HANDLE;
	if (!phNewKey || dwFlags)
		return STATUS_INVALID_PARAMETER;

	NTSTATUS status = create(key->provider, key->mode, pbKeyObject, cbKeyObject, key->secret,
				 key->secret_bytes, __builtin_return_address(0), &copy);

	if (!NT_SUCCESS(status))
		return status;
	__builtin_memcpy(copy->vector, key->vector, block_bytes);
	*phNewKey = copy;
	return STATUS_SUCCESS;
}

/**
 * BCryptDestroyKey() - End a key. Its bytes are wiped.
 * @hKey: The key.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE.
 * Source: bcrypt.h, BCryptDestroyKey function
 */
extern "C" NTSTATUS BCryptDestroyKey(BCRYPT_KEY_HANDLE hKey)
{
	auto *key = bcrypt_object<BcryptKey>(hKey);

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!key)
		return STATUS_INVALID_HANDLE;
	destroy(key);
	return STATUS_SUCCESS;
}

/**
 * BCryptEncrypt() - Encrypt.
 * @hKey: The key.
 * @pbInput: What.
 * @cbInput: Its length in bytes: whole blocks of 16, unless it is padded or the mode is GCM or CCM.
 * @pPaddingInfo: A BCRYPT_AUTHENTICATED_CIPHER_MODE_INFO with GCM or CCM. Messages in several calls
 *	(dwFlags) are not supported. The nonce has 12 bytes, with CCM 7 to 13; the tag 12 to 16,
 *	with CCM an even number from 4 to 16.
 * @pbIV: With CBC, the 16 bytes that the first block begins with; receives those of what follows.
 *	NULL: those of the property BCRYPT_INITIALIZATION_VECTOR, or zeros.
 * @cbIV: 16, or 0.
 * @pbOutput: Receives the result; may be the input. NULL to ask for its size.
 * @cbOutput: The size of that.
 * @pcbResult: Receives the size of the result.
 * @dwFlags: BCRYPT_BLOCK_PADDING, with ECB and CBC.
 *
 * Context: IRQL <= DISPATCH_LEVEL; PASSIVE_LEVEL without BCRYPT_PROV_DISPATCH.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE; STATUS_INVALID_PARAMETER;
 *	STATUS_INVALID_BUFFER_SIZE; STATUS_BUFFER_TOO_SMALL; STATUS_NOT_SUPPORTED for messages in
 *	several calls and at too high an IRQL; STATUS_NO_MEMORY.
 * Source: bcrypt.h, BCryptEncrypt function
 */
extern "C" NTSTATUS BCryptEncrypt(BCRYPT_KEY_HANDLE hKey, PUCHAR pbInput, ULONG cbInput,
				  VOID *pPaddingInfo, PUCHAR pbIV, ULONG cbIV, PUCHAR pbOutput,
				  ULONG cbOutput, ULONG *pcbResult, ULONG dwFlags)
{
	Call call = {pbInput,  cbInput,	  pbOutput,
		     cbOutput, pcbResult, (dwFlags & BCRYPT_BLOCK_PADDING) != 0};

	NT_MAX_IRQL(DISPATCH_LEVEL);
	return cipher(hKey, true, call, dwFlags, pPaddingInfo, pbIV, cbIV, __func__);
}

/**
 * BCryptDecrypt() - Decrypt.
 * @hKey: The key.
 * @pbInput: What.
 * @cbInput: Its length in bytes: whole blocks of 16, unless the mode is GCM or CCM.
 * @pPaddingInfo: As for BCryptEncrypt(); the tag is compared.
 * @pbIV: As for BCryptEncrypt().
 * @cbIV: 16, or 0.
 * @pbOutput: Receives the result; may be the input. NULL to ask for its size, which with padding
 *	may be more than there will be.
 * @cbOutput: The size of that.
 * @pcbResult: Receives the size of the result.
 * @dwFlags: BCRYPT_BLOCK_PADDING, with ECB and CBC.
 *
 * Context: IRQL <= DISPATCH_LEVEL; PASSIVE_LEVEL without BCRYPT_PROV_DISPATCH.
 * Return: As BCryptEncrypt(); STATUS_AUTH_TAG_MISMATCH, the output being zeros; STATUS_UNSUCCESSFUL
 *	where there is no padding to remove.
 * Source: bcrypt.h, BCryptDecrypt function
 */
extern "C" NTSTATUS BCryptDecrypt(BCRYPT_KEY_HANDLE hKey, PUCHAR pbInput, ULONG cbInput,
				  VOID *pPaddingInfo, PUCHAR pbIV, ULONG cbIV, PUCHAR pbOutput,
				  ULONG cbOutput, ULONG *pcbResult, ULONG dwFlags)
{
	Call call = {pbInput,  cbInput,	  pbOutput,
		     cbOutput, pcbResult, (dwFlags & BCRYPT_BLOCK_PADDING) != 0};

	NT_MAX_IRQL(DISPATCH_LEVEL);
	return cipher(hKey, false, call, dwFlags, pPaddingInfo, pbIV, cbIV, __func__);
}

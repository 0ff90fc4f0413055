// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/crypto.h over the kernel's crypto API. */
#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "port/context.h"
#include "port/crypto.h"
#include "port/memory.h"
#include "port/page.h"

/* An opaque port_hash is a crypto_shash, and a state a shash_desc. */
static struct crypto_shash *shash(struct port_hash *hash)
{
	return (struct crypto_shash *)hash;
}

int port_hash_open(const char *name, struct port_hash **hash)
{
	struct crypto_shash *found = crypto_alloc_shash(name, 0, 0);

	if (IS_ERR(found))
		return PTR_ERR(found);
	*hash = (struct port_hash *)found;
	return 0;
}

void port_hash_close(struct port_hash *hash)
{
	crypto_free_shash(shash(hash));
}

size_t port_hash_digest_bytes(struct port_hash *hash)
{
	return crypto_shash_digestsize(shash(hash));
}

size_t port_hash_block_bytes(struct port_hash *hash)
{
	return crypto_shash_blocksize(shash(hash));
}

size_t port_hash_state_bytes(struct port_hash *hash)
{
	return sizeof(struct shash_desc) + crypto_shash_descsize(shash(hash));
}

size_t port_hash_saved_bytes(struct port_hash *hash)
{
	return crypto_shash_statesize(shash(hash));
}

int port_hash_begin(struct port_hash *hash, void *state)
{
	struct shash_desc *desc = state;

	desc->tfm = shash(hash);
	return crypto_shash_init(desc);
}

int port_hash_add(void *state, const void *data, size_t bytes)
{
	return crypto_shash_update(state, data, bytes);
}

int port_hash_end(void *state, void *digest)
{
	return crypto_shash_final(state, digest);
}

int port_hash_save(void *state, void *saved)
{
	return crypto_shash_export(state, saved);
}

int port_hash_continue(struct port_hash *hash, void *state, const void *saved)
{
	struct shash_desc *desc = state;

	desc->tfm = shash(hash);
	return crypto_shash_import(desc, saved);
}

static const struct {
	const char *name;
	bool authenticated;
	u8 first_tag, last_tag, tag_step;
	u8 first_nonce, last_nonce;
} modes[] = {
	[PORT_CIPHER_ECB] = {"ecb(aes)"},
	[PORT_CIPHER_CBC] = {"cbc(aes)"},
	[PORT_CIPHER_GCM] = {"gcm(aes)", true, 12, 16, 1, 12, 12},
	[PORT_CIPHER_CCM] = {"ccm(aes)", true, 4, 16, 2, 7, 13},
};
static_assert(ARRAY_SIZE(modes) == PORT_CIPHER_MODES);

struct port_cipher {
	enum port_cipher_mode mode;
	bool softirq;
	struct crypto_skcipher *blocks;
	/*
	 * One for each length of tags, since a length belongs to the transform, and messages of
	 * several lengths may be under way at once.
	 */
	struct crypto_aead *messages[PORT_CIPHER_TAG + 1];
};

bool port_cipher_takes_tag(enum port_cipher_mode mode, size_t bytes)
{
	return modes[mode].authenticated && bytes >= modes[mode].first_tag &&
	       bytes <= modes[mode].last_tag &&
	       !((bytes - modes[mode].first_tag) % modes[mode].tag_step);
}

bool port_cipher_takes_nonce(enum port_cipher_mode mode, size_t bytes)
{
	return modes[mode].authenticated && bytes >= modes[mode].first_nonce &&
	       bytes <= modes[mode].last_nonce;
}

/* What never sleeps is never asynchronous. */
static u32 excluded(const struct port_cipher *cipher)
{
	return cipher->softirq ? CRYPTO_ALG_ASYNC : 0;
}

static int open_blocks(struct port_cipher *cipher, const u8 *key, size_t bytes)
{
	struct crypto_skcipher *found;

	found = crypto_alloc_skcipher(modes[cipher->mode].name, 0, excluded(cipher));
	if (IS_ERR(found))
		return PTR_ERR(found);
	cipher->blocks = found;
	return crypto_skcipher_setkey(found, key, bytes);
}

static int open_messages(struct port_cipher *cipher, const u8 *key, size_t bytes)
{
	size_t tag;
	int error;

	for (tag = 0; tag <= PORT_CIPHER_TAG; tag++) {
		struct crypto_aead *found;

		if (!port_cipher_takes_tag(cipher->mode, tag))
			continue;
		found = crypto_alloc_aead(modes[cipher->mode].name, 0, excluded(cipher));
		if (IS_ERR(found))
			return PTR_ERR(found);
		cipher->messages[tag] = found;
		error = crypto_aead_setauthsize(found, tag)
				?: crypto_aead_setkey(found, key, bytes);
		if (error)
			return error;
	}
	return 0;
}

int port_cipher_open(enum port_cipher_mode mode, const uint8_t *key, size_t bytes, bool softirq,
		     struct port_cipher **cipher)
{
	struct port_cipher *fresh = port_alloc(sizeof(*fresh), true);
	int error;

	if (!fresh)
		return -ENOMEM;
	fresh->mode = mode;
	fresh->softirq = softirq;
	error = modes[mode].authenticated ? open_messages(fresh, key, bytes)
					  : open_blocks(fresh, key, bytes);
	if (error)
		port_cipher_close(fresh);
	else
		*cipher = fresh;
	return error;
}

void port_cipher_close(struct port_cipher *cipher)
{
	size_t tag;

	if (cipher->blocks)
		crypto_free_skcipher(cipher->blocks);
	for (tag = 0; tag <= PORT_CIPHER_TAG; tag++)
		if (cipher->messages[tag])
			crypto_free_aead(cipher->messages[tag]);
	port_free(cipher);
}

/* The pages of a buffer wherever it lies: linear map, vmalloc, a stack, a module's data. */
static size_t count_pages(const void *buffer, size_t bytes)
{
	return DIV_ROUND_UP(offset_in_page(buffer) + bytes, PAGE_SIZE);
}

static bool list_pages(struct scatterlist **next, const void *buffer, size_t bytes)
{
	while (bytes) {
		size_t part = min(bytes, PAGE_SIZE - offset_in_page(buffer));
		u64 frame;

		if (!port_kernel_frames(buffer, 1, &frame))
			return false;
		sg_set_page((*next)++, pfn_to_page(frame), part, offset_in_page(buffer));
		buffer += part;
		bytes -= part;
	}
	return true;
}

/*
 * Everything that an operation needs besides the message, in one block: the request, and lists of
 * pages. What comes before and behind the message is copied into it, too, so that nothing is
 * written to the caller's.
 */
struct operation {
	struct crypto_wait wait;
	u8 vector[PORT_CIPHER_BLOCK];
	u8 tag[PORT_CIPHER_TAG];
	struct scatterlist *from, *to;
	u8 *open;
	void *request;
};

static struct operation *prepare(size_t request_bytes, const void *input, const void *output,
				 size_t bytes, size_t open_bytes)
{
	size_t from = count_pages(input, bytes) + count_pages(NULL, open_bytes) + 3;
	size_t to = count_pages(output, bytes) + count_pages(NULL, open_bytes) + 3;
	size_t head = ALIGN(sizeof(struct operation), CRYPTO_MINALIGN);
	size_t request = ALIGN(request_bytes, CRYPTO_MINALIGN);
	struct operation *operation;

	operation = port_alloc_aligned(head + request + (from + to) * sizeof(struct scatterlist) +
					       open_bytes,
				       CRYPTO_MINALIGN, true);
	if (!operation)
		return NULL;
	crypto_init_wait(&operation->wait);
	operation->request = (u8 *)operation + head;
	operation->from = operation->request + request;
	operation->to = operation->from + from;
	operation->open = (u8 *)(operation->to + to);
	return operation;
}

static void finish(struct operation *operation)
{
	memzero_explicit(operation->vector, sizeof(operation->vector));
	port_free(operation);
}

static u32 request_flags(const struct port_cipher *cipher)
{
	return cipher->softirq ? 0 : CRYPTO_TFM_REQ_MAY_BACKLOG | CRYPTO_TFM_REQ_MAY_SLEEP;
}

int port_cipher_blocks(struct port_cipher *cipher, bool encrypt, const void *input, void *output,
		       size_t bytes, uint8_t vector[PORT_CIPHER_BLOCK])
{
	struct crypto_skcipher *tfm = cipher->blocks;
	struct scatterlist *from, *to;
	struct skcipher_request *request;
	struct operation *operation;
	int error = -EFAULT;

	if (!bytes)
		return 0;
	operation =
		prepare(sizeof(*request) + crypto_skcipher_reqsize(tfm), input, output, bytes, 0);
	if (!operation)
		return -ENOMEM;
	request = operation->request;
	from = operation->from;
	to = operation->to;
	memcpy(operation->vector, vector, PORT_CIPHER_BLOCK);
	if (!list_pages(&from, input, bytes) || !list_pages(&to, output, bytes))
		goto out;
	sg_mark_end(from - 1);
	sg_mark_end(to - 1);
	skcipher_request_set_tfm(request, tfm);
	skcipher_request_set_callback(request, request_flags(cipher), crypto_req_done,
				      &operation->wait);
	skcipher_request_set_crypt(request, operation->from,
				   input == output ? operation->from : operation->to, bytes,
				   operation->vector);
	error = crypto_wait_req(encrypt ? crypto_skcipher_encrypt(request)
					: crypto_skcipher_decrypt(request),
				&operation->wait);
	if (!error)
		memcpy(vector, operation->vector, PORT_CIPHER_BLOCK);
out:
	finish(operation);
	return error;
}

/* CCM wants the length of what it counts with before the nonce. */
static void set_nonce(struct operation *operation, enum port_cipher_mode mode,
		      const struct port_message *message)
{
	u8 *vector = operation->vector;

	if (mode == PORT_CIPHER_CCM)
		*vector++ = PORT_CIPHER_BLOCK - 2 - message->nonce_bytes;
	memcpy(vector, message->nonce, message->nonce_bytes);
}

static bool list_message(struct operation *operation, const struct port_message *message)
{
	struct scatterlist *from = operation->from, *to = operation->to;
	bool listed;

	listed = list_pages(&from, operation->open, message->open_bytes) &&
		 list_pages(&to, operation->open, message->open_bytes) &&
		 list_pages(&from, message->input, message->bytes) &&
		 list_pages(&to, message->output, message->bytes) &&
		 list_pages(&from, operation->tag, message->tag_bytes) &&
		 list_pages(&to, operation->tag, message->tag_bytes);
	if (listed) {
		sg_mark_end(from - 1);
		sg_mark_end(to - 1);
	}
	return listed;
}

int port_cipher_message(struct port_cipher *cipher, bool encrypt,
			const struct port_message *message)
{
	struct crypto_aead *tfm = cipher->messages[message->tag_bytes];
	size_t tag_bytes = message->tag_bytes;
	struct aead_request *request;
	struct operation *operation;
	int error = -EFAULT;

	operation = prepare(sizeof(*request) + crypto_aead_reqsize(tfm), message->input,
			    message->output, message->bytes, message->open_bytes);
	if (!operation)
		return -ENOMEM;
	request = operation->request;
	set_nonce(operation, cipher->mode, message);
	memcpy(operation->open, message->open, message->open_bytes);
	if (!encrypt)
		memcpy(operation->tag, message->tag, tag_bytes);
	if (!list_message(operation, message))
		goto out;
	aead_request_set_tfm(request, tfm);
	aead_request_set_callback(request, request_flags(cipher), crypto_req_done,
				  &operation->wait);
	aead_request_set_ad(request, message->open_bytes);
	aead_request_set_crypt(request, operation->from,
			       message->input == message->output ? operation->from : operation->to,
			       message->bytes + (encrypt ? 0 : tag_bytes), operation->vector);
	error = crypto_wait_req(encrypt ? crypto_aead_encrypt(request)
					: crypto_aead_decrypt(request),
				&operation->wait);
	if (error)
		memset(message->output, 0, message->bytes);
	else if (encrypt)
		memcpy(message->tag, operation->tag, tag_bytes);
out:
	finish(operation);
	return error;
}

void port_random(void *buffer, size_t bytes)
{
	get_random_bytes(buffer, bytes);
}

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Hashes, AES and random numbers of the kernel's. Opening one sleeps, and may load a module; using
 * it does not sleep where the caller said that it may not.
 */
#ifndef WSK_PORT_CRYPTO_H
#define WSK_PORT_CRYPTO_H

#include "port/types.h"

PORT_BEGIN

/*
 * A hash algorithm, which any number of messages use at once. A message's state lies in memory of
 * the caller's, aligned to 16 bytes; what is saved of it may be copied, and continued elsewhere.
 */
struct port_hash;

PORT_MUST_CHECK int port_hash_open(const char *name, struct port_hash **hash);
void port_hash_close(struct port_hash *hash);
size_t port_hash_digest_bytes(struct port_hash *hash);
size_t port_hash_block_bytes(struct port_hash *hash);
size_t port_hash_state_bytes(struct port_hash *hash);
size_t port_hash_saved_bytes(struct port_hash *hash);

/* Any context. 0 or -errno. */
PORT_MUST_CHECK int port_hash_begin(struct port_hash *hash, void *state);
PORT_MUST_CHECK int port_hash_add(void *state, const void *data, size_t bytes);
PORT_MUST_CHECK int port_hash_end(void *state, void *digest);
PORT_MUST_CHECK int port_hash_save(void *state, void *saved);
PORT_MUST_CHECK int port_hash_continue(struct port_hash *hash, void *state, const void *saved);

enum port_cipher_mode {
	PORT_CIPHER_ECB,
	PORT_CIPHER_CBC,
	PORT_CIPHER_GCM,
	PORT_CIPHER_CCM,
	PORT_CIPHER_MODES
};

enum { PORT_CIPHER_BLOCK = 16, PORT_CIPHER_NONCE = 13, PORT_CIPHER_TAG = 16 };

/* AES under one key. Any number of messages use it at once. */
struct port_cipher;

/* softirq: it will be used there, by code that never sleeps, and may be slower for it. */
PORT_MUST_CHECK int port_cipher_open(enum port_cipher_mode mode, const uint8_t *key, size_t bytes,
				     bool softirq, struct port_cipher **cipher);
void port_cipher_close(struct port_cipher *cipher);

/* ECB, CBC: whole blocks, in place or not. The vector moves on, for what follows. */
PORT_MUST_CHECK int port_cipher_blocks(struct port_cipher *cipher, bool encrypt, const void *input,
				       void *output, size_t bytes,
				       uint8_t vector[PORT_CIPHER_BLOCK]);

/* GCM, CCM: which lengths of tags and nonces there are, and one message. */
bool port_cipher_takes_tag(enum port_cipher_mode mode, size_t bytes);
bool port_cipher_takes_nonce(enum port_cipher_mode mode, size_t bytes);

struct port_message {
	const void *input;
	void *output; /* may be the input; of as many bytes */
	size_t bytes;
	const void *nonce;
	size_t nonce_bytes;
	const void *open; /* authenticated only */
	size_t open_bytes;
	void *tag; /* received when encrypting, else compared */
	size_t tag_bytes;
};

/* -PORT_EBADMSG: the tag is another, and the output is zeros. */
PORT_MUST_CHECK int port_cipher_message(struct port_cipher *cipher, bool encrypt,
					const struct port_message *message);

/* Any context. */
void port_random(void *buffer, size_t bytes);

/* The NT world's: closes what stays open while drivers are loaded. */
void nt_bcrypt_exit(void);

PORT_END

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Asking user space about names, and the forms of addresses that need no asking. */
#ifndef WSK_PORT_RESOLVE_H
#define WSK_PORT_RESOLVE_H

#include "port/error.h"
#include "port/types.h"
#include "port/work.h"

PORT_BEGIN

/* Longer answers are refused. */
enum { PORT_RESOLVE_ANSWER_BYTES = 16384 };

/*
 * Has the handler program answer a question, both being text without NULs. Returns the answer's
 * length, and the answer in a block for port_free(). -ENOENT: nobody answers questions here;
 * -EOPNOTSUPP: this kernel cannot ask; -ENOMEM; -EIO. Sleeps for as long as the handler takes.
 */
PORT_MUST_CHECK int64_t port_resolve_ask(const char *question, char **answer);

/* Runs work that asks, beside other such work; port_work_flush() does not wait for it. */
void port_resolve_queue(struct port_work *work);

/*
 * Tests stand in for the handler program; NULL ends that. Writes the answer into `size` bytes, and
 * returns its length or a negated errno. With the tests only.
 */
typedef int64_t port_resolve_handler(const char *question, char *answer, size_t size);
void port_resolve_set_handler(port_resolve_handler *handler);

/* An IPv6 address in any of its forms, without a scope. */
bool port_parse_ipv6(const char *text, size_t length, uint8_t address[16]);

/* The shortest form of an address of 4 or 16 bytes, with its NUL. */
enum { PORT_ADDRESS_TEXT_BYTES = 48 };
void port_format_address(const uint8_t *address, size_t bytes, char text[PORT_ADDRESS_TEXT_BYTES]);

/* The index of the interface of this name in the current process' namespace, 0: there is none. */
uint32_t port_interface_index(const char *name, size_t length);

PORT_END

#endif

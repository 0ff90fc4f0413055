/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Files. Everything sleeps, except where it says otherwise. */
#ifndef WSK_PORT_FILE_H
#define WSK_PORT_FILE_H

#include "port/types.h"

PORT_BEGIN

/*
 * All of a file, as the current process sees and may read it, for port_free(); its size, or -errno:
 * -PORT_EFBIG when it is more than that.
 */
PORT_MUST_CHECK int64_t port_file_read_whole(const char *path, size_t most, char **text);

/* A regular file or a folder, opened in the first process' root with the kernel's own rights. */
struct port_file;

enum {
	PORT_FILE_READ = 1 << 0,
	PORT_FILE_WRITE = 1 << 1,
	PORT_FILE_APPEND = 1 << 2, /* all writes go to the end */
	PORT_FILE_CREATE = 1 << 3,
	PORT_FILE_EXCLUSIVE = 1 << 4, /* and it must not have been there */
	PORT_FILE_TRUNCATE = 1 << 5,
	PORT_FILE_THROUGH = 1 << 6, /* what is written is on the disk */
};

PORT_MUST_CHECK int port_file_open(const char *path, unsigned int how, struct port_file **file,
				   bool *created);
void port_file_close(struct port_file *file); /* callable in softirq */

/* How many bytes, or -errno. */
PORT_MUST_CHECK int64_t port_file_read(struct port_file *file, void *buffer, size_t bytes,
				       uint64_t position);
PORT_MUST_CHECK int64_t port_file_write(struct port_file *file, const void *buffer, size_t bytes,
					uint64_t position);
PORT_MUST_CHECK int port_file_flush(struct port_file *file);
PORT_MUST_CHECK int port_file_resize(struct port_file *file, uint64_t bytes);
PORT_MUST_CHECK int port_file_unlink(struct port_file *file);

struct port_file_facts {
	uint64_t bytes, allocated;
	int64_t accessed, written, changed; /* nanoseconds since 1970 */
	uint64_t number;
	uint32_t links;
	bool folder, read_only;
};

PORT_MUST_CHECK int port_file_describe(struct port_file *file, struct port_file_facts *facts);

/* Where a drive letter leads, or \SystemRoot; NULL: nowhere. No slash at its end. */
const char *port_file_drive(char letter);
const char *port_file_system_root(void);

PORT_END

#endif

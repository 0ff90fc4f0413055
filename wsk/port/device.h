/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Devices as programs see them: nodes in /dev, the files that are opened there, and the memory that
 * comes with their system calls.
 */
#ifndef WSK_PORT_DEVICE_H
#define WSK_PORT_DEVICE_H

#include "port/types.h"

PORT_BEGIN

/* Makes /dev/NAME with these permissions (0600 …). Returns its number, or -errno. Sleeps. */
PORT_MUST_CHECK int port_node_create(const char *name, uint32_t mode);
void port_node_remove(int number);

/* The current process' memory; 0 or -EFAULT. Sleeps. */
PORT_MUST_CHECK int port_copy_from_user(void *to, uint64_t from, size_t bytes);
PORT_MUST_CHECK int port_copy_to_user(uint64_t to, const void *from, size_t bytes);

/* Whether the current system call is one of 32 bits. */
bool port_process_is_compat(void);

enum port_file_access {
	PORT_FILE_READS = 1,
	PORT_FILE_WRITES = 2,
	PORT_FILE_APPENDS = 4,
};

/* One ioctl(2). */
struct port_control {
	uint32_t code;
	uint64_t input, output;
	uint32_t input_length, output_length;
	uint64_t information; /* what came of it */
	int32_t status;
};

/*
 * The NT half (wsk/nt/io_node.cc), called by the process whose file it is. Each returns a count, 0,
 * or -errno; -ERESTARTSYS when a signal came and the driver gave the request up. The owner stands
 * for a table of descriptors.
 */
PORT_MUST_CHECK int nt_file_open(int number, unsigned int access, void **file);
PORT_MUST_CHECK int nt_file_control(void *file, uint64_t owner, struct port_control *control);
PORT_MUST_CHECK int64_t nt_file_read(void *file, uint64_t owner, uint64_t to, uint32_t bytes,
				     int64_t offset);
PORT_MUST_CHECK int64_t nt_file_write(void *file, uint64_t owner, uint64_t from, uint32_t bytes,
				      int64_t offset);
PORT_MUST_CHECK int nt_file_flush(void *file, uint64_t owner);

/* Requests of that owner that are under way. */
size_t nt_file_requests(void *file, uint64_t owner);
/* No descriptor is left, but requests are: the driver is told, and they are cancelled. */
void nt_file_abandon(void *file);
/* The end of a file, with no request under way. */
void nt_file_close(void *file);

/* The system goes down. */
void nt_shutdown(void);

PORT_END

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * load_with_memory FILE.ko - loads samples/user_memory, with the memory that it wants to lock, and
 * looks at what it did. Exit status 0: all as it should be.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGES = 64, PAGE = 4096, LENGTH = PAGES * PAGE };

static unsigned char *map(uintptr_t address, size_t length, int protection, int file)
{
	int flags = MAP_FIXED_NOREPLACE | (file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED);
	void *memory = mmap((void *)address, length, protection, flags, file, 0);

	if (memory == MAP_FAILED) {
		perror("mmap");
		_exit(1);
	}
	return memory;
}

static void ask(unsigned char *memory)
{
	for (int page = 0; page < PAGES; page++)
		memory[page * PAGE + PAGE / 2] = page;
}

static int answered(const char *what, const unsigned char *memory)
{
	for (int page = 0; page < PAGES; page++) {
		if (memory[page * PAGE + PAGE / 2] == (unsigned char)~page)
			continue;
		fprintf(stderr, "%s, page %d: not the driver's answer\n", what, page);
		return 0;
	}
	return 1;
}

int main(int argc, char **argv)
{
	char name[] = "/tmp/load_with_memory.XXXXXX";
	unsigned char *private_memory, *mapped, from_file[LENGTH];
	int module, file;

	if (argc != 2 || (module = open(argv[1], O_RDONLY)) < 0) {
		fprintf(stderr, "load_with_memory FILE.ko\n");
		return 2;
	}
	file = mkstemp(name);
	if (file < 0 || unlink(name) || ftruncate(file, LENGTH)) {
		perror(name);
		return 1;
	}
	private_memory = map(0x10000000, LENGTH, PROT_READ | PROT_WRITE, -1);
	mapped = map(0x20000000, LENGTH, PROT_READ | PROT_WRITE, file);
	map(0x30000000, PAGE, PROT_READ, -1);
	map(0x40000000, PAGE, PROT_READ | PROT_WRITE, -1);
	ask(private_memory);
	ask(mapped);
	if (syscall(SYS_finit_module, module, "", 0)) {
		perror("finit_module");
		return 1;
	}
	if (pread(file, from_file, LENGTH, 0) != LENGTH) {
		perror("pread");
		return 1;
	}
	return answered("private memory", private_memory) && answered("mapped file", mapped) &&
			       answered("the file itself", from_file)
		       ? 0
		       : 1;
}

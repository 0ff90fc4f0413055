// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Talks to samples/control, as a program of Windows' does with CreateFile, DeviceIoControl,
 * ReadFile and WriteFile.
 *
 *	control_client check                  every request, right and wrong
 *	control_client reverse TEXT           prints it reversed
 *	control_client wait                   prints what comes, or why nothing does
 *	control_client post TEXT              answers one that waits
 *	control_client interrupt              requests that a signal, and a close, end
 *	control_client storm SECONDS          many processes at once, with requests ended at random
 *	control_client hold                   keeps the device open until it is killed
 *	control_client denied                 what a user without rights is refused
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../wsk/uapi/wsk_ioctl.h"

#define CTL_CODE WSK_CTL_CODE
#include "../samples/control/control_ioctl.h"

#define CONTROL "/dev/WskControl"
#define DIRECT "/dev/WskDirect"

#define STATUS_BUFFER_OVERFLOW 0x80000005u
#define STATUS_ACCESS_VIOLATION 0xC0000005u
#define STATUS_ACCESS_DENIED 0xC0000022u
#define STATUS_CANCELLED 0xC0000120u

static int failures;

#define CHECK(condition)                                                                          \
	do {                                                                                      \
		if (!(condition)) {                                                               \
			fprintf(stderr, "line %d: %s (errno %d)\n", __LINE__, #condition, errno); \
			failures++;                                                               \
		}                                                                                 \
	} while (0)

static int open_device(const char *path, int flags)
{
	int device = open(path, flags | O_CLOEXEC);

	if (device < 0) {
		perror(path);
		exit(1);
	}
	return device;
}

static struct wsk_ioctl call_of(const void *in, uint32_t in_length, void *out, uint32_t out_length)
{
	return (struct wsk_ioctl){.input = (uintptr_t)in,
				  .output = (uintptr_t)out,
				  .input_length = in_length,
				  .output_length = out_length};
}

/* Whether it fails as told, with the status written down, too. */
static int fails(int device, uint32_t code, struct wsk_ioctl call, int error, uint32_t status)
{
	errno = 0;
	return ioctl(device, code, &call) == -1 && errno == error && call.status == status;
}

static void check_buffered(int device)
{
	char in[] = "stressed", out[16] = "................";
	uint32_t who[2] = {0};
	__u64 bytes;

	CHECK(!wsk_device_io_control(device, IOCTL_CONTROL_REVERSE, in, 8, out, 16, &bytes));
	CHECK(bytes == 8 && !memcmp(out, "desserts........", 16));
	CHECK(!wsk_device_io_control(device, IOCTL_CONTROL_REVERSE, in, 8, in, 8, NULL));
	CHECK(!memcmp(in, "desserts", 8));
	CHECK(!wsk_device_io_control(device, IOCTL_CONTROL_WHO, NULL, 0, who, 8, &bytes));
	CHECK(bytes == 8 && who[0] == (uint32_t)getpid() && who[1] == 64);

	/* A warning: it fails, and has data. */
	memset(out, '.', sizeof(out));
	CHECK(fails(device, IOCTL_CONTROL_LONG, call_of(NULL, 0, out, 5), EOVERFLOW,
		    STATUS_BUFFER_OVERFLOW));
	CHECK(!memcmp(out, "xxxxx...", 8));
	/* An error has none. */
	CHECK(fails(device, IOCTL_CONTROL_REVERSE, call_of("abc", 3, out, 2), ERANGE, 0xC0000023));
	CHECK(!memcmp(out, "xxxxx...", 8));
}

static void check_direct(int device)
{
	size_t length = 1 << 20;
	unsigned char *memory = malloc(length);
	uint64_t sum = 0;
	__u64 bytes;

	for (size_t i = 0; i < length; i++)
		sum += memory[i] = i * 7;
	CHECK(!wsk_device_io_control(device, IOCTL_CONTROL_SUM, NULL, 0, memory + 3, length - 3,
				     &bytes));
	CHECK(bytes == sum - 0 - 7 - 14);
	CHECK(!wsk_device_io_control(device, IOCTL_CONTROL_FILL, "Z", 1, memory, length, &bytes));
	CHECK(bytes == length && !memcmp(memory, &sum, 8));
	for (size_t i = 8; i < length; i++)
		if (memory[i] != 'Z') {
			CHECK(!"filled");
			break;
		}
	CHECK(wsk_device_io_control(device, IOCTL_CONTROL_FILL, "Z", 1, NULL, 0, NULL) == -1 &&
	      errno == EINVAL);
	free(memory);
}

static void check_neither(int device)
{
	char out[5] = "";
	__u64 bytes;

	CHECK(!wsk_device_io_control(device, IOCTL_CONTROL_NEXT, "HAL ", 3, out, 4, &bytes));
	CHECK(bytes == 3 && !strcmp(out, "IBM"));
}

/* Memory that is not there, may not be written to, or is the kernel's. */
static void check_bad_memory(int device)
{
	char *read_only = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *gone = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *const bad[] = {(void *)8, gone, (void *)0xffff888000000000, (void *)(-4096ul),
			     (void *)0x800000000000};
	uint32_t codes[] = {IOCTL_CONTROL_FILL, IOCTL_CONTROL_NEXT, IOCTL_CONTROL_REVERSE};
	char good[64] = "good";

	munmap(gone, 4096);
	for (unsigned int i = 0; i < 5; i++) {
		for (unsigned int c = 0; c < 3; c++) {
			CHECK(fails(device, codes[c], call_of(good, 4, bad[i], 64), EFAULT,
				    STATUS_ACCESS_VIOLATION));
			CHECK(fails(device, codes[c], call_of(bad[i], 4, good, 64), EFAULT,
				    STATUS_ACCESS_VIOLATION));
		}
		CHECK(fails(device, IOCTL_CONTROL_SUM, call_of(NULL, 0, bad[i], 64), EFAULT,
			    STATUS_ACCESS_VIOLATION));
		CHECK(ioctl(device, IOCTL_CONTROL_REVERSE, bad[i]) == -1 && errno == EFAULT);
	}
	for (unsigned int c = 0; c < 3; c++)
		CHECK(fails(device, codes[c], call_of(good, 4, read_only, 64), EFAULT,
			    STATUS_ACCESS_VIOLATION));
	CHECK(!wsk_device_io_control(device, IOCTL_CONTROL_SUM, NULL, 0, read_only, 64, NULL));
	/* More than there is memory for, or none at all for what is nothing. */
	CHECK(ioctl(device, IOCTL_CONTROL_REVERSE,
		    &(struct wsk_ioctl){.input = (uintptr_t)good, .input_length = 0xffffffff}) ==
	      -1);
	CHECK(errno == ENOMEM || errno == EFAULT);
	CHECK(!wsk_device_io_control(device, IOCTL_CONTROL_REVERSE, bad[0], 0, bad[0], 0, NULL));
	munmap(read_only, 4096);
}

static void check_errors(int device)
{
	struct wsk_ioctl call = call_of(NULL, 0, NULL, 0);
	static const struct {
		uint32_t status;
		int error;
	} table[] = {
		{0xC0000001, EIO},	    {0xC000000D, EINVAL}, {0xC0000010, ENOTTY},
		{0xC0000022, EACCES},	    {0xC000009A, ENOMEM}, {0xC00000BB, EOPNOTSUPP},
		{0xC00000B5, ETIMEDOUT},    {0x80000011, EBUSY},  {0xC0000120, ECANCELED},
		{0xC0000236, ECONNREFUSED},
	};

	for (unsigned int i = 0; i < sizeof(table) / sizeof(*table); i++)
		CHECK(fails(device, IOCTL_CONTROL_FAIL, call_of(&table[i].status, 4, NULL, 0),
			    table[i].error, table[i].status));
	CHECK(fails(device, CTL_CODE(CONTROL_DEVICE_TYPE, 0x999, 0, 0), call, ENOTTY, 0xC0000010));
	CHECK(fails(device, IOCTL_CONTROL_POST, call, ENOENT, 0xC0000225));
	call.reserved = 1;
	CHECK(ioctl(device, IOCTL_CONTROL_REVERSE, &call) == -1 && errno == EINVAL);
}

static void check_access(void)
{
	int reader = open_device(CONTROL, O_RDONLY), writer = open_device(CONTROL, O_WRONLY);
	char byte;

	CHECK(fails(reader, IOCTL_CONTROL_POST, call_of("x", 1, NULL, 0), EACCES,
		    STATUS_ACCESS_DENIED));
	CHECK(fails(writer, IOCTL_CONTROL_WAIT, call_of(NULL, 0, &byte, 1), EACCES,
		    STATUS_ACCESS_DENIED));
	CHECK(fails(writer, IOCTL_CONTROL_POST, call_of("x", 1, NULL, 0), ENOENT, 0xC0000225));
	CHECK(write(reader, "x", 1) == -1 && errno == EBADF);
	CHECK(read(writer, &byte, 1) == -1 && errno == EBADF);
	close(reader);
	close(writer);
}

static void check_files(const char *path)
{
	int device = open_device(path, O_RDWR), other = open_device(path, O_RDWR | O_APPEND);
	void *volatile nowhere = (void *)8;
	static char big[CONTROL_STORE_BYTES], back[CONTROL_STORE_BYTES + 1];

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = i * 13;
	CHECK(pwrite(device, big, 5000, 0) == 5000);
	CHECK(write(device, "Hello, ", 7) == 7);
	CHECK(write(device, "world", 5) == 5);
	CHECK(lseek(device, 0, SEEK_SET) == 0);
	CHECK(read(device, back, 12) == 12 && !memcmp(back, "Hello, world", 12));
	CHECK(read(device, back, 12) == 12 && !memcmp(back, big + 12, 12));
	CHECK(pread(device, back, 100, 4990) == 10 && !memcmp(back, big + 4990, 10));
	CHECK(read(other, back, 5) == 5); /* each file has its own position */
	CHECK(write(other, "end", 3) == 3);
	CHECK(pread(device, back, 100, 5000) == 3 && !memcmp(back, "end", 3));
	CHECK(pread(device, back, 1, 1 << 20) == 0);
	CHECK(pread(device, back, 0, 0) == 0 && pwrite(device, back, 0, 0) == 0);
	CHECK(pwrite(device, big, sizeof(big), 0) == sizeof(big));
	CHECK(pread(device, back, sizeof(back), 0) == sizeof(big) &&
	      !memcmp(back, big, sizeof(big)));
	CHECK(pwrite(device, big, 1, sizeof(big)) == -1 && errno == ENOSPC);
	CHECK(pwrite(device, big, 1, INT64_MAX - 1) == -1);
	CHECK(pread(device, nowhere, 10, 0) == -1 && errno == EFAULT);
	CHECK(pwrite(device, nowhere, 10, 0) == -1 && errno == EFAULT);
	CHECK(fsync(device) == 0);
	close(device);
	close(other);
}

#ifdef __x86_64__
/* As a program of 32 bits: the same structure, by the other way into the kernel. */
static int compat_ioctl(int device, uint32_t code, struct wsk_ioctl *call)
{
	long result;

	asm volatile("int $0x80"
		     : "=a"(result)
		     : "a"(54), "b"(device), "c"(code), "d"(call)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}

static void check_compat(int device)
{
	struct wsk_ioctl *call = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	char *text = (char *)(call + 1);
	uint32_t *who = (uint32_t *)text;

	memcpy(text, "abcd", 4);
	*call = call_of(text, 4, text, 4);
	CHECK(compat_ioctl(device, IOCTL_CONTROL_REVERSE, call) == 0);
	CHECK(call->bytes_returned == 4 && !memcmp(text, "dcba", 4));
	*call = call_of(NULL, 0, who, 8);
	CHECK(compat_ioctl(device, IOCTL_CONTROL_WHO, call) == 0 && who[1] == 32);
	munmap(call, 4096);
}
#else
static void check_compat(int device)
{
	(void)device;
}
#endif

static void check(void)
{
	int device = open_device(CONTROL, O_RDWR);

	check_buffered(device);
	check_direct(device);
	check_neither(device);
	check_bad_memory(device);
	check_errors(device);
	check_compat(device);
	check_access();
	check_files(CONTROL);
	check_files(DIRECT);
	close(device);
}

static void wait_for_post(void)
{
	int device = open_device(CONTROL, O_RDWR);
	struct wsk_ioctl call;
	char text[100];

	call = call_of(NULL, 0, text, sizeof(text));
	if (ioctl(device, IOCTL_CONTROL_WAIT, &call))
		printf("%s, status 0x%08x\n", strerrorname_np(errno), call.status);
	else
		printf("answered: %.*s\n", (int)call.bytes_returned, text);
}

static void post(const char *text)
{
	int device = open_device(CONTROL, O_WRONLY);

	if (wsk_device_io_control(device, IOCTL_CONTROL_POST, text, strlen(text), NULL, 0, NULL)) {
		perror("post");
		exit(1);
	}
}

static int posted(int device)
{
	return !wsk_device_io_control(device, IOCTL_CONTROL_POST, "x", 1, NULL, 0, NULL);
}

/* A thread that waits in the device. */
struct waiter {
	pthread_t thread;
	int device, result, error;
	uint32_t status;
	volatile pid_t id;
};

static void *run_waiter(void *context)
{
	struct waiter *self = context;
	char text[10];
	struct wsk_ioctl call = call_of(NULL, 0, text, sizeof(text));

	self->id = gettid();
	self->result = ioctl(self->device, IOCTL_CONTROL_WAIT, &call);
	self->error = errno;
	self->status = call.status;
	return NULL;
}

/* Comes back when it sleeps in the system call. */
static void start_waiter(struct waiter *waiter, int device)
{
	char path[64], line[64] = "";

	*waiter = (struct waiter){.device = device};
	pthread_create(&waiter->thread, NULL, run_waiter, waiter);
	do {
		usleep(1000);
		snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", waiter->id);
		int file = waiter->id ? open(path, O_RDONLY) : -1;

		if (file >= 0) {
			ssize_t length = read(file, line, sizeof(line) - 1);

			line[length > 0 ? length : 0] = 0;
			close(file);
		}
	} while (atoi(line) != SYS_ioctl || strncmp(line, "running", 7) == 0);
}

static void on_signal(int number)
{
	(void)number;
}

static void interrupt(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	int device = open_device(CONTROL, O_RDWR), other = open_device(CONTROL, O_RDWR), copy;
	struct waiter waiter, second;

	sigaction(SIGUSR1, &action, NULL);
	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR2, &action, NULL);

	/* A signal that is handled ends the call. */
	start_waiter(&waiter, device);
	pthread_kill(waiter.thread, SIGUSR1);
	pthread_join(waiter.thread, NULL);
	CHECK(waiter.result == -1 && waiter.error == EINTR && waiter.status == STATUS_CANCELLED);

	/* Unless it asks for the call to go on: then it is sent again. */
	start_waiter(&waiter, device);
	pthread_kill(waiter.thread, SIGUSR2);
	usleep(100000);
	while (!posted(other))
		usleep(1000);
	pthread_join(waiter.thread, NULL);
	CHECK(waiter.result == 0);

	/* Nobody has the file any more: its requests end, and no others. */
	start_waiter(&waiter, device);
	start_waiter(&second, other);
	close(device);
	pthread_join(waiter.thread, NULL);
	CHECK(waiter.result == -1 && waiter.error == ECANCELED &&
	      waiter.status == STATUS_CANCELLED);

	/* Somebody has. */
	copy = dup(other);
	close(other);
	CHECK(posted(copy));
	pthread_join(second.thread, NULL);
	CHECK(second.result == 0);
	close(copy);
}

static unsigned int random_up_to(unsigned int limit)
{
	return (unsigned int)random() % limit;
}

/* What one process of many does, until the time is up. */
static void storm_child(unsigned int seed, time_t end)
{
	char buffer[8192];

	srandom(seed);
	signal(SIGALRM, on_signal);
	while (time(NULL) < end) {
		int device = open(random_up_to(4) ? CONTROL : DIRECT, O_RDWR | O_CLOEXEC);
		struct waiter waiter;

		if (device < 0)
			continue;
		switch (random_up_to(7)) {
		case 0:
			alarm(1);
			ioctl(device, IOCTL_CONTROL_WAIT,
			      &(struct wsk_ioctl){.output = (uintptr_t)buffer,
						  .output_length = sizeof(buffer)});
			alarm(0);
			break;
		case 1:
			waiter = (struct waiter){.device = device};
			pthread_create(&waiter.thread, NULL, run_waiter, &waiter);
			usleep(random_up_to(2000));
			close(device);
			pthread_kill(waiter.thread, SIGALRM);
			usleep(1000);
			/* It may have come too late to be told by either. */
			while (pthread_tryjoin_np(waiter.thread, NULL)) {
				pthread_kill(waiter.thread, SIGALRM);
				usleep(1000);
			}
			continue;
		case 2:
			for (int i = 0; i < 100; i++)
				posted(device);
			break;
		case 3:
			(void)!pread(device, buffer, sizeof(buffer), random_up_to(65536));
			(void)!pwrite(device, buffer, sizeof(buffer), random_up_to(65536));
			break;
		case 4:
			wsk_device_io_control(device, IOCTL_CONTROL_FILL, "a", 1, buffer,
					      sizeof(buffer), NULL);
			break;
		case 5:
			wsk_device_io_control(device, IOCTL_CONTROL_NEXT, buffer, 100, buffer + 100,
					      100, NULL);
			break;
		default:
			wsk_device_io_control(device, IOCTL_CONTROL_REVERSE, buffer, 4000, buffer,
					      sizeof(buffer), NULL);
		}
		close(device);
	}
	_exit(0);
}

/* Some are killed in the midst of it. */
static void storm(int seconds)
{
	enum { PROCESSES = 16 };
	time_t end = time(NULL) + seconds;
	pid_t children[PROCESSES];

	for (int i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (!children[i])
			storm_child(i, end);
	}
	for (int round = 0; time(NULL) < end; round++) {
		int victim = random_up_to(PROCESSES);

		usleep(50000);
		kill(children[victim], SIGKILL);
		waitpid(children[victim], NULL, 0);
		children[victim] = fork();
		if (!children[victim])
			storm_child(1000 + round, end);
	}
	for (int i = 0; i < PROCESSES; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
}

static void denied(void)
{
	int device;

	if (setgid(65534) || setuid(65534))
		exit(1);
	CHECK(open(DIRECT, O_RDONLY) == -1 && errno == EACCES);
	CHECK(open(CONTROL, O_RDWR) == -1 && errno == EACCES);
	device = open_device(CONTROL, O_RDONLY);
	CHECK(!wsk_device_io_control(device, IOCTL_CONTROL_REVERSE, NULL, 0, NULL, 0, NULL));
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *argument = argc > 2 ? argv[2] : "";

	if (!strcmp(what, "check")) {
		check();
	} else if (!strcmp(what, "reverse")) {
		int device = open_device(CONTROL, O_RDONLY);
		size_t length = strlen(argument);
		char back[length + 1];

		CHECK(!wsk_device_io_control(device, IOCTL_CONTROL_REVERSE, argument, length, back,
					     length, NULL));
		printf("%.*s\n", (int)length, back);
	} else if (!strcmp(what, "wait")) {
		wait_for_post();
	} else if (!strcmp(what, "post")) {
		post(argument);
	} else if (!strcmp(what, "interrupt")) {
		interrupt();
	} else if (!strcmp(what, "storm")) {
		storm(atoi(argument));
	} else if (!strcmp(what, "hold")) {
		open_device(CONTROL, O_RDWR);
		puts("open");
		fflush(stdout);
		pause();
	} else if (!strcmp(what, "denied")) {
		denied();
	} else {
		fprintf(stderr,
			"control_client check | reverse TEXT | wait | post TEXT | interrupt | "
			"storm SECONDS | hold | denied\n");
		return 2;
	}
	return failures ? 1 : 0;
}

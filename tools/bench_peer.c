// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * bench_peer - an echo server of user space, one of the peers of `make bench`.
 *
 *   bench_peer epoll PORT      one thread, epoll, non-blocking sockets
 *   bench_peer io_uring PORT   one thread, a request for each connection, one system call a turn
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, ENTRIES = 1024, MAX_FDS = 2048 };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int listen_on(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons(port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 1024))
		die("bind");
	return fd;
}

static void push_at_once(int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static void watch(int poll, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl");
}

static void serve_by_epoll(int port)
{
	static char buffer[CHUNK];
	int listener = listen_on(port), poll = epoll_create1(0);
	struct epoll_event events[64];

	watch(poll, listener);
	for (;;) {
		int count = epoll_wait(poll, events, 64, -1);

		for (int i = 0; i < count; i++) {
			int fd = events[i].data.fd;
			ssize_t received;

			if (fd == listener) {
				fd = accept(listener, NULL, NULL);
				push_at_once(fd);
				watch(poll, fd);
				continue;
			}
			received = recv(fd, buffer, sizeof(buffer), 0);
			if (received <= 0 || send(fd, buffer, received, MSG_NOSIGNAL) != received)
				close(fd);
		}
	}
}

/* The two rings, as the kernel shares them. */
static struct {
	int fd;
	unsigned *sq_head, *sq_tail, *sq_mask, *sq_array;
	unsigned *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	unsigned queued;
} ring;

static void *map(size_t size, off_t offset)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd,
			offset);

	if (at == MAP_FAILED)
		die("mmap");
	return at;
}

static void open_ring(void)
{
	struct io_uring_params params = {.flags = IORING_SETUP_SINGLE_ISSUER |
						  IORING_SETUP_DEFER_TASKRUN};
	char *sq, *cq;

	ring.fd = syscall(SYS_io_uring_setup, ENTRIES, &params);
	if (ring.fd < 0)
		die("io_uring_setup");
	sq = map(params.sq_off.array + params.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
	cq = map(params.cq_off.cqes + params.cq_entries * sizeof(*ring.cqes), IORING_OFF_CQ_RING);
	ring.sqes = map(params.sq_entries * sizeof(*ring.sqes), IORING_OFF_SQES);
	ring.sq_head = (unsigned *)(sq + params.sq_off.head);
	ring.sq_tail = (unsigned *)(sq + params.sq_off.tail);
	ring.sq_mask = (unsigned *)(sq + params.sq_off.ring_mask);
	ring.sq_array = (unsigned *)(sq + params.sq_off.array);
	ring.cq_head = (unsigned *)(cq + params.cq_off.head);
	ring.cq_tail = (unsigned *)(cq + params.cq_off.tail);
	ring.cq_mask = (unsigned *)(cq + params.cq_off.ring_mask);
	ring.cqes = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
}

static void queue(int operation, int fd, void *data, unsigned size)
{
	unsigned tail = *ring.sq_tail, index = tail & *ring.sq_mask;
	struct io_uring_sqe *sqe = &ring.sqes[index];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = operation;
	sqe->fd = fd;
	sqe->addr = (uintptr_t)data;
	sqe->len = size;
	sqe->user_data = (uint64_t)operation << 32 | (unsigned)fd;
	ring.sq_array[index] = index;
	__atomic_store_n(ring.sq_tail, tail + 1, __ATOMIC_RELEASE);
	ring.queued++;
}

static void completed(const struct io_uring_cqe *cqe, char **buffers)
{
	int operation = cqe->user_data >> 32, fd = (unsigned)cqe->user_data, result = cqe->res;

	if (operation == IORING_OP_ACCEPT) {
		queue(IORING_OP_ACCEPT, fd, NULL, 0);
		if (result < 0 || result >= MAX_FDS)
			return;
		push_at_once(result);
		if (!buffers[result])
			buffers[result] = malloc(CHUNK);
		queue(IORING_OP_RECV, result, buffers[result], CHUNK);
	} else if (result <= 0) {
		close(fd);
	} else if (operation == IORING_OP_RECV) {
		queue(IORING_OP_SEND, fd, buffers[fd], result);
	} else {
		queue(IORING_OP_RECV, fd, buffers[fd], CHUNK);
	}
}

static void serve_by_io_uring(int port)
{
	static char *buffers[MAX_FDS];

	open_ring();
	queue(IORING_OP_ACCEPT, listen_on(port), NULL, 0);
	for (;;) {
		int submitted = syscall(SYS_io_uring_enter, ring.fd, ring.queued, 1,
					IORING_ENTER_GETEVENTS, NULL, 0);
		unsigned head = *ring.cq_head;

		if (submitted < 0 && errno != EINTR)
			die("io_uring_enter");
		ring.queued = 0;
		while (head != __atomic_load_n(ring.cq_tail, __ATOMIC_ACQUIRE)) {
			completed(&ring.cqes[head & *ring.cq_mask], buffers);
			__atomic_store_n(ring.cq_head, ++head, __ATOMIC_RELEASE);
		}
	}
}

int main(int argc, char **argv)
{
	int port = argc == 3 ? atoi(argv[2]) : 0;

	if (port && !strcmp(argv[1], "epoll"))
		serve_by_epoll(port);
	else if (port && !strcmp(argv[1], "io_uring"))
		serve_by_io_uring(port);
	fprintf(stderr, "usage: bench_peer epoll|io_uring PORT\n");
	return 2;
}

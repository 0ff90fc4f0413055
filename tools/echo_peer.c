// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * echo_peer - a client that puts an echo server to the test, and a plain echo server.
 *
 *   echo_peer talk HOST PORT           send some lines one by one, show what comes back
 *   echo_peer load [OPTION]... HOST PORT
 *       -n N   connections, all open at once (1)
 *       -b N   bytes that each sends (4096); K and M are understood
 *       -s N   read N bytes at most every 10 ms: a slow reader
 *       -H     send everything and shut down before the first read
 *       -r N   every N-th connection is reset half-way; the others must not notice
 *       -S N   seconds during which each finished connection is replaced by a new one, and failed
 *              ones too: for servers that are taken down meanwhile
 *       -t N   seconds without any progress after which it gives up (20)
 *       -o     hold the connections open, when all is echoed, until a signal comes
 *       -d     never read, and hold the connections open when nothing more can be sent
 *   echo_peer serve PORT               echo to whoever connects, IPv4 and IPv6
 *   echo_peer hold PORT                listen on PORT and never accept
 *
 * Each byte is a function of its place and its connection, and every one that returns is compared.
 * Exit status 0: all came back. Statically linked, it also runs where there is no C library.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, MAX_EVENTS = 64 };

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
	socklen_t length;
};

struct connection {
	int fd;
	uint32_t seed;
	size_t sent;
	size_t received;
	bool connected;
	bool finished_sending;
	bool echoed; /* everything came back; the server's end of stream is awaited */
	bool to_reset;
	double read_after;
};

static struct {
	struct address server;
	unsigned int connections;
	size_t bytes;
	size_t slow;
	bool half_close_first;
	unsigned int reset_every;
	double seconds;
	double patience;
	bool hold;
	bool deaf;
} options = {.connections = 1, .bytes = 4096, .patience = 20};

static struct {
	unsigned int complete;
	unsigned int reset;
	unsigned int failed;
	unsigned long long bytes;
} result;

static volatile sig_atomic_t stopped;
static uint32_t next_seed = 1;
static int poller;
static char chunk[CHUNK];

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
	va_list arguments;

	fputs("echo_peer: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec * 1e-9;
}

/* A byte for each place of each connection, from a hash of both. */
static uint8_t pattern(uint32_t seed, size_t offset)
{
	uint32_t word = (uint32_t)(offset >> 2) * 2654435761u ^ seed * 2246822519u;

	word ^= word >> 15;
	word *= 2246822519u;
	word ^= word >> 13;
	return word >> (offset & 3) * 8;
}

static struct address resolve(const char *host, const char *port)
{
	struct address address = {0};
	int number = atoi(port);

	if (inet_pton(AF_INET, host, &address.v4.sin_addr) == 1) {
		address.v4.sin_family = AF_INET;
		address.v4.sin_port = htons(number);
		address.length = sizeof(address.v4);
	} else if (inet_pton(AF_INET6, host, &address.v6.sin6_addr) == 1) {
		address.v6.sin6_family = AF_INET6;
		address.v6.sin6_port = htons(number);
		address.length = sizeof(address.v6);
	} else {
		die("%s is no address", host);
	}
	return address;
}

static size_t parse_size(const char *text)
{
	char *end;
	size_t size = strtoull(text, &end, 10);

	if (*end == 'K')
		size <<= 10;
	else if (*end == 'M')
		size <<= 20;
	return size;
}

/* Lines, one by one, as a person would. */
static int talk(const struct address *server)
{
	static const char *const lines[] = {
		"Hello from outside.",
		"The quick brown fox jumps over the lazy dog.",
		"Gr\xc3\xbc\xc3\x9f"
		"e, \xe4\xb8\x96\xe7\x95\x8c!",
	};
	struct timeval patience = {.tv_sec = 10};
	int fd = socket(server->any.sa_family, SOCK_STREAM, 0);
	char back[256];

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, &server->any, server->length))
		die("cannot connect: %s", strerror(errno));
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		size_t length = strlen(lines[i]);

		if (send(fd, lines[i], length, MSG_NOSIGNAL) != (ssize_t)length)
			die("cannot send: %s", strerror(errno));
		if (recv(fd, back, length, MSG_WAITALL) != (ssize_t)length)
			die("nothing came back: %s", strerror(errno));
		printf("    -> %s\n    <- %.*s\n", lines[i], (int)length, back);
		if (memcmp(back, lines[i], length))
			die("something else came back");
	}
	shutdown(fd, SHUT_WR);
	if (recv(fd, back, sizeof(back), 0))
		die("the server did not finish: %s", strerror(errno));
	close(fd);
	return 0;
}

static void watch(struct connection *connection, int operation)
{
	struct epoll_event event = {.data.ptr = connection};

	if (!connection->connected ||
	    (connection->sent < options.bytes && !connection->finished_sending))
		event.events |= EPOLLOUT;
	if (connection->connected && !connection->read_after && !options.deaf &&
	    (!options.half_close_first || connection->finished_sending))
		event.events |= EPOLLIN;
	if (epoll_ctl(poller, operation, connection->fd, &event))
		die("epoll_ctl: %s", strerror(errno));
}

static void open_connection(struct connection *connection)
{
	*connection = (struct connection){.seed = next_seed++};
	connection->to_reset = options.reset_every && connection->seed % options.reset_every == 0;
	connection->fd = socket(options.server.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (connection->fd < 0)
		die("socket: %s", strerror(errno));
	if (options.slow || options.deaf) {
		int small = 16 * 1024;

		setsockopt(connection->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	}
	/* A refusal that comes at once is found by the first event. */
	connect(connection->fd, &options.server.any, options.server.length);
	watch(connection, EPOLL_CTL_ADD);
}

/* Returns whether the connection is over, having counted it. */
static bool fail(const struct connection *connection, const char *what)
{
	if (!options.seconds)
		fprintf(stderr,
			"echo_peer: connection %u: %s after %zu bytes sent, %zu received: %s\n",
			connection->seed, what, connection->sent, connection->received,
			errno ? strerror(errno) : "the end");
	result.failed++;
	return true;
}

static bool send_some(struct connection *connection)
{
	size_t length = options.bytes - connection->sent;
	ssize_t sent;

	if (length > CHUNK)
		length = CHUNK;
	for (size_t i = 0; i < length; i++)
		chunk[i] = pattern(connection->seed, connection->sent + i);
	errno = 0;
	sent = length ? send(connection->fd, chunk, length, MSG_NOSIGNAL) : 0;
	if (sent < 0)
		return errno == EAGAIN ? false : fail(connection, "cannot send");
	connection->sent += sent;
	if (connection->to_reset && connection->sent >= options.bytes / 2) {
		struct linger abort = {.l_onoff = 1};

		setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &abort, sizeof(abort));
		result.reset++;
		return true;
	}
	if (connection->sent == options.bytes && !options.hold) {
		shutdown(connection->fd, SHUT_WR);
		connection->finished_sending = true;
	}
	return false;
}

static bool receive_some(struct connection *connection)
{
	size_t length = options.slow ? options.slow : CHUNK;
	ssize_t received;

	errno = 0;
	received = recv(connection->fd, chunk, length, 0);
	if (received < 0)
		return errno == EAGAIN ? false : fail(connection, "cannot receive");
	if (!received) {
		if (connection->received != options.bytes)
			return fail(connection, "too little came back");
		result.complete++;
		return true;
	}
	for (ssize_t i = 0; i < received; i++) {
		if ((uint8_t)chunk[i] != pattern(connection->seed, connection->received + i))
			return fail(connection, "a wrong byte came back");
	}
	connection->received += received;
	result.bytes += received;
	if (connection->received > connection->sent)
		return fail(connection, "more came back than was sent");
	if (connection->received == options.bytes && !connection->echoed) {
		connection->echoed = true;
		if (options.hold)
			result.complete++;
	}
	if (options.slow)
		connection->read_after = now() + 0.01;
	return false;
}

/* Returns whether the connection is over. */
static bool serve_event(struct connection *connection, uint32_t events)
{
	if (!connection->connected) {
		int error = 0;
		socklen_t length = sizeof(error);

		getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &length);
		errno = error;
		if (error)
			return fail(connection, "cannot connect");
		connection->connected = true;
	}
	if ((events & EPOLLOUT) && !connection->finished_sending && send_some(connection))
		return true;
	if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !connection->read_after &&
	    receive_some(connection))
		return true;
	watch(connection, EPOLL_CTL_MOD);
	return false;
}

static int load(void)
{
	struct connection *all = calloc(options.connections, sizeof(*all));
	struct epoll_event events[MAX_EVENTS];
	struct rlimit files = {options.connections + 64, options.connections + 64};
	double start = now(), progress = start;
	unsigned int open = options.connections;
	bool shown = false;

	setrlimit(RLIMIT_NOFILE, &files);
	poller = epoll_create1(0);
	for (unsigned int i = 0; i < options.connections; i++)
		open_connection(&all[i]);

	while (open && !stopped) {
		unsigned int counted = result.complete + result.failed + result.reset;
		unsigned long long bytes = result.bytes;
		int count = epoll_wait(poller, events, MAX_EVENTS, options.slow ? 2 : 100);

		for (int i = 0; i < count; i++) {
			struct connection *connection = events[i].data.ptr;

			if (!serve_event(connection, events[i].events))
				continue;
			close(connection->fd);
			connection->fd = -1;
			if (now() - start < options.seconds)
				open_connection(connection);
			else
				open--;
		}
		for (unsigned int i = 0; options.slow && i < options.connections; i++) {
			if (all[i].fd >= 0 && all[i].read_after && now() >= all[i].read_after) {
				all[i].read_after = 0;
				watch(&all[i], EPOLL_CTL_MOD);
			}
		}
		if (!shown &&
		    ((options.deaf && !count) ||
		     (options.hold && result.complete + result.failed == options.connections))) {
			shown = true;
			printf("holding %u connections\n", open);
			fflush(stdout);
		}
		if (shown || options.deaf || bytes != result.bytes ||
		    counted != result.complete + result.failed + result.reset)
			progress = now();
		if (now() - progress > options.patience) {
			for (unsigned int i = 0; i < options.connections; i++) {
				errno = ETIMEDOUT;
				if (all[i].fd >= 0)
					fail(&all[i], all[i].connected ? "stuck" : "not connected");
			}
			break;
		}
	}
	printf("%u connection%s complete, %u reset, %u failed; %llu bytes came back as they were, "
	       "in %.2f s\n",
	       result.complete, result.complete == 1 ? "" : "s", result.reset, result.failed,
	       result.bytes, now() - start);
	if (options.seconds)
		return result.complete ? 0 : 1;
	return result.failed || result.complete + result.reset < options.connections;
}

static int listen_on(int port)
{
	struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&any, sizeof(any)) || listen(fd, 128))
		die("cannot listen on port %d: %s", port, strerror(errno));
	return fd;
}

/* One process a connection: the simplest server there is, to compare with. */
static int serve(int port)
{
	int listener = listen_on(port);

	signal(SIGCHLD, SIG_IGN);
	while (!stopped) {
		int fd = accept(listener, NULL, NULL);
		ssize_t length;

		if (fd < 0)
			continue;
		if (fork()) {
			close(fd);
			continue;
		}
		while ((length = recv(fd, chunk, CHUNK, 0)) > 0) {
			for (ssize_t sent = 0, part; sent < length; sent += part) {
				part = send(fd, chunk + sent, length - sent, MSG_NOSIGNAL);
				if (part < 0)
					exit(1);
			}
		}
		exit(0);
	}
	return 0;
}

int main(int count, char **arguments)
{
	struct sigaction action = {.sa_handler = stop};
	int option;

	if (count < 3)
		die("talk, load, serve or hold?");
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	if (!strcmp(arguments[1], "serve"))
		return serve(atoi(arguments[2]));
	if (!strcmp(arguments[1], "hold")) {
		listen_on(atoi(arguments[2]));
		while (!stopped)
			pause();
		return 0;
	}
	if (!strcmp(arguments[1], "talk") && count == 4) {
		options.server = resolve(arguments[2], arguments[3]);
		return talk(&options.server);
	}
	if (strcmp(arguments[1], "load"))
		die("%s?", arguments[1]);

	optind = 2;
	while ((option = getopt(count, arguments, "n:b:s:Hr:S:t:od")) != -1) {
		switch (option) {
		case 'n':
			options.connections = atoi(optarg);
			break;
		case 'b':
			options.bytes = parse_size(optarg);
			break;
		case 's':
			options.slow = parse_size(optarg);
			break;
		case 'H':
			options.half_close_first = true;
			break;
		case 'r':
			options.reset_every = atoi(optarg);
			break;
		case 'S':
			options.seconds = atof(optarg);
			break;
		case 't':
			options.patience = atof(optarg);
			break;
		case 'o':
			options.hold = true;
			break;
		case 'd':
			options.deaf = true;
			break;
		default:
			return 2;
		}
	}
	if (count - optind != 2)
		die("where to?");
	options.server = resolve(arguments[optind], arguments[optind + 1]);
	return load();
}

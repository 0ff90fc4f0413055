// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * wsk-resolve - answers the questions about names that wsk.ko asks, with what this machine knows:
 * /etc/hosts, DNS, and whatever else /etc/nsswitch.conf names.
 *
 * /sbin/request-key runs it, by the rule in wsk.conf beside this file: the question comes in on
 * standard input, the answer goes out on standard output, and exit status 0 says that it is one.
 * Documentation/names.rst has the language of both. By hand:
 *
 *	echo 'wsk1 address 00000002 0 1 0 localhost http' | wsk-resolve
 *
 * Questions hold names that somebody may have made up to do harm, and so may answers of name
 * servers: this program has no rights, takes nothing for granted, and ends after half a minute.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <locale.h>
#include <netdb.h>
#include <netinet/in.h>
#include <nss.h>
#include <resolv.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	QUESTION_BYTES = 16384,
	ANSWER_BYTES = 16384, /* what wsk.ko takes */
	ANSWER_ADDRESSES = 256,
	NOBODY = 65534,
	SECONDS = 25,
};

/* Flags as they come, with Windows' values. */
enum {
	WIN_AI_PASSIVE = 0x1,
	WIN_AI_CANONNAME = 0x2,
	WIN_AI_NUMERICSERV = 0x8,
	WIN_AI_DNS_ONLY = 0x10,
	WIN_AI_ALL = 0x100,
	WIN_AI_ADDRCONFIG = 0x400,
	WIN_AI_V4MAPPED = 0x800,
	WIN_AI_FQDN = 0x20000,
	WIN_AI_DISABLE_IDN_ENCODING = 0x80000,
	WIN_NI_NOFQDN = 0x1,
	WIN_NI_DGRAM = 0x10,
};

static char answer[ANSWER_BYTES];
static size_t answered;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What does not fit is no answer any more; finish() sees it. */
static void say(const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(answer + answered, sizeof(answer) - answered, format, arguments);
	va_end(arguments);
	answered += length < 0 ? sizeof(answer) : (size_t)length;
	if (answered > sizeof(answer))
		answered = sizeof(answer);
}

static void write_all(const char *text, size_t length)
{
	while (length) {
		ssize_t written = write(STDOUT_FILENO, text, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			_exit(1);
		text += written;
		length -= written;
	}
}

static void fail(const char *why) __attribute__((noreturn));
static void fail(const char *why)
{
	write_all("wsk1 failed ", 12);
	write_all(why, strlen(why));
	write_all("\n", 1);
	_exit(0);
}

static void out_of_time(int number)
{
	(void)number;
	fail("again");
}

static void finish(void) __attribute__((noreturn));
static void finish(void)
{
	say("end\n");
	if (answered == sizeof(answer))
		fail("failed");
	/* Nothing more may be said. */
	alarm(0);
	write_all(answer, answered);
	_exit(0);
}

static void refuse(const char *what) __attribute__((noreturn));
static void refuse(const char *what)
{
	fprintf(stderr, "wsk-resolve: %s\n", what);
	exit(1);
}

static void fail_for(int error) __attribute__((noreturn));
static void fail_for(int error)
{
	switch (error) {
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
	case EAI_SERVICE:
	case EAI_IDN_ENCODE:
		fail("none");
	case EAI_AGAIN:
		fail("again");
	case EAI_MEMORY:
		fail("memory");
	case EAI_FAMILY:
	case EAI_SOCKTYPE:
	case EAI_BADFLAGS:
		fail("unsupported");
	default:
		fprintf(stderr, "wsk-resolve: %s\n",
			error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
		fail("failed");
	}
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

static int hex_byte(const char *text)
{
	int high = hex_digit(text[0]), low = high < 0 ? -1 : hex_digit(text[1]);

	return low < 0 ? -1 : high << 4 | low;
}

/* Unescapes a name where it stands; NULL for "*". */
static char *name(char *word)
{
	char *to = word, *from = word;

	if (!strcmp(word, "*"))
		return NULL;
	while (*from) {
		int byte = (unsigned char)*from++;

		if (byte == '=') {
			byte = hex_byte(from);
			if (byte <= 0)
				refuse("a name is not written as names are");
			from += 2;
		}
		*to++ = byte;
	}
	*to = 0;
	if (!*word)
		refuse("a name is empty");
	return word;
}

static unsigned long number(const char *word, int base, unsigned long most)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(word, &end, base);
	if (!*word || *end || errno || value > most || *word == '-' || *word == '+')
		refuse("a number is wrong");
	return value;
}

static void say_name(const char *kind, const char *text)
{
	say("%s ", kind);
	for (; *text; text++) {
		unsigned char byte = *text;

		if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
		    (byte >= '0' && byte <= '9') || strchr(".-_:", byte))
			say("%c", byte);
		else
			say("=%02X", byte);
	}
	say("\n");
}

static void say_address(const struct addrinfo *info, int type, int protocol)
{
	const unsigned char *bytes;
	unsigned int port, scope = 0, size = 4;

	if (info->ai_family == AF_INET6) {
		const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)info->ai_addr;

		bytes = ipv6->sin6_addr.s6_addr;
		size = 16;
		port = ntohs(ipv6->sin6_port);
		scope = ipv6->sin6_scope_id;
	} else {
		const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)info->ai_addr;

		bytes = (const unsigned char *)&ipv4->sin_addr;
		port = ntohs(ipv4->sin_port);
	}
	say("address %c %d %d %u ", size == 4 ? '4' : '6', type, protocol, port);
	for (unsigned int i = 0; i < size; i++)
		say("%02X", bytes[i]);
	say(" %u\n", scope);
}

/* The canonical name; whole, where it is wanted so: with this machine's domain if it has none. */
static void say_canonical(const char *canonical, int qualified)
{
	char whole[2 * NI_MAXHOST];
	const char *domain = NULL;

	if (qualified && !strchr(canonical, '.') && !strchr(canonical, ':') && !res_init())
		domain = _res.dnsrch[0];
	if (domain && *domain && *domain != '.' &&
	    snprintf(whole, sizeof(whole), "%s.%s", canonical, domain) < (int)sizeof(whole))
		canonical = whole;
	say_name("canonical", canonical);
}

static int is_ascii(const char *text)
{
	while (*text > 0)
		text++;
	return !*text;
}

/* FLAGS FAMILY TYPE PROTOCOL NODE SERVICE */
static void answer_address(char **words)
{
	static const struct {
		unsigned long theirs;
		int ours;
	} flags[] = {
		{WIN_AI_PASSIVE, AI_PASSIVE},	{WIN_AI_CANONNAME, AI_CANONNAME},
		{WIN_AI_FQDN, AI_CANONNAME},	{WIN_AI_NUMERICSERV, AI_NUMERICSERV},
		{WIN_AI_ALL, AI_ALL},		{WIN_AI_ADDRCONFIG, AI_ADDRCONFIG},
		{WIN_AI_V4MAPPED, AI_V4MAPPED},
	};
	unsigned long wanted = number(words[0], 16, 0xffffffff);
	unsigned long family = number(words[1], 10, 6);
	int type = number(words[2], 10, SOCK_RAW), protocol = number(words[3], 10, 255);
	char *node = name(words[4]), *service = name(words[5]);
	struct addrinfo hints = {0}, *list, *one;
	int error, count = 0;

	hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (wanted & flags[i].theirs)
			hints.ai_flags |= flags[i].ours;
	if (!node)
		hints.ai_flags &= ~AI_CANONNAME;
	else if (!is_ascii(node) && !(wanted & WIN_AI_DISABLE_IDN_ENCODING))
		hints.ai_flags |= AI_IDN;
	/* Without a service each address is wanted once, for whatever it is to be used for. */
	hints.ai_socktype = service ? type : SOCK_STREAM;
	hints.ai_protocol = service ? protocol : 0;
	if (wanted & WIN_AI_DNS_ONLY)
		__nss_configure_lookup("hosts", "dns");

	error = getaddrinfo(node, service, &hints, &list);
	if (error)
		fail_for(error);
	say("wsk1 ok\n");
	if (list->ai_canonname)
		say_canonical(list->ai_canonname, wanted & WIN_AI_FQDN);
	for (one = list; one && count < ANSWER_ADDRESSES; one = one->ai_next) {
		if (one->ai_family != AF_INET && one->ai_family != AF_INET6)
			continue;
		/* Raw sockets have no services. */
		if (service && one->ai_socktype == SOCK_RAW)
			continue;
		say_address(one, service ? one->ai_socktype : type,
			    service ? one->ai_protocol : protocol);
		count++;
	}
	if (!count)
		fail("none");
	finish();
}

static socklen_t read_address(char **words, struct sockaddr_storage *address)
{
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)address;
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)address;
	unsigned long family = number(words[0], 10, 6), scope = number(words[2], 10, 0xffffffff);
	unsigned long port = number(words[3], 10, 65535);
	size_t size = family == 4 ? 4 : 16;
	unsigned char bytes[16];

	if ((family != 4 && family != 6) || strlen(words[1]) != 2 * size)
		refuse("an address is wrong");
	for (size_t i = 0; i < size; i++) {
		int byte = hex_byte(words[1] + 2 * i);

		if (byte < 0)
			refuse("an address is wrong");
		bytes[i] = byte;
	}
	if (family == 4) {
		ipv4->sin_family = AF_INET;
		ipv4->sin_port = htons(port);
		memcpy(&ipv4->sin_addr, bytes, 4);
		return sizeof(*ipv4);
	}
	ipv6->sin6_family = AF_INET6;
	ipv6->sin6_port = htons(port);
	ipv6->sin6_scope_id = scope;
	memcpy(&ipv6->sin6_addr, bytes, 16);
	return sizeof(*ipv6);
}

/* FLAGS FAMILY BYTES SCOPE PORT node|* service|* */
static void answer_name(char **words)
{
	unsigned long wanted = number(words[0], 16, 0xffffffff);
	struct sockaddr_storage address = {0};
	socklen_t length = read_address(words + 1, &address);
	char text[NI_MAXHOST] = "", service[NI_MAXSERV] = "";
	int error;

	if (!strcmp(words[5], "node")) {
		error = getnameinfo((struct sockaddr *)&address, length, text, sizeof(text), NULL,
				    0, NI_NAMEREQD | (wanted & WIN_NI_NOFQDN ? NI_NOFQDN : 0));
		if (error && error != EAI_NONAME)
			fail_for(error);
		if (error)
			*text = 0;
	}
	if (!strcmp(words[6], "service")) {
		error = getnameinfo((struct sockaddr *)&address, length, NULL, 0, service,
				    sizeof(service), wanted & WIN_NI_DGRAM ? NI_DGRAM : 0);
		/* What has no name comes as a number, and that is not asked for. */
		if (error || !strcmp(service, words[4]))
			*service = 0;
	}
	say("wsk1 ok\n");
	if (*text)
		say_name("node", text);
	else
		say("node *\n");
	if (*service)
		say_name("service", service);
	else
		say("service *\n");
	finish();
}

static void read_question(char *question)
{
	size_t length = 0;
	ssize_t got;

	while ((got = read(STDIN_FILENO, question + length, QUESTION_BYTES - length)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			refuse("the question cannot be read");
		length += got;
		if (length == QUESTION_BYTES)
			refuse("the question is too long");
	}
	if (length && question[length - 1] == '\n')
		length--;
	question[length] = 0;
	if (strlen(question) != length)
		refuse("the question is no text");
}

/* At one space each; how many there are. */
static int split(char *text, char **words, int most)
{
	int count = 0;

	while (text && count < most) {
		words[count++] = text;
		text = strchr(text, ' ');
		if (text)
			*text++ = 0;
	}
	return text ? most + 1 : count;
}

/* Whoever asks through request-key makes us root, for which there is no need. */
static void drop_rights(void)
{
	if (geteuid())
		return;
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		refuse("root's rights cannot be given up");
}

int main(void)
{
	static char question[QUESTION_BYTES];
	char *words[9];
	int count;

	drop_rights();
	signal(SIGALRM, out_of_time);
	alarm(SECONDS);
	/* Names come as UTF-8. */
	setlocale(LC_CTYPE, "C.UTF-8");

	read_question(question);
	count = split(question, words, 9);
	if (count < 2 || strcmp(words[0], "wsk1"))
		refuse("not a question of this version of wsk.ko's");
	if (!strcmp(words[1], "address") && count == 8)
		answer_address(words + 2);
	if (!strcmp(words[1], "name") && count == 9)
		answer_name(words + 2);
	refuse("an unknown question");
}

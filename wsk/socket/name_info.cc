// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskGetNameInfo: from addresses to names. */
#include "nt/irql.h"
#include "socket/lookup.h"
#include "socket/name_text.h"
#include "socket/provider.h"

namespace wsk
{

namespace
{

constexpr ULONG known_flags = NI_NOFQDN | NI_NUMERICHOST | NI_NAMEREQD | NI_NUMERICSERV | NI_DGRAM;
/* Those that the handler must know. */
constexpr ULONG asked_flags = NI_NOFQDN | NI_DGRAM;

/* What goes into one of the driver's buffers: a word of the handler's, or a number. */
struct Name {
	Word word;
	SIZE_T units; /* 0: there is none */
	bool escaped;
};

constexpr Name no_name = {{nullptr, 0}, 0, false};

Name number_name(const char *text, SIZE_T length)
{
	return {{text, length}, length, false};
}

/* "*" is no name. False: malformed. */
bool read_name(AnswerReader &reader, const char *kind, Name *name)
{
	*name = no_name;
	if (!reader.word().is(kind))
		return false;
	name->word = reader.word();
	name->escaped = true;
	return reader.end_of_line() &&
	       (name->word.is("*") || name->word.name(nullptr, 0, &name->units));
}

bool fits(const UNICODE_STRING *to, const Name &name)
{
	return !to || (name.units + 1) * sizeof(WCHAR) <= to->MaximumLength;
}

void store(PUNICODE_STRING to, const Name &name)
{
	SIZE_T units = name.units;

	if (!to)
		return;
	if (name.escaped && !name.word.name(to->Buffer, name.units, &units))
		return;
	for (SIZE_T i = 0; !name.escaped && i < units; i++)
		to->Buffer[i] = static_cast<UCHAR>(name.word.text[i]);
	to->Buffer[units] = 0;
	to->Length = static_cast<USHORT>(units * sizeof(WCHAR));
}

/* Into the driver's buffers, both or neither; numbers stand for what has no name. */
NTSTATUS deliver(const NameWanted &wanted, Name node, Name service)
{
	char host[literal_bytes], port[literal_bytes];

	if (wanted.node && !node.units) {
		if (wanted.flags & NI_NAMEREQD)
			return STATUS_NO_MATCH;
		node = number_name(host, format_host(wanted.host, host));
	}
	if (!service.units)
		service = number_name(port, format_port(wanted.port, port));
	if (!fits(wanted.node, node) || !fits(wanted.service, service))
		return STATUS_BUFFER_TOO_SMALL;
	store(wanted.node, node);
	store(wanted.service, service);
	return STATUS_SUCCESS;
}

NTSTATUS finish(Lookup &lookup, NTSTATUS asked, const char *answer, SIZE_T length)
{
	const NameWanted &wanted = lookup.name();
	AnswerReader reader(answer, length);
	Name node = no_name, service = no_name;

	if (NT_SUCCESS(asked))
		asked = reader.verdict();
	if (NT_SUCCESS(asked)) {
		if (!read_name(reader, "node", &node) || !read_name(reader, "service", &service) ||
		    !reader.word().is("end") || !reader.end_of_line() || !reader.ended())
			return STATUS_INVALID_NETWORK_RESPONSE;
		return deliver(wanted, node, service);
	}
	/* A number is as good as Windows promises, where there is just no name to be had. */
	if (asked == STATUS_INVALID_NETWORK_RESPONSE ||
	    (wanted.node && (wanted.flags & NI_NAMEREQD)))
		return asked;
	return deliver(wanted, no_name, no_name);
}

bool is_buffer(const UNICODE_STRING *string)
{
	return !string || string->Buffer || !string->MaximumLength;
}

void write_question(const NameWanted &wanted, bool ask_node, bool ask_service, char *to)
{
	QuestionWriter question(to);

	question.word("wsk1");
	question.word("name");
	question.hex(wanted.flags & asked_flags);
	question.word(wanted.host.family == AF_INET ? "4" : "6");
	question.bytes(wanted.host.bytes, wanted.host.size());
	question.number(wanted.host.scope);
	question.number(wanted.port);
	question.word(ask_node ? "node" : "*");
	question.word(ask_service ? "service" : "*");
}

} // namespace

/**
 * WskGetNameInfo - Finds the names of an address and a port.
 * @Client: From WskCaptureProviderNPI().
 * @SockAddr: The address, read during the call only.
 * @SockAddrLength: Its bytes: at least those of its family, at most sizeof(SOCKADDR_STORAGE).
 * @NodeName: Receives the host's name in its buffer, with a NUL that Length does not count; or
 *	NULL.
 * @ServiceName: Likewise the service's name. One of the two is not NULL. Both stay until the IRP
 *	completes.
 * @Flags: NI_NOFQDN, NI_NUMERICHOST, NI_NAMEREQD, NI_NUMERICSERV, NI_DGRAM.
 * @OwningProcess: Names mean the same to every process.
 * @OwningThread: Only beside a process.
 * @Irp: The request. Information is the status.
 *
 * What has no name is told as a number; a host only without NI_NAMEREQD.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER (client, Irp, address, length, strings, flags, a
 *	thread without process); STATUS_NOT_SUPPORTED (family); STATUS_DEVICE_NOT_READY (the client
 *	has deregistered). The IRP ends with STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL, and neither
 *	string changed; STATUS_INVALID_NETWORK_RESPONSE (the handler talks nonsense);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_CANCELLED; with NI_NAMEREQD also STATUS_NO_MATCH (the
 *	host has no name), STATUS_IO_TIMEOUT (no name server answers), STATUS_DEVICE_NOT_READY (no
 *	handler is installed), STATUS_NOT_SUPPORTED (a kernel without keys),
 *	STATUS_UNEXPECTED_NETWORK_ERROR.
 * Source: PFN_WSK_GET_NAME_INFO (wsk.h).
 */
NTSTATUS WSKAPI get_name_info(PWSK_CLIENT Client, PSOCKADDR SockAddr, ULONG SockAddrLength,
			      PUNICODE_STRING NodeName, PUNICODE_STRING ServiceName, ULONG Flags,
			      PEPROCESS OwningProcess, PETHREAD OwningThread, PIRP Irp)
{
	constexpr const char *function = "WskGetNameInfo";

	NT_MAX_IRQL(PASSIVE_LEVEL);
	wsk::Client *client = wsk::Client::from(Client);
	NameWanted wanted = {
		.node = NodeName, .service = ServiceName, .flags = Flags, .host = {}, .port = 0};
	Refusal refusal = request_begin(Irp);

	if (!refusal && !client)
		refusal = {STATUS_INVALID_PARAMETER, "the client is not one that was captured"};
	if (!refusal && (!SockAddr || SockAddrLength > sizeof(SOCKADDR_STORAGE)))
		refusal = {STATUS_INVALID_PARAMETER, "the address is NULL or too long"};
	if (!refusal && !NodeName && !ServiceName)
		refusal = {STATUS_INVALID_PARAMETER, "neither a node nor a service is asked for"};
	if (!refusal && (!is_buffer(NodeName) || !is_buffer(ServiceName)))
		refusal = {STATUS_INVALID_PARAMETER, "a string has no buffer"};
	if (!refusal && (Flags & ~known_flags))
		refusal = {STATUS_INVALID_PARAMETER, "unknown flags are set"};
	if (!refusal && OwningThread && !OwningProcess)
		refusal = {STATUS_INVALID_PARAMETER, "a thread without its process"};
	if (!refusal && SockAddrLength >= sizeof(ADDRESS_FAMILY) &&
	    SockAddr->sa_family != AF_INET && SockAddr->sa_family != AF_INET6)
		refusal = {STATUS_NOT_SUPPORTED, "an unknown family"};
	if (!refusal && !host_of_sockaddr(SockAddr, SockAddrLength, &wanted.host, &wanted.port))
		refusal = {STATUS_INVALID_PARAMETER, "the address is shorter than its family's"};
	if (!refusal && !client->begin_use())
		refusal = {STATUS_DEVICE_NOT_READY, "the client has deregistered"};
	if (refusal)
		return names_refuse(function, Irp, refusal);

	bool ask_node = NodeName && !(Flags & NI_NUMERICHOST);
	bool ask_service = ServiceName && !(Flags & NI_NUMERICSERV);

	if (!ask_node && !ask_service)
		return names_done(*client, Irp, deliver(wanted, no_name, no_name));

	Lookup *lookup = Lookup::make(*client, finish, QuestionWriter::room_besides);

	if (!lookup)
		return names_done(*client, Irp, STATUS_INSUFFICIENT_RESOURCES);
	lookup->name() = wanted;
	write_question(wanted, ask_node, ask_service, lookup->question());
	return lookup->start(Irp);
}

} // namespace wsk

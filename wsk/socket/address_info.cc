// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskGetAddressInfo: from names to addresses. */
#include "nt/irql.h"
#include "socket/address_list.h"
#include "socket/lookup.h"
#include "socket/name_text.h"
#include "socket/provider.h"

namespace wsk
{

namespace
{

constexpr ULONG known_flags = AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV |
			      AI_DNS_ONLY | AI_ALL | AI_ADDRCONFIG | AI_V4MAPPED |
			      AI_NON_AUTHORITATIVE | AI_FQDN | AI_FILESERVER |
			      AI_DISABLE_IDN_ENCODING;
/* Of name spaces and structures that there are not. */
constexpr ULONG foreign_flags = AI_SECURE | AI_RETURN_PREFERRED_NAMES | AI_EXTENDED;
/* Those that the handler must know. */
constexpr ULONG asked_flags = AI_PASSIVE | AI_CANONNAME | AI_NUMERICSERV | AI_DNS_ONLY | AI_ALL |
			      AI_ADDRCONFIG | AI_V4MAPPED | AI_FQDN | AI_DISABLE_IDN_ENCODING;
/* More than these an answer has not. */
constexpr SIZE_T max_addresses = 256;

struct Query {
	NameText node, service;
	ULONG flags;
	int family, type, protocol;
};

Refusal read_hints(const ADDRINFOEXW *hints, Query *query)
{
	if (!hints)
		return accepted;
	query->flags = static_cast<ULONG>(hints->ai_flags);
	query->family = hints->ai_family;
	query->type = hints->ai_socktype;
	query->protocol = hints->ai_protocol;
	if (hints->ai_addrlen || hints->ai_canonname || hints->ai_addr || hints->ai_blob ||
	    hints->ai_bloblen || hints->ai_provider || hints->ai_next)
		return {STATUS_INVALID_PARAMETER,
			"the hints have more than flags, family, type and protocol"};
	if (query->flags & ~(known_flags | foreign_flags))
		return {STATUS_INVALID_PARAMETER, "the hints have unknown flags"};
	if (query->protocol < 0 || query->protocol > IPPROTO_RAW)
		return {STATUS_NOT_SUPPORTED, "the hints have an unknown protocol"};
	if ((query->flags & AI_CANONNAME) && (query->flags & AI_FQDN))
		return {STATUS_INVALID_PARAMETER, "AI_CANONNAME and AI_FQDN exclude each other"};
	if (query->flags & foreign_flags)
		return {STATUS_NOT_SUPPORTED, "AI_SECURE, AI_RETURN_PREFERRED_NAMES and "
					      "AI_EXTENDED are not supported"};
	if (query->family != AF_UNSPEC && query->family != AF_INET && query->family != AF_INET6)
		return {STATUS_NOT_SUPPORTED, "the hints have an unknown family"};
	if (query->type < 0 || query->type > SOCK_RAW)
		return {STATUS_NOT_SUPPORTED, "the hints have an unknown type"};
	return accepted;
}

Refusal read_query(PUNICODE_STRING node, PUNICODE_STRING service, const ADDRINFOEXW *hints,
		   Query *query)
{
	*query = {};
	if (!names_text(node, &query->node) || !names_text(service, &query->service))
		return {STATUS_INVALID_PARAMETER, "a name is half a character, or has no buffer"};
	if (!query->node.units && !query->service.units)
		return {STATUS_INVALID_PARAMETER, "neither a node nor a service is named"};

	Refusal refusal = read_hints(hints, query);

	if (!refusal && !query->node.units && (query->flags & (AI_CANONNAME | AI_FQDN)))
		refusal = {STATUS_INVALID_PARAMETER, "a name is wanted of no node"};
	return refusal;
}

bool takes(const Query &query, ADDRESS_FAMILY family)
{
	return query.family == AF_UNSPEC || query.family == family;
}

/* The wildcard or loopback addresses, IPv6 first, for those who name no node. */
SIZE_T own_addresses(const Query &query, HostAddress (&hosts)[2])
{
	bool passive = query.flags & AI_PASSIVE;
	SIZE_T count = 0;

	if (takes(query, AF_INET6)) {
		hosts[count] = {.family = AF_INET6, .bytes = {}, .scope = 0};
		hosts[count++].bytes[15] = !passive;
	}
	if (takes(query, AF_INET)) {
		hosts[count] = {.family = AF_INET, .bytes = {}, .scope = 0};
		hosts[count].bytes[0] = passive ? 0 : 127;
		hosts[count++].bytes[3] = !passive;
	}
	return count;
}

/* What the address becomes in the family that is wanted; false: it has no form there. */
bool in_family(const Query &query, HostAddress *host)
{
	if (takes(query, host->family))
		return true;
	if (host->family != AF_INET || !(query.flags & AI_V4MAPPED))
		return false;
	*host = mapped(*host);
	return true;
}

enum class Known { yes, no, ask };

/* The addresses that can be told without asking. */
Known known_addresses(const Query &query, HostAddress (&hosts)[2], SIZE_T *count)
{
	if (!query.node.units) {
		*count = own_addresses(query, hosts);
		return Known::yes;
	}

	if (parse_host(query.node.text, query.node.units, &hosts[0])) {
		*count = 1;
		return in_family(query, &hosts[0]) ? Known::yes : Known::no;
	}
	return query.flags & AI_NUMERICHOST ? Known::no : Known::ask;
}

Known known_port(const Query &query, USHORT *port)
{
	*port = 0;
	switch (parse_port(query.service.text, query.service.units, port)) {
	case PortText::number:
		return Known::yes;
	case PortText::too_large:
		return Known::no;
	case PortText::name:
		break;
	}
	return query.flags & AI_NUMERICSERV ? Known::no : Known::ask;
}

NTSTATUS answer_now(Client &client, const Query &query, const HostAddress (&hosts)[2], SIZE_T count,
		    USHORT port, PADDRINFOEXW *result)
{
	bool named = query.flags & (AI_CANONNAME | AI_FQDN);
	AddressList *list =
		AddressList::make(client.account(), count, named ? query.node.units : 0);

	if (!list)
		return STATUS_INSUFFICIENT_RESOURCES;
	for (SIZE_T i = 0; i < count; i++)
		list->add(hosts[i], port, query.type, query.protocol);
	if (named)
		RtlCopyMemory(list->canonical_name(), query.node.text,
			      query.node.units * sizeof(WCHAR));
	*result = list->first();
	return STATUS_SUCCESS;
}

/* One "address FAMILY TYPE PROTOCOL PORT BYTES SCOPE" behind its first word. */
bool read_address(AnswerReader &reader, HostAddress *host, ULONG *type, ULONG *protocol,
		  ULONG *port)
{
	Word family = reader.word();

	*host = {};
	host->family = family.is("4") ? AF_INET : AF_INET6;
	return (family.is("4") || family.is("6")) && reader.word().number(SOCK_RAW, type) &&
	       reader.word().number(IPPROTO_RAW, protocol) &&
	       reader.word().number(MAXUSHORT, port) &&
	       reader.word().bytes(host->bytes, host->size()) &&
	       reader.word().number(~0u, &host->scope) && reader.end_of_line();
}

struct Contents {
	SIZE_T addresses;
	SIZE_T name_units;
};

/*
 * Reads an answer to its end: first without a list, to check and to count what is in it; then the
 * same text once more, into a list with room for that.
 */
bool read_addresses(const AddressWanted &wanted, AnswerReader reader, AddressList *list,
		    SIZE_T name_room, Contents *found)
{
	*found = {};
	for (;;) {
		Word kind = reader.word();
		HostAddress host;
		ULONG type, protocol, port;

		if (kind.is("end"))
			return reader.end_of_line() && reader.ended() && found->addresses;
		if (kind.is("canonical") && !found->addresses && !found->name_units) {
			if (!reader.word().name(list ? list->canonical_name() : nullptr, name_room,
						&found->name_units) ||
			    !reader.end_of_line())
				return false;
			continue;
		}
		if (!kind.is("address") || found->addresses == max_addresses ||
		    !read_address(reader, &host, &type, &protocol, &port))
			return false;
		found->addresses++;
		if (list)
			list->add(host, wanted.has_port ? wanted.port : static_cast<USHORT>(port),
				  static_cast<int>(type), static_cast<int>(protocol));
	}
}

NTSTATUS finish(Lookup &lookup, NTSTATUS asked, const char *answer, SIZE_T length)
{
	AnswerReader reader(answer, length);
	Contents found;

	if (NT_SUCCESS(asked))
		asked = reader.verdict();
	if (!NT_SUCCESS(asked))
		return asked;
	if (!read_addresses(lookup.address(), reader, nullptr, 0, &found))
		return STATUS_INVALID_NETWORK_RESPONSE;

	AddressList *list =
		AddressList::make(lookup.client().account(), found.addresses, found.name_units);

	if (!list)
		return STATUS_INSUFFICIENT_RESOURCES;
	if (!read_addresses(lookup.address(), reader, list, found.name_units, &found)) {
		list->free();
		return STATUS_INVALID_NETWORK_RESPONSE;
	}
	*lookup.address().result = list->first();
	return STATUS_SUCCESS;
}

bool write_question(const Query &query, bool has_port, char *to)
{
	QuestionWriter question(to);

	question.word("wsk1");
	question.word("address");
	question.hex(query.flags & asked_flags);
	question.word(query.family == AF_INET ? "4" : query.family == AF_INET6 ? "6" : "0");
	question.number(static_cast<ULONG>(query.type));
	question.number(static_cast<ULONG>(query.protocol));
	if (!query.node.units)
		question.none();
	else if (!question.name(query.node.text, query.node.units, max_node_bytes))
		return false;
	if (!has_port)
		return question.name(query.service.text, query.service.units, max_service_bytes);
	question.none();
	return true;
}

} // namespace

/**
 * WskGetAddressInfo - Resolves a name.
 * @Client: From WskCaptureProviderNPI().
 * @NodeName: A host's name or address. NULL or empty: this machine, by its loopback addresses, or
 *	with AI_PASSIVE by the wildcard ones. What follows a NUL is not read.
 * @ServiceName: A service's name or port; NULL or empty: port 0.
 * @NameSpace: NS_ALL or NS_DNS, which are the same: /etc/nsswitch.conf decides.
 * @Provider: NULL.
 * @Hints: NULL, or flags, family, type and protocol; everything else in it is 0.
 * @Result: Receives the list before the IRP completes. Give it to WskFreeAddressInfo().
 * @OwningProcess: Names mean the same to every process.
 * @OwningThread: Only beside a process.
 * @Irp: The request. Information is the status.
 *
 * Numbers are answered in the call, names by the handler program.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_PENDING; STATUS_INVALID_PARAMETER (client, Irp, Result, names, hints, a thread
 *	without process); STATUS_NOT_SUPPORTED (name space, provider, family, type, protocol, flag);
 *	STATUS_DEVICE_NOT_READY (the client has deregistered); STATUS_INSUFFICIENT_RESOURCES. The
 *	IRP ends with STATUS_SUCCESS; STATUS_NO_MATCH (there is no such name, or not in that form);
 *	STATUS_IO_TIMEOUT (no name server answers); STATUS_DEVICE_NOT_READY (no handler is
 *	installed); STATUS_NOT_SUPPORTED (hints that do not go together, or a kernel without keys);
 *	STATUS_INVALID_NETWORK_RESPONSE (the handler talks nonsense);
 *	STATUS_UNEXPECTED_NETWORK_ERROR; STATUS_INSUFFICIENT_RESOURCES; STATUS_CANCELLED.
 * Source: PFN_WSK_GET_ADDRESS_INFO (wsk.h).
 */
NTSTATUS WSKAPI get_address_info(PWSK_CLIENT Client, PUNICODE_STRING NodeName,
				 PUNICODE_STRING ServiceName, ULONG NameSpace, GUID *Provider,
				 PADDRINFOEXW Hints, PADDRINFOEXW *Result, PEPROCESS OwningProcess,
				 PETHREAD OwningThread, PIRP Irp)
{
	constexpr const char *function = "WskGetAddressInfo";

	NT_MAX_IRQL(PASSIVE_LEVEL);
	wsk::Client *client = wsk::Client::from(Client);
	Query query;
	Refusal refusal = request_begin(Irp);

	if (!refusal && !client)
		refusal = {STATUS_INVALID_PARAMETER, "the client is not one that was captured"};
	if (!refusal && !Result)
		refusal = {STATUS_INVALID_PARAMETER, "Result is NULL"};
	if (!refusal && OwningThread && !OwningProcess)
		refusal = {STATUS_INVALID_PARAMETER, "a thread without its process"};
	if (!refusal)
		refusal = read_query(NodeName, ServiceName, Hints, &query);
	if (!refusal && ((NameSpace != NS_ALL && NameSpace != NS_DNS) || Provider))
		refusal = {STATUS_NOT_SUPPORTED, "an unknown name space or provider"};
	if (!refusal && !client->begin_use())
		refusal = {STATUS_DEVICE_NOT_READY, "the client has deregistered"};
	if (refusal)
		return names_refuse(function, Irp, refusal);

	HostAddress hosts[2];
	SIZE_T count = 0;
	USHORT port;
	Known host_known = known_addresses(query, hosts, &count);
	Known port_known = known_port(query, &port);

	if (host_known == Known::no || port_known == Known::no)
		return names_done(*client, Irp, STATUS_NO_MATCH);
	if (host_known == Known::yes && port_known == Known::yes)
		return names_done(*client, Irp,
				  answer_now(*client, query, hosts, count, port, Result));
	/* Longer ones are nobody's names. */
	if (query.node.units > max_node_bytes || query.service.units > max_service_bytes)
		return names_done(*client, Irp, STATUS_NO_MATCH);

	Lookup *lookup =
		Lookup::make(*client, finish,
			     QuestionWriter::room_besides + QuestionWriter::room(query.node.units) +
				     QuestionWriter::room(query.service.units));

	if (!lookup)
		return names_done(*client, Irp, STATUS_INSUFFICIENT_RESOURCES);
	lookup->address() = {.result = Result, .port = port, .has_port = port_known == Known::yes};
	if (!write_question(query, port_known == Known::yes, lookup->question())) {
		lookup->discard();
		return names_done(*client, Irp, STATUS_NO_MATCH);
	}
	return lookup->start(Irp);
}

/**
 * WskFreeAddressInfo - Frees what WskGetAddressInfo() returned.
 * @Client: From WskCaptureProviderNPI().
 * @AddrInfo: The first of the list, all of which is freed. NULL: nothing happens.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Source: PFN_WSK_FREE_ADDRESS_INFO (wsk.h).
 */
VOID WSKAPI free_address_info(PWSK_CLIENT Client, PADDRINFOEXW AddrInfo)
{
	constexpr const char *function = "WskFreeAddressInfo";

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!wsk::Client::from(Client))
		port_log_rule(function, "the client is not one that was captured");
	if (!AddrInfo)
		return;

	AddressList *list = AddressList::from(AddrInfo);

	if (list)
		list->free();
	else
		port_log_rule(function, "not the first of a list that was returned");
}

} // namespace wsk

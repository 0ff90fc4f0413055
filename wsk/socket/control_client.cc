// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskControlClient: what concerns a client as a whole. */
#include "nt/irql.h"
#include "port/log.h"
#include "socket/change.h"
#include "socket/client.h"
#include "socket/control.h"
#include "socket/event.h"
#include "socket/provider.h"
#include "socket/security.h"
#include "socket/transports.h"

namespace wsk
{

namespace
{

constexpr const char *client_function = "WskControlClient";

/*
 * One control code. To add one, write its handler and a row below: what the row says has been
 * checked when the handler is called, at any IRQL, without locks.
 */
struct ClientControl {
	ULONG code;
	USHORT input; /* bytes at least */
	bool first;   /* to be done before the client's first socket */
	bool pends;   /* needs an IRP; the handler keeps it and returns STATUS_PENDING */
	Refusal (*run)(Client &client, ControlCall &call);
};

Refusal query_transports(Client &, ControlCall &call)
{
	return list_transports(call);
}

/* What a kernel has of IP does not change while it runs. */
Refusal wait_for_transports(Client &client, ControlCall &call)
{
	if (!client.begin_use()) /* the request's */
		return {STATUS_DEVICE_NOT_READY, "the client has deregistered"};
	Refusal waiting = wait_for_change(client, Change::transports, call.irp);
	/* Deregistering may have begun, and missed it. */
	if (client.retired())
		forget_changes(&client, STATUS_CANCELLED);
	return waiting;
}

/* There is a native transport for all that WSK knows: no mapping would be looked at. */
Refusal map_tdi_devices(Client &, ControlCall &call)
{
	auto *info = static_cast<const WSK_TDI_MAP_INFO *>(call.input);

	if (info->ElementCount && !info->Map)
		return {STATUS_INVALID_PARAMETER, "the map is NULL"};
	return accepted;
}

/* There are no TDI filters either. */
Refusal set_tdi_behavior(Client &, ControlCall &call)
{
	if (call.read<ULONG>() & ~WSK_TDI_BEHAVIOR_BYPASS_TDI)
		return {STATUS_INVALID_PARAMETER, "an unknown flag"};
	return accepted;
}

Refusal set_static_events(Client &client, ControlCall &call)
{
	constexpr ULONG known = WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT |
				WSK_EVENT_SEND_BACKLOG | WSK_EVENT_RECEIVE_FROM;
	Refusal refusal = check_event_control(call.input_size, call.input);

	if (refusal)
		return refusal;
	ULONG mask = call.read<WSK_EVENT_CALLBACK_CONTROL>().EventMask;
	if (!mask || (mask & ~known))
		return {STATUS_INVALID_PARAMETER, "an unknown event"};
	if (!client.set_static_events(mask))
		return {STATUS_INVALID_DEVICE_STATE, "static events are set once"};
	return accepted;
}

Refusal cache_descriptor(Client &client, ControlCall &call)
{
	PSECURITY_DESCRIPTOR copy = nullptr;

	if (call.output_size < sizeof(copy))
		return {STATUS_BUFFER_OVERFLOW, "the output buffer is missing or too small"};
	Refusal refusal = security_cache(client, call.read<PSECURITY_DESCRIPTOR>(), &copy);
	if (!refusal)
		call.write(copy);
	return refusal;
}

Refusal release_descriptor(Client &client, ControlCall &call)
{
	return security_release(client, call.read<PSECURITY_DESCRIPTOR>());
}

constexpr ClientControl rows[] = {
	{WSK_TRANSPORT_LIST_QUERY, 0, false, false, query_transports},
	{WSK_TRANSPORT_LIST_CHANGE, 0, false, true, wait_for_transports},
	{WSK_CACHE_SD, sizeof(PSECURITY_DESCRIPTOR), false, false, cache_descriptor},
	{WSK_RELEASE_SD, sizeof(PSECURITY_DESCRIPTOR), false, false, release_descriptor},
	{WSK_TDI_DEVICENAME_MAPPING, sizeof(WSK_TDI_MAP_INFO), true, false, map_tdi_devices},
	{WSK_SET_STATIC_EVENT_CALLBACKS, sizeof(WSK_EVENT_CALLBACK_CONTROL), true, false,
	 set_static_events},
	{WSK_TDI_BEHAVIOR, sizeof(ULONG), true, false, set_tdi_behavior},
};

const ClientControl *find_row(ULONG code)
{
	for (const ClientControl &row : rows)
		if (row.code == code)
			return &row;
	return nullptr;
}

Refusal check_call(Client *client, const ClientControl *row, const ControlCall &call)
{
	if (!client)
		return {STATUS_INVALID_PARAMETER, "the client is not one that was captured"};
	if (!row)
		return {STATUS_NOT_SUPPORTED, "an unknown control code"};
	if (call.input_size < row->input)
		return {STATUS_INVALID_PARAMETER, "the input is missing or too short"};
	if (row->pends && !call.irp)
		return {STATUS_REQUEST_NOT_ACCEPTED, "this control code needs an Irp"};
	if (row->first && client->has_had_sockets())
		return {STATUS_INVALID_DEVICE_STATE,
			"this is to be done before the client's first socket"};
	return accepted;
}

} // namespace

/**
 * WskControlClient - Controls that concern the client as a whole.
 * @Client: From WskCaptureProviderNPI().
 * @ControlCode: WSK_TRANSPORT_LIST_QUERY, WSK_TRANSPORT_LIST_CHANGE, WSK_CACHE_SD, WSK_RELEASE_SD,
 *	WSK_SET_STATIC_EVENT_CALLBACKS, WSK_TDI_DEVICENAME_MAPPING or WSK_TDI_BEHAVIOR.
 * @InputSize: Bytes at @InputBuffer.
 * @InputBuffer: For the last three a WSK_EVENT_CALLBACK_CONTROL, a WSK_TDI_MAP_INFO, a ULONG of
 *	flags; with the security descriptors' codes a PSECURITY_DESCRIPTOR: the descriptor to copy,
 *	or the copy to release.
 * @OutputSize: Bytes at @OutputBuffer.
 * @OutputBuffer: Receives the transports, an array of WSK_TRANSPORT, or the copy's
 *	PSECURITY_DESCRIPTOR.
 * @OutputSizeReturned: Receives how many bytes that are, or would have been; or NULL.
 * @Irp: For WSK_TRANSPORT_LIST_CHANGE the request, which waits until it is cancelled: the
 *	transports do not change. Otherwise NULL; completed with the result where one is given.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS, STATUS_PENDING; STATUS_BUFFER_OVERFLOW (the output needs more room);
 *	STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED (unknown interface or code);
 *	STATUS_INVALID_DEVICE_STATE (set before, or a socket exists); STATUS_REQUEST_NOT_ACCEPTED
 *	(an IRP is needed); STATUS_DEVICE_NOT_READY (the client has deregistered);
 *	STATUS_INSUFFICIENT_RESOURCES.
 * Source: PFN_WSK_CONTROL_CLIENT (wsk.h).
 */
NTSTATUS WSKAPI control_client(PWSK_CLIENT Client, ULONG ControlCode, SIZE_T InputSize,
			       PVOID InputBuffer, SIZE_T OutputSize, PVOID OutputBuffer,
			       SIZE_T *OutputSizeReturned, PIRP Irp)
{
	NT_MAX_IRQL(DISPATCH_LEVEL);
	wsk::Client *client = wsk::Client::from(Client);
	const ClientControl *row = find_row(ControlCode);
	ControlCall call = {.row = nullptr,
			    .input = InputBuffer,
			    .output = OutputBuffer,
			    .input_size = buffer_size(InputBuffer, InputSize),
			    .output_size = buffer_size(OutputBuffer, OutputSize),
			    .written = 0,
			    .irp = Irp};
	Refusal refusal = Irp ? request_begin(Irp) : accepted;

	if (!refusal)
		refusal = check_call(client, row, call);
	if (refusal)
		return request_refuse(client_function, Irp, refusal);
	refusal = row->run(*client, call);
	if (refusal.status == STATUS_PENDING)
		return STATUS_PENDING;
	if (refusal.rule)
		port_log_rule(client_function, refusal.rule);
	if (OutputSizeReturned)
		*OutputSizeReturned = call.written;
	if (Irp)
		request_complete(Irp, refusal.status, call.written);
	return refusal.status;
}

} // namespace wsk

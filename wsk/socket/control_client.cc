// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskControlClient: what concerns a client as a whole. */
#include "nt/irql.h"
#include "socket/client.h"
#include "socket/event.h"
#include "socket/provider.h"
#include "socket/security.h"

namespace wsk
{

namespace
{

/* One call, as a handler sees it: the buffers are as large as its row wants. */
struct Call {
	const VOID *input;
	PVOID output;
	SIZE_T input_size;
	SIZE_T written; /* the handler's: bytes of output */
};

Refusal set_static_events(Client &client, Call &call)
{
	constexpr ULONG known = WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT |
				WSK_EVENT_SEND_BACKLOG | WSK_EVENT_RECEIVE_FROM;
	auto *control = static_cast<const WSK_EVENT_CALLBACK_CONTROL *>(call.input);
	Refusal refusal = check_event_control(call.input_size, call.input);

	if (refusal)
		return refusal;
	if (!control->EventMask || (control->EventMask & ~known))
		return {STATUS_INVALID_PARAMETER, "an unknown event"};
	if (!client.set_static_events(control->EventMask))
		return {STATUS_INVALID_DEVICE_STATE,
			"static events are set once, before the first socket"};
	return accepted;
}

PSECURITY_DESCRIPTOR descriptor_in(const Call &call)
{
	return *static_cast<const PSECURITY_DESCRIPTOR *>(call.input);
}

Refusal cache_descriptor(Client &client, Call &call)
{
	Refusal refusal = security_cache(client, descriptor_in(call),
					 static_cast<PSECURITY_DESCRIPTOR *>(call.output));

	if (!refusal)
		call.written = sizeof(PSECURITY_DESCRIPTOR);
	return refusal;
}

Refusal release_descriptor(Client &client, Call &call)
{
	return security_release(client, descriptor_in(call));
}

struct Row {
	ULONG code;
	USHORT input; /* bytes at least */
	USHORT output;
	Refusal (*run)(Client &client, Call &call);
};

constexpr Row rows[] = {
	{WSK_CACHE_SD, sizeof(PSECURITY_DESCRIPTOR), sizeof(PSECURITY_DESCRIPTOR),
	 cache_descriptor},
	{WSK_RELEASE_SD, sizeof(PSECURITY_DESCRIPTOR), 0, release_descriptor},
	{WSK_SET_STATIC_EVENT_CALLBACKS, sizeof(WSK_EVENT_CALLBACK_CONTROL), 0, set_static_events},
};

const Row *find_row(ULONG code)
{
	for (const Row &row : rows)
		if (row.code == code)
			return &row;
	return nullptr;
}

} // namespace

/**
 * WskControlClient - Controls that concern the client as a whole.
 * @Client: From WskCaptureProviderNPI().
 * @ControlCode: WSK_CACHE_SD, WSK_RELEASE_SD or WSK_SET_STATIC_EVENT_CALLBACKS.
 * @InputSize: Bytes at @InputBuffer.
 * @InputBuffer: A WSK_EVENT_CALLBACK_CONTROL, or a PSECURITY_DESCRIPTOR: the descriptor to copy, or
 *	the copy to release.
 * @OutputSize: Bytes at @OutputBuffer.
 * @OutputBuffer: Receives, with WSK_CACHE_SD, the PSECURITY_DESCRIPTOR of the copy.
 * @OutputSizeReturned: Unused.
 * @Irp: NULL for these codes; completed with the result where one is given.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (also: not a valid security descriptor, not a
 *	cached one); STATUS_BUFFER_OVERFLOW (no room for the output); STATUS_NOT_SUPPORTED (unknown
 *	interface or code); STATUS_INVALID_DEVICE_STATE (set before, or a socket exists);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_NOT_IMPLEMENTED (other codes).
 * Source: PFN_WSK_CONTROL_CLIENT (wsk.h).
 */
NTSTATUS WSKAPI control_client(PWSK_CLIENT Client, ULONG ControlCode, SIZE_T InputSize,
			       PVOID InputBuffer, SIZE_T OutputSize, PVOID OutputBuffer,
			       SIZE_T *OutputSizeReturned, PIRP Irp)
{
	constexpr const char *function = "WskControlClient";

	NT_MAX_IRQL(DISPATCH_LEVEL);
	UNREFERENCED_PARAMETER(OutputSizeReturned);
	wsk::Client *client = wsk::Client::from(Client);
	const Row *row = find_row(ControlCode);
	Call call = {InputBuffer, OutputBuffer, InputSize, 0};
	Refusal refusal = Irp ? request_begin(Irp) : accepted;

	if (!refusal && !client)
		refusal = {STATUS_INVALID_PARAMETER, "the client is not one that was captured"};
	if (!refusal && (ControlCode < WSK_TRANSPORT_LIST_QUERY || ControlCode > WSK_TDI_BEHAVIOR))
		refusal = {STATUS_NOT_SUPPORTED, "an unknown control code"};
	if (!refusal && !row)
		refusal = {STATUS_NOT_IMPLEMENTED, nullptr};
	if (!refusal && (!InputBuffer || InputSize < row->input))
		refusal = {STATUS_INVALID_PARAMETER, "the input is missing or too short"};
	if (!refusal && row->output && (!OutputBuffer || OutputSize < row->output))
		refusal = {STATUS_BUFFER_OVERFLOW, "the output buffer is missing or too small"};
	if (!refusal)
		refusal = row->run(*client, call);
	if (refusal)
		return request_refuse(function, Irp, refusal);
	if (Irp)
		request_complete(Irp, STATUS_SUCCESS, call.written);
	return STATUS_SUCCESS;
}

} // namespace wsk

// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskControlClient: what concerns a client as a whole. */
#include "nt/irql.h"
#include "socket/client.h"
#include "socket/event.h"
#include "socket/provider.h"

namespace wsk
{

namespace
{

NTSTATUS set_static_events(Client &client, SIZE_T size, const VOID *input)
{
	constexpr ULONG known = WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT |
				WSK_EVENT_SEND_BACKLOG | WSK_EVENT_RECEIVE_FROM;
	auto *control = static_cast<const WSK_EVENT_CALLBACK_CONTROL *>(input);
	Refusal refusal = check_event_control(size, input);

	if (refusal)
		return request_refuse("WskControlClient", nullptr, refusal);
	if (!control->EventMask || (control->EventMask & ~known))
		refusal = {STATUS_INVALID_PARAMETER, "an unknown event"};
	else if (!client.set_static_events(control->EventMask))
		refusal = {STATUS_INVALID_DEVICE_STATE,
			   "static events are set once, before the first socket"};
	return refusal ? request_refuse("WskControlClient", nullptr, refusal) : STATUS_SUCCESS;
}

} // namespace

/**
 * WskControlClient - Controls that concern the client as a whole.
 * @Client: From WskCaptureProviderNPI().
 * @ControlCode: WSK_SET_STATIC_EVENT_CALLBACKS.
 * @InputSize: Bytes at @InputBuffer.
 * @InputBuffer: A WSK_EVENT_CALLBACK_CONTROL.
 * @OutputSize: Unused.
 * @OutputBuffer: Unused.
 * @OutputSizeReturned: Unused.
 * @Irp: NULL for this code; completed with the result where one is given.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_NOT_SUPPORTED (unknown interface or
 *	code); STATUS_INVALID_DEVICE_STATE (set before, or a socket exists); STATUS_NOT_IMPLEMENTED
 *	(other codes).
 * Source: PFN_WSK_CONTROL_CLIENT (wsk.h).
 */
NTSTATUS WSKAPI control_client(PWSK_CLIENT Client, ULONG ControlCode, SIZE_T InputSize,
			       PVOID InputBuffer, SIZE_T OutputSize, PVOID OutputBuffer,
			       SIZE_T *OutputSizeReturned, PIRP Irp)
{
	constexpr const char *function = "WskControlClient";

	NT_MAX_IRQL(DISPATCH_LEVEL);
	UNREFERENCED_PARAMETER(OutputSize);
	UNREFERENCED_PARAMETER(OutputBuffer);
	UNREFERENCED_PARAMETER(OutputSizeReturned);
	wsk::Client *client = wsk::Client::from(Client);
	Refusal refusal = Irp ? request_begin(Irp) : accepted;
	NTSTATUS status;

	if (!refusal && !client)
		refusal = {STATUS_INVALID_PARAMETER, "the client is not one that was captured"};
	if (!refusal && (ControlCode < WSK_TRANSPORT_LIST_QUERY || ControlCode > WSK_TDI_BEHAVIOR))
		refusal = {STATUS_NOT_SUPPORTED, "an unknown control code"};
	if (!refusal && ControlCode != WSK_SET_STATIC_EVENT_CALLBACKS)
		refusal = {STATUS_NOT_IMPLEMENTED, nullptr};
	if (refusal)
		return request_refuse(function, Irp, refusal);
	status = set_static_events(*client, InputSize, InputBuffer);
	if (Irp)
		request_complete(Irp, status, 0);
	return status;
}

} // namespace wsk

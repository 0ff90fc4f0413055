/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Dispatch functions for stream data (stream.cc), for the tables of the categories that have it. */
#ifndef WSK_SOCKET_STREAM_H
#define WSK_SOCKET_STREAM_H

#include <wsk.h>

namespace wsk
{

/* Segments that one call of the transport takes. */
constexpr size_t segments_per_call = 16;

NTSTATUS WSKAPI send(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PIRP irp);
NTSTATUS WSKAPI receive(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PIRP irp);
NTSTATUS WSKAPI disconnect(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PIRP irp);
NTSTATUS WSKAPI release(PWSK_SOCKET handle, PWSK_DATA_INDICATION indication);
NTSTATUS WSKAPI send_ex(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, ULONG control_length,
			PCMSGHDR control, PIRP irp);
NTSTATUS WSKAPI receive_ex(PWSK_SOCKET handle, PWSK_BUF buffer, ULONG flags, PULONG control_length,
			   PCMSGHDR control, PULONG control_flags, PIRP irp);

} // namespace wsk

#endif

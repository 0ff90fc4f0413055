// SPDX-License-Identifier: MIT OR GPL-2.0
/* Connections that are only kept, for their memory to be looked at. */
#include "bench_wsk.h"

namespace
{

struct Kept {
	LIST_ENTRY link;
	PWSK_SOCKET socket;
};

PWSK_SOCKET place;
LIST_ENTRY kept;
KSPIN_LOCK kept_lock;

NTSTATUS WSKAPI on_receive(PVOID, ULONG, PWSK_DATA_INDICATION, SIZE_T, SIZE_T *)
{
	return STATUS_SUCCESS;
}

NTSTATUS WSKAPI on_disconnect(PVOID, ULONG)
{
	return STATUS_SUCCESS;
}

const WSK_CLIENT_CONNECTION_DISPATCH events = {on_receive, on_disconnect, nullptr};

NTSTATUS WSKAPI on_accept(PVOID, ULONG, PSOCKADDR, PSOCKADDR, PWSK_SOCKET socket, PVOID *context,
			  const WSK_CLIENT_CONNECTION_DISPATCH **dispatch)
{
	if (!socket)
		return STATUS_REQUEST_NOT_ACCEPTED;
	auto *self =
		static_cast<Kept *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(Kept), BENCH_TAG));
	if (!self)
		return STATUS_REQUEST_NOT_ACCEPTED;
	self->socket = socket;
	ExInterlockedInsertTailList(&kept, &self->link, &kept_lock);
	*context = self;
	*dispatch = &events;
	return STATUS_SUCCESS;
}

const WSK_CLIENT_LISTEN_DISPATCH listen_dispatch = {on_accept, nullptr, nullptr};

} // namespace

bool idle_start()
{
	InitializeListHead(&kept);
	KeInitializeSpinLock(&kept_lock);
	place = open_place(SOCK_STREAM, WSK_FLAG_LISTEN_SOCKET, nullptr, &listen_dispatch,
			   BENCH_PORT(BENCH_EVENT, BENCH_IDLE));
	return place;
}

void idle_stop()
{
	if (!place)
		return;
	close_place(place);
	while (PLIST_ENTRY entry = ExInterlockedRemoveHeadList(&kept, &kept_lock)) {
		auto *self = CONTAINING_RECORD(entry, Kept, link);

		close_place(self->socket);
		ExFreePoolWithTag(self, BENCH_TAG);
	}
}

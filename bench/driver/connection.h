/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* A connection of the TCP tasks; what it does with its data is its class's business. */
#ifndef BENCH_CONNECTION_H
#define BENCH_CONNECTION_H

#include "bench_wsk.h"

class Connection;

/* One send that may be under way. */
struct Send {
	SLIST_ENTRY link;
	Connection *owner;
	PIRP irp;
	PWSK_DATA_INDICATION retained; /* what is sent, or null */
};

class Connection : public Pooled
{
public:
	explicit Connection(PWSK_SOCKET socket, ULONG sends = most_sends);
	virtual ~Connection();
	bool valid() const { return valid_; }

	/* Once it can receive. */
	virtual bool start() { return true; }
	/* What an event callback brings. */
	virtual NTSTATUS received(PWSK_DATA_INDICATION, SIZE_T) { return STATUS_SUCCESS; }
	virtual void disconnected() { close(); }

	/* Closes the socket when nobody holds it, and then goes. */
	void close();
	void hold() { InterlockedIncrement(&holds_); }
	void drop();
	/* Goes at once, the socket being somebody else's. */
	void forget();

protected:
	/* How many sends may be under way; few connections need as many. */
	static constexpr ULONG most_sends = 32;

	const WSK_PROVIDER_CONNECTION_DISPATCH *dispatch() const
	{
		return static_cast<const WSK_PROVIDER_CONNECTION_DISPATCH *>(socket_->Dispatch);
	}

	/* False when all are under way. */
	bool send(const WSK_BUF &buffer, ULONG flags = 0, PWSK_DATA_INDICATION retained = nullptr);

	PWSK_SOCKET socket_;
	Block block_;
	/* Called when a send has succeeded; a pointer, since most need none. */
	void (*after_send_)(Connection *self) = nullptr;

private:
	static NTSTATUS NTAPI sent(PDEVICE_OBJECT device, PIRP irp, PVOID context);
	static NTSTATUS NTAPI closed(PDEVICE_OBJECT device, PIRP irp, PVOID context);

	LIST_ENTRY link_;
	Send sends_[most_sends] = {};
	SLIST_HEADER free_;
	PIRP close_irp_;
	LONG closing_ = 0;
	LONG holds_ = 1;
	bool valid_;
};

/* A place of ports.h, and what is made of the connections to it. */
struct Place {
	bench_peer peer;
	bench_task task;
	Connection *(*make)(PWSK_SOCKET socket);
	const WSK_CLIENT_CONNECTION_DISPATCH *events; /* or null */
	PWSK_SOCKET socket;
};

extern const WSK_CLIENT_CONNECTION_DISPATCH connection_events;

/* The data of an indication of one MDL. */
inline const UCHAR *data_of(PWSK_DATA_INDICATION indication)
{
	const WSK_BUF &buffer = indication->Buffer;

	return static_cast<PUCHAR>(MmGetSystemAddressForMdlSafe(buffer.Mdl, NormalPagePriority)) +
	       buffer.Offset;
}

/* tasks.cpp, pair.cpp */
Connection *make_event_echo(PWSK_SOCKET socket);
Connection *make_event_sink(PWSK_SOCKET socket);
Connection *make_accept(PWSK_SOCKET socket);
Connection *make_bursts(PWSK_SOCKET socket);
Connection *make_supply(PWSK_SOCKET socket);
Connection *make_request_echo(PWSK_SOCKET socket);
Connection *make_request_sink(PWSK_SOCKET socket);
Connection *make_wait_echo(PWSK_SOCKET socket);
Connection *make_wait_source(PWSK_SOCKET socket);
Connection *make_pair(PWSK_SOCKET socket);

/* Whether a BENCH_UNIT is complete. */
inline bool unit_received(SIZE_T *counted, SIZE_T bytes)
{
	*counted += bytes;
	if (*counted < BENCH_UNIT)
		return false;
	*counted -= BENCH_UNIT;
	return true;
}

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* One WskRegister: the object behind PWSK_CLIENT, and what keeps WskDeregister waiting. */
#ifndef WSK_SOCKET_CLIENT_H
#define WSK_SOCKET_CLIENT_H

#include <wdm.h>
#include <wsk.h>

#include "nt/driver.h"

namespace wsk
{

class Socket;

class Client
{
public:
	static void *operator new(size_t size) noexcept;
	static void operator delete(void *block);

	/* With a binding it is a client that the Network Module Registrar attached. */
	Client(const WSK_CLIENT_NPI &npi, DriverAccount *account, HANDLE binding = nullptr);

	/* Null unless the pointer is one that a capture returned. */
	static Client *from(PWSK_CLIENT client);

	/* References keep the memory; uses keep WskDeregister waiting. A use can no longer begin
	 * once deregistration has. */
	void reference();
	void release();
	[[nodiscard]] bool begin_use();
	void end_use();

	/* A capture is a use. Ending one that is not outstanding fails. */
	[[nodiscard]] bool begin_capture();
	[[nodiscard]] bool end_capture();

	/*
	 * WskDeregister: no new use, captures in progress give up; returns when the last use has
	 * ended. False at once when it has been called before.
	 */
	[[nodiscard]] bool retire();
	/* Likewise, but does not wait: the binding's detach is completed when the last use ends. */
	void detach();
	bool retired() { return KeReadStateEvent(&retired_); }

	/* Blocks until a capture can succeed, has been given up, or timed out. */
	[[nodiscard]] NTSTATUS wait_for_provider(ULONG milliseconds);

	USHORT version() const { return dispatch_->Version; }
	DriverAccount *account() const { return account_; }

	/* WSK_SET_STATIC_EVENT_CALLBACKS: once, before the first socket. */
	[[nodiscard]] bool set_static_events(ULONG mask);
	ULONG static_events() const { return static_events_; }
	void first_socket();
	bool has_had_sockets() const { return ReadAcquire(&sockets_created_); }

	/* Sockets whose WskCloseSocket is still to come: what the client has forgotten, at last. */
	void socket_opened(Socket *socket);
	void socket_closing(Socket *socket);
	bool has_open_sockets();

	/* What it left behind when it was unloaded (abandoned.cc). */
	static void abandon_sockets(const DriverAccount *account);
	static void close_abandoned_sockets(const DriverAccount *account);

private:
	static constexpr ULONG tag = 'lcsW';
	static constexpr ULONG live = 0x4b53574c;

	using SocketList = LIST_ENTRY Client::*;

	/* abandoned.cc */
	void enlist();
	void delist();
	static Client *next_with(const DriverAccount *account, SocketList list);
	Socket *take_socket(SocketList from, SocketList to);

	ULONG signature_ = live;
	LONG references_ = 1;
	LONG uses_ = 1; /* one is the registration itself */
	LONG captures_ = 0;
	LONG static_events_ = 0;
	LONG sockets_created_ = 0;
	const WSK_CLIENT_DISPATCH *dispatch_;
	DriverAccount *account_;
	HANDLE binding_;
	KEVENT idle_;	 /* the last use has ended */
	KEVENT retired_; /* deregistration has begun */
	LIST_ENTRY link_;
	LIST_ENTRY sockets_;
	LIST_ENTRY abandoned_; /* sockets, too: closed but for their last use */
	KSPIN_LOCK sockets_lock_ = 0;
};

/* wsk/socket/provider.cc */
extern const WSK_PROVIDER_DISPATCH provider_dispatch;

constexpr USHORT provider_version = MAKE_WSK_VERSION(1, 0);

/* Same major version, and no minor version that is newer than ours. */
constexpr bool version_supported(USHORT version)
{
	return WSK_MAJOR_VERSION(version) == WSK_MAJOR_VERSION(provider_version) &&
	       WSK_MINOR_VERSION(version) <= WSK_MINOR_VERSION(provider_version);
}

/* WSK as a provider of the Network Module Registrar (nmr_provider.cc). */
[[nodiscard]] bool nmr_provider_start();
void nmr_provider_stop();

} // namespace wsk

#endif

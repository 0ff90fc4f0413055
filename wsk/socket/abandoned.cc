// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Sockets that a driver left open when it was unloaded. Its code is about to go, and nothing may
 * call it afterwards: so its callbacks end, and its requests are completed while it still can be
 * told. The objects stay as long as its threads might use them.
 */
#include "nt/driver.h"
#include "socket/socket.h"

namespace wsk
{

namespace
{

/* Taken before a client's lock of its sockets. */
constinit KSPIN_LOCK clients_lock = 0;
constinit LIST_ENTRY clients = {&clients, &clients};

class SpinGuard
{
public:
	explicit SpinGuard(KSPIN_LOCK &lock) : lock_(lock) { KeAcquireSpinLock(&lock_, &irql_); }
	~SpinGuard() { KeReleaseSpinLock(&lock_, irql_); }
	SpinGuard(const SpinGuard &) = delete;
	SpinGuard &operator=(const SpinGuard &) = delete;

private:
	KSPIN_LOCK &lock_;
	KIRQL irql_;
};

} // namespace

void Client::enlist()
{
	SpinGuard guard(clients_lock);

	InitializeListHead(&sockets_);
	InitializeListHead(&abandoned_);
	InsertTailList(&clients, &link_);
}

void Client::delist()
{
	SpinGuard guard(clients_lock);

	RemoveEntryList(&link_);
}

void Client::socket_opened(Socket *socket)
{
	SpinGuard guard(sockets_lock_);

	InsertTailList(&sockets_, &socket->siblings_);
}

void Client::socket_closing(Socket *socket)
{
	SpinGuard guard(sockets_lock_);

	RemoveEntryList(&socket->siblings_);
}

bool Client::has_open_sockets()
{
	SpinGuard guard(sockets_lock_);

	return !IsListEmpty(&sockets_);
}

/* A client of the driver's, referenced, that has a socket in its list; or null. */
Client *Client::next_with(const DriverAccount *account, SocketList list)
{
	SpinGuard guard(clients_lock);

	for (PLIST_ENTRY link = clients.Flink; link != &clients; link = link->Flink) {
		Client *client = CONTAINING_RECORD(link, Client, link_);
		SpinGuard sockets_guard(client->sockets_lock_);

		/* A socket in the list has a reference, so the client is not about to go. */
		if (client->account_ != account || IsListEmpty(&(client->*list)))
			continue;
		client->reference();
		return client;
	}
	return nullptr;
}

/* The first socket of a list, with a use, moved to another list or to none; or null. */
Socket *Client::take_socket(SocketList from, SocketList to)
{
	SpinGuard guard(sockets_lock_);

	if (IsListEmpty(&(this->*from)))
		return nullptr;
	Socket *socket = CONTAINING_RECORD((this->*from).Flink, Socket, siblings_);
	RemoveEntryList(&socket->siblings_);
	if (to)
		InsertTailList(&(this->*to), &socket->siblings_);
	else
		InitializeListHead(&socket->siblings_);
	socket->begin_use();
	return socket;
}

void Client::abandon_sockets(const DriverAccount *account)
{
	while (Client *client = next_with(account, &Client::sockets_)) {
		while (Socket *socket =
			       client->take_socket(&Client::sockets_, &Client::abandoned_)) {
			socket->abandon();
			socket->end_use();
		}
		client->release();
	}
}

void Client::close_abandoned_sockets(const DriverAccount *account)
{
	/* And those that were accepted or made meanwhile. */
	const SocketList lists[] = {&Client::abandoned_, &Client::sockets_};

	for (SocketList list : lists)
		while (Client *client = next_with(account, list)) {
			while (Socket *socket = client->take_socket(list, nullptr)) {
				socket->begin_end(nullptr);
				socket->end_use();
			}
			client->release();
		}
}

/*
 * Nothing is admitted any more but WskCloseSocket, and what waits is completed; the last use stays
 * until then, or until there is no driver that could close it.
 */
void Socket::abandon()
{
	{
		LockGuard guard(lock_);

		if (closing_)
			return;
		closing_ = abandoned_ = true;
	}
	signal(signal_close);
}

void sockets_abandon(const DriverAccount *account)
{
	Client::abandon_sockets(account);
}

void sockets_close_abandoned(const DriverAccount *account)
{
	Client::close_abandoned_sockets(account);
}

} // namespace wsk

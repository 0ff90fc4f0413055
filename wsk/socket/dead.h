/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Sockets that have lost their transport. */
#ifndef WSK_SOCKET_DEAD_H
#define WSK_SOCKET_DEAD_H

namespace wsk
{

class Socket;

/*
 * For calls that use the transport although they are not the pump: for as long as it lives, the
 * transport is there; false where it is gone. It is a use of the socket.
 */
class TransportUse
{
public:
	explicit TransportUse(Socket &socket);
	~TransportUse();
	TransportUse(const TransportUse &) = delete;
	TransportUse &operator=(const TransportUse &) = delete;
	explicit operator bool() const { return begun_; }

private:
	Socket &socket_;
	bool begun_;
};

} // namespace wsk

#endif

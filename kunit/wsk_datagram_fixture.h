/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What the datagram suites share: sockets over UDP and raw IP, and what arrives there. */
#ifndef KUNIT_WSK_DATAGRAM_FIXTURE_H
#define KUNIT_WSK_DATAGRAM_FIXTURE_H

#include "wsk_fixture.h"

namespace wsk::test
{

/* A chain of control messages to be sent. */
class Messages
{
public:
	/* As Windows lays it out; `size` may lie. */
	void put(INT level, INT type, const void *data, SIZE_T size);
	template <typename T>
	Messages &add(INT level, INT type, const T &data)
	{
		put(level, type, &data, sizeof(data));
		return *this;
	}
	PCMSGHDR chain() { return used_ ? reinterpret_cast<PCMSGHDR>(room_) : nullptr; }
	ULONG length() const { return used_; }

private:
	static constexpr ULONG most = 256;

	alignas(8) UCHAR room_[most] = {};
	ULONG used_ = 0;
};

/* The data of a control message; null when there is none of that level, type and size. */
const void *find_message(PCMSGHDR chain, ULONG length, INT level, INT type, SIZE_T size);

/* Where WskReceiveFrom puts what goes with the datagram. */
struct Incoming {
	Address from;
	ULONG length = sizeof(control);
	ULONG flags = ~0u;
	alignas(8) UCHAR control[256] = {};

	template <typename T>
	const T *find(INT level, INT type)
	{
		return static_cast<const T *>(find_message(reinterpret_cast<PCMSGHDR>(control),
							   length, level, type, sizeof(T)));
	}
};

/* A datagram socket. The operations of Socket that it does not have do not apply. */
class Datagram : public Socket
{
public:
	/* UDP. */
	Datagram(Client &client, ADDRESS_FAMILY family, PVOID context = nullptr,
		 const WSK_CLIENT_DATAGRAM_DISPATCH *dispatch = nullptr, Site here = HERE);
	Datagram(Client &client, ADDRESS_FAMILY family, USHORT type, ULONG protocol,
		 PVOID context = nullptr, const WSK_CLIENT_DATAGRAM_DISPATCH *dispatch = nullptr,
		 Site here = HERE);

	const WSK_PROVIDER_DATAGRAM_DISPATCH *datagram() const;

	/* Binds to a loopback port of the system's choice, and notes it in `address`. */
	bool bind_loopback(Site here = HERE);

	void start_local_address(Request &request, PSOCKADDR address);
	Outcome local_address(PSOCKADDR address, Site here = HERE);
	Address local(Site here = HERE);

	void start_send(Request &request, PWSK_BUF buffer, PSOCKADDR to,
			Messages *control = nullptr);
	void start_send_messages(Request &request, PWSK_BUF_LIST list, PSOCKADDR to,
				 Messages *control = nullptr);
	/* Without somewhere to put the rest, only the data is asked for. */
	void start_receive(Request &request, PWSK_BUF buffer, Incoming *incoming = nullptr);
	Outcome send(PWSK_BUF buffer, PSOCKADDR to, Messages *control = nullptr, Site here = HERE);
	Outcome send_messages(PWSK_BUF_LIST list, PSOCKADDR to, Messages *control = nullptr,
			      Site here = HERE);
	Outcome receive(PWSK_BUF buffer, Incoming *incoming = nullptr, Site here = HERE);

	/* Sends what a test stream has from a position on. */
	void send_stream(Address &to, SIZE_T position, ULONG length, Site here = HERE);
	/* Expects that to arrive next. */
	void expect_stream(SIZE_T position, ULONG length, Site here = HERE);
	/* Expects that nothing has arrived. */
	void expect_nothing(Site here = HERE);

	/* FIONREAD. */
	ULONG readable(Site here = HERE);

	/* SIO_WSK_SET_REMOTE_ADDRESS, SIO_WSK_SET_SENDTO_ADDRESS; null clears. */
	Outcome set_address(ULONG code, PSOCKADDR address, Site here = HERE);

	Address address;
};

/* What WskReceiveFromEvent was told, and what it shall do: the context of a datagram socket. */
class DatagramNotes
{
public:
	static constexpr LONG most = 64;

	struct Seen {
		ULONG flags;
		SIZE_T length;
		SIZE_T position; /* in the test stream, below 256, by the first byte */
		Address from;
		LONG list; /* counts the calls */
		ULONG control_length;
		bool whole; /* the data is the stream's */
		alignas(8) UCHAR control[128];
	};

	explicit DatagramNotes(struct kunit *test);
	~DatagramNotes();
	DatagramNotes(const DatagramNotes &) = delete;
	DatagramNotes &operator=(const DatagramNotes &) = delete;

	static const WSK_CLIENT_DATAGRAM_DISPATCH dispatch;

	/* Set before the event can be called. */
	NTSTATUS answer = STATUS_SUCCESS;
	Datagram *acts_on = nullptr;
	void (*act)(DatagramNotes &notes) = nullptr;
	NTSTATUS act_status = STATUS_UNSUCCESSFUL;

	/* Waits until so many datagrams, refused ones included, have been indicated. */
	bool reach(LONG datagrams);
	LONG datagrams() const { return datagrams_; }
	LONG calls() const { return calls_; }
	const Seen &seen(LONG index) const { return seen_[index]; }
	/* The lists that were answered with STATUS_PENDING, in one chain: the caller's now. */
	PWSK_DATAGRAM_INDICATION take_kept();
	PWSK_DATAGRAM_INDICATION last_list() const { return last_list_; }

private:
	static NTSTATUS WSKAPI on_receive_from(PVOID context, ULONG flags,
					       PWSK_DATAGRAM_INDICATION list);
	void note(LONG index, ULONG flags, PWSK_DATAGRAM_INDICATION node);

	struct kunit *test_;
	KEVENT called_;
	Seen *seen_;
	PWSK_DATAGRAM_INDICATION kept_ = nullptr;
	PWSK_DATAGRAM_INDICATION last_list_ = nullptr;
	volatile LONG datagrams_ = 0;
	volatile LONG calls_ = 0;
	volatile LONG running_ = 0;
};

} // namespace wsk::test

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * What the WSK suites share: IRPs that count their completions, a registered client, sockets that
 * close themselves, connected pairs, buffers made of MDL chains, and listeners that take notes.
 *
 * Nothing here ends a case early (an ASSERT would skip the destructors), and nothing waits for
 * ever: a request that is not completed fails the case and is left behind, memory and all.
 */
#ifndef KUNIT_WSK_FIXTURE_H
#define KUNIT_WSK_FIXTURE_H

#include <ntddk.h>
#include <wsk.h>
#include <ws2ipdef.h>

#include "bridge.h"

/* Leaves the case, destructors and all, when what the rest stands on does not hold. */
#define REQUIRE(test, value)                                                             \
	do {                                                                             \
		const bool holds_ = !!(value);                                           \
		::wsk::test::check_true(test, BRIDGE_SITE(false), #value, holds_, true); \
		if (!holds_)                                                             \
			return;                                                          \
	} while (0)

/* A case for each family: the function takes (test, family). */
#define IPV4_AND_IPV6(sentence, function)                                                \
	{sentence " (IPv4)", [](struct kunit *test) { function(test, AF_INET); }},       \
	{                                                                                \
		sentence " (IPv6)", [](struct kunit *test) { function(test, AF_INET6); } \
	}

namespace wsk::test
{

using Site = bridge_site;

inline Site site_at(const char *file, int line)
{
	return {file, line, false};
}

/*
 * The caller's place in the source, as a default argument. (Through a function: gcc takes the
 * place of the declaration for a braced one.)
 */
#define HERE ::wsk::test::site_at(__builtin_FILE(), __builtin_LINE())

constexpr ULONG tag = 'tseT';
/* The system gives it to nobody: who calls it from where the system chose does not call himself. */
constexpr USHORT quiet_port = 7101;
/* FIONREAD and SIOCATMARK, which are in user mode's headers only. */
constexpr ULONG bytes_readable = 0x4004667f, at_mark = 0x40047307;
constexpr ULONG patience_ms = 30000; /* before something counts as never happening */

/* Waits for an event with patience; false when it was not set. */
bool wait_for(PKEVENT event);

/* How a call on an IRP ended. */
struct Outcome {
	NTSTATUS status;
	ULONG_PTR information;
	bool pending;	     /* STATUS_PENDING was returned */
	unsigned long rules; /* broken rules that the checked build logged during the call */
};

/* SUCCESS with this information, the way asynchronous functions do it: through STATUS_PENDING. */
void expect_done(struct kunit *test, const Outcome &outcome, ULONG_PTR information = 0,
		 Site here = HERE);
/* SUCCESS, pending or not. */
void expect_ok(struct kunit *test, const Outcome &outcome, ULONG_PTR information = 0,
	       Site here = HERE);
/* The caller's mistake: completed before the call returned this status, and told in one line. */
void expect_refused(struct kunit *test, const Outcome &outcome, NTSTATUS status, Site here = HERE);
/* The network's doing, or a cancellation: the status after STATUS_PENDING, nobody blamed. */
void expect_failed(struct kunit *test, const Outcome &outcome, NTSTATUS status,
		   ULONG_PTR information = 0, Site here = HERE);

/*
 * An IRP of the test's own, with a completion routine that takes notes. Usable any number of times.
 * Destroyed while pending, it cancels itself and waits.
 */
class Request
{
public:
	explicit Request(CCHAR locations = 1);
	~Request();
	Request(const Request &) = delete;
	Request &operator=(const Request &) = delete;

	/* Makes the call, which gets the IRP ready to be passed down. */
	template <typename Call>
	void issue(struct kunit *test, Call call, Site here = HERE)
	{
		PIRP irp = begin(test, here);

		if (irp)
			end(call(irp));
	}

	/* Waits for the completion, and checks that IRP and returned value tell the same story. */
	Outcome wait(Site here = HERE);
	/* As wait(), for what it has sent on loopback to be received, too. */
	Outcome wait_received(Site here = HERE);

	bool pending() const; /* issued, and not completed yet */
	bool cancel();	      /* IoCancelIrp's answer */
	LONG order() const;   /* position among all completions so far, of all requests */

	/* Information is the status, as in requests about names; wait() then says 0. */
	void expect_status_in_information();
	/* No free stack location is left in the IRP passed down by the next issue(). */
	void take_last_location() { last_location_taken_ = true; }
	/* Runs in the completion routine, once. */
	void on_completion(void (*run)(void *context), void *context);

	struct State;

private:
	void settle();
	PIRP begin(struct kunit *test, Site here);
	void end(NTSTATUS returned);

	State *state_;
	bool last_location_taken_ = false;
};

/* Makes the call on an IRP of its own and waits for its completion. */
template <typename Call>
Outcome run(struct kunit *test, Call call, Site here = HERE)
{
	Request request;

	request.issue(test, call, here);
	return request.wait(here);
}

/* A socket address of either family. */
class Address
{
public:
	Address() = default;
	static Address loopback(ADDRESS_FAMILY family, USHORT port = 0);
	static Address any(ADDRESS_FAMILY family, USHORT port = 0);
	/* An address that no interface of this machine has. */
	static Address foreign(ADDRESS_FAMILY family, USHORT port = 0);
	/* ::ffff:127.0.0.1 */
	static Address mapped_loopback(USHORT port = 0);

	operator PSOCKADDR() { return reinterpret_cast<PSOCKADDR>(&storage_); }
	ADDRESS_FAMILY family() const { return storage_.sin6_family; }
	USHORT port() const; /* in host order */
	void set_port(USHORT port);
	bool is_wildcard() const;
	bool same_host(const Address &other) const;
	bool operator==(const Address &other) const;
	PSOCKADDR_IN ipv4() { return reinterpret_cast<PSOCKADDR_IN>(&storage_); }
	PSOCKADDR_IN6 ipv6() { return reinterpret_cast<PSOCKADDR_IN6>(&storage_); }

private:
	SOCKADDR_IN6 storage_ = {}; /* large enough for either */
};

/* What the test stream has at a position: recognizable, wherever a part of it turns up. */
UCHAR stream_byte(SIZE_T position);

/* Memory from the non-paged pool, in one MDL or a chain of several, one block each. */
class Buffer
{
public:
	explicit Buffer(ULONG length) { make(&length, 1); }
	template <ULONG N>
	explicit Buffer(const ULONG (&segments)[N])
	{
		static_assert(N <= most_segments);
		make(segments, N);
	}
	~Buffer();
	Buffer(const Buffer &) = delete;
	Buffer &operator=(const Buffer &) = delete;

	bool valid() const { return valid_; }
	SIZE_T length() const { return length_; }
	PMDL mdl() const { return mdl_; }
	/* Points to a WSK_BUF inside this object: one window at a time. */
	PWSK_BUF window(ULONG offset, SIZE_T length);
	PWSK_BUF all() { return window(0, length_); }
	PWSK_BUF none() { return window(0, 0); }
	UCHAR &operator[](SIZE_T index) { return *at(index); }

	/* Writes what a test stream has at `position`, and says whether it is there. */
	void fill(SIZE_T position = 0);
	bool holds(SIZE_T offset, SIZE_T length, SIZE_T position);
	void wipe();
	/* Whether nothing was written there since wipe(). */
	bool wiped(SIZE_T offset, SIZE_T length);

private:
	static constexpr ULONG most_segments = 8;

	void make(const ULONG *segments, ULONG count);
	UCHAR *at(SIZE_T index);

	WSK_BUF window_ = {};
	PMDL mdl_ = nullptr;
	PMDL last_ = nullptr;
	SIZE_T length_ = 0;
	bool valid_ = true;
};

/* A client that is registered and has captured the provider. */
class Client
{
public:
	/* `registers`: WskRegister, as whoever calls it. */
	explicit Client(struct kunit *test,
			NTSTATUS(NTAPI *registers)(PWSK_CLIENT_NPI,
						   PWSK_REGISTRATION) = WskRegister);
	~Client();
	Client(const Client &) = delete;
	Client &operator=(const Client &) = delete;

	struct kunit *test() const { return test_; }
	PWSK_CLIENT handle() const { return npi_.Client; }
	const WSK_PROVIDER_DISPATCH *provider() const { return npi_.Dispatch; }
	PWSK_REGISTRATION registration();
	bool ready() const { return captured_; }
	/* A socket of this client cannot be closed: do not wait for it. */
	void abandon() { abandoned_ = true; }

	NTSTATUS set_static_events(ULONG mask);

private:
	struct State;

	struct kunit *test_;
	State *state_;
	WSK_PROVIDER_NPI npi_ = {};
	bool registered_ = false;
	bool captured_ = false;
	bool abandoned_ = false;
};

/* Everything for one control call. */
struct Control {
	WSK_CONTROL_SOCKET_TYPE type = WskSetOption;
	ULONG code = 0;
	ULONG level = SOL_SOCKET;
	PVOID input = nullptr;
	SIZE_T input_size = 0;
	PVOID output = nullptr;
	SIZE_T output_size = 0;
};

/* Whose a socket is to be, where that is not the caller. */
struct Owner {
	PEPROCESS process = nullptr;
	PETHREAD thread = nullptr;
	PSECURITY_DESCRIPTOR descriptor = nullptr;
};

/* A WSK socket, closed by the destructor. Each operation waits; its start_ form does not. */
class Socket
{
public:
	explicit Socket(Client &client) : client_(client) {}
	/* `category`: WSK_FLAG_LISTEN_SOCKET, WSK_FLAG_CONNECTION_SOCKET, WSK_FLAG_STREAM_SOCKET.
	 */
	Socket(Client &client, ULONG category, ADDRESS_FAMILY family, PVOID context = nullptr,
	       const void *dispatch = nullptr, Site here = HERE)
		: Socket(client, category, family, Owner(), context, dispatch, here)
	{
	}
	Socket(Client &client, ULONG category, ADDRESS_FAMILY family, const Owner &owner,
	       PVOID context = nullptr, const void *dispatch = nullptr, Site here = HERE);
	~Socket() { close(); }
	Socket(const Socket &) = delete;
	Socket &operator=(const Socket &) = delete;

	bool open() const { return handle_; }
	PWSK_SOCKET handle() const { return handle_; }
	struct kunit *test() const { return client_.test(); }
	const WSK_PROVIDER_BASIC_DISPATCH *basic() const;
	const WSK_PROVIDER_LISTEN_DISPATCH *listen() const;
	const WSK_PROVIDER_CONNECTION_DISPATCH *connection() const;
	const WSK_PROVIDER_STREAM_DISPATCH *stream() const;

	/* Takes over a socket: as a rule a connection that an accept delivered. */
	void adopt(PWSK_SOCKET handle, ULONG category = WSK_FLAG_CONNECTION_SOCKET);
	void adopt(const Outcome &accepted);
	/* The handle, which somebody else closes now. */
	PWSK_SOCKET release();

	void start_bind(Request &request, PSOCKADDR address, ULONG flags = 0);
	void start_listening(Request &request);
	void start_accept(Request &request, PSOCKADDR local = nullptr, PSOCKADDR remote = nullptr,
			  ULONG flags = 0);
	void start_connect(Request &request, PSOCKADDR address, ULONG flags = 0);
	void start_connect_ex(Request &request, PSOCKADDR address, PWSK_BUF buffer,
			      ULONG flags = 0);
	void start_send(Request &request, PWSK_BUF buffer, ULONG flags = 0);
	void start_send_ex(Request &request, PWSK_BUF buffer, ULONG flags = 0, ULONG length = 0,
			   PCMSGHDR control = nullptr);
	void start_receive_ex(Request &request, PWSK_BUF buffer, ULONG flags = 0,
			      PULONG length = nullptr, PCMSGHDR control = nullptr,
			      PULONG control_flags = nullptr);
	void start_receive(Request &request, PWSK_BUF buffer, ULONG flags = 0);
	void start_disconnect(Request &request, PWSK_BUF buffer = nullptr, ULONG flags = 0);
	void start_local_address(Request &request, PSOCKADDR address);
	void start_remote_address(Request &request, PSOCKADDR address);
	void start_control(Request &request, const Control &control);
	/* The handle is gone at once. */
	void start_close(Request &request);

	Outcome bind(PSOCKADDR address, ULONG flags = 0, Site here = HERE);
	Outcome listen_now(Site here = HERE);
	Outcome accept(PSOCKADDR local = nullptr, PSOCKADDR remote = nullptr, ULONG flags = 0,
		       Site here = HERE);
	Outcome connect(PSOCKADDR address, ULONG flags = 0, Site here = HERE);
	Outcome connect_ex(PSOCKADDR address, PWSK_BUF buffer, ULONG flags = 0, Site here = HERE);
	Outcome send(PWSK_BUF buffer, ULONG flags = 0, Site here = HERE);
	Outcome send_ex(PWSK_BUF buffer, ULONG flags = 0, ULONG length = 0,
			PCMSGHDR control = nullptr, Site here = HERE);
	Outcome receive_ex(PWSK_BUF buffer, ULONG flags = 0, PULONG length = nullptr,
			   PCMSGHDR control = nullptr, PULONG control_flags = nullptr,
			   Site here = HERE);
	Outcome receive(PWSK_BUF buffer, ULONG flags = 0, Site here = HERE);
	/* Receives all that is left, which a reset ends. */
	void expect_reset(PWSK_BUF buffer, Site here = HERE);
	Outcome disconnect(PWSK_BUF buffer = nullptr, ULONG flags = 0, Site here = HERE);
	Outcome local_address(PSOCKADDR address, Site here = HERE);
	Outcome remote_address(PSOCKADDR address, Site here = HERE);
	Outcome control(const Control &control, Site here = HERE);
	Outcome set(ULONG level, ULONG option, ULONG value, Site here = HERE);
	/* The option's value, or ~0 with the case failed. */
	ULONG get(ULONG level, ULONG option, Site here = HERE);
	Outcome reset(Site here = HERE) { return disconnect(nullptr, WSK_FLAG_ABORTIVE, here); }
	/* SO_WSK_EVENT_CALLBACK without an IRP, or with one. */
	NTSTATUS set_events(ULONG mask);
	Outcome set_events_irp(ULONG mask, Site here = HERE);
	void start_set_events(Request &request, ULONG mask);
	/* Closes, and expects that to work; nothing when closed already. */
	void close(Site here = HERE);

	Address local(Site here = HERE);
	Address remote(Site here = HERE);

private:
	bool is_stream() const { return category_ == WSK_FLAG_STREAM_SOCKET; }

	Client &client_;
	PWSK_SOCKET handle_ = nullptr;
	ULONG category_ = WSK_FLAG_CONNECTION_SOCKET;
	WSK_EVENT_CALLBACK_CONTROL events_ = {}; /* stays while a disabling call is pending */
};

/* A listening socket at a loopback port of the system's choice. */
class Listener : public Socket
{
public:
	Listener(Client &client, ADDRESS_FAMILY family, PVOID context = nullptr,
		 const WSK_CLIENT_LISTEN_DISPATCH *dispatch = nullptr, Site here = HERE);

	Address address;
};

/* A connection socket bound to the wildcard address. */
class Caller : public Socket
{
public:
	Caller(Client &client, ADDRESS_FAMILY family, Site here = HERE);
	/* Also connects. */
	Caller(Client &client, Listener &listener, Site here = HERE);
};

/* Two sockets connected to each other. */
class Pair
{
public:
	Pair(Client &client, ADDRESS_FAMILY family, Site here = HERE);

	Listener listener;
	Caller caller;
	Socket peer; /* was accepted */

	bool connected() const { return connected_; }
	/* Small buffers on both sides, so that what is sent without being received gets stuck. */
	void shrink_buffers();

private:
	bool connected_ = false;
};

/* More than shrunk buffers take. */
constexpr ULONG too_much = 1u << 18;

/* What WskAcceptEvent was told, and what it shall do: the context of a listening socket. */
class AcceptNotes
{
public:
	static constexpr LONG most = 16;

	explicit AcceptNotes(struct kunit *test);
	~AcceptNotes();
	AcceptNotes(const AcceptNotes &) = delete;
	AcceptNotes &operator=(const AcceptNotes &) = delete;

	static const WSK_CLIENT_LISTEN_DISPATCH dispatch;

	/* Set before the event is enabled. */
	NTSTATUS answer = STATUS_SUCCESS;
	void (*act)(AcceptNotes &notes, PWSK_SOCKET accepted) = nullptr;
	void *for_act = nullptr;

	/* Waits until the event has been called this often. */
	bool reach(LONG calls);
	LONG calls() const { return calls_; }
	/* The accepted socket of that call, which is the caller's to close from now on. */
	PWSK_SOCKET take(LONG call);

	struct Call {
		PWSK_SOCKET socket;
		ULONG flags;
		KIRQL irql;
		Address local, remote;
	};
	Call *seen; /* `most` of them */

private:
	static NTSTATUS WSKAPI on_accept(PVOID context, ULONG flags, PSOCKADDR local,
					 PSOCKADDR remote, PWSK_SOCKET accepted,
					 PVOID *accepted_context,
					 const WSK_CLIENT_CONNECTION_DISPATCH **accepted_dispatch);

	struct kunit *test_;
	KEVENT called_;
	volatile LONG calls_ = 0;
};

template <typename Statements>
void call_statements(void *context)
{
	(*static_cast<const Statements *>(context))();
}

template <typename Statements>
void at_dispatch(const Statements &statements)
{
	bridge_run_at_dispatch(call_statements<Statements>, const_cast<Statements *>(&statements));
}

/* Runs statements as a thread does that a signal waits for. */
template <typename Statements>
void while_signalled(const Statements &statements)
{
	bridge_run_signalled(call_statements<Statements>, const_cast<Statements *>(&statements));
}

template <typename Statements>
void in_softirq(const Statements &statements)
{
	bridge_run_in_softirq(call_statements<Statements>, const_cast<Statements *>(&statements));
}

/* A thread beside the test's own. join() before the variables that it uses go. */
template <typename Statements>
class Thread
{
public:
	Thread(struct kunit *test, Statements statements) : statements_(statements)
	{
		thread_ = bridge_thread_start(run, this);
		EXPECT_NOT_NULL(test, thread_);
	}
	~Thread() { join(); }
	Thread(const Thread &) = delete;
	Thread &operator=(const Thread &) = delete;

	void join()
	{
		if (thread_)
			bridge_thread_join(thread_);
		thread_ = nullptr;
	}

private:
	static void run(void *context) { static_cast<Thread *>(context)->statements_(); }

	Statements statements_;
	bridge_thread *thread_;
};

} // namespace wsk::test

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * The object behind PWSK_SOCKET.
 *
 * Requests wait in queues, one for each thing that can block. Whatever may let one go on (a new
 * request, the network, a cancellation) sets an event bit, and the pump, of which at most one runs
 * per socket, serves the queues whose bit is set: at once in the caller, where that may sleep; else
 * in a softirq, where what is to be done need not sleep; else in the socket's work item. No lock of
 * ours is held while client code runs.
 *
 * Uses keep the object: one until WskCloseSocket, one for each request held, for the queued work
 * item, for each call in progress. Whoever ends the last use has the work item finish the close.
 */
#ifndef WSK_SOCKET_SOCKET_H
#define WSK_SOCKET_SOCKET_H

#include <wdm.h>
#include <wsk.h>

#include "port/inspect.h"
#include "port/net.h"
#include "port/packet.h"
#include "port/softirq.h"
#include "port/work.h"
#include "socket/client.h"
#include "socket/datagram.h"
#include "socket/event.h"
#include "socket/kind.h"
#include "socket/lock.h"
#include "socket/ownership.h"
#include "socket/peeked.h"
#include "socket/request.h"
#include "socket/sharing.h"
#include "socket/status.h"

namespace wsk
{

struct Control;
struct ControlCall;
class SendBatch;

enum class State : UCHAR {
	unbound,
	binding,
	bound,
	starting, /* to listen, after WskListen */
	listening,
	connecting,
	connected,
	silent, /* nothing is sent any more: only closing is left */
};

/* Reasons for the pump to look at a queue. */
enum Signal : ULONG {
	signal_close = 1,
	signal_control = 2,
	signal_connect = 4,
	signal_send = 8,
	signal_disconnect = 16,
	signal_accept = 32,
	signal_receive = 64,
	signal_reset = 128,
	signal_create = 256,
	signal_window = 512,
	signal_task_send = 1024, /* the first of the sends is not for a softirq */
	signal_dead = 2048,
	signal_inspect = 4096,
	signal_returned = 8192, /* memory that was lent is */
	signal_all = 16383,
};

/* With everything that it calls, where that does not need more stack than it may. */
#ifdef __SANITIZE_ADDRESS__
#define WSK_FLAT
#else
#define WSK_FLAT [[gnu::flatten]]
#endif

class Socket
{
public:
	/* Begins WskSocket: completes the IRP, with the handle, once there is a transport. */
	static NTSTATUS create(const char *function, Client &client, const Kind &kind,
			       const Ownership &ownership, PVOID context, const VOID *dispatch,
			       PIRP irp);

	/* Begins WskSocketConnect: likewise, once it is connected. The IRP holds the peer's. */
	static NTSTATUS create_connected(const char *function, Client &client, const Kind &kind,
					 const Ownership &ownership, const port_address &local,
					 PVOID context, const VOID *dispatch, PIRP irp);

	static Socket *from(PWSK_SOCKET socket) { return reinterpret_cast<Socket *>(socket); }
	PWSK_SOCKET handle() { return &header_; }

	Category category() const { return kind_.category; }
	ADDRESS_FAMILY family() const { return kind_.family; }
	USHORT type() const { return kind_.type; }

	void begin_use() { InterlockedIncrement(&uses_); }
	void end_use()
	{
		if (!InterlockedDecrement(&uses_))
			begin_finish();
	}

	/* What queue_softirq() asked for. */
	static void run_softirq(port_bottom *bottom);

	/*
	 * Takes a begun request in and returns STATUS_PENDING, or refuses it. The admission runs
	 * under the lock, may change the state, and tells whether the socket's state allows it.
	 */
	using Admission = Refusal (*)(Socket &socket, PIRP irp);
	NTSTATUS submit(const char *function, PIRP irp, Operation operation, Admission admission)
	{
		Request::of(irp)->socket = this;
		Request::of(irp)->operation = operation;
		return queue(function, irp, lane_of(operation), admission);
	}

	/* Completes a request that a queue no longer holds, and ends its use. */
	void complete(PIRP irp, NTSTATUS status, ULONG_PTR information = 0);

	/* WskCloseSocket. */
	NTSTATUS close(const char *function, PIRP irp);

	/* SUCCESS, or what it ends all waiting with from now on. */
	NTSTATUS ending();

	/* Retained data has been released: the peer may send more. */
	void offer_window();

	/* WskControlSocket, with everything checked but the socket's state (control.cc). */
	NTSTATUS control(WSK_CONTROL_SOCKET_TYPE type, ControlCall &call, SIZE_T *written);

	/* For the handlers of options and control codes. */
	const Kind &kind() const { return kind_; }
	port_socket *transport() const { return transport_; }
	[[nodiscard]] Refusal control_events(const WSK_EVENT_CALLBACK_CONTROL &control, PIRP irp);
	[[nodiscard]] Refusal set_sharing(Sharing sharing, bool on);
	[[nodiscard]] Refusal set_security(PSECURITY_DESCRIPTOR descriptor);
	[[nodiscard]] Refusal get_security(PSECURITY_DESCRIPTOR *descriptor);
	Sharing sharing() const { return bound_.sharing; }
	void set_linger(ULONG linger) { linger_ = linger; }
	ULONG linger() const { return linger_; }
	void keep_switch(ULONG which, bool on)
	{
		if (on)
			InterlockedOr(&kept_switches_, 1 << which);
		else
			InterlockedAnd(&kept_switches_, ~(1 << which));
	}
	bool kept_switch(ULONG which) const { return kept_switches_ & (1 << which); }
	State state() const { return state_; }
	[[nodiscard]] Refusal set_conditional(bool on);
	bool conditional() const { return conditional_; }
	/* Null for connections that no inspection let in. */
	const WSK_INSPECT_ID *inspect_id() const;
	void fall_silent();	   /* SIO_WSK_SET_TCP_SILENT_MODE */
	void watch_send_backlog(); /* for a request that waits for its change */

	/* SIO_WSK_SET_REMOTE_ADDRESS, SIO_WSK_SET_SENDTO_ADDRESS (datagram.cc); null clears. */
	void set_fixed_address(bool remote, const port_address *address);

	/* Options of datagram sockets (option_datagram.cc). */
	void set_told(bool ipv6, USHORT what, bool on);
	ToldSets told() const;
	void set_broadcasts(bool on);
	bool broadcasts();
	NTSTATUS judge(const port_datagram &datagram);
	void choose() { datagram_->chooses = true; }
	bool make_interface_list();
	/* Runs under the lock, where there is a list. */
	template <class Run>
	void with_interfaces(Run run)
	{
		LockGuard guard(lock_);

		if (datagram_->interfaces)
			run(*datagram_->interfaces);
	}
	const DatagramState *datagram() const { return datagram_; }
	[[nodiscard]] bool refused_length(ULONG *length);
	void set_segment_size(ULONG size);
	ULONG segment_size();

	/* Admissions. */
	static Refusal admit_bind(Socket &socket, PIRP irp);
	static Refusal admit_connect(Socket &socket, PIRP irp);
	static Refusal admit_listen(Socket &socket, PIRP irp);
	static Refusal admit_accept(Socket &socket, PIRP irp);
	static Refusal admit_send(Socket &socket, PIRP irp);
	static Refusal admit_receive(Socket &socket, PIRP irp);
	static Refusal admit_disconnect(Socket &socket, PIRP irp);
	static Refusal admit_abort(Socket &socket, PIRP irp);
	static Refusal admit_local_address(Socket &socket, PIRP irp);
	static Refusal admit_remote_address(Socket &socket, PIRP irp);
	static Refusal admit_control_request(Socket &socket, PIRP irp);
	static Refusal admit_send_to(Socket &socket, PIRP irp);
	static Refusal admit_receive_from(Socket &socket, PIRP irp);
	static Refusal admit_inspect(Socket &socket, PIRP irp);

	static void *operator new(size_t size) noexcept;
	static void operator delete(void *block);

private:
	friend class Client;
	friend class EventCall;
	friend class TransportUse;

	/* A connection from the network. */
	struct Arrival {
		port_socket_room room;
		WSK_INSPECT_ID id; /* with conditional accept */
	};

	struct Created {
		NTSTATUS status;
		Socket *socket;
	};

	static constexpr int task_requests = 32, in_place_requests = 8;
	/* Datagrams that nobody gets: they are not requests, but others want their turn, too. */
	static constexpr int drops_per_turn = 64;

	struct Lane {
		RequestQueue Socket::*queue;
		ULONG signal;
	};
	/* Where requests of a kind wait, and what has them served. */
	static constexpr Lane lane_of(Operation operation);

	Socket(Client &client, const Kind &kind, PVOID context, const VOID *dispatch);
	~Socket() { delete datagram_; }

	/* pump.cc */
	enum class Server { present_pump, caller, softirq, work_item };
	NTSTATUS queue(const char *function, PIRP irp, Lane lane, Admission admission);
	[[gnu::noinline]] void signal(ULONG signals);
	Server leave_word(ULONG signals, Server possible);
	void call(Server server, ULONG signals);
	[[gnu::noinline]] void queue_work();
	[[gnu::noinline]] void queue_softirq();
	Server possible_server() const;
	ULONG take_signals(ULONG mask);
	ULONG begin_pump(ULONG mask, bool in_place);
	void pump(ULONG mask, ULONG todo);
	[[gnu::noinline]] void serve_first(ULONG signals);
	void serve(ULONG signals);
	static void run_work(port_work *work);
	WSK_FLAT static void on_network(void *owner, uint32_t events);
	static VOID NTAPI cancel_request(PDEVICE_OBJECT device, PIRP irp);
	ULONG awaited_signals(ULONG signals) const;
	PIRP claim(RequestQueue &queue)
	{
		if (queue.empty()) /* whoever fills it signals afterwards */
			return nullptr;
		LockGuard guard(lock_);

		return queue.claim();
	}
	void put_back(RequestQueue &queue, PIRP irp);
	/* Requests, or batches of them, that the pump serves before others get their turn. */
	int requests_per_turn() const { return in_place_ ? in_place_requests : task_requests; }
	bool waits_for_network(PIRP irp) const;
	/* For callbacks that the pump calls. */
	ULONG level_flag() const { return in_place_ ? WSK_FLAG_AT_DISPATCH_LEVEL : 0; }
	[[gnu::noinline]] void cancelled(PIRP irp);
	[[gnu::noinline]] void cancel_all(RequestQueue &queue, NTSTATUS status);
	ULONG inline_signals() const;
	template <class Visit>
	void each_queue(Visit visit);

	/* socket.cc */
	void attach_transport(port_socket *transport);
	bool begin_end(PIRP close_irp);
	void close_transport();
	bool ends_with_reset();
	void begin_finish();
	void finish_close();

	/* A stream socket becomes one or the other. */
	bool listens() const
	{
		return category() == Category::listen || state_ == State::listening;
	}

	/* dead.cc */
	void die();
	void serve_dead(ULONG signals);
	bool tell_death(Event event);
	void indicate_death();
	void indicate_inspection_death();

	/* abandoned.cc */
	void abandon();

	/* control.cc */
	Refusal admit_control(const Control &row, bool read);
	NTSTATUS control_now(WSK_CONTROL_SOCKET_TYPE type, ControlCall &call, SIZE_T *written);
	void serve_control();
	NTSTATUS execute_control(PIRP irp, ULONG_PTR *information);

	/* connection.cc */
	static Socket *make(Client &client, const Kind &kind, PVOID context, const VOID *dispatch,
			    Refusal *refusal);
	NTSTATUS begin_create(const char *function, Operation operation, const Ownership &ownership,
			      PIRP irp);
	NTSTATUS create_transport();
	void serve_create();
	void fail_create(PIRP irp, NTSTATUS status);
	NTSTATUS execute_bind(const port_address &address);
	void serve_disconnects();
	void abort_connection();
	NTSTATUS write_address(bool remote, PSOCKADDR to);

	/* connect.cc */
	void serve_connects();
	int shake_hands(PIRP irp);
	long long transmit_first(PIRP irp);
	void fail_connect(PIRP irp, NTSTATUS status);
	void undo_connect();

	/* listen.cc */
	NTSTATUS execute_listen();
	void serve_accepts();
	bool serve_one_accept();
	void deliver_accept(PIRP irp, Arrival &arrival);
	void indicate_accept(const EventCall &call, Arrival &arrival);
	Created adopt(Arrival &arrival, PVOID context, const VOID *dispatch);

	/* inspect.cc */
	port_inspector *inspector() const;
	NTSTATUS begin_inspection();
	void end_inspection();
	static void on_inspect(void *owner);
	int next_arrival(Arrival *arrival);
	void serve_inspections();
	WSK_CLIENT_LISTEN_DISPATCH inspection_callbacks(PVOID *context);
	void inspect(const port_inspect_event &event);
	void indicate_abort(WSK_INSPECT_ID id);
	NTSTATUS execute_inspect(PIRP irp);

	/* loan.cc */
	void lend(PIRP irp);
	bool waits_for_memory(PIRP irp) const
	{
		return Request::of(irp)->operation == Operation::send &&
		       (Request::of(irp)->loan || !IsListEmpty(&unfinished_));
	}
	bool finish_later(PIRP irp, NTSTATUS status, ULONG_PTR information);
	static void on_returned(void *context);
	PIRP take_finished();
	void serve_returned();
	void recall_loans();

	/* stream.cc */
	void push_held();
	void serve_sends();
	PIRP gather(SendBatch &batch, PIRP first);
	void serve_receives();
	bool settle(const SendBatch &batch, PIRP next, long long sent);
	void finish_send(PIRP irp);
	long long collect(PIRP irp);

	/* datagram_transfer.cc */
	[[gnu::noinline]] void serve_datagram_sends();
	void serve_datagram_receives();
	long long transmit_datagrams(PIRP irp);
	bool goes_as_run(PIRP irp);
	long long transmit_run(PIRP irp);
	bool may_sleep(PIRP irp) const;
	long long transmit_buffer(PIRP irp, const WSK_BUF &buffer, SIZE_T *sent);
	bool may_drop_more();
	int next_datagram(port_datagram *datagram, NTSTATUS *verdict);
	[[gnu::noinline]] bool serve_receive_from(PIRP irp);
	void complete_receive_from(PIRP irp, const port_datagram &datagram);

	/* datagram_event.cc */
	bool indicate_datagrams();
	bool has_datagrams() const;
	PWSK_DATAGRAM_INDICATION collect_datagrams(ULONG *flags, bool *more);
	PWSK_DATAGRAM_INDICATION next_indication();
	[[gnu::noinline]] PWSK_DATAGRAM_INDICATION take_refused();
	void keep_refused(PWSK_DATAGRAM_INDICATION first, PWSK_DATAGRAM_INDICATION last);
	[[gnu::noinline]] void refuse_datagrams(PWSK_DATAGRAM_INDICATION list, ULONG enablings);

	/* event.cc */
	ULONG possible_events() const;
	void *callback_of(Event event);
	ULONG callable_events(ULONG mask);
	Refusal check_events(ULONG mask, bool disable);
	void enable_events(ULONG mask);
	bool await_call(Event event, PIRP irp);
	void start_events(ULONG inherited = 0);
	enum class Indicated : UCHAR { nothing, some, no_memory };
	Indicated indicate_receive();
	long long offer(const EventCall &call, port_packet *packets, SIZE_T bytes);
	WSK_FLAT static int64_t visit_packets(void *context, port_packet *packets, size_t bytes);
	long long indicate_in_place(const EventCall &call);
	[[gnu::noinline]] long long indicate_held(const EventCall &call);
	void indicate_disconnect(UCHAR what);
	void indicate_send_backlog();
	UCHAR disconnect_to_indicate();

	WSK_SOCKET header_; /* first: it is all that clients see */
	Kind kind_;
	Peeked<State> state_ = State::unbound;
	LONG uses_ = 1;
	ULONG signals_ = 0; /* set under the lock, and taken by the pump without it */
	Peeked<bool> pumping_ = false;
	bool in_place_ = false;	       /* the pump is, in the softirq that processes packets */
	bool in_softirq_list_ = false; /* to be called there */
	Peeked<bool> closing_ = false;
	bool abandoned_ = false;	  /* its driver is being unloaded, and may still close it */
	bool kept_ = false;		  /* and nothing but its last use is left */
	bool finishing_ = false;	  /* the work item's next run is its last */
	Peeked<bool> send_ended_ = false; /* a graceful disconnect was accepted */
	bool fin_sent_ = false;		  /* and TCP has the FIN */
	Peeked<bool> aborted_ = false;	  /* by the client */
	bool connect_cancelled_ = false;  /* and is still to be undone */
	Peeked<bool> dead_ = false;	  /* its network namespace has gone */
	UCHAR death_told_ = 0;		  /* by which events, one bit each */
	USHORT transport_uses_ = 0;	  /* TransportUse objects */
	bool conditional_ = false;	  /* SO_CONDITIONAL_ACCEPT */
	bool indicating_stopped_ = false; /* data was refused: until a WskReceive completes */
	UCHAR disconnects_indicated_ = 0; /* WskDisconnectEvent: each of its flags once */
	Peeked<bool> backlog_watched_ = false; /* by requests (change.h) */
	bool lent_ = false;		       /* memory of sends, at some time */
	Peeked<bool> held_ = false;	       /* TCP keeps data back for what follows */
	ULONG backlog_indicated_ = 0;
	ULONG linger_ = 0;	 /* SO_LINGER: stored only */
	LONG kept_switches_ = 0; /* switches that are stored only */
	Client *client_;
	LIST_ENTRY siblings_; /* the client's other sockets */
	PVOID context_;
	const VOID *dispatch_;		   /* the client's, of the category's type */
	AcceptOutputs *outputs_ = nullptr; /* until WskAcceptEvent has returned */
	port_owner *owner_ = nullptr;	   /* of those that WskSocket makes */
	port_socket *transport_ = nullptr;
	port_socket_room transport_room_;
	DatagramState *datagram_ = nullptr; /* of a datagram socket */
	PIRP life_irp_ =
		nullptr; /* of the creation until there is a transport, then of the close */
	BoundAddress bound_ = {};
	union {
		WSK_INSPECT_ID inspect_id_ = {}; /* a connection's; Key 0 is none */
		port_inspector *inspector_;	 /* a listening socket's */
	};
	RequestQueue controls_, connects_, sends_, disconnects_, receives_;
	union {
		RequestQueue accepts_; /* of one that listens */
		/*
		 * A connection's: sends that are over, but for lent memory (loan.cc). Nobody can
		 * cancel them, nor claim them from a queue.
		 */
		LIST_ENTRY unfinished_;
	};
	EventTable events_;
	port_lock lock_;
	port_work work_;
	port_bottom bottom_ = {};
};

constexpr Socket::Lane Socket::lane_of(Operation operation)
{
	switch (operation) {
	case Operation::connect:
	case Operation::create_connected:
		return {&Socket::connects_, signal_connect};
	case Operation::accept:
		return {&Socket::accepts_, signal_accept};
	case Operation::send:
	case Operation::send_to:
	case Operation::send_messages:
	case Operation::disconnect:
		return {&Socket::sends_, signal_send};
	case Operation::receive:
	case Operation::receive_from:
		return {&Socket::receives_, signal_receive};
	default:
		return {&Socket::controls_, signal_control};
	}
}

template <class Visit>
void Socket::each_queue(Visit visit)
{
	visit(controls_);
	visit(connects_);
	visit(accepts_);
	visit(sends_);
	visit(disconnects_);
	visit(receives_);
}

extern const WSK_PROVIDER_BASIC_DISPATCH basic_dispatch;
extern const WSK_PROVIDER_LISTEN_DISPATCH listen_dispatch;
extern const WSK_PROVIDER_CONNECTION_DISPATCH connection_dispatch;
extern const WSK_PROVIDER_STREAM_DISPATCH stream_dispatch;
extern const WSK_PROVIDER_DATAGRAM_DISPATCH datagram_dispatch;

/* The basic members of every socket table (control.cc, socket.cc). */
NTSTATUS WSKAPI control_socket(PWSK_SOCKET socket, WSK_CONTROL_SOCKET_TYPE request, ULONG code,
			       ULONG level, SIZE_T input_size, PVOID input, SIZE_T output_size,
			       PVOID output, SIZE_T *output_size_returned, PIRP irp);
NTSTATUS WSKAPI close_socket(PWSK_SOCKET socket, PIRP irp);

/* Members that several tables share (connection.cc, connect.cc, listen.cc). */
NTSTATUS WSKAPI bind(PWSK_SOCKET socket, PSOCKADDR local_address, ULONG flags, PIRP irp);
NTSTATUS WSKAPI get_local_address(PWSK_SOCKET socket, PSOCKADDR local_address, PIRP irp);
NTSTATUS WSKAPI get_remote_address(PWSK_SOCKET socket, PSOCKADDR remote_address, PIRP irp);
NTSTATUS WSKAPI connect(PWSK_SOCKET socket, PSOCKADDR remote_address, ULONG flags, PIRP irp);
NTSTATUS WSKAPI connect_ex(PWSK_SOCKET socket, PSOCKADDR remote_address, PWSK_BUF buffer,
			   ULONG flags, PIRP irp);
NTSTATUS WSKAPI accept(PWSK_SOCKET socket, ULONG flags, PVOID context,
		       const WSK_CLIENT_CONNECTION_DISPATCH *dispatch, PSOCKADDR local_address,
		       PSOCKADDR remote_address, PIRP irp);

} // namespace wsk

#endif

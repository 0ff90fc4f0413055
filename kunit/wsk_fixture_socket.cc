// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Clients, sockets and listeners of the WSK suites' fixture.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include "wsk_fixture.h"

namespace wsk::test
{

static constexpr WSK_CLIENT_DISPATCH client_dispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};

/* In the pool: a deregistration that does not end keeps it. */
struct Client::State {
	WSK_REGISTRATION registration;
	KEVENT gone;

	static void deregister(void *context)
	{
		auto *self = static_cast<State *>(context);

		WskDeregister(&self->registration);
		KeSetEvent(&self->gone, IO_NO_INCREMENT, FALSE);
	}
};

Client::Client(struct kunit *test, NTSTATUS(NTAPI *registers)(PWSK_CLIENT_NPI, PWSK_REGISTRATION))
	: test_(test),
	  state_(static_cast<State *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(State), tag)))
{
	WSK_CLIENT_NPI npi = {this, &client_dispatch};

	if (!state_)
		return;
	KeInitializeEvent(&state_->gone, NotificationEvent, FALSE);

	NTSTATUS status = registers(&npi, registration());

	EXPECT_STATUS(test, status, STATUS_SUCCESS);
	registered_ = NT_SUCCESS(status);
	if (!registered_)
		return;
	status = WskCaptureProviderNPI(registration(), WSK_INFINITE_WAIT, &npi_);
	EXPECT_STATUS(test, status, STATUS_SUCCESS);
	captured_ = NT_SUCCESS(status);
}

Client::~Client()
{
	if (captured_)
		WskReleaseProviderNPI(registration());
	if (abandoned_) /* deregistering would wait for ever */
		return;
	if (registered_) {
		bridge_thread *thread = bridge_thread_start(State::deregister, state_);
		const bridge_site here = BRIDGE_SITE(false);

		if (!thread || !wait_for(&state_->gone)) {
			bridge_fail(test_, &here, "the client could not deregister");
			return;
		}
		bridge_thread_join(thread);
	}
	if (state_)
		ExFreePoolWithTag(state_, tag);
}

PWSK_REGISTRATION Client::registration()
{
	return &state_->registration;
}

NTSTATUS Client::set_static_events(ULONG mask)
{
	WSK_EVENT_CALLBACK_CONTROL control = {&NPI_WSK_INTERFACE_ID, mask};

	return provider()->WskControlClient(handle(), WSK_SET_STATIC_EVENT_CALLBACKS,
					    sizeof(control), &control, 0, nullptr, nullptr,
					    nullptr);
}

Socket::Socket(Client &client, ULONG category, ADDRESS_FAMILY family, const Owner &owner,
	       PVOID context, const void *dispatch, Site here)
	: client_(client), category_(category)
{
	if (!client.ready())
		return;

	const Outcome outcome = run(
		test(),
		[&](PIRP irp) {
			return client.provider()->WskSocket(client.handle(), family, SOCK_STREAM,
							    IPPROTO_TCP, category, context,
							    dispatch, owner.process, owner.thread,
							    owner.descriptor, irp);
		},
		here);

	expect_done(test(), outcome, outcome.information, here);
	if (outcome.status == STATUS_SUCCESS)
		handle_ = reinterpret_cast<PWSK_SOCKET>(outcome.information);
}

const WSK_PROVIDER_BASIC_DISPATCH *Socket::basic() const
{
	return static_cast<const WSK_PROVIDER_BASIC_DISPATCH *>(handle_->Dispatch);
}

const WSK_PROVIDER_LISTEN_DISPATCH *Socket::listen() const
{
	return static_cast<const WSK_PROVIDER_LISTEN_DISPATCH *>(handle_->Dispatch);
}

const WSK_PROVIDER_CONNECTION_DISPATCH *Socket::connection() const
{
	return static_cast<const WSK_PROVIDER_CONNECTION_DISPATCH *>(handle_->Dispatch);
}

const WSK_PROVIDER_STREAM_DISPATCH *Socket::stream() const
{
	return static_cast<const WSK_PROVIDER_STREAM_DISPATCH *>(handle_->Dispatch);
}

void Socket::adopt(PWSK_SOCKET handle, ULONG category)
{
	close();
	handle_ = handle;
	category_ = category;
}

void Socket::adopt(const Outcome &accepted)
{
	adopt(accepted.status == STATUS_SUCCESS
		      ? reinterpret_cast<PWSK_SOCKET>(accepted.information)
		      : nullptr);
}

PWSK_SOCKET Socket::release()
{
	PWSK_SOCKET handle = handle_;

	handle_ = nullptr;
	return handle;
}

void Socket::start_bind(Request &request, PSOCKADDR address, ULONG flags)
{
	/* The same slot in all tables, but only one of them is this socket's. */
	PFN_WSK_BIND bind = is_stream()				  ? stream()->WskBind
			    : category_ == WSK_FLAG_LISTEN_SOCKET ? listen()->WskBind
								  : connection()->WskBind;

	request.issue(test(), [&](PIRP irp) { return bind(handle_, address, flags, irp); });
}

void Socket::start_accept(Request &request, PSOCKADDR local, PSOCKADDR remote, ULONG flags)
{
	PFN_WSK_ACCEPT accept = is_stream() ? stream()->WskAccept : listen()->WskAccept;

	request.issue(test(), [&](PIRP irp) {
		return accept(handle_, flags, nullptr, nullptr, local, remote, irp);
	});
}

void Socket::start_listening(Request &request)
{
	request.issue(test(), [&](PIRP irp) { return stream()->WskListen(handle_, irp); });
}

void Socket::start_connect(Request &request, PSOCKADDR address, ULONG flags)
{
	PFN_WSK_CONNECT connect = is_stream() ? stream()->WskConnect : connection()->WskConnect;

	request.issue(test(), [&](PIRP irp) { return connect(handle_, address, flags, irp); });
}

void Socket::start_connect_ex(Request &request, PSOCKADDR address, PWSK_BUF buffer, ULONG flags)
{
	PFN_WSK_CONNECT_EX connect =
		is_stream() ? stream()->WskConnectEx : connection()->WskConnectEx;

	request.issue(test(),
		      [&](PIRP irp) { return connect(handle_, address, buffer, flags, irp); });
}

void Socket::start_send(Request &request, PWSK_BUF buffer, ULONG flags)
{
	PFN_WSK_SEND send = is_stream() ? stream()->WskSend : connection()->WskSend;

	request.issue(test(), [&](PIRP irp) { return send(handle_, buffer, flags, irp); });
}

void Socket::start_send_ex(Request &request, PWSK_BUF buffer, ULONG flags, ULONG length,
			   PCMSGHDR control)
{
	PFN_WSK_SEND_EX send = is_stream() ? stream()->WskSendEx : connection()->WskSendEx;

	request.issue(test(),
		      [&](PIRP irp) { return send(handle_, buffer, flags, length, control, irp); });
}

void Socket::start_receive_ex(Request &request, PWSK_BUF buffer, ULONG flags, PULONG length,
			      PCMSGHDR control, PULONG control_flags)
{
	PFN_WSK_RECEIVE_EX receive =
		is_stream() ? stream()->WskReceiveEx : connection()->WskReceiveEx;

	request.issue(test(), [&](PIRP irp) {
		return receive(handle_, buffer, flags, length, control, control_flags, irp);
	});
}

void Socket::start_receive(Request &request, PWSK_BUF buffer, ULONG flags)
{
	PFN_WSK_RECEIVE receive = is_stream() ? stream()->WskReceive : connection()->WskReceive;

	request.issue(test(), [&](PIRP irp) { return receive(handle_, buffer, flags, irp); });
}

void Socket::start_disconnect(Request &request, PWSK_BUF buffer, ULONG flags)
{
	PFN_WSK_DISCONNECT disconnect =
		is_stream() ? stream()->WskDisconnect : connection()->WskDisconnect;

	request.issue(test(), [&](PIRP irp) { return disconnect(handle_, buffer, flags, irp); });
}

void Socket::start_local_address(Request &request, PSOCKADDR address)
{
	PFN_WSK_GET_LOCAL_ADDRESS get = is_stream() ? stream()->WskGetLocalAddress
					: category_ == WSK_FLAG_LISTEN_SOCKET
						? listen()->WskGetLocalAddress
						: connection()->WskGetLocalAddress;

	request.issue(test(), [&](PIRP irp) { return get(handle_, address, irp); });
}

void Socket::start_remote_address(Request &request, PSOCKADDR address)
{
	PFN_WSK_GET_REMOTE_ADDRESS get =
		is_stream() ? stream()->WskGetRemoteAddress : connection()->WskGetRemoteAddress;

	request.issue(test(), [&](PIRP irp) { return get(handle_, address, irp); });
}

void Socket::start_control(Request &request, const Control &control)
{
	request.issue(test(), [&](PIRP irp) {
		return basic()->WskControlSocket(handle_, control.type, control.code, control.level,
						 control.input_size, control.input,
						 control.output_size, control.output, nullptr, irp);
	});
}

void Socket::start_close(Request &request)
{
	const WSK_PROVIDER_BASIC_DISPATCH *table = basic();
	PWSK_SOCKET handle = release();

	request.issue(test(), [&](PIRP irp) { return table->WskCloseSocket(handle, irp); });
}

Outcome Socket::bind(PSOCKADDR address, ULONG flags, Site here)
{
	Request request;

	start_bind(request, address, flags);
	return request.wait(here);
}

Outcome Socket::listen_now(Site here)
{
	Request request;

	start_listening(request);
	return request.wait(here);
}

Outcome Socket::accept(PSOCKADDR local, PSOCKADDR remote, ULONG flags, Site here)
{
	Request request;

	start_accept(request, local, remote, flags);
	return request.wait(here);
}

Outcome Socket::connect(PSOCKADDR address, ULONG flags, Site here)
{
	Request request;

	start_connect(request, address, flags);
	return request.wait_received(here);
}

Outcome Socket::connect_ex(PSOCKADDR address, PWSK_BUF buffer, ULONG flags, Site here)
{
	Request request;

	start_connect_ex(request, address, buffer, flags);
	return request.wait_received(here);
}

Outcome Socket::send(PWSK_BUF buffer, ULONG flags, Site here)
{
	Request request;

	start_send(request, buffer, flags);
	return request.wait_received(here);
}

Outcome Socket::send_ex(PWSK_BUF buffer, ULONG flags, ULONG length, PCMSGHDR control, Site here)
{
	Request request;

	start_send_ex(request, buffer, flags, length, control);
	return request.wait_received(here);
}

Outcome Socket::receive_ex(PWSK_BUF buffer, ULONG flags, PULONG length, PCMSGHDR control,
			   PULONG control_flags, Site here)
{
	Request request;

	start_receive_ex(request, buffer, flags, length, control, control_flags);
	return request.wait(here);
}

Outcome Socket::receive(PWSK_BUF buffer, ULONG flags, Site here)
{
	Request request;

	start_receive(request, buffer, flags);
	return request.wait(here);
}

void Socket::expect_reset(PWSK_BUF buffer, Site here)
{
	Outcome got = {};

	do
		got = receive(buffer, 0, here);
	while (got.status == STATUS_SUCCESS && got.information);
	expect_failed(test(), got, STATUS_CONNECTION_RESET, 0, here);
}

Outcome Socket::disconnect(PWSK_BUF buffer, ULONG flags, Site here)
{
	Request request;

	start_disconnect(request, buffer, flags);
	return request.wait_received(here);
}

Outcome Socket::local_address(PSOCKADDR address, Site here)
{
	Request request;

	start_local_address(request, address);
	return request.wait(here);
}

Outcome Socket::remote_address(PSOCKADDR address, Site here)
{
	Request request;

	start_remote_address(request, address);
	return request.wait(here);
}

Outcome Socket::control(const Control &control, Site here)
{
	Request request;

	start_control(request, control);
	return request.wait(here);
}

Outcome Socket::set(ULONG level, ULONG option, ULONG value, Site here)
{
	return control(
		{.code = option, .level = level, .input = &value, .input_size = sizeof(value)},
		here);
}

ULONG Socket::get(ULONG level, ULONG option, Site here)
{
	ULONG value = ~0u;

	expect_ok(test(),
		  control({.type = WskGetOption,
			   .code = option,
			   .level = level,
			   .output = &value,
			   .output_size = sizeof(value)},
			  here),
		  sizeof(value), here);
	return value;
}

NTSTATUS Socket::set_events(ULONG mask)
{
	WSK_EVENT_CALLBACK_CONTROL control = {&NPI_WSK_INTERFACE_ID, mask};

	return basic()->WskControlSocket(handle_, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET,
					 sizeof(control), &control, 0, nullptr, nullptr, nullptr);
}

void Socket::start_set_events(Request &request, ULONG mask)
{
	events_ = {&NPI_WSK_INTERFACE_ID, mask};
	start_control(
		request,
		{.code = SO_WSK_EVENT_CALLBACK, .input = &events_, .input_size = sizeof(events_)});
}

Outcome Socket::set_events_irp(ULONG mask, Site here)
{
	Request request;

	start_set_events(request, mask);
	return request.wait(here);
}

void Socket::close(Site here)
{
	Request request;

	if (!handle_)
		return;
	start_close(request);

	const Outcome outcome = request.wait_received(here);

	expect_done(test(), outcome, 0, here);
	if (outcome.status != STATUS_SUCCESS)
		client_.abandon();
}

Address Socket::local(Site here)
{
	Address address;

	expect_ok(test(), local_address(address, here), 0, here);
	return address;
}

Address Socket::remote(Site here)
{
	Address address;

	expect_ok(test(), remote_address(address, here), 0, here);
	return address;
}

Listener::Listener(Client &client, ADDRESS_FAMILY family, PVOID context,
		   const WSK_CLIENT_LISTEN_DISPATCH *dispatch, Site here)
	: Socket(client, WSK_FLAG_LISTEN_SOCKET, family, context, dispatch, here)
{
	if (!open())
		return;
	expect_done(test(), bind(Address::loopback(family), 0, here), 0, here);
	address = local(here);
}

Caller::Caller(Client &client, ADDRESS_FAMILY family, Site here)
	: Socket(client, WSK_FLAG_CONNECTION_SOCKET, family, nullptr, nullptr, here)
{
	if (open())
		expect_done(test(), bind(Address::any(family), 0, here), 0, here);
}

Caller::Caller(Client &client, Listener &listener, Site here)
	: Caller(client, listener.address.family(), here)
{
	if (open())
		expect_done(test(), connect(listener.address, 0, here), 0, here);
}

Pair::Pair(Client &client, ADDRESS_FAMILY family, Site here)
	: listener(client, family, nullptr, nullptr, here), caller(client, family, here),
	  peer(client)
{
	if (!listener.open() || !caller.open())
		return;
	expect_done(client.test(), caller.connect(listener.address, 0, here), 0, here);

	const Outcome accepted = listener.accept(nullptr, nullptr, 0, here);

	expect_done(client.test(), accepted, accepted.information, here);
	peer.adopt(accepted);
	connected_ = peer.open();
}

void Pair::shrink_buffers()
{
	expect_ok(caller.test(), caller.set(SOL_SOCKET, SO_SNDBUF, 16384));
	expect_ok(caller.test(), peer.set(SOL_SOCKET, SO_RCVBUF, 16384));
}

AcceptNotes::AcceptNotes(struct kunit *test)
	: seen(static_cast<Call *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, most * sizeof(Call), tag))),
	  test_(test)
{
	EXPECT_NOT_NULL(test, seen);
	KeInitializeEvent(&called_, SynchronizationEvent, FALSE);
}

AcceptNotes::~AcceptNotes()
{
	for (LONG i = 0; seen && i < most; i++) {
		PWSK_SOCKET left = take(i);

		if (left)
			run(test_, [&](PIRP irp) {
				return static_cast<const WSK_PROVIDER_BASIC_DISPATCH *>(
					       left->Dispatch)
					->WskCloseSocket(left, irp);
			});
	}
	if (seen)
		ExFreePoolWithTag(seen, tag);
}

bool AcceptNotes::reach(LONG calls)
{
	while (calls_ < calls)
		if (!wait_for(&called_))
			return false;
	return true;
}

PWSK_SOCKET AcceptNotes::take(LONG call)
{
	PWSK_SOCKET socket = seen[call].socket;

	seen[call].socket = nullptr;
	return socket;
}

NTSTATUS WSKAPI AcceptNotes::on_accept(PVOID context, ULONG flags, PSOCKADDR local,
				       PSOCKADDR remote, PWSK_SOCKET accepted,
				       PVOID *accepted_context,
				       const WSK_CLIENT_CONNECTION_DISPATCH **accepted_dispatch)
{
	auto *notes = static_cast<AcceptNotes *>(context);
	const LONG call = notes->calls_;
	const NTSTATUS answer = notes->answer;
	struct kunit *test = notes->test_;

	EXPECT_NOT_NULL(test, accepted);
	EXPECT_NULL(test, *accepted_context);
	EXPECT_NULL(test, *accepted_dispatch);
	if (notes->seen && call < most && local && remote) {
		SIZE_T size =
			local->sa_family == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN);

		notes->seen[call].socket = answer == STATUS_SUCCESS ? accepted : nullptr;
		notes->seen[call].flags = flags;
		notes->seen[call].irql = KeGetCurrentIrql();
		RtlCopyMemory((PSOCKADDR)notes->seen[call].local, local, size);
		RtlCopyMemory((PSOCKADDR)notes->seen[call].remote, remote, size);
	}
	if (notes->act)
		notes->act(*notes, accepted);
	InterlockedIncrement(&notes->calls_);
	KeSetEvent(&notes->called_, IO_NO_INCREMENT, FALSE);
	return answer;
}

const WSK_CLIENT_LISTEN_DISPATCH AcceptNotes::dispatch = {on_accept, nullptr, nullptr};

} // namespace wsk::test

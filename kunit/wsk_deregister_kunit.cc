// SPDX-License-Identifier: MIT OR GPL-2.0
/* WskDeregister: waits for whatever the client still has. */
#include "waiting.h"
#include "wsk_fixture.h"

namespace
{

using namespace wsk::test;

constexpr WSK_CLIENT_DISPATCH dispatch = {MAKE_WSK_VERSION(1, 0), 0, nullptr};

/* A client that deregisters on a thread of its own. */
class Leaver
{
public:
	explicit Leaver(struct kunit *test)
		: test_(test), state_(static_cast<State *>(
				       ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(State), tag)))
	{
		WSK_CLIENT_NPI npi = {nullptr, &dispatch};

		if (!state_)
			return;
		KeInitializeEvent(&state_->left, NotificationEvent, FALSE);
		registered_ = WskRegister(&npi, &state_->registration) == STATUS_SUCCESS;
		captured_ = registered_ && WskCaptureProviderNPI(&state_->registration, WSK_NO_WAIT,
								 &npi_) == STATUS_SUCCESS;
	}
	~Leaver()
	{
		if (captured_)
			release();
		if (thread_ && !goes())
			return; /* the case has failed; the thread keeps its memory */
		if (thread_)
			bridge_thread_join(thread_);
		else if (registered_)
			WskDeregister(&state_->registration);
		if (state_)
			ExFreePoolWithTag(state_, tag);
	}
	Leaver(const Leaver &) = delete;
	Leaver &operator=(const Leaver &) = delete;

	bool ready() const { return captured_; }
	const WSK_PROVIDER_NPI &npi() const { return npi_; }

	void release()
	{
		captured_ = false;
		WskReleaseProviderNPI(&state_->registration);
	}

	/*
	 * Returns once deregistration has begun: nothing can be captured any more, and sockets that
	 * are open have been told of.
	 */
	void leave(bool with_sockets = false)
	{
		struct kunit *test = test_;
		const unsigned long rules = bridge_rule_count();
		NTSTATUS status = STATUS_SUCCESS;

		thread_ = bridge_thread_start(
			[](void *context) {
				auto *state = static_cast<State *>(context);

				WskDeregister(&state->registration);
				KeSetEvent(&state->left, IO_NO_INCREMENT, FALSE);
			},
			state_);
		EXPECT_NOT_NULL(test, thread_);
		for (ULONG ms = 0; thread_ && ms < patience_ms; ms++) {
			status = capture(WSK_NO_WAIT);
			if (status != STATUS_SUCCESS)
				break;
			WskReleaseProviderNPI(&state_->registration);
			bridge_sleep_ms(1);
		}
		EXPECT_STATUS(test, status, STATUS_DEVICE_NOT_READY);
		if (with_sockets && bridge_checked())
			EXPECT_TRUE(test, wait_until([=] { return bridge_rule_count() != rules; }));
	}

	/* Whether the thread came back too early, having had every opportunity. */
	bool gone()
	{
		bridge_sleep_ms(50);
		return KeReadStateEvent(&state_->left);
	}
	bool goes() { return wait_for(&state_->left); }

	NTSTATUS capture(ULONG timeout)
	{
		WSK_PROVIDER_NPI npi;

		return WskCaptureProviderNPI(&state_->registration, timeout, &npi);
	}

private:
	struct State {
		WSK_REGISTRATION registration;
		KEVENT left;
	};

	struct kunit *test_;
	State *state_;
	WSK_PROVIDER_NPI npi_ = {};
	bridge_thread *thread_ = nullptr;
	bool registered_ = false;
	bool captured_ = false;
};

PWSK_SOCKET make_socket(struct kunit *test, Leaver &leaver, ULONG category)
{
	const Outcome created = run(test, [&](PIRP irp) {
		return leaver.npi().Dispatch->WskSocket(leaver.npi().Client, AF_INET, SOCK_STREAM,
							IPPROTO_TCP, category, nullptr, nullptr,
							nullptr, nullptr, nullptr, irp);
	});

	EXPECT_STATUS(test, created.status, STATUS_SUCCESS);
	return created.status == STATUS_SUCCESS ? reinterpret_cast<PWSK_SOCKET>(created.information)
						: nullptr;
}

void start_close(struct kunit *test, Request &request, PWSK_SOCKET socket)
{
	request.issue(test, [&](PIRP irp) {
		return static_cast<const WSK_PROVIDER_BASIC_DISPATCH *>(socket->Dispatch)
			->WskCloseSocket(socket, irp);
	});
}

void waits_for_captures(struct kunit *test)
{
	Leaver leaver(test);

	REQUIRE(test, leaver.ready());
	EXPECT_RULES(test, 0, leaver.leave());
	EXPECT_FALSE(test, leaver.gone());
	leaver.release();
	EXPECT_TRUE(test, leaver.goes());
}

void waits_for_every_capture(struct kunit *test)
{
	Leaver leaver(test);

	REQUIRE(test, leaver.ready());
	EXPECT_STATUS(test, leaver.capture(WSK_NO_WAIT), STATUS_SUCCESS);
	leaver.leave();
	leaver.release();
	EXPECT_FALSE(test, leaver.gone());
	leaver.release();
	EXPECT_TRUE(test, leaver.goes());
}

void waits_for_sockets(struct kunit *test)
{
	Leaver leaver(test);

	REQUIRE(test, leaver.ready());

	PWSK_SOCKET socket = make_socket(test, leaver, WSK_FLAG_CONNECTION_SOCKET);
	Request request;

	REQUIRE(test, socket);
	leaver.release();
	/* That is what an unload that hangs looks like: it is told, soon after it has begun. */
	bool gone = false;

	EXPECT_RULES(test, 1, (leaver.leave(true), gone = leaver.gone()));
	EXPECT_FALSE(test, gone);
	start_close(test, request, socket);
	expect_done(test, request.wait());
	EXPECT_TRUE(test, leaver.goes());
}

void waits_for_accepted_sockets(struct kunit *test)
{
	Client other(test);
	Leaver leaver(test);

	REQUIRE(test, leaver.ready() && other.ready());

	PWSK_SOCKET listener = make_socket(test, leaver, WSK_FLAG_LISTEN_SOCKET);

	REQUIRE(test, listener);

	auto *table = static_cast<const WSK_PROVIDER_LISTEN_DISPATCH *>(listener->Dispatch);
	Address address;

	expect_done(test, run(test, [&](PIRP irp) {
			    return table->WskBind(listener, Address::loopback(AF_INET), 0, irp);
		    }));
	expect_ok(test, run(test, [&](PIRP irp) {
			  return table->WskGetLocalAddress(listener, address, irp);
		  }));

	Caller caller(other, AF_INET);

	expect_done(test, caller.connect(address));

	const Outcome accepted = run(test, [&](PIRP irp) {
		return table->WskAccept(listener, 0, nullptr, nullptr, nullptr, nullptr, irp);
	});
	Request close_listener, close_accepted;

	EXPECT_STATUS(test, accepted.status, STATUS_SUCCESS);
	start_close(test, close_listener, listener);
	expect_done(test, close_listener.wait());
	leaver.release();
	if (accepted.status != STATUS_SUCCESS)
		return;
	leaver.leave(true);
	EXPECT_FALSE(test, leaver.gone());
	start_close(test, close_accepted, reinterpret_cast<PWSK_SOCKET>(accepted.information));
	expect_done(test, close_accepted.wait());
	EXPECT_TRUE(test, leaver.goes());
}

void nothing_is_captured_meanwhile(struct kunit *test)
{
	Leaver leaver(test);

	REQUIRE(test, leaver.ready());
	leaver.leave();
	EXPECT_STATUS(test, leaver.capture(WSK_NO_WAIT), STATUS_DEVICE_NOT_READY);
	EXPECT_STATUS(test, leaver.capture(100), STATUS_DEVICE_NOT_READY);
	EXPECT_STATUS(test, leaver.capture(WSK_INFINITE_WAIT), STATUS_DEVICE_NOT_READY);
	EXPECT_FALSE(test, leaver.gone());
	leaver.release();
	EXPECT_TRUE(test, leaver.goes());
}

void sockets_work_while_it_waits(struct kunit *test)
{
	Leaver leaver(test);

	REQUIRE(test, leaver.ready());

	PWSK_SOCKET socket = make_socket(test, leaver, WSK_FLAG_CONNECTION_SOCKET);
	Request close;

	REQUIRE(test, socket);
	leaver.release();
	leaver.leave(true);
	expect_done(test, run(test, [&](PIRP irp) {
			    return static_cast<const WSK_PROVIDER_CONNECTION_DISPATCH *>(
					   socket->Dispatch)
				    ->WskBind(socket, Address::any(AF_INET), 0, irp);
		    }));
	start_close(test, close, socket);
	expect_done(test, close.wait());
	EXPECT_TRUE(test, leaver.goes());
}

void deregistered_twice(struct kunit *test)
{
	WSK_CLIENT_NPI npi = {nullptr, &dispatch};
	WSK_REGISTRATION registration = {};

	REQUIRE(test, WskRegister(&npi, &registration) == STATUS_SUCCESS);
	WskDeregister(&registration);
	EXPECT_RULES(test, 1, WskDeregister(&registration));
	EXPECT_RULES(test, 1, WskDeregister(nullptr));
}

constexpr bridge_case cases[] = {
	{"deregistering waits for the capture", waits_for_captures},
	{"deregistering waits for the last of several captures", waits_for_every_capture},
	{"deregistering waits for an open socket", waits_for_sockets},
	{"deregistering waits for an accepted socket", waits_for_accepted_sockets},
	{"nothing is captured while deregistering waits", nothing_is_captured_meanwhile},
	{"sockets work on while deregistering waits", sockets_work_while_it_waits},
	{"deregistering twice does no harm", deregistered_twice},
};

} // namespace

BRIDGE_SUITE(wsk_deregister, cases, .network = true);

// SPDX-License-Identifier: MIT OR GPL-2.0
/* The TCP tasks: by event callbacks, by IRPs that are posted again, and by a thread that waits. */
#include "connection.h"

namespace
{

/* What is copied, rather than retained until it has been sent. */
constexpr SIZE_T copy_at_most = 2048;

class EventEcho final : public Connection
{
public:
	using Connection::Connection;

	NTSTATUS received(PWSK_DATA_INDICATION list, SIZE_T bytes) override
	{
		if (bytes <= copy_at_most && !list->Next && !list->Buffer.Mdl->Next) {
			RtlCopyMemory(block_.data, data_of(list), bytes);
			send(block_.part(bytes));
			return STATUS_SUCCESS;
		}
		while (list) {
			PWSK_DATA_INDICATION first = list;

			list = first->Next;
			first->Next = nullptr;
			if (!send(first->Buffer, 0, first))
				dispatch()->WskRelease(socket_, first);
		}
		return STATUS_PENDING;
	}
};

class EventSink final : public Connection
{
public:
	using Connection::Connection;

	NTSTATUS received(PWSK_DATA_INDICATION, SIZE_T bytes) override
	{
		if (unit_received(&counted_, bytes))
			send(block_.part(1));
		return STATUS_SUCCESS;
	}

private:
	SIZE_T counted_ = 0;
};

/* Bursts of small sends; the next when one is done. Sends may be done before they return. */
class Bursts final : public Connection
{
public:
	explicit Bursts(PWSK_SOCKET socket) : Connection(socket) { after_send_ = completed; }

	NTSTATUS received(PWSK_DATA_INDICATION, SIZE_T) override
	{
		left_ = BENCH_BURSTS;
		run();
		return STATUS_SUCCESS;
	}

private:
	void run()
	{
		do {
			left_--;
			/* One is this function's, so that it learns of the last. */
			sending_ = BENCH_TCP_BURST + 1;
			for (int i = 0; i < BENCH_TCP_BURST; i++)
				send(block_.part(BENCH_MESSAGE),
				     i + 1 == BENCH_TCP_BURST ? WSK_FLAG_NODELAY : 0);
		} while (last_is_done() && left_);
	}
	bool last_is_done() { return !InterlockedDecrement(&sending_); }

	static void completed(Connection *connection)
	{
		auto *self = static_cast<Bursts *>(connection);

		if (self->last_is_done() && self->left_)
			self->run();
	}

	LONG left_ = 0;
	LONG sending_ = 0;
};

/* A few large sends at a time; the next follows when one is done. */
class Supply final : public Connection
{
public:
	explicit Supply(PWSK_SOCKET socket) : Connection(socket) { after_send_ = completed; }

	NTSTATUS received(PWSK_DATA_INDICATION, SIZE_T) override
	{
		left_ = BENCH_UNIT / BENCH_CHUNK;
		next(at_once);
		return STATUS_SUCCESS;
	}

private:
	static constexpr LONG at_once = 4;

	/* Sends may be done before they return: whoever came first sends for those too. */
	void next(LONG count)
	{
		if (InterlockedAdd(&wanted_, count) != count)
			return;
		do {
			if (left_) {
				left_--;
				send(block_.part(BENCH_CHUNK), WSK_FLAG_NODELAY);
			}
		} while (InterlockedDecrement(&wanted_));
	}
	static void completed(Connection *self) { static_cast<Supply *>(self)->next(1); }

	LONG left_ = 0;
	LONG wanted_ = 0;
};

/* One receive, which is posted again when its data has been dealt with. */
class Requests : public Connection
{
public:
	explicit Requests(PWSK_SOCKET socket) : Connection(socket), irp_(IoAllocateIrp(1, FALSE)) {}
	~Requests() override
	{
		if (irp_)
			IoFreeIrp(irp_);
	}

	bool start() override
	{
		if (irp_)
			post();
		return irp_ != nullptr;
	}

protected:
	virtual void take(SIZE_T bytes) = 0;

	void post()
	{
		WSK_BUF buffer = block_.part(BENCH_CHUNK);

		IoReuseIrp(irp_, STATUS_UNSUCCESSFUL);
		IoSetCompletionRoutine(irp_, completed, this, TRUE, TRUE, TRUE);
		dispatch()->WskReceive(socket_, &buffer, 0, irp_);
	}

private:
	static NTSTATUS NTAPI completed(PDEVICE_OBJECT, PIRP irp, PVOID context)
	{
		auto *self = static_cast<Requests *>(context);

		if (NT_SUCCESS(irp->IoStatus.Status) && irp->IoStatus.Information)
			self->take(irp->IoStatus.Information);
		else
			self->close();
		return STATUS_MORE_PROCESSING_REQUIRED;
	}

	PIRP irp_;
};

class RequestEcho final : public Requests
{
public:
	explicit RequestEcho(PWSK_SOCKET socket) : Requests(socket) { after_send_ = echoed; }

private:
	void take(SIZE_T bytes) override { send(block_.part(bytes)); }
	static void echoed(Connection *self) { static_cast<RequestEcho *>(self)->post(); }
};

class RequestSink final : public Requests
{
public:
	using Requests::Requests;

private:
	void take(SIZE_T bytes) override
	{
		if (unit_received(&counted_, bytes))
			send(block_.part(1));
		post();
	}

	SIZE_T counted_ = 0;
};

/* A thread that waits for each of its requests. */
class Waits : public Connection
{
public:
	using Connection::Connection;

	bool start() override
	{
		HANDLE thread;

		if (!NT_SUCCESS(PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, nullptr, nullptr,
						     nullptr, run, this)))
			return false;
		ZwClose(thread);
		return true;
	}

protected:
	/* False: the connection is over. */
	virtual bool take(Call &call, SIZE_T bytes) = 0;

	bool send_and_wait(Call &call, SIZE_T bytes, ULONG flags)
	{
		WSK_BUF buffer = block_.part(bytes);

		return NT_SUCCESS(call([&](PIRP irp) {
			return dispatch()->WskSend(socket_, &buffer, flags, irp);
		}));
	}

private:
	static VOID NTAPI run(PVOID context)
	{
		auto *self = static_cast<Waits *>(context);

		self->serve();
		self->close();
		PsTerminateSystemThread(STATUS_SUCCESS);
	}

	void serve()
	{
		Call call;

		while (call.valid()) {
			WSK_BUF buffer = block_.part(BENCH_CHUNK);
			NTSTATUS status = call([&](PIRP irp) {
				return dispatch()->WskReceive(socket_, &buffer, 0, irp);
			});

			if (!NT_SUCCESS(status) || !call.information() ||
			    !take(call, call.information()))
				break;
		}
	}
};

class WaitEcho final : public Waits
{
public:
	using Waits::Waits;

private:
	bool take(Call &call, SIZE_T bytes) override { return send_and_wait(call, bytes, 0); }
};

class WaitSource final : public Waits
{
public:
	using Waits::Waits;

private:
	bool take(Call &call, SIZE_T) override
	{
		for (int i = 0; i < BENCH_BURSTS * BENCH_TCP_BURST; i++)
			if (!send_and_wait(call, BENCH_MESSAGE, WSK_FLAG_NODELAY))
				return false;
		return true;
	}
};

} // namespace

Connection *make_event_echo(PWSK_SOCKET socket)
{
	return new EventEcho(socket);
}

Connection *make_event_sink(PWSK_SOCKET socket)
{
	return new EventSink(socket);
}

Connection *make_accept(PWSK_SOCKET socket)
{
	return new Connection(socket, 0);
}

Connection *make_bursts(PWSK_SOCKET socket)
{
	return new Bursts(socket);
}

Connection *make_supply(PWSK_SOCKET socket)
{
	return new Supply(socket);
}

Connection *make_request_echo(PWSK_SOCKET socket)
{
	return new RequestEcho(socket);
}

Connection *make_request_sink(PWSK_SOCKET socket)
{
	return new RequestSink(socket);
}

Connection *make_wait_echo(PWSK_SOCKET socket)
{
	return new WaitEcho(socket);
}

Connection *make_wait_source(PWSK_SOCKET socket)
{
	return new WaitSource(socket);
}

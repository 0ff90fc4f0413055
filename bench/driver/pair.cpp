// SPDX-License-Identifier: MIT OR GPL-2.0
/* Round trips with both ends here, by event callbacks on both. */
#include "connection.h"

namespace
{

ULONGLONG now()
{
	LARGE_INTEGER frequency;
	LONGLONG counter = KeQueryPerformanceCounter(&frequency).QuadPart;

	return counter * (1000000000 / frequency.QuadPart);
}

/* The end that asks. */
class Pinger final : public Connection
{
public:
	explicit Pinger(const bench_pair_request &request)
		: Connection(nullptr), size_(request.size), left_(request.count)
	{
		KeInitializeEvent(&over_, NotificationEvent, FALSE);
	}

	bool connect()
	{
		SOCKADDR_IN local = {}, remote = {};
		Call call;

		local.sin_family = remote.sin_family = AF_INET;
		remote.sin_port = RtlUshortByteSwap(BENCH_PORT(BENCH_EVENT, BENCH_ECHO));
		remote.sin_addr.s_addr = RtlUlongByteSwap(INADDR_LOOPBACK);
		if (!call.valid() || !NT_SUCCESS(call([&](PIRP irp) {
			    return provider.Dispatch->WskSocketConnect(
				    provider.Client, SOCK_STREAM, IPPROTO_TCP,
				    reinterpret_cast<PSOCKADDR>(&local),
				    reinterpret_cast<PSOCKADDR>(&remote), 0, this,
				    &connection_events, nullptr, nullptr, nullptr, irp);
		    })))
			return false;
		socket_ = reinterpret_cast<PWSK_SOCKET>(call.information());
		return true;
	}

	/* All round trips; false when the connection ended before. */
	bool run(bench_pair_result *result)
	{
		ULONGLONG begin = now();
		ULONG count = left_;

		ping();
		KeWaitForSingleObject(&over_, Executive, KernelMode, FALSE, nullptr);
		*result = {(now() - begin) / count, worst_};
		return !left_;
	}

	NTSTATUS received(PWSK_DATA_INDICATION, SIZE_T bytes) override
	{
		received_ += bytes;
		if (received_ < size_)
			return STATUS_SUCCESS;
		received_ = 0;
		ULONGLONG took = now() - asked_;
		if (took > worst_)
			worst_ = took;
		if (--left_)
			ping();
		else
			KeSetEvent(&over_, IO_NO_INCREMENT, FALSE);
		return STATUS_SUCCESS;
	}

	void disconnected() override { KeSetEvent(&over_, IO_NO_INCREMENT, FALSE); }

private:
	void ping()
	{
		asked_ = now();
		send(block_.part(size_));
	}

	SIZE_T size_;
	SIZE_T received_ = 0;
	ULONG left_;
	ULONGLONG asked_ = 0;
	ULONGLONG worst_ = 0;
	KEVENT over_;
};

/* Whoever asks for the round trips, which a thread then makes. */
class Pair final : public Connection
{
public:
	explicit Pair(PWSK_SOCKET socket) : Connection(socket)
	{
		KeInitializeEvent(&asked_, NotificationEvent, FALSE);
	}

	bool start() override
	{
		HANDLE thread;

		hold();
		if (!NT_SUCCESS(PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, nullptr, nullptr,
						     nullptr, run, this)))
			return false;
		ZwClose(thread);
		return true;
	}

	NTSTATUS received(PWSK_DATA_INDICATION list, SIZE_T bytes) override
	{
		if (bytes == sizeof(request_))
			RtlCopyMemory(&request_, data_of(list), sizeof(request_));
		KeSetEvent(&asked_, IO_NO_INCREMENT, FALSE);
		return STATUS_SUCCESS;
	}

	void disconnected() override
	{
		KeSetEvent(&asked_, IO_NO_INCREMENT, FALSE);
		close();
	}

private:
	static VOID NTAPI run(PVOID context)
	{
		auto *self = static_cast<Pair *>(context);

		KeWaitForSingleObject(&self->asked_, Executive, KernelMode, FALSE, nullptr);
		if (self->request_.count)
			self->measure();
		self->drop();
		PsTerminateSystemThread(STATUS_SUCCESS);
	}

	void measure()
	{
		bench_pair_result result = {};
		auto *pinger = new Pinger(request_);

		if (!pinger)
			return;
		if (!pinger->valid() || !pinger->connect()) {
			pinger->forget();
			return;
		}
		if (pinger->run(&result)) {
			RtlCopyMemory(block_.data, &result, sizeof(result));
			send(block_.part(sizeof(result)));
		}
		pinger->close();
	}

	bench_pair_request request_ = {};
	KEVENT asked_;
};

} // namespace

Connection *make_pair(PWSK_SOCKET socket)
{
	return new Pair(socket);
}

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * A request that somebody in user space must answer. The question is asked by a work item, which
 * may take long, and goes on when the IRP has been cancelled: so what it needs lies in memory of
 * its own, and whoever takes the IRP out of it first, the answer or the cancellation, completes it.
 */
#ifndef WSK_SOCKET_LOOKUP_H
#define WSK_SOCKET_LOOKUP_H

#include <wdm.h>

#include "port/lock.h"
#include "port/work.h"
#include "socket/client.h"
#include "socket/literal.h"
#include "socket/request.h"

namespace wsk
{

/* Where the answer goes, and what decides how it is read. */
struct AddressWanted {
	PADDRINFOEXW *result;
	USHORT port;
	bool has_port; /* given as a number */
};

struct NameWanted {
	PUNICODE_STRING node;	 /* null: not asked for */
	PUNICODE_STRING service; /* likewise */
	ULONG flags;
	HostAddress host;
	USHORT port;
};

class Lookup
{
public:
	/*
	 * Reads the answer of a handler, or the status that stands for its absence, and gives the
	 * client what it wanted.
	 */
	using Finish = NTSTATUS (*)(Lookup &lookup, NTSTATUS asked, const char *answer,
				    SIZE_T length);

	/* Null when memory is short. Room for a question of so many bytes, which is to be written.
	 */
	static Lookup *make(Client &client, Finish finish, SIZE_T question_room);
	/* One that has not been started. */
	void discard() { release(); }

	char *question() { return question_; }
	Client &client() { return *client_; }
	/* One of the two, by what is asked. */
	AddressWanted &address() { return address_; }
	NameWanted &name() { return name_; }

	/* Takes over a begun request, for which the client is in use. Returns STATUS_PENDING. */
	NTSTATUS start(PIRP irp);

	static void *operator new(size_t size, size_t question_room) noexcept;
	static void operator delete(void *block);

private:
	Lookup(Client &client, Finish finish);

	static void ask(port_work *work);
	static void answer(port_work *work);
	static VOID NTAPI cancel(PDEVICE_OBJECT device, PIRP irp);
	PIRP take();
	void complete(PIRP irp, NTSTATUS status);
	void release();

	LONG references_ = 1;
	Client *client_;
	Finish finish_;
	union {
		AddressWanted address_;
		NameWanted name_;
	};
	PIRP irp_ = nullptr; /* until somebody takes it to complete it */
	char *answer_ = nullptr;
	SIZE_T answer_length_ = 0;
	NTSTATUS asked_ = STATUS_SUCCESS;
	port_lock lock_;
	port_work ask_work_, answer_work_;
	char question_[];
};

/*
 * The end of each request about names: the status is in Information, too. With or without an IRP
 * that can be completed; `names_done` is for requests that were accepted and need nobody's answer,
 * and returns STATUS_PENDING.
 */
NTSTATUS names_refuse(const char *function, PIRP irp, Refusal refusal);
NTSTATUS names_done(Client &client, PIRP irp, NTSTATUS status);

/* A caller's string up to its NUL, if it has one; empty when it is null. False: no string. */
struct NameText {
	const WCHAR *text;
	SIZE_T units;
};
[[nodiscard]] bool names_text(const UNICODE_STRING *string, NameText *text);

} // namespace wsk

#endif

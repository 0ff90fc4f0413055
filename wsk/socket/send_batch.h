/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Sends that the transport takes in one call: what is left of each, first to last. */
#ifndef WSK_SOCKET_SEND_BATCH_H
#define WSK_SOCKET_SEND_BATCH_H

#include <wsk.h>

#include "nt/mdl.h"
#include "port/net.h"
#include "socket/request.h"
#include "socket/stream.h"

namespace wsk
{

class SendBatch
{
public:
	/* Whether the request, which follows those that are in it, may go with them. */
	bool takes(PIRP irp) const
	{
		return open_ && count_ < RTL_NUMBER_OF(irps_) &&
		       segment_count_ < RTL_NUMBER_OF(segments_) && !goes_alone(irp);
	}

	/* The first one, or one that it takes. */
	void add(PIRP irp)
	{
		const TransferArguments &arguments = request_arguments<TransferArguments>(irp);
		const Request *request = Request::of(irp);
		port_vector own = mdl_vector(arguments.mdl, arguments.offset, request->transferred,
					     arguments.length, segments_ + segment_count_,
					     RTL_NUMBER_OF(segments_) - segment_count_);

		irps_[count_++] = irp;
		segment_count_ += own.count;
		length_ += own.length;
		whole_ = own.length == arguments.length - request->transferred;
		open_ = whole_ && !(request->flags & WSK_FLAG_NODELAY) && !goes_alone(irp);
	}

	/* The flags of a request mean its last bytes. */
	uint32_t flags(bool more_follows) const
	{
		ULONG flags = Request::of(irps_[count_ - 1])->flags;
		uint32_t urgent = flags & WSK_FLAG_OOB ? PORT_SEND_URGENT : 0;

		if (!whole_)
			return PORT_SEND_MORE;
		if (flags & WSK_FLAG_NODELAY)
			return PORT_SEND_PUSH | urgent;
		return more_follows ? PORT_SEND_MORE | urgent : urgent;
	}

	port_loan *loan() const { return Request::of(irps_[0])->loan; }
	size_t count() const { return count_; }
	PIRP operator[](size_t i) const { return irps_[i]; }
	port_vector vector() const { return {segments_, segment_count_, length_}; }

private:
	/* A large one gains nothing from company, and may be lent. */
	static constexpr SIZE_T large = 16384;

	static bool goes_alone(PIRP irp)
	{
		const Request *request = Request::of(irp);

		return request->operation == Operation::disconnect || request->loan ||
		       (request->flags & WSK_FLAG_OOB) ||
		       request_arguments<TransferArguments>(irp).length >= large;
	}

	size_t count_ = 0;
	size_t segment_count_ = 0;
	size_t length_ = 0;
	bool whole_ = true; /* it has all of the last one */
	bool open_ = true;
	PIRP irps_[segments_per_call];
	port_segment segments_[segments_per_call];
};

} // namespace wsk

#endif

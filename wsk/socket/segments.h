/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The whole of a window of an MDL chain, for transports that take it in one call. */
#ifndef WSK_SOCKET_SEGMENTS_H
#define WSK_SOCKET_SEGMENTS_H

#include <wdm.h>

#include "nt/mdl.h"
#include "port/net.h"

namespace wsk
{

class Segments
{
public:
	/* The bytes from `skip` up to `length` of a valid window. */
	Segments(PMDL mdl, ULONG offset, SIZE_T skip, SIZE_T length)
	{
		while (!fill(mdl, offset, skip, length))
			if (!grow())
				break;
	}
	~Segments() { release(); }
	Segments(const Segments &) = delete;
	Segments &operator=(const Segments &) = delete;

	/* False when memory was short. */
	explicit operator bool() const { return all_; }
	const port_segment *first() const { return all_; }
	size_t count() const { return count_; }

private:
	static constexpr ULONG tag = 'gesW';

	bool fill(PMDL mdl, ULONG offset, SIZE_T skip, SIZE_T length)
	{
		SIZE_T bytes = 0;

		count_ = mdl_segments(mdl, offset, skip, length, all_, room_);
		for (size_t i = 0; i < count_; i++)
			bytes += all_[i].length;
		return bytes == length - skip;
	}

	bool grow()
	{
		release();
		room_ *= 4;
		all_ = static_cast<port_segment *>(
			ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED,
					room_ * sizeof(port_segment), tag));
		return all_;
	}

	void release()
	{
		if (all_ && all_ != few_)
			ExFreePoolWithTag(all_, tag);
	}

	port_segment few_[16];
	port_segment *all_ = few_;
	size_t room_ = RTL_NUMBER_OF(few_);
	size_t count_ = 0;
};

} // namespace wsk

#endif

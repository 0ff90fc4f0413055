/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The whole of windows of MDL chains, for transports that take it in one call. */
#ifndef WSK_SOCKET_SEGMENTS_H
#define WSK_SOCKET_SEGMENTS_H

#include <wdm.h>

#include "nt/mdl.h"
#include "port/net.h"

namespace wsk
{

/* So many of them take no memory. */
template <size_t few>
class SomeSegments
{
public:
	SomeSegments() = default;
	/* The bytes from `skip` up to `length` of a valid window. */
	SomeSegments(PMDL mdl, ULONG offset, SIZE_T skip, SIZE_T length)
	{
		add(mdl, offset, skip, length);
	}
	~SomeSegments() { release(); }
	SomeSegments(const SomeSegments &) = delete;
	SomeSegments &operator=(const SomeSegments &) = delete;

	/* Another window's bytes, behind the others. */
	void add(PMDL mdl, ULONG offset, SIZE_T skip, SIZE_T length)
	{
		if (all_ && count_ < room_ && !skip && length &&
		    mdl_first_run(mdl, offset, length, all_ + count_)) {
			count_++;
			length_ += length;
		} else {
			add_all(mdl, offset, skip, length);
		}
	}

	/* False when memory was short. */
	explicit operator bool() const { return all_; }
	port_vector vector() const { return {all_, count_, length_}; }

private:
	static constexpr ULONG tag = 'gesW';

	[[gnu::noinline]] void add_all(PMDL mdl, ULONG offset, SIZE_T skip, SIZE_T length)
	{
		while (all_ && skip < length) {
			port_vector added = mdl_vector(mdl, offset, skip, length, all_ + count_,
						       room_ - count_);

			skip += added.length;
			count_ += added.count;
			length_ += added.length;
			if (skip < length)
				grow();
		}
	}

	void grow()
	{
		auto *more = static_cast<port_segment *>(
			ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED,
					4 * room_ * sizeof(port_segment), tag));

		if (more)
			RtlCopyMemory(more, all_, count_ * sizeof(port_segment));
		release();
		all_ = more;
		room_ *= 4;
	}

	void release()
	{
		if (all_ && all_ != few_)
			ExFreePoolWithTag(all_, tag);
	}

	port_segment few_[few];
	port_segment *all_ = few_;
	size_t room_ = RTL_NUMBER_OF(few_);
	size_t count_ = 0;
	size_t length_ = 0;
};

using Segments = SomeSegments<16>;

} // namespace wsk

#endif

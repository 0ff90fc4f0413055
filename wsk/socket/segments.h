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
		    mdl_first_page(mdl, offset, length, all_ + count_))
			count_++;
		else
			add_pages(mdl, offset, skip, length);
	}

	/* False when memory was short. */
	explicit operator bool() const { return all_; }
	const port_segment *first() const { return all_; }
	size_t count() const { return count_; }

private:
	static constexpr ULONG tag = 'gesW';

	[[gnu::noinline]] void add_pages(PMDL mdl, ULONG offset, SIZE_T skip, SIZE_T length)
	{
		while (all_ && skip < length) {
			size_t added = mdl_segments(mdl, offset, skip, length, all_ + count_,
						    room_ - count_);

			for (; added; added--)
				skip += all_[count_++].length;
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
};

using Segments = SomeSegments<16>;

} // namespace wsk

#endif

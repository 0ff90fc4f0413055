/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * All the objects of a kind that clients hold: what a client gives back is looked up, not looked
 * at. In checked builds; others take the client's word.
 */
#ifndef WSK_SOCKET_LIVE_LIST_H
#define WSK_SOCKET_LIVE_LIST_H

#include <wdm.h>

namespace wsk
{

struct Live {
#ifdef CONFIG_WSK_DEBUG
	LIST_ENTRY link;
#endif
};

class LiveList
{
public:
#ifdef CONFIG_WSK_DEBUG
	constexpr LiveList() : head_{&head_, &head_} {}

	void remember(Live &live)
	{
		ExInterlockedInsertTailList(&head_, &live.link, &lock_);
	}

	/* False when there is no such object. */
	[[nodiscard]] bool forget(const Live &live)
	{
		KIRQL irql;
		bool found = false;

		KeAcquireSpinLock(&lock_, &irql);
		for (PLIST_ENTRY link = head_.Flink; link != &head_ && !found; link = link->Flink) {
			found = link == &live.link;
			if (found)
				RemoveEntryList(link);
		}
		KeReleaseSpinLock(&lock_, irql);
		return found;
	}

private:
	LIST_ENTRY head_;
	KSPIN_LOCK lock_ = 0;
#else
	void remember(Live &) {}
	[[nodiscard]] bool forget(const Live &)
	{
		return true;
	}
#endif
};

} // namespace wsk

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Timers in the order of their due times, in the memory that a KTIMER has: a treap. Its nodes are
 * TimerListEntry, whose links are a node's two subtrees; addresses take the place of dice.
 */
#ifndef WSK_NT_TIMER_TREE_H
#define WSK_NT_TIMER_TREE_H

#include <wdm.h>

namespace wsk
{

class TimerTree
{
public:
	/* The timer that is due first, or null. */
	PKTIMER first() const
	{
		PLIST_ENTRY node = root;

		if (!node)
			return nullptr;
		while (node->Flink)
			node = node->Flink;
		return timer_of(node);
	}

	void insert(PKTIMER timer)
	{
		PLIST_ENTRY node = &timer->TimerListEntry;
		PLIST_ENTRY *link = &root;

		while (*link && height(*link) >= height(node))
			link = earlier(*link, node) ? &(*link)->Blink : &(*link)->Flink;

		/* What was here is split into the earlier and the later ones. */
		PLIST_ENTRY rest = *link;
		PLIST_ENTRY *before = &node->Flink;
		PLIST_ENTRY *after = &node->Blink;

		*link = node;
		while (rest) {
			if (earlier(rest, node)) {
				*before = rest;
				before = &rest->Blink;
				rest = *before;
			} else {
				*after = rest;
				after = &rest->Flink;
				rest = *after;
			}
		}
		*before = nullptr;
		*after = nullptr;
	}

	/* The timer is in the tree. */
	void remove(PKTIMER timer)
	{
		PLIST_ENTRY node = &timer->TimerListEntry;
		PLIST_ENTRY *link = &root;

		while (*link != node)
			link = earlier(*link, node) ? &(*link)->Blink : &(*link)->Flink;

		PLIST_ENTRY before = node->Flink;
		PLIST_ENTRY after = node->Blink;

		while (before && after) {
			if (height(before) >= height(after)) {
				*link = before;
				link = &before->Blink;
				before = *link;
			} else {
				*link = after;
				link = &after->Flink;
				after = *link;
			}
		}
		*link = before ? before : after;
	}

	/* Some timer for which the question is answered with true, or null. */
	template <typename Question>
	PKTIMER find(Question question) const
	{
		/* In order of due time, from each to its successor: the tree has no way up. */
		for (PLIST_ENTRY node = root ? &first()->TimerListEntry : nullptr; node;
		     node = successor(node))
			if (question(timer_of(node)))
				return timer_of(node);
		return nullptr;
	}

private:
	static PKTIMER timer_of(PLIST_ENTRY node)
	{
		return CONTAINING_RECORD(node, KTIMER, TimerListEntry);
	}

	static ULONGLONG height(PLIST_ENTRY node)
	{
		return reinterpret_cast<ULONG_PTR>(node) * 0x9e3779b97f4a7c15;
	}

	static bool earlier(PLIST_ENTRY left, PLIST_ENTRY right)
	{
		ULONGLONG left_due = timer_of(left)->DueTime.QuadPart;
		ULONGLONG right_due = timer_of(right)->DueTime.QuadPart;

		return left_due != right_due ? left_due < right_due : left < right;
	}

	PLIST_ENTRY successor(PLIST_ENTRY node) const
	{
		PLIST_ENTRY next = nullptr;

		for (PLIST_ENTRY at = root; at;) {
			if (earlier(node, at)) {
				next = at;
				at = at->Flink;
			} else {
				at = at->Blink;
			}
		}
		return next;
	}

	PLIST_ENTRY root = nullptr;
};

} // namespace wsk

#endif

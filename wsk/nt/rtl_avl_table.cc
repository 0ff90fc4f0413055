// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Generic tables as AVL trees: the heights of a node's subtrees differ by one at most, which its
 * Balance says (right minus left). BalancedRoot is no element: its right child is the root.
 */
#include <ntddk.h>

#include "nt/tree.h"

namespace wsk
{

namespace
{

using Links = RTL_BALANCED_LINKS;

/* What the driver's routine allocates. */
struct Node {
	Links links;
	LONGLONG element; /* the first of its bytes */
};

constexpr SIZE_T front = FIELD_OFFSET(Node, element);

PVOID element_of(Links *links)
{
	return links ? reinterpret_cast<char *>(links) + front : nullptr;
}

Links *root_of(PRTL_AVL_TABLE table)
{
	return table->BalancedRoot.RightChild;
}

/* The side of its parent that a node is on: -1 or 1. */
int side_of(Links *node)
{
	return node->Parent->LeftChild == node ? -1 : 1;
}

Links *&child(Links *node, int side)
{
	return side < 0 ? node->LeftChild : node->RightChild;
}

Links *next(PRTL_AVL_TABLE table, Links *node)
{
	if (node->RightChild)
		return tree_first(node->RightChild);
	while (node->Parent != &table->BalancedRoot && side_of(node) > 0)
		node = node->Parent;
	return node->Parent == &table->BalancedRoot ? nullptr : node->Parent;
}

Links *previous(PRTL_AVL_TABLE table, Links *node)
{
	if (node->LeftChild)
		return tree_last(node->LeftChild);
	while (node->Parent != &table->BalancedRoot && side_of(node) < 0)
		node = node->Parent;
	return node->Parent == &table->BalancedRoot ? nullptr : node->Parent;
}

/* Puts another node, or none, where a node is. */
void replace(Links *node, Links *by)
{
	child(node->Parent, side_of(node)) = by;
	if (by)
		by->Parent = node->Parent;
}

/* Takes a node up over its parent. */
void rotate_up(Links *node)
{
	Links *parent = node->Parent;
	int side = side_of(node);
	Links *inner = child(node, -side);

	replace(parent, node);
	child(node, -side) = parent;
	parent->Parent = node;
	child(parent, side) = inner;
	if (inner)
		inner->Parent = parent;
}

void set_balance(Links *node, int balance)
{
	node->Balance = static_cast<CHAR>(balance);
}

/* For a node that is two levels too heavy on a side. True: its subtree has become lower by one. */
bool rebalance(Links *node, int side)
{
	Links *heavy = child(node, side);

	if (heavy->Balance == -side) {
		Links *inner = child(heavy, -side);

		rotate_up(inner);
		rotate_up(inner);
		set_balance(node, inner->Balance == side ? -side : 0);
		set_balance(heavy, inner->Balance == -side ? side : 0);
		set_balance(inner, 0);
		return true;
	}

	bool lower = heavy->Balance;

	rotate_up(heavy);
	set_balance(node, lower ? 0 : side);
	set_balance(heavy, lower ? 0 : -side);
	return lower;
}

void grown(PRTL_AVL_TABLE table, Links *node)
{
	for (; node->Parent != &table->BalancedRoot; node = node->Parent) {
		Links *parent = node->Parent;
		int side = side_of(node);

		if (parent->Balance == side) {
			rebalance(parent, side);
			return;
		}
		set_balance(parent, parent->Balance + side);
		if (!parent->Balance)
			return;
	}
	table->DepthOfTree++;
}

/* A side of the parent has become lower. */
void shrunk(PRTL_AVL_TABLE table, Links *parent, int side)
{
	while (parent != &table->BalancedRoot) {
		Links *above = parent->Parent;
		int parents_side = side_of(parent);

		if (!parent->Balance) {
			set_balance(parent, -side);
			return;
		}
		if (parent->Balance == side)
			set_balance(parent, 0);
		else if (!rebalance(parent, -side))
			return;
		parent = above;
		side = parents_side;
	}
	table->DepthOfTree--;
}

void remove(PRTL_AVL_TABLE table, Links *node)
{
	Links *parent = node->Parent;
	int side = side_of(node);

	if (!node->LeftChild || !node->RightChild) {
		replace(node, node->LeftChild ? node->LeftChild : node->RightChild);
		shrunk(table, parent, side);
		return;
	}

	/* Its successor, which has no left child, takes its place. */
	Links *successor = tree_first(node->RightChild);

	parent = successor->Parent;
	side = side_of(successor);
	replace(successor, successor->RightChild);
	successor->Balance = node->Balance;
	successor->LeftChild = node->LeftChild;
	successor->LeftChild->Parent = successor;
	successor->RightChild = node->RightChild;
	if (successor->RightChild)
		successor->RightChild->Parent = successor;
	replace(node, successor);
	shrunk(table, parent == node ? successor : parent, side);
}

TABLE_SEARCH_RESULT search(PRTL_AVL_TABLE table, PVOID wanted, Links **node_or_parent)
{
	return tree_search(
		root_of(table),
		[=](Links *node) { return table->CompareRoutine(table, wanted, element_of(node)); },
		node_or_parent);
}

PVOID insert(PRTL_AVL_TABLE table, PVOID buffer, CLONG size, PBOOLEAN new_element, Links *where,
	     TABLE_SEARCH_RESULT result)
{
	if (new_element)
		*new_element = FALSE;
	if (result == TableFoundNode)
		return element_of(where);
	if (size > MAXULONG - front)
		return nullptr;

	auto *node = static_cast<Links *>(
		table->AllocateRoutine(table, static_cast<CLONG>(size + front)));

	if (!node)
		return nullptr;
	*node = {};
	RtlCopyMemory(element_of(node), buffer, size);
	if (result == TableEmptyTree)
		where = &table->BalancedRoot;
	node->Parent = where;
	child(where, result == TableInsertAsLeft ? -1 : 1) = node;
	table->NumberGenericTableElements++;
	table->OrderedPointer = nullptr;
	table->WhichOrderedElement = 0;
	grown(table, node);
	if (new_element)
		*new_element = TRUE;
	return element_of(node);
}

void take_out(PRTL_AVL_TABLE table, Links *node)
{
	/* An enumeration goes on behind what was enumerated before. */
	if (table->RestartKey == node)
		table->RestartKey = previous(table, node);
	table->DeleteCount++;
	table->NumberGenericTableElements--;
	table->OrderedPointer = nullptr;
	table->WhichOrderedElement = 0;
	remove(table, node);
	table->FreeRoutine(table, node);
}

Links *enumerate(PRTL_AVL_TABLE table, Links *after)
{
	return after ? next(table, after) : tree_first(root_of(table));
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * RtlInitializeGenericTableAvl() - Make an empty table.
 * @Table: Memory for it; nothing to undo once all elements are deleted.
 * @CompareRoutine: How an element compares with another: GenericLessThan, GenericGreaterThan or
 *	GenericEqual.
 * @AllocateRoutine: Allocates memory for an element and the table's 32 bytes in front of it.
 * @FreeRoutine: Frees it.
 * @TableContext: The driver's, to be found in the table.
 *
 * The caller sees to it that nobody else uses the table at the same time.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: ntddk.h, RtlInitializeGenericTableAvl function
 */
extern "C" VOID RtlInitializeGenericTableAvl(PRTL_AVL_TABLE Table,
					     PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
					     PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine,
					     PRTL_AVL_FREE_ROUTINE FreeRoutine, PVOID TableContext)
{
	*Table = {};
	Table->BalancedRoot.Parent = &Table->BalancedRoot;
	Table->CompareRoutine = CompareRoutine;
	Table->AllocateRoutine = AllocateRoutine;
	Table->FreeRoutine = FreeRoutine;
	Table->TableContext = TableContext;
}

/**
 * RtlInsertElementGenericTableAvl() - Put a copy of an element into a table.
 * @Table: The table.
 * @Buffer: The element.
 * @BufferSize: Its size.
 * @NewElement: Receives TRUE if it was put in, FALSE if an equal one was there; may be NULL.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element in the table, the new one or the equal one; NULL without memory.
 * Source: ntddk.h, RtlInsertElementGenericTableAvl function
 */
extern "C" PVOID RtlInsertElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
						 CLONG BufferSize, PBOOLEAN NewElement)
{
	Links *where = nullptr;
	TABLE_SEARCH_RESULT result = search(Table, Buffer, &where);

	return insert(Table, Buffer, BufferSize, NewElement, where, result);
}

/**
 * RtlInsertElementGenericTableFullAvl() - Put a copy of an element where it was looked for.
 * @Table: The table, unchanged since RtlLookupElementGenericTableFullAvl().
 * @Buffer: The element.
 * @BufferSize: Its size.
 * @NewElement: As for RtlInsertElementGenericTableAvl().
 * @NodeOrParent: From there.
 * @SearchResult: From there.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: As RtlInsertElementGenericTableAvl().
 * Source: ntddk.h, RtlInsertElementGenericTableFullAvl function
 */
extern "C" PVOID RtlInsertElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
						     CLONG BufferSize, PBOOLEAN NewElement,
						     PVOID NodeOrParent,
						     TABLE_SEARCH_RESULT SearchResult)
{
	return insert(Table, Buffer, BufferSize, NewElement, static_cast<Links *>(NodeOrParent),
		      SearchResult);
}

/**
 * RtlDeleteElementGenericTableAvl() - Delete an element.
 * @Table: The table.
 * @Buffer: An element that is equal to it.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: FALSE if there is none.
 * Source: ntddk.h, RtlDeleteElementGenericTableAvl function
 */
extern "C" BOOLEAN RtlDeleteElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
	Links *node = nullptr;

	if (search(Table, Buffer, &node) != TableFoundNode)
		return FALSE;
	take_out(Table, node);
	return TRUE;
}

/**
 * RtlDeleteElementGenericTableAvlEx() - Delete an element that was looked for.
 * @Table: The table, unchanged since RtlLookupElementGenericTableFullAvl().
 * @NodeOrParent: From there, the search result being TableFoundNode.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: ntddk.h, RtlDeleteElementGenericTableAvlEx function
 */
extern "C" VOID RtlDeleteElementGenericTableAvlEx(PRTL_AVL_TABLE Table, PVOID NodeOrParent)
{
	take_out(Table, static_cast<Links *>(NodeOrParent));
}

/**
 * RtlLookupElementGenericTableAvl() - Find an element.
 * @Table: The table.
 * @Buffer: An element that is equal to it.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element in the table, or NULL.
 * Source: ntddk.h, RtlLookupElementGenericTableAvl function
 */
extern "C" PVOID RtlLookupElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
	Links *node = nullptr;

	return search(Table, Buffer, &node) == TableFoundNode ? element_of(node) : nullptr;
}

/**
 * RtlLookupElementGenericTableFullAvl() - Find an element, or where it would be.
 * @Table: The table.
 * @Buffer: An element that is equal to it.
 * @NodeOrParent: Receives its node, or what would be its parent.
 * @SearchResult: Receives which: TableFoundNode, TableEmptyTree, TableInsertAsLeft or
 *	TableInsertAsRight.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element in the table, or NULL.
 * Source: ntddk.h, RtlLookupElementGenericTableFullAvl function
 */
extern "C" PVOID RtlLookupElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
						     PVOID *NodeOrParent,
						     TABLE_SEARCH_RESULT *SearchResult)
{
	Links *node = nullptr;

	*SearchResult = search(Table, Buffer, &node);
	*NodeOrParent = node;
	return *SearchResult == TableFoundNode ? element_of(node) : nullptr;
}

/**
 * RtlLookupFirstMatchingElementGenericTableAvl() - Find the first of several elements that compare
 * as equal.
 * @Table: The table.
 * @Buffer: What the elements compare as equal with.
 * @RestartKey: Receives where RtlEnumerateGenericTableWithoutSplayingAvl() goes on.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element in the table, or NULL.
 * Source: ntddk.h, RtlLookupFirstMatchingElementGenericTableAvl function
 */
extern "C" PVOID RtlLookupFirstMatchingElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
							      PVOID *RestartKey)
{
	Links *node = nullptr;

	*RestartKey = nullptr;
	if (search(Table, Buffer, &node) != TableFoundNode)
		return nullptr;
	for (Links *before = previous(Table, node);
	     before && Table->CompareRoutine(Table, Buffer, element_of(before)) == GenericEqual;
	     before = previous(Table, before))
		node = before;
	*RestartKey = node;
	return element_of(node);
}

/**
 * RtlEnumerateGenericTableAvl() - The elements in their order, one with each call.
 * @Table: The table, which keeps where the enumeration is.
 * @Restart: TRUE for the first element.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element; NULL when there are no more.
 * Source: ntddk.h, RtlEnumerateGenericTableAvl function
 */
extern "C" PVOID RtlEnumerateGenericTableAvl(PRTL_AVL_TABLE Table, BOOLEAN Restart)
{
	Links *node = enumerate(Table, Restart ? nullptr : Table->RestartKey);

	/* At the end it stays there. */
	if (node)
		Table->RestartKey = node;
	return element_of(node);
}

/**
 * RtlEnumerateGenericTableWithoutSplayingAvl() - The elements in their order, one with each call.
 * @Table: The table.
 * @RestartKey: Where the enumeration is; NULL in it for the first element.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element; NULL when there are no more.
 * Source: ntddk.h, RtlEnumerateGenericTableWithoutSplayingAvl function
 */
extern "C" PVOID RtlEnumerateGenericTableWithoutSplayingAvl(PRTL_AVL_TABLE Table, PVOID *RestartKey)
{
	Links *node = enumerate(Table, static_cast<Links *>(*RestartKey));

	if (node)
		*RestartKey = node;
	return element_of(node);
}

/**
 * RtlGetElementGenericTableAvl() - An element by its place in the order.
 * @Table: The table.
 * @I: How many elements are before it.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element; NULL if there are not so many.
 * Source: ntddk.h, RtlGetElementGenericTableAvl function
 */
extern "C" PVOID RtlGetElementGenericTableAvl(PRTL_AVL_TABLE Table, ULONG I)
{
	auto *node = static_cast<Links *>(Table->OrderedPointer);
	ULONG at = Table->WhichOrderedElement;

	if (I >= Table->NumberGenericTableElements)
		return nullptr;
	/* From the one that was asked for last, when that is on the way. */
	if (!node || I < at) {
		node = tree_first(root_of(Table));
		at = 0;
	}
	for (; at < I; at++)
		node = next(Table, node);
	Table->OrderedPointer = node;
	Table->WhichOrderedElement = I;
	return element_of(node);
}

/**
 * RtlNumberGenericTableElementsAvl() - How many elements there are.
 * @Table: The table.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The number.
 * Source: ntddk.h, RtlNumberGenericTableElementsAvl function
 */
extern "C" ULONG RtlNumberGenericTableElementsAvl(PRTL_AVL_TABLE Table)
{
	return Table->NumberGenericTableElements;
}

/**
 * RtlIsGenericTableEmptyAvl() - Whether there is no element.
 * @Table: The table.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE if there is none.
 * Source: ntddk.h, RtlIsGenericTableEmptyAvl function
 */
extern "C" BOOLEAN RtlIsGenericTableEmptyAvl(PRTL_AVL_TABLE Table)
{
	return !Table->NumberGenericTableElements;
}

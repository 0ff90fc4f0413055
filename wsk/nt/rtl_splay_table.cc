// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Splay trees, whose root is its own parent, and generic tables made of them: what was used last is
 * at the root. A table also knows the order in which its elements came.
 */
#include <ntddk.h>

#include "nt/tree.h"

namespace wsk
{

namespace
{

using Links = RTL_SPLAY_LINKS;

/* What the driver's routine allocates. */
struct Node {
	Links links;
	LIST_ENTRY order;
	LONGLONG element; /* the first of its bytes */
};

constexpr SIZE_T front = FIELD_OFFSET(Node, element);

PVOID element_of(Links *links)
{
	return links ? reinterpret_cast<char *>(links) + front : nullptr;
}

Node *node_of(Links *links)
{
	return CONTAINING_RECORD(links, Node, links);
}

bool is_root(Links *node)
{
	return node->Parent == node;
}

bool is_left(Links *node)
{
	return node->Parent->LeftChild == node;
}

/* Takes a node up over its parent. */
void rotate_up(Links *node)
{
	Links *parent = node->Parent;
	Links *above = parent->Parent;
	bool left = is_left(node);
	Links *inner = left ? node->RightChild : node->LeftChild;

	if (above == parent)
		node->Parent = node;
	else if (is_left(parent))
		RtlInsertAsLeftChild(above, node);
	else
		RtlInsertAsRightChild(above, node);
	parent->Parent = node;
	(left ? node->RightChild : node->LeftChild) = parent;
	(left ? parent->LeftChild : parent->RightChild) = inner;
	if (inner)
		inner->Parent = parent;
}

Links *next(Links *node)
{
	if (node->RightChild)
		return tree_first(node->RightChild);
	while (!is_root(node) && !is_left(node))
		node = node->Parent;
	return is_root(node) ? nullptr : node->Parent;
}

Links *previous(Links *node)
{
	if (node->LeftChild)
		return tree_last(node->LeftChild);
	while (!is_root(node) && is_left(node))
		node = node->Parent;
	return is_root(node) ? nullptr : node->Parent;
}

TABLE_SEARCH_RESULT search(PRTL_GENERIC_TABLE table, PVOID wanted, Links **node_or_parent)
{
	return tree_search(
		table->TableRoot,
		[=](Links *node) { return table->CompareRoutine(table, wanted, element_of(node)); },
		node_or_parent);
}

PVOID insert(PRTL_GENERIC_TABLE table, PVOID buffer, CLONG size, PBOOLEAN new_element, Links *where,
	     TABLE_SEARCH_RESULT result)
{
	if (new_element)
		*new_element = result != TableFoundNode;
	if (result != TableFoundNode) {
		Node *node = size > MAXULONG - front
				     ? nullptr
				     : static_cast<Node *>(table->AllocateRoutine(
					       table, static_cast<CLONG>(size + front)));

		if (!node) {
			if (new_element)
				*new_element = FALSE;
			return nullptr;
		}
		RtlInitializeSplayLinks(&node->links);
		RtlCopyMemory(element_of(&node->links), buffer, size);
		InsertTailList(&table->InsertOrderList, &node->order);
		table->NumberGenericTableElements++;
		if (result == TableInsertAsLeft)
			RtlInsertAsLeftChild(where, &node->links);
		else if (result == TableInsertAsRight)
			RtlInsertAsRightChild(where, &node->links);
		where = &node->links;
	}
	table->TableRoot = RtlSplay(where);
	return element_of(where);
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * RtlSplay() - Make a node the root of its tree.
 * @Links: The node.
 *
 * Context: Any IRQL.
 * Return: The node, which is the root now.
 * Source: ntddk.h, RtlSplay function
 */
extern "C" PRTL_SPLAY_LINKS RtlSplay(PRTL_SPLAY_LINKS Links)
{
	while (!is_root(Links)) {
		if (!is_root(Links->Parent))
			rotate_up(is_left(Links) == is_left(Links->Parent) ? Links->Parent : Links);
		rotate_up(Links);
	}
	return Links;
}

/**
 * RtlDelete() - Take a node out of its tree.
 * @Links: The node.
 *
 * Context: Any IRQL.
 * Return: The root now; NULL if there is no other node.
 * Source: ntddk.h, RtlDelete function
 */
extern "C" PRTL_SPLAY_LINKS RtlDelete(PRTL_SPLAY_LINKS Links)
{
	RtlSplay(Links);

	PRTL_SPLAY_LINKS left = Links->LeftChild;
	PRTL_SPLAY_LINKS right = Links->RightChild;

	if (right)
		right->Parent = right;
	if (!left)
		return right;
	left->Parent = left;
	left = RtlSplay(tree_last(left));
	if (right)
		RtlInsertAsRightChild(left, right);
	return left;
}

/**
 * RtlSubtreeSuccessor() - The next node among those below a node.
 * @Links: The node.
 *
 * Context: Any IRQL.
 * Return: The node, or NULL.
 * Source: ntddk.h, RtlSubtreeSuccessor function
 */
extern "C" PRTL_SPLAY_LINKS RtlSubtreeSuccessor(PRTL_SPLAY_LINKS Links)
{
	return tree_first(Links->RightChild);
}

/**
 * RtlSubtreePredecessor() - The previous node among those below a node.
 * @Links: The node.
 *
 * Context: Any IRQL.
 * Return: The node, or NULL.
 * Source: ntddk.h, RtlSubtreePredecessor function
 */
extern "C" PRTL_SPLAY_LINKS RtlSubtreePredecessor(PRTL_SPLAY_LINKS Links)
{
	return tree_last(Links->LeftChild);
}

/**
 * RtlRealSuccessor() - The next node in the tree.
 * @Links: A node.
 *
 * Context: Any IRQL.
 * Return: The node, or NULL.
 * Source: ntddk.h, RtlRealSuccessor function
 */
extern "C" PRTL_SPLAY_LINKS RtlRealSuccessor(PRTL_SPLAY_LINKS Links)
{
	return next(Links);
}

/**
 * RtlRealPredecessor() - The previous node in the tree.
 * @Links: A node.
 *
 * Context: Any IRQL.
 * Return: The node, or NULL.
 * Source: ntddk.h, RtlRealPredecessor function
 */
extern "C" PRTL_SPLAY_LINKS RtlRealPredecessor(PRTL_SPLAY_LINKS Links)
{
	return previous(Links);
}

/**
 * RtlInitializeGenericTable() - Make an empty table.
 * @Table: Memory for it; nothing to undo once all elements are deleted.
 * @CompareRoutine: How an element compares with another: GenericLessThan, GenericGreaterThan or
 *	GenericEqual.
 * @AllocateRoutine: Allocates memory for an element and the table's 40 bytes in front of it.
 * @FreeRoutine: Frees it.
 * @TableContext: The driver's, to be found in the table.
 *
 * The caller sees to it that nobody else uses the table at the same time; also looking changes it.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Source: ntddk.h, RtlInitializeGenericTable function
 */
extern "C" VOID RtlInitializeGenericTable(PRTL_GENERIC_TABLE Table,
					  PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine,
					  PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine,
					  PRTL_GENERIC_FREE_ROUTINE FreeRoutine, PVOID TableContext)
{
	*Table = {};
	InitializeListHead(&Table->InsertOrderList);
	Table->OrderedPointer = &Table->InsertOrderList;
	Table->CompareRoutine = CompareRoutine;
	Table->AllocateRoutine = AllocateRoutine;
	Table->FreeRoutine = FreeRoutine;
	Table->TableContext = TableContext;
}

/**
 * RtlInsertElementGenericTable() - Put a copy of an element into a table.
 * @Table: The table.
 * @Buffer: The element.
 * @BufferSize: Its size.
 * @NewElement: Receives TRUE if it was put in, FALSE if an equal one was there; may be NULL.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element in the table, the new one or the equal one; NULL without memory.
 * Source: ntddk.h, RtlInsertElementGenericTable function
 */
extern "C" PVOID RtlInsertElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer,
					      CLONG BufferSize, PBOOLEAN NewElement)
{
	Links *where = nullptr;
	TABLE_SEARCH_RESULT result = search(Table, Buffer, &where);

	return insert(Table, Buffer, BufferSize, NewElement, where, result);
}

/**
 * RtlInsertElementGenericTableFull() - Put a copy of an element where it was looked for.
 * @Table: The table, unchanged since RtlLookupElementGenericTableFull().
 * @Buffer: The element.
 * @BufferSize: Its size.
 * @NewElement: As for RtlInsertElementGenericTable().
 * @NodeOrParent: From there.
 * @SearchResult: From there.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: As RtlInsertElementGenericTable().
 * Source: ntddk.h, RtlInsertElementGenericTableFull function
 */
extern "C" PVOID RtlInsertElementGenericTableFull(PRTL_GENERIC_TABLE Table, PVOID Buffer,
						  CLONG BufferSize, PBOOLEAN NewElement,
						  PVOID NodeOrParent,
						  TABLE_SEARCH_RESULT SearchResult)
{
	return insert(Table, Buffer, BufferSize, NewElement, static_cast<Links *>(NodeOrParent),
		      SearchResult);
}

/**
 * RtlDeleteElementGenericTable() - Delete an element.
 * @Table: The table.
 * @Buffer: An element that is equal to it.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: FALSE if there is none.
 * Source: ntddk.h, RtlDeleteElementGenericTable function
 */
extern "C" BOOLEAN RtlDeleteElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
	Links *links = nullptr;

	if (search(Table, Buffer, &links) != TableFoundNode)
		return FALSE;
	Table->TableRoot = RtlDelete(links);
	Table->NumberGenericTableElements--;
	RemoveEntryList(&node_of(links)->order);
	Table->OrderedPointer = &Table->InsertOrderList;
	Table->WhichOrderedElement = 0;
	Table->FreeRoutine(Table, links);
	return TRUE;
}

/**
 * RtlLookupElementGenericTable() - Find an element.
 * @Table: The table.
 * @Buffer: An element that is equal to it.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element in the table, or NULL.
 * Source: ntddk.h, RtlLookupElementGenericTable function
 */
extern "C" PVOID RtlLookupElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
	TABLE_SEARCH_RESULT result;
	PVOID where;

	return RtlLookupElementGenericTableFull(Table, Buffer, &where, &result);
}

/**
 * RtlLookupElementGenericTableFull() - Find an element, or where it would be.
 * @Table: The table.
 * @Buffer: An element that is equal to it.
 * @NodeOrParent: Receives its node, or what would be its parent.
 * @SearchResult: Receives which: TableFoundNode, TableEmptyTree, TableInsertAsLeft or
 *	TableInsertAsRight.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element in the table, or NULL.
 * Source: ntddk.h, RtlLookupElementGenericTableFull function
 */
extern "C" PVOID RtlLookupElementGenericTableFull(PRTL_GENERIC_TABLE Table, PVOID Buffer,
						  PVOID *NodeOrParent,
						  TABLE_SEARCH_RESULT *SearchResult)
{
	Links *links = nullptr;

	*SearchResult = search(Table, Buffer, &links);
	*NodeOrParent = links;
	if (links)
		Table->TableRoot = RtlSplay(links);
	return *SearchResult == TableFoundNode ? element_of(links) : nullptr;
}

/**
 * RtlEnumerateGenericTable() - The elements in their order, one with each call.
 * @Table: The table, at whose root the last one is; so nothing else may be done with it meanwhile.
 * @Restart: TRUE for the first element.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element; NULL when there are no more.
 * Source: ntddk.h, RtlEnumerateGenericTable function
 */
extern "C" PVOID RtlEnumerateGenericTable(PRTL_GENERIC_TABLE Table, BOOLEAN Restart)
{
	if (!Table->TableRoot)
		return nullptr;

	Links *links = Restart ? tree_first(Table->TableRoot) : next(Table->TableRoot);

	if (links)
		Table->TableRoot = RtlSplay(links);
	return element_of(links);
}

/**
 * RtlEnumerateGenericTableWithoutSplaying() - The elements in their order, one with each call.
 * @Table: The table, which does not change.
 * @RestartKey: Where the enumeration is; NULL in it for the first element.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element; NULL when there are no more.
 * Source: ntddk.h, RtlEnumerateGenericTableWithoutSplaying function
 */
extern "C" PVOID RtlEnumerateGenericTableWithoutSplaying(PRTL_GENERIC_TABLE Table,
							 PVOID *RestartKey)
{
	auto *after = static_cast<Links *>(*RestartKey);
	Links *links = after ? next(after) : tree_first(Table->TableRoot);

	if (links)
		*RestartKey = links;
	return element_of(links);
}

/**
 * RtlGetElementGenericTable() - An element by the order in which they came.
 * @Table: The table.
 * @I: How many came before it.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The element; NULL if there are not so many.
 * Source: ntddk.h, RtlGetElementGenericTable function
 */
extern "C" PVOID RtlGetElementGenericTable(PRTL_GENERIC_TABLE Table, ULONG I)
{
	PLIST_ENTRY entry = Table->OrderedPointer;
	ULONG at = Table->WhichOrderedElement; /* counted from 1; 0 is the list's head */

	if (I >= Table->NumberGenericTableElements)
		return nullptr;
	if (I + 1 < at) {
		entry = &Table->InsertOrderList;
		at = 0;
	}
	for (; at < I + 1; at++)
		entry = entry->Flink;
	Table->OrderedPointer = entry;
	Table->WhichOrderedElement = at;
	return element_of(&CONTAINING_RECORD(entry, Node, order)->links);
}

/**
 * RtlNumberGenericTableElements() - How many elements there are.
 * @Table: The table.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: The number.
 * Source: ntddk.h, RtlNumberGenericTableElements function
 */
extern "C" ULONG RtlNumberGenericTableElements(PRTL_GENERIC_TABLE Table)
{
	return Table->NumberGenericTableElements;
}

/**
 * RtlIsGenericTableEmpty() - Whether there is no element.
 * @Table: The table.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: TRUE if there is none.
 * Source: ntddk.h, RtlIsGenericTableEmpty function
 */
extern "C" BOOLEAN RtlIsGenericTableEmpty(PRTL_GENERIC_TABLE Table)
{
	return !Table->TableRoot;
}

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Walking trees whose nodes have Parent, LeftChild and RightChild, whatever keeps them in shape. */
#ifndef WSK_NT_TREE_H
#define WSK_NT_TREE_H

#include <ntddk.h>

namespace wsk
{

template <typename Links>
Links *tree_first(Links *node)
{
	while (node && node->LeftChild)
		node = node->LeftChild;
	return node;
}

template <typename Links>
Links *tree_last(Links *node)
{
	while (node && node->RightChild)
		node = node->RightChild;
	return node;
}

/*
 * Where an element is, or would be: the search result, and the node or its future parent. `compare`
 * says how the element wanted compares with a node's.
 */
template <typename Links, typename Compare>
TABLE_SEARCH_RESULT tree_search(Links *root, Compare compare, Links **node_or_parent)
{
	if (!root)
		return TableEmptyTree;
	for (;;) {
		RTL_GENERIC_COMPARE_RESULTS result = compare(root);
		Links *child = result == GenericLessThan ? root->LeftChild : root->RightChild;

		*node_or_parent = root;
		if (result == GenericEqual)
			return TableFoundNode;
		if (!child)
			return result == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
		root = child;
	}
}

} // namespace wsk

#endif

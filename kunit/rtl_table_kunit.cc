// SPDX-License-Identifier: MIT OR GPL-2.0
/* Generic tables: AVL trees and splay trees do the same, by nearly the same functions. */
#include <ntddk.h>

#include "bridge.h"

namespace
{

constexpr ULONG tag = 'bTtR';

struct Element {
	int key;
	int value;
};

constinit int allocated;
constinit bool no_memory;

PVOID allocate(SIZE_T bytes)
{
	PVOID memory = no_memory ? nullptr : ExAllocatePoolWithTag(NonPagedPoolNx, bytes, tag);

	allocated += memory != nullptr;
	return memory;
}

void free(PVOID memory)
{
	allocated--;
	ExFreePoolWithTag(memory, tag);
}

RTL_GENERIC_COMPARE_RESULTS compare(PVOID first, PVOID second)
{
	int left = static_cast<Element *>(first)->key;
	int right = static_cast<Element *>(second)->key;

	return left < right ? GenericLessThan : left > right ? GenericGreaterThan : GenericEqual;
}

/* The heights of the subtrees are what Balance says. -1: they are not. */
int height(PRTL_BALANCED_LINKS node, PRTL_BALANCED_LINKS parent)
{
	if (!node)
		return 0;

	int left = height(node->LeftChild, node);
	int right = height(node->RightChild, node);

	if (left < 0 || right < 0 || right - left != node->Balance || node->Balance > 1 ||
	    node->Balance < -1 || node->Parent != parent)
		return -1;
	return (left > right ? left : right) + 1;
}

bool in_shape(PRTL_SPLAY_LINKS node, PRTL_SPLAY_LINKS parent)
{
	return !node || (node->Parent == parent && in_shape(node->LeftChild, node) &&
			 in_shape(node->RightChild, node));
}

struct Avl {
	RTL_AVL_TABLE table;

	static RTL_GENERIC_COMPARE_RESULTS compare_keys(PRTL_AVL_TABLE, PVOID first, PVOID second)
	{
		return compare(first, second);
	}
	void initialize()
	{
		RtlInitializeGenericTableAvl(
			&table, compare_keys,
			[](PRTL_AVL_TABLE, CLONG bytes) -> PVOID { return allocate(bytes); },
			[](PRTL_AVL_TABLE, PVOID memory) -> VOID { free(memory); }, this);
	}
	Element *insert(Element element, BOOLEAN *fresh = nullptr)
	{
		return static_cast<Element *>(
			RtlInsertElementGenericTableAvl(&table, &element, sizeof(element), fresh));
	}
	Element *insert_at(Element element, PVOID where, TABLE_SEARCH_RESULT result)
	{
		return static_cast<Element *>(RtlInsertElementGenericTableFullAvl(
			&table, &element, sizeof(element), nullptr, where, result));
	}
	bool remove(int key)
	{
		Element element = {key, 0};

		return RtlDeleteElementGenericTableAvl(&table, &element);
	}
	Element *find(int key)
	{
		Element element = {key, 0};

		return static_cast<Element *>(RtlLookupElementGenericTableAvl(&table, &element));
	}
	Element *find_place(int key, PVOID *where, TABLE_SEARCH_RESULT *result)
	{
		Element element = {key, 0};

		return static_cast<Element *>(
			RtlLookupElementGenericTableFullAvl(&table, &element, where, result));
	}
	Element *enumerate(bool restart)
	{
		return static_cast<Element *>(RtlEnumerateGenericTableAvl(&table, restart));
	}
	Element *walk(PVOID *key)
	{
		return static_cast<Element *>(
			RtlEnumerateGenericTableWithoutSplayingAvl(&table, key));
	}
	Element *get(ULONG i)
	{
		return static_cast<Element *>(RtlGetElementGenericTableAvl(&table, i));
	}
	ULONG count() { return RtlNumberGenericTableElementsAvl(&table); }
	bool empty() { return RtlIsGenericTableEmptyAvl(&table); }
	bool is_in_shape()
	{
		return height(table.BalancedRoot.RightChild, &table.BalancedRoot) ==
		       static_cast<int>(table.DepthOfTree);
	}
};

struct Splay {
	RTL_GENERIC_TABLE table;

	void initialize()
	{
		RtlInitializeGenericTable(
			&table,
			[](PRTL_GENERIC_TABLE, PVOID first, PVOID second)
				-> RTL_GENERIC_COMPARE_RESULTS { return compare(first, second); },
			[](PRTL_GENERIC_TABLE, CLONG bytes) -> PVOID { return allocate(bytes); },
			[](PRTL_GENERIC_TABLE, PVOID memory) -> VOID { free(memory); }, this);
	}
	Element *insert(Element element, BOOLEAN *fresh = nullptr)
	{
		return static_cast<Element *>(
			RtlInsertElementGenericTable(&table, &element, sizeof(element), fresh));
	}
	Element *insert_at(Element element, PVOID where, TABLE_SEARCH_RESULT result)
	{
		return static_cast<Element *>(RtlInsertElementGenericTableFull(
			&table, &element, sizeof(element), nullptr, where, result));
	}
	bool remove(int key)
	{
		Element element = {key, 0};

		return RtlDeleteElementGenericTable(&table, &element);
	}
	Element *find(int key)
	{
		Element element = {key, 0};

		return static_cast<Element *>(RtlLookupElementGenericTable(&table, &element));
	}
	Element *find_place(int key, PVOID *where, TABLE_SEARCH_RESULT *result)
	{
		Element element = {key, 0};

		return static_cast<Element *>(
			RtlLookupElementGenericTableFull(&table, &element, where, result));
	}
	Element *enumerate(bool restart)
	{
		return static_cast<Element *>(RtlEnumerateGenericTable(&table, restart));
	}
	Element *walk(PVOID *key)
	{
		return static_cast<Element *>(RtlEnumerateGenericTableWithoutSplaying(&table, key));
	}
	Element *get(ULONG i)
	{
		return static_cast<Element *>(RtlGetElementGenericTable(&table, i));
	}
	ULONG count() { return RtlNumberGenericTableElements(&table); }
	bool empty() { return RtlIsGenericTableEmpty(&table); }
	bool is_in_shape() { return in_shape(table.TableRoot, table.TableRoot); }
};

constexpr int many = 200;

int key_of(int i)
{
	return i * 73 % many;
}

template <typename Table>
void keeps_order(struct kunit *test)
{
	Table table;
	BOOLEAN fresh = FALSE;

	allocated = 0;
	table.initialize();
	EXPECT_TRUE(test, table.empty());
	EXPECT_NULL(test, table.find(1));
	EXPECT_NULL(test, table.enumerate(true));
	EXPECT_FALSE(test, table.remove(1));
	for (int i = 0; i < many; i++) {
		Element *element = table.insert({key_of(i), i}, &fresh);

		ASSERT_NOT_NULL(test, element);
		EXPECT_TRUE(test, fresh);
		EXPECT_EQ(test, element->key, key_of(i));
		ASSERT_TRUE(test, table.is_in_shape());
	}
	EXPECT_EQ(test, table.count(), static_cast<ULONG>(many));
	/* One that is there already stays as it is. */
	EXPECT_EQ(test, table.insert({key_of(3), 999}, &fresh)->value, 3);
	EXPECT_FALSE(test, fresh);
	EXPECT_EQ(test, table.find(key_of(50))->value, 50);
	EXPECT_NULL(test, table.find(many));

	int expected = 0;
	for (Element *element = table.enumerate(true); element; element = table.enumerate(false))
		EXPECT_EQ(test, element->key, expected++);
	EXPECT_EQ(test, expected, many);
	PVOID restart = nullptr;
	expected = 0;
	while (Element *element = table.walk(&restart))
		EXPECT_EQ(test, element->key, expected++);
	EXPECT_EQ(test, expected, many);

	for (int i = 0; i < many; i += 3) {
		EXPECT_TRUE(test, table.remove(i));
		ASSERT_TRUE(test, table.is_in_shape());
	}
	for (int i = 0; i < many; i++)
		EXPECT_EQ(test, table.find(i) != nullptr, i % 3 != 0);
	for (int i = many; i--;)
		EXPECT_EQ(test, table.remove(i), i % 3 != 0);
	EXPECT_TRUE(test, table.empty());
	EXPECT_EQ(test, allocated, 0);
}

template <typename Table>
void in_two_steps(struct kunit *test)
{
	TABLE_SEARCH_RESULT result;
	Table table;
	PVOID where;

	table.initialize();
	EXPECT_NULL(test, table.find_place(5, &where, &result));
	EXPECT_EQ(test, result, TableEmptyTree);
	EXPECT_NOT_NULL(test, table.insert_at({5, 1}, where, result));
	EXPECT_NULL(test, table.find_place(3, &where, &result));
	EXPECT_EQ(test, result, TableInsertAsLeft);
	EXPECT_NOT_NULL(test, table.insert_at({3, 2}, where, result));
	EXPECT_NULL(test, table.find_place(9, &where, &result));
	EXPECT_EQ(test, result, TableInsertAsRight);
	EXPECT_NOT_NULL(test, table.insert_at({9, 3}, where, result));
	EXPECT_EQ(test, table.find_place(3, &where, &result)->value, 2);
	EXPECT_EQ(test, result, TableFoundNode);
	EXPECT_EQ(test, table.insert_at({3, 7}, where, result)->value, 2);
	EXPECT_TRUE(test, table.is_in_shape());
	EXPECT_EQ(test, table.count(), 3u);
	while (Element *element = table.enumerate(true))
		EXPECT_TRUE(test, table.remove(element->key));
	EXPECT_TRUE(test, table.empty());
}

template <typename Table>
void without_memory(struct kunit *test)
{
	BOOLEAN fresh = TRUE;
	Table table;

	table.initialize();
	ASSERT_NOT_NULL(test, table.insert({1, 1}));
	no_memory = true;
	EXPECT_NULL(test, table.insert({2, 2}, &fresh));
	EXPECT_FALSE(test, fresh);
	EXPECT_EQ(test, table.insert({1, 5}, &fresh)->value, 1);
	no_memory = false;
	EXPECT_EQ(test, table.count(), 1u);
	EXPECT_TRUE(test, table.remove(1));
}

void by_place(struct kunit *test)
{
	Splay splay;
	Avl avl;

	splay.initialize();
	avl.initialize();
	for (int i = 0; i < 10; i++) {
		avl.insert({9 - i, i});
		splay.insert({9 - i, i});
	}
	/* In an AVL table the order is the elements', in a splay table that in which they came. */
	for (ULONG at = 0; at < 10; at++) {
		ASSERT_NOT_NULL(test, avl.get(at));
		EXPECT_EQ(test, avl.get(at)->key, static_cast<int>(at));
		EXPECT_EQ(test, splay.get(at)->value, static_cast<int>(at));
	}
	EXPECT_EQ(test, avl.get(2)->key, 2);
	EXPECT_EQ(test, splay.get(2)->value, 2);
	EXPECT_NULL(test, avl.get(10));
	EXPECT_NULL(test, splay.get(10));
	EXPECT_TRUE(test, avl.remove(0));
	EXPECT_EQ(test, avl.get(0)->key, 1);
	EXPECT_TRUE(test, splay.remove(9));
	EXPECT_EQ(test, splay.get(0)->value, 1);
	for (int i = 0; i < 10; i++) {
		avl.remove(i);
		splay.remove(i);
	}
	EXPECT_EQ(test, allocated, 0);
}

/* Deleting what was enumerated last does not disturb the enumeration of an AVL table. */
void deleting_while_enumerating(struct kunit *test)
{
	Avl avl;
	int expected = 0;

	avl.initialize();
	for (int i = 0; i < many; i++)
		avl.insert({i, 0});
	for (Element *element = avl.enumerate(true); element; element = avl.enumerate(false)) {
		EXPECT_EQ(test, element->key, expected++);
		if (element->key % 2)
			EXPECT_TRUE(test, avl.remove(element->key));
	}
	EXPECT_EQ(test, expected, many);
	EXPECT_EQ(test, avl.count(), static_cast<ULONG>(many / 2));
	TABLE_SEARCH_RESULT result;
	PVOID where;

	for (int i = 0; i < many; i += 2) {
		ASSERT_NOT_NULL(test, avl.find_place(i, &where, &result));
		RtlDeleteElementGenericTableAvlEx(&avl.table, where);
		ASSERT_TRUE(test, avl.is_in_shape());
	}
	EXPECT_TRUE(test, avl.empty());
}

/* Elements that compare as equal with what is looked for: those of one ten. */
void first_of_several(struct kunit *test)
{
	PVOID restart;
	Avl avl;

	avl.initialize();
	for (int i = 0; i < 100; i++)
		avl.insert({i, 0});
	avl.table.CompareRoutine = [](PRTL_AVL_TABLE, PVOID wanted,
				      PVOID element) -> RTL_GENERIC_COMPARE_RESULTS {
		Element tens = {static_cast<Element *>(element)->key / 10, 0};

		return compare(wanted, &tens);
	};
	Element four = {4, 0}, eleven = {11, 0};
	auto *first = static_cast<Element *>(
		RtlLookupFirstMatchingElementGenericTableAvl(&avl.table, &four, &restart));
	ASSERT_NOT_NULL(test, first);
	EXPECT_EQ(test, first->key, 40);
	EXPECT_EQ(test, avl.walk(&restart)->key, 41);
	EXPECT_NULL(test,
		    RtlLookupFirstMatchingElementGenericTableAvl(&avl.table, &eleven, &restart));
	avl.table.CompareRoutine = Avl::compare_keys;
	for (int i = 0; i < 100; i++)
		EXPECT_TRUE(test, avl.remove(i));
}

constexpr bridge_case cases[] = {
	{"an AVL table keeps its elements in order", keeps_order<Avl>},
	{"a splay table keeps its elements in order", keeps_order<Splay>},
	{"an AVL table takes elements where they were looked for", in_two_steps<Avl>},
	{"a splay table takes elements where they were looked for", in_two_steps<Splay>},
	{"an AVL table without memory stays as it is", without_memory<Avl>},
	{"a splay table without memory stays as it is", without_memory<Splay>},
	{"elements are found by their place", by_place},
	{"elements can be deleted while an AVL table is enumerated", deleting_while_enumerating},
	{"the first of several that are equal is found", first_of_several},
};

} // namespace

BRIDGE_SUITE(rtl_table, cases)

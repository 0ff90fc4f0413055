// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Pool memory from the inside: blocks, and whom they are charged to.
 *
 * Small blocks have a header in front of them and end exactly where they were asked to, so that
 * KASAN sees overruns. Blocks of a page or more are whole pages, which the network stack can refer
 * to; what is known about them lies in a table. Checked builds keep every block in that table, and
 * so tell a double free without touching the memory.
 */
#include <ntddk.h>

#include "nt/dpc.h"
#include "nt/driver_account.h"
#include "nt/pool.h"
#include "nt/word_lock.h"
#include "port/log.h"
#include "port/memory.h"

namespace wsk
{

namespace
{

#ifdef CONFIG_WSK_DEBUG
constexpr bool track_all = true;
#else
constexpr bool track_all = false;
#endif

constexpr USHORT live_magic = 0x4c57;
constexpr USHORT dead_magic = 0x4457;
constexpr SIZE_T cache_line = 64;
constexpr ULONG protected_pool = 0x80000000; /* an old flag in the tag, which does not name it */

struct PoolHeader {
	PoolTag *owner;
	ULONG size;
	USHORT offset; /* from the allocation to the block */
	USHORT magic;
};

struct PoolNode {
	PoolNode *next;
	void *block;
	SIZE_T pages_size; /* 0: a small block, right behind this node */
	const void *caller;
	PoolHeader header; /* last: directly in front of a small block */
};

static_assert(sizeof(PoolHeader) == 16 && sizeof(PoolNode) == 48);

constexpr SIZE_T front = track_all ? sizeof(PoolNode) : sizeof(PoolHeader);

struct Bucket {
	WordLock lock;
	PoolNode *first;
};

constexpr SIZE_T bucket_count = 1024;
constinit Bucket table[bucket_count];

Bucket &bucket_of(const void *block)
{
	ULONG_PTR address = reinterpret_cast<ULONG_PTR>(block);

	return table[((address >> 4) ^ (address >> PAGE_SHIFT) ^ (address >> 22)) % bucket_count];
}

void table_insert(PoolNode *node)
{
	Bucket &bucket = bucket_of(node->block);
	WordGuard guard(bucket.lock);

	node->next = bucket.first;
	bucket.first = node;
}

PoolNode *table_remove(const void *block)
{
	Bucket &bucket = bucket_of(block);
	WordGuard guard(bucket.lock);

	for (PoolNode **link = &bucket.first; *link; link = &(*link)->next) {
		PoolNode *node = *link;

		if (node->block == block) {
			*link = node->next;
			return node;
		}
	}
	return nullptr;
}

PoolHeader *header_of(void *block)
{
	return static_cast<PoolHeader *>(block) - 1;
}

bool is_page_aligned(const void *block)
{
	return reinterpret_cast<ULONG_PTR>(block) % PAGE_SIZE == 0;
}

void *add(void *base, SIZE_T offset)
{
	return static_cast<unsigned char *>(base) + offset;
}

PoolTag *find_tag(PoolTags *tags, ULONG tag)
{
	PoolTag *entry = __atomic_load_n(&tags->buckets[tag % POOL_TAG_BUCKETS], __ATOMIC_ACQUIRE);

	while (entry && entry->tag != tag)
		entry = entry->next;
	return entry;
}

/* Entries are pushed without a lock and never removed while drivers run. */
PoolTag *tag_account(DriverAccount *driver, ULONG tag)
{
	PoolTag **head = &driver->pool.buckets[tag % POOL_TAG_BUCKETS];
	PoolTag *found = find_tag(&driver->pool, tag);

	if (found)
		return found;

	PoolTag *fresh = static_cast<PoolTag *>(port_alloc(sizeof(*fresh), true));
	if (!fresh)
		return nullptr;
	fresh->driver = driver;
	fresh->tag = tag;
	fresh->next = __atomic_load_n(head, __ATOMIC_ACQUIRE);
	do {
		for (PoolTag *other = fresh->next; other; other = other->next) {
			if (other->tag == tag) {
				port_free(fresh);
				return other;
			}
		}
	} while (!__atomic_compare_exchange_n(head, &fresh->next, fresh, false, __ATOMIC_RELEASE,
					      __ATOMIC_ACQUIRE));
	return fresh;
}

void charge(PoolTag *owner, SIZE_T bytes)
{
	long now = __atomic_add_fetch(&owner->bytes, static_cast<long>(bytes), __ATOMIC_RELAXED);
	long peak = __atomic_load_n(&owner->peak_bytes, __ATOMIC_RELAXED);

	__atomic_add_fetch(&owner->blocks, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&owner->allocations, 1, __ATOMIC_RELAXED);
	while (now > peak && !__atomic_compare_exchange_n(&owner->peak_bytes, &peak, now, true,
							  __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
}

void discharge(PoolTag *owner, SIZE_T bytes)
{
	__atomic_sub_fetch(&owner->bytes, static_cast<long>(bytes), __ATOMIC_RELAXED);
	__atomic_sub_fetch(&owner->blocks, 1, __ATOMIC_RELAXED);
}

void *allocate_small(PoolTag *owner, SIZE_T bytes, unsigned options, const void *caller)
{
	bool on_lines = options & POOL_ON_CACHE_LINES;
	SIZE_T offset = on_lines ? cache_line : front;
	SIZE_T room = bytes ? bytes : 1; /* else it lies where somebody else's may begin */
	void *base = port_alloc_aligned(offset + room, on_lines ? cache_line : 16,
					options & POOL_ZEROED);
	if (!base)
		return nullptr;

	void *block = add(base, offset);
	*header_of(block) = {owner, static_cast<ULONG>(bytes), static_cast<USHORT>(offset),
			     live_magic};
	if (track_all) {
		PoolNode *node = CONTAINING_RECORD(header_of(block), PoolNode, header);

		node->block = block;
		node->pages_size = 0;
		node->caller = caller;
		table_insert(node);
	}
	return block;
}

void *allocate_pages(PoolTag *owner, SIZE_T bytes, unsigned options, const void *caller)
{
	PoolNode *node = static_cast<PoolNode *>(port_alloc(sizeof(*node), false));
	void *block = node ? port_alloc_pages(bytes, options & POOL_ZEROED) : nullptr;

	if (!block) {
		port_free(node);
		return nullptr;
	}
	*node = {nullptr, block, bytes, caller, {owner, 0, 0, live_magic}};
	table_insert(node);
	return block;
}

bool same_tag(ULONG a, ULONG b)
{
	return !((a ^ b) & ~protected_pool);
}

void tag_text(ULONG tag, char text[5])
{
	for (int i = 0; i < 4; i++) {
		char c = static_cast<char>(tag >> (8 * i));

		text[i] = c >= ' ' && c <= '~' ? c : '.';
	}
	text[4] = 0;
}

void log_wrong_tag(const char *function, ULONG wrong, ULONG right)
{
	char text[] = "freed with tag '----', but allocated with tag '----'";

	tag_text(wrong, text + 16);
	text[20] = '\'';
	tag_text(right, text + sizeof(text) - 6);
	text[sizeof(text) - 2] = '\'';
	port_log_rule(function, text);
}

/* Memory with these in it would be used when it has become something else. */
void take_out_objects(const char *function, const void *block, SIZE_T bytes)
{
	for (unsigned int left = dpcs_forget(block, bytes); left; left--)
		port_log_rule(function, "the block holds a DPC that is queued");
	for (unsigned int left = timers_forget(block, bytes); left; left--)
		port_log_rule(function, "the block holds a timer that is set");
}

} // namespace

void *pool_allocate(SIZE_T bytes, ULONG tag, unsigned options, const void *caller)
{
	PoolTag *owner = tag_account(driver_of(caller), tag & ~protected_pool);
	void *block = nullptr;

	if (!owner)
		return nullptr;
	if (bytes < PAGE_SIZE)
		block = allocate_small(owner, bytes, options, caller);
	else
		block = allocate_pages(owner, bytes, options, caller);
	if (block)
		charge(owner, bytes);
	return block;
}

bool pool_free(void *block, ULONG tag, const char *function)
{
	PoolNode *node = nullptr;
	PoolHeader *header;

	if (!block) {
		port_log_rule(function, "the block is NULL");
		return false;
	}
	if (track_all || is_page_aligned(block))
		node = table_remove(block);
	if (node) {
		header = &node->header;
	} else {
		/* Reading in front of what may be no block is for builds that know no better. */
		bool misaligned = reinterpret_cast<ULONG_PTR>(block) % 16;

		header = header_of(block);
		if (track_all || misaligned || header->magic != live_magic) {
			port_log_rule(function, "not a pool block, or freed already");
			return false;
		}
	}

	PoolTag *owner = header->owner;
	if (tag && !same_tag(tag, owner->tag))
		log_wrong_tag(function, tag, owner->tag);

	if (track_all)
		take_out_objects(function, block,
				 node->pages_size ? node->pages_size : header->size);
	header->magic = dead_magic;
	if (node && node->pages_size) {
		discharge(owner, node->pages_size);
		port_free_pages(block, node->pages_size);
		port_free(node);
	} else {
		discharge(owner, header->size);
		port_free(static_cast<unsigned char *>(block) - header->offset);
	}
	return true;
}

bool pool_is_live(const void *block, ULONG tag)
{
	if (!track_all)
		return true;

	Bucket &bucket = bucket_of(block);
	WordGuard guard(bucket.lock);

	for (PoolNode *node = bucket.first; node; node = node->next)
		if (node->block == block)
			return node->header.owner->tag == tag;
	return false;
}

PoolTag pool_usage(DriverAccount *account, ULONG tag)
{
	PoolTag *found = find_tag(&account->pool, tag & ~protected_pool);

	return found ? *found : PoolTag{};
}

unsigned int pool_report(DriverAccount *account)
{
	unsigned int lines = 0;

	for (PoolTag *entry : account->pool.buckets) {
		for (; entry; entry = entry->next) {
			const char *plural = entry->blocks == 1 ? "" : "s";
			char text[5];

			if (!entry->blocks)
				continue;
			lines++;
			tag_text(entry->tag, text);
			if (entry->tag == irp_tag || entry->tag == mdl_tag)
				port_logf(PORT_LOG_WARNING, "%s: leaked: %ld %s%s\n", account->name,
					  entry->blocks, entry->tag == irp_tag ? "IRP" : "MDL",
					  plural);
			else
				port_logf(PORT_LOG_WARNING,
					  "%s: leaked: %ld pool block%s with tag '%s', %ld bytes\n",
					  account->name, entry->blocks, plural, text, entry->bytes);
		}
	}
	return lines;
}

bool pool_is_empty(DriverAccount *account)
{
	for (PoolTag *entry : account->pool.buckets)
		for (; entry; entry = entry->next)
			if (entry->blocks)
				return false;
	return true;
}

void pool_forget(DriverAccount *account)
{
	for (PoolTag *&bucket : account->pool.buckets) {
		while (bucket) {
			PoolTag *entry = bucket;

			bucket = entry->next;
			port_free(entry);
		}
	}
}

} // namespace wsk

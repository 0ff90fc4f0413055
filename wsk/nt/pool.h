/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The pool from the inside: blocks charged to a driver and a tag. */
#ifndef WSK_NT_POOL_H
#define WSK_NT_POOL_H

#include <wdm.h>

namespace wsk
{

struct DriverAccount;

/* What one driver holds under one tag. */
struct PoolTag {
	PoolTag *next;
	DriverAccount *driver;
	ULONG tag;
	long blocks; /* outstanding */
	long bytes;
	long peak_bytes;
	unsigned long allocations; /* ever made */
};

enum { POOL_TAG_BUCKETS = 32 };

/* A driver's tags. They are only ever added to while drivers run. */
struct PoolTags {
	PoolTag *buckets[POOL_TAG_BUCKETS];
};

/* The tags of what is not pool to drivers, under the names that Windows gives them. */
inline constexpr ULONG irp_tag = 0x20707249; /* "Irp " */
inline constexpr ULONG mdl_tag = 0x206c644d; /* "Mdl " */

enum PoolOptions : unsigned {
	POOL_PLAIN = 0,
	POOL_ZEROED = 1,
	POOL_ON_CACHE_LINES = 2,
};

/*
 * Aligned to 16 bytes; from PAGE_SIZE on, whole pages. Null when there is no memory. The caller is
 * an address in the code that asked: it says whose account is charged.
 */
void *pool_allocate(SIZE_T bytes, ULONG tag, unsigned options, const void *caller);

/*
 * Frees a block; `tag` 0 stands for any. False, and a rule line that names `function`, when it is
 * no live block (or its tag is another: then it has been freed all the same, and true is returned).
 */
bool pool_free(void *block, ULONG tag, const char *function);

/* Checked builds know every live block: whether one with this tag begins here. Else always true. */
bool pool_is_live(const void *block, ULONG tag);

/* A copy of the account; zeroes when the driver never used the tag. */
PoolTag pool_usage(DriverAccount *account, ULONG tag);

/* One log line for each tag with blocks outstanding. Returns how many lines. */
unsigned int pool_report(DriverAccount *account);

/* Whether anything is outstanding; and, when nothing is, an end to the accounts themselves. */
bool pool_is_empty(DriverAccount *account);
void pool_forget(DriverAccount *account);

} // namespace wsk

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/memory.h over the slab and page allocators. */
#include <linux/gfp.h>
#include <linux/kmemleak.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "linux/linux.h"
#include "port/context.h"
#include "port/memory.h"

#if defined(CONFIG_WSK_DEBUG) || defined(CONFIG_WSK_KUNIT_TEST)
static atomic_t fail_countdown;
static bool fail_happened;

bool port_alloc_fail(unsigned int nth)
{
	atomic_set(&fail_countdown, nth);
	return xchg(&fail_happened, false);
}

static bool must_fail(void)
{
	if (atomic_dec_if_positive(&fail_countdown) != 0)
		return false;
	WRITE_ONCE(fail_happened, true);
	return true;
}
#else
static bool must_fail(void)
{
	return false;
}
#endif

static bool may_sleep(void)
{
	return port_context() == PORT_CONTEXT_TASK;
}

static gfp_t how(bool zero)
{
	return (may_sleep() ? GFP_KERNEL : GFP_ATOMIC) | __GFP_NOWARN | (zero ? __GFP_ZERO : 0);
}

void *port_alloc_aligned(size_t bytes, size_t alignment, bool zero)
{
	gfp_t flags = how(zero);
	void *block, *exact;

	if (must_fail() || bytes > KMALLOC_MAX_SIZE)
		return NULL;

	block = kmalloc(bytes, flags);
	if (IS_ALIGNED((unsigned long)block, alignment))
		return block;

	/*
	 * Sizes that are no power of two may lie anywhere; powers of two are aligned to themselves.
	 * Shrunk again, so that KASAN sees where the block really ends.
	 */
	kfree(block);
	block = kmalloc(roundup_pow_of_two(max(bytes, alignment)), flags);
	if (!block)
		return NULL;
	exact = krealloc(block, bytes, flags);
	if (exact && IS_ALIGNED((unsigned long)exact, alignment))
		return exact;
	kfree(exact ?: block);
	return NULL;
}

void port_free(void *block)
{
	kfree(block);
}

/* All of them have this size that have no more; but KASAN is to see where they end, and who uses
 * them afterwards. */
enum { BRIEF_BYTES = IS_ENABLED(CONFIG_KASAN) ? 0 : 512 };
static DEFINE_PER_CPU(void *, spare);

void *port_alloc_brief(size_t bytes)
{
	void *block = NULL;

	if (must_fail())
		return NULL;
	if (bytes <= BRIEF_BYTES && softirq_count()) {
		block = __this_cpu_read(spare);
		__this_cpu_write(spare, NULL);
	}
	return block ?: kmalloc(max_t(size_t, bytes, BRIEF_BYTES), how(false));
}

void port_free_brief(void *block, size_t bytes)
{
	if (bytes <= BRIEF_BYTES && softirq_count() && !__this_cpu_read(spare))
		__this_cpu_write(spare, block);
	else
		kfree(block);
}

void port_memory_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) kfree(per_cpu(spare, cpu));
}

/*
 * A power of two of pages is one compound page, so that the network stack refers to all of it
 * with one fragment; other sizes are single pages side by side, without the rounding's waste.
 * Beyond 64 KiB nobody should have to wait for contiguous memory.
 */
void *port_alloc_pages(size_t bytes, bool zero)
{
	gfp_t flags = how(zero);
	void *block = NULL;
	struct page *page;

	if (!bytes || bytes > MAX_RW_COUNT || must_fail())
		return NULL;

	bytes = PAGE_ALIGN(bytes);
	if (get_order(bytes) > PAGE_ALLOC_COSTLY_ORDER + 1)
		flags |= __GFP_NORETRY;
	if (bytes > KMALLOC_MAX_SIZE) {
		/* no order of pages is that large */
	} else if (is_power_of_2(bytes)) {
		page = alloc_pages(flags | __GFP_COMP, get_order(bytes));
		block = page ? page_address(page) : NULL;
	} else {
		block = alloc_pages_exact(bytes, flags);
	}
	if (block) {
		/* What lies in these pages may hold the only pointer to something else. */
		kmemleak_alloc(block, bytes, 1, flags);
		return block;
	}
	if (!may_sleep())
		return NULL;
	return __vmalloc(bytes, GFP_KERNEL | __GFP_NOWARN | (zero ? __GFP_ZERO : 0));
}

void port_free_pages(void *block, size_t bytes)
{
	bytes = PAGE_ALIGN(bytes);
	if (is_vmalloc_addr(block)) {
		vfree(block);
		return;
	}
	kmemleak_free(block);
	if (is_power_of_2(bytes))
		__free_pages(virt_to_page(block), get_order(bytes));
	else
		free_pages_exact(block, bytes);
}

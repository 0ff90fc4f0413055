// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/page.h: page frames, pinned user pages, and mappings. */
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/xarray.h>

#include "linux/linux.h"
#include "port/context.h"
#include "port/page.h"
#include "port/work.h"

static_assert(PORT_PAGE_SIZE == PAGE_SIZE);
static_assert(sizeof(struct page *) == sizeof(uint64_t));

char *port_linear_map __ro_after_init;

void __init port_page_init(void)
{
	port_linear_map = __va(0);
}

static bool may_sleep(void)
{
	return port_context() == PORT_CONTEXT_TASK;
}

static bool is_mapped_range(const void *address)
{
#ifdef MODULES_VADDR
	if ((unsigned long)address >= MODULES_VADDR && (unsigned long)address < MODULES_END)
		return true;
#endif
	return is_vmalloc_addr(address);
}

bool port_is_user_address(const void *address)
{
	/* User-Mode Linux lies below its own user limit: ask for kernel memory first. */
	return !is_mapped_range(address) && !virt_addr_valid(address) &&
	       access_ok((const void __user *)address, 1);
}

bool port_kernel_frames(const void *address, size_t count, uint64_t *frames)
{
	bool mapped = is_mapped_range(address);
	struct page *page;
	size_t i;

	for (i = 0; i < count; i++, address += PAGE_SIZE) {
		/* Memory is there, or is not, by so much; its map is linear. */
		if (i && !mapped && !IS_ALIGNED((unsigned long)address & PAGE_MASK, PMD_SIZE)) {
			frames[i] = frames[i - 1] + 1;
			continue;
		}
		page = NULL;
		if (mapped)
			page = vmalloc_to_page(address);
		else if (virt_addr_valid(address))
			page = virt_to_page(address);
		if (!page)
			return false;
		frames[i] = page_to_pfn(page);
	}
	return true;
}

/*
 * Pages are marked dirty under their lock, which softirq may not wait for: then it hands them to a
 * work item. What that takes is set aside when the pages are pinned, so it cannot fail.
 */
enum { RELEASE_PAGES = 48 };

struct release {
	union {
		struct release *next;
		struct port_work work;
	};
	unsigned int count;
	struct page *pages[RELEASE_PAGES];
};

static DEFINE_SPINLOCK(reserve_lock);
static struct release *reserve;

static void reserve_give(struct release *release)
{
	spin_lock_bh(&reserve_lock);
	release->next = reserve;
	reserve = release;
	spin_unlock_bh(&reserve_lock);
}

static struct release *reserve_take(void)
{
	struct release *release;

	spin_lock_bh(&reserve_lock);
	release = reserve;
	reserve = release->next;
	spin_unlock_bh(&reserve_lock);
	return release;
}

static void reserve_shrink(size_t count)
{
	size_t i;

	for (i = 0; i < count; i += RELEASE_PAGES)
		kfree(reserve_take());
}

static int reserve_grow(size_t count)
{
	struct release *release;
	size_t i;

	for (i = 0; i < count; i += RELEASE_PAGES) {
		release = kmalloc(sizeof(*release), GFP_KERNEL);
		if (!release) {
			reserve_shrink(i);
			return -ENOMEM;
		}
		reserve_give(release);
	}
	return 0;
}

static void release_run(struct port_work *work)
{
	struct release *release = container_of(work, struct release, work);

	unpin_user_pages_dirty_lock(release->pages, release->count, true);
	kfree(release);
}

/*
 * Not FOLL_LONGTERM, although a receive may wait for long: it would refuse to write to mapped
 * files, which Windows allows.
 */
int port_pin_user(uint64_t address, size_t count, bool write, uint64_t *frames)
{
	struct page **pages = (struct page **)frames; /* replaced one by one below */
	size_t i;
	int pinned, error;

	if (!current->mm || count > INT_MAX)
		return -EFAULT;
	error = write ? reserve_grow(count) : 0;
	if (error)
		return error;

	pinned = pin_user_pages_fast(address, count, write ? FOLL_WRITE : 0, pages);
	if (pinned < 0 || pinned != count) {
		if (pinned > 0)
			unpin_user_pages(pages, pinned);
		if (write)
			reserve_shrink(count);
		return pinned == -ENOMEM ? -ENOMEM : -EFAULT;
	}
	for (i = 0; i < count; i++)
		frames[i] = page_to_pfn(pages[i]);
	return 0;
}

void port_unpin(const uint64_t *frames, size_t count, bool write)
{
	bool defer = write && !may_sleep();
	struct release *release;
	struct page *page;
	size_t i;

	if (write && !defer)
		reserve_shrink(count);
	for (i = 0; i < count; i++) {
		page = pfn_to_page(frames[i]);
		if (!defer) {
			unpin_user_pages_dirty_lock(&page, 1, write);
			continue;
		}
		if (i % RELEASE_PAGES == 0) {
			release = reserve_take();
			release->count = 0;
			port_work_init(&release->work, release_run);
		}
		release->pages[release->count++] = page;
		if (release->count == RELEASE_PAGES || i == count - 1)
			port_work_queue(&release->work);
	}
}

/* Mappings are found again by address: an MDL has room for nothing else. */
struct mapping {
	void *address;
	struct port_work work;
};

static DEFINE_XARRAY_FLAGS(mappings, XA_FLAGS_LOCK_BH);

static void mapping_end(struct port_work *work)
{
	struct mapping *mapping = container_of(work, struct mapping, work);

	vunmap(mapping->address);
	kfree(mapping);
}

static void *map_apart(const uint64_t *frames, size_t count)
{
	struct mapping *mapping = kmalloc(sizeof(*mapping), GFP_KERNEL);
	struct page **pages = kvmalloc_array(count, sizeof(*pages), GFP_KERNEL);
	size_t i;

	if (!mapping || !pages)
		goto fail;
	for (i = 0; i < count; i++)
		pages[i] = pfn_to_page(frames[i]);
	mapping->address = vmap(pages, count, VM_MAP, PAGE_KERNEL);
	if (!mapping->address)
		goto fail;
	port_work_init(&mapping->work, mapping_end);
	if (xa_err(xa_store_bh(&mappings, (unsigned long)mapping->address >> PAGE_SHIFT, mapping,
			       GFP_KERNEL))) {
		vunmap(mapping->address);
		goto fail;
	}
	kvfree(pages);
	return mapping->address;

fail:
	kvfree(pages);
	kfree(mapping);
	return NULL;
}

void *port_map(const uint64_t *frames, size_t count)
{
	size_t i;

	for (i = 1; i < count; i++)
		if (frames[i] != frames[0] + i)
			return may_sleep() ? map_apart(frames, count) : NULL;
	return page_address(pfn_to_page(frames[0]));
}

void port_unmap(void *address)
{
	struct mapping *mapping;

	mapping = xa_erase_bh(&mappings, (unsigned long)address >> PAGE_SHIFT);
	if (!mapping)
		return; /* the linear map's */
	if (may_sleep())
		mapping_end(&mapping->work);
	else
		port_work_queue(&mapping->work);
}

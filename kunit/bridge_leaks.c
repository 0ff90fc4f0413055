// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The last suite: kmemleak looks for memory that the suites before it lost. There is no user space
 * to write "scan" to kmemleak's debugfs file, so the scan is called by its name in kallsyms, and
 * the findings are read through the file's own seq_file operations. A test build may do that.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/kallsyms.h>
#include <linux/mount.h>
#include <linux/seq_file.h>

#include "bridge.h"

#define REPORT_BYTES 65536

extern const struct bridge_suite bridge_suite_leaks;

static bool scan(void)
{
	void (*kmemleak_scan)(void) = (void *)kallsyms_lookup_name("kmemleak_scan");
	struct mutex *mutex = (void *)kallsyms_lookup_name("scan_mutex");

	if (!kmemleak_scan || !mutex)
		return false;
	mutex_lock(mutex);
	kmemleak_scan();
	mutex_unlock(mutex);
	return true;
}

/* Objects younger than this are not reported; with it at 0 nothing has to be waited for. */
static void report_young_objects(void)
{
	unsigned long *min_age = (void *)kallsyms_lookup_name("jiffies_min_age");

	if (min_age)
		*min_age = 0;
	else
		msleep(5100);
}

/* Runs the file's iterator by hand: kernel_read() refuses files that have no read_iter. */
static void read_report(struct kunit *test, struct file *file)
{
	struct seq_file *seq = file->private_data;
	loff_t position = 0;
	void *element;

	seq->buf = kvzalloc(REPORT_BYTES, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seq->buf);
	seq->size = REPORT_BYTES;
	seq->count = 0;
	element = seq->op->start(seq, &position);
	while (!IS_ERR_OR_NULL(element)) {
		seq->op->show(seq, element);
		element = seq->op->next(seq, element, &position);
	}
	seq->op->stop(seq, element);
	if (seq->count)
		KUNIT_FAIL(test, "kmemleak found leaks:\n%.*s",
			   (int)min_t(size_t, seq->count, 4000), seq->buf);
}

static void no_memory_is_lost(struct kunit *test)
{
	struct file_system_type *type = get_fs_type("debugfs");
	struct vfsmount *mount;
	struct file *file;

	if (!IS_ENABLED(CONFIG_DEBUG_KMEMLEAK))
		kunit_skip(test, "this kernel has no kmemleak");
	KUNIT_ASSERT_NOT_NULL(test, type);
	report_young_objects();
	/* The first scan only takes each object's checksum; what changes between two is in use. */
	KUNIT_ASSERT_TRUE(test, scan());
	KUNIT_ASSERT_TRUE(test, scan());

	mount = kern_mount(type);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, mount);
	file = file_open_root_mnt(mount, "kmemleak", O_RDONLY, 0);
	KUNIT_EXPECT_NOT_ERR_OR_NULL(test, file);
	if (!IS_ERR(file)) {
		read_report(test, file);
		fput(file);
	}
	kern_unmount(mount);
}

static const struct bridge_case cases[] = {
	{"kmemleak finds nothing allocated and lost", no_memory_is_lost},
};

const struct bridge_suite bridge_suite_leaks = {.cases = cases, .count = ARRAY_SIZE(cases)};

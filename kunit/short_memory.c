// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * kunit/short_memory.h over failslab, which tasks can ask to fail their nth allocation. That it
 * does so in those that may sleep, and without a word, is set in debugfs; as is that everybody's
 * fail.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/sched.h>

#include "short_memory.h"

#if defined(CONFIG_FAILSLAB) && defined(CONFIG_FAULT_INJECTION_DEBUG_FS)

/* The variable behind a file of failslab's. */
static void *variable(const char *name)
{
	struct dentry *folder = debugfs_lookup("failslab", NULL), *file = NULL;
	void *found = NULL;

	if (folder)
		file = debugfs_lookup(name, folder);
	if (file)
		found = d_inode(file)->i_private;
	dput(file);
	dput(folder);
	return found;
}

static atomic_t *times, *space;
static unsigned long *probability; /* in per cent */
static bool *only_some;		   /* only those of tasks that are marked */

bool short_memory_possible(void)
{
	bool *spares_those_that_sleep = variable("ignore-gfp-wait");
	unsigned long *verbose = variable("verbose");

	if (!spares_those_that_sleep || !verbose)
		return false;
	*spares_those_that_sleep = false;
	*verbose = 0;
	times = variable("times");
	space = variable("space");
	probability = variable("probability");
	only_some = variable("task-filter");
	return times && space && probability && only_some;
}

static void fail_next(unsigned int count, unsigned int bytes)
{
	atomic_set(times, count);
	atomic_set(space, bytes);
	WRITE_ONCE(*probability, 100);
}

void short_memory_begin(unsigned int nth, unsigned int count)
{
	/* The nth one counts as one of the times, and until then nothing else is looked at. */
	WRITE_ONCE(current->fail_nth, nth);
	current->make_it_fail = 1;
	WRITE_ONCE(*only_some, true);
	fail_next(count, 0);
}

void short_memory_begin_anywhere(unsigned int bytes)
{
	fail_next(1, bytes);
}

bool short_memory_end(void)
{
	bool reached = !atomic_read(times);

	WRITE_ONCE(*probability, 0);
	WRITE_ONCE(*only_some, false);
	current->make_it_fail = 0;
	WRITE_ONCE(current->fail_nth, 0);
	return reached;
}

#else

bool short_memory_possible(void)
{
	return false;
}

void short_memory_begin(unsigned int nth, unsigned int count) {}

void short_memory_begin_anywhere(unsigned int bytes) {}

bool short_memory_end(void)
{
	return false;
}

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
/* port/file.h over the virtual file system. */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/module.h>
#include <linux/namei.h>
#include <linux/sched/task.h>
#include <linux/stat.h>

#include "compat.h"
#include "port/context.h"
#include "port/file.h"
#include "port/memory.h"

static char *c_drive = "/";
module_param(c_drive, charp, 0444);
MODULE_PARM_DESC(c_drive, "folder that drivers know as C:\\ (/)");

static char *system_root = "/";
module_param(system_root, charp, 0444);
MODULE_PARM_DESC(system_root, "folder that drivers know as \\SystemRoot (/)");

/* Roots end in no slash: what follows begins with one. */
const char *port_file_drive(char letter)
{
	if (letter != 'C' && letter != 'c')
		return NULL;
	return strcmp(c_drive, "/") ? c_drive : "";
}

const char *port_file_system_root(void)
{
	return strcmp(system_root, "/") ? system_root : "";
}

static struct file *vfs(struct port_file *file)
{
	return (struct file *)file;
}

static s64 read_at(struct file *file, void *buffer, size_t bytes, u64 position)
{
	loff_t at = position;
	size_t done = 0;
	ssize_t part;

	if (position > S64_MAX || bytes > S64_MAX - position)
		return -EINVAL;
	while (done < bytes) {
		part = kernel_read(file, buffer + done, bytes - done, &at);
		if (part < 0)
			return done ?: part;
		if (!part)
			break;
		done += part;
	}
	return done;
}

s64 port_file_read_whole(const char *path, size_t most, char **text)
{
	struct file *file = filp_open(path, O_RDONLY | O_LARGEFILE | O_NONBLOCK, 0);
	s64 size = -EINVAL;
	char *bytes;

	if (IS_ERR(file))
		return PTR_ERR(file);
	bytes = port_alloc(most + 1, false);
	if (!S_ISREG(file_inode(file)->i_mode))
		goto close;
	size = bytes ? read_at(file, bytes, most + 1, 0) : -ENOMEM;
	if (size > (s64)most)
		size = -EFBIG;
close:
	filp_close(file, NULL);
	if (size < 0)
		port_free(bytes);
	else
		*text = bytes;
	return size;
}

/* The kernel's own rights, for what drivers do. */
static const struct cred *take_rights(struct cred **rights)
{
	*rights = prepare_kernel_cred(&init_task);
	return *rights ? override_creds(*rights) : NULL;
}

static void give_back_rights(const struct cred *own, struct cred *rights)
{
	revert_creds(own);
	put_cred(rights);
}

static struct file *open_in_root(const char *path, int flags)
{
	struct file *file;
	struct path root;

	task_lock(&init_task);
	get_fs_root(init_task.fs, &root);
	task_unlock(&init_task);
	file = file_open_root(&root, path, flags, 0600);
	path_put(&root);
	return file;
}

static int flags_of(unsigned int how)
{
	int flags = O_LARGEFILE | O_NONBLOCK | O_NOCTTY;

	if (how & PORT_FILE_WRITE)
		flags |= how & PORT_FILE_READ ? O_RDWR : O_WRONLY;
	if (how & PORT_FILE_APPEND)
		flags |= O_APPEND;
	if (how & PORT_FILE_CREATE)
		flags |= O_CREAT;
	if (how & PORT_FILE_EXCLUSIVE)
		flags |= O_EXCL;
	if (how & PORT_FILE_TRUNCATE)
		flags |= O_TRUNC;
	if (how & PORT_FILE_THROUGH)
		flags |= O_SYNC;
	return flags;
}

int port_file_open(const char *path, unsigned int how, struct port_file **opened, bool *created)
{
	const struct cred *own;
	struct cred *rights;
	struct file *file;

	own = take_rights(&rights);
	if (!own)
		return -ENOMEM;
	file = open_in_root(path, flags_of(how));
	give_back_rights(own, rights);
	if (IS_ERR(file))
		return PTR_ERR(file);
	if (!S_ISREG(file_inode(file)->i_mode) && !S_ISDIR(file_inode(file)->i_mode)) {
		fput(file);
		return -EACCES;
	}
	*created = file->f_mode & FMODE_CREATED;
	*opened = (struct port_file *)file;
	return 0;
}

void port_file_close(struct port_file *file)
{
	fput(vfs(file));
	/* A kernel thread's are closed by a work item; whoever closes wants it done. */
	if (port_context() == PORT_CONTEXT_TASK && (current->flags & PF_KTHREAD))
		flush_delayed_fput();
}

s64 port_file_read(struct port_file *file, void *buffer, size_t bytes, u64 position)
{
	if (!(vfs(file)->f_mode & FMODE_READ))
		return -EACCES;
	if (S_ISDIR(file_inode(vfs(file))->i_mode))
		return -EISDIR;
	return read_at(vfs(file), buffer, bytes, position);
}

s64 port_file_write(struct port_file *file, const void *buffer, size_t bytes, u64 position)
{
	loff_t at = position;
	size_t done = 0;
	ssize_t part;

	if (!(vfs(file)->f_mode & FMODE_WRITE))
		return -EACCES;
	if (position > S64_MAX || bytes > S64_MAX - position)
		return -EINVAL;
	while (done < bytes) {
		part = kernel_write(vfs(file), buffer + done, bytes - done, &at);
		if (part <= 0)
			return done ?: part ?: -ENOSPC;
		done += part;
	}
	return done;
}

int port_file_flush(struct port_file *file)
{
	return vfs_fsync(vfs(file), 0);
}

int port_file_resize(struct port_file *file, u64 bytes)
{
	const struct cred *own;
	struct cred *rights;
	int error;

	if (!(vfs(file)->f_mode & FMODE_WRITE))
		return -EACCES;
	if (bytes > S64_MAX)
		return -EINVAL;
	own = take_rights(&rights);
	if (!own)
		return -ENOMEM;
	error = vfs_truncate(&vfs(file)->f_path, bytes);
	give_back_rights(own, rights);
	return error;
}

int port_file_unlink(struct port_file *file)
{
	struct dentry *dentry = vfs(file)->f_path.dentry, *folder;
	const struct cred *own;
	struct cred *rights;
	int error;

	own = take_rights(&rights);
	if (!own)
		return -ENOMEM;
	error = mnt_want_write(vfs(file)->f_path.mnt);
	if (error)
		goto out;
	/* Of a name with one reference an unlinked inode is taken away; the file needs it. */
	dget(dentry);
	folder = dget_parent(dentry);
	inode_lock_nested(d_inode(folder), I_MUTEX_PARENT);
	/* Somebody else may have moved or removed it. */
	error = -ENOENT;
	if (dentry->d_parent == folder && !d_unhashed(dentry))
		error = compat_unlink(vfs(file), d_inode(folder), dentry);
	inode_unlock(d_inode(folder));
	dput(folder);
	dput(dentry);
	mnt_drop_write(vfs(file)->f_path.mnt);
out:
	give_back_rights(own, rights);
	return error;
}

static s64 nanoseconds(struct timespec64 time)
{
	return timespec64_to_ns(&time);
}

int port_file_describe(struct port_file *file, struct port_file_facts *facts)
{
	struct kstat stat;
	int error =
		vfs_getattr(&vfs(file)->f_path, &stat, STATX_BASIC_STATS, AT_STATX_SYNC_AS_STAT);

	if (error)
		return error;
	facts->bytes = stat.size;
	facts->allocated = stat.blocks << 9;
	facts->accessed = nanoseconds(stat.atime);
	facts->written = nanoseconds(stat.mtime);
	facts->changed = nanoseconds(stat.ctime);
	facts->number = stat.ino;
	facts->links = stat.nlink;
	facts->folder = S_ISDIR(stat.mode);
	facts->read_only = !(stat.mode & 0222);
	return 0;
}

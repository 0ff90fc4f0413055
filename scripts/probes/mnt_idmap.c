// SPDX-License-Identifier: MIT OR GPL-2.0
/* 6.3, abf08576afe3 ("fs: port vfs_*() helpers to struct mnt_idmap"). */
#include <linux/fs.h>

int probe(struct file *file, struct inode *folder, struct dentry *dentry);
int probe(struct file *file, struct inode *folder, struct dentry *dentry)
{
	return vfs_unlink(file_mnt_idmap(file), folder, dentry, NULL);
}

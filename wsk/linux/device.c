// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/device.h over a range of character devices. The nodes are devtmpfs' business. A file's
 * operations hold no lock of ours while they are in the NT world.
 */
#include <linux/cdev.h>
#include <linux/compat.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/kdev_t.h>
#include <linux/mutex.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "linux/linux.h"
#include "port/device.h"
#include "port/log.h"
#include "uapi/wsk_ioctl.h"

enum { MAX_NODES = 4096 };

struct device_entry {
	umode_t mode;
	char name[];
};

static DEFINE_MUTEX(nodes_lock);
static DEFINE_IDR(nodes); /* numbers come round again late, for nodes that others have made */
static dev_t first;
static struct cdev cdev;

static char *devnode(compat_devnode_device *device, umode_t *mode)
{
	const struct device_entry *entry = dev_get_drvdata(device);

	if (mode && entry)
		*mode = entry->mode;
	return NULL;
}

static struct class class = {
	.name = "wsk",
	.devnode = devnode,
};

static bool is_taken(const char *name)
{
	struct device_entry *entry;
	int number;

	idr_for_each_entry(&nodes, entry, number)
	{
		if (!strcmp(entry->name, name))
			return true;
	}
	return false;
}

int port_node_create(const char *name, uint32_t mode)
{
	struct device *device = NULL;
	struct device_entry *entry =
		kmalloc(struct_size(entry, name, strlen(name) + 1), GFP_KERNEL);
	int number = -EEXIST;

	if (!entry)
		return -ENOMEM;
	entry->mode = mode;
	strcpy(entry->name, name);

	mutex_lock(&nodes_lock);
	if (!is_taken(name))
		number = idr_alloc_cyclic(&nodes, entry, 0, MAX_NODES, GFP_KERNEL);
	if (number >= 0)
		device = device_create(&class, NULL, first + number, entry, "%s", name);
	if (IS_ERR(device)) {
		idr_remove(&nodes, number);
		number = PTR_ERR(device);
	}
	mutex_unlock(&nodes_lock);
	if (number < 0)
		kfree(entry);
	return number;
}

void port_node_remove(int number)
{
	struct device_entry *entry;

	mutex_lock(&nodes_lock);
	entry = idr_remove(&nodes, number);
	device_destroy(&class, first + number);
	mutex_unlock(&nodes_lock);
	kfree(entry);
}

int port_copy_from_user(void *to, uint64_t from, size_t bytes)
{
	return copy_from_user(to, u64_to_user_ptr(from), bytes) ? -EFAULT : 0;
}

int port_copy_to_user(uint64_t to, const void *from, size_t bytes)
{
	return copy_to_user(u64_to_user_ptr(to), from, bytes) ? -EFAULT : 0;
}

bool port_process_is_compat(void)
{
	return in_compat_syscall();
}

static uint64_t owner(void)
{
	return (unsigned long)current->files;
}

static int node_open(struct inode *inode, struct file *file)
{
	unsigned int access = 0;

	if (file->f_mode & FMODE_READ)
		access |= PORT_FILE_READS;
	if (file->f_mode & FMODE_WRITE)
		access |= PORT_FILE_WRITES;
	if (file->f_flags & O_APPEND)
		access |= PORT_FILE_APPENDS;
	return nt_file_open(inode->i_rdev - first, access, &file->private_data);
}

static ssize_t node_read(struct file *file, char __user *to, size_t bytes, loff_t *position)
{
	ssize_t done = nt_file_read(file->private_data, owner(), (unsigned long)to,
				    min_t(size_t, bytes, MAX_RW_COUNT), *position);

	if (done > 0)
		*position += done;
	return done;
}

static ssize_t node_write(struct file *file, const char __user *from, size_t bytes,
			  loff_t *position)
{
	ssize_t done = nt_file_write(file->private_data, owner(), (unsigned long)from,
				     min_t(size_t, bytes, MAX_RW_COUNT),
				     file->f_flags & O_APPEND ? -1 : *position);

	if (done > 0)
		*position += done;
	return done;
}

static long node_ioctl(struct file *file, unsigned int code, unsigned long argument)
{
	struct wsk_ioctl __user *user = (struct wsk_ioctl __user *)argument;
	struct port_control control = {.code = code};
	struct wsk_ioctl call;
	int error;

	if (copy_from_user(&call, user, sizeof(call)))
		return -EFAULT;
	if (call.reserved)
		return -EINVAL;
	control.input = call.input;
	control.output = call.output;
	control.input_length = call.input_length;
	control.output_length = call.output_length;
	error = nt_file_control(file->private_data, owner(), &control);
	if (put_user(control.information, &user->bytes_returned) ||
	    put_user((__u32)control.status, &user->status))
		return -EFAULT;
	return error;
}

static int node_fsync(struct file *file, loff_t from, loff_t to, int data_only)
{
	return nt_file_flush(file->private_data, owner());
}

/*
 * A descriptor is closed. A thread in a system call holds the file, too, if its process has other
 * threads, and who else but they could close the descriptor meanwhile?
 */
static int node_flush(struct file *file, fl_owner_t id)
{
	size_t requests = nt_file_requests(file->private_data, (unsigned long)id);

	if (requests && file_count(file) <= 1 + requests)
		nt_file_abandon(file->private_data);
	return 0;
}

static int node_release(struct inode *inode, struct file *file)
{
	nt_file_close(file->private_data);
	return 0;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = node_open,
	.llseek = default_llseek,
	.read = node_read,
	.write = node_write,
	.unlocked_ioctl = node_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.fsync = node_fsync,
	.flush = node_flush,
	.release = node_release,
};

static int on_reboot(struct notifier_block *block, unsigned long action, void *command)
{
	nt_shutdown();
	return NOTIFY_DONE;
}

static struct notifier_block reboot = {.notifier_call = on_reboot};

int port_device_init(void)
{
	int error = class_register(&class);

	if (error)
		return error;
	error = alloc_chrdev_region(&first, 0, MAX_NODES, "wsk");
	if (error)
		goto unregister_class;
	cdev_init(&cdev, &operations);
	cdev.owner = THIS_MODULE;
	error = cdev_add(&cdev, first, MAX_NODES);
	if (error)
		goto unregister_region;
	error = register_reboot_notifier(&reboot);
	if (error)
		goto remove_cdev;
	return 0;

remove_cdev:
	cdev_del(&cdev);
unregister_region:
	unregister_chrdev_region(first, MAX_NODES);
unregister_class:
	class_unregister(&class);
	return error;
}

void port_device_exit(void)
{
	unregister_reboot_notifier(&reboot);
	cdev_del(&cdev);
	unregister_chrdev_region(first, MAX_NODES);
	class_unregister(&class);
	idr_destroy(&nodes);
}

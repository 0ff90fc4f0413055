/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * How programs talk to the devices of ported drivers: what ioctl(2) on /dev/NAME takes.
 *
 * The command is the driver's control code itself, as CTL_CODE() makes it, and the argument points
 * to a struct wsk_ioctl. The structure is the same for 32-bit and 64-bit programs. read(2),
 * write(2), pread(2), pwrite(2) and fsync(2) need nothing of this.
 */
#ifndef WSK_IOCTL_H
#define WSK_IOCTL_H

#include <linux/types.h>

struct wsk_ioctl {
	__u64 input;	      /* address of what the driver is given */
	__u64 output;	      /* address of what it fills in (METHOD_IN_DIRECT: reads) */
	__u32 input_length;   /* bytes there */
	__u32 output_length;  /* bytes there */
	__u64 bytes_returned; /* receives IoStatus.Information */
	__u32 status;	      /* receives the NTSTATUS */
	__u32 reserved;	      /* 0 */
};

/*
 * ioctl() returns 0 when the status is a success. Otherwise it returns -1, and errno is what comes
 * closest to the status; bytes_returned and status tell more. They are not written when it is the
 * structure itself that is bad: EFAULT where there is none, EINVAL where `reserved` is not 0.
 */

/* A control code, from the same parts as the driver's. */
#define WSK_CTL_CODE(device_type, function, method, access)                                  \
	(((__u32)(device_type) << 16) | ((__u32)(access) << 14) | ((__u32)(function) << 2) | \
	 (__u32)(method))

#ifndef __KERNEL__

#include <sys/ioctl.h>

/* As DeviceIoControl() on Windows, but that 0 is success. bytes_returned may be a null pointer. */
static inline int wsk_device_io_control(int device, __u32 code, const void *input,
					__u32 input_length, void *output, __u32 output_length,
					__u64 *bytes_returned)
{
	struct wsk_ioctl call = {
		(__u64)(unsigned long)input,
		(__u64)(unsigned long)output,
		input_length,
		output_length,
		0,
		0,
		0,
	};
	int result = ioctl(device, code, &call);

	if (bytes_returned)
		*bytes_returned = call.bytes_returned;
	return result;
}

#endif

#endif

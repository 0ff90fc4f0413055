/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What the driver and its programs agree on. CTL_CODE is Windows', or WSK_CTL_CODE of wsk_ioctl.h.
 */
#ifndef CONTROL_IOCTL_H
#define CONTROL_IOCTL_H

#define CONTROL_DEVICE_TYPE 0x8001

/* The input, reversed. METHOD_BUFFERED. */
#define IOCTL_CONTROL_REVERSE CTL_CODE(CONTROL_DEVICE_TYPE, 0x800, 0, 0)
/* The sum of all bytes of the output buffer, in its first eight. METHOD_OUT_DIRECT; the input is
 * what each byte is then set to. */
#define IOCTL_CONTROL_FILL CTL_CODE(CONTROL_DEVICE_TYPE, 0x801, 2, 0)
/* The sum of all bytes of the second buffer, returned as Information. METHOD_IN_DIRECT. */
#define IOCTL_CONTROL_SUM CTL_CODE(CONTROL_DEVICE_TYPE, 0x802, 1, 0)
/* The input, each byte plus one, in the output. METHOD_NEITHER. */
#define IOCTL_CONTROL_NEXT CTL_CODE(CONTROL_DEVICE_TYPE, 0x803, 3, 0)
/* Waits for IOCTL_CONTROL_POST; the output is what was posted. METHOD_BUFFERED. */
#define IOCTL_CONTROL_WAIT CTL_CODE(CONTROL_DEVICE_TYPE, 0x804, 0, 1)
/* Answers one that waits; STATUS_NOT_FOUND when none does. METHOD_BUFFERED, for writers. */
#define IOCTL_CONTROL_POST CTL_CODE(CONTROL_DEVICE_TYPE, 0x805, 0, 2)
/* The number of the process that asks, and its bits: two numbers. METHOD_BUFFERED. */
#define IOCTL_CONTROL_WHO CTL_CODE(CONTROL_DEVICE_TYPE, 0x806, 0, 0)
/* Says how long the answer would be: STATUS_BUFFER_OVERFLOW, with as much as fits. METHOD_BUFFERED.
 */
#define IOCTL_CONTROL_LONG CTL_CODE(CONTROL_DEVICE_TYPE, 0x807, 0, 0)
/* Fails with the status that is the input. METHOD_BUFFERED. */
#define IOCTL_CONTROL_FAIL CTL_CODE(CONTROL_DEVICE_TYPE, 0x808, 0, 0)

/* What /dev/WskControl remembers of what was written to it. */
#define CONTROL_STORE_BYTES 65536

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The parts of the driver to each other. */
#ifndef CONTROL_H
#define CONTROL_H

#include <ntddk.h>
#include <wdmsec.h>

#include "control_ioctl.h"

#define CONTROL_TAG 'ltnC'

/* The device's own memory. */
typedef struct _CONTROL_EXTENSION {
	FAST_MUTEX Lock; /* of the store */
	PUCHAR Store;
	ULONG StoreBytes;

	IO_CSQ Queue; /* requests that wait */
	KSPIN_LOCK QueueLock;
	LIST_ENTRY Waiting;
} CONTROL_EXTENSION, *PCONTROL_EXTENSION;

/* queue.c */
VOID ControlInitializeQueue(PCONTROL_EXTENSION Extension);
NTSTATUS ControlWait(PCONTROL_EXTENSION Extension, PIRP Irp);
NTSTATUS ControlPost(PCONTROL_EXTENSION Extension, PVOID Data, ULONG Length);
/* All requests of a file. */
VOID ControlCancelFile(PCONTROL_EXTENSION Extension, PFILE_OBJECT FileObject);

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * The seam's base types. Every header in wsk/port is plain C that both worlds read: the NT world
 * through the compiler's own freestanding headers, the Linux world through the kernel's.
 */
#ifndef WSK_PORT_TYPES_H
#define WSK_PORT_TYPES_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/stdarg.h>
#else
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

#ifdef __cplusplus
#define PORT_BEGIN extern "C" {
#define PORT_END }
#else
#define PORT_BEGIN
#define PORT_END
#endif

/* Result must be looked at; the kernel has this spelling as __must_check. */
#define PORT_MUST_CHECK __attribute__((warn_unused_result))

#endif

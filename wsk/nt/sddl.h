/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Security descriptors as text. */
#ifndef WSK_NT_SDDL_H
#define WSK_NT_SDDL_H

#include <ntddk.h>

namespace wsk
{

/*
 * The self-relative descriptor that the text stands for, from the pool. Of the text, owner (O:),
 * group (G:) and the discretionary list (D:) count; STATUS_INVALID_PARAMETER where it is wrong.
 */
NTSTATUS sddl_parse(PCUNICODE_STRING text, PSECURITY_DESCRIPTOR *descriptor);

} // namespace wsk

#endif

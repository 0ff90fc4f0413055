/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Security descriptors for the rest of the NT world. */
#ifndef WSK_NT_SECURITY_H
#define WSK_NT_SECURITY_H

#include <ntddk.h>

namespace wsk
{

/* A descriptor of either form, taken apart. */
struct DescriptorParts {
	SECURITY_DESCRIPTOR_CONTROL control;
	PSID owner, group; /* null: none */
	PACL sacl, dacl;   /* null: not present, or present and granting everything */
};

DescriptorParts descriptor_parts(PSECURITY_DESCRIPTOR descriptor);

/* Bytes of the self-relative form, and writing it there. */
ULONG descriptor_length(const DescriptorParts &parts);
void descriptor_write(const DescriptorParts &parts, PVOID to);

bool acl_valid(const ACL *acl);

/*
 * Users of Linux as Windows' security identifiers: 0 is SYSTEM and belongs to Administrators, any
 * other is S-1-22-1-number; Everyone is everyone.
 */
struct UserSid {
	SID sid;
	ULONG more[2];
};

UserSid user_sid(ULONG user);
bool user_is(ULONG user, const VOID *sid);

/*
 * What of these rights the descriptor grants the user, in the order of its list; a descriptor
 * without a list grants everything. Neither has generic rights left.
 */
ACCESS_MASK rights_granted(PSECURITY_DESCRIPTOR descriptor, ULONG user, ACCESS_MASK wanted,
			   const GENERIC_MAPPING &mapping);

} // namespace wsk

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
/* Security descriptors, absolute and self-relative. */
#include "nt/irql.h"
#include "nt/security.h"

namespace wsk
{

namespace
{

/* The header of both forms. */
SECURITY_DESCRIPTOR *absolute(PSECURITY_DESCRIPTOR descriptor)
{
	return static_cast<SECURITY_DESCRIPTOR *>(descriptor);
}

template <class Part>
Part *at(PSECURITY_DESCRIPTOR descriptor, ULONG offset)
{
	return offset ? reinterpret_cast<Part *>(static_cast<char *>(descriptor) + offset)
		      : nullptr;
}

ULONG padded(ULONG length)
{
	return (length + 3) & ~3u;
}

/* Whether it can be changed in place. */
NTSTATUS check_absolute(PSECURITY_DESCRIPTOR descriptor)
{
	if (absolute(descriptor)->Revision != SECURITY_DESCRIPTOR_REVISION)
		return STATUS_UNKNOWN_REVISION;
	if (absolute(descriptor)->Control & SE_SELF_RELATIVE)
		return STATUS_INVALID_SECURITY_DESCR;
	return STATUS_SUCCESS;
}

void set_flag(PSECURITY_DESCRIPTOR descriptor, USHORT flag, bool on)
{
	USHORT &control = absolute(descriptor)->Control;

	control = on ? control | flag : control & ~flag;
}

bool known(PSECURITY_DESCRIPTOR descriptor)
{
	return absolute(descriptor)->Revision == SECURITY_DESCRIPTOR_REVISION;
}

/* Whether a part of a self-relative descriptor of that length lies inside it. */
bool sid_inside(const char *start, ULONG length, ULONG offset)
{
	if (offset < sizeof(SECURITY_DESCRIPTOR_RELATIVE) || offset % sizeof(ULONG) ||
	    offset > length || length - offset < RtlLengthRequiredSid(0))
		return false;
	PSID sid = const_cast<char *>(start) + offset;

	return RtlValidSid(sid) && RtlLengthSid(sid) <= length - offset;
}

bool acl_inside(const char *start, ULONG length, ULONG offset)
{
	if (offset < sizeof(SECURITY_DESCRIPTOR_RELATIVE) || offset % sizeof(ULONG) ||
	    offset > length || length - offset < sizeof(ACL))
		return false;
	auto *acl = reinterpret_cast<const ACL *>(start + offset);

	return acl->AclSize <= length - offset && acl_valid(acl);
}

} // namespace

DescriptorParts descriptor_parts(PSECURITY_DESCRIPTOR descriptor)
{
	DescriptorParts parts = {};

	parts.control = absolute(descriptor)->Control;
	if (parts.control & SE_SELF_RELATIVE) {
		auto *relative = static_cast<SECURITY_DESCRIPTOR_RELATIVE *>(descriptor);

		parts.owner = at<VOID>(descriptor, relative->Owner);
		parts.group = at<VOID>(descriptor, relative->Group);
		parts.sacl = at<ACL>(descriptor, relative->Sacl);
		parts.dacl = at<ACL>(descriptor, relative->Dacl);
	} else {
		parts.owner = absolute(descriptor)->Owner;
		parts.group = absolute(descriptor)->Group;
		parts.sacl = absolute(descriptor)->Sacl;
		parts.dacl = absolute(descriptor)->Dacl;
	}
	if (!(parts.control & SE_SACL_PRESENT))
		parts.sacl = nullptr;
	if (!(parts.control & SE_DACL_PRESENT))
		parts.dacl = nullptr;
	return parts;
}

ULONG descriptor_length(const DescriptorParts &parts)
{
	ULONG length = sizeof(SECURITY_DESCRIPTOR_RELATIVE);

	if (parts.owner)
		length += padded(RtlLengthSid(parts.owner));
	if (parts.group)
		length += padded(RtlLengthSid(parts.group));
	if (parts.sacl)
		length += padded(parts.sacl->AclSize);
	if (parts.dacl)
		length += padded(parts.dacl->AclSize);
	return length;
}

void descriptor_write(const DescriptorParts &parts, PVOID to)
{
	auto *relative = static_cast<SECURITY_DESCRIPTOR_RELATIVE *>(to);
	ULONG used = sizeof(*relative);
	auto put = [&](const VOID *part, ULONG length) -> ULONG {
		ULONG offset = used;

		if (!part)
			return 0;
		RtlCopyMemory(static_cast<char *>(to) + offset, part, length);
		RtlZeroMemory(static_cast<char *>(to) + offset + length, padded(length) - length);
		used += padded(length);
		return offset;
	};

	*relative = {};
	relative->Revision = SECURITY_DESCRIPTOR_REVISION;
	relative->Control = parts.control | SE_SELF_RELATIVE;
	relative->Sacl = put(parts.sacl, parts.sacl ? parts.sacl->AclSize : 0);
	relative->Dacl = put(parts.dacl, parts.dacl ? parts.dacl->AclSize : 0);
	relative->Owner = put(parts.owner, parts.owner ? RtlLengthSid(parts.owner) : 0);
	relative->Group = put(parts.group, parts.group ? RtlLengthSid(parts.group) : 0);
}

} // namespace wsk

using namespace wsk;

/**
 * RtlCreateSecurityDescriptor() - Begin an absolute security descriptor.
 * @SecurityDescriptor: Room for a SECURITY_DESCRIPTOR. It has neither owner nor group nor lists:
 *	everybody may do everything.
 * @Revision: SECURITY_DESCRIPTOR_REVISION.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_UNKNOWN_REVISION.
 * Source: wdm.h, RtlCreateSecurityDescriptor function
 */
extern "C" NTSTATUS RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
						ULONG Revision)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (Revision != SECURITY_DESCRIPTOR_REVISION)
		return STATUS_UNKNOWN_REVISION;
	*absolute(SecurityDescriptor) = {};
	absolute(SecurityDescriptor)->Revision = SECURITY_DESCRIPTOR_REVISION;
	return STATUS_SUCCESS;
}

/**
 * RtlValidSecurityDescriptor() - Whether a security descriptor is valid.
 * @SecurityDescriptor: Of either form, or NULL. What it refers to is looked at, too.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: TRUE or FALSE.
 * Source: wdm.h, RtlValidSecurityDescriptor function
 */
extern "C" BOOLEAN RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
	if (!SecurityDescriptor || !known(SecurityDescriptor))
		return FALSE;
	const DescriptorParts parts = descriptor_parts(SecurityDescriptor);

	return (!parts.owner || RtlValidSid(parts.owner)) &&
	       (!parts.group || RtlValidSid(parts.group)) &&
	       (!parts.sacl || acl_valid(parts.sacl)) && (!parts.dacl || acl_valid(parts.dacl));
}

/**
 * RtlValidRelativeSecurityDescriptor() - Whether a self-relative security descriptor is valid, and
 * inside its memory.
 * @SecurityDescriptorInput: The descriptor.
 * @SecurityDescriptorLength: Bytes there.
 * @RequiredInformation: OWNER_SECURITY_INFORMATION and its like: the parts that must be there.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: TRUE or FALSE.
 * Source: wdm.h, RtlValidRelativeSecurityDescriptor function
 */
extern "C" BOOLEAN RtlValidRelativeSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptorInput,
						      ULONG SecurityDescriptorLength,
						      SECURITY_INFORMATION RequiredInformation)
{
	auto *relative = static_cast<SECURITY_DESCRIPTOR_RELATIVE *>(SecurityDescriptorInput);
	auto *start = static_cast<const char *>(SecurityDescriptorInput);
	ULONG length = SecurityDescriptorLength;

	NT_MAX_IRQL(APC_LEVEL);
	if (length < sizeof(*relative) || !known(SecurityDescriptorInput) ||
	    !(relative->Control & SE_SELF_RELATIVE))
		return FALSE;
	ULONG dacl = relative->Control & SE_DACL_PRESENT ? relative->Dacl : 0;
	ULONG sacl = relative->Control & SE_SACL_PRESENT ? relative->Sacl : 0;
	if ((relative->Owner && !sid_inside(start, length, relative->Owner)) ||
	    (relative->Group && !sid_inside(start, length, relative->Group)) ||
	    (dacl && !acl_inside(start, length, dacl)) ||
	    (sacl && !acl_inside(start, length, sacl)))
		return FALSE;
	return !((RequiredInformation & OWNER_SECURITY_INFORMATION) && !relative->Owner) &&
	       !((RequiredInformation & GROUP_SECURITY_INFORMATION) && !relative->Group) &&
	       !((RequiredInformation & DACL_SECURITY_INFORMATION) &&
		 !(relative->Control & SE_DACL_PRESENT)) &&
	       !((RequiredInformation & SACL_SECURITY_INFORMATION) &&
		 !(relative->Control & SE_SACL_PRESENT));
}

/**
 * SeValidSecurityDescriptor() - Whether a self-relative security descriptor is valid.
 * @Length: Bytes there.
 * @SecurityDescriptor: The descriptor.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: TRUE or FALSE.
 * Source: ntifs.h, SeValidSecurityDescriptor function
 */
extern "C" BOOLEAN SeValidSecurityDescriptor(ULONG Length, PSECURITY_DESCRIPTOR SecurityDescriptor)
{
	return RtlValidRelativeSecurityDescriptor(SecurityDescriptor, Length, 0);
}

/**
 * RtlLengthSecurityDescriptor() - How long a security descriptor is, with all that belongs to it.
 * @SecurityDescriptor: A valid one of either form.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: Bytes.
 * Source: wdm.h, RtlLengthSecurityDescriptor function
 */
extern "C" ULONG RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor)
{
	const DescriptorParts parts = descriptor_parts(SecurityDescriptor);
	ULONG length = descriptor_length(parts);

	NT_MAX_IRQL(APC_LEVEL);
	if (!(parts.control & SE_SELF_RELATIVE))
		length += sizeof(SECURITY_DESCRIPTOR) - sizeof(SECURITY_DESCRIPTOR_RELATIVE);
	return length;
}

/**
 * RtlSetDaclSecurityDescriptor() - Set the list that says who may do what.
 * @SecurityDescriptor: An absolute one.
 * @DaclPresent: FALSE: it has no list.
 * @Dacl: The list, which is referred to and not copied; NULL: everybody may do everything.
 * @DaclDefaulted: Whether it came from a default.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_UNKNOWN_REVISION; STATUS_INVALID_SECURITY_DESCR (self-relative).
 * Source: wdm.h, RtlSetDaclSecurityDescriptor function
 */
extern "C" NTSTATUS RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
						 BOOLEAN DaclPresent, PACL Dacl,
						 BOOLEAN DaclDefaulted)
{
	NTSTATUS status = check_absolute(SecurityDescriptor);

	NT_MAX_IRQL(APC_LEVEL);
	if (!NT_SUCCESS(status))
		return status;
	set_flag(SecurityDescriptor, SE_DACL_PRESENT, DaclPresent);
	set_flag(SecurityDescriptor, SE_DACL_DEFAULTED, DaclPresent && DaclDefaulted);
	absolute(SecurityDescriptor)->Dacl = DaclPresent ? Dacl : nullptr;
	return STATUS_SUCCESS;
}

/**
 * RtlGetDaclSecurityDescriptor() - Get the list that says who may do what.
 * @SecurityDescriptor: A valid one of either form.
 * @DaclPresent: Receives whether there is one; if not, the rest is left alone.
 * @Dacl: Receives where it is, or NULL.
 * @DaclDefaulted: Receives whether it came from a default.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_UNKNOWN_REVISION.
 * Source: wdm.h, RtlGetDaclSecurityDescriptor function
 */
extern "C" NTSTATUS RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
						 PBOOLEAN DaclPresent, PACL *Dacl,
						 PBOOLEAN DaclDefaulted)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (!known(SecurityDescriptor))
		return STATUS_UNKNOWN_REVISION;
	const DescriptorParts parts = descriptor_parts(SecurityDescriptor);

	*DaclPresent = !!(parts.control & SE_DACL_PRESENT);
	if (*DaclPresent) {
		*Dacl = parts.dacl;
		*DaclDefaulted = !!(parts.control & SE_DACL_DEFAULTED);
	}
	return STATUS_SUCCESS;
}

/**
 * RtlSetOwnerSecurityDescriptor() - Set the owner.
 * @SecurityDescriptor: An absolute one.
 * @Owner: The owner, who is referred to and not copied; or NULL.
 * @OwnerDefaulted: Whether it came from a default.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_UNKNOWN_REVISION; STATUS_INVALID_SECURITY_DESCR (self-relative).
 * Source: ntifs.h, RtlSetOwnerSecurityDescriptor function
 */
extern "C" NTSTATUS RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
						  PSID Owner, BOOLEAN OwnerDefaulted)
{
	NTSTATUS status = check_absolute(SecurityDescriptor);

	NT_MAX_IRQL(APC_LEVEL);
	if (!NT_SUCCESS(status))
		return status;
	set_flag(SecurityDescriptor, SE_OWNER_DEFAULTED, OwnerDefaulted);
	absolute(SecurityDescriptor)->Owner = Owner;
	return STATUS_SUCCESS;
}

/**
 * RtlGetOwnerSecurityDescriptor() - Get the owner.
 * @SecurityDescriptor: A valid one of either form.
 * @Owner: Receives where it is, or NULL.
 * @OwnerDefaulted: Receives whether it came from a default.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_UNKNOWN_REVISION.
 * Source: ntifs.h, RtlGetOwnerSecurityDescriptor function
 */
extern "C" NTSTATUS RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
						  PSID *Owner, PBOOLEAN OwnerDefaulted)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (!known(SecurityDescriptor))
		return STATUS_UNKNOWN_REVISION;
	const DescriptorParts parts = descriptor_parts(SecurityDescriptor);

	*Owner = parts.owner;
	*OwnerDefaulted = !!(parts.control & SE_OWNER_DEFAULTED);
	return STATUS_SUCCESS;
}

/**
 * RtlSetGroupSecurityDescriptor() - Set the group.
 * @SecurityDescriptor: An absolute one.
 * @Group: The group, which is referred to and not copied; or NULL.
 * @GroupDefaulted: Whether it came from a default.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_UNKNOWN_REVISION; STATUS_INVALID_SECURITY_DESCR (self-relative).
 * Source: ntifs.h, RtlSetGroupSecurityDescriptor function
 */
extern "C" NTSTATUS RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
						  PSID Group, BOOLEAN GroupDefaulted)
{
	NTSTATUS status = check_absolute(SecurityDescriptor);

	NT_MAX_IRQL(APC_LEVEL);
	if (!NT_SUCCESS(status))
		return status;
	set_flag(SecurityDescriptor, SE_GROUP_DEFAULTED, GroupDefaulted);
	absolute(SecurityDescriptor)->Group = Group;
	return STATUS_SUCCESS;
}

/**
 * RtlGetGroupSecurityDescriptor() - Get the group.
 * @SecurityDescriptor: A valid one of either form.
 * @Group: Receives where it is, or NULL.
 * @GroupDefaulted: Receives whether it came from a default.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_UNKNOWN_REVISION.
 * Source: ntifs.h, RtlGetGroupSecurityDescriptor function
 */
extern "C" NTSTATUS RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
						  PSID *Group, PBOOLEAN GroupDefaulted)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (!known(SecurityDescriptor))
		return STATUS_UNKNOWN_REVISION;
	const DescriptorParts parts = descriptor_parts(SecurityDescriptor);

	*Group = parts.group;
	*GroupDefaulted = !!(parts.control & SE_GROUP_DEFAULTED);
	return STATUS_SUCCESS;
}

/**
 * RtlAbsoluteToSelfRelativeSD() - Write a security descriptor into one piece of memory.
 * @AbsoluteSecurityDescriptor: An absolute one.
 * @SelfRelativeSecurityDescriptor: Where to; may be NULL when there is no room.
 * @BufferLength: Bytes there; receives how many are needed.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL; STATUS_BAD_DESCRIPTOR_FORMAT (self-relative
 *	already).
 * Source: ntifs.h, RtlAbsoluteToSelfRelativeSD function
 */
extern "C" NTSTATUS RtlAbsoluteToSelfRelativeSD(PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
						PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
						PULONG BufferLength)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (absolute(AbsoluteSecurityDescriptor)->Control & SE_SELF_RELATIVE)
		return STATUS_BAD_DESCRIPTOR_FORMAT;
	const DescriptorParts parts = descriptor_parts(AbsoluteSecurityDescriptor);
	ULONG room = *BufferLength;

	*BufferLength = descriptor_length(parts);
	if (room < *BufferLength)
		return STATUS_BUFFER_TOO_SMALL;
	descriptor_write(parts, SelfRelativeSecurityDescriptor);
	return STATUS_SUCCESS;
}

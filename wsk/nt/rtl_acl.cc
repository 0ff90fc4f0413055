// SPDX-License-Identifier: MIT OR GPL-2.0
/* Access control lists, and what they grant. */
#include "nt/irql.h"
#include "nt/security.h"

namespace wsk
{

namespace
{

constexpr ULONG generic_rights = GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL;

bool revision_valid(ULONG revision)
{
	return revision >= MIN_ACL_REVISION && revision <= MAX_ACL_REVISION;
}

char *bytes_of(const ACL *acl)
{
	return reinterpret_cast<char *>(const_cast<ACL *>(acl));
}

ACE_HEADER *next_ace(ACE_HEADER *ace)
{
	return reinterpret_cast<ACE_HEADER *>(reinterpret_cast<char *>(ace) + ace->AceSize);
}

ACE_HEADER *first_ace(const ACL *acl)
{
	return reinterpret_cast<ACE_HEADER *>(bytes_of(acl) + sizeof(ACL));
}

/* Granting, denying and auditing entries: a mask, and whom it is about. */
bool has_sid(const ACE_HEADER *ace)
{
	return ace->AceType <= SYSTEM_ALARM_ACE_TYPE;
}

PSID sid_in(const ACE_HEADER *ace)
{
	return const_cast<ULONG *>(&reinterpret_cast<const ACCESS_ALLOWED_ACE *>(ace)->SidStart);
}

/* Whether an entry, of which `room` bytes can be looked at, is whole. */
bool ace_valid(const ACE_HEADER *ace, SIZE_T room)
{
	constexpr SIZE_T before_sid = FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart);

	if (room < sizeof(*ace) || ace->AceSize < sizeof(*ace) || ace->AceSize > room ||
	    ace->AceSize % sizeof(ULONG))
		return false;
	if (!has_sid(ace))
		return true;
	return ace->AceSize >= before_sid + RtlLengthRequiredSid(0) && RtlValidSid(sid_in(ace)) &&
	       ace->AceSize >= before_sid + RtlLengthSid(sid_in(ace));
}

/* Behind the last entry; null when the list is not valid. */
ACE_HEADER *end_of(const ACL *acl)
{
	ACE_HEADER *ace = first_ace(acl);
	const char *limit = bytes_of(acl) + acl->AclSize;

	if (!revision_valid(acl->AclRevision) || acl->AclSize < sizeof(ACL))
		return nullptr;
	for (USHORT i = 0; i < acl->AceCount; i++) {
		if (!ace_valid(ace, limit - reinterpret_cast<char *>(ace)))
			return nullptr;
		ace = next_ace(ace);
	}
	return ace;
}

} // namespace

bool acl_valid(const ACL *acl)
{
	return end_of(acl);
}

ACCESS_MASK rights_granted(PSECURITY_DESCRIPTOR descriptor, ULONG user, ACCESS_MASK wanted,
			   const GENERIC_MAPPING &mapping)
{
	const ACL *dacl = descriptor_parts(descriptor).dacl;
	ACCESS_MASK granted = 0, left = wanted;
	ACE_HEADER *ace = dacl ? first_ace(dacl) : nullptr;

	if (!dacl)
		return wanted;
	for (USHORT i = 0; i < dacl->AceCount; i++, ace = next_ace(ace)) {
		if (ace->AceType > ACCESS_DENIED_ACE_TYPE || (ace->AceFlags & INHERIT_ONLY_ACE) ||
		    !user_is(user, sid_in(ace)))
			continue;
		ACCESS_MASK mask = reinterpret_cast<ACCESS_ALLOWED_ACE *>(ace)->Mask;

		RtlMapGenericMask(&mask, &mapping);
		/* Whoever comes first decides about a right. */
		if (ace->AceType == ACCESS_ALLOWED_ACE_TYPE)
			granted |= mask & left;
		left &= ~mask;
	}
	return granted;
}

} // namespace wsk

using namespace wsk;

/**
 * RtlCreateAcl() - Begin an access control list.
 * @Acl: Room for it, aligned to four bytes.
 * @AclLength: Its bytes: a multiple of four, at least sizeof(ACL), at most 65532.
 * @AclRevision: ACL_REVISION or ACL_REVISION_DS.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL; STATUS_INVALID_PARAMETER.
 * Source: ntifs.h, RtlCreateAcl function
 */
extern "C" NTSTATUS RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (AclLength < sizeof(ACL))
		return STATUS_BUFFER_TOO_SMALL;
	if (!revision_valid(AclRevision) || AclLength > MAXUSHORT)
		return STATUS_INVALID_PARAMETER;
	*Acl = {};
	Acl->AclRevision = static_cast<UCHAR>(AclRevision);
	Acl->AclSize = static_cast<USHORT>(AclLength & ~3u);
	return STATUS_SUCCESS;
}

/**
 * RtlAddAce() - Put whole entries into an access control list.
 * @Acl: A valid list.
 * @AceRevision: Their revision; the list takes it on where it is higher.
 * @StartingAceIndex: Before which entry; MAXULONG: behind the last.
 * @AceList: The entries, one after the other.
 * @AceListLength: Their bytes.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL (no room in the list);
 *	STATUS_INVALID_PARAMETER (the list, or an entry, is not valid).
 * Source: ntifs.h, RtlAddAce function
 */
extern "C" NTSTATUS RtlAddAce(PACL Acl, ULONG AceRevision, ULONG StartingAceIndex, PVOID AceList,
			      ULONG AceListLength)
{
	auto *added = static_cast<char *>(AceList);
	auto *end = reinterpret_cast<char *>(end_of(Acl));
	ACE_HEADER *place = first_ace(Acl);
	USHORT count = 0;

	NT_MAX_IRQL(APC_LEVEL);
	if (!end || !revision_valid(AceRevision))
		return STATUS_INVALID_PARAMETER;
	for (ULONG at = 0; at < AceListLength; count++) {
		auto *ace = reinterpret_cast<ACE_HEADER *>(added + at);

		if (!ace_valid(ace, AceListLength - at))
			return STATUS_INVALID_PARAMETER;
		at += ace->AceSize;
	}
	if (end + AceListLength > bytes_of(Acl) + Acl->AclSize)
		return STATUS_BUFFER_TOO_SMALL;
	for (ULONG i = 0; i < StartingAceIndex && i < Acl->AceCount; i++)
		place = next_ace(place);
	RtlMoveMemory(reinterpret_cast<char *>(place) + AceListLength, place,
		      end - reinterpret_cast<char *>(place));
	RtlMoveMemory(place, added, AceListLength);
	Acl->AceCount += count;
	if (AceRevision > Acl->AclRevision)
		Acl->AclRevision = static_cast<UCHAR>(AceRevision);
	return STATUS_SUCCESS;
}

/**
 * RtlGetAce() - One entry of an access control list.
 * @Acl: A valid list.
 * @AceIndex: Which, from 0.
 * @Ace: Receives where it is.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER when there is none, or the list is not valid.
 * Source: ntifs.h, RtlGetAce function
 */
extern "C" NTSTATUS RtlGetAce(PACL Acl, ULONG AceIndex, PVOID *Ace)
{
	ACE_HEADER *ace = first_ace(Acl);

	NT_MAX_IRQL(APC_LEVEL);
	if (AceIndex >= Acl->AceCount || !acl_valid(Acl))
		return STATUS_INVALID_PARAMETER;
	while (AceIndex--)
		ace = next_ace(ace);
	*Ace = ace;
	return STATUS_SUCCESS;
}

static NTSTATUS add_allowed(PACL acl, ULONG revision, ULONG flags, ACCESS_MASK mask, PSID sid)
{
	auto *ace = reinterpret_cast<ACCESS_ALLOWED_ACE *>(end_of(acl));
	ULONG length;

	NT_MAX_IRQL(APC_LEVEL);
	if (!RtlValidSid(sid))
		return STATUS_INVALID_SID;
	if (!ace)
		return STATUS_INVALID_ACL;
	if (!revision_valid(revision))
		return STATUS_REVISION_MISMATCH;
	if (flags & ~VALID_INHERIT_FLAGS)
		return STATUS_INVALID_PARAMETER;
	length = FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + RtlLengthSid(sid);
	if (reinterpret_cast<char *>(ace) + length > bytes_of(acl) + acl->AclSize)
		return STATUS_ALLOTTED_SPACE_EXCEEDED;
	ace->Header.AceType = ACCESS_ALLOWED_ACE_TYPE;
	ace->Header.AceFlags = static_cast<UCHAR>(flags);
	ace->Header.AceSize = static_cast<USHORT>(length);
	ace->Mask = mask;
	RtlCopyMemory(&ace->SidStart, sid, RtlLengthSid(sid));
	acl->AceCount++;
	if (revision > acl->AclRevision)
		acl->AclRevision = static_cast<UCHAR>(revision);
	return STATUS_SUCCESS;
}

/**
 * RtlAddAccessAllowedAce() - Append an entry that grants rights.
 * @Acl: A valid list.
 * @AceRevision: ACL_REVISION or ACL_REVISION_DS.
 * @AccessMask: The rights.
 * @Sid: To whom.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_ALLOTTED_SPACE_EXCEEDED (no room); STATUS_INVALID_ACL;
 *	STATUS_INVALID_SID; STATUS_REVISION_MISMATCH.
 * Source: ntifs.h, RtlAddAccessAllowedAce function
 */
extern "C" NTSTATUS RtlAddAccessAllowedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask,
					   PSID Sid)
{
	return add_allowed(Acl, AceRevision, 0, AccessMask, Sid);
}

/**
 * RtlAddAccessAllowedAceEx() - Append an entry that grants rights, and says who inherits it.
 * @Acl: A valid list.
 * @AceRevision: ACL_REVISION or ACL_REVISION_DS.
 * @AceFlags: OBJECT_INHERIT_ACE and its like.
 * @AccessMask: The rights.
 * @Sid: To whom.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: As RtlAddAccessAllowedAce(); STATUS_INVALID_PARAMETER (unknown flags).
 * Source: ntifs.h, RtlAddAccessAllowedAceEx function
 */
extern "C" NTSTATUS RtlAddAccessAllowedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags,
					     ACCESS_MASK AccessMask, PSID Sid)
{
	return add_allowed(Acl, AceRevision, AceFlags, AccessMask, Sid);
}

/**
 * RtlMapGenericMask() - Replace generic rights by what they stand for.
 * @AccessMask: The rights; changed.
 * @GenericMapping: What they stand for.
 *
 * Context: Any IRQL.
 * Source: wdm.h, RtlMapGenericMask function
 */
extern "C" VOID RtlMapGenericMask(PACCESS_MASK AccessMask, const GENERIC_MAPPING *GenericMapping)
{
	ACCESS_MASK mask = *AccessMask & ~static_cast<ACCESS_MASK>(generic_rights);

	if (*AccessMask & GENERIC_READ)
		mask |= GenericMapping->GenericRead;
	if (*AccessMask & GENERIC_WRITE)
		mask |= GenericMapping->GenericWrite;
	if (*AccessMask & GENERIC_EXECUTE)
		mask |= GenericMapping->GenericExecute;
	if (*AccessMask & GENERIC_ALL)
		mask |= GenericMapping->GenericAll;
	*AccessMask = mask;
}

// SPDX-License-Identifier: MIT OR GPL-2.0
/* Security identifiers, and which of them a user of Linux is. */
#include "nt/irql.h"
#include "nt/security.h"

using namespace wsk;

namespace
{

SID *sid_of(const VOID *sid)
{
	return static_cast<SID *>(const_cast<VOID *>(sid));
}

} // namespace

/**
 * RtlLengthRequiredSid() - How long a security identifier is.
 * @SubAuthorityCount: Its number of sub-authorities.
 *
 * Context: Any IRQL.
 * Return: Bytes.
 * Source: ntifs.h, RtlLengthRequiredSid function
 */
extern "C" ULONG RtlLengthRequiredSid(ULONG SubAuthorityCount)
{
	return FIELD_OFFSET(SID, SubAuthority) + SubAuthorityCount * sizeof(ULONG);
}

/**
 * RtlLengthSid() - How long this security identifier is.
 * @Sid: A valid one.
 *
 * Context: IRQL <= APC_LEVEL; any, where the memory is resident, as here all is.
 * Return: Bytes.
 * Source: ntifs.h, RtlLengthSid function
 */
extern "C" ULONG RtlLengthSid(PSID Sid)
{
	return RtlLengthRequiredSid(sid_of(Sid)->SubAuthorityCount);
}

/**
 * RtlValidSid() - Whether something looks like a security identifier.
 * @Sid: Memory that can be read, or NULL.
 *
 * Context: IRQL <= APC_LEVEL; any, where the memory is resident, as here all is.
 * Return: TRUE if its revision and its count of sub-authorities are possible.
 * Source: ntifs.h, RtlValidSid function
 */
extern "C" BOOLEAN RtlValidSid(PSID Sid)
{
	return Sid && sid_of(Sid)->Revision == SID_REVISION &&
	       sid_of(Sid)->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

/**
 * RtlEqualSid() - Whether two security identifiers are the same.
 * @Sid1: A valid one.
 * @Sid2: The other.
 *
 * Context: IRQL <= APC_LEVEL; any, where the memory is resident, as here all is.
 * Return: TRUE or FALSE.
 * Source: ntifs.h, RtlEqualSid function
 */
extern "C" BOOLEAN RtlEqualSid(PSID Sid1, PSID Sid2)
{
	ULONG length = RtlLengthSid(Sid1);

	return length == RtlLengthSid(Sid2) && RtlEqualMemory(Sid1, Sid2, length);
}

/**
 * RtlInitializeSid() - Begin a security identifier.
 * @Sid: Room for it: RtlLengthRequiredSid().
 * @IdentifierAuthority: Its authority.
 * @SubAuthorityCount: How many sub-authorities it will have; RtlSubAuthoritySid() leads to each.
 *
 * Context: IRQL <= APC_LEVEL; any, where the memory is resident, as here all is.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (more than 15 sub-authorities).
 * Source: ntifs.h, RtlInitializeSid function
 */
extern "C" NTSTATUS RtlInitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
				     UCHAR SubAuthorityCount)
{
	SID *sid = sid_of(Sid);

	if (SubAuthorityCount > SID_MAX_SUB_AUTHORITIES)
		return STATUS_INVALID_PARAMETER;
	sid->Revision = SID_REVISION;
	sid->SubAuthorityCount = SubAuthorityCount;
	sid->IdentifierAuthority = *IdentifierAuthority;
	return STATUS_SUCCESS;
}

/**
 * RtlSubAuthoritySid() - One sub-authority of a security identifier.
 * @Sid: A valid one.
 * @SubAuthority: Which, from 0.
 *
 * Context: IRQL <= APC_LEVEL; any, where the memory is resident, as here all is.
 * Return: Where it is.
 * Source: ntifs.h, RtlSubAuthoritySid function
 */
extern "C" PULONG RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority)
{
	return sid_of(Sid)->SubAuthority + SubAuthority;
}

/**
 * RtlSubAuthorityCountSid() - The number of sub-authorities of a security identifier.
 * @Sid: A valid one.
 *
 * Context: IRQL <= APC_LEVEL; any, where the memory is resident, as here all is.
 * Return: Where it is.
 * Source: ntifs.h, RtlSubAuthorityCountSid function
 */
extern "C" PUCHAR RtlSubAuthorityCountSid(PSID Sid)
{
	return &sid_of(Sid)->SubAuthorityCount;
}

/**
 * RtlCopySid() - Copy a security identifier.
 * @DestinationSidLength: Bytes at @DestinationSid.
 * @DestinationSid: Where to.
 * @SourceSid: A valid one.
 *
 * Context: IRQL <= APC_LEVEL; any, where the memory is resident, as here all is.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL.
 * Source: ntifs.h, RtlCopySid function
 */
extern "C" NTSTATUS RtlCopySid(ULONG DestinationSidLength, PSID DestinationSid, PSID SourceSid)
{
	ULONG length = RtlLengthSid(SourceSid);

	if (length > DestinationSidLength)
		return STATUS_BUFFER_TOO_SMALL;
	RtlMoveMemory(DestinationSid, SourceSid, length);
	return STATUS_SUCCESS;
}

namespace wsk
{

namespace
{

/* The authority that Samba, too, gives to users of Unix; its first sub-authority means users. */
constexpr UCHAR unix_authority = 22;
constexpr ULONG unix_user = 1;

bool is(const SID *sid, UCHAR authority, UCHAR count, ULONG first, ULONG second = 0)
{
	const SID_IDENTIFIER_AUTHORITY whole = {{0, 0, 0, 0, 0, authority}};
	const ULONG *sub_authorities = sid->SubAuthority; /* more than the one declared */

	return sid->SubAuthorityCount == count &&
	       RtlEqualMemory(&sid->IdentifierAuthority, &whole, sizeof(whole)) &&
	       sub_authorities[0] == first && (count < 2 || sub_authorities[1] == second);
}

} // namespace

UserSid user_sid(ULONG user)
{
	UserSid made = {};

	made.sid.Revision = SID_REVISION;
	if (user) {
		made.sid.SubAuthorityCount = 2;
		made.sid.IdentifierAuthority.Value[5] = unix_authority;
		made.sid.SubAuthority[0] = unix_user;
		made.more[0] = user;
	} else {
		made.sid.SubAuthorityCount = 1;
		made.sid.IdentifierAuthority = SECURITY_NT_AUTHORITY;
		made.sid.SubAuthority[0] = SECURITY_LOCAL_SYSTEM_RID;
	}
	return made;
}

bool user_is(ULONG user, const VOID *sid)
{
	const SID *whose = static_cast<const SID *>(sid);

	if (is(whose, 1, 1, SECURITY_WORLD_RID))
		return true;
	if (user)
		return is(whose, unix_authority, 2, unix_user, user);
	return is(whose, 5, 1, SECURITY_LOCAL_SYSTEM_RID) ||
	       is(whose, 5, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS);
}

} // namespace wsk

// SPDX-License-Identifier: MIT OR GPL-2.0
/* Security identifiers, access control lists and security descriptors. */
#include <ntifs.h>

#include "bridge.h"

namespace
{

constexpr ULONG room = 256;

struct List {
	alignas(8) UCHAR bytes[room];
	PACL acl = reinterpret_cast<PACL>(bytes);

	explicit List(ULONG length = room) { RtlCreateAcl(acl, length, ACL_REVISION); }
	NTSTATUS allow(PSID sid, ACCESS_MASK mask)
	{
		return RtlAddAccessAllowedAce(acl, ACL_REVISION, mask, sid);
	}
};

void sids_have_a_length(struct kunit *test)
{
	alignas(8) UCHAR bytes[SECURITY_MAX_SID_SIZE];
	SID_IDENTIFIER_AUTHORITY authority = SECURITY_NT_AUTHORITY;
	PSID sid = bytes;

	EXPECT_EQ(test, RtlLengthRequiredSid(0), 8u);
	EXPECT_EQ(test, RtlLengthRequiredSid(15), 68u);
	for (UCHAR count = 0; count <= SID_MAX_SUB_AUTHORITIES; count++) {
		EXPECT_STATUS(test, RtlInitializeSid(sid, &authority, count), STATUS_SUCCESS);
		EXPECT_EQ(test, RtlLengthSid(sid), 8u + 4u * count);
		EXPECT_EQ(test, *RtlSubAuthorityCountSid(sid), count);
		EXPECT_TRUE(test, RtlValidSid(sid));
	}
	EXPECT_STATUS(test, RtlInitializeSid(sid, &authority, 16), STATUS_INVALID_PARAMETER);
}

void sids_are_compared_and_copied(struct kunit *test)
{
	alignas(8) UCHAR bytes[SECURITY_MAX_SID_SIZE];
	SID_IDENTIFIER_AUTHORITY authority = SECURITY_NT_AUTHORITY;
	PSID sid = bytes;

	EXPECT_STATUS(test, RtlInitializeSid(sid, &authority, 2), STATUS_SUCCESS);
	*RtlSubAuthoritySid(sid, 0) = SECURITY_BUILTIN_DOMAIN_RID;
	*RtlSubAuthoritySid(sid, 1) = DOMAIN_ALIAS_RID_ADMINS;
	EXPECT_TRUE(test, RtlEqualSid(sid, SeExports->SeAliasAdminsSid));
	EXPECT_FALSE(test, RtlEqualSid(sid, SeExports->SeAliasUsersSid));
	EXPECT_FALSE(test, RtlEqualSid(sid, SeExports->SeLocalSystemSid));
	EXPECT_STATUS(test, RtlCopySid(11, sid, SeExports->SeWorldSid), STATUS_BUFFER_TOO_SMALL);
	EXPECT_STATUS(test, RtlCopySid(12, sid, SeExports->SeWorldSid), STATUS_SUCCESS);
	EXPECT_TRUE(test, RtlEqualSid(sid, SeExports->SeWorldSid));
}

void broken_sids_are_not_valid(struct kunit *test)
{
	SID sid = {SID_REVISION, 1, {SECURITY_WORLD_SID_AUTHORITY}, {SECURITY_WORLD_RID}};

	EXPECT_TRUE(test, RtlValidSid(&sid));
	sid.Revision = 2;
	EXPECT_FALSE(test, RtlValidSid(&sid));
	sid = {SID_REVISION, 16, {SECURITY_WORLD_SID_AUTHORITY}, {0}};
	EXPECT_FALSE(test, RtlValidSid(&sid));
	EXPECT_FALSE(test, RtlValidSid(nullptr));
}

void well_known_ones(struct kunit *test)
{
	const PSID sids[] = {SeExports->SeNullSid,	     SeExports->SeWorldSid,
			     SeExports->SeLocalSystemSid,    SeExports->SeAliasAdminsSid,
			     SeExports->SeNtAuthoritySid,    SeExports->SeAuthenticatedUsersSid,
			     SeExports->SeNetworkServiceSid, SeExports->SeIUserSid,
			     SeExports->SeLowMandatorySid,   SeExports->SeSystemMandatorySid,
			     SeExports->SeOwnerRightsSid};

	for (PSID one : sids)
		for (PSID other : sids) {
			EXPECT_TRUE(test, RtlValidSid(one));
			EXPECT_EQ(test, !!RtlEqualSid(one, other), one == other);
		}
	EXPECT_EQ(test, *RtlSubAuthoritySid(SeExports->SeLocalSystemSid, 0), 18u);
	EXPECT_EQ(test, *RtlSubAuthoritySid(SeExports->SeHighMandatorySid, 0), 0x3000u);
	EXPECT_EQ(test, SeExports->SeLoadDriverPrivilege.LowPart, 10u);
	EXPECT_EQ(test, SeExports->SeCreateSymbolicLinkPrivilege.LowPart, 35u);
	EXPECT_EQ(test, SeExports->SeChangeNotifyPrivilege.LowPart, 23u);
}

void lists_begin_empty(struct kunit *test)
{
	List list;
	PVOID ace;

	EXPECT_EQ(test, list.acl->AceCount, 0);
	EXPECT_EQ(test, list.acl->AclSize, room);
	EXPECT_STATUS(test, RtlGetAce(list.acl, 0, &ace), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlCreateAcl(list.acl, 7, ACL_REVISION), STATUS_BUFFER_TOO_SMALL);
	EXPECT_STATUS(test, RtlCreateAcl(list.acl, 65536, ACL_REVISION), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlCreateAcl(list.acl, room, 1), STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, RtlCreateAcl(list.acl, room, 5), STATUS_INVALID_PARAMETER);
}

void lists_take_entries(struct kunit *test)
{
	List list;
	PVOID first = nullptr, second = nullptr;

	EXPECT_STATUS(test, list.allow(SeExports->SeWorldSid, FILE_READ_DATA), STATUS_SUCCESS);
	EXPECT_STATUS(test,
		      RtlAddAccessAllowedAceEx(list.acl, ACL_REVISION, OBJECT_INHERIT_ACE,
					       GENERIC_ALL, SeExports->SeAliasAdminsSid),
		      STATUS_SUCCESS);
	EXPECT_EQ(test, list.acl->AceCount, 2);
	ASSERT_STATUS(test, RtlGetAce(list.acl, 0, &first), STATUS_SUCCESS);
	ASSERT_STATUS(test, RtlGetAce(list.acl, 1, &second), STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlGetAce(list.acl, 2, &first), STATUS_INVALID_PARAMETER);

	auto *ace = static_cast<PACCESS_ALLOWED_ACE>(second);

	EXPECT_EQ(test, ace->Header.AceType, ACCESS_ALLOWED_ACE_TYPE);
	EXPECT_EQ(test, ace->Header.AceFlags, OBJECT_INHERIT_ACE);
	EXPECT_EQ(test, ace->Header.AceSize, 8 + 16);
	EXPECT_EQ(test, ace->Mask, (ACCESS_MASK)GENERIC_ALL);
	EXPECT_TRUE(test, RtlEqualSid(&ace->SidStart, SeExports->SeAliasAdminsSid));
	EXPECT_EQ(test, (UCHAR *)second - (UCHAR *)first, 8 + 12);
}

void lists_refuse_what_is_wrong(struct kunit *test)
{
	List list(sizeof(ACL) + 8 + 12);
	SID broken = {};

	EXPECT_STATUS(test, list.allow(&broken, 1), STATUS_INVALID_SID);
	EXPECT_STATUS(test, RtlAddAccessAllowedAce(list.acl, 9, 1, SeExports->SeWorldSid),
		      STATUS_REVISION_MISMATCH);
	EXPECT_STATUS(
		test,
		RtlAddAccessAllowedAceEx(list.acl, ACL_REVISION, 0x40, 1, SeExports->SeWorldSid),
		STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, list.allow(SeExports->SeWorldSid, 1), STATUS_SUCCESS);
	EXPECT_STATUS(test, list.allow(SeExports->SeWorldSid, 1), STATUS_ALLOTTED_SPACE_EXCEEDED);
	EXPECT_EQ(test, list.acl->AceCount, 1);
	list.acl->AceCount = 2;
	EXPECT_STATUS(test, list.allow(SeExports->SeWorldSid, 1), STATUS_INVALID_ACL);
}

void entries_go_anywhere(struct kunit *test)
{
	List list, other;
	PVOID ace = nullptr;

	EXPECT_STATUS(test, list.allow(SeExports->SeWorldSid, 1), STATUS_SUCCESS);
	EXPECT_STATUS(test, other.allow(SeExports->SeLocalSystemSid, 2), STATUS_SUCCESS);
	EXPECT_STATUS(test, other.allow(SeExports->SeAliasAdminsSid, 3), STATUS_SUCCESS);
	ASSERT_STATUS(test, RtlGetAce(other.acl, 0, &ace), STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlAddAce(list.acl, ACL_REVISION_DS, 0, ace, 20 + 24), STATUS_SUCCESS);
	EXPECT_EQ(test, list.acl->AceCount, 3);
	EXPECT_EQ(test, list.acl->AclRevision, ACL_REVISION_DS);
	for (ULONG i = 0; i < 3; i++) {
		const ACCESS_MASK masks[] = {2, 3, 1};

		ASSERT_STATUS(test, RtlGetAce(list.acl, i, &ace), STATUS_SUCCESS);
		EXPECT_EQ(test, static_cast<PACCESS_ALLOWED_ACE>(ace)->Mask, masks[i]);
	}
	EXPECT_STATUS(test, RtlAddAce(list.acl, ACL_REVISION, MAXULONG, ace, 19),
		      STATUS_INVALID_PARAMETER);
	List little(sizeof(ACL) + 4);

	EXPECT_STATUS(test, RtlAddAce(little.acl, ACL_REVISION, 0, ace, 20),
		      STATUS_BUFFER_TOO_SMALL);
}

void generic_rights_are_mapped(struct kunit *test)
{
	const GENERIC_MAPPING mapping = {1, 2, 4, 15};
	const struct {
		ACCESS_MASK before, after;
	} rows[] = {{GENERIC_READ, 1},
		    {GENERIC_WRITE, 2},
		    {GENERIC_EXECUTE, 4},
		    {GENERIC_ALL, 15},
		    {GENERIC_READ | 8, 9},
		    {8, 8},
		    {GENERIC_READ | GENERIC_WRITE, 3}};

	for (auto row : rows) {
		RtlMapGenericMask(&row.before, &mapping);
		EXPECT_EQ(test, row.before, row.after);
	}
	EXPECT_EQ(test, IoGetFileObjectGenericMapping()->GenericRead, 0x120089u);
	EXPECT_EQ(test, IoGetFileObjectGenericMapping()->GenericWrite, 0x120116u);
	EXPECT_EQ(test, IoGetFileObjectGenericMapping()->GenericExecute, 0x1200a0u);
	EXPECT_EQ(test, IoGetFileObjectGenericMapping()->GenericAll, 0x1f01ffu);
}

void descriptors_hold_what_was_set(struct kunit *test)
{
	SECURITY_DESCRIPTOR descriptor;
	List list;
	BOOLEAN present = TRUE, defaulted = TRUE;
	PACL dacl = nullptr;
	PSID sid = nullptr;

	EXPECT_STATUS(test, RtlCreateSecurityDescriptor(&descriptor, 2), STATUS_UNKNOWN_REVISION);
	EXPECT_STATUS(test, RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, RtlValidSecurityDescriptor(&descriptor));
	EXPECT_EQ(test, RtlLengthSecurityDescriptor(&descriptor), sizeof(descriptor));
	EXPECT_STATUS(test, RtlGetDaclSecurityDescriptor(&descriptor, &present, &dacl, &defaulted),
		      STATUS_SUCCESS);
	EXPECT_FALSE(test, present);
	EXPECT_STATUS(test, RtlSetDaclSecurityDescriptor(&descriptor, TRUE, list.acl, FALSE),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlGetDaclSecurityDescriptor(&descriptor, &present, &dacl, &defaulted),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, present && !defaulted);
	EXPECT_PTR_EQ(test, dacl, list.acl);
	EXPECT_STATUS(test, RtlSetOwnerSecurityDescriptor(&descriptor, SeExports->SeWorldSid, TRUE),
		      STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlGetOwnerSecurityDescriptor(&descriptor, &sid, &defaulted),
		      STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, sid, SeExports->SeWorldSid);
	EXPECT_TRUE(test, defaulted);
	EXPECT_STATUS(
		test,
		RtlSetGroupSecurityDescriptor(&descriptor, SeExports->SeLocalSystemSid, FALSE),
		STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlGetGroupSecurityDescriptor(&descriptor, &sid, &defaulted),
		      STATUS_SUCCESS);
	EXPECT_PTR_EQ(test, sid, SeExports->SeLocalSystemSid);
	EXPECT_EQ(test, RtlLengthSecurityDescriptor(&descriptor), 40u + room + 12 + 12);
}

struct Relative {
	alignas(8) UCHAR bytes[512];
	ULONG length = sizeof(bytes);

	explicit Relative(struct kunit *test)
	{
		SECURITY_DESCRIPTOR absolute;
		List list(sizeof(ACL) + 8 + 12);

		RtlCreateSecurityDescriptor(&absolute, SECURITY_DESCRIPTOR_REVISION);
		list.allow(SeExports->SeWorldSid, FILE_READ_DATA);
		RtlSetDaclSecurityDescriptor(&absolute, TRUE, list.acl, FALSE);
		RtlSetOwnerSecurityDescriptor(&absolute, SeExports->SeAliasAdminsSid, FALSE);
		EXPECT_STATUS(test, RtlAbsoluteToSelfRelativeSD(&absolute, bytes, &length),
			      STATUS_SUCCESS);
	}
	SECURITY_DESCRIPTOR_RELATIVE *header()
	{
		return reinterpret_cast<SECURITY_DESCRIPTOR_RELATIVE *>(bytes);
	}
};

void descriptors_become_self_relative(struct kunit *test)
{
	Relative relative(test);
	BOOLEAN present = FALSE, defaulted;
	PACL dacl = nullptr;
	PSID owner = nullptr;
	ULONG length = 0;

	EXPECT_EQ(test, relative.length, 20u + 28 + 16);
	EXPECT_EQ(test, RtlLengthSecurityDescriptor(relative.bytes), relative.length);
	EXPECT_TRUE(test, relative.header()->Control & SE_SELF_RELATIVE);
	EXPECT_TRUE(test, RtlValidSecurityDescriptor(relative.bytes));
	EXPECT_TRUE(test, RtlValidRelativeSecurityDescriptor(relative.bytes, relative.length,
							     OWNER_SECURITY_INFORMATION |
								     DACL_SECURITY_INFORMATION));
	EXPECT_TRUE(test, SeValidSecurityDescriptor(relative.length, relative.bytes));
	EXPECT_FALSE(test, RtlValidRelativeSecurityDescriptor(relative.bytes, relative.length,
							      GROUP_SECURITY_INFORMATION));
	EXPECT_STATUS(test,
		      RtlGetDaclSecurityDescriptor(relative.bytes, &present, &dacl, &defaulted),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, present);
	EXPECT_EQ(test, dacl->AceCount, 1);
	EXPECT_STATUS(test, RtlGetOwnerSecurityDescriptor(relative.bytes, &owner, &defaulted),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, RtlEqualSid(owner, SeExports->SeAliasAdminsSid));
	/* Not to be changed, and not to be converted again. */
	EXPECT_STATUS(test, RtlSetDaclSecurityDescriptor(relative.bytes, FALSE, nullptr, FALSE),
		      STATUS_INVALID_SECURITY_DESCR);
	EXPECT_STATUS(test, RtlAbsoluteToSelfRelativeSD(relative.bytes, nullptr, &length),
		      STATUS_BAD_DESCRIPTOR_FORMAT);
}

void the_needed_room_is_told(struct kunit *test)
{
	SECURITY_DESCRIPTOR absolute;
	ULONG length = 0;

	RtlCreateSecurityDescriptor(&absolute, SECURITY_DESCRIPTOR_REVISION);
	EXPECT_STATUS(test, RtlAbsoluteToSelfRelativeSD(&absolute, nullptr, &length),
		      STATUS_BUFFER_TOO_SMALL);
	EXPECT_EQ(test, length, sizeof(SECURITY_DESCRIPTOR_RELATIVE));
}

/* Each breaks one thing of a descriptor that was valid. */
constexpr void (*damages[])(Relative &relative) = {
	[](Relative &relative) { relative.length = 19; },
	[](Relative &relative) { relative.length -= 4; }, /* the owner is last */
	[](Relative &relative) { relative.header()->Revision = 2; },
	[](Relative &relative) { relative.header()->Control &= ~SE_SELF_RELATIVE; },
	[](Relative &relative) { relative.header()->Owner = 0xfffffff0; },
	[](Relative &relative) { relative.header()->Owner = 4; },
	[](Relative &relative) { relative.header()->Owner += 2; },
	[](Relative &relative) { relative.header()->Dacl = relative.length - 4; },
	[](Relative &relative) { relative.bytes[relative.header()->Owner + 1] = 15; },
	[](Relative &relative) { relative.bytes[relative.header()->Dacl] = 1; },
	[](Relative &relative) { relative.bytes[relative.header()->Dacl + 3] = 1; },
	[](Relative &relative) { relative.bytes[relative.header()->Dacl + 2] = 4; },
	[](Relative &relative) { relative.bytes[relative.header()->Dacl + 4] = 2; },
	[](Relative &relative) { relative.bytes[relative.header()->Dacl + 8 + 2] = 3; },
	[](Relative &relative) { relative.bytes[relative.header()->Dacl + 8 + 2] = 0; },
	[](Relative &relative) { relative.bytes[relative.header()->Dacl + 8 + 2] = 40; },
	[](Relative &relative) { relative.bytes[relative.header()->Dacl + 16 + 1] = 2; },
};

void damaged_descriptors_are_not_valid(struct kunit *test)
{
	const bridge_site here = BRIDGE_SITE(false);
	int which = 0;

	for (auto damage : damages) {
		Relative relative(test);

		damage(relative);
		if (RtlValidRelativeSecurityDescriptor(relative.bytes, relative.length, 0))
			bridge_fail(test, &here, "damage %d went unnoticed", which);
		which++;
	}
	EXPECT_FALSE(test, RtlValidSecurityDescriptor(nullptr));
}

constexpr bridge_case cases[] = {
	{"security identifiers have a length", sids_have_a_length},
	{"security identifiers are compared and copied", sids_are_compared_and_copied},
	{"broken security identifiers are not valid", broken_sids_are_not_valid},
	{"well-known security identifiers are what they should be", well_known_ones},
	{"access control lists begin empty", lists_begin_empty},
	{"access control lists take entries", lists_take_entries},
	{"access control lists refuse what is wrong", lists_refuse_what_is_wrong},
	{"entries can be put anywhere in a list", entries_go_anywhere},
	{"generic rights are replaced by what they stand for", generic_rights_are_mapped},
	{"security descriptors hold what was set", descriptors_hold_what_was_set},
	{"security descriptors become self-relative", descriptors_become_self_relative},
	{"the room that a self-relative descriptor needs is told", the_needed_room_is_told},
	{"damaged security descriptors are not valid", damaged_descriptors_are_not_valid},
};

} // namespace

BRIDGE_SUITE(rtl_security, cases)

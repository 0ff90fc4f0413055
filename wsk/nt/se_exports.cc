// SPDX-License-Identifier: MIT OR GPL-2.0
/* Well-known privileges and security identifiers. */
#include "nt/security.h"

namespace
{

/* With as many sub-authorities as the well-known ones have at most. */
struct WellKnown {
	UCHAR revision, count;
	SID_IDENTIFIER_AUTHORITY authority;
	ULONG sub_authorities[2];
};
static_assert(sizeof(WellKnown) == sizeof(SID) + sizeof(ULONG));

constexpr WellKnown well_known(UCHAR authority, ULONG first)
{
	return {SID_REVISION, 1, {{0, 0, 0, 0, 0, authority}}, {first, 0}};
}

constexpr WellKnown alias(ULONG which)
{
	return {SID_REVISION, 2, {SECURITY_NT_AUTHORITY}, {SECURITY_BUILTIN_DOMAIN_RID, which}};
}

constinit WellKnown nobody = well_known(0, SECURITY_NULL_RID);
constinit WellKnown world = well_known(1, SECURITY_WORLD_RID);
constinit WellKnown local = well_known(2, SECURITY_LOCAL_RID);
constinit WellKnown creator_owner = well_known(3, SECURITY_CREATOR_OWNER_RID);
constinit WellKnown creator_group = well_known(3, SECURITY_CREATOR_GROUP_RID);
constinit WellKnown owner_rights = well_known(3, SECURITY_CREATOR_OWNER_RIGHTS_RID);
constinit WellKnown nt_authority = {SID_REVISION, 0, {SECURITY_NT_AUTHORITY}, {}};
constinit WellKnown dialup = well_known(5, SECURITY_DIALUP_RID);
constinit WellKnown network = well_known(5, SECURITY_NETWORK_RID);
constinit WellKnown batch = well_known(5, SECURITY_BATCH_RID);
constinit WellKnown interactive = well_known(5, SECURITY_INTERACTIVE_RID);
constinit WellKnown anonymous = well_known(5, SECURITY_ANONYMOUS_LOGON_RID);
constinit WellKnown authenticated = well_known(5, SECURITY_AUTHENTICATED_USER_RID);
constinit WellKnown restricted = well_known(5, SECURITY_RESTRICTED_CODE_RID);
constinit WellKnown internet_user = well_known(5, SECURITY_IUSER_RID);
constinit WellKnown local_system = well_known(5, SECURITY_LOCAL_SYSTEM_RID);
constinit WellKnown local_service = well_known(5, SECURITY_LOCAL_SERVICE_RID);
constinit WellKnown network_service = well_known(5, SECURITY_NETWORK_SERVICE_RID);
constinit WellKnown admins = alias(DOMAIN_ALIAS_RID_ADMINS);
constinit WellKnown users = alias(DOMAIN_ALIAS_RID_USERS);
constinit WellKnown guests = alias(DOMAIN_ALIAS_RID_GUESTS);
constinit WellKnown power_users = alias(DOMAIN_ALIAS_RID_POWER_USERS);
constinit WellKnown account_ops = alias(DOMAIN_ALIAS_RID_ACCOUNT_OPS);
constinit WellKnown system_ops = alias(DOMAIN_ALIAS_RID_SYSTEM_OPS);
constinit WellKnown print_ops = alias(DOMAIN_ALIAS_RID_PRINT_OPS);
constinit WellKnown backup_ops = alias(DOMAIN_ALIAS_RID_BACKUP_OPS);
constinit WellKnown untrusted = well_known(16, SECURITY_MANDATORY_UNTRUSTED_RID);
constinit WellKnown low = well_known(16, SECURITY_MANDATORY_LOW_RID);
constinit WellKnown medium = well_known(16, SECURITY_MANDATORY_MEDIUM_RID);
constinit WellKnown high = well_known(16, SECURITY_MANDATORY_HIGH_RID);
constinit WellKnown system_level = well_known(16, SECURITY_MANDATORY_SYSTEM_RID);

/* The privileges are numbers that Windows fixes. */
constinit SE_EXPORTS exports = {
	.SeCreateTokenPrivilege = {2, 0},
	.SeAssignPrimaryTokenPrivilege = {3, 0},
	.SeLockMemoryPrivilege = {4, 0},
	.SeIncreaseQuotaPrivilege = {5, 0},
	.SeUnsolicitedInputPrivilege = {6, 0},
	.SeTcbPrivilege = {7, 0},
	.SeSecurityPrivilege = {8, 0},
	.SeTakeOwnershipPrivilege = {9, 0},
	.SeLoadDriverPrivilege = {10, 0},
	.SeCreatePagefilePrivilege = {15, 0},
	.SeIncreaseBasePriorityPrivilege = {14, 0},
	.SeSystemProfilePrivilege = {11, 0},
	.SeSystemtimePrivilege = {12, 0},
	.SeProfileSingleProcessPrivilege = {13, 0},
	.SeCreatePermanentPrivilege = {16, 0},
	.SeBackupPrivilege = {17, 0},
	.SeRestorePrivilege = {18, 0},
	.SeShutdownPrivilege = {19, 0},
	.SeDebugPrivilege = {20, 0},
	.SeAuditPrivilege = {21, 0},
	.SeSystemEnvironmentPrivilege = {22, 0},
	.SeChangeNotifyPrivilege = {23, 0},
	.SeRemoteShutdownPrivilege = {24, 0},
	.SeNullSid = &nobody,
	.SeWorldSid = &world,
	.SeLocalSid = &local,
	.SeCreatorOwnerSid = &creator_owner,
	.SeCreatorGroupSid = &creator_group,
	.SeNtAuthoritySid = &nt_authority,
	.SeDialupSid = &dialup,
	.SeNetworkSid = &network,
	.SeBatchSid = &batch,
	.SeInteractiveSid = &interactive,
	.SeLocalSystemSid = &local_system,
	.SeAliasAdminsSid = &admins,
	.SeAliasUsersSid = &users,
	.SeAliasGuestsSid = &guests,
	.SeAliasPowerUsersSid = &power_users,
	.SeAliasAccountOpsSid = &account_ops,
	.SeAliasSystemOpsSid = &system_ops,
	.SeAliasPrintOpsSid = &print_ops,
	.SeAliasBackupOpsSid = &backup_ops,
	.SeAuthenticatedUsersSid = &authenticated,
	.SeRestrictedSid = &restricted,
	.SeAnonymousLogonSid = &anonymous,
	.SeUndockPrivilege = {25, 0},
	.SeSyncAgentPrivilege = {26, 0},
	.SeEnableDelegationPrivilege = {27, 0},
	.SeLocalServiceSid = &local_service,
	.SeNetworkServiceSid = &network_service,
	.SeManageVolumePrivilege = {28, 0},
	.SeImpersonatePrivilege = {29, 0},
	.SeCreateGlobalPrivilege = {30, 0},
	.SeTrustedCredManAccessPrivilege = {31, 0},
	.SeRelabelPrivilege = {32, 0},
	.SeIncreaseWorkingSetPrivilege = {33, 0},
	.SeTimeZonePrivilege = {34, 0},
	.SeCreateSymbolicLinkPrivilege = {35, 0},
	.SeIUserSid = &internet_user,
	.SeUntrustedMandatorySid = &untrusted,
	.SeLowMandatorySid = &low,
	.SeMediumMandatorySid = &medium,
	.SeHighMandatorySid = &high,
	.SeSystemMandatorySid = &system_level,
	.SeOwnerRightsSid = &owner_rights,
};

} // namespace

/**
 * SeExports - Well-known privileges and security identifiers.
 *
 * Source: ntifs.h, SeExports
 */
extern "C" PSE_EXPORTS SeExports;
constinit PSE_EXPORTS SeExports = &exports;

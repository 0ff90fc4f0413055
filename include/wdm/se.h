// SPDX-License-Identifier: MIT OR GPL-2.0
// Security descriptors, and who is allowed what by them.

#ifndef _WDM_SE_H
#define _WDM_SE_H

#include <wdm/ex.h>
#include <wdm/io.h>

EXTERN_C_START

/* Security identifiers. */
typedef struct _SID_IDENTIFIER_AUTHORITY {
	UCHAR Value[6];
} SID_IDENTIFIER_AUTHORITY, *PSID_IDENTIFIER_AUTHORITY;

typedef struct _SID {
	UCHAR Revision;
	UCHAR SubAuthorityCount;
	SID_IDENTIFIER_AUTHORITY IdentifierAuthority;
	ULONG SubAuthority[1];
} SID, *PISID;

#define SID_REVISION 1
#define SID_MAX_SUB_AUTHORITIES 15
#define SID_RECOMMENDED_SUB_AUTHORITIES 1
#define SECURITY_MAX_SID_SIZE \
	(sizeof(SID) - sizeof(ULONG) + SID_MAX_SUB_AUTHORITIES * sizeof(ULONG))

#define SECURITY_NULL_SID_AUTHORITY \
	{                           \
		0, 0, 0, 0, 0, 0    \
	}
#define SECURITY_WORLD_SID_AUTHORITY \
	{                            \
		0, 0, 0, 0, 0, 1     \
	}
#define SECURITY_LOCAL_SID_AUTHORITY \
	{                            \
		0, 0, 0, 0, 0, 2     \
	}
#define SECURITY_CREATOR_SID_AUTHORITY \
	{                              \
		0, 0, 0, 0, 0, 3       \
	}
#define SECURITY_NT_AUTHORITY    \
	{                        \
		0, 0, 0, 0, 0, 5 \
	}

#define SECURITY_MANDATORY_LABEL_AUTHORITY \
	{                                  \
		0, 0, 0, 0, 0, 16          \
	}

#define SECURITY_NULL_RID 0x00000000
#define SECURITY_WORLD_RID 0x00000000
#define SECURITY_LOCAL_RID 0x00000000
#define SECURITY_CREATOR_OWNER_RID 0x00000000
#define SECURITY_CREATOR_GROUP_RID 0x00000001
#define SECURITY_CREATOR_OWNER_RIGHTS_RID 0x00000004
#define SECURITY_DIALUP_RID 0x00000001
#define SECURITY_NETWORK_RID 0x00000002
#define SECURITY_BATCH_RID 0x00000003
#define SECURITY_INTERACTIVE_RID 0x00000004
#define SECURITY_SERVICE_RID 0x00000006
#define SECURITY_ANONYMOUS_LOGON_RID 0x00000007
#define SECURITY_AUTHENTICATED_USER_RID 0x0000000B
#define SECURITY_RESTRICTED_CODE_RID 0x0000000C
#define SECURITY_IUSER_RID 0x00000011
#define SECURITY_LOCAL_SYSTEM_RID 0x00000012
#define SECURITY_LOCAL_SERVICE_RID 0x00000013
#define SECURITY_NETWORK_SERVICE_RID 0x00000014
#define SECURITY_BUILTIN_DOMAIN_RID 0x00000020
#define DOMAIN_ALIAS_RID_ADMINS 0x00000220
#define DOMAIN_ALIAS_RID_USERS 0x00000221
#define DOMAIN_ALIAS_RID_GUESTS 0x00000222
#define DOMAIN_ALIAS_RID_POWER_USERS 0x00000223
#define DOMAIN_ALIAS_RID_ACCOUNT_OPS 0x00000224
#define DOMAIN_ALIAS_RID_SYSTEM_OPS 0x00000225
#define DOMAIN_ALIAS_RID_PRINT_OPS 0x00000226
#define DOMAIN_ALIAS_RID_BACKUP_OPS 0x00000227
#define SECURITY_MANDATORY_UNTRUSTED_RID 0x00000000
#define SECURITY_MANDATORY_LOW_RID 0x00001000
#define SECURITY_MANDATORY_MEDIUM_RID 0x00002000
#define SECURITY_MANDATORY_HIGH_RID 0x00003000
#define SECURITY_MANDATORY_SYSTEM_RID 0x00004000

/* Access control lists. */
typedef struct _ACL {
	UCHAR AclRevision;
	UCHAR Sbz1;
	USHORT AclSize;
	USHORT AceCount;
	USHORT Sbz2;
} ACL, *PACL;

#define ACL_REVISION 2
#define ACL_REVISION_DS 4
#define MIN_ACL_REVISION 2
#define MAX_ACL_REVISION 4

typedef struct _ACE_HEADER {
	UCHAR AceType;
	UCHAR AceFlags;
	USHORT AceSize;
} ACE_HEADER, *PACE_HEADER;

#define ACCESS_ALLOWED_ACE_TYPE 0x0
#define ACCESS_DENIED_ACE_TYPE 0x1
#define SYSTEM_AUDIT_ACE_TYPE 0x2
#define SYSTEM_ALARM_ACE_TYPE 0x3

#define OBJECT_INHERIT_ACE 0x1
#define CONTAINER_INHERIT_ACE 0x2
#define NO_PROPAGATE_INHERIT_ACE 0x4
#define INHERIT_ONLY_ACE 0x8
#define INHERITED_ACE 0x10
#define VALID_INHERIT_FLAGS 0x1F

typedef struct _ACCESS_ALLOWED_ACE {
	ACE_HEADER Header;
	ACCESS_MASK Mask;
	ULONG SidStart;
} ACCESS_ALLOWED_ACE, *PACCESS_ALLOWED_ACE;

typedef struct _ACCESS_DENIED_ACE {
	ACE_HEADER Header;
	ACCESS_MASK Mask;
	ULONG SidStart;
} ACCESS_DENIED_ACE, *PACCESS_DENIED_ACE;

typedef struct _SYSTEM_AUDIT_ACE {
	ACE_HEADER Header;
	ACCESS_MASK Mask;
	ULONG SidStart;
} SYSTEM_AUDIT_ACE, *PSYSTEM_AUDIT_ACE;

/* Descriptors: absolute, with pointers, or self-relative, with offsets. */
typedef USHORT SECURITY_DESCRIPTOR_CONTROL, *PSECURITY_DESCRIPTOR_CONTROL;

#define SE_OWNER_DEFAULTED 0x0001
#define SE_GROUP_DEFAULTED 0x0002
#define SE_DACL_PRESENT 0x0004
#define SE_DACL_DEFAULTED 0x0008
#define SE_SACL_PRESENT 0x0010
#define SE_SACL_DEFAULTED 0x0020
#define SE_DACL_AUTO_INHERIT_REQ 0x0100
#define SE_SACL_AUTO_INHERIT_REQ 0x0200
#define SE_DACL_AUTO_INHERITED 0x0400
#define SE_SACL_AUTO_INHERITED 0x0800
#define SE_DACL_PROTECTED 0x1000
#define SE_SACL_PROTECTED 0x2000
#define SE_RM_CONTROL_VALID 0x4000
#define SE_SELF_RELATIVE 0x8000

typedef struct _SECURITY_DESCRIPTOR_RELATIVE {
	UCHAR Revision;
	UCHAR Sbz1;
	SECURITY_DESCRIPTOR_CONTROL Control;
	ULONG Owner;
	ULONG Group;
	ULONG Sacl;
	ULONG Dacl;
} SECURITY_DESCRIPTOR_RELATIVE, *PISECURITY_DESCRIPTOR_RELATIVE;

typedef struct _SECURITY_DESCRIPTOR {
	UCHAR Revision;
	UCHAR Sbz1;
	SECURITY_DESCRIPTOR_CONTROL Control;
	PSID Owner;
	PSID Group;
	PACL Sacl;
	PACL Dacl;
} SECURITY_DESCRIPTOR, *PISECURITY_DESCRIPTOR;

#define SECURITY_DESCRIPTOR_REVISION1 1
#define OWNER_SECURITY_INFORMATION 0x00000001
#define GROUP_SECURITY_INFORMATION 0x00000002
#define DACL_SECURITY_INFORMATION 0x00000004
#define SACL_SECURITY_INFORMATION 0x00000008

/* What generic rights stand for. */
typedef struct _GENERIC_MAPPING {
	ACCESS_MASK GenericRead;
	ACCESS_MASK GenericWrite;
	ACCESS_MASK GenericExecute;
	ACCESS_MASK GenericAll;
} GENERIC_MAPPING, *PGENERIC_MAPPING;

/* Who asks. */
typedef struct _LUID_AND_ATTRIBUTES {
	LUID Luid;
	ULONG Attributes;
} LUID_AND_ATTRIBUTES, *PLUID_AND_ATTRIBUTES;

typedef struct _PRIVILEGE_SET {
	ULONG PrivilegeCount;
	ULONG Control;
	LUID_AND_ATTRIBUTES Privilege[1];
} PRIVILEGE_SET, *PPRIVILEGE_SET;

typedef enum _SECURITY_IMPERSONATION_LEVEL {
	SecurityAnonymous,
	SecurityIdentification,
	SecurityImpersonation,
	SecurityDelegation
} SECURITY_IMPERSONATION_LEVEL,
	*PSECURITY_IMPERSONATION_LEVEL;

typedef struct _SECURITY_SUBJECT_CONTEXT {
	PACCESS_TOKEN ClientToken;
	SECURITY_IMPERSONATION_LEVEL ImpersonationLevel;
	PACCESS_TOKEN PrimaryToken;
	PVOID ProcessAuditId;
} SECURITY_SUBJECT_CONTEXT, *PSECURITY_SUBJECT_CONTEXT;

/* Well-known privileges and identifiers. */
typedef struct _SE_EXPORTS {
	LUID SeCreateTokenPrivilege;
	LUID SeAssignPrimaryTokenPrivilege;
	LUID SeLockMemoryPrivilege;
	LUID SeIncreaseQuotaPrivilege;
	LUID SeUnsolicitedInputPrivilege;
	LUID SeTcbPrivilege;
	LUID SeSecurityPrivilege;
	LUID SeTakeOwnershipPrivilege;
	LUID SeLoadDriverPrivilege;
	LUID SeCreatePagefilePrivilege;
	LUID SeIncreaseBasePriorityPrivilege;
	LUID SeSystemProfilePrivilege;
	LUID SeSystemtimePrivilege;
	LUID SeProfileSingleProcessPrivilege;
	LUID SeCreatePermanentPrivilege;
	LUID SeBackupPrivilege;
	LUID SeRestorePrivilege;
	LUID SeShutdownPrivilege;
	LUID SeDebugPrivilege;
	LUID SeAuditPrivilege;
	LUID SeSystemEnvironmentPrivilege;
	LUID SeChangeNotifyPrivilege;
	LUID SeRemoteShutdownPrivilege;
	PSID SeNullSid;
	PSID SeWorldSid;
	PSID SeLocalSid;
	PSID SeCreatorOwnerSid;
	PSID SeCreatorGroupSid;
	PSID SeNtAuthoritySid;
	PSID SeDialupSid;
	PSID SeNetworkSid;
	PSID SeBatchSid;
	PSID SeInteractiveSid;
	PSID SeLocalSystemSid;
	PSID SeAliasAdminsSid;
	PSID SeAliasUsersSid;
	PSID SeAliasGuestsSid;
	PSID SeAliasPowerUsersSid;
	PSID SeAliasAccountOpsSid;
	PSID SeAliasSystemOpsSid;
	PSID SeAliasPrintOpsSid;
	PSID SeAliasBackupOpsSid;
	PSID SeAuthenticatedUsersSid;
	PSID SeRestrictedSid;
	PSID SeAnonymousLogonSid;
	LUID SeUndockPrivilege;
	LUID SeSyncAgentPrivilege;
	LUID SeEnableDelegationPrivilege;
	PSID SeLocalServiceSid;
	PSID SeNetworkServiceSid;
	LUID SeManageVolumePrivilege;
	LUID SeImpersonatePrivilege;
	LUID SeCreateGlobalPrivilege;
	LUID SeTrustedCredManAccessPrivilege;
	LUID SeRelabelPrivilege;
	LUID SeIncreaseWorkingSetPrivilege;
	LUID SeTimeZonePrivilege;
	LUID SeCreateSymbolicLinkPrivilege;
	PSID SeIUserSid;
	PSID SeUntrustedMandatorySid;
	PSID SeLowMandatorySid;
	PSID SeMediumMandatorySid;
	PSID SeHighMandatorySid;
	PSID SeSystemMandatorySid;
	PSID SeOwnerRightsSid;
} SE_EXPORTS, *PSE_EXPORTS;

extern PSE_EXPORTS SeExports;

ULONG NTAPI RtlLengthRequiredSid(ULONG SubAuthorityCount);
ULONG NTAPI RtlLengthSid(PSID Sid);
BOOLEAN NTAPI RtlValidSid(PSID Sid);
BOOLEAN NTAPI RtlEqualSid(PSID Sid1, PSID Sid2);
NTSTATUS NTAPI RtlInitializeSid(PSID Sid, PSID_IDENTIFIER_AUTHORITY IdentifierAuthority,
				UCHAR SubAuthorityCount);
PULONG NTAPI RtlSubAuthoritySid(PSID Sid, ULONG SubAuthority);
PUCHAR NTAPI RtlSubAuthorityCountSid(PSID Sid);
NTSTATUS NTAPI RtlCopySid(ULONG DestinationSidLength, PSID DestinationSid, PSID SourceSid);

NTSTATUS NTAPI RtlCreateAcl(PACL Acl, ULONG AclLength, ULONG AclRevision);
NTSTATUS NTAPI RtlAddAce(PACL Acl, ULONG AceRevision, ULONG StartingAceIndex, PVOID AceList,
			 ULONG AceListLength);
NTSTATUS NTAPI RtlGetAce(PACL Acl, ULONG AceIndex, PVOID *Ace);
NTSTATUS NTAPI RtlAddAccessAllowedAce(PACL Acl, ULONG AceRevision, ACCESS_MASK AccessMask,
				      PSID Sid);
NTSTATUS NTAPI RtlAddAccessAllowedAceEx(PACL Acl, ULONG AceRevision, ULONG AceFlags,
					ACCESS_MASK AccessMask, PSID Sid);
VOID NTAPI RtlMapGenericMask(PACCESS_MASK AccessMask, const GENERIC_MAPPING *GenericMapping);

NTSTATUS NTAPI RtlCreateSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, ULONG Revision);
BOOLEAN NTAPI RtlValidSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor);
BOOLEAN NTAPI RtlValidRelativeSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptorInput,
						 ULONG SecurityDescriptorLength,
						 SECURITY_INFORMATION RequiredInformation);
ULONG NTAPI RtlLengthSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor);
NTSTATUS NTAPI RtlSetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
					    BOOLEAN DaclPresent, PACL Dacl, BOOLEAN DaclDefaulted);
NTSTATUS NTAPI RtlGetDaclSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor,
					    PBOOLEAN DaclPresent, PACL *Dacl,
					    PBOOLEAN DaclDefaulted);
NTSTATUS NTAPI RtlSetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Owner,
					     BOOLEAN OwnerDefaulted);
NTSTATUS NTAPI RtlGetOwnerSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Owner,
					     PBOOLEAN OwnerDefaulted);
NTSTATUS NTAPI RtlSetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID Group,
					     BOOLEAN GroupDefaulted);
NTSTATUS NTAPI RtlGetGroupSecurityDescriptor(PSECURITY_DESCRIPTOR SecurityDescriptor, PSID *Group,
					     PBOOLEAN GroupDefaulted);
NTSTATUS NTAPI RtlAbsoluteToSelfRelativeSD(PSECURITY_DESCRIPTOR AbsoluteSecurityDescriptor,
					   PSECURITY_DESCRIPTOR SelfRelativeSecurityDescriptor,
					   PULONG BufferLength);

VOID NTAPI SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);
VOID NTAPI SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);
VOID NTAPI SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);
VOID NTAPI SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext);
BOOLEAN NTAPI SeAccessCheck(PSECURITY_DESCRIPTOR SecurityDescriptor,
			    PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext,
			    BOOLEAN SubjectContextLocked, ACCESS_MASK DesiredAccess,
			    ACCESS_MASK PreviouslyGrantedAccess, PPRIVILEGE_SET *Privileges,
			    PGENERIC_MAPPING GenericMapping, KPROCESSOR_MODE AccessMode,
			    PACCESS_MASK GrantedAccess, PNTSTATUS AccessStatus);
NTSTATUS NTAPI SeAssignSecurity(PSECURITY_DESCRIPTOR ParentDescriptor,
				PSECURITY_DESCRIPTOR ExplicitDescriptor,
				PSECURITY_DESCRIPTOR *NewDescriptor, BOOLEAN IsDirectoryObject,
				PSECURITY_SUBJECT_CONTEXT SubjectContext,
				PGENERIC_MAPPING GenericMapping, POOL_TYPE PoolType);
NTSTATUS NTAPI SeDeassignSecurity(PSECURITY_DESCRIPTOR *SecurityDescriptor);
BOOLEAN NTAPI SeValidSecurityDescriptor(ULONG Length, PSECURITY_DESCRIPTOR SecurityDescriptor);

PGENERIC_MAPPING NTAPI IoGetFileObjectGenericMapping(VOID);

EXTERN_C_END

#endif

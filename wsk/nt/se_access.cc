// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Subjects and what they are granted. A token stands for the credentials of a task of Linux, of
 * which the user counts (security.h); privileges there are none.
 */
#include "nt/driver.h"
#include "nt/irql.h"
#include "nt/security.h"
#include "port/owner.h"

using namespace wsk;

namespace
{

constexpr ULONG assigned_tag = 'dSeS';

constinit GENERIC_MAPPING file_mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE,
					  FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};

/* The client's, where a thread acts for one. */
port_token *token_of(const SECURITY_SUBJECT_CONTEXT *context)
{
	PACCESS_TOKEN token = context->ClientToken ? context->ClientToken : context->PrimaryToken;

	return static_cast<port_token *>(token);
}

} // namespace

/**
 * IoGetFileObjectGenericMapping() - What generic rights stand for, of files.
 *
 * Context: Any IRQL.
 * Return: The mapping, which is nobody's to change.
 * Source: wdm.h, IoGetFileObjectGenericMapping function
 */
extern "C" PGENERIC_MAPPING IoGetFileObjectGenericMapping(VOID)
{
	return &file_mapping;
}

/**
 * SeCaptureSubjectContext() - Keep who the current thread acts for.
 * @SubjectContext: Receives it; given back with SeReleaseSubjectContext().
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Source: ntifs.h, SeCaptureSubjectContext function
 */
extern "C" VOID SeCaptureSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	*SubjectContext = {};
	SubjectContext->PrimaryToken = port_token_current();
	SubjectContext->ProcessAuditId = PsGetCurrentProcessId();
}

/**
 * SeLockSubjectContext() - Nothing: what was captured does not change.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Source: ntifs.h, SeLockSubjectContext function
 */
extern "C" VOID SeLockSubjectContext(PSECURITY_SUBJECT_CONTEXT)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
}

/**
 * SeUnlockSubjectContext() - Nothing, as SeLockSubjectContext().
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Source: ntifs.h, SeUnlockSubjectContext function
 */
extern "C" VOID SeUnlockSubjectContext(PSECURITY_SUBJECT_CONTEXT)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
}

/**
 * SeReleaseSubjectContext() - Give back what SeCaptureSubjectContext() kept.
 * @SubjectContext: The context; it holds nothing any more, so that a second time is harmless.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Source: ntifs.h, SeReleaseSubjectContext function
 */
extern "C" VOID SeReleaseSubjectContext(PSECURITY_SUBJECT_CONTEXT SubjectContext)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (SubjectContext->PrimaryToken)
		port_token_put(static_cast<port_token *>(SubjectContext->PrimaryToken));
	*SubjectContext = {};
}

/**
 * SeAccessCheck() - Whether a subject may have access to an object.
 * @SecurityDescriptor: The object's.
 * @SubjectSecurityContext: From SeCaptureSubjectContext().
 * @SubjectContextLocked: Ignored.
 * @DesiredAccess: What it wants; MAXIMUM_ALLOWED: all that it can get.
 * @PreviouslyGrantedAccess: What it has already.
 * @Privileges: Receives NULL: none is used.
 * @GenericMapping: What generic rights stand for.
 * @AccessMode: KernelMode is granted everything.
 * @GrantedAccess: Receives what is granted: all that was desired, or nothing.
 * @AccessStatus: Receives STATUS_SUCCESS or STATUS_ACCESS_DENIED.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: TRUE if access is granted.
 * Source: wdm.h, SeAccessCheck function
 */
extern "C" BOOLEAN SeAccessCheck(PSECURITY_DESCRIPTOR SecurityDescriptor,
				 PSECURITY_SUBJECT_CONTEXT SubjectSecurityContext, BOOLEAN,
				 ACCESS_MASK DesiredAccess, ACCESS_MASK PreviouslyGrantedAccess,
				 PPRIVILEGE_SET *Privileges, PGENERIC_MAPPING GenericMapping,
				 KPROCESSOR_MODE AccessMode, PACCESS_MASK GrantedAccess,
				 PNTSTATUS AccessStatus)
{
	bool maximum = DesiredAccess & MAXIMUM_ALLOWED;
	ACCESS_MASK wanted = DesiredAccess & ~static_cast<ACCESS_MASK>(MAXIMUM_ALLOWED);

	NT_MAX_IRQL(PASSIVE_LEVEL);
	RtlMapGenericMask(&wanted, GenericMapping);
	wanted &= ~PreviouslyGrantedAccess;
	ACCESS_MASK asked = maximum ? wanted | GenericMapping->GenericAll : wanted;
	ACCESS_MASK granted = asked;

	if (Privileges)
		*Privileges = nullptr;
	if (AccessMode != KernelMode)
		granted =
			SecurityDescriptor
				? rights_granted(SecurityDescriptor,
						 port_token_user(token_of(SubjectSecurityContext)),
						 asked, *GenericMapping)
				: 0;
	granted |= PreviouslyGrantedAccess;
	if ((granted & wanted) != wanted || (maximum && !granted)) {
		*GrantedAccess = 0;
		*AccessStatus = STATUS_ACCESS_DENIED;
		return FALSE;
	}
	*GrantedAccess = granted;
	*AccessStatus = STATUS_SUCCESS;
	return TRUE;
}

/* The list, its generic rights replaced by what they stand for. */
static void map_rights(PACL dacl, const GENERIC_MAPPING *mapping)
{
	for (USHORT i = 0; dacl && mapping && i < dacl->AceCount; i++) {
		PVOID ace;

		if (NT_SUCCESS(RtlGetAce(dacl, i, &ace)) &&
		    static_cast<ACE_HEADER *>(ace)->AceType <= ACCESS_DENIED_ACE_TYPE)
			RtlMapGenericMask(&static_cast<ACCESS_ALLOWED_ACE *>(ace)->Mask, mapping);
	}
}

/**
 * SeAssignSecurity() - Make the security descriptor of a new object.
 * @ParentDescriptor: Ignored: nothing is inherited.
 * @ExplicitDescriptor: What the creator wants, or NULL. An owner and a group that it has not are
 *	the subject's; without a list, SYSTEM, Administrators and the owner may do everything.
 * @NewDescriptor: Receives the self-relative descriptor; freed with SeDeassignSecurity().
 * @IsDirectoryObject: Ignored.
 * @SubjectContext: Who makes the object.
 * @GenericMapping: What generic rights in the list are replaced with; or NULL.
 * @PoolType: Ignored: all pool is resident.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_SECURITY_DESCR; STATUS_INSUFFICIENT_RESOURCES.
 * Source: wdm.h, SeAssignSecurity function
 */
extern "C" NTSTATUS SeAssignSecurity(PSECURITY_DESCRIPTOR, PSECURITY_DESCRIPTOR ExplicitDescriptor,
				     PSECURITY_DESCRIPTOR *NewDescriptor, BOOLEAN,
				     PSECURITY_SUBJECT_CONTEXT SubjectContext,
				     PGENERIC_MAPPING GenericMapping, POOL_TYPE)
{
	UserSid user = user_sid(port_token_user(token_of(SubjectContext)));
	ULONG default_dacl[(sizeof(ACL) + 3 * (8 + SECURITY_MAX_SID_SIZE)) / sizeof(ULONG)];
	DescriptorParts parts = {};

	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (ExplicitDescriptor && !RtlValidSecurityDescriptor(ExplicitDescriptor))
		return STATUS_INVALID_SECURITY_DESCR;
	if (ExplicitDescriptor)
		parts = descriptor_parts(ExplicitDescriptor);
	if (!parts.owner)
		parts.owner = &user.sid;
	if (!parts.group)
		parts.group = parts.owner;
	if (!(parts.control & SE_DACL_PRESENT)) {
		parts.dacl = reinterpret_cast<PACL>(default_dacl);
		RtlCreateAcl(parts.dacl, sizeof(default_dacl), ACL_REVISION);
		const PSID all[] = {SeExports->SeLocalSystemSid, SeExports->SeAliasAdminsSid,
				    parts.owner};

		for (PSID sid : all)
			RtlAddAccessAllowedAce(parts.dacl, ACL_REVISION, GENERIC_ALL, sid);
		parts.control |= SE_DACL_PRESENT | SE_DACL_DEFAULTED;
	}
	PVOID made = ExAllocatePool2(POOL_FLAG_PAGED, descriptor_length(parts), assigned_tag);
	if (!made)
		return STATUS_INSUFFICIENT_RESOURCES;
	descriptor_write(parts, made);
	map_rights(descriptor_parts(made).dacl, GenericMapping);
	*NewDescriptor = made;
	return STATUS_SUCCESS;
}

/**
 * SeDeassignSecurity() - Free what SeAssignSecurity() made.
 * @SecurityDescriptor: The descriptor; becomes NULL, and may have been.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS.
 * Source: wdm.h, SeDeassignSecurity function
 */
extern "C" NTSTATUS SeDeassignSecurity(PSECURITY_DESCRIPTOR *SecurityDescriptor)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (*SecurityDescriptor)
		ExFreePoolWithTag(*SecurityDescriptor, assigned_tag);
	*SecurityDescriptor = nullptr;
	return STATUS_SUCCESS;
}

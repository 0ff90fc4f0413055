// SPDX-License-Identifier: MIT OR GPL-2.0
/* Subjects, and what security descriptors grant them. */
#include <ntifs.h>

#include "bridge.h"
#include "net_space.h"

namespace
{

constexpr ULONG somebody = 1000;

/* S-1-22-1-user, as sockets see it. */
struct User {
	SID sid = {SID_REVISION, 2, {{0, 0, 0, 0, 0, 22}}, {1}};
	ULONG number;

	explicit User(ULONG user) : number(user) {}
};

struct Descriptor {
	SECURITY_DESCRIPTOR descriptor;
	alignas(8) UCHAR bytes[256];
	PACL acl = reinterpret_cast<PACL>(bytes);

	Descriptor()
	{
		RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
		RtlCreateAcl(acl, sizeof(bytes), ACL_REVISION);
		RtlSetDaclSecurityDescriptor(&descriptor, TRUE, acl, FALSE);
	}
	Descriptor &allow(PSID sid, ACCESS_MASK mask, ULONG flags = 0)
	{
		RtlAddAccessAllowedAceEx(acl, ACL_REVISION, flags, mask, sid);
		return *this;
	}
	Descriptor &deny(PSID sid, ACCESS_MASK mask)
	{
		PVOID ace;

		allow(sid, mask);
		if (NT_SUCCESS(RtlGetAce(acl, acl->AceCount - 1u, &ace)))
			static_cast<PACE_HEADER>(ace)->AceType = ACCESS_DENIED_ACE_TYPE;
		return *this;
	}
};

/* One check by the current thread. */
struct Check {
	Descriptor *descriptor;
	ACCESS_MASK desired, granted = ~0u;
	KPROCESSOR_MODE mode = UserMode;
	ACCESS_MASK previously = 0;
	NTSTATUS status = STATUS_PENDING;
	BOOLEAN answer = FALSE;

	Check(Descriptor &of, ACCESS_MASK wanted) : descriptor(&of), desired(wanted) {}

	static void run(void *context)
	{
		auto *self = static_cast<Check *>(context);
		SECURITY_SUBJECT_CONTEXT subject;
		PPRIVILEGE_SET privileges = reinterpret_cast<PPRIVILEGE_SET>(self);

		SeCaptureSubjectContext(&subject);
		SeLockSubjectContext(&subject);
		self->answer = SeAccessCheck(&self->descriptor->descriptor, &subject, TRUE,
					     self->desired, self->previously, &privileges,
					     IoGetFileObjectGenericMapping(), self->mode,
					     &self->granted, &self->status);
		SeUnlockSubjectContext(&subject);
		SeReleaseSubjectContext(&subject);
		if (privileges)
			self->status = STATUS_UNSUCCESSFUL;
	}
};

void expect_granted(struct kunit *test, Check &check, ACCESS_MASK granted)
{
	Check::run(&check);
	EXPECT_TRUE(test, check.answer);
	EXPECT_STATUS(test, check.status, STATUS_SUCCESS);
	EXPECT_EQ(test, check.granted, granted);
}

void expect_denied(struct kunit *test, Check &check)
{
	Check::run(&check);
	EXPECT_FALSE(test, check.answer);
	EXPECT_STATUS(test, check.status, STATUS_ACCESS_DENIED);
	EXPECT_EQ(test, check.granted, 0u);
}

#define GRANTED(descriptor, desired, granted)          \
	do {                                           \
		Check check_(descriptor, desired);     \
		expect_granted(test, check_, granted); \
	} while (0)
#define DENIED(descriptor, desired)                \
	do {                                       \
		Check check_(descriptor, desired); \
		expect_denied(test, check_);       \
	} while (0)

/* The suite runs as root, which is SYSTEM. */
void lists_decide(struct kunit *test)
{
	User other(somebody);
	Descriptor empty, system, admins, world, others, both;

	system.allow(SeExports->SeLocalSystemSid, FILE_READ_DATA);
	admins.allow(SeExports->SeAliasAdminsSid, GENERIC_ALL);
	world.allow(SeExports->SeWorldSid, GENERIC_READ);
	others.allow(&other.sid, GENERIC_ALL).allow(SeExports->SeAuthenticatedUsersSid, 1);
	both.allow(SeExports->SeWorldSid, FILE_READ_DATA)
		.allow(SeExports->SeLocalSystemSid, FILE_WRITE_DATA);
	DENIED(empty, FILE_READ_DATA);
	GRANTED(system, FILE_READ_DATA, FILE_READ_DATA);
	DENIED(system, FILE_READ_DATA | FILE_WRITE_DATA);
	GRANTED(admins, GENERIC_WRITE, FILE_GENERIC_WRITE);
	GRANTED(world, GENERIC_READ, FILE_GENERIC_READ);
	DENIED(world, GENERIC_READ | FILE_WRITE_DATA);
	DENIED(others, FILE_READ_DATA);
	GRANTED(both, FILE_READ_DATA | FILE_WRITE_DATA, FILE_READ_DATA | FILE_WRITE_DATA);
}

void the_first_entry_decides(struct kunit *test)
{
	Descriptor denied_first, allowed_first, inherit_only;

	denied_first.deny(SeExports->SeWorldSid, FILE_WRITE_DATA)
		.allow(SeExports->SeWorldSid, GENERIC_ALL);
	allowed_first.allow(SeExports->SeWorldSid, GENERIC_ALL)
		.deny(SeExports->SeWorldSid, GENERIC_ALL);
	inherit_only.allow(SeExports->SeWorldSid, GENERIC_ALL,
			   INHERIT_ONLY_ACE | OBJECT_INHERIT_ACE);
	GRANTED(denied_first, FILE_READ_DATA, FILE_READ_DATA);
	DENIED(denied_first, FILE_READ_DATA | FILE_WRITE_DATA);
	GRANTED(allowed_first, FILE_WRITE_DATA, FILE_WRITE_DATA);
	DENIED(inherit_only, FILE_READ_DATA);
}

void no_list_grants_everything(struct kunit *test)
{
	Descriptor absent, null;

	RtlSetDaclSecurityDescriptor(&absent.descriptor, FALSE, nullptr, FALSE);
	RtlSetDaclSecurityDescriptor(&null.descriptor, TRUE, nullptr, FALSE);
	GRANTED(absent, GENERIC_ALL, FILE_ALL_ACCESS);
	GRANTED(null, FILE_READ_DATA, FILE_READ_DATA);
}

void the_maximum(struct kunit *test)
{
	Descriptor some, empty;

	some.allow(SeExports->SeWorldSid, FILE_READ_DATA | FILE_EXECUTE);
	GRANTED(some, MAXIMUM_ALLOWED, FILE_READ_DATA | FILE_EXECUTE);
	DENIED(some, MAXIMUM_ALLOWED | FILE_WRITE_DATA);
	DENIED(empty, MAXIMUM_ALLOWED);
}

void the_kernel_may_everything(struct kunit *test)
{
	Descriptor empty;
	Check kernel(empty, GENERIC_READ), before(empty, FILE_READ_DATA);

	kernel.mode = KernelMode;
	expect_granted(test, kernel, FILE_GENERIC_READ);
	before.previously = FILE_READ_DATA;
	expect_granted(test, before, FILE_READ_DATA);
}

void users_are_told_apart(struct kunit *test)
{
	User user(somebody), other(somebody + 1);
	Descriptor mine, others, system, world;
	struct {
		Descriptor &descriptor;
		bool granted;
	} const rows[] = {{mine, true}, {others, false}, {system, false}, {world, true}};

	mine.allow(&user.sid, FILE_READ_DATA);
	others.allow(&other.sid, FILE_READ_DATA);
	system.allow(SeExports->SeLocalSystemSid, GENERIC_ALL)
		.allow(SeExports->SeAliasAdminsSid, GENERIC_ALL);
	world.allow(SeExports->SeWorldSid, FILE_READ_DATA);
	for (const auto &row : rows) {
		Check check(row.descriptor, FILE_READ_DATA);
		net_process *process = net_process_start(nullptr, somebody, Check::run, &check);

		if (!process)
			bridge_skip(test, "this kernel lets nobody start a process");
		net_process_join(process);
		EXPECT_EQ(test, !!check.answer, row.granted);
		EXPECT_STATUS(test, check.status,
			      row.granted ? STATUS_SUCCESS : STATUS_ACCESS_DENIED);
	}
}

void descriptors_of_new_objects(struct kunit *test)
{
	SECURITY_SUBJECT_CONTEXT subject;
	Descriptor wanted;
	PSECURITY_DESCRIPTOR made = nullptr;
	BOOLEAN present = FALSE, defaulted = FALSE;
	PACL dacl = nullptr;
	PSID owner = nullptr;
	PVOID ace = nullptr;

	SeCaptureSubjectContext(&subject);
	wanted.allow(SeExports->SeWorldSid, GENERIC_READ);
	ASSERT_STATUS(test,
		      SeAssignSecurity(nullptr, &wanted.descriptor, &made, FALSE, &subject,
				       IoGetFileObjectGenericMapping(), PagedPool),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test,
		    RtlValidRelativeSecurityDescriptor(made, RtlLengthSecurityDescriptor(made),
						       OWNER_SECURITY_INFORMATION));
	EXPECT_STATUS(test, RtlGetOwnerSecurityDescriptor(made, &owner, &defaulted),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, RtlEqualSid(owner, SeExports->SeLocalSystemSid));
	EXPECT_STATUS(test, RtlGetDaclSecurityDescriptor(made, &present, &dacl, &defaulted),
		      STATUS_SUCCESS);
	ASSERT_STATUS(test, RtlGetAce(dacl, 0, &ace), STATUS_SUCCESS);
	EXPECT_EQ(test, static_cast<PACCESS_ALLOWED_ACE>(ace)->Mask,
		  (ACCESS_MASK)FILE_GENERIC_READ);
	EXPECT_STATUS(test, SeDeassignSecurity(&made), STATUS_SUCCESS);
	EXPECT_NULL(test, made);
	EXPECT_STATUS(test, SeDeassignSecurity(&made), STATUS_SUCCESS);

	/* Without one, SYSTEM and Administrators. */
	ASSERT_STATUS(
		test,
		SeAssignSecurity(nullptr, nullptr, &made, FALSE, &subject, nullptr, PagedPool),
		STATUS_SUCCESS);
	EXPECT_STATUS(test, RtlGetDaclSecurityDescriptor(made, &present, &dacl, &defaulted),
		      STATUS_SUCCESS);
	EXPECT_TRUE(test, present && defaulted);
	EXPECT_EQ(test, dacl->AceCount, 3);
	SeDeassignSecurity(&made);

	wanted.acl->AceCount = 9;
	EXPECT_STATUS(test,
		      SeAssignSecurity(nullptr, &wanted.descriptor, &made, FALSE, &subject, nullptr,
				       PagedPool),
		      STATUS_INVALID_SECURITY_DESCR);
	SeReleaseSubjectContext(&subject);
	SeReleaseSubjectContext(&subject);
}

constexpr bridge_case cases[] = {
	{"a list decides who may do what", lists_decide},
	{"the first entry about a right decides", the_first_entry_decides},
	{"no list grants everything", no_list_grants_everything},
	{"as much as possible can be asked for", the_maximum},
	{"the kernel may do everything", the_kernel_may_everything},
	{"users are told apart by their numbers", users_are_told_apart},
	{"new objects get the descriptor that was asked for, or a default",
	 descriptors_of_new_objects},
};

} // namespace

BRIDGE_SUITE(se_access, cases)

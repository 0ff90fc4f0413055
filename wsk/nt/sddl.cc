// SPDX-License-Identifier: MIT OR GPL-2.0
/* The language of security descriptors, as far as devices use it. */
#include "nt/sddl.h"

#include "nt/digit.h"
#include "nt/pool.h"
#include "nt/security.h"

namespace wsk
{

namespace
{

constexpr ULONG sddl_tag = 'ldSs';

/* Reads a text from left to right. What does not match is left where it is. */
class Reader
{
public:
	explicit Reader(PCUNICODE_STRING text)
		: at(text->Buffer), end(text->Buffer + text->Length / sizeof(WCHAR))
	{
	}

	bool done() const { return at == end; }
	WCHAR peek() const { return done() ? 0 : *at; }

	bool take(const char *word)
	{
		const WCHAR *next = at;

		for (; *word; word++, next++)
			if (next == end || (*next | 0x20) != (*word | 0x20))
				return false;
		at = next;
		return true;
	}

	/* Decimal, or hexadecimal after 0x; at most `most`. */
	bool number(ULONG64 most, ULONG64 *value)
	{
		unsigned int base = take("0x") ? 16 : 10;
		bool any = false;

		for (*value = 0; digit(peek()) < base; at++, any = true) {
			*value = *value * base + digit(peek());
			if (*value > most)
				return false;
		}
		return any;
	}

private:
	const WCHAR *at, *end;
};

struct SidBuffer {
	SID sid;
	ULONG more[SID_MAX_SUB_AUTHORITIES - 1];
};

struct Alias {
	char name[3];
	UCHAR authority;
	ULONG first, second; /* second 0: there is none */
} constexpr aliases[] = {
	{"WD", 1, SECURITY_WORLD_RID, 0},
	{"CO", 3, SECURITY_CREATOR_OWNER_RID, 0},
	{"CG", 3, SECURITY_CREATOR_GROUP_RID, 0},
	{"NU", 5, SECURITY_NETWORK_RID, 0},
	{"IU", 5, SECURITY_INTERACTIVE_RID, 0},
	{"SU", 5, SECURITY_SERVICE_RID, 0},
	{"AN", 5, SECURITY_ANONYMOUS_LOGON_RID, 0},
	{"AU", 5, SECURITY_AUTHENTICATED_USER_RID, 0},
	{"RC", 5, SECURITY_RESTRICTED_CODE_RID, 0},
	{"SY", 5, SECURITY_LOCAL_SYSTEM_RID, 0},
	{"LS", 5, SECURITY_LOCAL_SERVICE_RID, 0},
	{"NS", 5, SECURITY_NETWORK_SERVICE_RID, 0},
	{"BA", 5, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS},
	{"BU", 5, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_USERS},
	{"BG", 5, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_GUESTS},
	{"PU", 5, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_POWER_USERS},
	{"AO", 5, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ACCOUNT_OPS},
	{"SO", 5, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_SYSTEM_OPS},
	{"PO", 5, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_PRINT_OPS},
	{"BO", 5, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_BACKUP_OPS},
};

struct Right {
	char name[3];
	ACCESS_MASK mask;
} constexpr rights[] = {
	{"GA", GENERIC_ALL},	   {"GR", GENERIC_READ},       {"GW", GENERIC_WRITE},
	{"GX", GENERIC_EXECUTE},   {"RC", READ_CONTROL},       {"SD", DELETE},
	{"WD", WRITE_DAC},	   {"WO", WRITE_OWNER},	       {"FA", FILE_ALL_ACCESS},
	{"FR", FILE_GENERIC_READ}, {"FW", FILE_GENERIC_WRITE}, {"FX", FILE_GENERIC_EXECUTE},
};

struct Flag {
	char name[3];
	UCHAR flag;
} constexpr flags[] = {
	{"OI", OBJECT_INHERIT_ACE}, {"CI", CONTAINER_INHERIT_ACE}, {"NP", NO_PROPAGATE_INHERIT_ACE},
	{"IO", INHERIT_ONLY_ACE},   {"ID", INHERITED_ACE},
};

/* S-1-AUTHORITY-NUMBER… */
bool read_numbers(Reader &text, SidBuffer *buffer)
{
	ULONG64 value;

	if (!text.number(1, &value) || value != 1 || !text.take("-") ||
	    !text.number(0xffffffffffff, &value))
		return false;
	buffer->sid.Revision = SID_REVISION;
	for (int i = 5; i >= 0; i--, value >>= 8)
		buffer->sid.IdentifierAuthority.Value[i] = static_cast<UCHAR>(value);
	while (text.take("-")) {
		UCHAR count = buffer->sid.SubAuthorityCount;

		if (count == SID_MAX_SUB_AUTHORITIES || !text.number(MAXULONG, &value))
			return false;
		buffer->sid.SubAuthorityCount = count + 1;
		*RtlSubAuthoritySid(&buffer->sid, count) = static_cast<ULONG>(value);
	}
	return true;
}

bool read_sid(Reader &text, SidBuffer *buffer)
{
	*buffer = {};
	if (text.take("S-"))
		return read_numbers(text, buffer);
	for (const Alias &alias : aliases) {
		if (!text.take(alias.name))
			continue;
		buffer->sid.Revision = SID_REVISION;
		buffer->sid.SubAuthorityCount = alias.second ? 2 : 1;
		buffer->sid.IdentifierAuthority.Value[5] = alias.authority;
		*RtlSubAuthoritySid(&buffer->sid, 0) = alias.first;
		if (alias.second)
			*RtlSubAuthoritySid(&buffer->sid, 1) = alias.second;
		return true;
	}
	return false;
}

bool read_rights(Reader &text, ACCESS_MASK *mask)
{
	ULONG64 value;

	*mask = 0;
	if (text.peek() >= '0' && text.peek() <= '9') {
		bool good = text.number(MAXULONG, &value);

		*mask = static_cast<ACCESS_MASK>(value);
		return good;
	}
	while (text.peek() && text.peek() != ';') {
		const Right *found = nullptr;

		for (const Right &right : rights)
			if (!found && text.take(right.name))
				found = &right;
		if (!found)
			return false;
		*mask |= found->mask;
	}
	return true;
}

bool read_flags(Reader &text, UCHAR *read)
{
	*read = 0;
	while (text.peek() && text.peek() != ';') {
		const Flag *found = nullptr;

		for (const Flag &flag : flags)
			if (!found && text.take(flag.name))
				found = &flag;
		if (!found)
			return false;
		*read |= found->flag;
	}
	return true;
}

/* (TYPE;FLAGS;RIGHTS;;;SID), the opening parenthesis being read. */
bool read_ace(Reader &text, PACL dacl)
{
	struct {
		ACCESS_ALLOWED_ACE head;
		SidBuffer unused;
	} ace = {};
	SidBuffer sid;
	ACCESS_MASK mask;

	if (text.take("D;"))
		ace.head.Header.AceType = ACCESS_DENIED_ACE_TYPE;
	else if (!text.take("A;"))
		return false;
	if (!read_flags(text, &ace.head.Header.AceFlags) || !text.take(";") ||
	    !read_rights(text, &mask) || !text.take(";;;") || !read_sid(text, &sid) ||
	    !text.take(")"))
		return false;

	ULONG length = RtlLengthSid(&sid.sid);
	ULONG size = FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart) + length;

	ace.head.Mask = mask;
	ace.head.Header.AceSize = static_cast<USHORT>(size);
	RtlCopyMemory(&ace.head.SidStart, &sid.sid, length);
	return NT_SUCCESS(RtlAddAce(dacl, ACL_REVISION, MAXULONG, &ace, size));
}

/* The flags of a list, of which only P has a place in a descriptor that nothing is inherited from.
 */
void read_list_flags(Reader &text, DescriptorParts *parts)
{
	for (;;) {
		if (text.take("P"))
			parts->control |= SE_DACL_PROTECTED;
		else if (!text.take("AR") && !text.take("AI"))
			return;
	}
}

bool read(Reader &text, DescriptorParts *parts, PACL dacl, SidBuffer *owner, SidBuffer *group)
{
	while (!text.done()) {
		if (text.take("O:")) {
			if (!read_sid(text, owner))
				return false;
			parts->owner = &owner->sid;
		} else if (text.take("G:")) {
			if (!read_sid(text, group))
				return false;
			parts->group = &group->sid;
		} else if (text.take("D:")) {
			parts->control |= SE_DACL_PRESENT;
			parts->dacl = dacl;
			read_list_flags(text, parts);
			while (text.take("("))
				if (!read_ace(text, dacl))
					return false;
		} else {
			return false;
		}
	}
	return true;
}

} // namespace

NTSTATUS sddl_parse(PCUNICODE_STRING string, PSECURITY_DESCRIPTOR *descriptor)
{
	constexpr ULONG room = 4096;
	PACL dacl = static_cast<PACL>(pool_allocate(room, sddl_tag, POOL_ZEROED, nullptr));
	DescriptorParts parts = {};
	SidBuffer owner, group;
	Reader text(string);
	NTSTATUS status = STATUS_INVALID_PARAMETER;

	*descriptor = nullptr;
	if (!dacl)
		return STATUS_INSUFFICIENT_RESOURCES;
	RtlCreateAcl(dacl, room, ACL_REVISION);
	if (read(text, &parts, dacl, &owner, &group)) {
		*descriptor =
			pool_allocate(descriptor_length(parts), sddl_tag, POOL_ZEROED, nullptr);
		status = *descriptor ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
	}
	if (*descriptor)
		descriptor_write(parts, *descriptor);
	pool_free(dacl, sddl_tag, __func__);
	return status;
}

} // namespace wsk

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * A cached descriptor counts the references that clients hold, which WSK_RELEASE_SD gives back, and
 * those of sockets. Equal descriptors are one.
 */
#include "socket/security.h"

#include "nt/security.h"
#include "socket/lock.h"

namespace wsk
{

namespace
{

constexpr ULONG pool_tag = 'dscW';

struct Cached {
	LIST_ENTRY link;
	LONG clients;
	LONG sockets;
	ULONG length;
	alignas(8) UCHAR descriptor[];
};

constinit LIST_ENTRY all = {&all, &all};
constinit KSPIN_LOCK all_lock = 0;

class AllGuard
{
public:
	AllGuard() { KeAcquireSpinLock(&all_lock, &irql_); }
	~AllGuard() { KeReleaseSpinLock(&all_lock, irql_); }
	AllGuard(const AllGuard &) = delete;
	AllGuard &operator=(const AllGuard &) = delete;

private:
	KIRQL irql_;
};

template <class Test>
Cached *find(Test test)
{
	for (PLIST_ENTRY link = all.Flink; link != &all; link = link->Flink) {
		Cached *cached = CONTAINING_RECORD(link, Cached, link);

		if (test(*cached))
			return cached;
	}
	return nullptr;
}

/* What a pointer of a client's or a socket's is; null for any other. Under the lock. */
Cached *find_pointer(PSECURITY_DESCRIPTOR descriptor)
{
	return find([&](Cached &cached) { return cached.descriptor == descriptor; });
}

/* Takes out what nobody refers to; to be freed without the lock. */
Cached *take_out_unused(Cached *cached)
{
	if (cached->clients || cached->sockets)
		return nullptr;
	RemoveEntryList(&cached->link);
	return cached;
}

void free(Cached *cached)
{
	if (cached)
		ExFreePoolWithTag(cached, pool_tag);
}

constexpr Refusal not_cached = {STATUS_INVALID_PARAMETER,
				"the security descriptor is none of WSK_CACHE_SD"};

} // namespace

Refusal security_cache(Client &client, PSECURITY_DESCRIPTOR descriptor,
		       PSECURITY_DESCRIPTOR *cached)
{
	if (!RtlValidSecurityDescriptor(descriptor))
		return {STATUS_INVALID_PARAMETER, "not a valid security descriptor"};
	const DescriptorParts parts = descriptor_parts(descriptor);
	ULONG length = descriptor_length(parts);
	auto *made = static_cast<Cached *>(
		ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(Cached) + length, pool_tag));
	Cached *equal;

	if (!made)
		return no_memory;
	made->length = length;
	descriptor_write(parts, made->descriptor);
	{
		AllGuard guard;

		equal = find([&](Cached &other) {
			return other.length == length &&
			       RtlEqualMemory(other.descriptor, made->descriptor, length);
		});
		if (!equal)
			InsertTailList(&all, &made->link);
		Cached *kept = equal ? equal : made;
		kept->clients++;
		*cached = kept->descriptor;
	}
	if (equal)
		free(made);
	driver_charge(client.account(), Resource::descriptors);
	return accepted;
}

Refusal security_release(Client &client, PSECURITY_DESCRIPTOR descriptor)
{
	Cached *unused;
	{
		AllGuard guard;
		Cached *cached = find_pointer(descriptor);

		if (!cached || !cached->clients)
			return not_cached;
		cached->clients--;
		unused = take_out_unused(cached);
	}
	driver_discharge(client.account(), Resource::descriptors);
	free(unused);
	return accepted;
}

bool security_take(PSECURITY_DESCRIPTOR descriptor)
{
	AllGuard guard;
	Cached *cached = find_pointer(descriptor);

	if (!cached || !cached->clients)
		return false;
	cached->sockets++;
	return true;
}

void security_give_back(PSECURITY_DESCRIPTOR descriptor)
{
	Cached *unused;

	if (!descriptor)
		return;
	{
		AllGuard guard;
		Cached *cached = CONTAINING_RECORD(descriptor, Cached, descriptor);

		cached->sockets--;
		unused = take_out_unused(cached);
	}
	free(unused);
}

Refusal security_share(Client &client, PSECURITY_DESCRIPTOR taken, PSECURITY_DESCRIPTOR *cached)
{
	if (!taken) {
		/* SYSTEM's, and nobody may do anything. */
		ACL none;
		SECURITY_DESCRIPTOR by_default = {};

		none = {ACL_REVISION, 0, sizeof(none), 0, 0};
		by_default.Revision = SECURITY_DESCRIPTOR_REVISION;
		by_default.Control = SE_DACL_PRESENT | SE_DACL_DEFAULTED;
		by_default.Owner = by_default.Group = SeExports->SeLocalSystemSid;
		by_default.Dacl = &none;
		return security_cache(client, &by_default, cached);
	}
	{
		AllGuard guard;

		CONTAINING_RECORD(taken, Cached, descriptor)->clients++;
	}
	*cached = taken;
	driver_charge(client.account(), Resource::descriptors);
	return accepted;
}

bool security_lets_share(PSECURITY_DESCRIPTOR taken, ULONG user)
{
	constexpr ACCESS_MASK wanted = FILE_READ_DATA | FILE_WRITE_DATA;

	return taken &&
	       rights_granted(taken, user, wanted, *IoGetFileObjectGenericMapping()) == wanted;
}

} // namespace wsk

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Security descriptors that a client has cached, for the WSK suites. */
#ifndef KUNIT_WSK_DESCRIPTOR_H
#define KUNIT_WSK_DESCRIPTOR_H

#include "wsk_fixture.h"

namespace wsk::test
{

/* A user of Linux as a security identifier: S-1-22-1-user. */
struct UserSid {
	SID sid = {SID_REVISION, 2, {{0, 0, 0, 0, 0, 22}}, {1}};
	ULONG user;

	explicit UserSid(ULONG user) : user(user) {}
	operator PSID() { return &sid; }
};

/* WskControlClient with one pointer, and room for one. */
inline NTSTATUS control_descriptor(Client &client, ULONG code, PSECURITY_DESCRIPTOR input,
				   PSECURITY_DESCRIPTOR *output = nullptr)
{
	return client.provider()->WskControlClient(client.handle(), code, sizeof(input), &input,
						   output ? sizeof(*output) : 0, output, nullptr,
						   nullptr);
}

/* Grants these rights to one, and is cached until it goes or is released. */
class Descriptor
{
public:
	Descriptor(Client &client, PSID who, ACCESS_MASK mask) : client_(client)
	{
		struct kunit *test = client.test();
		SECURITY_DESCRIPTOR descriptor;
		alignas(8) UCHAR bytes[128];
		PACL acl = reinterpret_cast<PACL>(bytes);

		RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
		RtlCreateAcl(acl, sizeof(bytes), ACL_REVISION);
		RtlAddAccessAllowedAce(acl, ACL_REVISION, mask, who);
		RtlSetDaclSecurityDescriptor(&descriptor, TRUE, acl, FALSE);
		EXPECT_STATUS(test, control_descriptor(client, WSK_CACHE_SD, &descriptor, &cached_),
			      STATUS_SUCCESS);
	}
	~Descriptor() { release(); }
	Descriptor(const Descriptor &) = delete;
	Descriptor &operator=(const Descriptor &) = delete;

	PSECURITY_DESCRIPTOR get() const { return cached_; }
	Owner as_owner() const { return {.descriptor = cached_}; }

	void release()
	{
		struct kunit *test = client_.test();

		if (cached_)
			EXPECT_STATUS(test, control_descriptor(client_, WSK_RELEASE_SD, cached_),
				      STATUS_SUCCESS);
		cached_ = nullptr;
	}

private:
	Client &client_;
	PSECURITY_DESCRIPTOR cached_ = nullptr;
};

/* SO_WSK_SECURITY. */
inline Outcome set_security(Socket &socket, PSECURITY_DESCRIPTOR descriptor, Site here = HERE)
{
	return socket.control(
		{.code = SO_WSK_SECURITY, .input = &descriptor, .input_size = sizeof(descriptor)},
		here);
}

} // namespace wsk::test

#endif

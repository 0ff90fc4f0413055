// SPDX-License-Identifier: MIT OR GPL-2.0
/* Which status an errno value becomes, operation by operation. */
#include <ntddk.h>

#include "bridge.h"
#include "port/error.h"
#include "socket/status.h"

namespace
{

using wsk::Activity;

constexpr Activity every_activity[] = {
	Activity::create, Activity::bind,    Activity::connect,	   Activity::accept,
	Activity::send,	  Activity::receive, Activity::disconnect, Activity::control,
};

struct Row {
	int error;
	NTSTATUS status;
};

constexpr Row connect_rows[] = {
	{PORT_ECONNREFUSED, STATUS_CONNECTION_REFUSED},
	{PORT_ETIMEDOUT, STATUS_IO_TIMEOUT},
	{PORT_ENETUNREACH, STATUS_NETWORK_UNREACHABLE},
	{PORT_EHOSTUNREACH, STATUS_HOST_UNREACHABLE},
	{PORT_EADDRNOTAVAIL, STATUS_INVALID_ADDRESS_COMPONENT},
	{PORT_EADDRINUSE, STATUS_ADDRESS_ALREADY_EXISTS},
	{PORT_EISCONN, STATUS_CONNECTION_ACTIVE},
	{PORT_ECONNABORTED, STATUS_CONNECTION_ABORTED},
	{PORT_EACCES, STATUS_ACCESS_DENIED},
	{PORT_EPERM, STATUS_ACCESS_DENIED},
};

constexpr Row bind_rows[] = {
	{PORT_EADDRINUSE, STATUS_ADDRESS_ALREADY_EXISTS},
	{PORT_EACCES, STATUS_ACCESS_DENIED},
	{PORT_EADDRNOTAVAIL, STATUS_INVALID_ADDRESS_COMPONENT},
	{PORT_ENODEV, STATUS_INVALID_ADDRESS_COMPONENT},
	{PORT_EINVAL, STATUS_INVALID_ADDRESS_COMPONENT}, /* a scope id that does not exist */
};

constexpr Row accept_rows[] = {
	{PORT_EINVAL, STATUS_INVALID_DEVICE_STATE},
	{PORT_ENOMEM, STATUS_INSUFFICIENT_RESOURCES},
};

constexpr Row send_rows[] = {
	{PORT_EPIPE, STATUS_CONNECTION_RESET},
	{PORT_ECONNRESET, STATUS_CONNECTION_RESET},
	{PORT_ECONNABORTED, STATUS_CONNECTION_ABORTED},
	{PORT_ETIMEDOUT, STATUS_IO_TIMEOUT},
	{PORT_EHOSTUNREACH, STATUS_HOST_UNREACHABLE},
	{PORT_ENETUNREACH, STATUS_NETWORK_UNREACHABLE},
	{PORT_ENOTCONN, STATUS_INVALID_DEVICE_STATE},
	{PORT_ENOBUFS, STATUS_INSUFFICIENT_RESOURCES},
};

constexpr Row receive_rows[] = {
	{PORT_ECONNRESET, STATUS_CONNECTION_RESET},
	{PORT_ETIMEDOUT, STATUS_IO_TIMEOUT},
	{PORT_ECONNABORTED, STATUS_CONNECTION_ABORTED},
	{PORT_EHOSTUNREACH, STATUS_HOST_UNREACHABLE},
	{PORT_ENETUNREACH, STATUS_NETWORK_UNREACHABLE},
	{PORT_ENOTCONN, STATUS_INVALID_DEVICE_STATE},
};

/* The same whatever was being done. */
constexpr Row common_rows[] = {
	{PORT_EPERM, STATUS_ACCESS_DENIED},
	{PORT_EACCES, STATUS_ACCESS_DENIED},
	{PORT_EFAULT, STATUS_ACCESS_VIOLATION},
	{PORT_ENOMEM, STATUS_INSUFFICIENT_RESOURCES},
	{PORT_ENOBUFS, STATUS_INSUFFICIENT_RESOURCES},
	{PORT_ENFILE, STATUS_INSUFFICIENT_RESOURCES},
	{PORT_EPROTONOSUPPORT, STATUS_NOT_SUPPORTED},
	{PORT_ESOCKTNOSUPPORT, STATUS_NOT_SUPPORTED},
	{PORT_EOPNOTSUPP, STATUS_NOT_SUPPORTED},
	{PORT_EPFNOSUPPORT, STATUS_NOT_SUPPORTED},
	{PORT_EPROTOTYPE, STATUS_NOT_SUPPORTED},
	{PORT_ENOTSOCK, STATUS_INVALID_HANDLE},
	{PORT_EBADF, STATUS_INVALID_HANDLE},
	{PORT_EINTR, STATUS_CANCELLED},
	{PORT_ERESTARTSYS, STATUS_CANCELLED},
	{PORT_ECANCELED, STATUS_CANCELLED},
	{PORT_EHOSTDOWN, STATUS_HOST_UNREACHABLE},
	{PORT_ENETUNREACH, STATUS_NETWORK_UNREACHABLE},
	{PORT_EHOSTUNREACH, STATUS_HOST_UNREACHABLE},
	{PORT_ECONNABORTED, STATUS_CONNECTION_ABORTED},
	{PORT_ETIMEDOUT, STATUS_IO_TIMEOUT},
};

void expect_row(struct kunit *test, Activity activity, const Row &row)
{
	const NTSTATUS status = wsk::status_from_error(activity, -row.error);
	const bridge_site here = BRIDGE_SITE(false);

	if (status != row.status)
		bridge_fail(test, &here, "errno %d in activity %d becomes %s, and should be %s",
			    row.error, (int)activity, bridge_status_name(status),
			    bridge_status_name(row.status));
}

template <ULONG count>
void expect_rows(struct kunit *test, Activity activity, const Row (&rows)[count])
{
	for (const Row &row : rows)
		expect_row(test, activity, row);
}

void connect_failures(struct kunit *test)
{
	expect_rows(test, Activity::connect, connect_rows);
}

void bind_failures(struct kunit *test)
{
	expect_rows(test, Activity::bind, bind_rows);
}

void accept_failures(struct kunit *test)
{
	expect_rows(test, Activity::accept, accept_rows);
}

void send_failures(struct kunit *test)
{
	expect_rows(test, Activity::send, send_rows);
	expect_rows(test, Activity::disconnect, send_rows);
}

void receive_failures(struct kunit *test)
{
	expect_rows(test, Activity::receive, receive_rows);
}

void common_failures(struct kunit *test)
{
	for (Activity activity : every_activity)
		expect_rows(test, activity, common_rows);
}

void success(struct kunit *test)
{
	for (Activity activity : every_activity) {
		EXPECT_STATUS(test, wsk::status_from_error(activity, 0), STATUS_SUCCESS);
		EXPECT_STATUS(test, wsk::status_from_error(activity, 1), STATUS_SUCCESS);
		EXPECT_STATUS(test, wsk::status_from_error(activity, 0x7fffffffffff),
			      STATUS_SUCCESS);
	}
}

void every_failure_is_one(struct kunit *test)
{
	static constexpr int errors[] = {
#define VALUE(name, value) value,
		PORT_ERROR_LIST(VALUE)
#undef VALUE
	};

	/* Known or not: never a success, never a status that looks pending. */
	for (Activity activity : every_activity) {
		for (int error : errors)
			EXPECT_TRUE(test, NT_ERROR(wsk::status_from_error(activity, -error)));
		EXPECT_STATUS(test, wsk::status_from_error(activity, -4000), STATUS_UNSUCCESSFUL);
	}
}

constexpr bridge_case cases[] = {
	{"connect's failures", connect_failures},
	{"bind's failures", bind_failures},
	{"accept's failures", accept_failures},
	{"send's and disconnect's failures", send_failures},
	{"receive's failures", receive_failures},
	{"failures that mean the same everywhere", common_failures},
	{"what is not negative is success", success},
	{"every errno is an error, known or not", every_failure_is_one},
};

} // namespace

BRIDGE_SUITE(wsk_status, cases);

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The one place where errno values become NTSTATUS values. Rows of one activity come before the
 * rows that hold for all of them. Where the choice is ours, Documentation/conformance.rst says so.
 */
#include "socket/status.h"

#include "port/error.h"

namespace wsk
{

namespace
{

struct Row {
	USHORT error;
	NTSTATUS status;
};

constexpr Row connect_rows[] = {
	{PORT_ECONNREFUSED, STATUS_CONNECTION_REFUSED},
	{PORT_ECONNRESET, STATUS_CONNECTION_REFUSED}, /* a reset during the handshake */
	{PORT_EADDRINUSE, STATUS_ADDRESS_ALREADY_EXISTS},
	{PORT_EISCONN, STATUS_CONNECTION_ACTIVE},
	{PORT_EALREADY, STATUS_INVALID_DEVICE_STATE},
	{PORT_EAFNOSUPPORT, STATUS_INVALID_PARAMETER},
};

constexpr Row bind_rows[] = {
	{PORT_EADDRINUSE, STATUS_ADDRESS_ALREADY_EXISTS},
	{PORT_EADDRNOTAVAIL, STATUS_INVALID_ADDRESS_COMPONENT},
	{PORT_ENODEV, STATUS_INVALID_ADDRESS_COMPONENT},
	{PORT_EINVAL, STATUS_INVALID_ADDRESS_COMPONENT},
	{PORT_EAFNOSUPPORT, STATUS_INVALID_PARAMETER},
};

constexpr Row accept_rows[] = {
	{PORT_EINVAL, STATUS_INVALID_DEVICE_STATE},
};

constexpr Row transfer_rows[] = {
	{PORT_EPIPE, STATUS_CONNECTION_RESET},
	{PORT_ECONNREFUSED, STATUS_CONNECTION_RESET},
};

constexpr Row common_rows[] = {
	{PORT_EPERM, STATUS_ACCESS_DENIED},
	{PORT_ESRCH, STATUS_PROCESS_IS_TERMINATING},
	{PORT_EACCES, STATUS_ACCESS_DENIED},
	{PORT_EINVAL, STATUS_INVALID_PARAMETER},
	{PORT_ENOPROTOOPT, STATUS_NOT_SUPPORTED},
	{PORT_EFAULT, STATUS_ACCESS_VIOLATION},
	{PORT_ENOMEM, STATUS_INSUFFICIENT_RESOURCES},
	{PORT_ENOBUFS, STATUS_INSUFFICIENT_RESOURCES},
	{PORT_EMFILE, STATUS_TOO_MANY_OPENED_FILES},
	{PORT_ENFILE, STATUS_INSUFFICIENT_RESOURCES}, /* no memory for a socket */
	{PORT_ENODEV, STATUS_NO_SUCH_DEVICE},
	{PORT_ENXIO, STATUS_NO_SUCH_DEVICE},
	{PORT_EAFNOSUPPORT, STATUS_NOT_SUPPORTED},
	{PORT_EPFNOSUPPORT, STATUS_NOT_SUPPORTED},
	{PORT_EPROTONOSUPPORT, STATUS_NOT_SUPPORTED},
	{PORT_ESOCKTNOSUPPORT, STATUS_NOT_SUPPORTED},
	{PORT_EOPNOTSUPP, STATUS_NOT_SUPPORTED},
	{PORT_EPROTOTYPE, STATUS_NOT_SUPPORTED},
	{PORT_ENOTSOCK, STATUS_INVALID_HANDLE},
	{PORT_EBADF, STATUS_INVALID_HANDLE},
	{PORT_EDESTADDRREQ, STATUS_INVALID_PARAMETER},
	{PORT_EMSGSIZE, STATUS_INVALID_BUFFER_SIZE},
	{PORT_EADDRINUSE, STATUS_ADDRESS_ALREADY_EXISTS},
	{PORT_EADDRNOTAVAIL, STATUS_INVALID_ADDRESS_COMPONENT},
	{PORT_ENETDOWN, STATUS_NETWORK_BUSY},
	{PORT_ENETUNREACH, STATUS_NETWORK_UNREACHABLE},
	{PORT_EHOSTUNREACH, STATUS_HOST_UNREACHABLE},
	{PORT_EHOSTDOWN, STATUS_HOST_UNREACHABLE},
	{PORT_ENETRESET, STATUS_CONNECTION_RESET},
	{PORT_ECONNRESET, STATUS_CONNECTION_RESET},
	{PORT_ECONNABORTED, STATUS_CONNECTION_ABORTED},
	{PORT_ECONNREFUSED, STATUS_CONNECTION_REFUSED},
	{PORT_EPIPE, STATUS_CONNECTION_RESET},
	{PORT_ETIMEDOUT, STATUS_IO_TIMEOUT},
	{PORT_EISCONN, STATUS_CONNECTION_ACTIVE},
	{PORT_ENOTCONN, STATUS_INVALID_DEVICE_STATE},
	{PORT_EINTR, STATUS_CANCELLED},
	{PORT_ERESTARTSYS, STATUS_CANCELLED},
	{PORT_ECANCELED, STATUS_CANCELLED},
	{PORT_EPROTO, STATUS_UNEXPECTED_NETWORK_ERROR},
	{PORT_EIO, STATUS_UNEXPECTED_NETWORK_ERROR},
};

template <size_t count>
const Row *find(const Row (&rows)[count], long long error)
{
	for (const Row &row : rows)
		if (row.error == error)
			return &row;
	return nullptr;
}

const Row *find_special(Activity activity, long long error)
{
	switch (activity) {
	case Activity::connect:
		return find(connect_rows, error);
	case Activity::bind:
		return find(bind_rows, error);
	case Activity::accept:
		return find(accept_rows, error);
	case Activity::send:
	case Activity::receive:
	case Activity::disconnect:
		return find(transfer_rows, error);
	case Activity::create:
	case Activity::control:
		break;
	}
	return nullptr;
}

} // namespace

NTSTATUS status_from_error(Activity activity, long long result)
{
	if (result >= 0)
		return STATUS_SUCCESS;
	const Row *row = find_special(activity, -result);
	if (!row)
		row = find(common_rows, -result);
	return row ? row->status : STATUS_UNSUCCESSFUL;
}

} // namespace wsk

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * The errno values that cross the seam (negated), under names that cannot clash with a driver's.
 * wsk/linux/net.c asserts that they are the kernel's.
 */
#ifndef WSK_PORT_ERROR_H
#define WSK_PORT_ERROR_H

#define PORT_ERROR_LIST(X)     \
	X(EPERM, 1)            \
	X(ENOENT, 2)           \
	X(ESRCH, 3)            \
	X(EINTR, 4)            \
	X(EIO, 5)              \
	X(ENXIO, 6)            \
	X(EBADF, 9)            \
	X(EAGAIN, 11)          \
	X(ENOMEM, 12)          \
	X(EACCES, 13)          \
	X(EFAULT, 14)          \
	X(EBUSY, 16)           \
	X(EEXIST, 17)          \
	X(ENODEV, 19)          \
	X(ENOTDIR, 20)         \
	X(EISDIR, 21)          \
	X(EINVAL, 22)          \
	X(ENFILE, 23)          \
	X(EMFILE, 24)          \
	X(ENOTTY, 25)          \
	X(ETXTBSY, 26)         \
	X(EFBIG, 27)           \
	X(ENOSPC, 28)          \
	X(EROFS, 30)           \
	X(EPIPE, 32)           \
	X(ERANGE, 34)          \
	X(ENAMETOOLONG, 36)    \
	X(ENOTEMPTY, 39)       \
	X(ELOOP, 40)           \
	X(ENODATA, 61)         \
	X(EPROTO, 71)          \
	X(EBADMSG, 74)         \
	X(EOVERFLOW, 75)       \
	X(ENOTSOCK, 88)        \
	X(EDESTADDRREQ, 89)    \
	X(EMSGSIZE, 90)        \
	X(EPROTOTYPE, 91)      \
	X(ENOPROTOOPT, 92)     \
	X(EPROTONOSUPPORT, 93) \
	X(ESOCKTNOSUPPORT, 94) \
	X(EOPNOTSUPP, 95)      \
	X(EPFNOSUPPORT, 96)    \
	X(EAFNOSUPPORT, 97)    \
	X(EADDRINUSE, 98)      \
	X(EADDRNOTAVAIL, 99)   \
	X(ENETDOWN, 100)       \
	X(ENETUNREACH, 101)    \
	X(ENETRESET, 102)      \
	X(ECONNABORTED, 103)   \
	X(ECONNRESET, 104)     \
	X(ENOBUFS, 105)        \
	X(EISCONN, 106)        \
	X(ENOTCONN, 107)       \
	X(ETIMEDOUT, 110)      \
	X(ECONNREFUSED, 111)   \
	X(EHOSTDOWN, 112)      \
	X(EHOSTUNREACH, 113)   \
	X(EALREADY, 114)       \
	X(EINPROGRESS, 115)    \
	X(EDQUOT, 122)         \
	X(ECANCELED, 125)      \
	X(ERESTARTSYS, 512)

enum port_error {
#define PORT_ERROR_VALUE(name, value) PORT_##name = value,
	PORT_ERROR_LIST(PORT_ERROR_VALUE)
#undef PORT_ERROR_VALUE
};

#endif

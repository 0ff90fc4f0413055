// SPDX-License-Identifier: MIT OR GPL-2.0
// IP Helper. Types alone, so far: of interfaces, addresses and prefixes.

#ifndef _NETIOAPI_H_
#define _NETIOAPI_H_

#include <ifdef.h>
#include <ws2ipdef.h>
#include <mstcpip.h>

EXTERN_C_START

#define NETIOAPI_API NTSTATUS NETIOAPI_API_
#define NETIOAPI_API_ NTAPI
#define NETIO_STATUS NTSTATUS
#define NETIO_SUCCESS(x) NT_SUCCESS(x)

typedef struct _IP_ADDRESS_PREFIX {
	SOCKADDR_INET Prefix;
	UINT8 PrefixLength;
} IP_ADDRESS_PREFIX, *PIP_ADDRESS_PREFIX;

EXTERN_C_END

#endif

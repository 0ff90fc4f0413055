// SPDX-License-Identifier: MIT OR GPL-2.0
// Headers of packets, as they are on the wire: everything in network byte order.

#ifndef _NETIODEF_
#define _NETIODEF_

#include <ntdef.h>
#include <inaddr.h>
#include <in6addr.h>

EXTERN_C_START

#define ETHERNET_TYPE_MINIMUM 0x0600
#define ETHERNET_TYPE_IPV4 0x0800
#define ETHERNET_TYPE_ARP 0x0806
#define ETHERNET_TYPE_IPV6 0x86dd
#define ETHERNET_TYPE_802_1Q 0x8100

typedef union _DL_EUI48 {
	UCHAR Byte[6];
	struct {
		UCHAR Oui[3];
		UCHAR Ei48[3];
	};
} DL_EUI48, *PDL_EUI48;

typedef struct _ETHERNET_HEADER {
	DL_EUI48 Destination;
	DL_EUI48 Source;
	union {
		USHORT Type;
		USHORT Length;
	};
} ETHERNET_HEADER, *PETHERNET_HEADER;

#define IPV4_MIN_MTU 576

typedef struct _IPV4_HEADER {
	union {
		UCHAR VersionAndHeaderLength;
		struct {
			UCHAR HeaderLength : 4; /* in units of four bytes */
			UCHAR Version : 4;
		};
	};
	union {
		UCHAR TypeOfServiceAndEcnField;
		struct {
			UCHAR EcnField : 2;
			UCHAR TypeOfService : 6;
		};
	};
	USHORT TotalLength;
	USHORT Identification;
	union {
		USHORT FlagsAndOffset;
		struct {
			USHORT DontUse1 : 5;
			USHORT MoreFragments : 1;
			USHORT DontFragment : 1;
			USHORT Reserved : 1;
			USHORT DontUse2 : 8;
		};
	};
	UCHAR TimeToLive;
	UCHAR Protocol;
	USHORT HeaderChecksum;
	IN_ADDR SourceAddress;
	IN_ADDR DestinationAddress;
} IPV4_HEADER, *PIPV4_HEADER;

#define IPV6_MINIMUM_MTU 1280

typedef struct _IPV6_HEADER {
	union {
		ULONG VersionClassFlow;
		struct {
			ULONG Version : 8;
			ULONG Anonymous : 24;
		};
	};
	USHORT PayloadLength;
	UCHAR NextHeader;
	UCHAR HopLimit;
	IN6_ADDR SourceAddress;
	IN6_ADDR DestinationAddress;
} IPV6_HEADER, *PIPV6_HEADER;

typedef struct _ICMP_HEADER {
	UCHAR Type;
	UCHAR Code;
	USHORT Checksum;
} ICMP_HEADER, *PICMP_HEADER;

EXTERN_C_END

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
// TCP/IP for Winsock: IPv6 socket addresses, options of the IP level, multicast.

#ifndef _WS2IPDEF_
#define _WS2IPDEF_

#include <ws2def.h>
#include <in6addr.h>

EXTERN_C_START

typedef struct sockaddr_in6 {
	ADDRESS_FAMILY sin6_family;
	USHORT sin6_port;
	ULONG sin6_flowinfo;
	IN6_ADDR sin6_addr;
	union {
		ULONG sin6_scope_id;
		SCOPE_ID sin6_scope_struct;
	};
} SOCKADDR_IN6_LH, *PSOCKADDR_IN6_LH, *LPSOCKADDR_IN6_LH;
typedef SOCKADDR_IN6_LH SOCKADDR_IN6;
typedef SOCKADDR_IN6 *PSOCKADDR_IN6, *LPSOCKADDR_IN6;

typedef union _SOCKADDR_INET {
	SOCKADDR_IN Ipv4;
	SOCKADDR_IN6 Ipv6;
	ADDRESS_FAMILY si_family;
} SOCKADDR_INET, *PSOCKADDR_INET;

typedef struct _sockaddr_in6_pair {
	PSOCKADDR_IN6 SourceAddress;
	PSOCKADDR_IN6 DestinationAddress;
} SOCKADDR_IN6_PAIR, *PSOCKADDR_IN6_PAIR;

/* Initial values. IPv4's are in network byte order. */
#define IN4ADDR_ANY INADDR_ANY
#define IN4ADDR_LOOPBACK 0x0100007f
#define IN4ADDR_BROADCAST INADDR_BROADCAST
#define IN4ADDR_NONE INADDR_NONE
#define IN4ADDR_ANY_INIT                   \
	{                                  \
		{                          \
			{                  \
				0, 0, 0, 0 \
			}                  \
		}                          \
	}
#define IN4ADDR_LOOPBACK_INIT                 \
	{                                     \
		{                             \
			{                     \
				0x7f, 0, 0, 1 \
			}                     \
		}                             \
	}
#define IN4ADDR_BROADCAST_INIT                         \
	{                                              \
		{                                      \
			{                              \
				0xff, 0xff, 0xff, 0xff \
			}                              \
		}                                      \
	}
#define IN6ADDR_ANY_INIT                                                       \
	{                                                                      \
		{                                                              \
			{                                                      \
				0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
			}                                                      \
		}                                                              \
	}
#define IN6ADDR_LOOPBACK_INIT                                                  \
	{                                                                      \
		{                                                              \
			{                                                      \
				0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 \
			}                                                      \
		}                                                              \
	}
#define IN6ADDR_ALLNODESONNODE_INIT                                                  \
	{                                                                            \
		{                                                                    \
			{                                                            \
				0xff, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 \
			}                                                            \
		}                                                                    \
	}
#define IN6ADDR_ALLNODESONLINK_INIT                                                  \
	{                                                                            \
		{                                                                    \
			{                                                            \
				0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 \
			}                                                            \
		}                                                                    \
	}
#define IN6ADDR_ALLROUTERSONLINK_INIT                                                \
	{                                                                            \
		{                                                                    \
			{                                                            \
				0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2 \
			}                                                            \
		}                                                                    \
	}
#define IN6ADDR_V4MAPPEDPREFIX_INIT                                                  \
	{                                                                            \
		{                                                                    \
			{                                                            \
				0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0 \
			}                                                            \
		}                                                                    \
	}

/* Prefixes, and their lengths in bits. */
#define IN4ADDR_LINKLOCALPREFIX_INIT             \
	{                                        \
		{                                \
			{                        \
				0xa9, 0xfe, 0, 0 \
			}                        \
		}                                \
	}
#define IN4ADDR_MULTICASTPREFIX_INIT          \
	{                                     \
		{                             \
			{                     \
				0xe0, 0, 0, 0 \
			}                     \
		}                             \
	}
#define IN6ADDR_ALLMLDV2ROUTERSONLINK_INIT                                             \
	{                                                                              \
		{                                                                      \
			{                                                              \
				0xff, 0x2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x16 \
			}                                                              \
		}                                                                      \
	}
#define IN6ADDR_LINKLOCALPREFIX_INIT                                                 \
	{                                                                            \
		{                                                                    \
			{                                                            \
				0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
			}                                                            \
		}                                                                    \
	}
#define IN6ADDR_MULTICASTPREFIX_INIT                                              \
	{                                                                         \
		{                                                                 \
			{                                                         \
				0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
			}                                                         \
		}                                                                 \
	}
#define IN6ADDR_SITELOCALPREFIX_INIT                                                 \
	{                                                                            \
		{                                                                    \
			{                                                            \
				0xfe, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
			}                                                            \
		}                                                                    \
	}
#define IN6ADDR_SOLICITEDNODEMULTICASTPREFIX_INIT                                        \
	{                                                                                \
		{                                                                        \
			{                                                                \
				0xff, 0x2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1, 0xff, 0, 0, 0 \
			}                                                                \
		}                                                                        \
	}
#define IN6ADDR_6TO4PREFIX_INIT                                                     \
	{                                                                           \
		{                                                                   \
			{                                                           \
				0x20, 0x2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
			}                                                           \
		}                                                                   \
	}
#define IN6ADDR_TEREDOPREFIX_INIT                                                   \
	{                                                                           \
		{                                                                   \
			{                                                           \
				0x20, 0x1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 \
			}                                                           \
		}                                                                   \
	}
#define IN4ADDR_LOOPBACKPREFIX_LENGTH 8
#define IN4ADDR_LINKLOCALPREFIX_LENGTH 16
#define IN4ADDR_MULTICASTPREFIX_LENGTH 4
#define IN6ADDR_LINKLOCALPREFIX_LENGTH 64
#define IN6ADDR_MULTICASTPREFIX_LENGTH 8
#define IN6ADDR_SITELOCALPREFIX_LENGTH 64
#define IN6ADDR_SOLICITEDNODEMULTICASTPREFIX_LENGTH 104
#define IN6ADDR_V4MAPPEDPREFIX_LENGTH 96
#define IN6ADDR_6TO4PREFIX_LENGTH 16
#define IN6ADDR_TEREDOPREFIX_LENGTH 32

#define INET_ADDRSTRLEN 22
#define INET6_ADDRSTRLEN 65

/* Options of IPPROTO_IP. */
#define IP_OPTIONS 1
#define IP_HDRINCL 2
#define IP_TOS 3
#define IP_TTL 4
#define IP_MULTICAST_IF 9
#define IP_MULTICAST_TTL 10
#define IP_MULTICAST_LOOP 11
#define IP_ADD_MEMBERSHIP 12
#define IP_DROP_MEMBERSHIP 13
#define IP_DONTFRAGMENT 14
#define IP_ADD_SOURCE_MEMBERSHIP 15
#define IP_DROP_SOURCE_MEMBERSHIP 16
#define IP_BLOCK_SOURCE 17
#define IP_UNBLOCK_SOURCE 18
#define IP_PKTINFO 19
#define IP_HOPLIMIT 21
#define IP_RECVTTL 21
#define IP_RECEIVE_BROADCAST 22
#define IP_RECVIF 24
#define IP_RECVDSTADDR 25
#define IP_IFLIST 28
#define IP_ADD_IFLIST 29
#define IP_DEL_IFLIST 30
#define IP_UNICAST_IF 31
#define IP_RTHDR 32
#define IP_GET_IFLIST 33
#define IP_RECVRTHDR 38
#define IP_TCLASS 39
#define IP_RECVTCLASS 40
#define IP_RECVTOS 40
#define IP_ORIGINAL_ARRIVAL_IF 47
#define IP_ECN 50
#define IP_RECVECN 50
#define IP_PKTINFO_EX 51
#define IP_WFP_REDIRECT_RECORDS 60
#define IP_WFP_REDIRECT_CONTEXT 70
#define IP_MTU_DISCOVER 71
#define IP_MTU 73
#define IP_NRT_INTERFACE 74
#define IP_RECVERR 75
#define IP_USER_MTU 76
#define IP_UNSPECIFIED_TYPE_OF_SERVICE -1
#define IP_DEFAULT_MULTICAST_TTL 1
#define IP_DEFAULT_MULTICAST_LOOP 1
#define IP_MAX_MEMBERSHIPS 20

/* Options of IPPROTO_IPV6. */
#define IPV6_HOPOPTS 1
#define IPV6_HDRINCL 2
#define IPV6_UNICAST_HOPS 4
#define IPV6_MULTICAST_IF 9
#define IPV6_MULTICAST_HOPS 10
#define IPV6_MULTICAST_LOOP 11
#define IPV6_ADD_MEMBERSHIP 12
#define IPV6_JOIN_GROUP IPV6_ADD_MEMBERSHIP
#define IPV6_DROP_MEMBERSHIP 13
#define IPV6_LEAVE_GROUP IPV6_DROP_MEMBERSHIP
#define IPV6_DONTFRAG 14
#define IPV6_PKTINFO 19
#define IPV6_HOPLIMIT 21
#define IPV6_PROTECTION_LEVEL 23
#define IPV6_RECVIF 24
#define IPV6_RECVDSTADDR 25
#define IPV6_CHECKSUM 26
#define IPV6_V6ONLY 27
#define IPV6_IFLIST 28
#define IPV6_ADD_IFLIST 29
#define IPV6_DEL_IFLIST 30
#define IPV6_UNICAST_IF 31
#define IPV6_RTHDR 32
#define IPV6_GET_IFLIST 33
#define IPV6_RECVRTHDR 38
#define IPV6_TCLASS 39
#define IPV6_RECVTCLASS 40
#define IPV6_ECN 50
#define IPV6_RECVECN 50
#define IPV6_PKTINFO_EX 51
#define IPV6_WFP_REDIRECT_RECORDS 60
#define IPV6_WFP_REDIRECT_CONTEXT 70
#define IPV6_MTU_DISCOVER 71
#define IPV6_MTU 72
#define IPV6_NRT_INTERFACE 74
#define IPV6_RECVERR 75
#define IPV6_USER_MTU 76

#define IP_UNSPECIFIED_HOP_LIMIT -1
#define PROTECTION_LEVEL_UNRESTRICTED 10
#define PROTECTION_LEVEL_EDGERESTRICTED 20
#define PROTECTION_LEVEL_RESTRICTED 30
#define PROTECTION_LEVEL_DEFAULT ((UINT)-1)

typedef enum _PMTUD_STATE {
	IP_PMTUDISC_NOT_SET,
	IP_PMTUDISC_DO,
	IP_PMTUDISC_DONT,
	IP_PMTUDISC_PROBE,
	IP_PMTUDISC_MAX
} PMTUD_STATE,
	*PPMTUD_STATE;

/* Multicast. */
#define MCAST_JOIN_GROUP 41
#define MCAST_LEAVE_GROUP 42
#define MCAST_BLOCK_SOURCE 43
#define MCAST_UNBLOCK_SOURCE 44
#define MCAST_JOIN_SOURCE_GROUP 45
#define MCAST_LEAVE_SOURCE_GROUP 46

typedef enum { MCAST_INCLUDE = 0, MCAST_EXCLUDE } MULTICAST_MODE_TYPE;

typedef struct ip_mreq {
	IN_ADDR imr_multiaddr;
	IN_ADDR imr_interface;
} IP_MREQ, *PIP_MREQ;

typedef struct ip_mreq_source {
	IN_ADDR imr_multiaddr;
	IN_ADDR imr_sourceaddr;
	IN_ADDR imr_interface;
} IP_MREQ_SOURCE, *PIP_MREQ_SOURCE;

typedef struct ip_msfilter {
	IN_ADDR imsf_multiaddr;
	IN_ADDR imsf_interface;
	MULTICAST_MODE_TYPE imsf_fmode;
	ULONG imsf_numsrc;
	IN_ADDR imsf_slist[1];
} IP_MSFILTER, *PIP_MSFILTER;

typedef struct ipv6_mreq {
	IN6_ADDR ipv6mr_multiaddr;
	ULONG ipv6mr_interface;
} IPV6_MREQ, *PIPV6_MREQ;

typedef struct group_req {
	ULONG gr_interface;
	SOCKADDR_STORAGE gr_group;
} GROUP_REQ, *PGROUP_REQ;

typedef struct group_source_req {
	ULONG gsr_interface;
	SOCKADDR_STORAGE gsr_group;
	SOCKADDR_STORAGE gsr_source;
} GROUP_SOURCE_REQ, *PGROUP_SOURCE_REQ;

typedef struct group_filter {
	ULONG gf_interface;
	SOCKADDR_STORAGE gf_group;
	MULTICAST_MODE_TYPE gf_fmode;
	ULONG gf_numsrc;
	SOCKADDR_STORAGE gf_slist[1];
} GROUP_FILTER, *PGROUP_FILTER;

/* Data of control messages. */
typedef struct in_pktinfo {
	IN_ADDR ipi_addr;
	ULONG ipi_ifindex;
} IN_PKTINFO, *PIN_PKTINFO;

typedef struct in6_pktinfo {
	IN6_ADDR ipi6_addr;
	ULONG ipi6_ifindex;
} IN6_PKTINFO, *PIN6_PKTINFO;

typedef struct in_pktinfo_ex {
	IN_PKTINFO pkt_info;
	SCOPE_ID scope_id;
} IN_PKTINFO_EX, *PIN_PKTINFO_EX;

typedef struct in6_pktinfo_ex {
	IN6_PKTINFO pkt_info;
	SCOPE_ID scope_id;
} IN6_PKTINFO_EX, *PIN6_PKTINFO_EX;

typedef struct in_recverr {
	IPPROTO protocol;
	ULONG info;
	UINT8 type;
	UINT8 code;
} IN_RECVERR, *PIN_RECVERR;

typedef struct icmp_error_info {
	SOCKADDR_INET srcaddress;
	IPPROTO protocol;
	UINT8 type;
	UINT8 code;
} ICMP_ERROR_INFO, *PICMP_ERROR_INFO;

/* Options of IPPROTO_TCP. */
#define TCP_EXPEDITED_1122 0x0002
#define TCP_KEEPALIVE 3
#define TCP_KEEPIDLE TCP_KEEPALIVE
#define TCP_MAXSEG 4
#define TCP_MAXRT 5
#define TCP_STDURG 6
#define TCP_NOURG 7
#define TCP_ATMARK 8
#define TCP_NOSYNRETRIES 9
#define TCP_TIMESTAMPS 10
#define TCP_OFFLOAD_PREFERENCE 11
#define TCP_CONGESTION_ALGORITHM 12
#define TCP_DELAY_FIN_ACK 13
#define TCP_MAXRTMS 14
#define TCP_FASTOPEN 15
#define TCP_KEEPCNT 16
#define TCP_KEEPINTVL 17
#define TCP_FAIL_CONNECT_ON_ICMP_ERROR 18
#define TCP_ICMP_ERROR_INFO 19
#define TCP_BSDURGENT 0x7000
#define TCP_OFFLOAD_NO_PREFERENCE 0
#define TCP_OFFLOAD_NOT_PREFERRED 1
#define TCP_OFFLOAD_PREFERRED 2

/* Options of IPPROTO_UDP. */
#define UDP_NOCHECKSUM 1
#define UDP_SEND_MSG_SIZE 2
#define UDP_RECV_MAX_COALESCED_SIZE 3
#define UDP_COALESCED_INFO 3
#define UDP_CHECKSUM_COVERAGE 20

/* What an IPv6 address is. */
__WSK_INLINE BOOLEAN IN6_ADDR_EQUAL(const IN6_ADDR *x, const IN6_ADDR *y)
{
	return (BOOLEAN)!__builtin_memcmp(x, y, sizeof(*x));
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_UNSPECIFIED(const IN6_ADDR *a)
{
	const IN6_ADDR any = IN6ADDR_ANY_INIT;

	return IN6_ADDR_EQUAL(a, &any);
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_LOOPBACK(const IN6_ADDR *a)
{
	const IN6_ADDR loopback = IN6ADDR_LOOPBACK_INIT;

	return IN6_ADDR_EQUAL(a, &loopback);
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_MULTICAST(const IN6_ADDR *a)
{
	return (BOOLEAN)(a->s6_bytes[0] == 0xff);
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_LINKLOCAL(const IN6_ADDR *a)
{
	return (BOOLEAN)(a->s6_bytes[0] == 0xfe && (a->s6_bytes[1] & 0xc0) == 0x80);
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_SITELOCAL(const IN6_ADDR *a)
{
	return (BOOLEAN)(a->s6_bytes[0] == 0xfe && (a->s6_bytes[1] & 0xc0) == 0xc0);
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_GLOBAL(const IN6_ADDR *a)
{
	ULONG high = (ULONG)(a->s6_bytes[0] & 0xe0);

	return (BOOLEAN)(high != 0 && high != 0xe0);
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_V4MAPPED(const IN6_ADDR *a)
{
	const IN6_ADDR prefix = IN6ADDR_V4MAPPEDPREFIX_INIT;

	return (BOOLEAN)!__builtin_memcmp(a, &prefix, 12);
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_V4COMPAT(const IN6_ADDR *a)
{
	const IN6_ADDR any = IN6ADDR_ANY_INIT;

	return (BOOLEAN)(!__builtin_memcmp(a, &any, 12) && !IN6_IS_ADDR_UNSPECIFIED(a) &&
			 !IN6_IS_ADDR_LOOPBACK(a));
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_6TO4(const IN6_ADDR *a)
{
	return (BOOLEAN)(a->s6_bytes[0] == 0x20 && a->s6_bytes[1] == 0x02);
}

/* Groups, by how far they reach. */
#define IN6_IS_ADDR_MC_NODELOCAL(a) \
	(IN6_IS_ADDR_MULTICAST(a) && ((a)->s6_bytes[1] & 0xf) == ScopeLevelInterface)
#define IN6_IS_ADDR_MC_LINKLOCAL(a) \
	(IN6_IS_ADDR_MULTICAST(a) && ((a)->s6_bytes[1] & 0xf) == ScopeLevelLink)
#define IN6_IS_ADDR_MC_SITELOCAL(a) \
	(IN6_IS_ADDR_MULTICAST(a) && ((a)->s6_bytes[1] & 0xf) == ScopeLevelSite)
#define IN6_IS_ADDR_MC_ORGLOCAL(a) \
	(IN6_IS_ADDR_MULTICAST(a) && ((a)->s6_bytes[1] & 0xf) == ScopeLevelOrganization)
#define IN6_IS_ADDR_MC_GLOBAL(a) \
	(IN6_IS_ADDR_MULTICAST(a) && ((a)->s6_bytes[1] & 0xf) == ScopeLevelGlobal)

/* Whether the last 64 bits identify an interface: all but multicasts and what begins with 000. */
__WSK_INLINE BOOLEAN IN6_IS_ADDR_EUI64(const IN6_ADDR *a)
{
	return (BOOLEAN)((a->s6_bytes[0] & 0xe0) && !IN6_IS_ADDR_MULTICAST(a));
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_SUBNET_ROUTER_ANYCAST(const IN6_ADDR *a)
{
	const IN6_ADDR any = IN6ADDR_ANY_INIT;

	return (BOOLEAN)(IN6_IS_ADDR_EUI64(a) &&
			 !__builtin_memcmp(&a->s6_bytes[8], &any.s6_bytes[8], 8));
}

/* RFC 2526: the last 128 addresses of a subnet. */
__WSK_INLINE BOOLEAN IN6_IS_ADDR_SUBNET_RESERVED_ANYCAST(const IN6_ADDR *a)
{
	return (BOOLEAN)(IN6_IS_ADDR_EUI64(a) && a->s6_words[4] == 0xfffd &&
			 a->s6_words[5] == 0xffff && a->s6_words[6] == 0xffff &&
			 a->s6_bytes[14] == 0xff && (a->s6_bytes[15] & 0x80));
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_ANYCAST(const IN6_ADDR *a)
{
	return (BOOLEAN)(IN6_IS_ADDR_SUBNET_RESERVED_ANYCAST(a) ||
			 IN6_IS_ADDR_SUBNET_ROUTER_ANYCAST(a));
}

__WSK_INLINE BOOLEAN IN6ADDR_ISANY(const SOCKADDR_IN6 *a)
{
	return IN6_IS_ADDR_UNSPECIFIED(&a->sin6_addr);
}

__WSK_INLINE BOOLEAN IN6ADDR_ISUNSPECIFIED(const SOCKADDR_IN6 *a)
{
	return (BOOLEAN)(a->sin6_scope_id == 0 && IN6ADDR_ISANY(a));
}

__WSK_INLINE BOOLEAN IN6ADDR_ISLOOPBACK(const SOCKADDR_IN6 *a)
{
	return IN6_IS_ADDR_LOOPBACK(&a->sin6_addr);
}

__WSK_INLINE BOOLEAN IN6ADDR_ISEQUAL(const SOCKADDR_IN6 *a, const SOCKADDR_IN6 *b)
{
	return (BOOLEAN)(a->sin6_scope_id == b->sin6_scope_id &&
			 IN6_ADDR_EQUAL(&a->sin6_addr, &b->sin6_addr));
}

__WSK_INLINE VOID IN6ADDR_SETANY(PSOCKADDR_IN6 a)
{
	__builtin_memset(a, 0, sizeof(*a));
	a->sin6_family = AF_INET6;
}

__WSK_INLINE VOID IN6ADDR_SETLOOPBACK(PSOCKADDR_IN6 a)
{
	IN6ADDR_SETANY(a);
	a->sin6_addr.s6_bytes[15] = 1;
}

EXTERN_C_END

#endif

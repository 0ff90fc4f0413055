// SPDX-License-Identifier: MIT OR GPL-2.0
// Microsoft's extensions of TCP/IP: control codes, keep-alives, and what addresses are.

#ifndef _MSTCPIP_
#define _MSTCPIP_

#include <ip2string.h>
#include <nldef.h>
#include <ws2ipdef.h>

EXTERN_C_START

#define SIO_RCVALL _WSAIOW(IOC_VENDOR, 1)
#define SIO_RCVALL_MCAST _WSAIOW(IOC_VENDOR, 2)
#define SIO_RCVALL_IGMPMCAST _WSAIOW(IOC_VENDOR, 3)
#define SIO_KEEPALIVE_VALS _WSAIOW(IOC_VENDOR, 4)
#define SIO_ABSORB_RTRALERT _WSAIOW(IOC_VENDOR, 5)
#define SIO_UCAST_IF _WSAIOW(IOC_VENDOR, 6)
#define SIO_LIMIT_BROADCASTS _WSAIOW(IOC_VENDOR, 7)
#define SIO_INDEX_BIND _WSAIOW(IOC_VENDOR, 8)
#define SIO_INDEX_MCASTIF _WSAIOW(IOC_VENDOR, 9)
#define SIO_INDEX_ADD_MCAST _WSAIOW(IOC_VENDOR, 10)
#define SIO_INDEX_DEL_MCAST _WSAIOW(IOC_VENDOR, 11)
#define SIO_UDP_CONNRESET _WSAIOW(IOC_VENDOR, 12)
#define SIO_RCVALL_MCAST_IF _WSAIOW(IOC_VENDOR, 13)
#define SIO_RCVALL_IF _WSAIOW(IOC_VENDOR, 14)
#define SIO_UDP_NETRESET _WSAIOW(IOC_VENDOR, 15)
#define SIO_LOOPBACK_FAST_PATH _WSAIOW(IOC_VENDOR, 16)
#define SIO_TCP_INITIAL_RTO _WSAIOW(IOC_VENDOR, 17)
#define SIO_APPLY_TRANSPORT_SETTING _WSAIOW(IOC_VENDOR, 19)
#define SIO_QUERY_TRANSPORT_SETTING _WSAIOW(IOC_VENDOR, 20)
#define SIO_CPU_AFFINITY _WSAIOW(IOC_VENDOR, 21)
#define SIO_TCP_SET_ICW _WSAIOW(IOC_VENDOR, 22)
#define SIO_TCP_SET_ACK_FREQUENCY _WSAIOW(IOC_VENDOR, 23)
#define SIO_SET_PRIORITY_HINT _WSAIOW(IOC_VENDOR, 24)
#define SIO_TCP_INFO _WSAIORW(IOC_VENDOR, 39)
#define SIO_ACQUIRE_PORT_RESERVATION _WSAIOW(IOC_VENDOR, 100)
#define SIO_RELEASE_PORT_RESERVATION _WSAIOW(IOC_VENDOR, 101)
#define SIO_ASSOCIATE_PORT_RESERVATION _WSAIOW(IOC_VENDOR, 102)
#define SIO_SET_SECURITY _WSAIOW(IOC_VENDOR, 200)
#define SIO_QUERY_SECURITY _WSAIORW(IOC_VENDOR, 201)
#define SIO_SET_PEER_TARGET_NAME _WSAIOW(IOC_VENDOR, 202)
#define SIO_DELETE_PEER_TARGET_NAME _WSAIOW(IOC_VENDOR, 203)
#define SIO_QUERY_WFP_ALE_ENDPOINT_HANDLE _WSAIOR(IOC_VENDOR, 205)
#define SIO_QUERY_RSS_SCALABILITY_INFO _WSAIOR(IOC_VENDOR, 210)
#define SIO_QUERY_WFP_CONNECTION_REDIRECT_RECORDS _WSAIOW(IOC_VENDOR, 220)
#define SIO_QUERY_WFP_CONNECTION_REDIRECT_CONTEXT _WSAIOW(IOC_VENDOR, 221)
#define SIO_SET_WFP_CONNECTION_REDIRECT_RECORDS _WSAIOW(IOC_VENDOR, 222)
#define SIO_SOCKET_USAGE_NOTIFICATION _WSAIOW(IOC_VENDOR, 204)
#define SIO_GET_TX_TIMESTAMP _WSAIOW(IOC_VENDOR, 234)
#define SIO_TIMESTAMPING _WSAIOW(IOC_VENDOR, 235)

#define TIMESTAMPING_FLAG_RX 0x1
#define TIMESTAMPING_FLAG_TX 0x2

struct tcp_keepalive {
	ULONG onoff;
	ULONG keepalivetime; /* both in milliseconds */
	ULONG keepaliveinterval;
};

typedef enum {
	RCVALL_OFF = 0,
	RCVALL_ON = 1,
	RCVALL_SOCKETLEVELONLY = 2,
	RCVALL_IPLEVEL = 3
} RCVALL_VALUE,
	*PRCVALL_VALUE;

typedef enum _TCPSTATE {
	TCPSTATE_CLOSED,
	TCPSTATE_LISTEN,
	TCPSTATE_SYN_SENT,
	TCPSTATE_SYN_RCVD,
	TCPSTATE_ESTABLISHED,
	TCPSTATE_FIN_WAIT_1,
	TCPSTATE_FIN_WAIT_2,
	TCPSTATE_CLOSE_WAIT,
	TCPSTATE_CLOSING,
	TCPSTATE_LAST_ACK,
	TCPSTATE_TIME_WAIT,
	TCPSTATE_MAX
} TCPSTATE;

/* What SIO_TCP_INFO tells: version 0, and version 1, which begins as version 0 does. */
typedef struct _TCP_INFO_v0 {
	TCPSTATE State;
	ULONG Mss;
	ULONG64 ConnectionTimeMs;
	BOOLEAN TimestampsEnabled;
	ULONG RttUs;
	ULONG MinRttUs;
	ULONG BytesInFlight;
	ULONG Cwnd;
	ULONG SndWnd;
	ULONG RcvWnd;
	ULONG RcvBuf;
	ULONG64 BytesOut;
	ULONG64 BytesIn;
	ULONG BytesReordered;
	ULONG BytesRetrans;
	ULONG FastRetrans;
	ULONG DupAcksIn;
	ULONG TimeoutEpisodes;
	UCHAR SynRetrans;
} TCP_INFO_v0, *PTCP_INFO_v0;

typedef struct _TCP_INFO_v1 {
	TCPSTATE State;
	ULONG Mss;
	ULONG64 ConnectionTimeMs;
	BOOLEAN TimestampsEnabled;
	ULONG RttUs;
	ULONG MinRttUs;
	ULONG BytesInFlight;
	ULONG Cwnd;
	ULONG SndWnd;
	ULONG RcvWnd;
	ULONG RcvBuf;
	ULONG64 BytesOut;
	ULONG64 BytesIn;
	ULONG BytesReordered;
	ULONG BytesRetrans;
	ULONG FastRetrans;
	ULONG DupAcksIn;
	ULONG TimeoutEpisodes;
	UCHAR SynRetrans;
	ULONG SndLimTransRwin;
	ULONG SndLimTimeRwin;
	ULONG64 SndLimBytesRwin;
	ULONG SndLimTransCwnd;
	ULONG SndLimTimeCwnd;
	ULONG64 SndLimBytesCwnd;
	ULONG SndLimTransSnd;
	ULONG SndLimTimeSnd;
	ULONG64 SndLimBytesSnd;
} TCP_INFO_v1, *PTCP_INFO_v1;

#define TCP_INITIAL_RTO_UNSPECIFIED_RTT ((USHORT)-1)
#define TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS ((UCHAR)-1)
#define TCP_INITIAL_RTO_DEFAULT_RTT 0
#define TCP_INITIAL_RTO_DEFAULT_MAX_SYN_RETRANSMISSIONS 0
#define TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS ((UCHAR)-2)

typedef struct _TCP_INITIAL_RTO_PARAMETERS {
	USHORT Rtt; /* in milliseconds */
	UCHAR MaxSynRetransmissions;
} TCP_INITIAL_RTO_PARAMETERS, *PTCP_INITIAL_RTO_PARAMETERS;

typedef struct _RSS_SCALABILITY_INFO {
	BOOLEAN RssEnabled;
} RSS_SCALABILITY_INFO, *PRSS_SCALABILITY_INFO;

typedef struct _TIMESTAMPING_CONFIG {
	ULONG Flags;
	USHORT TxTimestampsBuffered;
} TIMESTAMPING_CONFIG, *PTIMESTAMPING_CONFIG;

typedef struct _INET_PORT_RANGE {
	USHORT StartPort;
	USHORT NumberOfPorts;
} INET_PORT_RANGE, *PINET_PORT_RANGE, INET_PORT_RESERVATION, *PINET_PORT_RESERVATION;

/* IPv4. */
__WSK_INLINE BOOLEAN IN4_ADDR_EQUAL(const IN_ADDR *a, const IN_ADDR *b)
{
	return (BOOLEAN)(a->s_addr == b->s_addr);
}

__WSK_INLINE BOOLEAN IN4_IS_ADDR_UNSPECIFIED(const IN_ADDR *a)
{
	return (BOOLEAN)(a->s_addr == IN4ADDR_ANY);
}

__WSK_INLINE BOOLEAN IN4_IS_ADDR_LOOPBACK(const IN_ADDR *a)
{
	return (BOOLEAN)(a->S_un.S_un_b.s_b1 == 127);
}

__WSK_INLINE BOOLEAN IN4_IS_ADDR_BROADCAST(const IN_ADDR *a)
{
	return (BOOLEAN)(a->s_addr == IN4ADDR_BROADCAST);
}

__WSK_INLINE BOOLEAN IN4_IS_ADDR_MULTICAST(const IN_ADDR *a)
{
	return (BOOLEAN)((a->S_un.S_un_b.s_b1 & 0xf0) == 0xe0);
}

__WSK_INLINE BOOLEAN IN4_IS_ADDR_LINKLOCAL(const IN_ADDR *a)
{
	return (BOOLEAN)(a->S_un.S_un_b.s_b1 == 169 && a->S_un.S_un_b.s_b2 == 254);
}

__WSK_INLINE BOOLEAN IN4_IS_ADDR_RFC1918(const IN_ADDR *a)
{
	return (BOOLEAN)(a->S_un.S_un_b.s_b1 == 10 ||
			 (a->S_un.S_un_b.s_b1 == 172 && (a->S_un.S_un_b.s_b2 & 0xf0) == 16) ||
			 (a->S_un.S_un_b.s_b1 == 192 && a->S_un.S_un_b.s_b2 == 168));
}

__WSK_INLINE VOID IN4ADDR_SETSOCKADDR(PSOCKADDR_IN a, const IN_ADDR *addr, USHORT port)
{
	a->sin_family = AF_INET;
	a->sin_port = port;
	a->sin_addr = *addr;
	__builtin_memset(a->sin_zero, 0, sizeof(a->sin_zero));
}

__WSK_INLINE VOID IN4ADDR_SETANY(PSOCKADDR_IN a)
{
	const IN_ADDR any = IN4ADDR_ANY_INIT;

	IN4ADDR_SETSOCKADDR(a, &any, 0);
}

__WSK_INLINE VOID IN4ADDR_SETLOOPBACK(PSOCKADDR_IN a)
{
	const IN_ADDR loopback = IN4ADDR_LOOPBACK_INIT;

	IN4ADDR_SETSOCKADDR(a, &loopback, 0);
}

__WSK_INLINE BOOLEAN IN4ADDR_ISANY(const SOCKADDR_IN *a)
{
	return IN4_IS_ADDR_UNSPECIFIED(&a->sin_addr);
}

__WSK_INLINE BOOLEAN IN4ADDR_ISLOOPBACK(const SOCKADDR_IN *a)
{
	return IN4_IS_ADDR_LOOPBACK(&a->sin_addr);
}

__WSK_INLINE BOOLEAN IN4ADDR_ISEQUAL(const SOCKADDR_IN *a, const SOCKADDR_IN *b)
{
	return IN4_ADDR_EQUAL(&a->sin_addr, &b->sin_addr);
}

/* IPv4 addresses within IPv6: ::ffff:a.b.c.d. */
__WSK_INLINE VOID IN6_SET_ADDR_V4MAPPED(PIN6_ADDR a6, const IN_ADDR *a4)
{
	const IN6_ADDR prefix = IN6ADDR_V4MAPPEDPREFIX_INIT;

	*a6 = prefix;
	__builtin_memcpy(&a6->s6_bytes[12], a4, sizeof(*a4));
}

__WSK_INLINE const UCHAR *IN6_GET_ADDR_V4MAPPED(const IN6_ADDR *Ipv6Address)
{
	return &Ipv6Address->s6_bytes[12];
}

__WSK_INLINE VOID IN6ADDR_SETSOCKADDR(PSOCKADDR_IN6 a, const IN6_ADDR *addr, SCOPE_ID scope,
				      USHORT port)
{
	a->sin6_family = AF_INET6;
	a->sin6_port = port;
	a->sin6_flowinfo = 0;
	a->sin6_addr = *addr;
	a->sin6_scope_struct = scope;
}

__WSK_INLINE VOID IN6ADDR_SETV4MAPPED(PSOCKADDR_IN6 a6, const IN_ADDR *a4, SCOPE_ID scope,
				      USHORT port)
{
	IN6_ADDR address;

	IN6_SET_ADDR_V4MAPPED(&address, a4);
	IN6ADDR_SETSOCKADDR(a6, &address, scope, port);
}

__WSK_INLINE BOOLEAN IN6ADDR_ISV4MAPPED(const SOCKADDR_IN6 *a)
{
	return IN6_IS_ADDR_V4MAPPED(&a->sin6_addr);
}

/* Either family. */
__WSK_INLINE VOID INETADDR_SETSOCKADDR(ADDRESS_FAMILY af, PSOCKADDR a, const VOID *addr,
				       SCOPE_ID scope, USHORT port)
{
	if (af == AF_INET6)
		IN6ADDR_SETSOCKADDR((PSOCKADDR_IN6)a, (const IN6_ADDR *)addr, scope, port);
	else
		IN4ADDR_SETSOCKADDR((PSOCKADDR_IN)a, (const IN_ADDR *)addr, port);
}

__WSK_INLINE VOID INETADDR_SETANY(PSOCKADDR a)
{
	if (a->sa_family == AF_INET6)
		IN6ADDR_SETANY((PSOCKADDR_IN6)a);
	else
		IN4ADDR_SETANY((PSOCKADDR_IN)a);
}

__WSK_INLINE VOID INETADDR_SETLOOPBACK(PSOCKADDR a)
{
	if (a->sa_family == AF_INET6)
		IN6ADDR_SETLOOPBACK((PSOCKADDR_IN6)a);
	else
		IN4ADDR_SETLOOPBACK((PSOCKADDR_IN)a);
}

__WSK_INLINE BOOLEAN INETADDR_ISANY(const SOCKADDR *a)
{
	return a->sa_family == AF_INET6 ? IN6ADDR_ISANY((const SOCKADDR_IN6 *)a)
					: IN4ADDR_ISANY((const SOCKADDR_IN *)a);
}

__WSK_INLINE BOOLEAN INETADDR_ISLOOPBACK(const SOCKADDR *a)
{
	return a->sa_family == AF_INET6 ? IN6ADDR_ISLOOPBACK((const SOCKADDR_IN6 *)a)
					: IN4ADDR_ISLOOPBACK((const SOCKADDR_IN *)a);
}

__WSK_INLINE BOOLEAN INETADDR_ISV4MAPPED(const SOCKADDR *a)
{
	return (BOOLEAN)(a->sa_family == AF_INET6 && IN6ADDR_ISV4MAPPED((const SOCKADDR_IN6 *)a));
}

__WSK_INLINE BOOLEAN INETADDR_ISEQUAL(const SOCKADDR *a, const SOCKADDR *b)
{
	if (a->sa_family != b->sa_family)
		return FALSE;
	return a->sa_family == AF_INET6
		       ? IN6ADDR_ISEQUAL((const SOCKADDR_IN6 *)a, (const SOCKADDR_IN6 *)b)
		       : IN4ADDR_ISEQUAL((const SOCKADDR_IN *)a, (const SOCKADDR_IN *)b);
}

__WSK_INLINE PUCHAR INETADDR_ADDRESS(const SOCKADDR *a)
{
	return a->sa_family == AF_INET6 ? (PUCHAR) & ((PSOCKADDR_IN6)a)->sin6_addr
					: (PUCHAR) & ((PSOCKADDR_IN)a)->sin_addr;
}

/* IPv4's and IPv6's ports are in the same place. */
__WSK_INLINE USHORT INETADDR_PORT(const SOCKADDR *a)
{
	return ((const SOCKADDR_IN *)a)->sin_port;
}

__WSK_INLINE VOID INETADDR_SET_PORT(PSOCKADDR a, USHORT Port)
{
	((PSOCKADDR_IN)a)->sin_port = Port;
}

__WSK_INLINE SIZE_T INET_ADDR_LENGTH(ADDRESS_FAMILY af)
{
	return af == AF_INET6 ? sizeof(IN6_ADDR) : sizeof(IN_ADDR);
}

__WSK_INLINE SIZE_T INET_SOCKADDR_LENGTH(ADDRESS_FAMILY af)
{
	return af == AF_INET6 ? sizeof(SOCKADDR_IN6) : sizeof(SOCKADDR_IN);
}

__WSK_INLINE BOOLEAN INET_ADDR_EQUAL(ADDRESS_FAMILY af, const VOID *a, const VOID *b)
{
	return (BOOLEAN)!__builtin_memcmp(a, b, INET_ADDR_LENGTH(af));
}

__WSK_INLINE BOOLEAN INET_IS_ADDR_UNSPECIFIED(ADDRESS_FAMILY af, const VOID *a)
{
	return af == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED((const IN6_ADDR *)a)
			      : IN4_IS_ADDR_UNSPECIFIED((const IN_ADDR *)a);
}

__WSK_INLINE BOOLEAN INET_IS_ADDR_LOOPBACK(ADDRESS_FAMILY af, const VOID *a)
{
	return af == AF_INET6 ? IN6_IS_ADDR_LOOPBACK((const IN6_ADDR *)a)
			      : IN4_IS_ADDR_LOOPBACK((const IN_ADDR *)a);
}

__WSK_INLINE BOOLEAN INET_IS_ADDR_MULTICAST(ADDRESS_FAMILY af, const VOID *a)
{
	return af == AF_INET6 ? IN6_IS_ADDR_MULTICAST((const IN6_ADDR *)a)
			      : IN4_IS_ADDR_MULTICAST((const IN_ADDR *)a);
}

__WSK_INLINE BOOLEAN INET_IS_ADDR_BROADCAST(ADDRESS_FAMILY af, const VOID *a)
{
	return (BOOLEAN)(af == AF_INET && IN4_IS_ADDR_BROADCAST((const IN_ADDR *)a));
}

/* Kinds of addresses, and how far they reach. */
__WSK_INLINE BOOLEAN IN4_IS_ADDR_MC_LINKLOCAL(const IN_ADDR *a)
{
	return (BOOLEAN)(a->S_un.S_un_b.s_b1 == 224 && !a->S_un.S_un_b.s_b2 &&
			 !a->S_un.S_un_b.s_b3);
}

__WSK_INLINE BOOLEAN IN4_IS_ADDR_MC_ADMINLOCAL(const IN_ADDR *a)
{
	return (BOOLEAN)(a->S_un.S_un_b.s_b1 == 239 && a->S_un.S_un_b.s_b2 == 255);
}

__WSK_INLINE BOOLEAN IN4_IS_ADDR_MC_SITELOCAL(const IN_ADDR *a)
{
	return (BOOLEAN)(a->S_un.S_un_b.s_b1 == 239 && a->S_un.S_un_b.s_b2 >= 192 &&
			 !IN4_IS_ADDR_MC_ADMINLOCAL(a));
}

__WSK_INLINE BOOLEAN IN4_IS_ADDR_SITELOCAL(const IN_ADDR *a)
{
	UNREFERENCED_PARAMETER(a);
	return FALSE;
}

__WSK_INLINE NL_ADDRESS_TYPE Ipv4AddressType(const UCHAR *Address)
{
	const IN_ADDR *a = (const IN_ADDR *)Address;

	if (IN4_IS_ADDR_MULTICAST(a))
		return NlatMulticast;
	if (IN4_IS_ADDR_BROADCAST(a))
		return NlatBroadcast;
	if (IN4_IS_ADDR_UNSPECIFIED(a))
		return NlatUnspecified;
	/* 0.0.0.0/8 is this network; what is above 239 is nothing. */
	return Address[0] == 0 || Address[0] >= 240 ? NlatInvalid : NlatUnicast;
}

__WSK_INLINE SCOPE_LEVEL Ipv4AddressScope(const UCHAR *Address)
{
	const IN_ADDR *a = (const IN_ADDR *)Address;

	if (IN4_IS_ADDR_LOOPBACK(a) || IN4_IS_ADDR_LINKLOCAL(a) || IN4_IS_ADDR_BROADCAST(a) ||
	    IN4_IS_ADDR_MC_LINKLOCAL(a))
		return ScopeLevelLink;
	if (IN4_IS_ADDR_MC_ADMINLOCAL(a))
		return ScopeLevelAdmin;
	return IN4_IS_ADDR_MC_SITELOCAL(a) ? ScopeLevelSite : ScopeLevelGlobal;
}

__WSK_INLINE NL_ADDRESS_TYPE Ipv6AddressType(const UCHAR *Address)
{
	const IN6_ADDR *a = (const IN6_ADDR *)Address;

	if (IN6_IS_ADDR_MULTICAST(a))
		return NlatMulticast;
	if (IN6_IS_ADDR_UNSPECIFIED(a))
		return NlatUnspecified;
	if (IN6_IS_ADDR_ANYCAST(a))
		return NlatAnycast;
	return IN6_IS_ADDR_V4MAPPED(a) ? NlatInvalid : NlatUnicast;
}

__WSK_INLINE SCOPE_LEVEL Ipv6AddressScope(const UCHAR *Address)
{
	const IN6_ADDR *a = (const IN6_ADDR *)Address;

	if (IN6_IS_ADDR_MULTICAST(a))
		return (SCOPE_LEVEL)(Address[1] & 0xf);
	if (IN6_IS_ADDR_LINKLOCAL(a) || IN6_IS_ADDR_LOOPBACK(a))
		return ScopeLevelLink;
	return IN6_IS_ADDR_SITELOCAL(a) ? ScopeLevelSite : ScopeLevelGlobal;
}

__WSK_INLINE SCOPE_LEVEL NetworkAddressScope(ADDRESS_FAMILY af, const UCHAR *Address)
{
	return af == AF_INET6 ? Ipv6AddressScope(Address) : Ipv4AddressScope(Address);
}

__WSK_INLINE BOOLEAN IN4ADDR_ISUNSPECIFIED(const SOCKADDR_IN *a)
{
	return IN4ADDR_ISANY(a);
}

__WSK_INLINE SCOPE_ID IN4ADDR_SCOPE_ID(const SOCKADDR_IN *a)
{
	const SCOPE_ID unspecified = SCOPEID_UNSPECIFIED_INIT;

	UNREFERENCED_PARAMETER(a);
	return unspecified;
}

__WSK_INLINE BOOLEAN INETADDR_ISUNSPECIFIED(const SOCKADDR *a)
{
	return a->sa_family == AF_INET6 ? IN6ADDR_ISUNSPECIFIED((const SOCKADDR_IN6 *)a)
					: IN4ADDR_ISUNSPECIFIED((const SOCKADDR_IN *)a);
}

__WSK_INLINE SCOPE_ID INETADDR_SCOPE_ID(const SOCKADDR *a)
{
	return a->sa_family == AF_INET6 ? ((const SOCKADDR_IN6 *)a)->sin6_scope_struct
					: IN4ADDR_SCOPE_ID((const SOCKADDR_IN *)a);
}

/* IPv4 addresses within IPv6, by way of tunnels. */
__WSK_INLINE BOOLEAN IN6_IS_ADDR_ISATAP(const IN6_ADDR *Ip6Address)
{
	return (BOOLEAN)((Ip6Address->s6_bytes[8] & 0xfd) == 0 && !Ip6Address->s6_bytes[9] &&
			 Ip6Address->s6_bytes[10] == 0x5e && Ip6Address->s6_bytes[11] == 0xfe);
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_TEREDO(const IN6_ADDR *Ip6Address)
{
	const IN6_ADDR prefix = IN6ADDR_TEREDOPREFIX_INIT;

	return (BOOLEAN)!__builtin_memcmp(Ip6Address, &prefix, 4);
}

__WSK_INLINE BOOLEAN IN6_IS_ADDR_V4TRANSLATED(const IN6_ADDR *Ip6Address)
{
	const IN6_ADDR any = IN6ADDR_ANY_INIT;

	return (BOOLEAN)(!__builtin_memcmp(Ip6Address, &any, 8) &&
			 Ip6Address->s6_words[4] == 0xffff && !Ip6Address->s6_words[5]);
}

__WSK_INLINE const UCHAR *IN6_EXTRACT_V4ADDR_FROM_ISATAP(const IN6_ADDR *Ip6Address)
{
	return &Ip6Address->s6_bytes[12];
}

__WSK_INLINE const UCHAR *IN6_EXTRACT_V4ADDR_FROM_6TO4(const IN6_ADDR *Ip6Address)
{
	return &Ip6Address->s6_bytes[2];
}

EXTERN_C_END

#define SS_PORT(ssp) (((PSOCKADDR_IN)(ssp))->sin_port)

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * interfaces - shows the interfaces, addresses and routes of the machine, and follows their
 * changes.
 *
 * A Windows driver in C: it compiles under Microsoft's driver kit (with netio.lib) as it is. It
 * shows
 *
 *   - the tables of the IP Helper, walked and freed with FreeMibTable;
 *   - notifications, which come at PASSIVE_LEVEL and are ended with CancelMibChangeNotify2;
 *   - the best route to a destination, and the names of an interface.
 *
 * Everything is reported through DbgPrint.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#include <ntddk.h>
#include <wsk.h>
#include <netioapi.h>
#include <ip2string.h>

typedef struct _TEXT {
	WCHAR Characters[INET6_ADDRSTRLEN];
} TEXT;

static HANDLE InterfaceHandle;
static HANDLE AddressHandle;
static HANDLE RouteHandle;

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD DriverUnload;

static PCWSTR AddressText(const SOCKADDR_INET *Address, TEXT *Text)
{
	ULONG Length = RTL_NUMBER_OF(Text->Characters);
	NTSTATUS Status;

	if (Address->si_family == AF_INET)
		Status = RtlIpv4AddressToStringExW(&Address->Ipv4.sin_addr, 0, Text->Characters,
						   &Length);
	else
		Status = RtlIpv6AddressToStringExW(&Address->Ipv6.sin6_addr, 0, 0, Text->Characters,
						   &Length);
	return NT_SUCCESS(Status) ? Text->Characters : L"?";
}

/* The name of an interface, which may be gone. */
static PCSTR InterfaceName(const NET_LUID *Luid, PSTR Name)
{
	return NT_SUCCESS(ConvertInterfaceLuidToNameA(Luid, Name, IF_NAMESIZE)) ? Name : "?";
}

static PCSTR WhatHappened(MIB_NOTIFICATION_TYPE Type)
{
	switch (Type) {
	case MibAddInstance:
		return "new";
	case MibDeleteInstance:
		return "gone";
	default:
		return "changed";
	}
}

static VOID NETIOAPI_API_ InterfaceChanged(PVOID Context, PMIB_IPINTERFACE_ROW Row,
					   MIB_NOTIFICATION_TYPE Type)
{
	CHAR Name[IF_NAMESIZE];

	UNREFERENCED_PARAMETER(Context);
	if (!Row) {
		DbgPrint("interfaces: following interfaces\n");
		return;
	}
	DbgPrint("interfaces: interface %s (%lu): %s\n", InterfaceName(&Row->InterfaceLuid, Name),
		 Row->InterfaceIndex, WhatHappened(Type));
}

static VOID NETIOAPI_API_ AddressChanged(PVOID Context, PMIB_UNICASTIPADDRESS_ROW Row,
					 MIB_NOTIFICATION_TYPE Type)
{
	CHAR Name[IF_NAMESIZE];
	TEXT Text;

	UNREFERENCED_PARAMETER(Context);
	if (!Row) {
		DbgPrint("interfaces: following addresses\n");
		return;
	}
	DbgPrint("interfaces: address %ws on %s: %s\n", AddressText(&Row->Address, &Text),
		 InterfaceName(&Row->InterfaceLuid, Name), WhatHappened(Type));
}

static VOID NETIOAPI_API_ RouteChanged(PVOID Context, PMIB_IPFORWARD_ROW2 Row,
				       MIB_NOTIFICATION_TYPE Type)
{
	CHAR Name[IF_NAMESIZE];
	TEXT Prefix, NextHop;

	UNREFERENCED_PARAMETER(Context);
	if (!Row) {
		DbgPrint("interfaces: following routes\n");
		return;
	}
	DbgPrint("interfaces: route to %ws/%u by %ws, %s: %s\n",
		 AddressText(&Row->DestinationPrefix.Prefix, &Prefix),
		 Row->DestinationPrefix.PrefixLength, AddressText(&Row->NextHop, &NextHop),
		 InterfaceName(&Row->InterfaceLuid, Name), WhatHappened(Type));
}

static NTSTATUS ShowInterfaces(VOID)
{
	PMIB_IF_TABLE2 Table;
	NTSTATUS Status;
	ULONG i;

	Status = GetIfTable2(&Table);
	if (!NT_SUCCESS(Status))
		return Status;
	for (i = 0; i < Table->NumEntries; i++) {
		const MIB_IF_ROW2 *Row = &Table->Table[i];

		DbgPrint("interfaces: %lu is %ws, type %lu, MTU %lu, %s\n", Row->InterfaceIndex,
			 Row->Alias, Row->Type, Row->Mtu,
			 Row->OperStatus == IfOperStatusUp ? "up" : "down");
	}
	FreeMibTable(Table);
	return STATUS_SUCCESS;
}

static NTSTATUS ShowAddresses(VOID)
{
	PMIB_UNICASTIPADDRESS_TABLE Table;
	CHAR Name[IF_NAMESIZE];
	NTSTATUS Status;
	TEXT Text;
	ULONG i;

	Status = GetUnicastIpAddressTable(AF_UNSPEC, &Table);
	if (!NT_SUCCESS(Status))
		return Status;
	for (i = 0; i < Table->NumEntries; i++) {
		const MIB_UNICASTIPADDRESS_ROW *Row = &Table->Table[i];

		DbgPrint("interfaces: %s has %ws/%u\n", InterfaceName(&Row->InterfaceLuid, Name),
			 AddressText(&Row->Address, &Text), Row->OnLinkPrefixLength);
	}
	FreeMibTable(Table);
	return STATUS_SUCCESS;
}

static NTSTATUS ShowRoutes(VOID)
{
	PMIB_IPFORWARD_TABLE2 Table;
	CHAR Name[IF_NAMESIZE];
	TEXT Prefix, NextHop;
	NTSTATUS Status;
	ULONG i;

	Status = GetIpForwardTable2(AF_UNSPEC, &Table);
	if (!NT_SUCCESS(Status))
		return Status;
	for (i = 0; i < Table->NumEntries; i++) {
		const MIB_IPFORWARD_ROW2 *Row = &Table->Table[i];

		DbgPrint("interfaces: %ws/%u by %ws, %s, metric %lu\n",
			 AddressText(&Row->DestinationPrefix.Prefix, &Prefix),
			 Row->DestinationPrefix.PrefixLength, AddressText(&Row->NextHop, &NextHop),
			 InterfaceName(&Row->InterfaceLuid, Name), Row->Metric);
	}
	FreeMibTable(Table);
	return STATUS_SUCCESS;
}

/* How this machine would reach itself: there is always a way. */
static NTSTATUS ShowBestRoute(VOID)
{
	SOCKADDR_INET Destination = {0}, Source;
	MIB_IPFORWARD_ROW2 Route;
	CHAR Name[IF_NAMESIZE];
	NTSTATUS Status;
	TEXT From, To;

	Destination.si_family = AF_INET;
	INETADDR_SETLOOPBACK((PSOCKADDR)&Destination);
	Status = GetBestRoute2(NULL, 0, NULL, &Destination, 0, &Route, &Source);
	if (NT_SUCCESS(Status))
		DbgPrint("interfaces: %ws is reached from %ws through %s\n",
			 AddressText(&Destination, &To), AddressText(&Source, &From),
			 InterfaceName(&Route.InterfaceLuid, Name));
	return Status;
}

static VOID Cancel(HANDLE *Handle)
{
	if (*Handle)
		CancelMibChangeNotify2(*Handle);
	*Handle = NULL;
}

static VOID StopFollowing(VOID)
{
	Cancel(&RouteHandle);
	Cancel(&AddressHandle);
	Cancel(&InterfaceHandle);
}

static NTSTATUS Follow(VOID)
{
	NTSTATUS Status;

	Status = NotifyIpInterfaceChange(AF_INET, InterfaceChanged, NULL, TRUE, &InterfaceHandle);
	if (NT_SUCCESS(Status))
		Status = NotifyUnicastIpAddressChange(AF_UNSPEC, AddressChanged, NULL, TRUE,
						      &AddressHandle);
	if (NT_SUCCESS(Status))
		Status = NotifyRouteChange2(AF_UNSPEC, RouteChanged, NULL, TRUE, &RouteHandle);
	if (!NT_SUCCESS(Status))
		StopFollowing();
	return Status;
}

static VOID DriverUnload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
	StopFollowing();
	DbgPrint("interfaces: stopped\n");
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->DriverUnload = DriverUnload;
	Status = ShowInterfaces();
	if (NT_SUCCESS(Status))
		Status = ShowAddresses();
	if (NT_SUCCESS(Status))
		Status = ShowRoutes();
	if (NT_SUCCESS(Status))
		Status = ShowBestRoute();
	return NT_SUCCESS(Status) ? Follow() : Status;
}

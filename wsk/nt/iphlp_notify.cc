// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Notifications of the IP Helper. Each has a watch of its own (port/watch.h), whose work item calls
 * the driver: at PASSIVE_LEVEL, one change after the other. A handle is a notification's address,
 * and is looked for in a list before it is used.
 */
#include "nt/driver_account.h"
#include "nt/iphlp.h"
#include "nt/iphlp_route.h"
#include "nt/word_lock.h"
#include "port/memory.h"
#include "port/watch.h"

namespace wsk
{

namespace
{

union Callback {
	PIPINTERFACE_CHANGE_CALLBACK interface;
	PUNICAST_IPADDRESS_CHANGE_CALLBACK address;
	PIPFORWARD_CHANGE_CALLBACK route;
	PSTABLE_UNICAST_IPADDRESS_TABLE_CALLBACK stable;
	PVOID code;
};

struct Notification {
	LIST_ENTRY link;
	DriverAccount *account;
	port_news_kind kind;
	ADDRESS_FAMILY family;
	bool initial;
	bool stable; /* tells a table once, when no address in it is being checked any more */
	LONG told;   /* it has */
	Callback callback;
	PVOID context;
	port_watch *watch;
	PVOID teller;	 /* the thread that is in the callback */
	bool cancelled;	 /* there: let go of afterwards */
	LONG references; /* the list's, and of who asks for a stable table */
};

constinit WordLock lock; /* guards the list */
constinit LIST_ENTRY notifications = {&notifications, &notifications};

constexpr MIB_NOTIFICATION_TYPE types[] = {
	MibAddInstance,
	MibParameterNotification,
	MibDeleteInstance,
};

void tell_interface(Notification *self, const port_news &news)
{
	for (int family : port_families) {
		MIB_IPINTERFACE_ROW row = {};

		if (!wants(self->family, family) || self->cancelled)
			continue;
		row.Family = family == PORT_AF_INET ? AF_INET : AF_INET6;
		row.InterfaceLuid = luid_of(news.id);
		row.InterfaceIndex = news.id.index;
		self->callback.interface(self->context, &row, types[news.change]);
	}
}

void tell_address(Notification *self, const port_news &news)
{
	MIB_UNICASTIPADDRESS_ROW row = {};

	if (!wants(self->family, news.address.address.family))
		return;
	row.Address = sockaddr_of(news.address.address);
	row.InterfaceLuid = luid_of(news.id);
	row.InterfaceIndex = news.id.index;
	row.OnLinkPrefixLength = news.address.prefix_length;
	row.ScopeId = scope_of(row.Address);
	self->callback.address(self->context, &row, types[news.change]);
}

void tell_route(Notification *self, const port_news &news)
{
	MIB_IPFORWARD_ROW2 row;
	port_route route = news.route;

	if (!wants(self->family, route.destination.family))
		return;
	route.id = news.id;
	set_route_row(route, &row);
	self->callback.route(self->context, &row, types[news.change]);
}

void tell_initial(Notification *self)
{
	switch (self->kind) {
	case PORT_NEWS_INTERFACE:
		self->callback.interface(self->context, nullptr, MibInitialNotification);
		break;
	case PORT_NEWS_ADDRESS:
		self->callback.address(self->context, nullptr, MibInitialNotification);
		break;
	case PORT_NEWS_ROUTE:
		self->callback.route(self->context, nullptr, MibInitialNotification);
		break;
	}
}

void tell_change(Notification *self, const port_news &news)
{
	switch (news.kind) {
	case PORT_NEWS_INTERFACE:
		tell_interface(self, news);
		break;
	case PORT_NEWS_ADDRESS:
		tell_address(self, news);
		break;
	case PORT_NEWS_ROUTE:
		tell_route(self, news);
		break;
	}
}

void put(Notification *self)
{
	if (!InterlockedDecrement(&self->references))
		port_free(self);
}

/* A stable table is handed out by whoever sees it first. */
bool take_stable(Notification *self, port_net *net, PMIB_UNICASTIPADDRESS_TABLE *table,
		 NTSTATUS *status)
{
	bool stable = false;

	*status = make_unicast_table(net, self->family, table, self->callback.code, &stable);
	if (NT_SUCCESS(*status) && stable && !InterlockedExchange(&self->told, 1))
		return true;
	FreeMibTable(*table);
	*table = nullptr;
	return false;
}

void tell_stable(Notification *self)
{
	PMIB_UNICASTIPADDRESS_TABLE table = nullptr;
	NTSTATUS status;
	Net net(port_watch_net(self->watch));

	if (net && !ReadAcquire(&self->told) && take_stable(self, net, &table, &status))
		self->callback.stable(self->context, table);
}

/* Once it is cancelled in its callback, unloading its driver has nothing else to wait for. */
void tell(void *owner, const port_news *news)
{
	auto *self = static_cast<Notification *>(owner);
	DriverAccount *account = self->account;

	driver_hold(account);
	WritePointerRelease(&self->teller, KeGetCurrentThread());
	if (self->stable)
		tell_stable(self);
	else if (news && news->change != PORT_NEWS_LOST)
		tell_change(self, *news);
	else if (!news && self->initial)
		tell_initial(self);
	WritePointerRelease(&self->teller, nullptr);
	if (self->cancelled)
		put(self);
	driver_drop(account);
}

/* Out of the list, so that nobody else does this; the watch is there. */
void end(Notification *self)
{
	const bool inside = ReadPointerAcquire(&self->teller) == KeGetCurrentThread();

	if (inside)
		self->cancelled = true;
	port_watch_close(self->watch);
	if (!inside)
		put(self);
}

template <class Wanted>
Notification *take(Wanted wanted)
{
	WordGuard guard(lock);

	for (PLIST_ENTRY entry = notifications.Flink; entry != &notifications;
	     entry = entry->Flink) {
		Notification *self = CONTAINING_RECORD(entry, Notification, link);

		if (!wanted(self))
			continue;
		RemoveEntryList(entry);
		return self;
	}
	return nullptr;
}

bool cancel(HANDLE handle)
{
	Notification *self = take([&](Notification *one) { return one == handle; });

	if (!self)
		return false;
	driver_discharge(self->account, Resource::notifications);
	end(self);
	return true;
}

/*
 * The handle is there before the first callback, which may cancel it; `begun` receives a reference
 * of its own.
 */
NTSTATUS begin(const char *function, const Notification &description, HANDLE *handle,
	       Notification **begun = nullptr)
{
	if (!iphlp_may_sleep(function))
		return iphlp_must_not_sleep;
	if (!handle || !description.callback.code || !known_family(description.family))
		return STATUS_INVALID_PARAMETER;
	*handle = nullptr;

	auto *self = static_cast<Notification *>(port_alloc(sizeof(Notification), false));

	if (!self)
		return STATUS_INSUFFICIENT_RESOURCES;
	*self = description;
	self->references = begun ? 2 : 1;
	if (begun)
		*begun = self;
	driver_charge(self->account, Resource::notifications);
	*handle = self;
	{
		WordGuard guard(lock);

		InsertTailList(&notifications, &self->link);
	}

	Net net;
	NTSTATUS status = iphlp_status(port_watch_open(net, self->kind, self, tell, &self->watch));

	if (NT_SUCCESS(status))
		return status;
	*handle = nullptr;
	take([&](Notification *one) { return one == self; });
	driver_discharge(self->account, Resource::notifications);
	port_free(self);
	return status;
}

Notification describe(port_news_kind kind, ADDRESS_FAMILY family, PVOID context, bool initial,
		      const void *caller)
{
	Notification description = {};

	description.account = driver_of(caller);
	description.kind = kind;
	description.family = family;
	description.context = context;
	description.initial = initial;
	return description;
}

} // namespace

void notifications_end(DriverAccount *account)
{
	while (Notification *self =
		       take([&](Notification *one) { return one->account == account; })) {
		port_log_rule("CancelMibChangeNotify2", "not called before the driver is unloaded");
		end(self);
	}
}

} // namespace wsk

using namespace wsk;

/**
 * NotifyIpInterfaceChange() - Asks to be told of interfaces that come, change and go.
 * @Family: AF_INET, AF_INET6, or AF_UNSPEC for both: a call for each.
 * @Callback: Called at PASSIVE_LEVEL with the family, LUID and index of the interface.
 * @CallerContext: Its context.
 * @InitialNotification: Whether to call it first of all with MibInitialNotification and no row.
 * @NotificationHandle: Receives the handle, before the first call.
 *
 * The interfaces are those of the caller's network namespace; when that ends, nothing is told any
 * more.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES;
 *	STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, NotifyIpInterfaceChange function
 */
extern "C" NTSTATUS NTAPI NotifyIpInterfaceChange(ADDRESS_FAMILY Family,
						  PIPINTERFACE_CHANGE_CALLBACK Callback,
						  PVOID CallerContext, BOOLEAN InitialNotification,
						  HANDLE *NotificationHandle)
{
	Notification description = describe(PORT_NEWS_INTERFACE, Family, CallerContext,
					    InitialNotification, __builtin_return_address(0));

	description.callback.interface = Callback;
	return begin(__func__, description, NotificationHandle);
}

/**
 * NotifyUnicastIpAddressChange() - Asks to be told of addresses that come, change and go.
 * @Family: AF_INET, AF_INET6, or AF_UNSPEC for both.
 * @Callback: Called at PASSIVE_LEVEL with the address, and the LUID and index of its interface.
 * @CallerContext: Its context.
 * @InitialNotification: Whether to call it first of all with MibInitialNotification and no row.
 * @NotificationHandle: Receives the handle, before the first call.
 *
 * The addresses are those of the caller's network namespace; when that ends, nothing is told any
 * more.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES;
 *	STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, NotifyUnicastIpAddressChange function
 */
extern "C" NTSTATUS NTAPI NotifyUnicastIpAddressChange(ADDRESS_FAMILY Family,
						       PUNICAST_IPADDRESS_CHANGE_CALLBACK Callback,
						       PVOID CallerContext,
						       BOOLEAN InitialNotification,
						       HANDLE *NotificationHandle)
{
	Notification description = describe(PORT_NEWS_ADDRESS, Family, CallerContext,
					    InitialNotification, __builtin_return_address(0));

	description.callback.address = Callback;
	return begin(__func__, description, NotificationHandle);
}

/**
 * NotifyRouteChange2() - Asks to be told of routes that come, change and go.
 * @AddressFamily: AF_INET, AF_INET6, or AF_UNSPEC for both.
 * @Callback: Called at PASSIVE_LEVEL with the route.
 * @CallerContext: Its context.
 * @InitialNotification: Whether to call it first of all with MibInitialNotification and no row.
 * @NotificationHandle: Receives the handle, before the first call.
 *
 * The routes are those that GetIpForwardTable2() shows in the caller's network namespace; when that
 * ends, nothing is told any more.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_INSUFFICIENT_RESOURCES;
 *	STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, NotifyRouteChange2 function
 */
extern "C" NTSTATUS NTAPI NotifyRouteChange2(ADDRESS_FAMILY AddressFamily,
					     PIPFORWARD_CHANGE_CALLBACK Callback,
					     PVOID CallerContext, BOOLEAN InitialNotification,
					     HANDLE *NotificationHandle)
{
	Notification description = describe(PORT_NEWS_ROUTE, AddressFamily, CallerContext,
					    InitialNotification, __builtin_return_address(0));

	description.callback.route = Callback;
	return begin(__func__, description, NotificationHandle);
}

/**
 * NotifyStableUnicastIpAddressTable() - Asks for the addresses once none is being checked.
 * @Family: AF_INET, AF_INET6, or AF_UNSPEC for both.
 * @Table: Receives the table if that is so now.
 * @CallerCallback: Else called with the table, once, at PASSIVE_LEVEL. FreeMibTable() frees it.
 * @CallerContext: Its context.
 * @NotificationHandle: Receives the handle while there is something to wait for, else NULL.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_PENDING: the callback will be called, or has been;
 *	STATUS_INVALID_PARAMETER; STATUS_NOT_FOUND (there is no address);
 *	STATUS_INSUFFICIENT_RESOURCES; STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, NotifyStableUnicastIpAddressTable function
 */
extern "C" NTSTATUS NTAPI
NotifyStableUnicastIpAddressTable(ADDRESS_FAMILY Family, PMIB_UNICASTIPADDRESS_TABLE *Table,
				  PSTABLE_UNICAST_IPADDRESS_TABLE_CALLBACK CallerCallback,
				  PVOID CallerContext, HANDLE *NotificationHandle)
{
	Notification description = describe(PORT_NEWS_ADDRESS, Family, CallerContext, false,
					    __builtin_return_address(0));
	Notification *self = nullptr;
	bool stable = false;

	description.stable = true;
	description.callback.stable = CallerCallback;
	if (!Table)
		return STATUS_INVALID_PARAMETER;
	*Table = nullptr;

	/* From now on nothing is missed. */
	NTSTATUS status = begin(__func__, description, NotificationHandle, &self);

	if (!NT_SUCCESS(status))
		return status;

	Net net;

	status = make_unicast_table(net, Family, Table, __builtin_return_address(0), &stable);
	if ((NT_SUCCESS(status) && !stable) || InterlockedExchange(&self->told, 1)) {
		FreeMibTable(*Table);
		*Table = nullptr;
		status = STATUS_PENDING;
	} else {
		*NotificationHandle = nullptr;
		cancel(self);
	}
	put(self);
	return status;
}

/**
 * CancelMibChangeNotify2() - Ends a notification.
 * @NotificationHandle: The handle.
 *
 * The callback is not running any more when this returns, unless it is what calls this.
 *
 * Context: IRQL <= APC_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER (NULL, or no handle of a notification);
 *	STATUS_INVALID_DEVICE_STATE (called above APC_LEVEL).
 * Source: netioapi.h, CancelMibChangeNotify2 function
 */
extern "C" NTSTATUS NTAPI CancelMibChangeNotify2(HANDLE NotificationHandle)
{
	if (!iphlp_may_sleep(__func__))
		return iphlp_must_not_sleep;
	if (cancel(NotificationHandle))
		return STATUS_SUCCESS;
	if (NotificationHandle)
		port_log_rule(__func__, "the handle is none, or was cancelled before");
	return STATUS_INVALID_PARAMETER;
}

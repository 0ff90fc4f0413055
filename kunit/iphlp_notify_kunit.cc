// SPDX-License-Identifier: MIT OR GPL-2.0
/* Notifications of the IP Helper. */
#include "iphlp_fixture.h"
#include "net_news.h"
#include "port/memory.h"
#include "waiting.h"

namespace
{

using namespace wsk::test;

/* What callbacks were told: the last rows, and how often each. */
class Notes
{
public:
	explicit Notes(struct kunit *test)
		: test_(test), subjects_(static_cast<Subject *>(ExAllocatePool2(
				       POOL_FLAG_NON_PAGED, most * sizeof(Subject), tag)))
	{
		EXPECT_NOT_NULL(test, subjects_);
	}
	~Notes()
	{
		cancel();
		ExFreePoolWithTag(subjects_, tag);
	}
	Notes(const Notes &) = delete;
	Notes &operator=(const Notes &) = delete;

	NTSTATUS watch_interfaces(ADDRESS_FAMILY family, BOOLEAN initial = FALSE)
	{
		return NotifyIpInterfaceChange(family, on_interface, this, initial, &handle);
	}
	NTSTATUS watch_addresses(ADDRESS_FAMILY family, BOOLEAN initial = FALSE)
	{
		return NotifyUnicastIpAddressChange(family, on_address, this, initial, &handle);
	}
	NTSTATUS watch_routes(ADDRESS_FAMILY family, BOOLEAN initial = FALSE)
	{
		return NotifyRouteChange2(family, on_route, this, initial, &handle);
	}

	void cancel()
	{
		struct kunit *test = test_;

		if (handle)
			EXPECT_STATUS(test, CancelMibChangeNotify2(handle), STATUS_SUCCESS);
		handle = nullptr;
	}

	LONG count(MIB_NOTIFICATION_TYPE type) const { return ReadAcquire(&counts_[type]); }
	/* Waits until a callback of that kind has been called. */
	bool told(MIB_NOTIFICATION_TYPE type, LONG times = 1)
	{
		return wait_until([&]() { return count(type) >= times; });
	}
	LONG count_of(MIB_NOTIFICATION_TYPE type, const SOCKADDR_INET &address) const
	{
		LONG found = 0;

		for (LONG i = 0; i < ReadAcquire(&seen_); i++)
			found += subjects_[i].type == type && same(subjects_[i].address, address);
		return found;
	}
	/* Waits until one has been called with this subject. */
	bool told_of(MIB_NOTIFICATION_TYPE type, const SOCKADDR_INET &address)
	{
		return wait_until([&]() { return count_of(type, address) > 0; });
	}

	HANDLE handle = nullptr;
	NET_LUID luid = {};
	NET_IFINDEX index = 0;
	ADDRESS_FAMILY family = 0;
	bool cancel_inside = false;
	KEVENT *hold = nullptr; /* callbacks wait for it */
	LONG entered = 0;
	KIRQL irql = 0;

private:
	static constexpr LONG most = 64;

	struct Subject {
		MIB_NOTIFICATION_TYPE type;
		SOCKADDR_INET address;
	};

	void note(MIB_NOTIFICATION_TYPE type, const SOCKADDR_INET *address)
	{
		irql = KeGetCurrentIrql();
		InterlockedIncrement(&entered);
		if (hold)
			wait_forever(hold);
		if (address && seen_ < most) {
			subjects_[seen_] = {type, *address};
			WriteRelease(&seen_, seen_ + 1);
		}
		if (cancel_inside)
			cancel();
		InterlockedIncrement(&counts_[type]);
	}

	static VOID NTAPI on_interface(PVOID context, PMIB_IPINTERFACE_ROW row,
				       MIB_NOTIFICATION_TYPE type)
	{
		auto *self = static_cast<Notes *>(context);
		struct kunit *test = self->test_;

		EXPECT_EQ(test, row == nullptr, type == MibInitialNotification);
		if (row) {
			self->family = row->Family;
			self->luid = row->InterfaceLuid;
			self->index = row->InterfaceIndex;
		}
		self->note(type, nullptr);
	}

	static VOID NTAPI on_address(PVOID context, PMIB_UNICASTIPADDRESS_ROW row,
				     MIB_NOTIFICATION_TYPE type)
	{
		auto *self = static_cast<Notes *>(context);
		struct kunit *test = self->test_;

		EXPECT_EQ(test, row == nullptr, type == MibInitialNotification);
		if (row) {
			self->luid = row->InterfaceLuid;
			self->index = row->InterfaceIndex;
		}
		self->note(type, row ? &row->Address : nullptr);
	}

	static VOID NTAPI on_route(PVOID context, PMIB_IPFORWARD_ROW2 row,
				   MIB_NOTIFICATION_TYPE type)
	{
		auto *self = static_cast<Notes *>(context);
		struct kunit *test = self->test_;

		EXPECT_EQ(test, row == nullptr, type == MibInitialNotification);
		if (row) {
			self->luid = row->InterfaceLuid;
			self->index = row->InterfaceIndex;
		}
		self->note(type, row ? &row->DestinationPrefix.Prefix : nullptr);
	}

	struct kunit *test_;
	LONG counts_[MibInitialNotification + 1] = {};
	LONG seen_ = 0;
	Subject *const subjects_;
};

NTSTATUS remove_address(const Device &device, ADDRESS_FAMILY family)
{
	const MIB_UNICASTIPADDRESS_ROW row =
		address_row(device.index(), in_network(family, 100, 1));

	return DeleteUnicastIpAddressEntry(&row);
}

void first_of_all(struct kunit *test, ADDRESS_FAMILY family)
{
	Notes interfaces(test), addresses(test), routes(test), quiet(test);

	EXPECT_STATUS(test, interfaces.watch_interfaces(family, TRUE), STATUS_SUCCESS);
	EXPECT_STATUS(test, addresses.watch_addresses(family, TRUE), STATUS_SUCCESS);
	EXPECT_STATUS(test, routes.watch_routes(family, TRUE), STATUS_SUCCESS);
	EXPECT_STATUS(test, quiet.watch_routes(family, FALSE), STATUS_SUCCESS);
	EXPECT_TRUE(test, interfaces.told(MibInitialNotification));
	EXPECT_TRUE(test, addresses.told(MibInitialNotification));
	EXPECT_TRUE(test, routes.told(MibInitialNotification));
	EXPECT_EQ(test, interfaces.irql, PASSIVE_LEVEL);
	quiet.cancel();
	EXPECT_EQ(test, quiet.count(MibInitialNotification), 0);
	routes.cancel();
	EXPECT_EQ(test, routes.count(MibInitialNotification), 1);
}

void addresses_come_and_go(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);

	space.run([&]() {
		const SOCKADDR_INET address = in_network(family, 100, 1);
		Device device;
		Notes notes(test);

		REQUIRE(test, device);
		EXPECT_STATUS(test, notes.watch_addresses(family), STATUS_SUCCESS);
		EXPECT_STATUS(test, add_address(device, family), STATUS_SUCCESS);
		EXPECT_TRUE(test, notes.told_of(MibAddInstance, address));
		MIB_UNICASTIPADDRESS_ROW row = address_row(device.index(), address);

		bridge_sleep_ms(20); /* so that it is no change of the same moment */
		row.ValidLifetime = row.PreferredLifetime = 5000;
		EXPECT_STATUS(test, SetUnicastIpAddressEntry(&row), STATUS_SUCCESS);
		EXPECT_TRUE(test, notes.told_of(MibParameterNotification, address));
		EXPECT_STATUS(test, remove_address(device, family), STATUS_SUCCESS);
		EXPECT_TRUE(test, notes.told_of(MibDeleteInstance, address));
		EXPECT_EQ(test, notes.index, device.index());
		EXPECT_EQ(test, notes.luid.Value, device.luid().Value);
	});
}

/* An address of the other family has been told to one who wants both, and so to nobody else. */
void the_other_family_is_not_told(struct kunit *test, ADDRESS_FAMILY family)
{
	const ADDRESS_FAMILY other = family == AF_INET ? AF_INET6 : AF_INET;
	Space space(test);

	space.run([&]() {
		Device device;
		Notes one(test), both(test);

		REQUIRE(test, device);
		EXPECT_STATUS(test, one.watch_addresses(family), STATUS_SUCCESS);
		EXPECT_STATUS(test, both.watch_addresses(AF_UNSPEC), STATUS_SUCCESS);
		EXPECT_STATUS(test, add_address(device, other), STATUS_SUCCESS);
		EXPECT_STATUS(test, add_address(device, family), STATUS_SUCCESS);
		EXPECT_TRUE(test, both.told_of(MibAddInstance, in_network(other, 100, 1)));
		EXPECT_TRUE(test, both.told_of(MibAddInstance, in_network(family, 100, 1)));
		EXPECT_TRUE(test, one.told_of(MibAddInstance, in_network(family, 100, 1)));
		one.cancel();
		/* The device may get an address of its own, too. */
		EXPECT_EQ(test, one.count_of(MibAddInstance, in_network(family, 100, 1)), 1);
		EXPECT_EQ(test, one.count_of(MibAddInstance, in_network(other, 100, 1)), 0);
	});
}

void routes_come_and_go(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);

	space.run([&]() {
		Device device;
		Notes notes(test);
		const SOCKADDR_INET to = in_network(family, 7, 0);

		REQUIRE(test, device);
		EXPECT_STATUS(test, add_address(device, family), STATUS_SUCCESS);
		EXPECT_STATUS(test, notes.watch_routes(family), STATUS_SUCCESS);
		const SOCKADDR_INET by = in_network(family, 100, 2);
		const MIB_IPFORWARD_ROW2 row = route_row(device, to, &by);

		EXPECT_STATUS(test, CreateIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_TRUE(test, notes.told_of(MibAddInstance, to));
		EXPECT_EQ(test, notes.index, device.index());
		EXPECT_EQ(test, notes.luid.Value, device.luid().Value);
		EXPECT_STATUS(test, DeleteIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_TRUE(test, notes.told_of(MibDeleteInstance, to));
	});
}

/* Linux itself does not say so of IPv4 routes. */
void routes_go_with_their_interface(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);

	space.run([&]() {
		Device device, other("wsk1");
		Notes notes(test);
		const SOCKADDR_INET before = in_network(family, 6, 0);
		const SOCKADDR_INET later = in_network(family, 7, 0);
		const SOCKADDR_INET gone = in_network(family, 8, 0);

		REQUIRE(test, device && other);
		EXPECT_STATUS(test, add_address(device, family), STATUS_SUCCESS);
		EXPECT_STATUS(test, add_address(other, family, 101), STATUS_SUCCESS);
		MIB_IPFORWARD_ROW2 row = route_row(device, before, nullptr);

		EXPECT_STATUS(test, CreateIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_STATUS(test, notes.watch_routes(family), STATUS_SUCCESS);
		row = route_row(device, later, nullptr);
		EXPECT_STATUS(test, CreateIpForwardEntry2(&row), STATUS_SUCCESS);
		row = route_row(other, gone, nullptr);
		EXPECT_STATUS(test, CreateIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_TRUE(test, notes.told_of(MibAddInstance, gone));
		EXPECT_TRUE(test, device.set_up(false));
		EXPECT_TRUE(test, notes.told_of(MibDeleteInstance, before));
		EXPECT_TRUE(test, notes.told_of(MibDeleteInstance, later));
		other.remove();
		EXPECT_TRUE(test, notes.told_of(MibDeleteInstance, gone));
	});
}

bool logged(const char *words)
{
	static char text[4096];

	bridge_log_read(text, sizeof(text));
	return strstr(text, words);
}

/* As many as a watch has no room for, while it is held up. */
void routes_are_known_after_lost_news(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		constexpr uint32_t count = 256, bytes = 16000;
		const SOCKADDR_INET first = in_network(AF_INET, 7, 0);
		const SOCKADDR_INET lost = in_network(AF_INET, 8, 0);
		Device device;
		Notes notes(test);
		KEVENT go;

		REQUIRE(test, device);
		KeInitializeEvent(&go, NotificationEvent, FALSE);
		notes.hold = &go;
		EXPECT_STATUS(test, add_address(device, AF_INET), STATUS_SUCCESS);
		EXPECT_STATUS(test, notes.watch_routes(AF_INET), STATUS_SUCCESS);
		MIB_IPFORWARD_ROW2 row = route_row(device, first, nullptr);

		EXPECT_STATUS(test, CreateIpForwardEntry2(&row), STATUS_SUCCESS);
		EXPECT_TRUE(test, wait_until([&]() { return ReadAcquire(&notes.entered) == 1; }));
		bridge_log_mark();
		EXPECT_TRUE(test, net_news_send(count, bytes));
		row = route_row(device, lost, nullptr);
		EXPECT_STATUS(test, CreateIpForwardEntry2(&row), STATUS_SUCCESS);
		KeSetEvent(&go, IO_NO_INCREMENT, FALSE);
		EXPECT_TRUE(test, wait_until([]() { return logged("news of interfaces"); }));
		device.remove();
		EXPECT_TRUE(test, notes.told_of(MibDeleteInstance, first));
		EXPECT_TRUE(test, notes.told_of(MibDeleteInstance, lost));
		notes.cancel();
		EXPECT_EQ(test, notes.count(MibAddInstance), 1);
	});
}

void interfaces_come_and_go(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);

	space.run([&]() {
		Notes notes(test);

		EXPECT_STATUS(test, notes.watch_interfaces(family), STATUS_SUCCESS);
		Device device;

		REQUIRE(test, device);
		const NET_LUID luid = device.luid();
		const NET_IFINDEX index = device.index();

		EXPECT_TRUE(test, notes.told(MibAddInstance));
		EXPECT_TRUE(test, notes.told(MibParameterNotification));
		device.remove();
		EXPECT_TRUE(test, notes.told(MibDeleteInstance));
		EXPECT_EQ(test, notes.family, family);
		EXPECT_EQ(test, notes.index, index);
		EXPECT_EQ(test, notes.luid.Value, luid.Value);
		notes.cancel();
		EXPECT_EQ(test, notes.count(MibAddInstance), 1);
		EXPECT_EQ(test, notes.count(MibDeleteInstance), 1);
	});
}

void an_interface_is_told_for_each_family(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		Notes notes(test);

		EXPECT_STATUS(test, notes.watch_interfaces(AF_UNSPEC), STATUS_SUCCESS);
		Device device;

		REQUIRE(test, device);
		EXPECT_TRUE(test, notes.told(MibAddInstance, 2));
		device.remove();
		EXPECT_TRUE(test, notes.told(MibDeleteInstance, 2));
	});
}

void another_namespace_is_not_told(struct kunit *test)
{
	Space space(test);
	Notes here(test);

	EXPECT_STATUS(test, here.watch_interfaces(AF_INET), STATUS_SUCCESS);
	space.run([&]() {
		Notes there(test);

		EXPECT_STATUS(test, there.watch_interfaces(AF_INET), STATUS_SUCCESS);
		Device device("wsk-there");

		REQUIRE(test, device);
		EXPECT_TRUE(test, there.told(MibAddInstance));
	});
	here.cancel();
	EXPECT_EQ(test, here.count(MibAddInstance), 0);
}

void cancelled_inside(struct kunit *test, ADDRESS_FAMILY family)
{
	Notes interfaces(test), addresses(test), routes(test);

	interfaces.cancel_inside = addresses.cancel_inside = routes.cancel_inside = true;
	EXPECT_STATUS(test, interfaces.watch_interfaces(family, TRUE), STATUS_SUCCESS);
	EXPECT_STATUS(test, addresses.watch_addresses(family, TRUE), STATUS_SUCCESS);
	EXPECT_STATUS(test, routes.watch_routes(family, TRUE), STATUS_SUCCESS);
	EXPECT_TRUE(test, interfaces.told(MibInitialNotification));
	EXPECT_TRUE(test, addresses.told(MibInitialNotification));
	EXPECT_TRUE(test, routes.told(MibInitialNotification));
	EXPECT_NULL(test, routes.handle);
}

/* What has come by then has its work item queued again. */
void cancelled_inside_with_more_to_come(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		Notes notes(test);
		KEVENT go;

		KeInitializeEvent(&go, NotificationEvent, FALSE);
		notes.hold = &go;
		notes.cancel_inside = true;
		EXPECT_STATUS(test, notes.watch_interfaces(AF_UNSPEC, TRUE), STATUS_SUCCESS);
		EXPECT_TRUE(test, wait_until([&]() { return ReadAcquire(&notes.entered) == 1; }));
		Device device;

		EXPECT_TRUE(test, device);
		KeSetEvent(&go, IO_NO_INCREMENT, FALSE);
		EXPECT_TRUE(test, notes.told(MibInitialNotification));
		device.remove();
		bridge_sleep_ms(20);
		EXPECT_EQ(test, notes.count(MibAddInstance), 0);
	});
}

/* It would be told of IPv6, too, had it not been cancelled by what told it of IPv4. */
void cancelled_between_families(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		Notes notes(test);

		notes.cancel_inside = true;
		EXPECT_STATUS(test, notes.watch_interfaces(AF_UNSPEC), STATUS_SUCCESS);
		Device device;

		REQUIRE(test, device);
		EXPECT_TRUE(test, notes.told(MibAddInstance));
		device.remove();
		EXPECT_EQ(test, notes.count(MibAddInstance), 1);
		EXPECT_EQ(test, notes.count(MibDeleteInstance), 0);
	});
}

void cancelling_waits(struct kunit *test)
{
	struct Cancelling {
		Notes *notes;
		LONG done;
	};
	Notes notes(test);
	KEVENT hold;
	Cancelling cancelling = {&notes, 0};

	KeInitializeEvent(&hold, NotificationEvent, FALSE);
	notes.hold = &hold;
	EXPECT_STATUS(test, notes.watch_routes(AF_INET, TRUE), STATUS_SUCCESS);
	EXPECT_TRUE(test, wait_until([&]() { return ReadAcquire(&notes.entered); }));
	bridge_thread *thread = bridge_thread_start(
		[](void *context) {
			auto *self = static_cast<Cancelling *>(context);

			self->notes->cancel();
			WriteRelease(&self->done, 1);
		},
		&cancelling);

	REQUIRE(test, thread);
	bridge_sleep_ms(5);
	EXPECT_EQ(test, ReadAcquire(&cancelling.done), 0);
	KeSetEvent(&hold, IO_NO_INCREMENT, FALSE);
	bridge_thread_join(thread);
	EXPECT_EQ(test, notes.count(MibInitialNotification), 1);
}

void nothing_after_the_namespace(struct kunit *test, ADDRESS_FAMILY family)
{
	Space space(test);
	Notes routes(test), addresses(test);

	space.run([&]() {
		EXPECT_STATUS(test, routes.watch_routes(family, TRUE), STATUS_SUCCESS);
		EXPECT_STATUS(test, addresses.watch_addresses(family), STATUS_SUCCESS);
	});
	EXPECT_TRUE(test, routes.told(MibInitialNotification));
	space.drop();
	EXPECT_TRUE(test, net_space_settle());
	EXPECT_RULES(test, 0, {
		routes.cancel();
		addresses.cancel();
	});
}

void bad_input_is_refused(struct kunit *test)
{
	PMIB_UNICASTIPADDRESS_TABLE table = nullptr;
	HANDLE handle = nullptr;
	auto on_interface = [](PVOID, PMIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE) {};
	auto on_address = [](PVOID, PMIB_UNICASTIPADDRESS_ROW, MIB_NOTIFICATION_TYPE) {};
	auto on_route = [](PVOID, PMIB_IPFORWARD_ROW2, MIB_NOTIFICATION_TYPE) {};
	auto on_table = [](PVOID, PMIB_UNICASTIPADDRESS_TABLE) {};

	EXPECT_STATUS(test, NotifyIpInterfaceChange(AF_UNIX, on_interface, nullptr, FALSE, &handle),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, NotifyIpInterfaceChange(AF_INET, nullptr, nullptr, FALSE, &handle),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, NotifyIpInterfaceChange(AF_INET, on_interface, nullptr, FALSE, nullptr),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test,
		      NotifyUnicastIpAddressChange(AF_UNIX, on_address, nullptr, FALSE, &handle),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, NotifyUnicastIpAddressChange(AF_INET, nullptr, nullptr, FALSE, &handle),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test,
		      NotifyUnicastIpAddressChange(AF_INET, on_address, nullptr, FALSE, nullptr),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, NotifyRouteChange2(AF_UNIX, on_route, nullptr, FALSE, &handle),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, NotifyRouteChange2(AF_INET, nullptr, nullptr, FALSE, &handle),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test, NotifyRouteChange2(AF_INET, on_route, nullptr, FALSE, nullptr),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(
		test,
		NotifyStableUnicastIpAddressTable(AF_UNIX, &table, on_table, nullptr, &handle),
		STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(
		test,
		NotifyStableUnicastIpAddressTable(AF_INET, nullptr, on_table, nullptr, &handle),
		STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(test,
		      NotifyStableUnicastIpAddressTable(AF_INET, &table, nullptr, nullptr, &handle),
		      STATUS_INVALID_PARAMETER);
	EXPECT_STATUS(
		test,
		NotifyStableUnicastIpAddressTable(AF_INET, &table, on_table, nullptr, nullptr),
		STATUS_INVALID_PARAMETER);
	EXPECT_RULES(
		test, 0,
		EXPECT_STATUS(test, CancelMibChangeNotify2(nullptr), STATUS_INVALID_PARAMETER));
}

void a_handle_is_cancelled_once(struct kunit *test)
{
	Notes notes(test);

	EXPECT_STATUS(test, notes.watch_routes(AF_INET), STATUS_SUCCESS);
	const HANDLE handle = notes.handle;

	notes.cancel();
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, CancelMibChangeNotify2(handle), STATUS_INVALID_PARAMETER));
	EXPECT_RULES(test, 1,
		     EXPECT_STATUS(test, CancelMibChangeNotify2(&notes), STATUS_INVALID_PARAMETER));
}

struct Table {
	PMIB_UNICASTIPADDRESS_TABLE table;
	LONG calls;

	static VOID NTAPI take(PVOID context, PMIB_UNICASTIPADDRESS_TABLE table)
	{
		auto *self = static_cast<Table *>(context);

		self->table = table;
		InterlockedIncrement(&self->calls);
	}
};

void a_stable_table_at_once(struct kunit *test, ADDRESS_FAMILY family)
{
	PMIB_UNICASTIPADDRESS_TABLE table = nullptr;
	Table later = {};
	HANDLE handle = &later;
	NTSTATUS status;

	/* The link-local addresses of this machine may be being checked. */
	status = NotifyStableUnicastIpAddressTable(family, &table, Table::take, &later, &handle);
	if (status == STATUS_PENDING) {
		EXPECT_TRUE(test, wait_until([&]() { return ReadAcquire(&later.calls); }));
		EXPECT_STATUS(test, CancelMibChangeNotify2(handle), STATUS_SUCCESS);
		table = later.table;
	} else {
		EXPECT_STATUS(test, status, STATUS_SUCCESS);
		EXPECT_NULL(test, handle);
		EXPECT_EQ(test, later.calls, 0);
	}
	REQUIRE(test, table);
	EXPECT_GE(test, table->NumEntries, 1u);
	FreeMibTable(table);
}

/* Asks for a stable table when the device has an address that is to be checked. */
HANDLE ask_during_a_check(struct kunit *test, Device &device, Table *later)
{
	MIB_UNICASTIPADDRESS_ROW row = address_row(device.index(), in_network(AF_INET6, 100, 1));
	PMIB_UNICASTIPADDRESS_TABLE table = nullptr;
	HANDLE handle = nullptr;

	row.DadState = IpDadStateInvalid;
	EXPECT_STATUS(test, CreateUnicastIpAddressEntry(&row), STATUS_SUCCESS);
	EXPECT_STATUS(
		test,
		NotifyStableUnicastIpAddressTable(AF_INET6, &table, Table::take, later, &handle),
		STATUS_PENDING);
	EXPECT_NULL(test, table);
	return handle;
}

void a_stable_table_later(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		Table later = {};
		Device device;

		REQUIRE(test, device);

		const HANDLE handle = ask_during_a_check(test, device, &later);

		EXPECT_TRUE(test, wait_until([&]() { return ReadAcquire(&later.calls); }));
		EXPECT_STATUS(test, CancelMibChangeNotify2(handle), STATUS_SUCCESS);
		EXPECT_EQ(test, later.calls, 1);
		REQUIRE(test, later.table);
		for (ULONG i = 0; i < later.table->NumEntries; i++)
			EXPECT_NE(test, static_cast<int>(later.table->Table[i].DadState),
				  IpDadStateTentative);
		FreeMibTable(later.table);
	});
}

/* An address of an interface that is down waits to be checked. */
void a_stable_table_after_lost_news(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		constexpr uint32_t too_long = 40000;
		Table later = {};
		Device device;

		REQUIRE(test, device && device.set_up(false));

		const HANDLE handle = ask_during_a_check(test, device, &later);

		bridge_sleep_ms(20); /* so that it has been looked at once */
		EXPECT_EQ(test, ReadAcquire(&later.calls), 0);
		net_news_withhold(device.index());
		EXPECT_TRUE(test, net_news_send(1, too_long));
		EXPECT_TRUE(test, wait_until([&]() { return ReadAcquire(&later.calls); }));
		EXPECT_STATUS(test, CancelMibChangeNotify2(handle), STATUS_SUCCESS);
		FreeMibTable(later.table);
	});
}

struct OneTable {
	HANDLE handle;
	PMIB_UNICASTIPADDRESS_TABLE table;
	LONG calls, cancelled;

	static VOID NTAPI take(PVOID context, PMIB_UNICASTIPADDRESS_TABLE table)
	{
		auto *self = static_cast<OneTable *>(context);

		self->table = table;
		InterlockedIncrement(&self->calls);
		if (NT_SUCCESS(CancelMibChangeNotify2(self->handle)))
			InterlockedIncrement(&self->cancelled);
	}
};

/* What asks and what tells see the table at the same time, and either may be first. */
void a_stable_table_told_meanwhile(struct kunit *test)
{
	Space space(test);

	space.run([&]() {
		for (int i = 0; i < 30; i++) {
			PMIB_UNICASTIPADDRESS_TABLE table = nullptr;
			OneTable later = {};
			const NTSTATUS status = NotifyStableUnicastIpAddressTable(
				AF_INET, &table, OneTable::take, &later, &later.handle);

			if (status == STATUS_PENDING) {
				EXPECT_TRUE(test, wait_until([&]() {
						    return ReadAcquire(&later.cancelled);
					    }));
				EXPECT_NULL(test, table);
				table = later.table;
			} else {
				EXPECT_STATUS(test, status, STATUS_SUCCESS);
			}
			EXPECT_EQ(test, later.calls, status == STATUS_PENDING);
			EXPECT_NOT_NULL(test, table);
			FreeMibTable(table);
		}
	});
}

void no_memory(struct kunit *test)
{
	HANDLE handle = nullptr;
	auto on_route = [](PVOID, PMIB_IPFORWARD_ROW2, MIB_NOTIFICATION_TYPE) {};

	port_alloc_fail(1);
	EXPECT_STATUS(test, NotifyRouteChange2(AF_INET, on_route, nullptr, FALSE, &handle),
		      STATUS_INSUFFICIENT_RESOURCES);
	EXPECT_TRUE(test, port_alloc_fail(0));
	EXPECT_NULL(test, handle);
}

constexpr bridge_case cases[] = {
	IPV4_AND_IPV6("the initial notification comes where it is wanted", first_of_all),
	IPV4_AND_IPV6("addresses that come, change and go are told", addresses_come_and_go),
	IPV4_AND_IPV6("addresses of the other family are not told", the_other_family_is_not_told),
	IPV4_AND_IPV6("routes that come and go are told", routes_come_and_go),
	IPV4_AND_IPV6("routes that go with their interface are told",
		      routes_go_with_their_interface),
	{"routes whose news were lost are told when they go with their interface",
	 routes_are_known_after_lost_news},
	IPV4_AND_IPV6("interfaces that come, change and go are told", interfaces_come_and_go),
	{"an interface is told once for each family", an_interface_is_told_for_each_family},
	{"what happens in another namespace is not told", another_namespace_is_not_told},
	IPV4_AND_IPV6("a notification is cancelled inside its callback", cancelled_inside),
	{"a notification is cancelled inside its callback, with more to come",
	 cancelled_inside_with_more_to_come},
	{"nothing is told after it was cancelled inside", cancelled_between_families},
	{"cancelling waits for the callback", cancelling_waits},
	IPV4_AND_IPV6("nothing is told after the namespace has ended", nothing_after_the_namespace),
	{"bad input is refused", bad_input_is_refused},
	{"a handle is cancelled once", a_handle_is_cancelled_once},
	IPV4_AND_IPV6("a stable table is told", a_stable_table_at_once),
	{"a table is told when no address is being checked any more", a_stable_table_later},
	{"a stable table is told though the news of it were lost", a_stable_table_after_lost_news},
	{"a stable table is told once, though its notification is cancelled meanwhile",
	 a_stable_table_told_meanwhile},
	{"running out of memory fails the call", no_memory},
};

} // namespace

BRIDGE_SUITE(iphlp_notify, cases, .network = true);

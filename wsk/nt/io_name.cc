// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The names of devices, and symbolic links to them. A link in \DosDevices that leads to a device is
 * what programs see: a node in /dev.
 */
#include "nt/device.h"
#include "nt/irql.h"
#include "nt/nt_unicode.h"
#include "nt/object.h"
#include "port/device.h"
#include "port/log.h"
#include "port/memory.h"

namespace wsk
{

/* Owned by names_list. Its strings lie behind it. */
struct Name {
	Name *next;
	Device *device;		/* null: a link */
	DriverAccount *account; /* whose link it is */
	UNICODE_STRING path;
	UNICODE_STRING target;
	int node;
	bool hidden; /* its driver has left it behind */
};

namespace
{

constinit EX_PUSH_LOCK names_lock;
constinit Name *names;

class NamesGuard
{
public:
	NamesGuard()
	{
		KeEnterCriticalRegion();
		ExAcquirePushLockExclusive(&names_lock);
	}
	~NamesGuard()
	{
		ExReleasePushLockExclusive(&names_lock);
		KeLeaveCriticalRegion();
	}
	NamesGuard(const NamesGuard &) = delete;
	NamesGuard &operator=(const NamesGuard &) = delete;
};

constexpr WCHAR dos_prefix[] = L"\\??\\";
constexpr WCHAR device_prefix[] = L"\\Device\\";

template <size_t size>
constexpr UNICODE_STRING text(const WCHAR (&characters)[size])
{
	return {(size - 1) * sizeof(WCHAR), size * sizeof(WCHAR), const_cast<PWCH>(characters)};
}

size_t length(const UNICODE_STRING &string)
{
	return string.Length / sizeof(WCHAR);
}

UNICODE_STRING from(const UNICODE_STRING &string, size_t start)
{
	USHORT bytes = static_cast<USHORT>(start * sizeof(WCHAR));

	return {static_cast<USHORT>(string.Length - bytes),
		static_cast<USHORT>(string.Length - bytes), string.Buffer + start};
}

bool starts_with(const UNICODE_STRING &string, const UNICODE_STRING &prefix)
{
	UNICODE_STRING start = {prefix.Length, prefix.Length, string.Buffer};

	return string.Length >= prefix.Length && RtlEqualUnicodeString(&start, &prefix, TRUE);
}

/* A path with the several names of the directory of links turned into one; owns its memory. */
class Path
{
public:
	Path() = default;
	~Path() { port_free(string.Buffer); }
	Path(const Path &) = delete;
	Path &operator=(const Path &) = delete;

	/* False without memory. */
	[[nodiscard]] bool set(const UNICODE_STRING &start, const UNICODE_STRING &rest)
	{
		size_t bytes = start.Length + rest.Length;
		PWCH buffer = bytes < MAXUSHORT
				      ? static_cast<PWCH>(port_alloc(bytes + sizeof(WCHAR), false))
				      : nullptr;

		if (!buffer)
			return false;
		__builtin_memcpy(buffer, start.Buffer, start.Length);
		__builtin_memcpy(buffer + length(start), rest.Buffer, rest.Length);
		buffer[bytes / sizeof(WCHAR)] = 0;
		port_free(string.Buffer);
		string = {static_cast<USHORT>(bytes), static_cast<USHORT>(bytes + sizeof(WCHAR)),
			  buffer};
		return true;
	}

	[[nodiscard]] bool set_canonical(const UNICODE_STRING &path)
	{
		constexpr UNICODE_STRING same[] = {text(L"\\DosDevices\\Global\\"),
						   text(L"\\??\\Global\\"), text(L"\\DosDevices\\"),
						   text(L"\\GLOBAL??\\"), text(dos_prefix)};

		for (const UNICODE_STRING &prefix : same)
			if (starts_with(path, prefix))
				return set(text(dos_prefix), from(path, length(prefix)));
		return set({}, path);
	}

	UNICODE_STRING string = {};
};

bool is_dos_name(const UNICODE_STRING &path)
{
	return starts_with(path, text(dos_prefix));
}

/* What may be the name of something: a component in one of the directories that there are. */
NTSTATUS check(const UNICODE_STRING &path)
{
	size_t start = 1;

	if (!path.Length || path.Length % sizeof(WCHAR) || path.Buffer[0] != '\\')
		return STATUS_OBJECT_PATH_SYNTAX_BAD;
	if (is_dos_name(path))
		start = length(text(dos_prefix));
	else if (starts_with(path, text(device_prefix)))
		start = length(text(device_prefix));
	if (start == length(path))
		return STATUS_OBJECT_NAME_INVALID;
	for (size_t i = start; i < length(path); i++)
		if (path.Buffer[i] == '\\')
			return i + 1 == length(path) ? STATUS_OBJECT_NAME_INVALID
						     : STATUS_OBJECT_PATH_NOT_FOUND;
	return STATUS_SUCCESS;
}

Name *find(const UNICODE_STRING &path)
{
	for (Name *name = names; name; name = name->next)
		if (!name->hidden && RtlEqualUnicodeString(&name->path, &path, TRUE))
			return name;
	return nullptr;
}

/* The longest name that the path begins with; what follows it begins with a backslash. */
Name *find_start(const UNICODE_STRING &path)
{
	UNICODE_STRING start = path;

	for (;;) {
		if (Name *name = find(start))
			return name;
		do {
			if (!start.Length)
				return nullptr;
			start.Length -= sizeof(WCHAR);
		} while (start.Buffer[length(start)] != '\\');
	}
}

/* Follows links. The rest of the path is written to `path`. */
NTSTATUS resolve(Path &path, Device **device)
{
	constexpr int most_links = 16;

	for (int i = 0; i < most_links; i++) {
		Name *name = find_start(path.string);
		Path next;

		if (!name)
			return STATUS_OBJECT_NAME_NOT_FOUND;
		UNICODE_STRING rest = from(path.string, length(name->path));
		bool enough = name->device ? next.set({}, rest) : next.set(name->target, rest);

		if (!enough)
			return STATUS_INSUFFICIENT_RESOURCES;
		UNICODE_STRING swapped = path.string;
		path.string = next.string;
		next.string = swapped;
		if (name->device) {
			*device = name->device;
			return STATUS_SUCCESS;
		}
	}
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS make(const UNICODE_STRING &path, const UNICODE_STRING &target, Name **made)
{
	NTSTATUS status = check(path);

	if (!NT_SUCCESS(status))
		return status;
	if (find(path))
		return STATUS_OBJECT_NAME_COLLISION;

	Name *name =
		static_cast<Name *>(port_alloc(sizeof(Name) + path.Length + target.Length, true));
	if (!name)
		return STATUS_INSUFFICIENT_RESOURCES;

	PWCH strings = reinterpret_cast<PWCH>(name + 1);
	__builtin_memcpy(strings, path.Buffer, path.Length);
	__builtin_memcpy(strings + length(path), target.Buffer, target.Length);
	name->path = {path.Length, path.Length, strings};
	name->target = {target.Length, target.Length, strings + length(path)};
	name->node = -1;
	name->next = names;
	names = name;
	*made = name;
	return STATUS_SUCCESS;
}

void remove(Name *name)
{
	Name **link = &names;

	while (*link != name)
		link = &(*link)->next;
	*link = name->next;
	if (name->node >= 0)
		port_node_remove(name->node);
	port_free(name);
}

/* The device that programs reach by this name. */
NTSTATUS seen_by_programs(Name *name, Device **device)
{
	Path path;

	if (name->hidden || !is_dos_name(name->path))
		return STATUS_OBJECT_NAME_NOT_FOUND;
	*device = name->device;
	if (*device)
		return STATUS_SUCCESS;
	return path.set({}, name->target) ? resolve(path, device) : STATUS_INSUFFICIENT_RESOURCES;
}

/* What cannot be in a file name of Linux', or means something in one of sysfs, is an underscore. */
void make_node(Name *name, const Device *device)
{
	UNICODE_STRING tail = from(name->path, length(text(dos_prefix)));
	char file[256];
	Conversion done = convert(file, sizeof(file) - 1, tail.Buffer, length(tail));

	file[done.stored] = 0;
	for (size_t i = 0; file[i]; i++)
		if (static_cast<unsigned char>(file[i]) <= ' ' || file[i] == '/' ||
		    file[i] == '!' || file[i] == 0x7f || (!i && file[i] == '.'))
			file[i] = '_';

	int node = port_node_create(file, device_mode(device));
	if (node >= 0)
		name->node = node;
	else
		port_logf(PORT_LOG_WARNING, "no node /dev/%s could be made: error %d\n", file,
			  -node);
}

/*
 * After each change of what there is: nodes for what leads to a device, and no others. Where there
 * is no memory to find that out, everything stays as it is.
 */
void refresh()
{
	for (Name *name = names; name; name = name->next) {
		Device *device = nullptr;
		NTSTATUS status = seen_by_programs(name, &device);

		if (status == STATUS_INSUFFICIENT_RESOURCES)
			continue;
		if (NT_SUCCESS(status) && name->node < 0) {
			make_node(name, device);
		} else if (!NT_SUCCESS(status) && name->node >= 0) {
			port_node_remove(name->node);
			name->node = -1;
		}
	}
}

/* The device may be opened, and is counted as open. */
NTSTATUS begin_open(Device *device, const DriverAccount *opener, ACCESS_MASK access,
		    KPROCESSOR_MODE mode, Opened *opened)
{
	DriverAccount *account = device->account;

	if (device->deleted || device->object.Flags & DO_DEVICE_INITIALIZING)
		return STATUS_NO_SUCH_DEVICE;
	if (mode != KernelMode && !device_allows(device, access))
		return STATUS_ACCESS_DENIED;
	if (device->object.Flags & DO_EXCLUSIVE && ReadAcquire(&device->object.ReferenceCount))
		return STATUS_ACCESS_DENIED;
	/* A driver's files on its own devices do not keep it from being unloaded. */
	opened->held = nullptr;
	if (opener != account) {
		if (!driver_get(account))
			return STATUS_NO_SUCH_DEVICE;
		opened->held = account;
	}
	InterlockedIncrement(&device->object.ReferenceCount);
	object_reference(device);
	opened->device = device;
	return STATUS_SUCCESS;
}

/* A device's name, or a link. */
NTSTATUS add(const UNICODE_STRING &path, const UNICODE_STRING &target, Device *device,
	     DriverAccount *account)
{
	Path canonical, canonical_target;
	Name *name;

	if (!canonical.set_canonical(path) || !canonical_target.set_canonical(target))
		return STATUS_INSUFFICIENT_RESOURCES;

	NamesGuard guard;
	NTSTATUS status = make(canonical.string, canonical_target.string, &name);

	if (!NT_SUCCESS(status))
		return status;
	name->device = device;
	name->account = account;
	if (device) {
		device->name = name;
		device->object.Flags |= DO_DEVICE_HAS_NAME;
	}
	refresh();
	return STATUS_SUCCESS;
}

} // namespace

NTSTATUS name_device(Device *device, PCUNICODE_STRING path)
{
	return add(*path, {}, device, device->account);
}

void unname_device(Device *device)
{
	NamesGuard guard;

	if (device->name)
		remove(device->name);
	device->name = nullptr;
	refresh();
}

NTSTATUS name_link(PCUNICODE_STRING path, PCUNICODE_STRING target, DriverAccount *account)
{
	if (!target->Length || target->Buffer[0] != '\\')
		return STATUS_INVALID_PARAMETER;

	NTSTATUS status = add(*path, *target, nullptr, account);

	if (NT_SUCCESS(status))
		driver_charge(account, Resource::links);
	return status;
}

NTSTATUS unname_link(PCUNICODE_STRING path)
{
	Path canonical;

	if (!canonical.set_canonical(*path))
		return STATUS_INSUFFICIENT_RESOURCES;

	NamesGuard guard;
	Name *name = find(canonical.string);

	if (!name)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (name->device)
		return STATUS_OBJECT_TYPE_MISMATCH;
	driver_discharge(name->account, Resource::links);
	remove(name);
	refresh();
	return STATUS_SUCCESS;
}

void names_abandon(const DriverAccount *account)
{
	NamesGuard guard;

	for (Name *name = names; name; name = name->next)
		name->hidden |= name->account == account;
	refresh();
}

void names_forget(const DriverAccount *account)
{
	NamesGuard guard;

	for (Name *name = names, *next; name; name = next) {
		next = name->next;
		if (name->account != account || name->device)
			continue;
		driver_discharge(name->account, Resource::links);
		remove(name);
	}
}

int name_node(PCUNICODE_STRING link)
{
	Path canonical;

	if (!canonical.set_canonical(*link))
		return -1;

	NamesGuard guard;
	Name *name = find(canonical.string);

	return name ? name->node : -1;
}

NTSTATUS name_open(PCUNICODE_STRING path, DriverAccount *opener, ACCESS_MASK access,
		   KPROCESSOR_MODE mode, Opened *opened)
{
	Device *device;
	Path rest;

	if (!rest.set_canonical(*path))
		return STATUS_INSUFFICIENT_RESOURCES;

	NamesGuard guard;
	NTSTATUS status = resolve(rest, &device);

	if (NT_SUCCESS(status))
		status = begin_open(device, opener, access, mode, opened);
	if (NT_SUCCESS(status)) {
		opened->rest = rest.string;
		rest.string = {};
	}
	return status;
}

NTSTATUS node_open(int node, ACCESS_MASK access, Opened *opened)
{
	NamesGuard guard;
	Name *name = names;

	while (name && name->node != node)
		name = name->next;
	if (!name)
		return STATUS_NO_SUCH_DEVICE;

	Device *device = name->device;
	Path rest;

	if (!rest.set({}, name->target))
		return STATUS_INSUFFICIENT_RESOURCES;

	NTSTATUS status = device ? STATUS_SUCCESS : resolve(rest, &device);

	if (NT_SUCCESS(status))
		status = begin_open(device, nullptr, access, UserMode, opened);
	if (NT_SUCCESS(status)) {
		opened->rest = rest.string;
		rest.string = {};
	}
	return status;
}

NTSTATUS name_find(PCUNICODE_STRING path, Device **device)
{
	Path rest;

	if (!rest.set_canonical(*path))
		return STATUS_INSUFFICIENT_RESOURCES;

	NamesGuard guard;
	NTSTATUS status = resolve(rest, device);

	if (NT_SUCCESS(status))
		object_reference(*device);
	return status;
}

void device_close(Device *device, DriverAccount *held)
{
	InterlockedDecrement(&device->object.ReferenceCount);
	object_dereference(device);
	if (held)
		driver_put(held);
}

} // namespace wsk

using namespace wsk;

/**
 * IoCreateSymbolicLink() - Give a device another name
 * @SymbolicLinkName: The name. In ``\DosDevices`` (``\??``) it makes ``/dev/NAME``, for as long as
 *	it leads to a device.
 * @DeviceName: What it stands for: a device's name, or another link's. It need not exist yet.
 *
 * The node can be used by root alone, unless the device was made by IoCreateDeviceSecure().
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INSUFFICIENT_RESOURCES; STATUS_OBJECT_NAME_COLLISION;
 *	STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_PATH_SYNTAX_BAD and STATUS_OBJECT_PATH_NOT_FOUND
 *	for what is no such name; STATUS_INVALID_PARAMETER.
 * Source: wdm.h, IoCreateSymbolicLink function
 */
extern "C" NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING SymbolicLinkName,
					 PUNICODE_STRING DeviceName)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return name_link(SymbolicLinkName, DeviceName, driver_of(__builtin_return_address(0)));
}

/**
 * IoCreateUnprotectedSymbolicLink() - Give a device another name, that anybody could change
 * @SymbolicLinkName: As for IoCreateSymbolicLink().
 * @DeviceName: As for IoCreateSymbolicLink().
 *
 * Programs cannot change links here, so there is no difference.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: As IoCreateSymbolicLink().
 * Source: wdm.h, IoCreateUnprotectedSymbolicLink function
 */
extern "C" NTSTATUS IoCreateUnprotectedSymbolicLink(PUNICODE_STRING SymbolicLinkName,
						    PUNICODE_STRING DeviceName)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return name_link(SymbolicLinkName, DeviceName, driver_of(__builtin_return_address(0)));
}

/**
 * IoDeleteSymbolicLink() - Undo IoCreateSymbolicLink()
 * @SymbolicLinkName: The name. Its node goes; files that are open stay so.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_OBJECT_TYPE_MISMATCH for a device's
 *	own name; STATUS_INSUFFICIENT_RESOURCES.
 * Source: wdm.h, IoDeleteSymbolicLink function
 */
extern "C" NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	return unname_link(SymbolicLinkName);
}

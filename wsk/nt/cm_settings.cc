// SPDX-License-Identifier: MIT OR GPL-2.0
/* What is in the registry for a driver when its DriverEntry runs: from a file, and from insmod. */
#include "nt/cm_registry.h"
#include "nt/nt_unicode.h"
#include "port/driver.h"
#include "port/error.h"
#include "port/file.h"
#include "port/log.h"
#include "port/memory.h"

namespace wsk
{

namespace
{

constexpr size_t max_file = 128 * 1024;
constexpr size_t max_name = 64;

/* Text that insmod or a file gave, in UTF-16. Of Windows' making, a file is UTF-16 already. */
class WideText
{
public:
	WideText(const char *bytes, size_t size)
	{
		auto *raw = reinterpret_cast<const UCHAR *>(bytes);

		if (size >= 2 && raw[0] == 0xff && raw[1] == 0xfe) {
			units = size / sizeof(WCHAR) - 1;
			text = static_cast<PWCH>(port_alloc((units + 1) * sizeof(WCHAR), true));
			if (text)
				__builtin_memcpy(text, bytes + 2, units * sizeof(WCHAR));
			return;
		}
		if (size >= 3 && raw[0] == 0xef && raw[1] == 0xbb && raw[2] == 0xbf) {
			bytes += 3;
			size -= 3;
		}
		units = convert<WCHAR>(nullptr, 0, bytes, size).needed;
		text = static_cast<PWCH>(port_alloc((units + 1) * sizeof(WCHAR), true));
		if (text)
			convert(text, units, bytes, size);
	}
	~WideText() { port_free(text); }
	WideText(const WideText &) = delete;
	WideText &operator=(const WideText &) = delete;

	PWCH text;
	size_t units;
};

/* REGISTRY\…\Services, a driver's name, and what is below it. */
struct ServicePath {
	WCHAR buffer[64 + max_name + 16];
	UNICODE_STRING path;

	explicit ServicePath(const char *driver, const WCHAR *below)
	{
		size_t at = 0;

		for (const WCHAR *from =
			     L"REGISTRY\\MACHINE\\SYSTEM\\CurrentControlSet\\Services\\";
		     *from; from++)
			buffer[at++] = *from;
		for (size_t i = 0; driver[i] && i + 1 < max_name; i++)
			buffer[at++] = static_cast<UCHAR>(driver[i]);
		for (; *below; below++)
			buffer[at++] = *below;
		path.Buffer = buffer;
		path.Length = path.MaximumLength = static_cast<USHORT>(at * sizeof(WCHAR));
	}
};

NTSTATUS make_key(const char *driver, const WCHAR *below, RegistryKey **key)
{
	ServicePath service(driver, below);
	RegistryKey *root = registry_root();
	bool created;

	if (!root)
		return STATUS_INSUFFICIENT_RESOURCES;
	return registry_create(root, service.path, true, key, &created);
}

int error_of(NTSTATUS status)
{
	if (NT_SUCCESS(status))
		return 0;
	return status == STATUS_INSUFFICIENT_RESOURCES ? -PORT_ENOMEM : -PORT_EINVAL;
}

int read_settings(const char *driver, const char *path, const char *bytes, size_t size)
{
	WideText wide(bytes, size);
	RegistryGuard guard;
	RegistryKey *service;

	if (!wide.text)
		return -PORT_ENOMEM;

	NTSTATUS status = make_key(driver, L"", &service);

	if (!NT_SUCCESS(status))
		return error_of(status);

	ULONG line = registry_read_file(service, wide.text, wide.units, &status);

	if (line)
		port_logf(PORT_LOG_ERROR, "%s: %s:%u: not a line of a registry file\n", driver,
			  path, line);
	return error_of(status);
}

int read_file(const char *driver, const char *named)
{
	static const char folder[] = "/etc/wsk/";
	char usual[sizeof(folder) + max_name + 4];
	const char *path = named && *named ? named : usual;
	size_t at = 0;
	char *bytes;

	for (const char *from = folder; *from; from++)
		usual[at++] = *from;
	for (size_t i = 0; driver[i] && i + 1 < max_name; i++)
		usual[at++] = driver[i];
	__builtin_memcpy(usual + at, ".reg", 5);

	int64_t size = port_file_read_whole(path, max_file, &bytes);

	/* Only a file that somebody named must be there. */
	if (size == -PORT_ENOENT && path == usual)
		return 0;
	if (size < 0) {
		port_logf(PORT_LOG_ERROR, "%s: %s: cannot be read (%d)\n", driver, path,
			  static_cast<int>(-size));
		return static_cast<int>(size);
	}

	int error = read_settings(driver, path, bytes, static_cast<size_t>(size));

	port_free(bytes);
	return error;
}

int read_parameters(const char *driver, const char *parameters)
{
	WideText wide(parameters, strlen(parameters));
	RegistryGuard guard;
	RegistryKey *key;

	if (!wide.text)
		return -PORT_ENOMEM;

	NTSTATUS status = make_key(driver, L"\\Parameters", &key);

	if (NT_SUCCESS(status))
		status = registry_read_parameters(key, wide.text, wide.units);
	if (status == STATUS_INVALID_PARAMETER)
		port_logf(PORT_LOG_ERROR, "%s: parameters=%s: not NAME=value,NAME=value\n", driver,
			  parameters);
	return error_of(status);
}

} // namespace

void registry_forget(const char *driver)
{
	ServicePath service(driver, L"");
	RegistryGuard guard;
	RegistryKey *root = registry_root(), *key;

	if (root && NT_SUCCESS(registry_find(root, service.path, &key)))
		registry_remove(key);
}

} // namespace wsk

using namespace wsk;

int nt_driver_configure(const char *name, const char *file, const char *parameters)
{
	registry_forget(name);

	int error = read_parameters(name, "");

	if (!error)
		error = read_file(name, file);
	if (!error && parameters)
		error = read_parameters(name, parameters);
	if (error)
		registry_forget(name);
	return error;
}

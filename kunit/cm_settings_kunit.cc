// SPDX-License-Identifier: MIT OR GPL-2.0
/* What a driver's registry file, and the parameters of its module, put into the registry. */
#include "registry_scene.h"

#include "nt/cm_registry.h"
#include "nt/driver_account.h"
#include "port/driver.h"
#include "port/error.h"
#include "port/file.h"
#include "port/memory.h"

using namespace wsk;
using namespace wsk::test;

namespace
{

#define SERVICE L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\kunit_driver"

constexpr const char *file_name = "/wsk_kunit.reg";

void forget(void *)
{
	registry_forget("kunit_driver");
}

/* Reads text into the service key as if it came from a file; the line that is wrong. */
ULONG read_text(struct kunit *test, PCWSTR text, NTSTATUS *status)
{
	RegistryGuard guard;
	UNICODE_STRING path;
	RegistryKey *service = nullptr;
	bool created;

	bridge_defer(test, forget, nullptr);
	RtlInitUnicodeString(&path, SERVICE + 1);
	*status = registry_create(registry_root(), path, true, &service, &created);
	if (!NT_SUCCESS(*status))
		return 0xffff;
	return registry_read_file(service, text, wcslen(text), status);
}

HANDLE open(struct kunit *test, PCWSTR path)
{
	HANDLE key = nullptr;

	ASSERT_STATUS(test, open_key(path, &key), STATUS_SUCCESS);
	return key;
}

void all_types(struct kunit *test)
{
	NTSTATUS status;

	EXPECT_EQ(
		test,
		read_text(
			test,
			L"Windows Registry Editor Version 5.00\r\n"
			"\r\n"
			"; a comment\r\n"
			"[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\kunit_driver]\r\n"
			"\"Type\"=dword:00000001\r\n"
			"[Parameters] ; below it\r\n"
			"@=\"unnamed\"\r\n"
			"  \"Text\" = \"a \\\"quoted\\\" C:\\\\path\" ; and a comment\r\n"
			"\"Number\"=DWORD:1b58\r\n"
			"\"Bytes\"=hex:01,2,ff,\\\r\n"
			"  AA,bb\r\n"
			"\"Expand\"=hex(2):25,00,41,00,25,00,00,00\r\n"
			"\"List\"=hex(7):61,00,00,00,62,00,00,00,00,00\r\n"
			"\"Wide\"=hex(b):08,07,06,05,04,03,02,01\r\n"
			"\"Nothing\"=hex(0):\r\n"
			"[Parameters\\Se[c]tion]\r\n"
			"\"=\"=\"equals\"",
			&status),
		0u);
	EXPECT_STATUS(test, status, STATUS_SUCCESS);

	HANDLE service = open(test, SERVICE), key = open(test, SERVICE L"\\Parameters");
	HANDLE section = open(test, SERVICE L"\\Parameters\\Se[c]tion");

	EXPECT_EQ(test, Value(service, L"Type").number(), 1u);
	EXPECT_TEXT(test, Value(key, L"").text(), L"unnamed");
	EXPECT_TEXT(test, Value(key, L"Text").text(), L"a \"quoted\" C:\\path");
	EXPECT_EQ(test, Value(key, L"Number").type, static_cast<ULONG>(REG_DWORD));
	EXPECT_EQ(test, Value(key, L"Number").number(), 7000u);

	Value bytes(key, L"Bytes"), expand(key, L"Expand"), list(key, L"List"), wide(key, L"Wide");

	EXPECT_EQ(test, bytes.type, static_cast<ULONG>(REG_BINARY));
	EXPECT_EQ(test, bytes.bytes, 5u);
	EXPECT_MEM_EQ(test, bytes.data, "\x01\x02\xff\xaa\xbb", 5);
	EXPECT_EQ(test, expand.type, static_cast<ULONG>(REG_EXPAND_SZ));
	EXPECT_TEXT(test, expand.text(), L"%A%");
	EXPECT_EQ(test, list.type, static_cast<ULONG>(REG_MULTI_SZ));
	EXPECT_MEM_EQ(test, list.data, L"a\0b\0", 10);
	EXPECT_EQ(test, wide.type, static_cast<ULONG>(REG_QWORD));
	EXPECT_EQ(test, *reinterpret_cast<ULONGLONG *>(wide.data), 0x0102030405060708ull);
	EXPECT_STATUS(test, Value(key, L"Nothing").status, STATUS_SUCCESS);
	EXPECT_TEXT(test, Value(section, L"=").text(), L"equals");
	ZwClose(section);
	ZwClose(key);
	ZwClose(service);
}

void removals(struct kunit *test)
{
	NTSTATUS status;
	HANDLE key;

	EXPECT_EQ(test,
		  read_text(test,
			    L"REGEDIT4\n"
			    "[Parameters]\n\"A\"=\"a\"\n\"B\"=\"b\"\n\"A\"=-\n\"None\"=-\n"
			    "[Gone\\Below]\n\"A\"=\"a\"\n"
			    "[-Gone]\n\"A\"=\"not kept\"\n"
			    "[-Never]\n",
			    &status),
		  0u);
	key = open(test, SERVICE L"\\Parameters");
	EXPECT_STATUS(test, Value(key, L"A").status, STATUS_OBJECT_NAME_NOT_FOUND);
	EXPECT_TEXT(test, Value(key, L"B").text(), L"b");
	ZwClose(key);
	EXPECT_STATUS(test, open_key(SERVICE L"\\Gone", &key), STATUS_OBJECT_NAME_NOT_FOUND);
}

void mistakes(struct kunit *test)
{
	const struct {
		PCWSTR text;
		ULONG line;
	} table[] = {
		{L"Windows Registry Editor Version 4\n", 1},
		{L"REGEDIT4\n\n\"A\"=\"no key\"\n", 3},
		{L"[Parameters\n", 1},
		{L"[Parameters] x\n", 1},
		{L"[]\nx", 2},
		{L"[HKEY_CURRENT_USER\\Software]\n", 1},
		{L"[A\\\\B]\n", 1},
		{L"[Parameters]\nA=1\n", 2},
		{L"[Parameters]\n\"A=1\n", 2},
		{L"[Parameters]\n\"A\" 1\n", 2},
		{L"[Parameters]\n\"A\"=\"a\n", 2},
		{L"[Parameters]\n\"A\"=1\n", 2},
		{L"[Parameters]\n\"A\"=dword:\n", 2},
		{L"[Parameters]\n\"A\"=dword:123456789\n", 2},
		{L"[Parameters]\n\"A\"=dword:12g\n", 2},
		{L"[Parameters]\n\"A\"=hex(1:00\n", 2},
		{L"[Parameters]\n\"A\"=hex:1,x\n", 2},
		{L"[Parameters]\n\"A\"=hex:01,\\x\n", 2},
		{L"[Parameters]\n\"A\"=hex:01,\\\n02,\\\n03 04\n", 4},
		{L"[Parameters]\n\"A\"=\"a\" \"b\"\n", 2},
		{L"[Parameters]\nREGEDIT4\n", 2},
		{L"[-HKLM\\SYSTEM\\CurrentControlSet\\Services\\kunit_driver]\n", 1},
		{L"[-HKLM\\SYSTEM]\n", 1},
		{L"\"", 1},
		{L"[", 1},
		{L"[A]\n\"A\"=hex", 2},
		{L"[A]\n\"A\"=hex:01,\\", 0}, /* the end of the file ends the line */
	};

	for (const auto &row : table) {
		NTSTATUS status = STATUS_SUCCESS;
		ULONG line = read_text(test, row.text, &status);

		EXPECT_EQ(test, line, row.line);
		EXPECT_EQ(test, NT_SUCCESS(status), !line);
	}
	/* Whatever became of the mistakes, the way to the key is there. */
	ZwClose(open(test, SERVICE));
}

int configure(const char *file, const char *parameters)
{
	return nt_driver_configure("kunit_driver", file, parameters);
}

void parameters(struct kunit *test)
{
	bridge_defer(test, forget, nullptr);
	ASSERT_EQ(test,
		  configure(nullptr,
			    "Port=7000, Name=abc,Big=0x123456789,List=\"a, b\",Empty=,Hex=0xfF"),
		  0);

	HANDLE key = open(test, SERVICE L"\\Parameters");
	Value big(key, L"Big");

	EXPECT_EQ(test, Value(key, L"port").type, static_cast<ULONG>(REG_DWORD));
	EXPECT_EQ(test, Value(key, L"port").number(), 7000u);
	EXPECT_TEXT(test, Value(key, L"Name").text(), L"abc");
	EXPECT_EQ(test, Value(key, L"Name").bytes, 8u);
	EXPECT_EQ(test, big.type, static_cast<ULONG>(REG_QWORD));
	EXPECT_EQ(test, *reinterpret_cast<ULONGLONG *>(big.data), 0x123456789ull);
	EXPECT_TEXT(test, Value(key, L"List").text(), L"a, b");
	EXPECT_EQ(test, Value(key, L"Empty").bytes, 2u);
	EXPECT_EQ(test, Value(key, L"Hex").number(), 0xffu);
	ZwClose(key);

	/* Again: nothing of the first time is left. */
	ASSERT_EQ(test, configure(nullptr, nullptr), 0);
	key = open(test, SERVICE L"\\Parameters");
	EXPECT_STATUS(test, Value(key, L"Port").status, STATUS_OBJECT_NAME_NOT_FOUND);
	ZwClose(key);
}

void bad_parameters(struct kunit *test)
{
	const char *const table[] = {"Port", "=1", "A=1,B", "A=\"x", "A=\"x\"y", ",,="};
	HANDLE key;

	for (const char *text : table)
		EXPECT_EQ(test, configure(nullptr, text), -PORT_EINVAL);
	EXPECT_STATUS(test, open_key(SERVICE, &key), STATUS_OBJECT_NAME_NOT_FOUND);
}

void unlink_file(void *context)
{
	auto *file = static_cast<port_file *>(context);

	(void)!port_file_unlink(file);
	port_file_close(file);
}

void write_file(struct kunit *test, const void *text, size_t bytes)
{
	port_file *file;
	bool created;

	ASSERT_EQ(test,
		  port_file_open(file_name, PORT_FILE_WRITE | PORT_FILE_CREATE | PORT_FILE_TRUNCATE,
				 &file, &created),
		  0);
	bridge_defer(test, unlink_file, file);
	ASSERT_EQ(test, port_file_write(file, text, bytes, 0), static_cast<int64_t>(bytes));
}

void parameters_count_more(struct kunit *test)
{
	static const char text[] = "\xef\xbb\xbf[Parameters]\n\"Port\"=dword:1\n\"Text\"=\"1\"\n"
				   "\"Name\"=\"\xc3\xa9\"\n\"List\"=hex(7):61,0,0,0,0,0\n"
				   "\"Raw\"=hex:1\n";

	bridge_defer(test, forget, nullptr);
	write_file(test, text, sizeof(text) - 1);
	ASSERT_EQ(test, configure(file_name, "Port=2,Text=3,List=bc"), 0);

	HANDLE key = open(test, SERVICE L"\\Parameters");
	Value list(key, L"List");

	EXPECT_EQ(test, Value(key, L"Port").number(), 2u);
	/* Types stay what the file made them. */
	EXPECT_EQ(test, Value(key, L"Text").type, static_cast<ULONG>(REG_SZ));
	EXPECT_TEXT(test, Value(key, L"Text").text(), L"3");
	EXPECT_TEXT(test, Value(key, L"Name").text(), L"\u00e9");
	EXPECT_EQ(test, list.type, static_cast<ULONG>(REG_MULTI_SZ));
	EXPECT_MEM_EQ(test, list.data, L"bc\0", 8);
	ZwClose(key);
	EXPECT_EQ(test, configure(file_name, "Port=text"), -PORT_EINVAL);
	EXPECT_EQ(test, configure(file_name, "Port=0x100000000"), -PORT_EINVAL);
	EXPECT_EQ(test, configure(file_name, "Raw=1"), -PORT_EINVAL);
}

void wide_file(struct kunit *test)
{
	static const WCHAR text[] = L"\xfeffWindows Registry Editor Version 5.00\r\n\r\n"
				    "[Parameters]\r\n\"Name\"=\"w\u00efde\"\r\n";

	bridge_defer(test, forget, nullptr);
	write_file(test, text, sizeof(text) - sizeof(WCHAR));
	ASSERT_EQ(test, configure(file_name, nullptr), 0);

	HANDLE key = open(test, SERVICE L"\\Parameters");

	EXPECT_TEXT(test, Value(key, L"Name").text(), L"w\u00efde");
	ZwClose(key);
}

void files_that_fail(struct kunit *test)
{
	static const char text[] = "[Parameters]\nwhat is this?\n";
	char *log = static_cast<char *>(ExAllocatePool2(POOL_FLAG_PAGED, 4096, 'tseT'));

	ASSERT_NOT_NULL(test, log);
	bridge_defer(test, ExFreePool, log);
	EXPECT_EQ(test, configure("/no/such/file", nullptr), -PORT_ENOENT);
	EXPECT_EQ(test, configure("/", nullptr), -PORT_EINVAL);
	write_file(test, text, sizeof(text) - 1);
	bridge_log_mark();
	EXPECT_EQ(test, configure(file_name, nullptr), -PORT_EINVAL);
	bridge_log_read(log, 4096);
	EXPECT_NOT_NULL(test, strstr(log, "kunit_driver: /wsk_kunit.reg:2: not a line of"));
}

void big_file(struct kunit *test)
{
	constexpr size_t bytes = 128 * 1024 + 1;
	char *text = static_cast<char *>(ExAllocatePool2(POOL_FLAG_PAGED, bytes, 'tseT'));

	ASSERT_NOT_NULL(test, text);
	bridge_defer(test, ExFreePool, text);
	__builtin_memset(text, '\n', bytes);
	write_file(test, text, bytes);
	EXPECT_EQ(test, configure(file_name, nullptr), -PORT_EFBIG);
}

void no_memory(struct kunit *test)
{
	static const char text[] = "[Parameters]\n\"A\"=\"b\"\n";
	unsigned int nth;
	HANDLE key;
	int error = 0;

	bridge_defer(test, forget, nullptr);
	write_file(test, text, sizeof(text) - 1);
	for (nth = 1; nth < 40; nth++) {
		port_alloc_fail(nth);
		error = configure(file_name, "C=1");
		if (!port_alloc_fail(0))
			break;
		EXPECT_EQ(test, error, -PORT_ENOMEM);
		EXPECT_STATUS(test, open_key(SERVICE, &key), STATUS_OBJECT_NAME_NOT_FOUND);
	}
	EXPECT_GT(test, nth, 8u);
	EXPECT_EQ(test, error, 0);
}

/* A driver, and what it sees and leaves. */
struct {
	struct kunit *test;
	NTSTATUS parameters_status, state_status, path_status;
	ULONG port;
	HANDLE kept;
} seen;

VOID driver_unload(PDRIVER_OBJECT)
{
	ZwClose(seen.kept);
}

NTSTATUS driver_entry(PDRIVER_OBJECT object, PUNICODE_STRING registry_path)
{
	OBJECT_ATTRIBUTES attributes;
	HANDLE key;

	object->DriverUnload = driver_unload;
	InitializeObjectAttributes(&attributes, registry_path, OBJ_KERNEL_HANDLE, nullptr, nullptr);
	seen.path_status = ZwOpenKey(&key, KEY_READ, &attributes);
	if (NT_SUCCESS(seen.path_status))
		ZwClose(key);
	seen.state_status = IoOpenDriverRegistryKey(object, DriverRegKeyPersistentState,
						    KEY_ALL_ACCESS, 0, &key);
	if (NT_SUCCESS(seen.state_status))
		ZwClose(key);
	seen.parameters_status = IoOpenDriverRegistryKey(object, DriverRegKeyParameters,
							 KEY_ALL_ACCESS, 0, &seen.kept);
	if (NT_SUCCESS(seen.parameters_status))
		seen.port = Value(seen.kept, L"Port").number();
	return seen.parameters_status;
}

void a_drivers_view(struct kunit *test)
{
	void *driver = nullptr;
	HANDLE key;

	seen = {};
	ASSERT_EQ(test, configure(nullptr, "Port=4711"), 0);
	ASSERT_EQ(test,
		  nt_driver_load(nullptr, "kunit_driver", nullptr,
				 reinterpret_cast<void *>(driver_entry), &driver),
		  0);
	EXPECT_STATUS(test, seen.path_status, STATUS_SUCCESS);
	EXPECT_STATUS(test, seen.state_status, STATUS_SUCCESS);
	EXPECT_EQ(test, seen.port, 4711u);
	EXPECT_STATUS(test, open_key(SERVICE L"\\State", &key), STATUS_SUCCESS);
	ZwClose(key);
	nt_driver_unload(driver);
	EXPECT_STATUS(test, open_key(SERVICE, &key), STATUS_OBJECT_NAME_NOT_FOUND);

	EXPECT_STATUS(test,
		      IoOpenDriverRegistryKey(nullptr, DriverRegKeyParameters, KEY_READ, 0, &key),
		      STATUS_INVALID_PARAMETER);
}

constexpr bridge_case cases[] = {
	{"a registry file sets values of every type", all_types},
	{"a registry file removes values and keys", removals},
	{"a mistake in a registry file is found, and its line", mistakes},
	{"parameters are numbers and texts", parameters},
	{"parameters that are none are refused, and nothing stays of them", bad_parameters},
	{"parameters count more than the file, and keep its types", parameters_count_more},
	{"a registry file may be in UTF-16, as regedit writes it", wide_file},
	{"a file that is missing, or wrong, is refused and named", files_that_fail},
	{"a file that is too big is refused", big_file},
	{"without memory a driver is not configured, and nothing stays", no_memory},
	{"a driver opens its Parameters, which go when it is unloaded", a_drivers_view},
};

} // namespace

BRIDGE_SUITE(cm_settings, cases)

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Files in the format that regedit exports: keys in brackets, and their values,
 *
 *	[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\NAME\Parameters]
 *	"Name"="text"		"Port"=dword:00001b58		"Old"=-
 *	@="unnamed"		"Bytes"=hex:01,02,\		"List"=hex(7):61,00,00,00,00,00
 *
 * and key names without HKEY_, which lie below the driver's service key. [-key] removes a key.
 */
#include "nt/cm_registry.h"

#include "nt/digit.h"
#include "port/memory.h"

namespace wsk
{

namespace
{

class RegReader
{
public:
	RegReader(RegistryKey *service_key, const WCHAR *source, size_t units)
		: service(service_key), text(source), end(source + units)
	{
		/* No name, and no data, takes more than the text. */
		name.Buffer = static_cast<PWCH>(port_alloc((units + 1) * sizeof(WCHAR), false));
		data = static_cast<UCHAR *>(port_alloc((units + 1) * sizeof(WCHAR), false));
	}
	~RegReader()
	{
		port_free(name.Buffer);
		port_free(data);
	}
	RegReader(const RegReader &) = delete;
	RegReader &operator=(const RegReader &) = delete;

	ULONG read(NTSTATUS *result);

private:
	WCHAR look() const { return text < end ? *text : L'\0'; }
	bool take(WCHAR unit);
	bool take_word(const WCHAR *word);
	void skip_blanks();
	bool end_of_line();
	bool continued();
	bool statement();
	bool header();
	bool key_line();
	bool value_line();
	bool quoted(PWCH to, size_t *length);
	bool number();
	bool bytes();
	bool set(ULONG type, size_t size);

	RegistryKey *service;
	RegistryKey *key = nullptr;
	bool skipping = false; /* values of a key that is removed */
	const WCHAR *text, *end;
	UNICODE_STRING name = {};
	UCHAR *data;
	ULONG line = 1;
	NTSTATUS status = STATUS_SUCCESS;
};

bool RegReader::take(WCHAR unit)
{
	if (look() != unit)
		return false;
	text++;
	return true;
}

/* A word in any case, of ASCII. */
bool RegReader::take_word(const WCHAR *word)
{
	size_t length = wcslen(word);

	if (static_cast<size_t>(end - text) < length || _wcsnicmp(text, word, length))
		return false;
	text += length;
	return true;
}

void RegReader::skip_blanks()
{
	while (look() == ' ' || look() == '\t')
		text++;
}

/* Nothing but blanks and a comment are left on the line, which is then done with. */
bool RegReader::end_of_line()
{
	skip_blanks();
	if (look() == ';')
		while (text < end && *text != '\n')
			text++;
	take('\r');
	if (text == end)
		return true;
	if (!take('\n'))
		return false;
	line++;
	return true;
}

/* A backslash at the end of a line: it goes on in the next one. */
bool RegReader::continued()
{
	skip_blanks();
	if (!take('\\'))
		return true;
	if (!end_of_line())
		return false;
	skip_blanks();
	return true;
}

bool RegReader::header()
{
	return take_word(L"Windows Registry Editor Version 5.00") || take_word(L"REGEDIT4");
}

bool RegReader::key_line()
{
	bool remove = take('-'), created;
	const WCHAR *start = text;
	RegistryKey *from = service;
	UNICODE_STRING path;

	while (text < end && *text != '\n' && *text != ']')
		text++;
	if (look() != ']')
		return false;
	/* A name may have brackets itself: the last one of the line ends it. */
	for (const WCHAR *at = text; at < end && *at != '\n'; at++)
		if (*at == ']')
			text = at;

	const WCHAR *stop = text++, *rest = text;

	text = start;
	if (take_word(L"HKEY_LOCAL_MACHINE\\") || take_word(L"HKLM\\")) {
		RtlInitUnicodeString(&path, L"REGISTRY\\MACHINE");
		from = registry_root();
		status = from ? registry_find(from, path, &from) : STATUS_INSUFFICIENT_RESOURCES;
	} else if (take_word(L"HKEY_")) {
		return false;
	}
	if (!NT_SUCCESS(status))
		return false;
	path.Buffer = const_cast<PWCH>(text);
	if (static_cast<size_t>(stop - text) > max_value_name / sizeof(WCHAR))
		return false;
	path.Length = static_cast<USHORT>((stop - text) * sizeof(WCHAR));
	text = rest;
	skipping = remove;
	if (!remove) {
		status = registry_create(from, path, true, &key, &created);
		return NT_SUCCESS(status);
	}
	/* The service key itself, and what leads to it, must stay. */
	if (!NT_SUCCESS(registry_find(from, path, &key)))
		return true;
	for (RegistryKey *at = service; at; at = at->parent)
		if (at == key)
			return false;
	registry_remove(key);
	return true;
}

bool RegReader::quoted(PWCH to, size_t *length)
{
	size_t units = 0;

	while (text < end && *text != '"' && *text != '\n') {
		if (*text == '\\' && end - text > 1)
			text++;
		to[units++] = *text++;
	}
	*length = units;
	return take('"');
}

bool RegReader::set(ULONG type, size_t size)
{
	if (!skipping)
		status = registry_set(key, &name, type, data, static_cast<ULONG>(size));
	return NT_SUCCESS(status);
}

bool RegReader::number()
{
	ULONG value = 0;
	int digits = 0;

	for (; digit(look()) < 16; digits++)
		value = value << 4 | digit(*text++);
	if (!digits || digits > 8)
		return false;
	__builtin_memcpy(data, &value, sizeof(value));
	return set(REG_DWORD, sizeof(value));
}

/* hex: or hex(type):, and bytes with commas between them. */
bool RegReader::bytes()
{
	ULONG type = REG_BINARY;
	size_t size = 0;

	if (take('(')) {
		for (type = 0; digit(look()) < 16 && type < 0x1000000;)
			type = type << 4 | digit(*text++);
		if (!take(')'))
			return false;
	}
	if (!take(':') || !continued())
		return false;
	while (digit(look()) < 16) {
		unsigned int byte = digit(*text++);

		if (digit(look()) < 16)
			byte = byte << 4 | digit(*text++);
		data[size++] = static_cast<UCHAR>(byte);
		skip_blanks();
		if (!take(','))
			break;
		if (!continued())
			return false;
	}
	return set(type, size);
}

bool RegReader::value_line()
{
	size_t units = 0;

	if (!take('@')) {
		if (!take('"') || !quoted(name.Buffer, &units))
			return false;
		if (units > max_value_name / sizeof(WCHAR))
			return false;
	}
	name.Length = name.MaximumLength = static_cast<USHORT>(units * sizeof(WCHAR));
	skip_blanks();
	if (!key || !take('='))
		return false;
	skip_blanks();
	if (take('-')) {
		if (!skipping)
			registry_remove_value(key, &name);
		return true;
	}
	if (take_word(L"dword:"))
		return number();
	if (take_word(L"hex"))
		return bytes();
	if (!take('"') || !quoted(reinterpret_cast<PWCH>(data), &units))
		return false;
	reinterpret_cast<PWCH>(data)[units] = 0;
	return set(REG_SZ, (units + 1) * sizeof(WCHAR));
}

bool RegReader::statement()
{
	skip_blanks();
	if (text == end || look() == ';' || look() == '\r' || look() == '\n')
		return true;
	if (take('['))
		return key_line();
	if (look() == '"' || look() == '@')
		return value_line();
	return !key && header();
}

ULONG RegReader::read(NTSTATUS *result)
{
	*result = STATUS_INSUFFICIENT_RESOURCES;
	if (!name.Buffer || !data)
		return line;
	while (text < end) {
		if (statement() && end_of_line())
			continue;
		*result = NT_SUCCESS(status) ? STATUS_INVALID_PARAMETER : status;
		return line;
	}
	*result = STATUS_SUCCESS;
	return 0;
}

/* NAME=value,NAME="value, with a comma": a number where it is one, and the value was none else. */
struct Parameter {
	UNICODE_STRING name;
	const WCHAR *value;
	size_t units;
};

bool is_blank(WCHAR unit)
{
	return unit == ' ' || unit == '\t' || unit == ',' || unit == '\n';
}

bool next_parameter(const WCHAR *&text, const WCHAR *end, Parameter *parameter)
{
	const WCHAR *name = text;

	while (text < end && *text != '=')
		text++;
	if (text == end || text == name ||
	    static_cast<size_t>(text - name) > max_value_name / sizeof(WCHAR))
		return false;
	parameter->name.Buffer = const_cast<PWCH>(name);
	parameter->name.Length = parameter->name.MaximumLength =
		static_cast<USHORT>((text - name) * sizeof(WCHAR));
	text++;

	bool quotes = text < end && *text == '"';

	text += quotes;
	parameter->value = text;
	while (text < end && *text != (quotes ? '"' : ','))
		text++;
	parameter->units = static_cast<size_t>(text - parameter->value);
	if (!quotes)
		return true;
	if (text == end)
		return false;
	text++;
	return text == end || is_blank(*text);
}

bool parse_number(const Parameter &parameter, ULONGLONG *number)
{
	const WCHAR *text = parameter.value;
	size_t units = parameter.units, at = 0;
	unsigned int base = 10;

	if (units > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		at = 2;
	}
	*number = 0;
	for (; at < units; at++) {
		unsigned int value = digit(text[at]);

		if (value >= base || __builtin_mul_overflow(*number, base, number) ||
		    __builtin_add_overflow(*number, value, number))
			return false;
	}
	return units > 0;
}

NTSTATUS set_text(RegistryKey *key, const Parameter &parameter, ULONG type)
{
	/* A list is one of one text, and ends in a NUL of its own. */
	size_t units = parameter.units + (type == REG_MULTI_SZ ? 2 : 1);
	auto *copy = static_cast<PWCH>(port_alloc(units * sizeof(WCHAR), true));

	if (!copy)
		return STATUS_INSUFFICIENT_RESOURCES;
	__builtin_memcpy(copy, parameter.value, parameter.units * sizeof(WCHAR));

	NTSTATUS status = registry_set(key, &parameter.name, type, copy,
				       static_cast<ULONG>(units * sizeof(WCHAR)));

	port_free(copy);
	return status;
}

NTSTATUS set_parameter(RegistryKey *key, const Parameter &parameter)
{
	const RegistryValue *old = registry_value(key, &parameter.name);
	ULONGLONG number;
	bool numeric = parse_number(parameter, &number);
	ULONG type = old	? old->type
		     : !numeric ? REG_SZ
				: static_cast<ULONG>(number <= MAXULONG ? REG_DWORD : REG_QWORD);

	switch (type) {
	case REG_SZ:
	case REG_EXPAND_SZ:
	case REG_MULTI_SZ:
		return set_text(key, parameter, type);
	case REG_DWORD:
	case REG_QWORD:
		if (!numeric || (type == REG_DWORD && number > MAXULONG))
			return STATUS_INVALID_PARAMETER;
		return registry_set(key, &parameter.name, type, &number,
				    type == REG_DWORD ? sizeof(ULONG) : sizeof(number));
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

} // namespace

ULONG registry_read_file(RegistryKey *service, const WCHAR *text, size_t units, NTSTATUS *status)
{
	RegReader reader(service, text, units);

	return reader.read(status);
}

NTSTATUS registry_read_parameters(RegistryKey *parameters, const WCHAR *text, size_t units)
{
	const WCHAR *end = text + units;
	Parameter parameter;

	for (;;) {
		while (text < end && is_blank(*text))
			text++;
		if (text == end)
			return STATUS_SUCCESS;
		if (!next_parameter(text, end, &parameter))
			return STATUS_INVALID_PARAMETER;

		NTSTATUS status = set_parameter(parameters, parameter);

		if (!NT_SUCCESS(status))
			return status;
	}
}

} // namespace wsk

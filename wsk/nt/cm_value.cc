// SPDX-License-Identifier: MIT OR GPL-2.0
/* The values of the registry's keys, through handles. */
#include "nt/cm_key.h"

#include "nt/irql.h"

namespace wsk
{

namespace
{

constexpr ULONG aligned(ULONG offset)
{
	return (offset + 7) & ~7u;
}

NTSTATUS give_value(const RegistryValue *value, KEY_VALUE_INFORMATION_CLASS wanted, PVOID buffer,
		    ULONG length, PULONG result)
{
	KEY_VALUE_BASIC_INFORMATION basic = {};
	KEY_VALUE_FULL_INFORMATION full = {};
	KEY_VALUE_PARTIAL_INFORMATION partial = {};
	KEY_VALUE_PARTIAL_INFORMATION_ALIGN64 aligned_partial = {};
	Piece pieces[2] = {{0, value->name.Buffer, value->name.Length},
			   {0, value->data, value->bytes}};

	switch (wanted) {
	case KeyValueBasicInformation:
		basic.Type = value->type;
		basic.NameLength = value->name.Length;
		pieces[0].offset = offsetof(KEY_VALUE_BASIC_INFORMATION, Name);
		return give_information(buffer, length, result, &basic, pieces[0].offset, pieces,
					1);
	case KeyValueFullInformation:
	case KeyValueFullInformationAlign64:
		full.Type = value->type;
		full.NameLength = value->name.Length;
		full.DataLength = value->bytes;
		pieces[0].offset = offsetof(KEY_VALUE_FULL_INFORMATION, Name);
		full.DataOffset = pieces[1].offset = aligned(pieces[0].offset + pieces[0].bytes);
		return give_information(buffer, length, result, &full, pieces[0].offset, pieces, 2);
	case KeyValuePartialInformation:
		partial.Type = value->type;
		partial.DataLength = value->bytes;
		pieces[1].offset = offsetof(KEY_VALUE_PARTIAL_INFORMATION, Data);
		return give_information(buffer, length, result, &partial, pieces[1].offset,
					&pieces[1], 1);
	case KeyValuePartialInformationAlign64:
		aligned_partial.Type = value->type;
		aligned_partial.DataLength = value->bytes;
		pieces[1].offset = offsetof(KEY_VALUE_PARTIAL_INFORMATION_ALIGN64, Data);
		return give_information(buffer, length, result, &aligned_partial, pieces[1].offset,
					&pieces[1], 1);
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

/* A key's unnamed value has an empty name. */
bool is_name(const UNICODE_STRING *name)
{
	return name && !(name->Length % sizeof(WCHAR)) && (name->Buffer || !name->Length);
}

} // namespace

} // namespace wsk

using namespace wsk;

/**
 * ZwQueryValueKey() - A value of a key.
 * @KeyHandle: Opened with KEY_QUERY_VALUE.
 * @ValueName: The value's name, whatever the case; empty for the unnamed one.
 * @KeyValueInformationClass: KeyValueBasicInformation, KeyValueFullInformation,
 *	KeyValuePartialInformation, or one of the last two with Align64.
 * @KeyValueInformation: Receives it. Data in it is aligned only where the structure says so.
 * @Length: The size of that.
 * @ResultLength: Receives the size of all there is.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_BUFFER_OVERFLOW when only a part of
 *	it fitted; STATUS_BUFFER_TOO_SMALL when not even the fixed part did;
 *	STATUS_INVALID_PARAMETER; STATUS_ACCESS_DENIED; STATUS_KEY_DELETED; STATUS_INVALID_HANDLE;
 *	STATUS_OBJECT_TYPE_MISMATCH.
 * Source: wdm.h, ZwQueryValueKey function
 */
extern "C" NTSTATUS ZwQueryValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName,
				    KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
				    PVOID KeyValueInformation, ULONG Length, PULONG ResultLength)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!ResultLength || !is_name(ValueName))
		return STATUS_INVALID_PARAMETER;

	RegistryGuard guard;
	OpenKey open(KeyHandle, KEY_QUERY_VALUE);

	if (!NT_SUCCESS(open.status))
		return open.status;

	RegistryValue *value = registry_value(open.key(), ValueName);

	if (!value)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	return give_value(value, KeyValueInformationClass, KeyValueInformation, Length,
			  ResultLength);
}

/**
 * ZwEnumerateValueKey() - One of the values of a key.
 * @KeyHandle: Opened with KEY_QUERY_VALUE.
 * @Index: Which, from 0, in the order in which they came.
 * @KeyValueInformationClass: As for ZwQueryValueKey().
 * @KeyValueInformation: Receives it.
 * @Length: The size of that.
 * @ResultLength: Receives the size of all there is.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: As ZwQueryValueKey(), with STATUS_NO_MORE_ENTRIES instead of
 *	STATUS_OBJECT_NAME_NOT_FOUND.
 * Source: wdm.h, ZwEnumerateValueKey function
 */
extern "C" NTSTATUS ZwEnumerateValueKey(HANDLE KeyHandle, ULONG Index,
					KEY_VALUE_INFORMATION_CLASS KeyValueInformationClass,
					PVOID KeyValueInformation, ULONG Length,
					PULONG ResultLength)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!ResultLength)
		return STATUS_INVALID_PARAMETER;

	RegistryGuard guard;
	OpenKey open(KeyHandle, KEY_QUERY_VALUE);

	if (!NT_SUCCESS(open.status))
		return open.status;

	RegistryValue *value = open.key()->values;

	while (value && Index--)
		value = value->next;
	if (!value)
		return STATUS_NO_MORE_ENTRIES;
	return give_value(value, KeyValueInformationClass, KeyValueInformation, Length,
			  ResultLength);
}

/**
 * ZwSetValueKey() - Set a value of a key, which may be new.
 * @KeyHandle: Opened with KEY_SET_VALUE.
 * @ValueName: The value's name; empty for the unnamed one.
 * @TitleIndex: Ignored.
 * @Type: A REG_ type. It is kept, and the data not compared with it.
 * @Data: The data, with the NULs of strings.
 * @DataSize: Its size in bytes, up to 1 MiB.
 *
 * What is written lasts until the driver is unloaded, for what is below its service key, else until
 * wsk.ko is.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER; STATUS_ACCESS_DENIED; STATUS_KEY_DELETED;
 *	STATUS_INVALID_HANDLE; STATUS_OBJECT_TYPE_MISMATCH; STATUS_INSUFFICIENT_RESOURCES.
 * Source: wdm.h, ZwSetValueKey function
 */
extern "C" NTSTATUS ZwSetValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName, ULONG, ULONG Type,
				  PVOID Data, ULONG DataSize)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!is_name(ValueName) || (!Data && DataSize))
		return STATUS_INVALID_PARAMETER;

	RegistryGuard guard;
	OpenKey open(KeyHandle, KEY_SET_VALUE);

	if (!NT_SUCCESS(open.status))
		return open.status;
	return registry_set(open.key(), ValueName, Type, Data, DataSize);
}

/**
 * ZwDeleteValueKey() - Delete a value of a key.
 * @KeyHandle: Opened with KEY_SET_VALUE.
 * @ValueName: The value's name; empty for the unnamed one.
 *
 * Context: IRQL = PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND; STATUS_INVALID_PARAMETER;
 *	STATUS_ACCESS_DENIED; STATUS_KEY_DELETED; STATUS_INVALID_HANDLE;
 *	STATUS_OBJECT_TYPE_MISMATCH.
 * Source: wdm.h, ZwDeleteValueKey function
 */
extern "C" NTSTATUS ZwDeleteValueKey(HANDLE KeyHandle, PUNICODE_STRING ValueName)
{
	NT_MAX_IRQL(PASSIVE_LEVEL);
	if (!is_name(ValueName))
		return STATUS_INVALID_PARAMETER;

	RegistryGuard guard;
	OpenKey open(KeyHandle, KEY_SET_VALUE);

	if (!NT_SUCCESS(open.status))
		return open.status;
	return registry_remove_value(open.key(), ValueName) ? STATUS_SUCCESS
							    : STATUS_OBJECT_NAME_NOT_FOUND;
}

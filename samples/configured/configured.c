// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * A driver that finds in the registry what to do: it hashes a file, with a key where there is one,
 * and writes the result to another file. Its values are those of configured.reg.
 */
#include <ntddk.h>
#include <ntstrsafe.h>
#include <bcrypt.h>

#define TAG 'gfnC'
#define HASH_BYTES 32
#define CHUNK 512

typedef struct _SETTINGS {
	UNICODE_STRING FileToHash;
	UNICODE_STRING ResultFile;
	ULONG Rounds;
	UCHAR Secret[64];
	ULONG SecretBytes;
} SETTINGS;

static NTSTATUS NTAPI EachTitle(PWSTR ValueName, ULONG ValueType, PVOID ValueData,
				ULONG ValueLength, PVOID Context, PVOID EntryContext)
{
	UNREFERENCED_PARAMETER(ValueName);
	UNREFERENCED_PARAMETER(Context);
	UNREFERENCED_PARAMETER(EntryContext);
	if (ValueType == REG_SZ && ValueLength > sizeof(WCHAR))
		DbgPrint("configured: title %ws\n", (PWSTR)ValueData);
	return STATUS_SUCCESS;
}

/* The texts, the number and the list, by a table. */
static NTSTATUS ReadTable(PUNICODE_STRING RegistryPath, SETTINGS *Settings)
{
	static UNICODE_STRING NoName = RTL_CONSTANT_STRING(L"");
	ULONG One = 1;
	RTL_QUERY_REGISTRY_TABLE Table[6];

	RtlZeroMemory(Table, sizeof(Table));
	Table[0].Flags = RTL_QUERY_REGISTRY_SUBKEY | RTL_QUERY_REGISTRY_REQUIRED;
	Table[0].Name = L"Parameters";
	Table[1].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_REQUIRED |
			 RTL_QUERY_REGISTRY_TYPECHECK;
	Table[1].Name = L"FileToHash";
	Table[1].EntryContext = &Settings->FileToHash;
	Table[1].DefaultType = REG_SZ << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;
	Table[2].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK;
	Table[2].Name = L"ResultFile";
	Table[2].EntryContext = &Settings->ResultFile;
	Table[2].DefaultType = (REG_SZ << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_SZ;
	Table[2].DefaultData = NoName.Buffer;
	Table[3].Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK;
	Table[3].Name = L"Rounds";
	Table[3].EntryContext = &Settings->Rounds;
	Table[3].DefaultType = (REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_DWORD;
	Table[3].DefaultData = &One;
	Table[3].DefaultLength = sizeof(One);
	Table[4].QueryRoutine = EachTitle;
	Table[4].Name = L"Titles";
	return RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, RegistryPath->Buffer, Table, NULL,
				      NULL);
}

/* The secret, by hand. */
static VOID ReadSecret(PDRIVER_OBJECT DriverObject, SETTINGS *Settings)
{
	UCHAR Buffer[sizeof(KEY_VALUE_PARTIAL_INFORMATION) + sizeof(Settings->Secret)];
	PKEY_VALUE_PARTIAL_INFORMATION Value = (PKEY_VALUE_PARTIAL_INFORMATION)Buffer;
	UNICODE_STRING Name = RTL_CONSTANT_STRING(L"Secret");
	HANDLE Key;
	ULONG Size;

	if (!NT_SUCCESS(IoOpenDriverRegistryKey(DriverObject, DriverRegKeyParameters, KEY_READ, 0,
						&Key)))
		return;
	if (NT_SUCCESS(ZwQueryValueKey(Key, &Name, KeyValuePartialInformation, Buffer,
				       sizeof(Buffer), &Size)) &&
	    Value->Type == REG_BINARY && Value->DataLength <= sizeof(Settings->Secret)) {
		RtlCopyMemory(Settings->Secret, Value->Data, Value->DataLength);
		Settings->SecretBytes = Value->DataLength;
	}
	ZwClose(Key);
}

static NTSTATUS OpenFile(PUNICODE_STRING Name, ACCESS_MASK Access, ULONG Disposition, PHANDLE File)
{
	OBJECT_ATTRIBUTES Attributes;
	IO_STATUS_BLOCK Io;

	InitializeObjectAttributes(&Attributes, Name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
				   NULL, NULL);
	return ZwCreateFile(File, Access | SYNCHRONIZE, &Attributes, &Io, NULL,
			    FILE_ATTRIBUTE_NORMAL, FILE_SHARE_READ, Disposition,
			    FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, NULL, 0);
}

static NTSTATUS HashContents(HANDLE File, BCRYPT_HASH_HANDLE Hash)
{
	PUCHAR Chunk = ExAllocatePool2(POOL_FLAG_NON_PAGED, CHUNK, TAG);
	IO_STATUS_BLOCK Io;
	NTSTATUS Status = STATUS_INSUFFICIENT_RESOURCES;

	if (!Chunk)
		return Status;
	for (;;) {
		Status = ZwReadFile(File, NULL, NULL, NULL, &Io, Chunk, CHUNK, NULL, NULL);
		if (!NT_SUCCESS(Status))
			break;
		Status = BCryptHashData(Hash, Chunk, (ULONG)Io.Information, 0);
		if (!NT_SUCCESS(Status))
			break;
	}
	ExFreePoolWithTag(Chunk, TAG);
	return Status == STATUS_END_OF_FILE ? STATUS_SUCCESS : Status;
}

static NTSTATUS HashFile(SETTINGS *Settings, UCHAR Result[HASH_BYTES])
{
	BCRYPT_ALG_HANDLE Algorithm = NULL;
	BCRYPT_HASH_HANDLE Hash = NULL;
	HANDLE File;
	NTSTATUS Status;
	ULONG Round;

	Status = OpenFile(&Settings->FileToHash, GENERIC_READ, FILE_OPEN, &File);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = BCryptOpenAlgorithmProvider(&Algorithm, BCRYPT_SHA256_ALGORITHM, NULL,
					     Settings->SecretBytes ? BCRYPT_ALG_HANDLE_HMAC_FLAG
								   : 0);
	if (!NT_SUCCESS(Status))
		goto Done;
	Status = BCryptCreateHash(Algorithm, &Hash, NULL, 0,
				  Settings->SecretBytes ? Settings->Secret : NULL,
				  Settings->SecretBytes, BCRYPT_HASH_REUSABLE_FLAG);
	if (!NT_SUCCESS(Status))
		goto Done;
	Status = HashContents(File, Hash);
	if (NT_SUCCESS(Status))
		Status = BCryptFinishHash(Hash, Result, HASH_BYTES, 0);
	/* Each further round hashes the result of the one before. */
	for (Round = 1; Round < Settings->Rounds && NT_SUCCESS(Status); Round++) {
		Status = BCryptHashData(Hash, Result, HASH_BYTES, 0);
		if (NT_SUCCESS(Status))
			Status = BCryptFinishHash(Hash, Result, HASH_BYTES, 0);
	}

Done:
	if (Hash)
		BCryptDestroyHash(Hash);
	if (Algorithm)
		BCryptCloseAlgorithmProvider(Algorithm, 0);
	ZwClose(File);
	return Status;
}

static NTSTATUS WriteResult(SETTINGS *Settings, CHAR *Text)
{
	IO_STATUS_BLOCK Io;
	HANDLE File;
	NTSTATUS Status;

	if (!Settings->ResultFile.Length)
		return STATUS_SUCCESS;
	Status = OpenFile(&Settings->ResultFile, GENERIC_WRITE, FILE_OVERWRITE_IF, &File);
	if (!NT_SUCCESS(Status))
		return Status;
	Status = ZwWriteFile(File, NULL, NULL, NULL, &Io, Text, (ULONG)strlen(Text), NULL, NULL);
	ZwClose(File);
	return Status;
}

static VOID Unload(PDRIVER_OBJECT DriverObject)
{
	UNREFERENCED_PARAMETER(DriverObject);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	CHAR Text[2 * HASH_BYTES + 2] = "";
	SETTINGS Settings = {0};
	UCHAR Result[HASH_BYTES];
	NTSTATUS Status;
	ULONG I;

	DriverObject->DriverUnload = Unload;
	Status = ReadTable(RegistryPath, &Settings);
	if (NT_SUCCESS(Status)) {
		ReadSecret(DriverObject, &Settings);
		Status = HashFile(&Settings, Result);
	}
	if (NT_SUCCESS(Status)) {
		for (I = 0; I < HASH_BYTES; I++)
			RtlStringCbPrintfA(Text + 2 * I, sizeof(Text) - 2 * I, "%02x\n", Result[I]);
		Status = WriteResult(&Settings, Text);
	}
	if (NT_SUCCESS(Status))
		DbgPrint("configured: %s", Text);
	else
		DbgPrint("configured: failed with status 0x%08x\n", Status);
	RtlFreeUnicodeString(&Settings.FileToHash);
	RtlFreeUnicodeString(&Settings.ResultFile);
	return Status;
}

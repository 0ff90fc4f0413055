/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Files of Windows' names, as Linux' files. */
#ifndef WSK_NT_ZW_FILE_H
#define WSK_NT_ZW_FILE_H

#include <wdm.h>
#include <wdm/file.h>

#include "nt/object.h"
#include "port/file.h"

namespace wsk
{

/* The rights that let a handle read, and write: any of them. */
inline constexpr ACCESS_MASK reading = FILE_READ_DATA | FILE_EXECUTE;
inline constexpr ACCESS_MASK writing = FILE_WRITE_DATA | FILE_APPEND_DATA;

struct FileObject {
	port_file *file;
	ACCESS_MASK access; /* FILE_ rights and DELETE */
	bool synchronous;   /* has a position, and does one thing at a time */
	bool delete_at_end;
	EX_PUSH_LOCK lock;
	uint64_t position;
};

/* A file's handle while it is used, one at a time where it is synchronous. */
class OpenFile
{
public:
	OpenFile(HANDLE handle, ACCESS_MASK needed);
	~OpenFile();
	OpenFile(const OpenFile &) = delete;
	OpenFile &operator=(const OpenFile &) = delete;
	FileObject *operator->() const { return object; }

	NTSTATUS status;

private:
	FileObject *object = nullptr;
};

/* The status that comes closest to an errno of a file's. */
NTSTATUS file_status(int64_t error);

/*
 * The path in Linux, for port_free(), of what Windows calls \??\C:\…, \DosDevices\C:\… or
 * \SystemRoot\….
 */
NTSTATUS file_path(const OBJECT_ATTRIBUTES *attributes, char **path);

} // namespace wsk

#endif

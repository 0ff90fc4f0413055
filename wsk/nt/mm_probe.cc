// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The memory of the process whose request is served: looking at an address, and copying. Reading
 * and writing through the address itself is what Linux does not allow.
 */
#include <ntddk.h>
#include <usermode_accessors.h>

#include "nt/irql.h"
#include "port/device.h"
#include "port/page.h"

/* Here the functions themselves are meant. */
#undef ProbeForRead
#undef ProbeForWrite
#undef CopyFromUser
#undef CopyToUser

namespace
{

bool is_of_process(const volatile void *address, SIZE_T length)
{
	const char *first = const_cast<const char *>(static_cast<const volatile char *>(address));

	return first + length >= first && port_is_user_address(first) &&
	       port_is_user_address(first + length - 1);
}

void probe(const volatile void *address, SIZE_T length, ULONG alignment)
{
	if (!length)
		return;
	if (alignment && reinterpret_cast<ULONG_PTR>(address) & (alignment - 1))
		__wsk_seh_raise(STATUS_DATATYPE_MISALIGNMENT);
	else if (!is_of_process(address, length))
		__wsk_seh_raise(STATUS_ACCESS_VIOLATION);
}

uint64_t number(const volatile void *address)
{
	return reinterpret_cast<uint64_t>(address);
}

} // namespace

/**
 * ProbeForRead() - Check that memory is a process'
 * @Address: Where it begins.
 * @Length: Its bytes; of none nothing is checked.
 * @Alignment: 1, 2, 4, 8 or 16.
 *
 * Raises STATUS_ACCESS_VIOLATION for addresses that no process has, STATUS_DATATYPE_MISALIGNMENT.
 * Whether there is memory shows when it is copied or locked.
 *
 * Context: IRQL <= APC_LEVEL, in the process.
 * Source: wdm.h, ProbeForRead function
 */
extern "C" VOID ProbeForRead(const volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
	NT_MAX_IRQL(APC_LEVEL);
	probe(Address, Length, Alignment);
}

/**
 * ProbeForWrite() - Check that memory is a process'
 * @Address: Where it begins.
 * @Length: Its bytes; of none nothing is checked.
 * @Alignment: 1, 2, 4, 8 or 16.
 *
 * Raises what ProbeForRead() raises.
 *
 * Context: IRQL <= APC_LEVEL, in the process.
 * Source: wdm.h, ProbeForWrite function
 */
extern "C" VOID ProbeForWrite(volatile VOID *Address, SIZE_T Length, ULONG Alignment)
{
	NT_MAX_IRQL(APC_LEVEL);
	probe(Address, Length, Alignment);
}

/**
 * CopyFromUser() - Copy from a process' memory
 * @Destination: Memory of the kernel.
 * @Source: Memory of the current process.
 * @Length: How many bytes.
 *
 * Raises STATUS_ACCESS_VIOLATION where there is no such memory.
 *
 * Context: IRQL <= APC_LEVEL, in the process.
 * Source: usermode_accessors.h, CopyFromUser function
 */
extern "C" VOID CopyFromUser(VOID *Destination, const VOID *Source, SIZE_T Length)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (Length && (!is_of_process(Source, Length) ||
		       port_copy_from_user(Destination, number(Source), Length)))
		__wsk_seh_raise(STATUS_ACCESS_VIOLATION);
}

/**
 * CopyToUser() - Copy into a process' memory
 * @Destination: Memory of the current process.
 * @Source: Memory of the kernel.
 * @Length: How many bytes.
 *
 * Raises STATUS_ACCESS_VIOLATION where there is no such memory, or it may not be written to.
 *
 * Context: IRQL <= APC_LEVEL, in the process.
 * Source: usermode_accessors.h, CopyToUser function
 */
extern "C" VOID CopyToUser(VOID *Destination, const VOID *Source, SIZE_T Length)
{
	NT_MAX_IRQL(APC_LEVEL);
	if (Length && (!is_of_process(Destination, Length) ||
		       port_copy_to_user(number(Destination), Source, Length)))
		__wsk_seh_raise(STATUS_ACCESS_VIOLATION);
}

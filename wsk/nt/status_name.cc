// SPDX-License-Identifier: MIT OR GPL-2.0
/* The names of ntstatus.h, from which Kbuild makes the table: a line for each value, in order. */
#include "nt/status_name.h"

#include <stddef.h>

namespace wsk
{

namespace
{

constexpr struct {
	ULONG status;
	const char *name;
} names[] = {
#define STATUS_NAME(value, name) {value##u, #name},
#include "status_names.h"
#undef STATUS_NAME
};

} // namespace

const char *status_name(NTSTATUS status)
{
	ULONG wanted = static_cast<ULONG>(status);
	size_t first = 0, end = sizeof(names) / sizeof(names[0]);

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (names[middle].status == wanted)
			return names[middle].name;
		if (names[middle].status < wanted)
			first = middle + 1;
		else
			end = middle;
	}
	return nullptr;
}

} // namespace wsk

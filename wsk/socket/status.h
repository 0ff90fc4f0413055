/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* From what Linux answers to what Windows would have said. */
#ifndef WSK_SOCKET_STATUS_H
#define WSK_SOCKET_STATUS_H

#include <wdm.h>

namespace wsk
{

/* What was being done decides what a failure means. */
enum class Activity : UCHAR {
	create,
	bind,
	connect,
	accept,
	send,
	receive,
	disconnect,
	control,
};

/* The status for a seam function's result; 0 and positive results are STATUS_SUCCESS. */
[[nodiscard]] NTSTATUS status_from_error(Activity activity, long long result);

} // namespace wsk

#endif

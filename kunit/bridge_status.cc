// SPDX-License-Identifier: MIT OR GPL-2.0
/* Names of statuses, for the bridge's messages. */
#include "bridge.h"
#include "nt/status_name.h"

extern "C" const char *bridge_status_name(int32_t status)
{
	const char *name = wsk::status_name(status);

	return name ? name : "?";
}

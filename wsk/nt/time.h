/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* How Windows counts time: 100 ns since the beginning of 1601. */
#ifndef WSK_NT_TIME_H
#define WSK_NT_TIME_H

#include "port/types.h"

namespace wsk
{

constexpr int64_t ns_per_unit = 100;
constexpr int64_t units_per_second = 10'000'000;
constexpr int64_t units_1601_to_1970 = 11'644'473'600 * units_per_second;

} // namespace wsk

#endif

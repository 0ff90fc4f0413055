/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* What the two kinds of work items share. */
#ifndef WSK_NT_WORK_H
#define WSK_NT_WORK_H

namespace wsk
{

/* A rule line where a driver's routine has returned above PASSIVE_LEVEL; undoes that. */
void check_irql_after_work(void);

} // namespace wsk

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Exports the NT surface to ported drivers. modversions cannot read C++, and this world must not
 * read the NT headers, so only the names are declared; their types are include/'s business.
 */
#include <linux/export.h>

#define EXPORT(name) extern void name(void);
#include "exports.list"
#undef EXPORT

#define EXPORT(name) EXPORT_SYMBOL_GPL(name);
#include "exports.list"
#undef EXPORT

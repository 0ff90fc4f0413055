// SPDX-License-Identifier: MIT OR GPL-2.0
// Turns the DEFINE_GUIDs that follow from declarations into definitions.

#ifndef INITGUID
#define INITGUID
#endif

#include <guiddef.h>

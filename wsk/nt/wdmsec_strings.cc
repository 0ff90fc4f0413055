// SPDX-License-Identifier: MIT OR GPL-2.0
/* Security descriptors that drivers name for their devices. */
#include <wdmsec.h>

/**
 * SDDL_DEVOBJ_KERNEL_ONLY - Nobody but drivers: not even root.
 *
 * Source: wdmsec.h, SDDL_DEVOBJ_KERNEL_ONLY
 */
extern "C" const UNICODE_STRING SDDL_DEVOBJ_KERNEL_ONLY;
constinit const UNICODE_STRING SDDL_DEVOBJ_KERNEL_ONLY = RTL_CONSTANT_STRING(L"D:P");

/**
 * SDDL_DEVOBJ_SYS_ALL - All for SYSTEM, which is root.
 *
 * Source: wdmsec.h, SDDL_DEVOBJ_SYS_ALL
 */
extern "C" const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL;
constinit const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL = RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)");

/**
 * SDDL_DEVOBJ_SYS_ALL_ADM_ALL - All for SYSTEM and administrators: root.
 *
 * Source: wdmsec.h, SDDL_DEVOBJ_SYS_ALL_ADM_ALL
 */
extern "C" const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_ALL;
constinit const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_ALL =
	RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)(A;;GA;;;BA)");

/**
 * SDDL_DEVOBJ_SYS_ALL_ADM_RX - All for SYSTEM, reading for administrators: root has both.
 *
 * Source: wdmsec.h, SDDL_DEVOBJ_SYS_ALL_ADM_RX
 */
extern "C" const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RX;
constinit const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RX =
	RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)(A;;GRGX;;;BA)");

/**
 * SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R - All for root, reading for everybody.
 *
 * Source: wdmsec.h, SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R
 */
extern "C" const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R;
constinit const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R =
	RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)");

/**
 * SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R - The same, as Linux knows no restricted code.
 *
 * Source: wdmsec.h, SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R
 */
extern "C" const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R;
constinit const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R =
	RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)(A;;GR;;;RC)");

/**
 * SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R - All for root, reading and writing for everybody.
 *
 * Source: wdmsec.h, SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R
 */
extern "C" const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R;
constinit const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R =
	RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGW;;;WD)(A;;GR;;;RC)");

/**
 * SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX - The same: executing a device means nothing.
 *
 * Source: wdmsec.h, SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX
 */
extern "C" const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX;
constinit const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX =
	RTL_CONSTANT_STRING(L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGWGX;;;WD)(A;;GRGWGX;;;RC)");

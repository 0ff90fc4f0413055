// SPDX-License-Identifier: MIT OR GPL-2.0
// Devices with a security descriptor, written in the language of security descriptors (SDDL).

#ifndef _WDMSEC_H_
#define _WDMSEC_H_

#include <wdm.h>

EXTERN_C_START

NTSTATUS NTAPI WdmlibIoCreateDeviceSecure(PDRIVER_OBJECT DriverObject, ULONG DeviceExtensionSize,
					  PUNICODE_STRING DeviceName, DEVICE_TYPE DeviceType,
					  ULONG DeviceCharacteristics, BOOLEAN Exclusive,
					  PCUNICODE_STRING DefaultSDDLString,
					  LPCGUID DeviceClassGuid, PDEVICE_OBJECT *DeviceObject);
#define IoCreateDeviceSecure WdmlibIoCreateDeviceSecure

extern const UNICODE_STRING SDDL_DEVOBJ_KERNEL_ONLY;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_ALL;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RX;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX;
#define SDDL_DEVOBJ_INF_SUPPLIED SDDL_DEVOBJ_SYS_ALL

EXTERN_C_END

#endif

// SPDX-License-Identifier: MIT OR GPL-2.0
// GUIDs: the type, its definition and its comparison.

#ifndef GUID_DEFINED
#define GUID_DEFINED

#include <wsk_driver.h>

typedef struct _GUID {
	unsigned int Data1;
	unsigned short Data2;
	unsigned short Data3;
	unsigned char Data4[8];
} GUID;

typedef GUID *LPGUID;
typedef const GUID *LPCGUID;
typedef GUID IID, CLSID, FMTID;
typedef IID *LPIID;
typedef CLSID *LPCLSID;

#ifdef __cplusplus
#define REFGUID const GUID &
#define REFIID const IID &
#define REFCLSID const CLSID &
#else
#define REFGUID const GUID *
#define REFIID const IID *
#define REFCLSID const CLSID *
#endif

#ifndef FAR
#define FAR
#endif

#ifndef EXTERN_C
#ifdef __cplusplus
#define EXTERN_C extern "C"
#else
#define EXTERN_C extern
#endif
#endif

#ifndef DECLSPEC_SELECTANY
#define DECLSPEC_SELECTANY __declspec(selectany)
#endif

#ifdef __cplusplus
extern "C++" {
static inline int InlineIsEqualGUID(REFGUID rguid1, REFGUID rguid2)
{
	return __builtin_memcmp(&rguid1, &rguid2, sizeof(GUID)) == 0;
}

static inline int IsEqualGUID(REFGUID rguid1, REFGUID rguid2)
{
	return InlineIsEqualGUID(rguid1, rguid2);
}

static inline bool operator==(REFGUID left, REFGUID right)
{
	return IsEqualGUID(left, right) != 0;
}
}
#else
#define IsEqualGUID(rguid1, rguid2) (!__builtin_memcmp(rguid1, rguid2, sizeof(GUID)))
#define InlineIsEqualGUID(rguid1, rguid2) IsEqualGUID(rguid1, rguid2)
#endif

#define IsEqualIID(riid1, riid2) IsEqualGUID(riid1, riid2)
#define IsEqualCLSID(rclsid1, rclsid2) IsEqualGUID(rclsid1, rclsid2)

#endif

/* Outside the guard: a file that includes <initguid.h> later on gets definitions from then on. */
#undef DEFINE_GUID
#ifdef INITGUID
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
	EXTERN_C const GUID DECLSPEC_SELECTANY name;                 \
	const GUID name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) EXTERN_C const GUID name
#endif

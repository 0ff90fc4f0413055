/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* The interface that nmr_provider offers: counters, one for each client. */
#ifndef COUNTER_NPI_H
#define COUNTER_NPI_H

#include <netioddk.h>

/* {5E0C38A1-47D2-4B61-9A0E-6D3F21C4B807} */
static const NPIID CounterNpiId = {
	0x5e0c38a1, 0x47d2, 0x4b61, {0x9a, 0x0e, 0x6d, 0x3f, 0x21, 0xc4, 0xb8, 0x07}};

/* What a client calls, with the context that it got when it was attached. */
typedef struct _COUNTER_PROVIDER_DISPATCH {
	LONG(NTAPI *Count)(PVOID ProviderBindingContext);
} COUNTER_PROVIDER_DISPATCH;

/* What the provider calls: when it attaches a client, and at every tenth count. */
typedef struct _COUNTER_CLIENT_DISPATCH {
	VOID(NTAPI *Told)(PVOID ClientBindingContext, LONG Count);
} COUNTER_CLIENT_DISPATCH;

#endif

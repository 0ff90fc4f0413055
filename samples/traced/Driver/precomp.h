// SPDX-License-Identifier: MIT OR GPL-2.0
/* The precompiled header, which is none here. Copyright (C) 2026 The WSK for Linux authors */
#pragma once
#pragma warning(disable : 4201)

#include <NTDDK.h>
#include <Wsk.h>
#include "..\common\TRACE.H"
#include "Net\listener.h"

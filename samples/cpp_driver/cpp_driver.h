// SPDX-License-Identifier: MIT OR GPL-2.0
/* What the two files of cpp_driver share. Copyright (C) 2026 The WSK for Linux authors */
#pragma once

#include <ntddk.h>
#include <wsk.h>
#include <ntstrsafe.h>

#include <atomic>
#include <memory>

constexpr ULONG ClientTag = 'rDpC';

void *__cdecl operator new(size_t Bytes);
void *__cdecl operator new(size_t Bytes, ULONG Tag) noexcept;
void __cdecl operator delete(void *Block) noexcept;
void __cdecl operator delete(void *Block, size_t Bytes) noexcept;
void __cdecl operator delete(void *Block, ULONG Tag) noexcept;

/* Says in the log when it comes and goes. */
class Witness
{
public:
	explicit Witness(PCSTR Name);
	~Witness();

	ULONG Count() { return ++m_Count; }
	static ULONG Alive();

private:
	PCSTR m_Name;
	std::atomic<ULONG> m_Count = 0;
};

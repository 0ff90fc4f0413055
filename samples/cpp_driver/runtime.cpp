// SPDX-License-Identifier: MIT OR GPL-2.0
/* The part of the C++ runtime that a driver brings. Copyright (C) 2026 The WSK for Linux authors */
#include "cpp_driver.h"

static std::atomic<ULONG> Witnesses;

/* May return null: new expressions of this driver name the form that says so. */
void *__cdecl operator new(size_t Bytes)
{
	return ExAllocatePool2(POOL_FLAG_NON_PAGED, Bytes, ClientTag);
}

void *__cdecl operator new(size_t Bytes, ULONG Tag) noexcept
{
	return ExAllocatePool2(POOL_FLAG_NON_PAGED, Bytes, Tag);
}

void __cdecl operator delete(void *Block) noexcept
{
	if (Block)
		ExFreePoolWithTag(Block, ClientTag);
}

void __cdecl operator delete(void *Block, size_t) noexcept
{
	operator delete(Block);
}

void __cdecl operator delete(void *Block, ULONG) noexcept
{
	operator delete(Block);
}

Witness::Witness(PCSTR Name) : m_Name(Name)
{
	Witnesses++;
	DbgPrint("cpp_driver: %s constructed\n", m_Name);
}

Witness::~Witness()
{
	Witnesses--;
	DbgPrint("cpp_driver: %s destroyed\n", m_Name);
}

ULONG Witness::Alive()
{
	return Witnesses;
}

static Witness SecondWitness("second");

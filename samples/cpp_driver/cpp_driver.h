// SPDX-License-Identifier: MIT OR GPL-2.0
/* What the two files of cpp_driver share. Copyright (C) 2026 The WSK for Linux authors */
#pragma once

#include <ntddk.h>
#include <wsk.h>
#include <ntstrsafe.h>

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

	ULONG Count() { return static_cast<ULONG>(InterlockedIncrement(&m_Count)); }
	static ULONG Alive();

private:
	PCSTR m_Name;
	LONG m_Count = 0;
};

/* The one owner of an object. */
template <typename Object>
class Owner
{
public:
	Owner() = default;
	explicit Owner(Object *Owned) : m_Owned(Owned) {}
	Owner(const Owner &) = delete;
	~Owner() { delete m_Owned; }

	void Reset(Object *Owned)
	{
		delete m_Owned;
		m_Owned = Owned;
	}

	explicit operator bool() const { return m_Owned != nullptr; }
	Object *operator->() const { return m_Owned; }
	Object *Get() const { return m_Owned; }

private:
	Object *m_Owned = nullptr;
};

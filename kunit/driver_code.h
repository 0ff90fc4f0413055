/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Drivers whose code is a few functions of a suite. */
#ifndef KUNIT_DRIVER_CODE_H
#define KUNIT_DRIVER_CODE_H

#include <ntddk.h>

#include "bridge.h"
#include "nt/driver_account.h"
#include "port/driver.h"

namespace wsk::test
{

/*
 * The driver's code: what is allocated from here is the driver's. Each function is longer than
 * CODE_BYTES, so that many bytes from its start on are nobody else's.
 */
enum { CODE_BYTES = 512 };
#define CODE_FILLER ".skip 512, 0x90" /* nops */

/* Hidden from the compiler: objtool reads function + CODE_BYTES as a function that nobody has. */
template <typename Function>
ULONG_PTR code_of(Function *function)
{
	ULONG_PTR code = reinterpret_cast<ULONG_PTR>(function);

	__asm__("" : "+r"(code));
	return code;
}

/* A driver that is built in has no module: its code is the range that is said to be. */
template <typename Function>
void own_code(DriverAccount *account, Function *function)
{
	account->module.start = code_of(function);
	account->module.end = account->module.start + CODE_BYTES;
}

/* One that is unloaded without giving back what its function got for it. */
class ForgetfulDriver
{
public:
	template <typename Function>
	ForgetfulDriver(struct kunit *test, Function *function)
	{
		EXPECT_EQ(test,
			  nt_driver_load(nullptr, "forgetful", nullptr,
					 reinterpret_cast<void *>(entry),
					 reinterpret_cast<void **>(&account_)),
			  0);
		if (account_)
			own_code(account_, function);
	}
	~ForgetfulDriver() { go(); }
	ForgetfulDriver(const ForgetfulDriver &) = delete;
	ForgetfulDriver &operator=(const ForgetfulDriver &) = delete;

	bool loaded() const { return account_; }
	long outstanding(Resource resource) const { return driver_outstanding(account_, resource); }
	/* Unloads it; false when that has been done. */
	bool go()
	{
		if (!account_ || gone_)
			return false;
		gone_ = true;
		nt_driver_unload(account_);
		return true;
	}

private:
	static VOID unload(PDRIVER_OBJECT) {}
	static NTSTATUS entry(PDRIVER_OBJECT object, PUNICODE_STRING)
	{
		object->DriverUnload = unload;
		return STATUS_SUCCESS;
	}

	DriverAccount *account_ = nullptr;
	bool gone_ = false;
};

} // namespace wsk::test

#endif

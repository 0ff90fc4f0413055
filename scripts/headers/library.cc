// SPDX-License-Identifier: MIT OR GPL-2.0
// What drivers may use of the compiler's C++ library, beside Windows' headers:
// scripts/check-headers compiles this.

/* As on Windows: else min and max are macros. */
#define NOMINMAX

#include <ntifs.h>
#include <wsk.h>
#include <windef.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

void *operator new(size_t size, const std::nothrow_t &) noexcept
{
	return ExAllocatePool2(POOL_FLAG_NON_PAGED, size, 'bil ');
}

void operator delete(void *block) noexcept
{
	ExFreePoolWithTag(block, 'bil ');
}

void operator delete(void *block, size_t) noexcept
{
	operator delete(block);
}

namespace
{

struct Connection {
	explicit Connection(PWSK_SOCKET socket) : socket(socket) {}
	~Connection() { DbgPrint("closed\n"); }

	PWSK_SOCKET socket;
	std::atomic<ULONG> references{1};
};

static_assert(std::is_same_v<std::make_unsigned_t<LONG>, ULONG>);
static_assert(std::numeric_limits<USHORT>::max() == MAXUSHORT);
static_assert(sizeof(std::atomic<ULONG64>) == sizeof(ULONG64));

std::optional<USHORT> port_of(const SOCKADDR_INET &address)
{
	if (address.si_family != AF_INET && address.si_family != AF_INET6)
		return {};
	return RtlUshortByteSwap(address.Ipv4.sin_port);
}

} // namespace

/* SAL's and the exceptions' keywords still mean what they mean. */
extern "C" ULONG usage(__in PWSK_SOCKET socket, __out PULONG sum)
{
	std::array<ULONG, 4> numbers{3, 1, 2, 4};
	std::variant<ULONG, PCSTR> either = "text";
	std::span<ULONG> tail(numbers.data() + 1, 3);
	std::wstring_view name = L"\\Device\\Usage";
	std::unique_ptr<Connection> connection(new (std::nothrow) Connection(socket));
	auto [first, second] = std::pair(1u, 2u);

	__try {
		std::sort(numbers.begin(), numbers.end());
	} __except (EXCEPTION_EXECUTE_HANDLER) {
		return 0;
	}
	if (!connection || connection->references.fetch_add(1) != 1)
		return 0;
	std::function<ULONG(ULONG)> twice = [](ULONG n) { return 2 * n; };
	*sum = twice(std::max(first, second)) + tail[0] + numbers.at(first);
	if (std::holds_alternative<PCSTR>(either))
		*sum += static_cast<ULONG>(std::strlen(std::get<PCSTR>(either)));
	return *sum + static_cast<ULONG>(name.find(L'U')) + port_of({}).value_or(7);
}

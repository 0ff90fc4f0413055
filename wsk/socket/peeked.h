/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/* Fields that a lock protects, and that are looked at without it where being late does no harm. */
#ifndef WSK_SOCKET_PEEKED_H
#define WSK_SOCKET_PEEKED_H

namespace wsk
{

/* Read and written whole, whatever the compiler would like; no order with anything else. */
template <class T>
class Peeked
{
public:
	constexpr Peeked(T value) : value_(value) {}
	Peeked(const Peeked &) = delete;
	Peeked &operator=(const Peeked &) = delete;

	operator T() const
	{
		T value;

		__atomic_load(&value_, &value, __ATOMIC_RELAXED);
		return value;
	}
	T operator=(T value)
	{
		__atomic_store(&value_, &value, __ATOMIC_RELAXED);
		return value;
	}
	T operator|=(T more) { return *this = static_cast<T>(*this | more); }
	T operator&=(T kept) { return *this = static_cast<T>(*this & kept); }

private:
	T value_;
};

} // namespace wsk

#endif

/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * KUnit for the NT world. A suite is a C++ file that reads as a driver does and includes this
 * header; bridge.c turns it into a real struct kunit_suite. To add one: write kunit/NAME_kunit.cc
 * ending in BRIDGE_SUITE(NAME, …), add SUITE(NAME) to suites.list and the object to Kbuild.
 *
 * Copyright (C) 2026 The WSK for Linux authors
 */
#ifndef KUNIT_BRIDGE_H
#define KUNIT_BRIDGE_H

#include "port/types.h"

PORT_BEGIN

struct kunit; /* KUnit's own, opaque here */

/* One test: a sentence about behaviour (no '#', no newline), and the function that proves it. */
struct bridge_case {
	const char *name;
	void (*run)(struct kunit *test);
};

struct bridge_suite {
	const struct bridge_case *cases;
	size_t count;
	int (*init)(struct kunit *test);  /* before each case, may be NULL; 0 or -errno */
	void (*exit)(struct kunit *test); /* after each case, aborted ones included; may be NULL */
	bool network;			  /* loopback is up and ::1 usable before the first case */
};

/* Where a check stands in the source. fatal: the case ends here (ASSERT), else it goes on. */
struct bridge_site {
	const char *file;
	int line;
	bool fatal;
};

/* Fail the case of `test`. Callable from any thread and at DISPATCH_LEVEL unless fatal. */
__attribute__((format(printf, 3, 4))) void
bridge_fail(struct kunit *test, const struct bridge_site *site, const char *format, ...);
void bridge_fail_memory(struct kunit *test, const struct bridge_site *site, const char *left_text,
			const char *right_text, const void *left, const void *right, size_t size);
/* Runs a case on a test of its own, whose failures are recorded here instead of reported. */
struct bridge_trial {
	bool failed;
	bool aborted;	/* by an ASSERT */
	char text[256]; /* the last failure's message */
};
void bridge_try(void (*run)(struct kunit *test), struct bridge_trial *trial);

/*
 * Ends the case as skipped, with the reason. Does not return, and does not say so: objtool believes
 * that of names it knows only.
 */
void bridge_skip(struct kunit *test, const char *reason);

/* A pointer that belongs to the running case, for what init made and the case needs. */
void bridge_set_fixture(struct kunit *test, void *fixture);
void *bridge_fixture(struct kunit *test);

/*
 * Calls run(context) when the case ends, however it ends, before the suite's exit; last registered,
 * first called. An ASSERT that fails ends the thread without unwinding: C++ destructors do not run,
 * so clean up through here.
 */
void bridge_defer(struct kunit *test, void (*run)(void *context), void *context);

void bridge_sleep_ms(unsigned int ms);
/* Whether a second of sleep takes a second: not in User-Mode Linux, where time travels. */
bool bridge_time_is_real(void);
/* Calls run(context) on this thread with bottom halves disabled: at DISPATCH_LEVEL. */
void bridge_run_at_dispatch(void (*run)(void *context), void *context);
/* Calls run(context) in a real softirq, and returns when it has returned. */
void bridge_run_in_softirq(void (*run)(void *context), void *context);
/* Calls run(context) on this thread as if a signal waited for it. */
void bridge_run_signalled(void (*run)(void *context), void *context);
/* Calls run(context) with interrupts disabled: above DISPATCH_LEVEL. */
void bridge_run_at_high(void (*run)(void *context), void *context);

/* A kernel thread that Linux made, not PsCreateSystemThread: join exactly once. NULL on failure. */
struct bridge_thread;
struct bridge_thread *bridge_thread_start(void (*run)(void *context), void *context);
void bridge_thread_join(struct bridge_thread *thread);
/* Keeps the calling thread, one of these, on its processor. */
void bridge_thread_stay(void);

/* Rule lines logged since boot, and whether this build logs any (CONFIG_WSK_DEBUG). */
unsigned long bridge_rule_count(void);
bool bridge_checked(void);

/*
 * The lines logged since the mark, each "<LEVEL>text", into a buffer; the mark moves behind them. A
 * line counts when it has ended, or another has begun.
 */
void bridge_log_mark(void);
void bridge_log_read(char *text, size_t size);

/* Microsoft's name of a status, or "?". */
const char *bridge_status_name(int32_t status);

PORT_END

#ifdef __cplusplus

#define BRIDGE_SITE(is_fatal)                \
	bridge_site                          \
	{                                    \
		__FILE__, __LINE__, is_fatal \
	}

/*
 * BRIDGE_SUITE(ke_event, cases) or, with hooks, BRIDGE_SUITE(ke_event, cases, .init = make,
 * .exit = unmake, .network = true).
 */
#define BRIDGE_SUITE(suite, table, ...)                                                      \
	extern "C" {                                                                         \
	extern const struct bridge_suite bridge_suite_##suite;                               \
	const struct bridge_suite bridge_suite_##suite = {                                   \
		.cases = table, .count = sizeof(table) / sizeof((table)[0]), ##__VA_ARGS__}; \
	}

namespace wsk::test
{

inline void check_true(struct kunit *test, const bridge_site &site, const char *text, bool value,
		       bool wanted)
{
	if (value != wanted)
		bridge_fail(test, &site, "%s is %s, and should be %s", text,
			    value ? "true" : "false", wanted ? "true" : "false");
}

template <typename Left, typename Right, typename Compare>
inline void check_integers(struct kunit *test, const bridge_site &site, const char *left_text,
			   const char *operation, const char *right_text, Left left, Right right,
			   Compare compare)
{
	if (!compare(left, right))
		bridge_fail(test, &site,
			    "%s %s %s does not hold\n    left = %lld (0x%llx)\n"
			    "    right = %lld (0x%llx)",
			    left_text, operation, right_text, (long long)left,
			    (unsigned long long)left, (long long)right, (unsigned long long)right);
}

inline void check_status(struct kunit *test, const bridge_site &site, const char *text,
			 const char *wanted_text, int32_t status, int32_t wanted)
{
	if (status != wanted)
		bridge_fail(test, &site,
			    "%s == %s does not hold\n    left = 0x%08x %s\n"
			    "    right = 0x%08x %s",
			    text, wanted_text, (unsigned int)status, bridge_status_name(status),
			    (unsigned int)wanted, bridge_status_name(wanted));
}

inline void check_pointers(struct kunit *test, const bridge_site &site, const char *left_text,
			   const char *right_text, const volatile void *left,
			   const volatile void *right, bool equal)
{
	if ((left == right) != equal)
		bridge_fail(test, &site, "%s %s %s does not hold\n    left = %px\n    right = %px",
			    left_text, equal ? "==" : "!=", right_text, left, right);
}

inline void check_memory(struct kunit *test, const bridge_site &site, const char *left_text,
			 const char *right_text, const void *left, const void *right, size_t size)
{
	if (__builtin_memcmp(left, right, size))
		bridge_fail_memory(test, &site, left_text, right_text, left, right, size);
}

/* Runs `statements` and expects exactly `count` rule lines, or none in a build without checks. */
template <typename Statements>
inline void check_rules(struct kunit *test, const bridge_site &site, unsigned long count,
			Statements statements)
{
	unsigned long before = bridge_rule_count();

	statements();
	unsigned long logged = bridge_rule_count() - before;
	unsigned long wanted = bridge_checked() ? count : 0;

	if (logged != wanted)
		bridge_fail(test, &site, "%lu rule lines were logged, and should be %lu", logged,
			    wanted);
}

} // namespace wsk::test

#define BRIDGE_INTEGERS(test, fatal, left, op, right)                          \
	::wsk::test::check_integers(                                           \
		test, BRIDGE_SITE(fatal), #left, #op, #right, (left), (right), \
		[](auto bridge_a, auto bridge_b) { return bridge_a op bridge_b; })

#define EXPECT_TRUE(test, value) \
	::wsk::test::check_true(test, BRIDGE_SITE(false), #value, !!(value), true)
#define EXPECT_FALSE(test, value) \
	::wsk::test::check_true(test, BRIDGE_SITE(false), #value, !!(value), false)
#define EXPECT_EQ(test, left, right) BRIDGE_INTEGERS(test, false, left, ==, right)
#define EXPECT_NE(test, left, right) BRIDGE_INTEGERS(test, false, left, !=, right)
#define EXPECT_LT(test, left, right) BRIDGE_INTEGERS(test, false, left, <, right)
#define EXPECT_LE(test, left, right) BRIDGE_INTEGERS(test, false, left, <=, right)
#define EXPECT_GT(test, left, right) BRIDGE_INTEGERS(test, false, left, >, right)
#define EXPECT_GE(test, left, right) BRIDGE_INTEGERS(test, false, left, >=, right)
#define EXPECT_STATUS(test, status, wanted) \
	::wsk::test::check_status(test, BRIDGE_SITE(false), #status, #wanted, (status), (wanted))
#define EXPECT_PTR_EQ(test, left, right) \
	::wsk::test::check_pointers(test, BRIDGE_SITE(false), #left, #right, (left), (right), true)
#define EXPECT_PTR_NE(test, left, right) \
	::wsk::test::check_pointers(test, BRIDGE_SITE(false), #left, #right, (left), (right), false)
#define EXPECT_NULL(test, pointer) EXPECT_PTR_EQ(test, pointer, nullptr)
#define EXPECT_NOT_NULL(test, pointer) EXPECT_PTR_NE(test, pointer, nullptr)
#define EXPECT_MEM_EQ(test, left, right, size) \
	::wsk::test::check_memory(test, BRIDGE_SITE(false), #left, #right, (left), (right), (size))
/* EXPECT_RULES(test, 1, KeLowerIrql(DISPATCH_LEVEL)); statements may be several. */
#define EXPECT_RULES(test, count, ...) \
	::wsk::test::check_rules(test, BRIDGE_SITE(false), count, [&]() { __VA_ARGS__; })

#define ASSERT_TRUE(test, value) \
	::wsk::test::check_true(test, BRIDGE_SITE(true), #value, !!(value), true)
#define ASSERT_FALSE(test, value) \
	::wsk::test::check_true(test, BRIDGE_SITE(true), #value, !!(value), false)
#define ASSERT_EQ(test, left, right) BRIDGE_INTEGERS(test, true, left, ==, right)
#define ASSERT_NE(test, left, right) BRIDGE_INTEGERS(test, true, left, !=, right)
#define ASSERT_STATUS(test, status, wanted) \
	::wsk::test::check_status(test, BRIDGE_SITE(true), #status, #wanted, (status), (wanted))
#define ASSERT_PTR_EQ(test, left, right) \
	::wsk::test::check_pointers(test, BRIDGE_SITE(true), #left, #right, (left), (right), true)
#define ASSERT_PTR_NE(test, left, right) \
	::wsk::test::check_pointers(test, BRIDGE_SITE(true), #left, #right, (left), (right), false)
#define ASSERT_NULL(test, pointer) ASSERT_PTR_EQ(test, pointer, nullptr)
#define ASSERT_NOT_NULL(test, pointer) ASSERT_PTR_NE(test, pointer, nullptr)
#define ASSERT_MEM_EQ(test, left, right, size) \
	::wsk::test::check_memory(test, BRIDGE_SITE(true), #left, #right, (left), (right), (size))

#endif /* __cplusplus */

#endif

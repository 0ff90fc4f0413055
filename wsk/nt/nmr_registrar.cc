// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The Network Module Registrar: clients and providers of an interface, whoever comes first.
 *
 * A pair becomes a binding, once, by whoever of the two registers later. Its life is a state that
 * changes under the lock and names who may call the two modules: the thread that attaches them, or
 * the one that found the binding attached and one of the two leaving. A binding whose two sides
 * have let go, and which nobody works on any more, is finished by whoever saw that last. No lock is
 * held while modules are called.
 *
 * A handle is an object's address, and is looked for in a list before it is used.
 *
 * A module whose driver is unloaded without having waited for its end is abandoned: the other sides
 * of its bindings are detached as ever, but of itself nothing is called any more.
 */
#include "nt/nmr_registrar.h"

#include "nt/irql.h"
#include "nt/nmr.h"
#include "nt/word_lock.h"

namespace wsk
{

using namespace nmr;

namespace
{

constexpr ULONG tag = ' rmN';

struct Binding;

struct Module {
	LIST_ENTRY link;
	Characteristics own;
	LONG references; /* the list's, the bindings', and those of calls in progress */
	LONG bindings;
	bool leaving;
	bool abandoned;
	KEVENT gone; /* leaving, and the last binding is finished */
};

enum class State {
	attaching,
	refused, /* not to be tried again */
	attached,
	detaching,
};

struct Side {
	Module *module;
	PVOID context;
	bool attached;	/* its detach function is to be called */
	bool detaching; /* and has not let go yet */

	bool callable() const
	{
		return attached && !__atomic_load_n(&module->abandoned, __ATOMIC_RELAXED);
	}
};

struct Binding {
	LIST_ENTRY link;
	State state;
	Side client, provider;
	/* Clients call NmrClientAttachProvider from the thread that attaches, and there only. */
	PVOID attaching_thread;
	LONG holds; /* sides that have not let go, and the thread that detaches them */

	bool leaving() const { return client.module->leaving || provider.module->leaving; }
};

constinit WordLock lock; /* guards the lists, and all that has no other owner in them */
constinit LIST_ENTRY modules = {&modules, &modules};
constinit LIST_ENTRY bindings = {&bindings, &bindings};

void release(Module *module)
{
	if (!InterlockedDecrement(&module->references))
		ExFreePoolWithTag(module, tag);
}

bool same_interface(const Module &a, const Module &b)
{
	return RtlEqualMemory(a.own.instance().NpiId, b.own.instance().NpiId, sizeof(NPIID));
}

/* Under the lock. */
Module *find_module_locked(HANDLE handle, Role role)
{
	for (PLIST_ENTRY entry = modules.Flink; entry != &modules; entry = entry->Flink) {
		Module *module = CONTAINING_RECORD(entry, Module, link);

		if (module == handle && module->own.role == role)
			return module;
	}
	return nullptr;
}

Binding *find_binding_locked(HANDLE handle)
{
	for (PLIST_ENTRY entry = bindings.Flink; entry != &bindings; entry = entry->Flink) {
		Binding *binding = CONTAINING_RECORD(entry, Binding, link);

		if (binding == handle)
			return binding;
	}
	return nullptr;
}

bool bound_locked(const Module *client, const Module *provider)
{
	for (PLIST_ENTRY entry = bindings.Flink; entry != &bindings; entry = entry->Flink) {
		Binding *binding = CONTAINING_RECORD(entry, Binding, link);

		if (binding->client.module == client && binding->provider.module == provider)
			return true;
	}
	return false;
}

/* One that the module has not been brought together with. */
Module *find_counterpart_locked(const Module *module)
{
	for (PLIST_ENTRY entry = modules.Flink; entry != &modules; entry = entry->Flink) {
		Module *other = CONTAINING_RECORD(entry, Module, link);
		const Module *client = module->own.role == Role::client ? module : other;
		const Module *provider = module->own.role == Role::client ? other : module;

		if (other->own.role != module->own.role && !other->leaving &&
		    same_interface(*module, *other) && !bound_locked(client, provider))
			return other;
	}
	return nullptr;
}

void bind_locked(Binding *binding, Module *client, Module *provider)
{
	*binding = {};
	binding->state = State::attaching;
	binding->client.module = client;
	binding->provider.module = provider;
	binding->attaching_thread = KeGetCurrentThread();
	client->bindings++;
	provider->bindings++;
	InterlockedIncrement(&client->references);
	InterlockedIncrement(&provider->references);
	InsertTailList(&bindings, &binding->link);
}

/* Nobody knows the binding any more afterwards. */
void unbind(Binding *binding)
{
	Module *both[] = {binding->client.module, binding->provider.module};
	bool gone[2];
	{
		WordGuard guard(lock);

		RemoveEntryList(&binding->link);
		for (int i = 0; i < 2; i++)
			gone[i] = !--both[i]->bindings && both[i]->leaving;
	}
	ExFreePoolWithTag(binding, tag);
	for (int i = 0; i < 2; i++) {
		if (gone[i])
			KeSetEvent(&both[i]->gone, IO_NO_INCREMENT, FALSE);
		release(both[i]);
	}
}

/* Where both stay, the binding stays, too: so they are not brought together again. */
bool keep_refused(Binding *binding)
{
	WordGuard guard(lock);

	if (binding->leaving())
		return false;
	binding->client.attached = binding->provider.attached = false;
	binding->state = State::refused;
	return true;
}

/* One of those that keep a detaching binding lets go; the last one finishes it. */
void let_go(Binding *binding)
{
	if (InterlockedDecrement(&binding->holds))
		return;

	const NPI_CLIENT_CHARACTERISTICS *client = binding->client.module->own.client;
	const NPI_PROVIDER_CHARACTERISTICS *provider = binding->provider.module->own.provider;

	if (binding->client.callable() && client->ClientCleanupBindingContext)
		client->ClientCleanupBindingContext(binding->client.context);
	if (binding->provider.callable() && provider->ProviderCleanupBindingContext)
		provider->ProviderCleanupBindingContext(binding->provider.context);
	if (!keep_refused(binding))
		unbind(binding);
}

/* Whether it was this side's time to let go. */
bool take_detaching(Side &side)
{
	WordGuard guard(lock);
	bool was = side.detaching;

	side.detaching = false;
	return was;
}

void detach_side(Binding *binding, Side &side, NTSTATUS(NTAPI *function)(PVOID context))
{
	const bool call = side.callable();

	if (!side.attached || (call && function(side.context) == STATUS_PENDING))
		return;
	if (take_detaching(side))
		let_go(binding);
	else if (call)
		port_log_rule("NmrDeregister", "a detach was completed, and not pending");
}

/* By whoever has made the state `detaching`. */
void detach(Binding *binding)
{
	binding->holds = 1 + binding->client.attached + binding->provider.attached;
	{
		WordGuard guard(lock);

		binding->client.detaching = binding->client.attached;
		binding->provider.detaching = binding->provider.attached;
	}
	detach_side(binding, binding->client,
		    binding->client.module->own.client->ClientDetachProvider);
	detach_side(binding, binding->provider,
		    binding->provider.module->own.provider->ProviderDetachClient);
	let_go(binding);
}

/* Brings the two together, and apart again where one of them is leaving meanwhile. */
void attach(Binding *binding)
{
	Module *client = binding->client.module, *provider = binding->provider.module;
	NTSTATUS status = client->own.client->ClientAttachProvider(binding, client->own.context,
								   &provider->own.instance());
	bool take_apart = false, drop = false;
	{
		WordGuard guard(lock);

		binding->attaching_thread = nullptr;
		binding->client.attached = NT_SUCCESS(status) && binding->provider.attached;
		if (binding->provider.attached) {
			take_apart = binding->leaving() || !NT_SUCCESS(status);
			binding->state = take_apart ? State::detaching : State::attached;
		} else {
			drop = binding->leaving();
			binding->state = drop ? State::detaching : State::refused;
		}
	}
	if (take_apart)
		detach(binding);
	else if (drop)
		unbind(binding);
}

/* False: there is nobody else, or no memory to bring them together in. */
bool attach_next(Module *module, NTSTATUS *status)
{
	Binding *binding =
		static_cast<Binding *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*binding), tag));
	Module *other;

	if (!binding) {
		*status = STATUS_INSUFFICIENT_RESOURCES;
		return false;
	}
	{
		WordGuard guard(lock);

		other = module->leaving ? nullptr : find_counterpart_locked(module);
		if (other && module->own.role == Role::client)
			bind_locked(binding, module, other);
		else if (other)
			bind_locked(binding, other, module);
	}
	if (other)
		attach(binding);
	else
		ExFreePoolWithTag(binding, tag);
	return other;
}

/* Ends the bindings of a module that is leaving, but for those that somebody works on. */
void take_apart(Module *module)
{
	for (;;) {
		Binding *found = nullptr;
		State state = State::attaching;
		{
			WordGuard guard(lock);

			for (PLIST_ENTRY entry = bindings.Flink; !found && entry != &bindings;
			     entry = entry->Flink) {
				Binding *binding = CONTAINING_RECORD(entry, Binding, link);

				if (binding->client.module != module &&
				    binding->provider.module != module)
					continue;
				/* Those who attach now see that we leave. */
				if (binding->state == State::attached ||
				    binding->state == State::refused)
					found = binding;
			}
			if (found) {
				state = found->state;
				found->state = State::detaching;
			}
		}
		if (!found)
			break;
		if (state == State::attached)
			detach(found);
		else
			unbind(found);
	}
}

/* Its end was waited for, by the first of those who wait. */
void forget(Module *module)
{
	bool listed;
	{
		WordGuard guard(lock);

		listed = find_module_locked(module, module->own.role) == module;
		if (listed)
			RemoveEntryList(&module->link);
	}
	if (listed) {
		driver_discharge(module->own.account, Resource::modules);
		release(module);
	}
}

/* A module of the account, with a reference, or null. */
Module *find_module_of(const DriverAccount *account)
{
	WordGuard guard(lock);

	for (PLIST_ENTRY entry = modules.Flink; entry != &modules; entry = entry->Flink) {
		Module *module = CONTAINING_RECORD(entry, Module, link);

		if (module->own.account == account) {
			InterlockedIncrement(&module->references);
			return module;
		}
	}
	return nullptr;
}

/* A binding whose detaching waits for the module to let go, which it does now; or null. */
Binding *take_pending_detach(Module *module)
{
	WordGuard guard(lock);

	for (PLIST_ENTRY entry = bindings.Flink; entry != &bindings; entry = entry->Flink) {
		Binding *binding = CONTAINING_RECORD(entry, Binding, link);
		Side &side = module->own.role == Role::client ? binding->client : binding->provider;

		if (side.module == module && side.detaching) {
			side.detaching = false;
			return binding;
		}
	}
	return nullptr;
}

void wait_for_others(Module *module)
{
	LARGE_INTEGER ten_seconds;

	ten_seconds.QuadPart = -100000000;
	for (;;) {
		while (Binding *binding = take_pending_detach(module))
			let_go(binding);
		if (KeWaitForSingleObject(&module->gone, Executive, KernelMode, FALSE,
					  &ten_seconds) != STATUS_TIMEOUT)
			return;
		port_logf(PORT_LOG_WARNING,
			  "%s: unloading waits for another driver to let go of its NMR "
			  "registration\n",
			  driver_name(module->own.account));
	}
}

} // namespace

namespace nmr
{

NTSTATUS deregister(HANDLE handle, Role role, const char *function)
{
	Module *module;
	bool gone = false;
	{
		WordGuard guard(lock);

		module = find_module_locked(handle, role);
		if (module && module->leaving)
			module = nullptr;
		if (module) {
			InterlockedIncrement(&module->references);
			module->leaving = true;
			gone = !module->bindings;
		}
	}
	if (!module) {
		port_log_rule(function, "the handle is none, or was deregistered before");
		return STATUS_INVALID_PARAMETER;
	}
	if (gone)
		KeSetEvent(&module->gone, IO_NO_INCREMENT, FALSE);
	take_apart(module);
	release(module);
	return STATUS_PENDING;
}

NTSTATUS wait_until_gone(HANDLE handle, Role role, const char *function)
{
	Module *module;
	{
		WordGuard guard(lock);

		module = find_module_locked(handle, role);
		if (module && !module->leaving)
			module = nullptr;
		if (module)
			InterlockedIncrement(&module->references);
	}
	if (!module) {
		port_log_rule(function, "the handle is none that was deregistered");
		return STATUS_INVALID_PARAMETER;
	}
	KeWaitForSingleObject(&module->gone, Executive, KernelMode, FALSE, nullptr);
	forget(module);
	release(module);
	return STATUS_SUCCESS;
}

void complete(HANDLE handle, Role role, const char *function)
{
	Binding *binding;
	bool ours = false;
	{
		WordGuard guard(lock);

		binding = find_binding_locked(handle);
		if (binding) {
			Side &side = role == Role::client ? binding->client : binding->provider;

			ours = side.detaching;
			side.detaching = false;
		}
	}
	if (ours)
		let_go(binding);
	else
		port_log_rule(function, "no detach of this binding is pending");
}

NTSTATUS register_module(const Characteristics &characteristics, PHANDLE handle)
{
	NTSTATUS status = STATUS_SUCCESS;
	Module *module =
		static_cast<Module *>(ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*module), tag));

	if (!module)
		return STATUS_INSUFFICIENT_RESOURCES;
	*module = {};
	module->own = characteristics;
	module->references = 2; /* the list's and ours */
	KeInitializeEvent(&module->gone, NotificationEvent, FALSE);
	driver_charge(module->own.account, Resource::modules);
	*handle = module;
	{
		WordGuard guard(lock);

		InsertTailList(&modules, &module->link);
	}
	while (attach_next(module, &status))
		;
	if (!NT_SUCCESS(status) && NT_SUCCESS(deregister(module, module->own.role, "NmrRegister")))
		wait_until_gone(module, module->own.role, "NmrRegister");
	release(module);
	return status;
}

NTSTATUS attach_provider(HANDLE handle, PVOID client_context, const VOID *client_dispatch,
			 PVOID *provider_context, const VOID **provider_dispatch)
{
	Binding *binding = nullptr;

	if (provider_context && provider_dispatch) {
		WordGuard guard(lock);

		binding = find_binding_locked(handle);
		if (binding && (binding->attaching_thread != KeGetCurrentThread() ||
				binding->provider.attached))
			binding = nullptr;
	}
	if (!binding) {
		port_log_rule("NmrClientAttachProvider",
			      "an argument is NULL, or nothing is being attached");
		return STATUS_INVALID_PARAMETER;
	}

	const Module *client = binding->client.module, *provider = binding->provider.module;
	if (__atomic_load_n(&provider->abandoned, __ATOMIC_RELAXED))
		return STATUS_DELETE_PENDING;
	NTSTATUS status = provider->own.provider->ProviderAttachClient(
		binding, provider->own.context, &client->own.instance(), client_context,
		client_dispatch, &binding->provider.context, provider_dispatch);

	if (NT_SUCCESS(status)) {
		*provider_context = binding->provider.context;
		binding->client.context = client_context;
		binding->provider.attached = true;
	}
	return status;
}

} // namespace nmr

void modules_abandon(const DriverAccount *account)
{
	WordGuard guard(lock);

	for (PLIST_ENTRY entry = modules.Flink; entry != &modules; entry = entry->Flink) {
		Module *module = CONTAINING_RECORD(entry, Module, link);

		if (module->own.account != account)
			continue;
		__atomic_store_n(&module->abandoned, true, __ATOMIC_RELAXED);
		/* Bindings keep it until they are taken apart. */
		if (!module->leaving && !module->bindings)
			KeSetEvent(&module->gone, IO_NO_INCREMENT, FALSE);
		module->leaving = true;
	}
}

void modules_withdraw(DriverAccount *account)
{
	while (Module *module = find_module_of(account)) {
		take_apart(module);
		wait_for_others(module);
		forget(module);
		release(module);
	}
}

DriverAccount *nmr_client_account(HANDLE binding)
{
	return static_cast<Binding *>(binding)->client.module->own.account;
}

} // namespace wsk

// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/resolve.h over the key service: a question is the callout information of a key that does not
 * exist, for which the kernel runs /sbin/request-key, which runs the handler, whose answer becomes
 * the key's payload.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/if.h>
#include <linux/inet.h>
#include <linux/key-type.h>
#include <linux/key.h>
#include <linux/keyctl.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#ifdef CONFIG_KEYS
#include <keys/request_key_auth-type.h>
#include <keys/user-type.h>
#endif

#include "linux/linux.h"
#include "port/log.h"
#include "port/resolve.h"

/* Each question that is being asked has a process to answer it. */
enum { MAX_QUESTIONS = 32 };

static struct workqueue_struct *queue;

#ifdef CONFIG_KEYS

static int preparse(struct key_preparsed_payload *prep)
{
	return prep->datalen > PORT_RESOLVE_ANSWER_BYTES ? -EMSGSIZE : user_preparse(prep);
}

/* The dot keeps user space from adding such keys, and from requesting them. */
static struct key_type key_type_name = {
	.name = ".wsk_name",
	.preparse = preparse,
	.free_preparse = user_free_preparse,
	.instantiate = generic_key_instantiate,
	.revoke = user_revoke,
	.destroy = user_destroy,
	.describe = user_describe,
};

#ifdef CONFIG_WSK_KUNIT_TEST
static port_resolve_handler *stand_in;

static int answer_here(struct key *authkey, void *aux)
{
	struct request_key_auth *request = get_request_key_auth(authkey);
	char *question = kmemdup_nul(request->callout_info, request->callout_len, GFP_KERNEL);
	char *answer = kmalloc(2 * PORT_RESOLVE_ANSWER_BYTES, GFP_KERNEL);
	s64 length = -ENOMEM;
	int error;

	if (question && answer)
		length = stand_in(question, answer, 2 * PORT_RESOLVE_ANSWER_BYTES);
	error = length < 0 ? length
			   : key_instantiate_and_link(request->target_key, answer, length, NULL,
						      authkey);
	kfree(answer);
	kfree(question);
	complete_request_key(authkey, error);
	return error;
}

void port_resolve_set_handler(port_resolve_handler *handler)
{
	stand_in = handler;
	key_type_name.request_key = handler ? answer_here : NULL;
}
#endif

/*
 * Rights under which one question is asked: root's, with a keyring that is empty and this
 * question's alone. So nobody can have put an answer there before, none is kept, and none is
 * searched for among the keys of whoever happens to be root.
 */
static struct cred *make_rights(void)
{
	struct cred *cred = prepare_kernel_cred(&init_task);
	struct key *keyring;

	if (!cred)
		return NULL;
	keyring = keyring_alloc(".wsk_name", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID, cred,
				KEY_POS_ALL | KEY_USR_VIEW, KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	if (IS_ERR(keyring)) {
		put_cred(cred);
		return NULL;
	}
	cred->session_keyring = key_get(keyring);
	cred->thread_keyring = keyring;
	cred->jit_keyring = KEY_REQKEY_DEFL_THREAD_KEYRING;
	return cred;
}

static struct key *request(const char *question)
{
	struct cred *rights = make_rights();
	const struct cred *own;
	struct key *key;

	if (!rights)
		return ERR_PTR(-ENOMEM);
	own = override_creds(rights);
	key = request_key(&key_type_name, "name", question);
	revert_creds(own);
	put_cred(rights);
	return key;
}

static s64 copy_answer(struct key *key, char **answer)
{
	const struct user_key_payload *payload;
	s64 length = -EIO;

	down_read(&key->sem);
	payload = key_validate(key) ? NULL : user_key_payload_locked(key);
	if (payload) {
		*answer = kmemdup(payload->data, payload->datalen, GFP_KERNEL);
		length = *answer ? payload->datalen : -ENOMEM;
	}
	up_read(&key->sem);
	return length;
}

static s64 failure(long error)
{
	switch (error) {
	case -ENOENT: /* no /sbin/request-key */
	case -ENOKEY: /* it has no rule for us, or the handler died */
		pr_notice_once("wsk: names are not resolved: no handler answers; \"make install\" "
			       "has put one in place with its rule in /etc/request-key.d, and "
			       "/sbin/request-key is in the package keyutils\n");
		return -ENOENT;
	case -ENOMEM:
	case -EDQUOT:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

int64_t port_resolve_ask(const char *question, char **answer)
{
	struct key *key = request(question);
	s64 length;

	if (IS_ERR(key))
		return failure(PTR_ERR(key));
	length = copy_answer(key, answer);
	key_invalidate(key);
	key_put(key);
	return length;
}

static int register_names(void)
{
	return register_key_type(&key_type_name);
}

static void unregister_names(void)
{
	unregister_key_type(&key_type_name);
}

#else /* CONFIG_KEYS */

int64_t port_resolve_ask(const char *question, char **answer)
{
	return -EOPNOTSUPP;
}

#ifdef CONFIG_WSK_KUNIT_TEST
void port_resolve_set_handler(port_resolve_handler *handler) {}
#endif

static int register_names(void)
{
	return 0;
}

static void unregister_names(void) {}

#endif /* CONFIG_KEYS */

int port_resolve_init(void)
{
	int error;

	/* Unbound: what is queued here does nothing but wait for a process. */
	queue = alloc_workqueue("wsk_names", WQ_UNBOUND, MAX_QUESTIONS);
	if (!queue)
		return -ENOMEM;
	error = register_names();
	if (error)
		destroy_workqueue(queue);
	return error;
}

void port_resolve_exit(void)
{
	destroy_workqueue(queue);
	unregister_names();
}

void port_resolve_queue(struct port_work *work)
{
	queue_work(queue, (struct work_struct *)work);
}

bool port_parse_ipv6(const char *text, size_t length, uint8_t address[16])
{
	char copy[INET6_ADDRSTRLEN] = {};
	const char *end;

	/* Its reader of IPv4 looks beyond the length. */
	if (!length || length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	return in6_pton(copy, length, address, -1, &end) == 1 && end == copy + length;
}

void port_format_address(const uint8_t *address, size_t bytes, char text[PORT_ADDRESS_TEXT_BYTES])
{
	snprintf(text, PORT_ADDRESS_TEXT_BYTES, bytes == 4 ? "%pI4" : "%pI6c", address);
}

uint32_t port_interface_index(const char *name, size_t length)
{
	struct net *net = in_task() && current->nsproxy ? current->nsproxy->net_ns : &init_net;
	char copy[IFNAMSIZ] = {};
	struct net_device *device;
	u32 index = 0;

	if (!length || length >= sizeof(copy))
		return 0;
	memcpy(copy, name, length);
	rcu_read_lock();
	device = dev_get_by_name_rcu(net, copy);
	if (device)
		index = device->ifindex;
	rcu_read_unlock();
	return index;
}

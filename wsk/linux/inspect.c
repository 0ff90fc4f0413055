// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * port/inspect.h: the requests of listeners that inspect. A hook in the listener's namespace takes
 * SYNs before TCP sees them; whatever is decided, only the packet itself goes on.
 *
 * A request is in one list: it has arrived, is held (the owner knows, and is to decide), was let in
 * (until the connection is accepted), or was aborted (and the owner is to be told). Of the peer's
 * retransmissions those of a held request are absorbed, those of one that was let in pass. Every
 * second somebody looks who has died. Strangers fill these lists, so all of them are bounded.
 */
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <net/sock.h>

#include "linux/inspect.h"
#include "linux/linux.h"
#include "linux/port_socket.h"
#include "port/inspect.h"

static unsigned int inspect_held = 1024;
module_param(inspect_held, uint, 0644);
MODULE_PARM_DESC(inspect_held, "Connection requests that one listener can hold for inspection");

static unsigned int inspect_held_total = 4096;
module_param(inspect_held_total, uint, 0644);
MODULE_PARM_DESC(inspect_held_total, "Connection requests that all listeners together can hold");

enum {
	BUCKETS = 1024,
	/* Requests of one listener whose connection has not been accepted, or that died untold. */
	MOST_LET_IN = 16384,
	/* Held requests looked at for one to give up, when there is no room. */
	CANDIDATES = 16,
	/* Requests looked at without letting packets in between. */
	CHECKED_AT_ONCE = 64,
	CHECK_INTERVAL = HZ,
	/* A handshake that is gone may be a connection that is just being entered. */
	SECOND_LOOK = HZ / 10,
	/* A peer that waits sends its SYN again, after twice the time that it waited before. */
	PATIENCE = 10 * HZ,
};

enum state { ARRIVED, HELD, LET_IN, ABORTED, STATES };

struct request {
	struct list_head link;
	struct hlist_node by_ends; /* until it has been aborted */
	struct hlist_node by_number;
	struct inspect_ends ends;
	struct inspect_packet packet; /* of those that arrived or are held */
	u64 number;
	unsigned long first, last; /* SYN, in jiffies */
	u32 sequence;
	int device, slave;
	enum state state;
	bool repeated; /* the peer is there: it sent its SYN again */
	bool known;    /* TCP took it up */
	bool reset;    /* the peer says that it has given up */
	bool missed;   /* it was not there when last looked for */
};

struct port_inspector {
	struct hlist_node link;
	struct sock *sk;
	struct net *net;
	void *owner;
	port_inspect_notify *notify;
	spinlock_t lock;
	bool stopped;
	u32 number;
	u64 newest; /* request */
	struct list_head lists[STATES];
	unsigned int counts[STATES];
	struct delayed_work check;
	struct rcu_head rcu;
	struct hlist_head by_ends[BUCKETS], by_number[BUCKETS];
};

/* How many inspectors a namespace has: with the first one come the hooks. */
struct space {
	unsigned int inspectors;
};

static unsigned int space_id;
static siphash_key_t hash_key;
static atomic64_t last_request;
static atomic_t last_inspector, held_total;

/* All inspectors by listener: read under RCU, changed under the mutex, as are the spaces. */
static struct hlist_head inspectors[64];
static DEFINE_MUTEX(inspectors_lock);

static struct hlist_head *inspectors_of(const struct sock *sk)
{
	return &inspectors[hash_ptr(sk, ilog2(ARRAY_SIZE(inspectors)))];
}

/* Under RCU. */
static struct port_inspector *find_inspector(const struct sock *sk)
{
	struct port_inspector *inspector;

	if (!sk)
		return NULL;
	hlist_for_each_entry_rcu(inspector, inspectors_of(sk),
				 link) if (inspector->sk == sk) return inspector;
	return NULL;
}

static struct hlist_head *ends_bucket(struct port_inspector *inspector,
				      const struct inspect_ends *ends)
{
	return &inspector->by_ends[siphash(ends, sizeof(*ends), &hash_key) % BUCKETS];
}

static struct request *find_by_ends(struct port_inspector *inspector,
				    const struct inspect_ends *ends)
{
	struct request *request;

	hlist_for_each_entry (request, ends_bucket(inspector, ends), by_ends)
		if (!memcmp(&request->ends, ends, sizeof(*ends)))
			return request;
	return NULL;
}

static struct request *find_by_number(struct port_inspector *inspector, u64 number)
{
	struct request *request;

	hlist_for_each_entry (request, &inspector->by_number[number % BUCKETS], by_number)
		if (request->number == number)
			return request;
	return NULL;
}

static bool has_packet(const struct request *request)
{
	return request->state == ARRIVED || request->state == HELD;
}

static void enter(struct port_inspector *inspector, struct request *request, enum state state)
{
	request->state = state;
	inspector->counts[state]++;
	list_add_tail(&request->link, &inspector->lists[state]);
	if (has_packet(request))
		atomic_inc(&held_total);
}

static void leave(struct port_inspector *inspector, struct request *request)
{
	list_del(&request->link);
	inspector->counts[request->state]--;
	if (has_packet(request))
		atomic_dec(&held_total);
}

static void move(struct port_inspector *inspector, struct request *request, enum state state)
{
	leave(inspector, request);
	enter(inspector, request, state);
}

/* Takes it out of everything; the caller frees it. */
static void take_out(struct port_inspector *inspector, struct request *request)
{
	leave(inspector, request);
	hlist_del_init(&request->by_ends);
	hlist_del_init(&request->by_number);
}

/* No connection will come of it. Who never heard of it need not be told. */
static void give_up(struct port_inspector *inspector, struct request *request)
{
	bool told = request->state != ARRIVED;

	take_out(inspector, request);
	if (request->packet.skb)
		inspect_drop(&request->packet);
	if (!told) {
		kfree(request);
		return;
	}
	enter(inspector, request, ABORTED);
	inspector->notify(inspector->owner);
}

static bool has_expired(const struct request *request)
{
	return time_after(jiffies, request->last + PATIENCE + 2 * (request->last - request->first));
}

/*
 * Makes room among the held: the oldest peer that never came back goes, who may not exist, so that
 * a flood of invented ones does not keep others out.
 */
static bool make_room_to_hold(struct port_inspector *inspector)
{
	static const enum state held[] = {HELD, ARRIVED};
	struct request *request;
	unsigned int looked_at = 0;
	int i;

	if (inspector->counts[HELD] + inspector->counts[ARRIVED] < READ_ONCE(inspect_held) &&
	    atomic_read(&held_total) < READ_ONCE(inspect_held_total))
		return true;
	for (i = 0; i < ARRAY_SIZE(held); i++) {
		list_for_each_entry (request, &inspector->lists[held[i]], link) {
			if (!request->repeated) {
				give_up(inspector, request);
				return true;
			}
			if (++looked_at == CANDIDATES)
				return false;
		}
	}
	return false;
}

/* The oldest that was let in goes, as soon as the owner has heard of those that went before. */
static bool make_room_to_let_in(struct port_inspector *inspector)
{
	if (inspector->counts[LET_IN] + inspector->counts[ABORTED] < MOST_LET_IN)
		return true;
	if (!inspector->counts[ABORTED])
		give_up(inspector,
			list_first_entry(&inspector->lists[LET_IN], struct request, link));
	return false;
}

static unsigned int hold(struct port_inspector *inspector, struct sk_buff *skb,
			 const struct nf_hook_state *state, const struct inspect_segment *segment)
{
	struct request *request;

	/* TCP would drop it: there is no room for another connection. */
	if (sk_acceptq_is_full(inspector->sk) || !make_room_to_let_in(inspector) ||
	    !make_room_to_hold(inspector))
		return NF_DROP;
	request = kzalloc(sizeof(*request), GFP_ATOMIC | __GFP_NOWARN);
	if (!request)
		return NF_DROP;
	if (!inspect_take(&request->packet, skb, state, segment)) {
		kfree(request);
		return NF_DROP;
	}
	request->ends = segment->ends;
	request->sequence = segment->sequence;
	request->device = segment->device;
	request->slave = segment->slave;
	request->number = atomic64_inc_return(&last_request);
	request->first = request->last = jiffies;
	inspector->newest = max(inspector->newest, request->number);
	hlist_add_head(&request->by_ends, ends_bucket(inspector, &request->ends));
	hlist_add_head(&request->by_number, &inspector->by_number[request->number % BUCKETS]);
	enter(inspector, request, ARRIVED);
	schedule_delayed_work(&inspector->check, CHECK_INTERVAL);
	inspector->notify(inspector->owner);
	return NF_STOLEN;
}

static unsigned int admit(struct port_inspector *inspector, struct sk_buff *skb,
			  const struct nf_hook_state *state, const struct inspect_segment *segment)
{
	struct request *request = find_by_ends(inspector, &segment->ends);
	bool same = request && request->sequence == segment->sequence;

	if (!request && port_tcp_pauses(inspector->sk)) /* TCP turns it away */
		return NF_ACCEPT;
	if (!request)
		return hold(inspector, skb, state, segment);
	if (same) {
		request->repeated = true;
		request->last = jiffies;
	}
	/* Another wish between the same ends: if the first one is dead, its peer will say so. */
	if (has_packet(request))
		return NF_DROP;
	if (same)
		return NF_ACCEPT;
	give_up(inspector, request);
	return hold(inspector, skb, state, segment);
}

/* The peer takes its request back: its number must be the one that follows the SYN. */
static void note_reset(struct port_inspector *inspector, const struct inspect_segment *segment)
{
	struct request *request = find_by_ends(inspector, &segment->ends);

	if (!request || request->sequence + 1 != segment->sequence)
		return;
	if (has_packet(request)) {
		give_up(inspector, request);
		return;
	}
	/* TCP decides what it is worth. */
	request->reset = true;
	if (time_after(READ_ONCE(inspector->check.timer.expires), jiffies + SECOND_LOOK))
		mod_delayed_work(system_wq, &inspector->check, SECOND_LOOK);
}

/* Under RCU. */
unsigned int inspect_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct inspect_segment segment;
	struct port_inspector *inspector;
	unsigned int verdict = NF_ACCEPT;

	if (!inspect_parse(skb, state->pf, &segment))
		return NF_ACCEPT;
	inspector = find_inspector(inspect_listener(state->net, &segment));
	if (!inspector || !inspect_checksum_valid(skb, state->pf, &segment))
		return NF_ACCEPT;
	if (!segment.resets &&
	    inspect_known(state->net, &segment.ends, segment.device, segment.slave))
		return NF_ACCEPT;
	if (!segment.resets && !segment.whole)
		return NF_DROP;
	spin_lock_bh(&inspector->lock);
	if (inspector->stopped)
		verdict = segment.resets ? NF_ACCEPT : NF_DROP;
	else if (segment.resets)
		note_reset(inspector, &segment);
	else
		verdict = admit(inspector, skb, state, &segment);
	spin_unlock_bh(&inspector->lock);
	return verdict;
}

/* Whether what was let in goes on, or may still. */
static bool is_alive(struct port_inspector *inspector, struct request *request)
{
	bool known;

	rcu_read_lock();
	known = inspect_known(inspector->net, &request->ends, request->device, request->slave);
	rcu_read_unlock();
	if (known) {
		request->known = true;
		request->missed = false;
		return true;
	}
	/* TCP may have had no room, or keep nothing but a cookie. */
	if (!request->known && !request->reset)
		return !has_expired(request);
	if (request->missed)
		return false;
	request->missed = true;
	return true;
}

static unsigned long check_let_in(struct port_inspector *inspector)
{
	struct list_head *list = &inspector->lists[LET_IN];
	unsigned long next = CHECK_INTERVAL;
	unsigned int left = READ_ONCE(inspector->counts[LET_IN]);

	while (left) {
		unsigned int now = min_t(unsigned int, left, CHECKED_AT_ONCE);

		left -= now;
		spin_lock_bh(&inspector->lock);
		for (; now && !list_empty(list); now--) {
			struct request *request = list_first_entry(list, struct request, link);

			/* Round the list once, which leaves it in order. */
			list_move_tail(&request->link, list);
			if (!is_alive(inspector, request))
				give_up(inspector, request);
			else if (request->missed)
				next = SECOND_LOOK;
		}
		spin_unlock_bh(&inspector->lock);
	}
	return next;
}

static void check_held(struct port_inspector *inspector, enum state state)
{
	struct request *request, *other;

	spin_lock_bh(&inspector->lock);
	list_for_each_entry_safe (request, other, &inspector->lists[state], link)
		if (has_expired(request))
			give_up(inspector, request);
	spin_unlock_bh(&inspector->lock);
}

static void check(struct work_struct *work)
{
	struct port_inspector *inspector =
		container_of(to_delayed_work(work), struct port_inspector, check);
	unsigned long next;

	check_held(inspector, ARRIVED);
	check_held(inspector, HELD);
	next = check_let_in(inspector);
	spin_lock_bh(&inspector->lock);
	if (inspector->counts[ARRIVED] || inspector->counts[HELD] || inspector->counts[LET_IN])
		schedule_delayed_work(&inspector->check, next);
	spin_unlock_bh(&inspector->lock);
}

/* Under the mutex. */
static int use_hooks(struct net *net)
{
	struct space *space = net_generic(net, space_id);
	int error = 0;

	if (!space->inspectors)
		error = nf_register_net_hooks(net, inspect_hooks, ARRAY_SIZE(inspect_hooks));
	if (!error)
		space->inspectors++;
	return error;
}

static void drop_hooks(struct net *net)
{
	struct space *space = net_generic(net, space_id);

	if (!--space->inspectors)
		nf_unregister_net_hooks(net, inspect_hooks, ARRAY_SIZE(inspect_hooks));
}

int port_inspect_begin(struct port_socket *listener, void *owner, port_inspect_notify *notify,
		       struct port_inspector **inspector)
{
	struct port_inspector *self = kvzalloc(sizeof(*self), GFP_KERNEL);
	int i, error;

	if (!self)
		return -ENOMEM;
	self->sk = listener->socket->sk;
	self->net = sock_net(self->sk);
	self->owner = owner;
	self->notify = notify;
	self->number = atomic_inc_return(&last_inspector);
	spin_lock_init(&self->lock);
	INIT_DELAYED_WORK(&self->check, check);
	for (i = 0; i < STATES; i++)
		INIT_LIST_HEAD(&self->lists[i]);
	mutex_lock(&inspectors_lock);
	error = use_hooks(self->net);
	if (!error) {
		sock_hold(self->sk);
		hlist_add_head_rcu(&self->link, inspectors_of(self->sk));
	}
	mutex_unlock(&inspectors_lock);
	if (error) {
		kvfree(self);
		return error;
	}
	*inspector = self;
	return 0;
}

void port_inspect_stop(struct port_inspector *inspector)
{
	struct request *request, *other;
	LIST_HEAD(left);
	int state;

	spin_lock_bh(&inspector->lock);
	inspector->stopped = true;
	for (state = 0; state < STATES; state++) {
		while (!list_empty(&inspector->lists[state])) {
			request = list_first_entry(&inspector->lists[state], struct request, link);
			take_out(inspector, request);
			list_add_tail(&request->link, &left);
		}
	}
	spin_unlock_bh(&inspector->lock);
	cancel_delayed_work_sync(&inspector->check);
	list_for_each_entry_safe (request, other, &left, link) {
		if (request->packet.skb)
			inspect_refuse(&request->packet, inspector->net, inspector->sk);
		kfree(request);
	}
}

void port_inspect_end(struct port_inspector *inspector)
{
	mutex_lock(&inspectors_lock);
	hlist_del_rcu(&inspector->link);
	drop_hooks(inspector->net);
	mutex_unlock(&inspectors_lock);
	sock_put(inspector->sk);
	kvfree_rcu(inspector, rcu);
}

/* As the listener's family has it. */
static void write_address(struct port_address *to, const struct sock *sk,
			  const struct in6_addr *host, __be16 port, u32 scope)
{
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	if (sk->sk_family == AF_INET) {
		ipv4->sin_family = AF_INET;
		ipv4->sin_port = port;
		ipv4->sin_addr.s_addr = host->s6_addr32[3];
		return;
	}
	ipv6->sin6_family = AF_INET6;
	ipv6->sin6_port = port;
	ipv6->sin6_addr = *host;
	ipv6->sin6_scope_id = scope;
}

static struct port_inspect_id id_of(const struct port_inspector *inspector,
				    const struct request *request)
{
	return (struct port_inspect_id){request->number, inspector->number};
}

void port_inspect_next(struct port_inspector *inspector, struct port_inspect_event *event)
{
	struct request *request, *dead = NULL;

	*event = (struct port_inspect_event){.what = PORT_INSPECT_NOTHING};
	spin_lock_bh(&inspector->lock);
	if (inspector->counts[ABORTED]) {
		dead = list_first_entry(&inspector->lists[ABORTED], struct request, link);
		take_out(inspector, dead);
		event->what = PORT_INSPECT_ABORTED;
		event->id = id_of(inspector, dead);
	} else if (inspector->counts[ARRIVED]) {
		request = list_first_entry(&inspector->lists[ARRIVED], struct request, link);
		move(inspector, request, HELD);
		event->what = PORT_INSPECT_ARRIVED;
		event->id = id_of(inspector, request);
		write_address(&event->local, inspector->sk, &request->ends.local,
			      request->ends.local_port, request->ends.scope);
		write_address(&event->remote, inspector->sk, &request->ends.remote,
			      request->ends.remote_port, request->ends.scope);
	}
	spin_unlock_bh(&inspector->lock);
	kfree(dead);
}

int port_inspect_decide(struct port_inspector *inspector, const struct port_inspect_id *id,
			bool accept)
{
	struct request *request;
	struct inspect_packet packet;
	int error = 0;

	spin_lock_bh(&inspector->lock);
	request = find_by_number(inspector, id->request);
	if (id->inspector != inspector->number || !id->request || id->request > inspector->newest) {
		error = -EINVAL;
	} else if (!request || request->state != HELD) {
		error = -ENOENT;
	} else {
		packet = request->packet;
		request->packet.skb = NULL;
		if (accept) {
			move(inspector, request, LET_IN);
		} else {
			take_out(inspector, request);
			kfree(request);
		}
	}
	spin_unlock_bh(&inspector->lock);
	if (error)
		return error;
	if (accept)
		inspect_let_in(&packet, inspector->net);
	else
		inspect_refuse(&packet, inspector->net, inspector->sk);
	return 0;
}

bool port_inspect_claim(struct port_inspector *inspector, struct port_socket *accepted,
			struct port_inspect_id *id)
{
	struct request *request;
	struct inspect_ends ends;
	bool found;

	inspect_connection(accepted->socket->sk, &ends);
	spin_lock_bh(&inspector->lock);
	request = find_by_ends(inspector, &ends);
	found = request && request->state == LET_IN;
	if (found) {
		*id = id_of(inspector, request);
		take_out(inspector, request);
		kfree(request);
	}
	spin_unlock_bh(&inspector->lock);
	return found;
}

/* No exit: inspectors end before their sockets are released, which namespaces wait for. */
static struct pernet_operations space_operations = {
	.id = &space_id,
	.size = sizeof(struct space),
};

int port_inspect_init(void)
{
	get_random_bytes(&hash_key, sizeof(hash_key));
	return register_pernet_subsys(&space_operations);
}

void port_inspect_exit(void)
{
	unregister_pernet_subsys(&space_operations);
	/* Hooks that were taken down may still be running. */
	synchronize_net();
}

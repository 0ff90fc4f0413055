/* SPDX-License-Identifier: MIT OR GPL-2.0 */
/*
 * Security descriptors that clients have cached: the only ones that sockets take. A pointer that a
 * client holds is the descriptor itself, self-relative. Nothing here sleeps.
 */
#ifndef WSK_SOCKET_SECURITY_H
#define WSK_SOCKET_SECURITY_H

#include <wdm.h>

#include "socket/client.h"
#include "socket/request.h"

namespace wsk
{

/* WSK_CACHE_SD: a copy with a reference of the client's. */
[[nodiscard]] Refusal security_cache(Client &client, PSECURITY_DESCRIPTOR descriptor,
				     PSECURITY_DESCRIPTOR *cached);

/* WSK_RELEASE_SD. */
[[nodiscard]] Refusal security_release(Client &client, PSECURITY_DESCRIPTOR cached);

/* A socket's reference to what a client holds; false where no client holds that. */
[[nodiscard]] bool security_take(PSECURITY_DESCRIPTOR cached);
void security_give_back(PSECURITY_DESCRIPTOR cached); /* null: nothing */

/* Another reference of the client's, to a socket's; null: to the one that sockets have by default.
 */
[[nodiscard]] Refusal security_share(Client &client, PSECURITY_DESCRIPTOR taken,
				     PSECURITY_DESCRIPTOR *cached);

/* Whether the user may bind beside a socket that has this descriptor; null: the default one. */
[[nodiscard]] bool security_lets_share(PSECURITY_DESCRIPTOR taken, ULONG user);

} // namespace wsk

#endif

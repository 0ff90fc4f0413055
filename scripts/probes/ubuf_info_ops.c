// SPDX-License-Identifier: MIT OR GPL-2.0
/* 6.10 ("net: extend ubuf_info callback to ops structure"). */
#include <linux/skbuff.h>

const struct ubuf_info_ops *probe(const struct ubuf_info *ubuf);
const struct ubuf_info_ops *probe(const struct ubuf_info *ubuf)
{
	return ubuf->ops;
}

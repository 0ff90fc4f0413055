// SPDX-License-Identifier: MIT OR GPL-2.0
#error "This file is not part of the build."

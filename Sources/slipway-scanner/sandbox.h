#ifndef SCANNER_SANDBOX_H
#define SCANNER_SANDBOX_H

#include <stdint.h>

#include "settings.h"

/* Gives up, for good, all that scanning does not need: capabilities, files outside `directory`, the network,
 * other processes, new programs, executable memory, core dumps.
 *
 * Returns the `sandbox_part`s that took hold. A kernel without Landlock or seccomp leaves that part out; the caller
 * reports what is missing. `landlock` becomes the kernel's ABI, 0 without. */
uint32_t sandbox_enter(const char *directory, const struct settings *settings, uint32_t *landlock);

/* Gives the process at least `seconds` more of CPU time, counted from now, and little more; SIGXCPU ends it after that. */
void sandbox_grant_cpu(uint64_t seconds);

#endif

#ifndef SCANNER_SYSTEM_CALLS_H
#define SCANNER_SYSTEM_CALLS_H

/* Allows the system calls a lane needs and ends the process (SIGSYS) on any other, so that a call refused can never
 * pass for a clean scan. Needs no_new_privs. Returns 0, or -1 where the kernel has no seccomp filters. */
int system_calls_restrict(void);

#endif

#ifndef SLIPWAY_CPREFETCH_H
#define SLIPWAY_CPREFETCH_H

/* Asks for a line of memory before it is needed; Swift has no word for it. Any address will do: nothing is read. */
static inline void cprefetch_read(const void *address) { __builtin_prefetch(address, 0); }
static inline void cprefetch_write(const void *address) { __builtin_prefetch(address, 1); }

#endif

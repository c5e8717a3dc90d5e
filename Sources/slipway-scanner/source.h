#ifndef SCANNER_SOURCE_H
#define SCANNER_SOURCE_H

#include <stddef.h>
#include <stdint.h>

/* A stretch of a file, mapped for the engine to read.
 *
 * Mapped, because libclamav takes a failed read(2) for the end of the matter and says "clean", and because a map
 * with a read callback of ours stops at the first page it wants twice. A mapped page that cannot be read (the file was
 * cut, the disk failed) is a SIGBUS instead: see source_on_fault. */
struct source {
    const void *bytes;
    size_t length;
};

/* `start` is a multiple of the page size. Returns 0, or an errno. */
int source_map(struct source *source, int file, uint64_t start, uint64_t length);
void source_unmap(struct source *source);

/* Calls `handler`, which must be async-signal-safe and must not return, when a page of the mapped source cannot be
 * read. Any other SIGBUS ends the process as usual. */
void source_on_fault(void (*handler)(void));

#endif

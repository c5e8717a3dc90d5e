#define _GNU_SOURCE
#include "source.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

/* The one source there is at a time, for the signal handler. */
static struct source mapped;
static void (*on_fault)(void);

static void on_bus_error(int number, siginfo_t *info, void *context) {
    (void)context;
    const char *start = mapped.bytes, *at = info->si_addr;
    if (on_fault && start && at >= start && (size_t)(at - start) < mapped.length) on_fault();
    /* Not ours: the instruction is repeated, and this time it is fatal. */
    signal(number, SIG_DFL);
}

void source_on_fault(void (*handler)(void)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    on_fault = handler;
    sigaction(SIGBUS, &action, NULL);
}

int source_map(struct source *source, int file, uint64_t start, uint64_t length) {
    void *bytes = mmap(NULL, (size_t)length, PROT_READ, MAP_PRIVATE, file, (off_t)start);
    if (bytes == MAP_FAILED) return errno;
    madvise(bytes, (size_t)length, MADV_SEQUENTIAL);
    source->bytes = bytes;
    source->length = (size_t)length;
    mapped = *source;
    return 0;
}

void source_unmap(struct source *source) {
    memset(&mapped, 0, sizeof mapped);
    munmap((void *)(uintptr_t)source->bytes, source->length);
}

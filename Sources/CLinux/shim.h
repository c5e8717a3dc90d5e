#ifndef SLIPWAY_CLINUX_H
#define SLIPWAY_CLINUX_H
/* What the Glibc module does not show to Swift: each a static inline call of the same name. */

#include <malloc.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
#include <sys/prctl.h>

/* Names the calling thread, for ps, top and debuggers; the kernel keeps the first 15 bytes. */
static inline int linux_set_thread_name(const char *name) {
    return prctl(PR_SET_NAME, name, 0, 0, 0);
}

/* Has the calling thread, and threads it makes later, give way to others: 1 to 19. Returns 0, or -1. */
static inline int linux_set_thread_niceness(int niceness) {
    return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), niceness);
}

/* Sets how many arenas malloc has, from how many bytes on a block is a mapping of its own, and how many free bytes may
   stay at an arena's end; see mallopt(3). Returns 0, or -1. */
static inline int linux_set_malloc(int arenas, int mapped_from, int kept) {
    return mallopt(M_ARENA_MAX, arenas) && mallopt(M_MMAP_THRESHOLD, mapped_from) && mallopt(M_TRIM_THRESHOLD, kept)
        ? 0 : -1;
}

/* A counter to wake poll(2) with: close-on-exec, never blocking. */
static inline int linux_eventfd(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

/* A connected pair of local sockets that keep messages apart; both close-on-exec. Returns 0, or -1. */
static inline int linux_seqpacket_pair(int ends[2]) {
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

/* Sends one message and, with it, a descriptor unless that is -1. Never raises SIGPIPE. As sendmsg(2). */
static inline ssize_t linux_send_descriptor(int socket, const void *bytes, size_t count, int descriptor) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control;
    struct iovec part = {(void *)(uintptr_t)bytes, count};
    struct msghdr message;
    memset(&control, 0, sizeof control);
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

/* Receives one message and at most one descriptor, close-on-exec, or -1 in `descriptor`. As recvmsg(2). */
static inline ssize_t linux_receive_descriptor(int socket, void *bytes, size_t capacity, int *descriptor) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control;
    struct iovec part = {bytes, capacity};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    ssize_t length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    *descriptor = -1;
    struct cmsghdr *header = length > 0 ? CMSG_FIRSTHDR(&message) : 0;
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(int))) {
        memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    }
    return length;
}

/* A file in memory with no name in any directory; close-on-exec. Returns the descriptor, or -1. */
static inline int linux_memory_file(const char *label) {
    return (int)syscall(SYS_memfd_create, label, 1u /* MFD_CLOEXEC */);
}

#include <signal.h>
#include <spawn.h>
#include <sys/types.h>

#ifndef POSIX_SPAWN_SETSID
#define POSIX_SPAWN_SETSID 0x80
#endif

/* Starts a program in a session of its own, at /, with default signals and no open file but the two given. Returns an
   errno, 0 for success. The program's parent, for PR_SET_PDEATHSIG, is the calling thread. */
static inline int linux_spawn(pid_t *child, const char *path, char *const arguments[], char *const environment[],
                              int input, int output) {
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, "/");
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_adddup2(&actions, output, 2);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    int outcome = posix_spawn(child, path, &actions, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return outcome;
}

extern int pipe2(int descriptors[2], int flags);
extern int syncfs(int descriptor);

/* As pipe2(2), close-on-exec. */
static inline int linux_pipe(int descriptors[2]) {
    return pipe2(descriptors, 02000000 /* O_CLOEXEC */);
}

/* As syncfs(2). */
static inline int linux_syncfs(int descriptor) {
    return syncfs(descriptor);
}

/* As copy_file_range(2); both offsets are moved on. */
static inline ssize_t linux_copy_file_range(int source, int64_t *source_offset, int target, int64_t *target_offset,
                                            size_t count) {
    return syscall(SYS_copy_file_range, source, source_offset, target, target_offset, count, 0u);
}

#endif

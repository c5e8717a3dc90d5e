#define _GNU_SOURCE
#include "system_calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the filter knows x86-64 and arm64 only"
#endif

#define DATA(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)
#define REFUSE(error) RETURN(SECCOMP_RET_ERRNO | (error))
/* If the loaded word equals `value`, runs the next `count` instructions, else steps over them. */
#define IF_EQUAL(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, count)
#define IF_ANY_BIT(value, count) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, value, 0, count)
#define ALLOW(call) IF_EQUAL(__NR_##call, 1), RETURN(SECCOMP_RET_ALLOW)
/* Low word of the first and third argument; both architectures are little-endian. */
#define FIRST DATA(args[0])
#define THIRD DATA(args[2])

/* Stands for the process's number until the filter is installed. */
#define OWN_PROCESS 0x7ffffffeu

static struct sock_filter filter[] = {
    DATA(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    DATA(nr),

    /* bytes */
    ALLOW(read), ALLOW(pread64), ALLOW(readv), ALLOW(write), ALLOW(pwrite64), ALLOW(writev), ALLOW(lseek),
    ALLOW(close), ALLOW(fstat), ALLOW(statx), ALLOW(newfstatat), ALLOW(fcntl), ALLOW(dup), ALLOW(fadvise64),
    ALLOW(ftruncate), ALLOW(fsync), ALLOW(fdatasync), ALLOW(copy_file_range),
    /* the temporary directory; Landlock says where */
    ALLOW(openat), ALLOW(unlinkat), ALLOW(mkdirat), ALLOW(getdents64), ALLOW(faccessat), ALLOW(faccessat2),
    ALLOW(fchmod), ALLOW(fchmodat), ALLOW(readlinkat), ALLOW(renameat), ALLOW(renameat2), ALLOW(umask),
    ALLOW(statfs), ALLOW(fstatfs), ALLOW(getcwd),
#if defined(__x86_64__)
    ALLOW(open), ALLOW(stat), ALLOW(lstat), ALLOW(access), ALLOW(unlink), ALLOW(mkdir), ALLOW(rmdir), ALLOW(readlink),
    ALLOW(rename), ALLOW(chmod), ALLOW(dup2), ALLOW(time), ALLOW(poll), ALLOW(arch_prctl),
#endif
    ALLOW(dup3), ALLOW(ppoll),
    /* memory */
    ALLOW(munmap), ALLOW(mremap), ALLOW(madvise), ALLOW(brk), ALLOW(membarrier),
    /* time, randomness, itself */
    ALLOW(clock_gettime), ALLOW(clock_getres), ALLOW(gettimeofday), ALLOW(nanosleep), ALLOW(clock_nanosleep),
    ALLOW(getrandom), ALLOW(futex), ALLOW(getpid), ALLOW(getppid), ALLOW(gettid), ALLOW(getuid), ALLOW(geteuid),
    ALLOW(getgid), ALLOW(getegid), ALLOW(getrusage), ALLOW(sysinfo), ALLOW(uname), ALLOW(sched_yield),
    ALLOW(sched_getaffinity), ALLOW(set_robust_list), ALLOW(rseq),
    ALLOW(rt_sigaction), ALLOW(rt_sigprocmask), ALLOW(rt_sigreturn), ALLOW(sigaltstack), ALLOW(restart_syscall),
    ALLOW(exit), ALLOW(exit_group),
    /* the lane's own socket, for it can have no other */
    ALLOW(recvmsg), ALLOW(recvfrom), ALLOW(sendmsg), ALLOW(sendto),

    /* Memory is never executable: no compiled bytecode, no injected code. */
    IF_EQUAL(__NR_mmap, 4), THIRD, IF_ANY_BIT(PROT_EXEC, 1), REFUSE(EACCES), RETURN(SECCOMP_RET_ALLOW),
    IF_EQUAL(__NR_mprotect, 4), THIRD, IF_ANY_BIT(PROT_EXEC, 1), REFUSE(EACCES), RETURN(SECCOMP_RET_ALLOW),
    /* Its own limits only, and its own name. */
    IF_EQUAL(__NR_prlimit64, 4), FIRST, IF_EQUAL(0, 1), RETURN(SECCOMP_RET_ALLOW), RETURN(SECCOMP_RET_KILL_PROCESS),
    IF_EQUAL(__NR_prctl, 4), FIRST, IF_EQUAL(PR_SET_NAME, 1), RETURN(SECCOMP_RET_ALLOW), REFUSE(EPERM),
    /* Threads of its own, which some releases of libclamav decode images with, and no process. The C library asks by
       clone3 first, whose flags lie in memory where no filter sees them, and then by clone. */
    IF_EQUAL(__NR_clone3, 1), REFUSE(ENOSYS),
    IF_EQUAL(__NR_clone, 4), FIRST, IF_ANY_BIT(CLONE_THREAD, 1), RETURN(SECCOMP_RET_ALLOW), RETURN(SECCOMP_RET_KILL_PROCESS),
    /* isatty and the like, asked of a file */
    IF_EQUAL(__NR_ioctl, 1), REFUSE(ENOTTY),
    /* abort() raises a signal, in the lane itself only */
    IF_EQUAL(__NR_tgkill, 4), FIRST, IF_EQUAL(OWN_PROCESS, 1), RETURN(SECCOMP_RET_ALLOW),
    RETURN(SECCOMP_RET_KILL_PROCESS),

    RETURN(SECCOMP_RET_KILL_PROCESS),
};

int system_calls_restrict(void) {
    for (size_t at = 0; at < sizeof filter / sizeof *filter; at++) {
        if (filter[at].k == OWN_PROCESS) filter[at].k = (uint32_t)getpid();
    }
    const struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

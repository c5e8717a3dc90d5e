#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "protocol.h"
#include "system_calls.h"

/* The kernel's structure as of ABI 6; Debian 12's header ends after the first member. */
struct landlock_rights {
    uint64_t files;
    uint64_t network;
    uint64_t scope;
};

#define RIGHTS_ABI_1 ((1ull << 13) - 1)
#define RIGHT_REFER (1ull << 13)    /* ABI 2 */
#define RIGHT_TRUNCATE (1ull << 14) /* ABI 3 */
#define RIGHT_IOCTL (1ull << 15)    /* ABI 5 */
#define RIGHTS_NETWORK 3ull         /* ABI 4: bind and connect TCP */
#define RIGHTS_SCOPE 3ull           /* ABI 6: abstract sockets, signals */
#define RIGHTS_IN_DIRECTORY                                                                                   \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_DIR |              \
     LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |            \
     LANDLOCK_ACCESS_FS_MAKE_REG | RIGHT_REFER | RIGHT_TRUNCATE)

static uint32_t enter_landlock(const char *directory) {
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1) return 0;
    struct landlock_rights rights = {.files = RIGHTS_ABI_1};
    size_t size = sizeof rights.files;
    if (abi >= 2) rights.files |= RIGHT_REFER;
    if (abi >= 3) rights.files |= RIGHT_TRUNCATE;
    if (abi >= 4) rights.network = RIGHTS_NETWORK, size = 2 * sizeof(uint64_t);
    if (abi >= 5) rights.files |= RIGHT_IOCTL;
    if (abi >= 6) rights.scope = RIGHTS_SCOPE, size = sizeof rights;
    long rules = syscall(SYS_landlock_create_ruleset, &rights, size, 0);
    if (rules < 0) return 0;
    struct landlock_path_beneath_attr beneath = {
        .allowed_access = RIGHTS_IN_DIRECTORY & rights.files,
        .parent_fd = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC),
    };
    int taken = beneath.parent_fd >= 0 &&
                syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0 &&
                syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    if (beneath.parent_fd >= 0) close(beneath.parent_fd);
    close((int)rules);
    return taken ? (uint32_t)abi : 0;
}

static int drop_capabilities(void) {
    for (int capability = 0; capability <= 63; capability++) prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    return (int)syscall(SYS_capset, &header, none);
}

static uint64_t address_space(void) {
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long long pages = 0;
    if (file) {
        if (fscanf(file, "%llu", &pages) != 1) pages = 0;
        fclose(file);
    }
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int set_limit(__rlimit_resource_t resource, uint64_t value) {
    struct rlimit limit = {.rlim_cur = value, .rlim_max = value};
    return setrlimit(resource, &limit);
}

static int set_limits(const struct settings *settings) {
    int failed = set_limit(RLIMIT_CORE, 0);
    failed |= set_limit(RLIMIT_NOFILE, 256);
    failed |= set_limit(RLIMIT_MEMLOCK, 0);
    failed |= set_limit(RLIMIT_AS, address_space() + settings->memory);
    /* No member larger than this is extracted; the signal ends the lane, so it cannot pass for clean. */
    failed |= set_limit(RLIMIT_FSIZE, settings->max_file_size + (1 << 20));
    return failed;
}

/* A grant lasts while only this much time has passed: asking for each of many small files would cost more than they do. */
#define GRANT_SECONDS 2

void sandbox_grant_cpu(uint64_t seconds) {
    static struct timespec granted;
    struct timespec now;
    struct rusage usage;
    struct rlimit limit;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (granted.tv_sec != 0 && now.tv_sec - granted.tv_sec < GRANT_SECONDS) return;
    granted = now;
    seconds += GRANT_SECONDS;
    if (getrusage(RUSAGE_SELF, &usage) != 0 || getrlimit(RLIMIT_CPU, &limit) != 0) return;
    limit.rlim_cur = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + 1 + seconds;
    if (limit.rlim_cur > limit.rlim_max) limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_CPU, &limit);
}

/* Believes nothing: the root directory must be closed, and the lane's own open. */
static int is_proven(const char *directory) {
    int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root >= 0) return close(root), 0;
    int outside = open("/slipway-scanner-must-not-write-here", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (outside >= 0) return unlink("/slipway-scanner-must-not-write-here"), close(outside), 0;
    char path[4096];
    snprintf(path, sizeof path, "%s/probe", directory);
    int inside = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (inside < 0) return 0;
    close(inside);
    return unlink(path) == 0;
}

uint32_t sandbox_enter(const char *directory, const struct settings *settings, uint32_t *landlock) {
    uint32_t parts = 0;
    if (set_limits(settings) == 0) parts |= SANDBOX_LIMITS;
    if (drop_capabilities() == 0) parts |= SANDBOX_NO_CAPABILITIES;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) parts |= SANDBOX_NO_NEW_PRIVILEGES;
    *landlock = enter_landlock(directory);
    if (*landlock > 0) parts |= SANDBOX_LANDLOCK;
    if (system_calls_restrict() == 0) parts |= SANDBOX_SECCOMP;
    if (*landlock > 0 && is_proven(directory)) parts |= SANDBOX_PROVEN;
    return parts;
}

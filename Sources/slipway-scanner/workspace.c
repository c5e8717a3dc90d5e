#define _GNU_SOURCE
#include "workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"

/* What a scan in memory may unpack. libclamav stops at each of these and says so; until then it holds at most the members
 * unpacked so far, the one at hand, and four normalized copies of a text. The file system has room for all of that. */
#define MEMORY_FILE_SIZE (8 << 20)
#define MEMORY_SCAN_SIZE (32 << 20)
#define MEMORY_FILES 2000
#define MEMORY_OPTIONS "size=96m,nr_inodes=65536,mode=0700"

static void write_map(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    if (write(file, text, strlen(text)) < 0) (void)errno; /* an unmapped user still owns its files */
    close(file);
}

/* A mount name space of our own: as root at once, otherwise in a user name space where we may mount. */
static int leave_mounts(void) {
    if (unshare(CLONE_NEWNS) == 0) return 0;
    char user[64], group[64];
    snprintf(user, sizeof user, "%u %u 1", geteuid(), geteuid());
    snprintf(group, sizeof group, "%u %u 1", getegid(), getegid());
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return -1;
    write_map("/proc/self/setgroups", "deny");
    write_map("/proc/self/uid_map", user);
    write_map("/proc/self/gid_map", group);
    return 0;
}

static int mount_memory(const char *path) {
    if (leave_mounts() != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return -1;
    return mount("slipway-scanner", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, MEMORY_OPTIONS);
}

static int open_place(struct workspace *workspace, enum workspace_place place) {
    workspace->directory[place] = open(workspace->path[place], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return workspace->directory[place] >= 0 ? 0 : -1;
}

int workspace_make(struct workspace *workspace, const char *directory) {
    char *disk = workspace->path[WORKSPACE_DISK], *memory = workspace->path[WORKSPACE_MEMORY];
    workspace->directory[WORKSPACE_DISK] = workspace->directory[WORKSPACE_MEMORY] = workspace->place = -1;
    const int capacity = sizeof workspace->path[0];
    if (snprintf(disk, capacity, "%s/disk", directory) >= capacity || mkdir(disk, 0700) != 0) return -1;
    if (snprintf(memory, capacity, "%s/memory", directory) >= capacity || mkdir(memory, 0700) != 0 ||
        mount_memory(memory) != 0 || open_place(workspace, WORKSPACE_MEMORY) != 0) {
        memory[0] = 0;
    }
    return open_place(workspace, WORKSPACE_DISK);
}

int workspace_choose(struct workspace *workspace, enum workspace_place place, struct cl_engine *engine,
                     const struct settings *settings) {
    if (workspace->path[place][0] == 0) return -1;
    if (workspace->place == (int)place) return 0;
    const int small = place == WORKSPACE_MEMORY;
    const struct {
        enum cl_engine_field field;
        uint64_t whole, small;
    } limits[] = {
        {CL_ENGINE_MAX_FILESIZE, settings->max_file_size, MEMORY_FILE_SIZE},
        {CL_ENGINE_MAX_SCANSIZE, settings->max_scan_size, MEMORY_SCAN_SIZE},
        {CL_ENGINE_MAX_FILES, settings->max_files, MEMORY_FILES},
    };
    workspace->place = -1;
    for (size_t at = 0; at < sizeof limits / sizeof *limits; at++) {
        uint64_t value = small && limits[at].small < limits[at].whole ? limits[at].small : limits[at].whole;
        if (cl_engine_set_num(engine, limits[at].field, (long long)value) != CL_SUCCESS) return -1;
    }
    if (cl_engine_set_str(engine, CL_ENGINE_TMPDIR, workspace->path[place]) != CL_SUCCESS) return -1;
    workspace->place = (int)place;
    return 0;
}

void workspace_clear(const struct workspace *workspace) {
    for (int place = WORKSPACE_DISK; place <= WORKSPACE_MEMORY; place++) {
        if (workspace->directory[place] >= 0 && !directory_is_empty(workspace->directory[place])) {
            directory_empty(workspace->path[place]);
        }
    }
}

#define _GNU_SOURCE
#include "directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define DEEPEST 64

static void empty(int parent, int depth) {
    DIR *directory = fdopendir(parent);
    if (!directory) {
        close(parent);
        return;
    }
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
        if (unlinkat(dirfd(directory), name, 0) == 0) continue;
        int child = openat(dirfd(directory), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (child < 0) continue;
        if (depth < DEEPEST) {
            empty(child, depth + 1);
        } else {
            close(child);
        }
        unlinkat(dirfd(directory), name, AT_REMOVEDIR);
    }
    closedir(directory);
}

void directory_empty(const char *path) {
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory >= 0) empty(directory, 0);
}

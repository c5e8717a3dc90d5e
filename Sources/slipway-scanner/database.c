#define _GNU_SOURCE
#include "database.h"

#include <clamav.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* What cl_load takes from a directory (CLI_DBEXT in libclamav/readdb.h). */
static const char *const extensions[] = {
    "db",  "hdb", "hdu", "fp",  "mdb", "mdu", "hsb", "hsu", "sfp", "msb",  "msu", "ndb",  "ndu",   "ldb",  "ldu", "sdb",
    "zmd", "rmd", "idb", "pdb", "gdb", "wdb", "cbc", "ftm", "cfg", "cvd",  "cld", "cud",  "cdb",   "cat",  "crb", "imp",
    "ioc", "yar", "ign", "ign2", "yara", "pwdb", "info",
};

static int is_signature_file(const struct dirent *entry) {
    const char *dot = strrchr(entry->d_name, '.');
    if (entry->d_name[0] == '.' || !dot) return 0;
    for (size_t at = 0; at < sizeof extensions / sizeof *extensions; at++) {
        if (strcasecmp(dot + 1, extensions[at]) == 0) return 1;
    }
    return 0;
}

static int by_name(const struct dirent **left, const struct dirent **right) {
    return strcmp((*left)->d_name, (*right)->d_name);
}

static int digest_file(void *digest, int directory, const char *name) {
    static unsigned char buffer[1 << 18];
    struct stat status;
    /* Non-blocking: a pipe in a file's place must not hold us. */
    int file = openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return errno;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(file);
        return EINVAL;
    }
    uint64_t size = 0;
    ssize_t count;
    while ((count = read(file, buffer, sizeof buffer)) > 0) {
        cl_update_hash(digest, buffer, (size_t)count);
        size += (uint64_t)count;
    }
    int problem = count < 0 ? errno : 0;
    close(file);
    /* Name, a zero, bytes and their number: no two directories give the same input. */
    cl_update_hash(digest, name, strlen(name) + 1);
    cl_update_hash(digest, &size, sizeof size);
    return problem;
}

/* Appends "daily-27480." for an official database file; says whether it was one. */
static int append_official(struct database_summary *summary, const char *directory, const char *name) {
    const char *dot = strrchr(name, '.');
    if (!dot || (strcasecmp(dot, ".cvd") != 0 && strcasecmp(dot, ".cld") != 0)) return 0;
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", directory, name) >= (int)sizeof path) return 0;
    struct cl_cvd *head = cl_cvdhead(path);
    if (!head) return 0;
    size_t used = strlen(summary->version);
    snprintf(summary->version + used, sizeof summary->version - used, "%s%.*s-%u", used ? "." : "",
             (int)(dot - name), name, head->version);
    if (head->stime > summary->time) summary->time = head->stime;
    cl_cvdfree(head);
    return 1;
}

int database_summarize(const char *directory, struct database_summary *summary, char *problem, size_t capacity) {
    memset(summary, 0, sizeof *summary);
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, is_signature_file, by_name);
    int handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    void *digest = cl_hash_init("sha256");
    int outcome = count < 0 || handle < 0 ? errno : digest ? 0 : ENOMEM;
    if (outcome) snprintf(problem, capacity, "%s: %s", directory, strerror(outcome));

    int official = 0;
    for (int at = 0; at < count; at++) {
        const char *name = entries[at]->d_name;
        if (!outcome) {
            outcome = digest_file(digest, handle, name);
            if (outcome) snprintf(problem, capacity, "%s/%s: %s", directory, name, strerror(outcome));
            official += append_official(summary, directory, name);
            summary->files++;
        }
        free(entries[at]);
    }
    free(entries);
    if (handle >= 0) close(handle);
    if (!outcome) {
        cl_finish_hash(digest, summary->digest);
        size_t used = strlen(summary->version);
        if (official < count && used + 20 < sizeof summary->version) {
            /* Files of our own, alone or beside the official ones, have no number: the digest stands for it. */
            snprintf(summary->version + used, sizeof summary->version - used, "%slocal-%02x%02x%02x%02x%02x%02x",
                     used ? "." : "", summary->digest[0], summary->digest[1], summary->digest[2], summary->digest[3],
                     summary->digest[4], summary->digest[5]);
        }
    } else if (digest) {
        cl_hash_destroy(digest);
    }
    return outcome;
}

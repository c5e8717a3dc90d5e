#ifndef SCANNER_SETTINGS_H
#define SCANNER_SETTINGS_H

#include <stdint.h>

/* Everything the command line says. */
struct settings {
    int socket;
    const char *database;
    const char *temporary;
    uint64_t max_file_size; /* bytes; at most 2 GiB - 3, where the engine's support ends */
    uint64_t max_scan_size; /* bytes, all members of one file together */
    uint64_t max_files;
    uint64_t max_recursion;
    uint64_t max_scan_time; /* milliseconds */
    uint64_t window;        /* bytes of a window on a file above max_file_size */
    uint64_t overlap;       /* bytes two neighbouring windows share */
    uint64_t memory;        /* bytes of address space a lane may take beyond the engine's */
};

/* Reads the command line; on a mistake says so on stderr and returns -1. */
int settings_parse(struct settings *settings, int count, char **arguments);

#endif

#ifndef SCANNER_DATABASE_H
#define SCANNER_DATABASE_H

#include <stddef.h>
#include <stdint.h>

/* What a database directory holds. */
struct database_summary {
    uint8_t digest[32];
    unsigned files;
    char version[256];
    uint64_t time;
};

/* Reads every signature file of the directory, in the order of their names.
 * Returns 0, or an errno with the culprit's name in `problem`. */
int database_summarize(const char *directory, struct database_summary *summary, char *problem, size_t capacity);

#endif

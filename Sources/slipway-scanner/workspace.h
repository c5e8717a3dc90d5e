#ifndef SCANNER_WORKSPACE_H
#define SCANNER_WORKSPACE_H

#include <clamav.h>
#include <stdint.h>

#include "settings.h"

/* Where a lane unpacks.
 *
 * libclamav makes and removes a directory for every scan, which on a disk's file system costs more than scanning a small
 * file does. So a lane has two places: one on disk, and, where the system lets it, a small file system in memory that
 * nobody else sees. Small files are scanned in memory first, within limits under which that file system cannot be filled;
 * what exceeds them is scanned again on disk, within the limits of the settings. */

/* Files up to this many bytes are scanned in memory first. */
#define WORKSPACE_MEMORY_INPUT ((uint64_t)1 << 20)

enum workspace_place { WORKSPACE_DISK, WORKSPACE_MEMORY };

struct workspace {
    char path[2][600]; /* by place; empty where there is none */
    int directory[2];  /* each open, or -1 */
    int place;         /* where the engine unpacks now, -1 before the first choice */
};

/* Makes both places below `directory`, which is the lane's own. Mounts the one in memory in a name space of this process,
 * so that it goes with the process; to be called before the sandbox is entered. Returns 0, or -1 without one on disk. */
int workspace_make(struct workspace *workspace, const char *directory);

/* Makes the engine unpack in one of the places; in memory within limits that fit. Returns 0, or -1 when there is no such
 * place or the engine does not take it. */
int workspace_choose(struct workspace *workspace, enum workspace_place place, struct cl_engine *engine,
                     const struct settings *settings);

/* Removes what scans left behind. */
void workspace_clear(const struct workspace *workspace);

#endif

#ifndef SCANNER_SCAN_H
#define SCANNER_SCAN_H

#include <clamav.h>

#include "protocol.h"
#include "settings.h"
#include "workspace.h"

/* To be called once, before the engine scans anything. */
void scan_prepare(struct cl_engine *engine);

/* Scans one open file and fills in all of `reply` but its id. */
void scan_file(int file, uint64_t declared_size, struct cl_engine *engine, const struct settings *settings,
               struct workspace *workspace, struct lane_reply *reply);

#endif

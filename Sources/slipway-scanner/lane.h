#ifndef SCANNER_LANE_H
#define SCANNER_LANE_H

#include <clamav.h>

#include "settings.h"
#include "workspace.h"

/* Serves one lane on `socket` from inside the sandbox, one file at a time; returns when the other end closes.
 * It reaches files below `directory` only, where the workspace lies. */
void lane_serve(int socket, struct cl_engine *engine, const struct settings *settings, const char *directory,
                struct workspace *workspace);

#endif

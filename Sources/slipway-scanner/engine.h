#ifndef SCANNER_ENGINE_H
#define SCANNER_ENGINE_H

#include <clamav.h>

#include "protocol.h"
#include "settings.h"

/* Loads and compiles the database with every limit set. Fills the descriptive fields of `reply`, or, on failure,
 * returns NULL and fills `reply->text`. */
struct cl_engine *engine_load(const struct settings *settings, struct control_reply *reply);

/* What libclamav said since the last call: the first message, and whether any told of memory or space run out. */
struct engine_messages {
    char first[sizeof(((struct control_reply *)0)->text)];
    int shortage;
};
void engine_messages_clear(void);
const struct engine_messages *engine_messages_get(void);

/* Copies at most capacity-1 bytes, each made printable ASCII, and ends with a zero. */
void copy_printable(char *target, size_t capacity, const char *source);

#endif

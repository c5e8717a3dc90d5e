#define _GNU_SOURCE
#include "engine.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "database.h"

static struct engine_messages messages;

void engine_messages_clear(void) { memset(&messages, 0, sizeof messages); }

const struct engine_messages *engine_messages_get(void) { return &messages; }

void copy_printable(char *target, size_t capacity, const char *source) {
    size_t at = 0;
    for (; source && source[at] && at + 1 < capacity; at++) {
        target[at] = source[at] >= 32 && source[at] < 127 ? source[at] : source[at] == '\n' ? ' ' : '?';
    }
    while (at > 0 && target[at - 1] == ' ') at--;
    target[at] = 0;
}

/* libclamav swallows some failures to extract a member and goes on to "clean"; its messages are the only trace. */
static int tells_of_shortage(const char *text) {
    static const char *const words[] = {"can't create", "unable to create", "failed to create", "can't write",
                                        "unable to write", "failed to write", "write error", "write failed",
                                        "no space", "allocat", "out of memory", "insufficient memory", "mmap",
                                        "temporary file", "tempfd"};
    for (size_t at = 0; at < sizeof words / sizeof *words; at++) {
        if (strcasestr(text, words[at])) return 1;
    }
    return 0;
}

static void on_message(enum cl_msg severity, const char *full, const char *text, void *context) {
    (void)full;
    (void)context;
    if (severity < CL_MSG_WARN || !text) return;
    if (messages.first[0] == 0) copy_printable(messages.first, sizeof messages.first, text);
    if (tells_of_shortage(text)) messages.shortage = 1;
}

static int set_limits(struct cl_engine *engine, const struct settings *settings) {
    /* Values beside the settings are libclamav's ceilings or defaults, written out so that a new release of it
     * cannot change what "fully scanned" means here. */
    const struct {
        enum cl_engine_field field;
        long long value;
    } numbers[] = {
        {CL_ENGINE_MAX_FILESIZE, (long long)settings->max_file_size},
        {CL_ENGINE_MAX_SCANSIZE, (long long)settings->max_scan_size},
        {CL_ENGINE_MAX_FILES, (long long)settings->max_files},
        {CL_ENGINE_MAX_RECURSION, (long long)settings->max_recursion},
        {CL_ENGINE_MAX_SCANTIME, (long long)settings->max_scan_time},
        /* An executable found inside costs a scan of all that follows it; beyond this only patterns are looked for. */
        {CL_ENGINE_MAX_EMBEDDEDPE, 40 << 20},
        {CL_ENGINE_MAX_HTMLNORMALIZE, 40 << 20},
        {CL_ENGINE_MAX_HTMLNOTAGS, 8 << 20},
        {CL_ENGINE_MAX_SCRIPTNORMALIZE, 20 << 20},
        {CL_ENGINE_MAX_ZIPTYPERCG, 1 << 20},
        {CL_ENGINE_MAX_PARTITIONS, 128},
        {CL_ENGINE_MAX_ICONSPE, 100},
        {CL_ENGINE_MAX_RECHWP3, 16},
        {CL_ENGINE_PCRE_MATCH_LIMIT, 100000},
        {CL_ENGINE_PCRE_RECMATCH_LIMIT, 2000},
        {CL_ENGINE_PCRE_MAX_FILESIZE, (long long)settings->max_file_size},
        /* Clean files are remembered by SHA-256 outside; an MD5 cache in here would be the weaker one. */
        {CL_ENGINE_DISABLE_CACHE, 1},
        {CL_ENGINE_BYTECODE_SECURITY, CL_BYTECODE_TRUST_SIGNED},
        /* The lane may not make memory executable. */
        {CL_ENGINE_BYTECODE_MODE, CL_BYTECODE_MODE_INTERPRETER},
        {CL_ENGINE_BYTECODE_TIMEOUT, 60000},
        {CL_ENGINE_KEEPTMP, 0},
    };
    for (size_t at = 0; at < sizeof numbers / sizeof *numbers; at++) {
        if (cl_engine_set_num(engine, numbers[at].field, numbers[at].value) != CL_SUCCESS) return -1;
    }
    return cl_engine_set_str(engine, CL_ENGINE_TMPDIR, settings->temporary) == CL_SUCCESS ? 0 : -1;
}

static struct cl_engine *load_once(const struct settings *settings, struct control_reply *reply) {
    unsigned signatures = 0;
    engine_messages_clear();
    struct cl_engine *engine = cl_engine_new();
    cl_error_t outcome = !engine ? CL_EMEM : set_limits(engine, settings) ? CL_EARG : CL_SUCCESS;
    if (outcome == CL_SUCCESS) outcome = cl_load(settings->database, engine, &signatures, CL_DB_STDOPT);
    if (outcome == CL_SUCCESS) outcome = cl_engine_compile(engine);
    if (outcome == CL_SUCCESS && signatures > 0) {
        reply->signatures = signatures;
        return engine;
    }
    const char *said = engine_messages_get()->first;
    snprintf(reply->text, sizeof reply->text, "%s%s%.500s",
             outcome == CL_SUCCESS ? "the directory holds no signature" : cl_strerror(outcome), said[0] ? ": " : "", said);
    if (engine) cl_engine_free(engine);
    return NULL;
}

struct cl_engine *engine_load(const struct settings *settings, struct control_reply *reply) {
    reply->magic = PROTOCOL_MAGIC;
    reply->kind = CONTROL_BROKEN;
    cl_set_clcb_msg(on_message);
    cl_error_t outcome = cl_init(CL_INIT_DEFAULT);
    if (outcome != CL_SUCCESS) {
        snprintf(reply->text, sizeof reply->text, "libclamav: %s", cl_strerror(outcome));
        return NULL;
    }
    /* An updater may exchange files while they are read; the digest must be of what was loaded. */
    for (int round = 0; round < 3; round++) {
        struct database_summary before, after;
        if (database_summarize(settings->database, &before, reply->text, sizeof reply->text) != 0) return NULL;
        struct cl_engine *engine = load_once(settings, reply);
        if (database_summarize(settings->database, &after, reply->text, sizeof reply->text) != 0) {
            if (engine) cl_engine_free(engine);
            return NULL;
        }
        if (memcmp(before.digest, after.digest, sizeof before.digest) == 0) {
            if (!engine) return NULL;
            reply->kind = CONTROL_HELLO;
            reply->functionality_level = cl_retflevel();
            reply->database_time = after.time;
            memcpy(reply->database_digest, after.digest, sizeof reply->database_digest);
            copy_printable(reply->engine, sizeof reply->engine, cl_retver());
            copy_printable(reply->database, sizeof reply->database, after.version);
            reply->text[0] = 0;
            return engine;
        }
        if (engine) cl_engine_free(engine);
    }
    snprintf(reply->text, sizeof reply->text, "the files changed during each of three attempts to load them");
    return NULL;
}

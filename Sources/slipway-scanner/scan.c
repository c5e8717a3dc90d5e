#define _GNU_SOURCE
#include "scan.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "engine.h"
#include "source.h"

/* libclamav looks at no file this small. No signature is that short, so nothing is missed. */
#define SMALLEST_FILE_SCANNED 6

/* Windows begin at multiples of this; a multiple of the page size of every kernel in use. */
#define PAGE 65536u

enum thoroughness { WITH_PARSERS, PATTERNS_ONLY };

/* What the engine says of the file itself, as opposed to the members inside. */
struct observation {
    int layers;
    int unmatched; /* a type whose bytes it does not match against patterns: Ogg, MP3, SQLite; HTML only normalized */
};

static cl_error_t on_layer(int file, const char *type, void *context) {
    (void)file;
    struct observation *seen = context;
    if (seen && seen->layers++ == 0 && type) {
        seen->unmatched = strcmp(type, "CL_TYPE_IGNORED") == 0 || strcmp(type, "CL_TYPE_HTML") == 0;
    }
    return CL_CLEAN;
}

void scan_prepare(struct cl_engine *engine) { cl_engine_set_clcb_pre_scan(engine, on_layer); }

static uint64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void set_options(struct cl_scan_options *options, enum thoroughness thoroughness) {
    memset(options, 0, sizeof *options);
    /* With no option at all libclamav matches patterns and does nothing else, whatever the type. */
    if (thoroughness == PATTERNS_ONLY) return;
    options->general = CL_SCAN_GENERAL_HEURISTICS | CL_SCAN_GENERAL_UNPRIVILEGED;
    options->parse = ~0u;
    options->heuristic = CL_SCAN_HEURISTIC_EXCEEDS_MAX | CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE |
                         CL_SCAN_HEURISTIC_ENCRYPTED_DOC;
}

static enum lane_reason limit_reason(const char *name) {
    static const struct {
        const char *suffix;
        enum lane_reason reason;
    } limits[] = {
        {"MaxFileSize", REASON_FILE_SIZE}, {"MaxScanSize", REASON_SCAN_SIZE}, {"MaxRecursion", REASON_RECURSION},
        {"MaxFiles", REASON_FILE_COUNT},   {"MaxScanTime", REASON_SCAN_TIME},
    };
    for (size_t at = 0; at < sizeof limits / sizeof *limits; at++) {
        if (strcmp(name, limits[at].suffix) == 0) return limits[at].reason;
    }
    return REASON_OTHER_LIMIT;
}

static const char *after(const char *text, const char *prefix) {
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

static void settle(struct lane_reply *reply, enum lane_verdict verdict, enum lane_reason reason, int code) {
    reply->verdict = verdict;
    reply->reason = reason;
    reply->code = code;
}

/* What an engine's answer means. An alert is an infection unless it says that something was not looked at. */
static void judge(cl_error_t outcome, const char *alert, struct lane_reply *reply) {
    const char *limit = alert ? after(alert, "Heuristics.Limits.Exceeded.") : NULL;
    if (alert) copy_printable(reply->signature, sizeof reply->signature, alert);
    switch (outcome) {
    case CL_CLEAN:
    case CL_VERIFIED:
        settle(reply, LANE_CLEAN, REASON_NONE, 0);
        break;
    case CL_VIRUS:
        if (!alert) {
            settle(reply, LANE_INCOMPLETE, REASON_FILE_SIZE, 0);
        } else if (limit || after(alert, "Heuristics.Limits.")) {
            settle(reply, LANE_INCOMPLETE, limit ? limit_reason(limit) : REASON_OTHER_LIMIT, 0);
        } else if (after(alert, "Heuristics.Encrypted.")) {
            settle(reply, LANE_INCOMPLETE, REASON_ENCRYPTED, 0);
        } else {
            settle(reply, LANE_INFECTED, REASON_NONE, 0);
        }
        break;
    case CL_ETIMEOUT:
        settle(reply, LANE_INCOMPLETE, REASON_SCAN_TIME, (int)outcome);
        break;
    case CL_EMAXREC:
        settle(reply, LANE_INCOMPLETE, REASON_RECURSION, (int)outcome);
        break;
    case CL_EMAXSIZE:
        settle(reply, LANE_INCOMPLETE, REASON_SCAN_SIZE, (int)outcome);
        break;
    case CL_EMAXFILES:
        settle(reply, LANE_INCOMPLETE, REASON_FILE_COUNT, (int)outcome);
        break;
    case CL_EMEM:
    case CL_EWRITE:
    case CL_ECREAT:
    case CL_ETMPFILE:
    case CL_ETMPDIR:
        settle(reply, LANE_INCOMPLETE, REASON_RESOURCES, (int)outcome);
        break;
    default:
        settle(reply, LANE_FAILED, REASON_ENGINE, (int)outcome);
        break;
    }
}

/* One pass of the engine over one stretch of the file; adds the bytes its matcher went over to `matched`. */
static void scan_stretch(const struct source *source, const struct cl_engine *engine, const struct settings *settings,
                         enum thoroughness thoroughness, struct observation *seen, uint64_t *matched,
                         struct lane_reply *reply) {
    struct cl_scan_options options;
    set_options(&options, thoroughness);
    cl_fmap_t *map = cl_fmap_open_memory(source->bytes, source->length);
    if (!map) return settle(reply, LANE_INCOMPLETE, REASON_RESOURCES, CL_EMAP);
    const char *alert = NULL;
    unsigned long scanned = 0;
    uint64_t start = milliseconds();
    cl_error_t outcome = cl_scanmap_callback(map, NULL, &alert, &scanned, engine, &options, seen);
    judge(outcome, alert, reply);
    cl_fmap_close(map);
    *matched += (uint64_t)scanned * CL_COUNT_PRECISION;
    /* Without options there is no alert about time. */
    if (reply->verdict == LANE_CLEAN && milliseconds() - start >= settings->max_scan_time) {
        settle(reply, LANE_INCOMPLETE, REASON_SCAN_TIME, 0);
    }
}

/* Scans `length` bytes from `start`; a second pass matches what the parsers alone leave unmatched.
 * Adds to `covered` the bytes of this stretch that were certainly matched against patterns. */
static void scan_range(int file, uint64_t start, uint64_t length, const struct cl_engine *engine,
                       const struct settings *settings, uint64_t *covered, struct lane_reply *reply) {
    struct observation seen = {0};
    struct source source;
    uint64_t matched = 0;
    int error = source_map(&source, file, start, length);
    if (error == ENOMEM) return settle(reply, LANE_INCOMPLETE, REASON_RESOURCES, error);
    if (error != 0) return settle(reply, LANE_FAILED, REASON_UNREADABLE, error);

    scan_stretch(&source, engine, settings, WITH_PARSERS, &seen, &matched, reply);
    /* The engine counts in blocks and drops the remainder of each piece; hence the 1/16. */
    int unmatched = seen.unmatched || matched + length / 16 + CL_COUNT_PRECISION < length;
    if (reply->verdict == LANE_CLEAN && unmatched) {
        matched = 0;
        scan_stretch(&source, engine, settings, PATTERNS_ONLY, NULL, &matched, reply);
        unmatched = matched + length / 16 + CL_COUNT_PRECISION < length;
        if (reply->verdict == LANE_CLEAN && unmatched) settle(reply, LANE_INCOMPLETE, REASON_UNREAD, 0);
    }
    source_unmap(&source);
    *covered += reply->verdict == LANE_CLEAN || matched > length ? length : matched;
}

/* Windows overlap, so that a pattern across a border lies whole in one of them. Signatures tied to the whole file
 * (its digest, its end, its structure) cannot match, which is why the best verdict is "incomplete, all covered". */
static void scan_windows(int file, uint64_t size, const struct cl_engine *engine, const struct settings *settings,
                         struct lane_reply *reply) {
    const uint64_t step = (settings->window - settings->overlap) / PAGE * PAGE;
    struct lane_reply worst = *reply;
    uint64_t covered = 0;
    settle(&worst, LANE_INCOMPLETE, REASON_WINDOWS, 0);
    for (uint64_t start = 0;; start += step) {
        uint64_t left = size - start, length = left < settings->window ? left : settings->window, done = 0;
        scan_range(file, start, length, engine, settings, &done, reply);
        /* Each window answers for its step only; what it shares with the next is the next one's to cover. */
        covered += length == left || done < step ? done : step;
        reply->covered = covered;
        if (reply->verdict == LANE_INFECTED) return;
        if (reply->verdict == LANE_FAILED) return;
        if (reply->verdict != LANE_CLEAN && worst.reason == REASON_WINDOWS) worst = *reply;
        if (length == left) break;
    }
    *reply = worst;
    reply->covered = covered;
}

static int is_unchanged(int file, const struct stat *before) {
    struct stat now;
    return fstat(file, &now) == 0 && now.st_size == before->st_size &&
           now.st_mtim.tv_sec == before->st_mtim.tv_sec && now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;
}

/* Scans a small file in memory. Returns 0 when that settles it: it is infected, or clean and nothing ran short. */
static int scan_in_memory(int file, uint64_t size, struct cl_engine *engine, const struct settings *settings,
                          struct workspace *workspace, struct lane_reply *reply) {
    if (size > WORKSPACE_MEMORY_INPUT || workspace_choose(workspace, WORKSPACE_MEMORY, engine, settings) != 0) return -1;
    struct lane_reply blank = *reply;
    scan_range(file, 0, size, engine, settings, &reply->covered, reply);
    if (reply->verdict == LANE_INFECTED || (reply->verdict == LANE_CLEAN && !engine_messages_get()->shortage)) return 0;
    *reply = blank;
    engine_messages_clear();
    workspace_clear(workspace);
    return -1;
}

/* Scans a file that the engine takes whole, in memory or on disk. */
static void scan_whole(int file, uint64_t size, struct cl_engine *engine, const struct settings *settings,
                       struct workspace *workspace, struct lane_reply *reply) {
    if (scan_in_memory(file, size, engine, settings, workspace, reply) == 0) return;
    if (workspace_choose(workspace, WORKSPACE_DISK, engine, settings) != 0) {
        return settle(reply, LANE_FAILED, REASON_ENGINE, CL_EARG);
    }
    scan_range(file, 0, size, engine, settings, &reply->covered, reply);
}

void scan_file(int file, uint64_t declared_size, struct cl_engine *engine, const struct settings *settings,
               struct workspace *workspace, struct lane_reply *reply) {
    struct stat before;
    engine_messages_clear();
    if (fstat(file, &before) != 0) return settle(reply, LANE_FAILED, REASON_UNREADABLE, errno);
    if (!S_ISREG(before.st_mode)) return settle(reply, LANE_FAILED, REASON_NOT_REGULAR, 0);
    const uint64_t size = (uint64_t)before.st_size;
    if (size != declared_size) return settle(reply, LANE_FAILED, REASON_CHANGED, 0);

    if (size < SMALLEST_FILE_SCANNED) {
        settle(reply, LANE_CLEAN, REASON_NONE, 0);
        reply->covered = size;
    } else if (size <= settings->max_file_size) {
        scan_whole(file, size, engine, settings, workspace, reply);
    } else if (workspace_choose(workspace, WORKSPACE_DISK, engine, settings) == 0) {
        scan_windows(file, size, engine, settings, reply);
    } else {
        settle(reply, LANE_FAILED, REASON_ENGINE, CL_EARG);
    }

    const struct engine_messages *said = engine_messages_get();
    copy_printable(reply->detail, sizeof reply->detail, said->first);
    /* An infection stands whatever else went wrong; "clean" must earn it. */
    if (reply->verdict != LANE_INFECTED && !is_unchanged(file, &before)) settle(reply, LANE_FAILED, REASON_CHANGED, 0);
    if (reply->verdict == LANE_CLEAN && said->shortage) settle(reply, LANE_INCOMPLETE, REASON_RESOURCES, 0);
}

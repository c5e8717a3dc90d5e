/* What is said over the sockets. Sources/ClamAV/Wire.swift is the other end: change both together.
 *
 * Both sockets are SOCK_SEQPACKET: one message, one structure, host byte order, unused bytes zero.
 */
#ifndef SCANNER_PROTOCOL_H
#define SCANNER_PROTOCOL_H

#include <assert.h>
#include <stdint.h>

#define PROTOCOL_MAGIC 0x31504c53u /* "SLP1" */

/* Control socket, towards the scanner. */
enum control_operation {
    CONTROL_MAKE_LANE = 1, /* answered by CONTROL_LANE with a descriptor, or CONTROL_FAILED */
    CONTROL_END_LANE = 2,  /* kills and reaps `pid`; answered by CONTROL_ENDED with its wait status */
};

struct control_request {
    uint32_t magic;
    uint32_t operation;
    int32_t pid;
    uint32_t reserved;
};

/* Control socket, from the scanner. */
enum control_kind {
    CONTROL_HELLO = 1,  /* the engine is loaded; sent once, first */
    CONTROL_BROKEN = 2, /* the engine cannot be loaded, see `text`; sent first, then the scanner ends */
    CONTROL_LANE = 3,
    CONTROL_ENDED = 4,
    CONTROL_FAILED = 5, /* a request could not be served, see `text`; the scanner goes on */
};

struct control_reply {
    uint32_t magic;
    uint32_t kind;
    int32_t pid;
    int32_t status; /* CONTROL_ENDED: as wait(2) has it; CONTROL_FAILED: errno */
    uint32_t signatures;
    uint32_t functionality_level;
    uint64_t database_time;      /* seconds since 1970 of the newest official database, 0: there is none */
    uint8_t database_digest[32]; /* SHA-256 over the names, sizes and bytes of the database's files */
    char engine[64];
    char database[256];
    char text[640];
};

/* Lane socket, towards the lane; carries one descriptor. */
struct lane_request {
    uint32_t magic;
    uint32_t flags; /* reserved: 0 */
    uint64_t id;
    uint64_t size;  /* what the sender takes the file's size to be */
    char name[488]; /* for people only; never opened */
};

enum lane_verdict {
    LANE_READY = 1, /* sent once, first: `sandbox` and `landlock` are set */
    LANE_CLEAN = 2,
    LANE_INFECTED = 3,
    LANE_INCOMPLETE = 4,
    LANE_FAILED = 5,
};

enum lane_reason {
    REASON_NONE = 0,
    /* LANE_INCOMPLETE */
    REASON_FILE_SIZE = 1,   /* something inside is larger than the limit */
    REASON_SCAN_SIZE = 2,
    REASON_RECURSION = 3,
    REASON_FILE_COUNT = 4,
    REASON_SCAN_TIME = 5,
    REASON_OTHER_LIMIT = 6, /* `signature` names it */
    REASON_ENCRYPTED = 7,
    REASON_WINDOWS = 8,     /* too large to be scanned whole: every byte was scanned, in overlapping windows */
    REASON_UNREAD = 9,      /* the engine finished without looking at all bytes */
    REASON_RESOURCES = 10,  /* memory or temporary space ran out on the way */
    /* LANE_FAILED */
    REASON_UNREADABLE = 20, /* `code` is the errno */
    REASON_CHANGED = 21,    /* size or time differ from what was declared, or changed on the way */
    REASON_NOT_REGULAR = 22,
    REASON_ENGINE = 23,     /* `code` is libclamav's */
    REASON_REQUEST = 24,    /* a malformed request */
};

enum sandbox_part {
    SANDBOX_NO_NEW_PRIVILEGES = 1 << 0,
    SANDBOX_SECCOMP = 1 << 1,
    SANDBOX_LANDLOCK = 1 << 2,
    SANDBOX_LIMITS = 1 << 3,
    SANDBOX_NO_CAPABILITIES = 1 << 4,
    SANDBOX_PROVEN = 1 << 5, /* the lane tried to open / and to write there, and was refused */
};

struct lane_reply {
    uint32_t magic;
    uint32_t verdict;
    uint64_t id;
    uint64_t covered; /* bytes of the file the engine looked at, each counted once */
    uint32_t reason;
    int32_t code;
    uint32_t sandbox;
    uint32_t landlock; /* the kernel's Landlock ABI, 0: none */
    char signature[128];
    char detail[88];
};

static_assert(sizeof(struct control_request) == 16, "layout");
static_assert(sizeof(struct control_reply) == 1024, "layout");
static_assert(sizeof(struct lane_request) == 512, "layout");
static_assert(sizeof(struct lane_reply) == 256, "layout");

#endif

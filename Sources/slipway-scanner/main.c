/* Loads a ClamAV engine once and forks scanning lanes from it. See README.md. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "directory.h"
#include "engine.h"
#include "lane.h"
#include "protocol.h"
#include "settings.h"
#include "workspace.h"

#define MOST_LANES 256
#define SOCKET 3

struct lane {
    pid_t pid; /* 0: free */
    char directory[512];
};

static struct lane lanes[MOST_LANES];

static int send_control(const struct control_reply *reply, int descriptor) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control = {{0}};
    struct iovec part = {.iov_base = (void *)(uintptr_t)reply, .iov_len = sizeof *reply};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (descriptor >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    }
    return sendmsg(SOCKET, &message, MSG_NOSIGNAL) == (ssize_t)sizeof *reply ? 0 : -1;
}

static int fail(int error, const char *what) {
    struct control_reply reply = {.magic = PROTOCOL_MAGIC, .kind = CONTROL_FAILED, .status = error};
    snprintf(reply.text, sizeof reply.text, "%s: %s", what, strerror(error));
    return send_control(&reply, -1);
}

static _Noreturn void become_lane(int socket, struct cl_engine *engine, const struct settings *settings,
                                  const struct lane *lane, pid_t parent) {
    struct workspace workspace;
    /* The lane's socket takes the place of the control socket; nothing else of ours stays open. */
    if (dup2(socket, SOCKET) != SOCKET || syscall(SYS_close_range, SOCKET + 1, ~0u, 0) != 0) _exit(1);
    if (workspace_make(&workspace, lane->directory) != 0) _exit(1);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) _exit(0);
    lane_serve(SOCKET, engine, settings, lane->directory, &workspace);
    _exit(0);
}

static int make_lane(struct cl_engine *engine, const struct settings *settings) {
    struct lane *lane = NULL;
    for (int at = 0; at < MOST_LANES && !lane; at++) {
        if (lanes[at].pid == 0) lane = &lanes[at];
    }
    if (!lane) return fail(EAGAIN, "too many lanes");
    int length = snprintf(lane->directory, sizeof lane->directory, "%s/lane-XXXXXX", settings->temporary);
    if (length >= (int)sizeof lane->directory) return fail(ENAMETOOLONG, settings->temporary);
    if (!mkdtemp(lane->directory)) return fail(errno, settings->temporary);
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        int error = errno;
        rmdir(lane->directory);
        return fail(error, "socketpair");
    }
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) become_lane(ends[1], engine, settings, lane, parent);
    int error = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        rmdir(lane->directory);
        return fail(error, "fork");
    }
    lane->pid = pid;
    struct control_reply reply = {.magic = PROTOCOL_MAGIC, .kind = CONTROL_LANE, .pid = pid};
    int outcome = send_control(&reply, ends[0]);
    close(ends[0]);
    return outcome;
}

/* Kills the lane if it still runs. Until here it is at worst a zombie, so its number cannot belong to another. */
static int end(struct lane *lane) {
    int status = 0;
    kill(lane->pid, SIGKILL);
    while (waitpid(lane->pid, &status, 0) < 0 && errno == EINTR) {
    }
    directory_empty(lane->directory);
    rmdir(lane->directory);
    lane->pid = 0;
    return status;
}

static int end_lane(pid_t pid) {
    for (int at = 0; at < MOST_LANES; at++) {
        if (pid <= 0 || lanes[at].pid != pid) continue;
        struct control_reply reply = {.magic = PROTOCOL_MAGIC, .kind = CONTROL_ENDED, .pid = pid};
        reply.status = end(&lanes[at]);
        return send_control(&reply, -1);
    }
    return fail(ESRCH, "end lane");
}

/* glibc loads converters from files when first asked; the lanes, which reach no files, inherit these. */
static void load_converters(void) {
    static const char *const names[] = {
        "UTF-16",  "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-7",  "UNICODE", "ISO-8859-1",  "ISO-8859-2",  "ISO-8859-5",
        "ISO-8859-15", "CP437", "CP850", "CP852", "CP866", "CP874", "CP932", "CP936", "CP949", "CP950", "CP1250",
        "CP1251",  "CP1252",   "CP1253",   "CP1254", "CP1255", "CP1256",  "CP1257",      "CP1258",      "SHIFT_JIS",
        "EUC-JP",  "EUC-KR",   "GBK",      "GB18030", "BIG5",  "KOI8-R",  "KOI8-U",      "ISO-2022-JP", "MACINTOSH",
    };
    for (size_t at = 0; at < sizeof names / sizeof *names; at++) {
        /* Kept open on purpose: a converter stays loaded for as long as somebody uses it. */
        (void)iconv_open("UTF-8", names[at]);
        (void)iconv_open("UTF-16BE", names[at]);
    }
    tzset();
}

static int serve(struct cl_engine *engine, const struct settings *settings) {
    for (;;) {
        struct control_request request;
        ssize_t length = recv(SOCKET, &request, sizeof request, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) return 0;
        int outcome;
        if (length != (ssize_t)sizeof request || request.magic != PROTOCOL_MAGIC) {
            outcome = fail(EPROTO, "request");
        } else if (request.operation == CONTROL_MAKE_LANE) {
            outcome = make_lane(engine, settings);
        } else if (request.operation == CONTROL_END_LANE) {
            outcome = end_lane(request.pid);
        } else {
            outcome = fail(ENOSYS, "request");
        }
        if (outcome != 0) return 0;
    }
}

/* The compiler library that libclamav brings along handles crashes by tracing them; a crash here shall just be one. */
static void reset_signals(void) {
    for (int number = 1; number < NSIG; number++) {
        if (number != SIGKILL && number != SIGSTOP) signal(number, number == SIGPIPE ? SIG_IGN : SIG_DFL);
    }
}

static void use_null_for_standard_streams(void) {
    int null = open("/dev/null", O_RDWR);
    for (int stream = 0; null >= 0 && stream <= 2; stream++) dup2(null, stream);
    if (null > 2) close(null);
}

int main(int count, char **arguments) {
    struct settings settings;
    struct control_reply hello = {0};
    syscall(SYS_close_range, SOCKET + 1, ~0u, 0);
    if (settings_parse(&settings, count, arguments) != 0) return 64;
    prctl(PR_SET_NAME, "slipway-scanner", 0, 0, 0);
    fcntl(SOCKET, F_SETFD, FD_CLOEXEC);
    signal(SIGPIPE, SIG_IGN);
    umask(077);

    struct cl_engine *engine = engine_load(&settings, &hello);
    if (send_control(&hello, -1) != 0 || !engine) return 1;
    load_converters();
    /* libclamav and what it links write to stderr what a hostile file makes them write. */
    use_null_for_standard_streams();
    reset_signals();
    serve(engine, &settings);
    for (int at = 0; at < MOST_LANES; at++) {
        if (lanes[at].pid != 0) end(&lanes[at]);
    }
    /* No clean-up of the engine: a gigabyte is given back faster by ending. */
    _exit(0);
}

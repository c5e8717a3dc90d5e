#define _GNU_SOURCE
#include "lane.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine.h"
#include "protocol.h"
#include "sandbox.h"
#include "scan.h"
#include "source.h"
#include "workspace.h"

/* Takes one request and the descriptor that comes with it, or -1 for none.
 * Returns the message's length; 0 and less when the other end is gone. */
static ssize_t receive_request(int socket, int flags, struct lane_request *request, int *file) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control;
    struct iovec part = {.iov_base = request, .iov_len = sizeof *request};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t length;
    do {
        length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | flags);
    } while (length < 0 && errno == EINTR);
    *file = -1;
    struct cmsghdr *header = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(int))) {
        memcpy(file, CMSG_DATA(header), sizeof *file);
    }
    return length;
}

static int send_reply(int socket, const struct lane_reply *reply) {
    return send(socket, reply, sizeof *reply, MSG_NOSIGNAL) == (ssize_t)sizeof *reply ? 0 : -1;
}

/* Shows the file's name where ps and top look; 15 bytes of its end fit. */
static void show_name(const char *name) {
    char shown[16];
    size_t length = strlen(name);
    copy_printable(shown, sizeof shown, length > 15 ? name + length - 15 : name);
    prctl(PR_SET_NAME, length > 0 ? shown : "scanner-lane", 0, 0, 0);
}

/* The answer to the request being served, for the case that its file turns out unreadable midway. */
static struct lane_reply unreadable;
static int reply_socket;

static void on_unreadable(void) {
    send_reply(reply_socket, &unreadable);
    _exit(0);
}

/* Shows that the lane waits, once it does. */
static ssize_t next_request(int socket, struct lane_request *request, int *file) {
    ssize_t length = receive_request(socket, MSG_DONTWAIT, request, file);
    if (length >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return length;
    show_name("");
    return receive_request(socket, 0, request, file);
}

void lane_serve(int socket, struct cl_engine *engine, const struct settings *settings, const char *directory,
                struct workspace *workspace) {
    struct lane_reply ready = {.magic = PROTOCOL_MAGIC, .verdict = LANE_READY};
    if (workspace_choose(workspace, WORKSPACE_DISK, engine, settings) != 0) return;
    scan_prepare(engine);
    reply_socket = socket;
    source_on_fault(on_unreadable);
    ready.sandbox = sandbox_enter(directory, settings, &ready.landlock);
    if (send_reply(socket, &ready) != 0) return;

    for (;;) {
        struct lane_request request = {0};
        int file;
        ssize_t length = next_request(socket, &request, &file);
        if (length <= 0) return;
        struct lane_reply reply = {.magic = PROTOCOL_MAGIC, .id = request.id};
        if (length != (ssize_t)sizeof request || request.magic != PROTOCOL_MAGIC || request.flags != 0 || file < 0) {
            reply.verdict = LANE_FAILED;
            reply.reason = REASON_REQUEST;
        } else {
            request.name[sizeof request.name - 1] = 0;
            show_name(request.name);
            unreadable = reply;
            unreadable.verdict = LANE_FAILED;
            unreadable.reason = REASON_UNREADABLE;
            unreadable.code = EIO;
            sandbox_grant_cpu(settings->max_scan_time / 1000 * 2 + 60);
            scan_file(file, request.size, engine, settings, workspace, &reply);
        }
        if (file >= 0) close(file);
        /* What a scan left behind must neither fill the disk nor meet the next one. */
        workspace_clear(workspace);
        if (send_reply(socket, &reply) != 0) return;
    }
}

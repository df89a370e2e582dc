/* SPDX-License-Identifier: Apache-2.0 */
#include "script/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"

union control {
    struct cmsghdr align;
    char room[CMSG_SPACE(WIRE_FDS_MAX * sizeof(int))];
};

int wire_send(int sock, enum wire_type type, uint32_t id, uint32_t task, const char *text,
              const int *fds, size_t n_fds)
{
    struct wire_msg msg = {
        .magic = WIRE_MAGIC + WIRE_VERSION, .type = type, .id = id, .task = task};
    for (size_t i = 0; text && text[i] && i < sizeof msg.text - 1; i++)
        msg.text[i] = text[i];
    struct iovec iov = {&msg, sizeof msg};
    struct msghdr hdr = {.msg_iov = &iov, .msg_iovlen = 1};
    union control control;
    memset(&control, 0, sizeof control);
    if (n_fds > 0) {
        hdr.msg_control = control.room;
        hdr.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        struct cmsghdr *c = CMSG_FIRSTHDR(&hdr);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(c), fds, n_fds * sizeof(int));
    }
    ssize_t n;
    do
        n = sendmsg(sock, &hdr, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == sizeof msg ? 0 : JH_EIO;
}

static void take_fds(struct msghdr *hdr, int fds[WIRE_FDS_MAX])
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(hdr); c; c = CMSG_NXTHDR(hdr, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(fds, CMSG_DATA(c), (n < WIRE_FDS_MAX ? n : WIRE_FDS_MAX) * sizeof(int));
    }
}

static int wait_readable(int sock, int timeout_ms)
{
    struct pollfd p = {sock, POLLIN, 0};
    int n;
    do
        n = poll(&p, 1, timeout_ms);
    while (n < 0 && errno == EINTR);
    return n > 0 ? 0 : n == 0 ? JH_ETIMEOUT : JH_EIO;
}

int wire_recv(int sock, int timeout_ms, struct wire_msg *ret, int fds[WIRE_FDS_MAX])
{
    struct wire_msg msg;
    struct iovec iov = {&msg, sizeof msg};
    union control control;
    struct msghdr hdr = {.msg_iov = &iov,
                         .msg_iovlen = 1,
                         .msg_control = control.room,
                         .msg_controllen = sizeof control.room};
    int rc = wait_readable(sock, timeout_ms);
    if (rc < 0)
        return rc;
    ssize_t n;
    do
        n = recvmsg(sock, &hdr, MSG_CMSG_CLOEXEC);
    while (n < 0 && errno == EINTR);
    for (int i = 0; i < WIRE_FDS_MAX; i++)
        fds[i] = -1;
    if (n <= 0)
        return JH_EIO;
    take_fds(&hdr, fds);
    if (n == sizeof msg && msg.magic == WIRE_MAGIC + WIRE_VERSION) {
        msg.text[sizeof msg.text - 1] = 0;
        *ret = msg;
        return 0;
    }
    for (int i = 0; i < WIRE_FDS_MAX; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    return JH_EVERSION;
}

/* ---- values -------------------------------------------------------------------------------- */

void wire_u32(struct buf *buf, uint32_t v)
{
    buf_add(buf, &v, sizeof v);
}

void wire_f64(struct buf *buf, double v)
{
    buf_add(buf, &v, sizeof v);
}

void wire_str(struct buf *buf, const char *p, size_t len)
{
    wire_u32(buf, (uint32_t)len);
    buf_add(buf, p, len);
    buf_char(buf, 0);
}

static bool take(struct wire_reader *r, void *to, size_t n)
{
    if (r->bad || (size_t)(r->end - r->p) < n) {
        r->bad = true;
        return false;
    }
    memcpy(to, r->p, n);
    r->p += n;
    return true;
}

uint32_t wire_read_u32(struct wire_reader *r)
{
    uint32_t v = 0;
    return take(r, &v, sizeof v) ? v : 0;
}

double wire_read_f64(struct wire_reader *r)
{
    double v = 0;
    return take(r, &v, sizeof v) ? v : 0;
}

const char *wire_read_str(struct wire_reader *r, size_t *ret_len)
{
    size_t len = wire_read_u32(r);
    const char *p = r->p;
    if (r->bad || (size_t)(r->end - r->p) < len + 1 || p[len] != 0) {
        r->bad = true;
        if (ret_len)
            *ret_len = 0;
        return "";
    }
    r->p += len + 1;
    if (ret_len)
        *ret_len = len;
    return p;
}

/* ---- memory files -------------------------------------------------------------------------- */

int wire_seal(int fd)
{
    int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    return fcntl(fd, F_ADD_SEALS, seals) == 0 ? 0 : JH_EIO;
}

int wire_file(const void *p, size_t n)
{
    int fd = memfd_create("junheng", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return JH_EIO;
    for (size_t done = 0; done < n;) {
        ssize_t k = write(fd, (const char *)p + done, n - done);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0) {
            close(fd);
            return JH_EIO;
        }
        done += (size_t)k;
    }
    if (wire_seal(fd) < 0) {
        close(fd);
        return JH_EIO;
    }
    return fd;
}

int wire_file_empty(size_t size)
{
    int fd = memfd_create("junheng-results", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return JH_EIO;
    int seals = F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    if (ftruncate(fd, (off_t)size) < 0 || fcntl(fd, F_ADD_SEALS, seals) < 0) {
        close(fd);
        return JH_EIO;
    }
    return fd;
}

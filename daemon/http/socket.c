/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the listening sockets: of listener.h, apart because none of it knows MHD. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/num.h"
#include "http/listener.h"

enum { BACKLOG = 1024, CONTROL_MODE = 0660 };

/* "127.0.0.1:8420" or "[::1]:8420" */
static int parse(const char *address, struct sockaddr_storage *ret, socklen_t *ret_len)
{
    char host[64] = "";
    const char *colon = strrchr(address, ':');
    int64_t port = 0;
    if (!colon || num_parse_int(colon + 1, strlen(colon + 1), 0, 65535, &port))
        return JH_EINVAL;
    size_t len = (size_t)(colon - address);
    bool v6 = len > 2 && address[0] == '[' && address[len - 1] == ']';
    if (len >= sizeof host)
        return JH_EINVAL;
    memcpy(host, address + v6, len - (v6 ? 2 : 0));
    struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
                               .sin6_port = htons((uint16_t)port)};
    memset(ret, 0, sizeof *ret);
    if (v6 && inet_pton(AF_INET6, host, &in6.sin6_addr) == 1) {
        memcpy(ret, &in6, sizeof in6);
        *ret_len = sizeof in6;
        return 0;
    }
    if (v6 || inet_pton(AF_INET, host, &in4.sin_addr) != 1)
        return JH_EINVAL;
    memcpy(ret, &in4, sizeof in4);
    *ret_len = sizeof in4;
    return 0;
}

static int fail(int fd, const char *what, const char *where, struct jh_err *err)
{
    int no = errno;
    if (fd >= 0)
        close(fd);
    return err_set(err, JH_EIO, "cannot %s %s: %s", what, where, strerror(no));
}

int listener_tcp(const char *address, int *ret, struct jh_err *err)
{
    struct sockaddr_storage a;
    socklen_t len = 0;
    int one = 1;
    if (parse(address, &a, &len))
        return err_set(
            err, JH_EINVAL,
            "expected an address such as 127.0.0.1:8420 or [::1]:8420, got \"%s\"",
            address);
    int fd = socket(a.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(fd, "open a socket for", address, err);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
        bind(fd, (struct sockaddr *)&a, len) || listen(fd, BACKLOG))
        return fail(fd, "listen on", address, err);
    *ret = fd;
    return 0;
}

/* A socket file that nobody answers on is left over from a crash; anything else is not ours. */
static int remove_stale(const char *path, const struct sockaddr_un *a, struct jh_err *err)
{
    struct stat st;
    if (lstat(path, &st))
        return errno == ENOENT ? 0 : fail(-1, "look at", path, err);
    if (!S_ISSOCK(st.st_mode))
        return err_set(err, JH_EEXIST, "%s is there and is not a socket", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(fd, "open a socket for", path, err);
    bool dead =
        connect(fd, (const struct sockaddr *)a, sizeof *a) && errno == ECONNREFUSED;
    close(fd);
    if (!dead)
        return err_set(err, JH_EBUSY, "%s: another junhengd is listening there", path);
    return unlink(path) ? fail(-1, "remove", path, err) : 0;
}

int listener_unix(const char *path, int *ret, struct jh_err *err)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (!*path || strlen(path) >= sizeof a.sun_path)
        return err_set(err, JH_EINVAL, "%s: a socket path has 1 to %zu bytes", path,
                       sizeof a.sun_path - 1);
    memcpy(a.sun_path, path, strlen(path) + 1);
    int rc = remove_stale(path, &a, err);
    if (rc)
        return rc;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(fd, "open a socket for", path, err);
    /* the mode before bind(): there is no moment at which others may connect */
    if (fchmod(fd, CONTROL_MODE) || bind(fd, (struct sockaddr *)&a, sizeof a) ||
        chmod(path, CONTROL_MODE) || listen(fd, BACKLOG))
        return fail(fd, "listen on", path, err);
    *ret = fd;
    return 0;
}

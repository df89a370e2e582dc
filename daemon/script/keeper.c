/* SPDX-License-Identifier: Apache-2.0 */
#include "script/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "script/wire.h"

enum { PAUSE_NS = 20000000 };

/*
 * Own session and no termination signals: a stop of the service reaches all its processes at
 * once, but scripts may be wanted until the daemon has drained. Our end is that of the socket.
 */
static void settle(int sock)
{
    setsid();
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int null = open("/dev/null", O_RDWR);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
    }
    if (sock != WIRE_FD)
        dup2(sock, WIRE_FD);
    else
        fcntl(sock, F_SETFD, 0);
    close_range(WIRE_FD + 1, ~0u, 0);
    prctl(PR_SET_NAME, "junheng-keeper");
}

static _Noreturn void keep(const char *helper)
{
    for (;;) {
        pid_t pid = fork();
        if (pid == 0) {
            execl(helper, "junheng-lua", (char *)NULL);
            _exit(127);
        }
        int status;
        if (pid < 0)
            _exit(1);
        while (waitpid(pid, &status, 0) < 0)
            if (errno != EINTR)
                _exit(1);
        if (WIFEXITED(status))
            _exit(WEXITSTATUS(status));
        nanosleep(&(struct timespec){0, PAUSE_NS}, NULL);
        if (wire_send(WIRE_FD, WIRE_RESTARTED, 0, 0, NULL, NULL, 0) < 0)
            _exit(0);
    }
}

pid_t keeper_start(const char *helper, int sock)
{
    pid_t pid = fork();
    if (pid == 0) {
        settle(sock);
        keep(helper);
    }
    return pid < 0 ? JH_EIO : pid;
}

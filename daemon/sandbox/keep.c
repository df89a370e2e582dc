/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "script/wire.h"

enum { PAUSE_NS = 20000000 };

/*
 * No termination signals: a stop of the service reaches all its processes at once, but scripts
 * may be wanted until the daemon has drained. Our end is that of the socket.
 */
static void settle(void)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    static const int usual[] = {SIGCHLD, SIGXFSZ};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        signal(usual[i], SIG_DFL); /* the daemon's may be ignored, which is inherited */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int null = open("/dev/null", O_RDWR);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
    }
    close_range(WIRE_FD + 1, ~0u, 0);
    prctl(PR_SET_NAME, "junheng-keeper");
}

int keep(void)
{
    settle();
    for (;;) {
        pid_t pid = fork();
        if (pid == 0) {
            prctl(PR_SET_NAME, "junheng-lua");
            return KEEP_SERVE;
        }
        int status;
        if (pid < 0)
            return 1;
        while (waitpid(pid, &status, 0) < 0)
            if (errno != EINTR)
                return 1;
        if (WIFEXITED(status))
            return WEXITSTATUS(status);
        nanosleep(&(struct timespec){0, PAUSE_NS}, NULL);
        if (wire_send(WIRE_FD, WIRE_RESTARTED, 0, 0, NULL, NULL, 0) < 0)
            return 0;
    }
}

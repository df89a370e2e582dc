/* SPDX-License-Identifier: Apache-2.0 */
#include "script/keeper.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "script/wire.h"

enum { STOP_STEPS = 200, STEP_NS = 10000000 };

pid_t keeper_start(const char *helper, int sock)
{
    char *const argv[] = {(char *)"junheng-lua", NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    pid_t pid = -1;
    int rc = posix_spawn_file_actions_init(&files);
    if (rc)
        return JH_ENOMEM;
    rc = posix_spawnattr_init(&attr);
    if (!rc) {
        rc = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID);
        if (!rc) /* also where both are the same: then it loses its close-on-exec */
            rc = posix_spawn_file_actions_adddup2(&files, sock, WIRE_FD);
        if (!rc)
            rc = posix_spawn(&pid, helper, &files, &attr, argv, environ);
        posix_spawnattr_destroy(&attr);
    }
    posix_spawn_file_actions_destroy(&files);
    return rc ? JH_EIO : pid;
}

void keeper_kill(pid_t keeper)
{
    kill(-keeper, SIGKILL); /* its session: the fork server and what runs there */
    waitpid(keeper, NULL, 0);
}

void keeper_stop(pid_t keeper)
{
    for (int i = 0; i < STOP_STEPS; i++) {
        if (waitpid(keeper, NULL, WNOHANG) != 0)
            return;
        nanosleep(&(struct timespec){0, STEP_NS}, NULL);
    }
    keeper_kill(keeper);
}

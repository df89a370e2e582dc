/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure OUT COMMAND...: runs it with its output in the file OUT and prints
 * "wall_seconds cpu_seconds peak_kib". Small on purpose: a child's peak begins as its
 * parent's memory, so a large parent would hide what a small child takes.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    posix_spawn_file_actions_t files;
    struct rusage used;
    pid_t pid;
    int status;
    if (argc < 3)
        return fputs("usage: measure OUT COMMAND...\n", stderr), 64;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, argv[1], O_WRONLY | O_CREAT | O_TRUNC,
                                     0644);
    double start = now();
    int rc = posix_spawnp(&pid, argv[2], &files, NULL, argv + 2, environ);
    posix_spawn_file_actions_destroy(&files);
    if (rc)
        return fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(rc)), 127;
    if (wait4(pid, &status, 0, &used) != pid)
        return perror("measure: wait4"), 1;
    double wall = now() - start;
    if (!WIFEXITED(status) || WEXITSTATUS(status))
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    printf("%.6f %.6f %ld\n", wall, seconds(used.ru_utime) + seconds(used.ru_stime),
           used.ru_maxrss);
    return 0;
}

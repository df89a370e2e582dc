/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/jail.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Room beside the script's own memory: program, libraries, stack, results. */
enum { AS_SPARE = 256 << 20 };

/*
 * Memory of malloc, the timer that interrupts a script, the way back from its signal, the end.
 * No writing: results lie in shared memory. Nothing new may become executable.
 */
static int allow(scmp_filter_ctx ctx)
{
    static const int calls[] = {SCMP_SYS(exit),          SCMP_SYS(exit_group),
                                SCMP_SYS(rt_sigreturn),  SCMP_SYS(brk),
                                SCMP_SYS(munmap),        SCMP_SYS(mremap),
                                SCMP_SYS(madvise),       SCMP_SYS(timer_settime),
                                SCMP_SYS(clock_gettime), SCMP_SYS(restart_syscall)};
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof calls / sizeof *calls; i++)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
    if (rc == 0)
        rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                              SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
    return rc;
}

/* libseccomp writes to a file; we want the bytes. */
static int read_filter(scmp_filter_ctx ctx, struct jail *ret)
{
    struct stat st;
    int fd = memfd_create("junheng-filter", MFD_CLOEXEC);
    void *p = NULL;
    if (fd < 0 || seccomp_export_bpf(ctx, fd) < 0 || fstat(fd, &st) < 0)
        goto out;
    p = malloc((size_t)st.st_size);
    if (p && pread(fd, p, (size_t)st.st_size, 0) != st.st_size) {
        free(p);
        p = NULL;
    }
out:
    if (fd >= 0)
        close(fd);
    if (!p)
        return JH_EIO;
    *ret = (struct jail){p, (size_t)st.st_size};
    return 0;
}

int jail_init(struct jail *jail, struct jh_err *err)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int rc = ctx && allow(ctx) == 0 ? read_filter(ctx, jail) : JH_EIO;
    if (ctx)
        seccomp_release(ctx);
    return rc < 0 ? err_set(err, rc, "cannot make the filter of system calls") : 0;
}

void jail_done(struct jail *jail)
{
    free(jail->filter);
}

static int limit(int what, rlim_t value)
{
    struct rlimit l = {value, value};
    return setrlimit(what, &l);
}

/* The sanitizers' own memory and calls would break these two. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { CONFINED = 0 };
#else
enum { CONFINED = 1 };
#endif

int jail_enter(const struct jail *jail, size_t memory_bytes, unsigned cpu_seconds)
{
    struct sock_fprog program = {
        (unsigned short)(jail->size / sizeof(struct sock_filter)), jail->filter};
    int bad = prctl(PR_SET_PDEATHSIG, SIGKILL) | prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) |
              limit(RLIMIT_CPU, cpu_seconds) | limit(RLIMIT_FSIZE, 0) |
              limit(RLIMIT_CORE, 0) | limit(RLIMIT_NPROC, 0);
    if (CONFINED)
        bad |= limit(RLIMIT_AS, memory_bytes + AS_SPARE);
    bad |= close_range(0, ~0u, 0);
    if (CONFINED && !bad)
        bad = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
    return bad ? JH_EIO : 0;
}

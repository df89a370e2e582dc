/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "sandbox/jail.h"
#include "sandbox/keep.h"
#include "sandbox/serve.h"
#include "script/wire.h"

/* Exit codes: 0 the host is done with us, 1 we cannot work, 64 started by hand. */
int main(int argc, char **argv)
{
    struct jail jail;
    struct jh_err err;
    int type = 0;
    socklen_t len = sizeof type;
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        printf("junheng-lua %s (protocol %d)\n", PACKAGE_VERSION, WIRE_VERSION);
        return 0;
    }
    if (argc > 1 || getsockopt(WIRE_FD, SOL_SOCKET, SO_TYPE, &type, &len) < 0 ||
        type != SOCK_SEQPACKET) {
        fprintf(stderr, "junheng-lua runs local indicators for junhengd and junhengctl, "
                        "which start it; try: junhengctl lua test FILE.lua\n");
        return 64;
    }
    int ended = keep();
    if (ended != KEEP_SERVE)
        return ended;
    if (jail_init(&jail, &err) < 0) {
        fprintf(stderr, "junheng-lua: %s\n", err.text);
        return 1;
    }
    serve(WIRE_FD, &jail);
    jail_done(&jail);
    return 0;
}

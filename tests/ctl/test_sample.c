/* SPDX-License-Identifier: Apache-2.0 */
/* A message that cannot be worded is found by a check, and for which channel. */
#include "ctl/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/standard.h"
#include "tap/tap.h"

static size_t sample(const char *templates, struct arena *arena, struct errs *errs)
{
    static const struct channel_conf CHANNELS[] = {{.name = "one", .line = 7},
                                                   {.name = "two", .line = 8}};
    char path[] = "/tmp/test_sample-XXXXXX";
    const struct standard *standards[] = {standard_find("basic-2012", NULL, arena, errs)};
    struct config config = {.file = "junheng.yaml",
                            .standards = standards,
                            .n_standards = 1,
                            .channels = CHANNELS,
                            .n_channels = 2};
    int fd = mkstemp(path);
    if (fd < 0 || !standards[0] || write(fd, templates, strlen(templates)) < 0)
        bail("nothing to begin with");
    close(fd);
    struct messages *messages = messages_load(path, errs);
    unlink(path);
    if (!messages)
        bail("the templates are refused");
    size_t n = sample_messages(&config, messages, errs);
    messages_free(messages);
    return n;
}

int main(void)
{
    struct arena *arena = arena_new(16 << 20);
    struct errs errs;
    errs_init(&errs, 100);
    is_int((long long)sample("templates: {}\n", arena, &errs), 120,
           "ten kinds of alerts, six messages of each, over two channels");
    is_int((long long)errs.errors, 0, "all of which have words");
    sample("templates: {subject: \"{{nothing}}\"}\n", arena, &errs);
    is_int((long long)errs.errors, 12, "a subject that comes out empty");
    if (ok(errs.n == 12, "is told for each")) {
        is_str(errs.items[1].err.file, "junheng.yaml", "with the file");
        is_int(errs.items[1].err.line, 8, "and the line of the channel");
        is_str(errs.items[1].err.text,
               "a message of slip (firing) by basic-2012 cannot be worded for channel "
               "two: it is empty",
               "in words");
    }
    errs_done(&errs);
    arena_free(arena);
    return done_testing();
}

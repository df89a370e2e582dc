/* SPDX-License-Identifier: Apache-2.0 */
/* The indicators we ship load together, and each passes its own tests, of which it has some. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "script/rig.h"
#include "tap/tap.h"

static void test_file(struct script_host *host, const struct script_info *info)
{
    struct jh_err err = {0};
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    int failed = script_test(host, info->file, to, &err);
    fclose(to);
    if (!ok(failed == 0, "%s passes its own tests", info->id))
        printf("# %s\n# %s\n", err.text, text);
    ok(info->n_tests >= 3, "%s has tests", info->id);
    free(text);
}

int main(void)
{
    struct rig rig;
    char dir[512], text[4096];
    const char *top = getenv("abs_top_srcdir");
    snprintf(dir, sizeof dir, "%s/lua/indicators", top ? top : ".");
    const char *dirs[] = {dir};
    rig_init(&rig, NULL);
    rig.set = script_set_load(rig.host, dirs, 1, NULL, 0, NULL, 0, &rig.errs);
    if (!ok(rig.set != NULL, "the folder loads"))
        printf("# %s\n", rig_errors(&rig, text, sizeof text));
    for (size_t i = 0; rig.set && i < script_set_count(rig.set); i++)
        test_file(rig.host, script_set_info(rig.set, i));
    rig_done(&rig);
    return done_testing();
}

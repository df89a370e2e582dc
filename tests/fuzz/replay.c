/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for libFuzzer under `make check`: feeds every file of tests/fuzz/seeds/<name>
 * to the target. Crashing on none of them, sanitizers watching, is the test. */
#include "fuzz/target.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap/tap.h"

/* Exactly as long as the file, so that a read past its end is seen. */
static uint8_t *read_file(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    uint8_t *data = NULL;
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (size < 0 || fseek(file, 0, SEEK_SET) != 0)
        goto out;
    data = malloc(size > 0 ? (size_t)size : 1);
    if (data && fread(data, 1, (size_t)size, file) != (size_t)size) {
        free(data);
        data = NULL;
    }
    *ret_size = (size_t)size;
out:
    fclose(file);
    return data;
}

static void replay(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    size_t size = 0;
    uint8_t *data = read_file(path, &size);
    if (data)
        LLVMFuzzerTestOneInput(data, size);
    ok(data != NULL, "%s", name);
    free(data);
}

int main(int argc, char **argv)
{
    const char *src = getenv("abs_top_srcdir");
    const char *slash = strrchr(argv[0], '/');
    char folder[2048];
    if (argc > 1)
        snprintf(folder, sizeof folder, "%s", argv[1]);
    else
        snprintf(folder, sizeof folder, "%s/tests/fuzz/seeds/%s", src ? src : ".",
                 slash ? slash + 1 : argv[0]);
    struct dirent **names;
    int n = scandir(folder, &names, NULL, alphasort);
    if (n < 0)
        bail(folder);
    for (int i = 0; i < n; i++) {
        if (names[i]->d_name[0] != '.')
            replay(folder, names[i]->d_name);
        free(names[i]);
    }
    free(names);
    return done_testing();
}

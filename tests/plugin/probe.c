/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For loader.t: probe DIR KIND NAME loads one plugin and says what it is, or what is wrong;
 * probe DIR lists; probe --dir and probe --helper say where things are looked for.
 */
#include <stdlib.h>
#include <string.h>

#include "plugin/loader.h"

static int complain(const struct jh_err *err)
{
    err_print(stdout, "probe", err);
    return 1;
}

static int print_row(void *arg, const struct jh_row *row)
{
    int *left = arg;
    for (uint32_t i = 0; i < row->n; i++)
        printf("%s%.*s", i ? "|" : "row ", (int)row->cells[i].len, row->cells[i].p);
    printf("\n");
    return --*left > 0 ? 0 : JH_ELIMIT;
}

static int parse(const struct jh_plugin *p, const char *text, int most_rows)
{
    struct jh_blob blob = {
        .size = sizeof blob, .body = {text, strlen(text)}, .name = "in.csv"};
    struct loader_rows rows = {print_row, &most_rows};
    void *conf = calloc(1, p->conf_size + 1);
    struct jh_err err = {0};
    int rc = loader_parse(p, conf, &blob, &rows, &err);
    free(conf);
    return rc ? complain(&err) : 0;
}

static int list(struct loader *loader)
{
    char **names;
    size_t n;
    struct jh_err err = {0};
    if (loader_list(loader, &names, &n, &err))
        return complain(&err);
    for (size_t i = 0; i < n; i++)
        printf("%s\n", names[i]);
    loader_list_free(names, n);
    return 0;
}

static int helper(void)
{
    char path[4096];
    struct jh_err err = {0};
    if (loader_helper(path, sizeof path, &err))
        return complain(&err);
    printf("%s\n", path);
    return 0;
}

static int find(struct loader *loader, char **args)
{
    struct jh_err err = {0};
    enum jh_kind kind = (enum jh_kind)strtol(args[0], NULL, 10);
    const struct jh_plugin *p = loader_find(loader, kind, args[1], &err);
    if (!p)
        return complain(&err);
    bool again = loader_find(loader, kind, args[1], &err) == p;
    printf("loaded %s %s%s\n", p->name, p->version, again ? "" : " (not the same twice)");
    printf("check %s, close %s\n", p->check ? "set" : "null", p->close ? "set" : "null");
    return args[2] ? parse(p, args[2], args[3] ? 1 : 1000) : 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--helper") == 0)
        return helper();
    bool ask = argc > 1 && strcmp(argv[1], "--dir") == 0;
    struct loader *loader = loader_new(ask ? NULL : argv[1]);
    int rc = 0;
    if (ask)
        printf("%s\n", loader_dir(loader));
    else
        rc = argc > 3 ? find(loader, argv + 2) : list(loader);
    loader_free(loader);
    return rc;
}

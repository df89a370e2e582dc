/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junheng-generate: school statistics of an invented province, round by round, or of an
 * invented nation in one file, as statistics offices write them.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo/province.h"

enum { WORDS_MAX = 64 };

/* Words of names.txt. */
struct words {
    char *text[WORDS_MAX][3];
    int n;
};

struct generator {
    struct province province;
    int from, to;
    const char *names_path, *out;
    struct words division, headers, kind, setting, primary, junior, place, suffix,
        private;
};

/* ---- words and rows ----------------------------------------------------------------------- */

static int give_up(const char *what, const char *which)
{
    fprintf(stderr, "junheng-generate: %s: %s\n", which, what);
    return -1;
}

static struct words *list_of(struct generator *g, const char *key)
{
    const struct {
        const char *key;
        struct words *words;
    } lists[] = {
        {"division", &g->division}, {"headers", &g->headers}, {"kind", &g->kind},
        {"setting", &g->setting},   {"primary", &g->primary}, {"junior", &g->junior},
        {"place", &g->place},       {"suffix", &g->suffix},   {"private", &g->private}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (strcmp(lists[i].key, key) == 0)
            return lists[i].words;
    return NULL;
}

/* Divisions have three words each (code, name, parent), the others one. */
static int read_names(struct generator *g)
{
    char line[1024];
    FILE *f = fopen(g->names_path, "re");
    if (!f)
        return give_up(strerror(errno), g->names_path);
    while (fgets(line, sizeof line, f)) {
        char *rest = NULL, *key = strtok_r(line, " \n", &rest);
        struct words *list = key && *key != '#' ? list_of(g, key) : NULL;
        char *word = list ? strtok_r(NULL, " \n", &rest) : NULL;
        for (int part = 0; word; word = strtok_r(NULL, " \n", &rest)) {
            if (list->n == WORDS_MAX || !(list->text[list->n][part] = strdup(word)))
                break;
            if (list != &g->division || ++part == 3)
                list->n++;
        }
    }
    fclose(f);
    return g->division.n && g->headers.n && g->suffix.n
               ? 0
               : give_up("words missing", g->names_path);
}

static void free_names(struct generator *g)
{
    struct words *lists[] = {&g->division, &g->headers, &g->kind,
                             &g->setting,  &g->primary, &g->junior,
                             &g->place,    &g->suffix,  &g->private};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (int k = 0; k < lists[i]->n; k++)
            for (int part = 0; part < 3; part++)
                free(lists[i]->text[k][part]);
}

/* County c: its line in names.txt, or one that is made up. */
static void county_of(const struct generator *g, int c, char code[16], char name[80])
{
    int seen = 0;
    for (int i = 0; i < g->division.n; i++)
        if (strlen(g->division.text[i][0]) == 6 && seen++ == c) {
            snprintf(code, 16, "%s", g->division.text[i][0]);
            snprintf(name, 80, "%s", g->division.text[i][1]);
            return;
        }
    snprintf(code, 16, "%02d%02d%02d", 90 + c / 334, 10 + c % 334 / 20, 21 + c % 20);
    snprintf(name, 80, "%s%d", g->division.text[g->division.n - 1][1], c);
}

static void print_name(FILE *to, const struct generator *g, const struct school *s,
                       const char *county)
{
    const struct words *town = s->kind == KIND_JUNIOR ? &g->junior : &g->primary;
    fputs(county, to);
    if (s->owner == OWNER_PRIVATE) {
        fputs(g->private.text[0][0], to);
    } else if (s->kind <= KIND_JUNIOR && s->ordinal < town->n) {
        fputs(town->text[s->ordinal][0], to);
    } else {
        int k = s->ordinal + (s->kind == KIND_POINT ? 12 : 0);
        fputs(g->place.text[k % g->place.n][0], to);
        if (k >= g->place.n)
            fprintf(to, "%d", k / g->place.n);
        fputs(g->suffix.text[s->kind][0], to);
    }
}

static void print_both(FILE *to, const struct school *s, int64_t primary, int64_t junior)
{
    bool has[] = {s->kind != KIND_JUNIOR,
                  s->kind == KIND_JUNIOR || s->kind == KIND_NINE_YEAR};
    int64_t n[] = {primary, junior};
    for (int i = 0; i < 2; i++)
        if (has[i])
            fprintf(to, ",%" PRId64, n[i]);
        else
            fputc(',', to);
}

static void print_cents(FILE *to, int64_t n)
{
    fprintf(to, ",%" PRId64 ".%02" PRId64, n / 100, n % 100);
}

static void print_plant(FILE *to, const struct school *s)
{
    if (s->no_area)
        fputc(',', to);
    else
        print_cents(to, s->plant[AREA] + s->indoor);
    print_cents(to, s->indoor);
    print_cents(to, s->plant[SPORTS] - s->indoor);
    print_cents(to, s->plant[EQUIPMENT]);
    fprintf(to, ",%" PRId64 ",%" PRId64, s->plant[COMPUTERS], s->plant[BOOKS]);
}

/* `whole`: all columns; else the twenty that basic-2012 needs. */
static void print_row(FILE *to, const struct generator *g, const struct school *s,
                      int round, const char *code, const char *county, bool whole)
{
    fprintf(to, "%d,%s", round, code);
    if (whole)
        fprintf(to, ",%s", county);
    const char *type = s->kind == KIND_JUNIOR || s->kind == KIND_NINE_YEAR ? "31" : "21";
    fprintf(to, ",%s%.2s%06d,", type, code, s->county % 334 * 2000 + s->index);
    print_name(to, g, s, county);
    fprintf(to, ",%s,%d", g->kind.text[s->kind][0], s->owner);
    if (whole)
        fprintf(to, ",%s", g->setting.text[s->setting][0]);
    print_both(to, s, s->pupils[PRIMARY], s->pupils[JUNIOR]);
    for (int k = 0; k < (whole ? STAFF : BACKBONE); k++)
        print_both(to, s, s->staff[PRIMARY][k], s->staff[JUNIOR][k]);
    print_plant(to, s);
    if (whole)
        fprintf(to, ",%" PRId64, s->plant[MULTIMEDIA]);
    fputs("\n", to);
}

static void print_headers(FILE *to, const struct generator *g, bool whole)
{
    /* columns of names.txt that only the whole file has */
    static const int EXTRA[] = {2, 7, 16, 17, 18, 19, 26};
    bool first = true;
    for (int i = 0; i < g->headers.n; i++) {
        bool extra = false;
        for (size_t k = 0; k < sizeof EXTRA / sizeof *EXTRA; k++)
            extra |= EXTRA[k] == i;
        if (extra && !whole)
            continue;
        fprintf(to, "%s%s", first ? "" : ",", g->headers.text[i][0]);
        first = false;
    }
    fputs("\n", to);
}

/* ---- files -------------------------------------------------------------------------------- */

static FILE *create(const struct generator *g, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", g->out, name);
    FILE *f = fopen(path, "we");
    if (!f)
        give_up(strerror(errno), path);
    return f;
}

/* A full disk shows here. */
static int finish(FILE *f, const char *name)
{
    bool bad = ferror(f);
    return fclose(f) || bad ? give_up("cannot write", name) : 0;
}

static int write_round(const struct generator *g, int round, FILE *expected)
{
    char file[32], code[16], name[80];
    static const char *const STAGE[] = {"primary", "junior"};
    snprintf(file, sizeof file, "%d.csv", round);
    struct school *s = calloc(COUNTY_MAX, sizeof *s);
    FILE *f = s ? create(g, file) : NULL;
    if (!f) {
        free(s);
        return -1;
    }
    print_headers(f, g, true);
    for (int c = 0; c < g->province.counties; c++) {
        int n = province_size(&g->province, c);
        province_build(c, n, s);
        county_of(g, c, code, name);
        province_tell(&g->province, s, n, round);
        for (int i = 0; i < n; i++)
            print_row(f, g, &s[i], round, code, name, true);
        for (int stage = 0; stage < STAGES; stage++)
            fprintf(expected, "%d,%s,%s,%.6f\n", round, code, STAGE[stage],
                    province_composite(s, n, stage));
    }
    free(s);
    return finish(f, file);
}

static int write_province(const struct generator *g)
{
    FILE *f = create(g, "expected.csv");
    if (!f)
        return -1;
    fputs("round,county_code,stage,composite\n", f);
    int rc = 0;
    for (int round = g->from; round <= g->to && !rc; round++)
        rc = write_round(g, round, f);
    rc |= finish(f, "expected.csv");
    f = rc ? NULL : create(g, "divisions.csv");
    if (!f)
        return -1;
    fputs("code,name,parent\n", f);
    for (int i = 0; i < g->division.n; i++) {
        char *const *d = g->division.text[i];
        fprintf(f, "%s,%s,%s\n", d[0], d[1], strcmp(d[2], "-") == 0 ? "" : d[2]);
    }
    return finish(f, "divisions.csv");
}

static void write_counties(const struct generator *g, struct school *s, FILE *f)
{
    static const struct levers LEVERS = {{500000, 450000}, {MILLION, MILLION}};
    char code[16], name[80];
    int64_t all = 0, before = 0;
    for (int c = 0; c < g->province.counties; c++)
        all += province_share(&g->province, c);
    for (int c = 0; c < g->province.counties; c++) {
        int64_t upto = before + province_share(&g->province, c);
        int n =
            (int)(g->province.schools * upto / all - g->province.schools * before / all);
        n = n < COUNTY_MAX ? n : COUNTY_MAX;
        before = upto;
        province_build(c, n, s);
        county_of(g, c, code, name);
        province_fill(&g->province, s, n, g->to, &LEVERS);
        for (int i = 0; i < n; i++)
            print_row(f, g, &s[i], g->to, code, name, false);
    }
}

static int write_nation(const struct generator *g)
{
    struct school *s = calloc(COUNTY_MAX, sizeof *s);
    FILE *f = s ? create(g, "national.csv") : NULL;
    if (f) {
        print_headers(f, g, false);
        write_counties(g, s, f);
    }
    free(s);
    return f ? finish(f, "national.csv") : -1;
}

/* ---- command line --------------------------------------------------------------------------- */

static const char USAGE[] =
    "Usage: junheng-generate [OPTION]... --out DIR\n"
    "Writes school statistics of an invented province; no real county or school is meant.\n"
    "\n"
    "  --out DIR        where to: one file a round, divisions.csv, expected.csv\n"
    "  --rounds A[-B]   2019-2024, for which there is a story\n"
    "  --counties N     12\n"
    "  --schools N      about so many: 300\n"
    "  --seed N         another province: 1\n"
    "  --names FILE     words, codes and headers\n"
    "  --national       instead one file, national.csv: 300,000 schools, 3,000 counties\n";

static bool number(const char *text, int64_t least, int64_t most, char **end, int *ret)
{
    errno = 0;
    long long n = strtoll(text, end, 10);
    if (errno || *end == text || n < least || n > most)
        return false;
    *ret = (int)n;
    return true;
}

static bool set(struct generator *g, const char *name, const char *value)
{
    char *end = NULL;
    int seed;
    if (strcmp(name, "out") == 0)
        g->out = value;
    else if (strcmp(name, "names") == 0)
        g->names_path = value;
    else if (strcmp(name, "rounds") == 0) {
        if (!number(value, 1949, 2100, &end, &g->from))
            return false;
        g->to = g->from;
        return *end == '\0' ||
               (*end == '-' && number(end + 1, g->from, 2100, &end, &g->to) && !*end);
    } else if (strcmp(name, "counties") == 0)
        return number(value, 1, 3000, &end, &g->province.counties) && !*end;
    else if (strcmp(name, "schools") == 0)
        return number(value, 12, 10 * MILLION, &end, &g->province.schools) && !*end;
    else {
        if (!number(value, 0, INT32_MAX, &end, &seed) || *end)
            return false;
        g->province.seed = (uint64_t)seed;
    }
    return true;
}

int main(int argc, char **argv)
{
    static const struct option LONG[] = {
        {"out", 1, NULL, 0},      {"names", 1, NULL, 0},   {"rounds", 1, NULL, 0},
        {"counties", 1, NULL, 0}, {"schools", 1, NULL, 0}, {"seed", 1, NULL, 0},
        {"national", 0, NULL, 1}, {"help", 0, NULL, 2},    {0}};
    struct generator g = {
        .province.seed = 1, .from = 2019, .to = 2024, .names_path = DEMO_NAMES};
    bool national = false;
    for (int c, i = 0; (c = getopt_long(argc, argv, "", LONG, &i)) != -1;) {
        if (c == 2)
            return fputs(USAGE, stdout) == EOF;
        if (c == 1)
            national = true;
        else if (c != 0 || !set(&g, LONG[i].name, optarg))
            return fputs(USAGE, stderr), 64;
    }
    if (!g.out || optind < argc)
        return fputs(USAGE, stderr), 64;
    g.province.counties = g.province.counties ? g.province.counties
                          : national          ? 3000
                                              : 12;
    g.province.schools = g.province.schools ? g.province.schools
                         : national         ? 300000
                                            : 300;
    int rc = read_names(&g);
    if (rc == 0)
        rc = national ? write_nation(&g) : write_province(&g);
    free_names(&g);
    return rc ? 1 : 0;
}

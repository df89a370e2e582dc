/* SPDX-License-Identifier: Apache-2.0 */
/* A second opinion (blanks apart, which libcsv trims): on random and hostile input our scanner and libcsv in strict mode must
 * read the same cells, or ours must refuse. What libcsv refuses, ours must refuse too. */
#include "tap/tap.h"

#include <csv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/csv_host.h"
#include "tap/random.h"

enum { INPUT_MAX = 120 };

struct peer {
    FILE *out;
    size_t cells, width; /* of this row; of the first */
    bool ragged;
    char *row;
    size_t row_size;
    FILE *row_out;
};

static void on_cell(void *text, size_t n, void *arg)
{
    struct peer *peer = arg;
    fputc('<', peer->row_out);
    fwrite(text, 1, n, peer->row_out);
    fputc('>', peer->row_out);
    peer->cells++;
}

static void row_begin(struct peer *peer)
{
    peer->row_out = open_memstream(&peer->row, &peer->row_size);
    peer->cells = 0;
}

/* Our rule: every row is as wide as the first of several cells, one cell is filled up. */
static void on_row(int c, void *arg)
{
    (void)c;
    struct peer *peer = arg;
    fclose(peer->row_out);
    if (!peer->width && peer->cells > 1)
        peer->width = peer->cells;
    peer->ragged = peer->ragged || (peer->cells > 1 && peer->cells != peer->width);
    fputs(peer->row, peer->out);
    for (size_t i = peer->cells; peer->cells == 1 && i < peer->width; i++)
        fputs("<>", peer->out);
    fputc('\n', peer->out);
    free(peer->row);
    row_begin(peer);
}

/* The rows as libcsv reads them; NULL if it refuses. */
static char *peer_cells(const char *bytes, size_t n, bool *ret_ragged)
{
    char *text = NULL;
    size_t size = 0;
    struct csv_parser parser;
    struct peer peer = {.out = open_memstream(&text, &size)};
    row_begin(&peer);
    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);
    bool good = csv_parse(&parser, bytes, n, on_cell, on_row, &peer) == n &&
                csv_fini(&parser, on_cell, on_row, &peer) == 0;
    csv_free(&parser);
    fclose(peer.row_out);
    free(peer.row);
    fclose(peer.out);
    *ret_ragged = peer.ragged;
    if (good)
        return text;
    free(text);
    return NULL;
}

struct tally {
    int agreed, refused, differ;
};

static bool says(const char *got, const char *words)
{
    return strstr(got, words) != NULL;
}

/* One input: who says what, and is that allowed? */
static void compare(const char *bytes, size_t n, struct tally *tally)
{
    bool ragged = false;
    char *exact = malloc(n ? n : 1);
    if (!exact)
        bail("memory");
    memcpy(exact, bytes, n);
    char *ours = csv_host_cells(exact, n, 0), *theirs = peer_cells(bytes, n, &ragged);
    bool refused = strncmp(ours, "schools.csv:", 12) == 0;
    bool allowed;
    if (!refused)
        allowed = theirs && !ragged && strcmp(ours, theirs) == 0;
    else if (!theirs)
        allowed = true;
    else /* stricter than libcsv in these only */
        allowed = (ragged && (says(ours, "cell too many") || says(ours, "expected"))) ||
                  says(ours, "carriage return") || says(ours, "is empty") ||
                  (says(ours, "closing quote") && memchr(bytes, '\r', n));
    char *pieces = csv_host_cells(exact, n, 1 + n % 7);
    allowed =
        allowed && (refused ? strncmp(pieces, ": ", 2) == 0 : strcmp(pieces, ours) == 0);
    tally->agreed += allowed && !refused;
    tally->refused += allowed && refused;
    if (!allowed && tally->differ++ < 3) {
        printf("# input:");
        for (size_t i = 0; i < n; i++)
            printf(" %02x", (unsigned char)bytes[i]);
        printf("\n# ours: %s\n# in pieces: %s\n# libcsv: %s\n", ours, pieces,
               theirs ? theirs : "(refused)");
    }
    free(pieces);
    free(ours);
    free(theirs);
    free(exact);
}

/* Well-formed tables of random cells, then some bytes of them broken. */
static size_t make_table(uint64_t *seed, char *out, int breaks)
{
    static const char *const CELLS[] = {
        "1", "", "12.5", "\"\"", "\"a,b\"", "\"x\n\"", "\"q\"\"q\"", "\"\"\"\"", "b"};
    size_t n = 0, width = 1 + random_next(seed) % 4, rows = 1 + random_next(seed) % 4;
    for (size_t r = 0; r < rows; r++) {
        for (size_t c = 0; c < width && n < INPUT_MAX - 16; c++) {
            const char *cell = CELLS[random_next(seed) % (sizeof CELLS / sizeof *CELLS)];
            n += (size_t)snprintf(out + n, 16, "%s%s", c ? "," : "", cell);
        }
        n += (size_t)snprintf(out + n, 3, "%s", random_next(seed) % 3 ? "\n" : "\r\n");
    }
    for (int i = 0; i < breaks; i++)
        out[random_next(seed) % n] = "\",\n\r1"[random_next(seed) % 5];
    return n;
}

static size_t make_noise(uint64_t *seed, char *out)
{
    size_t n = random_next(seed) % 24;
    for (size_t i = 0; i < n; i++)
        out[i] = "\"\",,\n\n\r1x"[random_next(seed) % 9];
    return n;
}

int main(void)
{
    int rounds = random_long() ? 200000 : 6000;
    char input[INPUT_MAX + 64];
    uint64_t seed = random_seed(20251101);
    struct tally whole = {0}, broken = {0}, noise = {0};
    for (int i = 0; i < rounds; i++) {
        compare(input, make_table(&seed, input, 0), &whole);
        compare(input, make_table(&seed, input, 1 + i % 3), &broken);
        compare(input, make_noise(&seed, input), &noise);
    }
    is_int(whole.differ, 0, "well-formed tables: the same cells");
    is_int(broken.differ, 0, "broken tables: the same cells, or a refusal");
    is_int(noise.differ, 0, "noise: the same cells, or a refusal");
    ok(whole.agreed > rounds / 2 && broken.agreed > rounds / 10 &&
           noise.agreed > rounds / 20,
       "both read much of it (%d, %d, %d)", whole.agreed, broken.agreed, noise.agreed);
    ok(broken.refused > rounds / 10 && noise.refused > rounds / 10,
       "both refuse much (%d, %d)", broken.refused, noise.refused);
    return done_testing();
}

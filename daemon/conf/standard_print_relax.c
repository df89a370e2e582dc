/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/standard_print.h"

static void print_relaxation(struct buf *to, const struct standard *st,
                             const struct relaxation *r)
{
    char date[DATE_TEXT];
    date_print(r->until, date);
    standard_print_text(to, "  - id", r->id);
    if (*r->clause)
        standard_print_text(to, "    clause", r->clause);
    buf_fmt(to, "    until: %s\n    where: ", date);
    standard_print_where(to, r->where);
    buf_char(to, '\n');
    if (r->instead) {
        standard_print_text(to, "    indicator", st->indicators[r->indicator].id);
        standard_print_numerator(to, r->instead);
    } else {
        standard_print_text(to, "    item", st->items[r->item].id);
        buf_str(to, "    rule: ");
        standard_print_rule(to, r->rule);
        buf_char(to, '\n');
    }
    if (r->duty_years)
        buf_fmt(to, "    duty: {years_after_certification: %d}\n", r->duty_years);
}

void standard_print_relaxations(struct buf *to, const struct standard *st)
{
    if (st->n_relaxations)
        buf_str(to, "relaxations:\n");
    for (size_t i = 0; i < st->n_relaxations; i++)
        print_relaxation(to, st, &st->relaxations[i]);
}

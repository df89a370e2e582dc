/* SPDX-License-Identifier: Apache-2.0 */
/* docs/config.md from the tables that the programs read with. */
#include <stdio.h>

#include "conf/config.h"
#include "conf/config_keys.h"
#include "conf/mapping.h"
#include "conf/option.h"
#include "conf/standard_keys.h"

/* A section of junheng.yaml and what its table cannot say. */
struct section {
    const struct config_keys *keys;
    const char *text;
};

static const struct section SECTIONS[] = {
    {&CONFIG_TOP,
     "Relative paths are relative to the folder of this file. The sections below are further "
     "keys.\n\n"
     "`include` names further YAML files, one pattern such as `conf.d/*.yaml` or a list of "
     "them, read in the order of their names. Their `sources`, `sources_from`, `channels`, "
     "`offices`, `routes` and `profiles` are joined to those here; any other key may stand in "
     "one file only.\n\n"
     "`sources_from` names tables (CSV, UTF-8; one or a list) whose every row is a source: the "
     "first row names keys of a source, also of maps in it (`defaults.county_code`, "
     "`due.month`); an empty cell is an absent key; `covers` may hold several codes, "
     "`3401;3402`. With a profile for what all have in common, thousands of sources need no "
     "YAML:\n\n"
     "    name,profile,url,covers\n"
     "    luyang,county,https://stats.example/340103.csv,340103\n\n"
     "`divisions` names tables of counties and of what they lie in (CSV, UTF-8; one or a list, "
     "which are joined), `division_changes` one of what became of counties; see "
     "[Counties](divisions.md)."},
    {&CONFIG_HTTP,
     "Read-only pages and /metrics. Everybody who reaches the address may read."},
    {&CONFIG_ADDRESSES,
     "Where transfers of sources and channels may connect to, held against the address that "
     "a name has led to, after every redirect. What `deny` names is refused, and what a given "
     "`allow` does not name. Link-local addresses (169.254.0.0/16, fe80::/10), where clouds keep "
     "metadata, 100.100.100.200, fd00:ec2::254, unspecified, multicast and reserved ones are "
     "refused unless an `allow` as narrow names them; private networks and loopback are "
     "not refused. A proxy's address is held against these rules, not against those of a source."},
    {&CONFIG_STANDARDS, "What counties are judged by; see [Standards](#standards-1)."},
    {&CONFIG_LUA,
     "Local indicators. `params` maps an indicator's id to values for its parameters: "
     "`params: {arts_teachers_gap: {limit: 0.45}}`."},
    {&CONFIG_SOURCE,
     "A list. Beside these keys a source has those of its plugin; `format_options` holds "
     "those of its format. `profiles` maps names to maps of such keys, used by the sources "
     "that name them; a source's own keys win, `columns` and `defaults` field by field. "
     "`round` is a fixed round (`2025`, `2025-10`) or a map, as below; without it the rows "
     "say theirs."},
    {&CONFIG_DUE, "The day by which data of a round should be complete."},
    {&CONFIG_ROUND, "The round by where the data were found."},
    {&CONFIG_ALERTS,
     "The kinds are described in [Alerts](alerts.md). Beside its keys below a kind about "
     "counties has `standards` and `regions`: maps of the same keys, for a standard in use and "
     "for the counties whose code, or a code above it, begins so. Key by key a region wins "
     "before a standard, and the longest beginning before a shorter one:\n\n"
     "    alerts:\n"
     "      data_overdue: {regions: {\"34\": {enabled: false}}}\n"
     "      slip: {standards: {quality-2017: {for: 2}}}"},
    {&CONFIG_ALERT[KIND_SLIP], "A certified county whose newest round fails."},
    {&CONFIG_ALERT[KIND_WARNING],
     "A certified county that passes, but near its limit or on the way to it."},
    {&CONFIG_ALERT[KIND_DECLINE],
     "A certified county that is worse than when it was certified."},
    {&CONFIG_ALERT[KIND_DUTY], "What a certified county has to have done by a day."},
    {&CONFIG_ALERT[KIND_DATA_OVERDUE],
     "A certified county without a complete evaluation when its data are due."},
    {&CONFIG_ALERT[KIND_DATA_QUALITY],
     "What is doubtful or cannot be used in the data of a source."},
    {&CONFIG_ALERT[KIND_LOCAL], "A local indicator that fails; per `regions` too."},
    {&CONFIG_ALERT[KIND_SOURCE_FAILED],
     "A source whose polls fail for long enough, or that brings what is refused."},
    {&CONFIG_ALERT[KIND_SCRIPT_BROKEN],
     "A local indicator that errs, or is stopped for its time or memory."},
    {&CONFIG_ALERT[KIND_DELIVERY_DEAD], "A channel in which a message has died."},
    {&CONFIG_CHANNEL, "A list. Beside these keys a channel has those of its plugin."},
    {&CONFIG_OFFICE, "A list."},
    {&CONFIG_ROUTE,
     "A list; every route that matches an alert counts. A level without an office that covers "
     "the county is served by the next one up; what no route matches goes to the lowest "
     "office that covers it."},
    {&CONFIG_MATCH, "Absent keys match everything."},
    {&CONFIG_SILENCES, "Messages that people keep back for a while."},
    {&CONFIG_ESCALATION, "What nobody has in hand is told to the next level up."},
    {&CONFIG_LOG, "To standard error."},
};

static void document_section(FILE *to, const struct section *s)
{
    const char *title = *s->keys->map ? s->keys->map : "junheng.yaml";
    fprintf(to, "\n## %s\n\n%s\n\n", title, s->text);
    option_document(to, s->keys->options);
}

static void document_columns(FILE *to)
{
    fprintf(
        to,
        "\n## columns and defaults\n\n"
        "`columns` says where a field comes from: a header, a list of headers to add up, "
        "or a map as below. A name that is no field keeps the column for local "
        "indicators. `defaults` gives a field that no column has one value for all rows. "
        "A file for `--columns` holds these two keys.\n\n");
    option_document(to, mapping_options());
    fprintf(to, "\n`map` translates texts: `county_code: {column: code, map: {\"19\": "
                "\"06\"}}`.\n");
}

static void document_checks(FILE *to)
{
    fprintf(
        to,
        "\n## checks\n\n"
        "What becomes of findings in the data, for all sources, and under a source for "
        "what it delivers: `report` tells them, `block` also makes what they "
        "doubt unknown, `off` does not look. See "
        "[School data](data.md).\n\n");
    config_checks_document(to);
}

static void document_standard(FILE *to)
{
    static const struct {
        const char *title, *text;
        const struct standard_keys *keys;
    } MAPS[] = {
        {"A standard", "One YAML file each, named by its id.", &STANDARD_TOP},
        {"rounding", "", &STANDARD_ROUNDING},
        {"population", "Who counts.", &STANDARD_POPULATION},
        {"population.exclude[]",
         "Who does not: `kind` is a kind of school or a list of kinds.",
         &STANDARD_EXCLUDE},
        {"where",
         "Which schools a rule is for: all that it asks must hold, or all of one of "
         "several such maps in a list. `kind`, `setting` and `owner` are one word or a list "
         "of words. Where a school does not say what is asked, the rule does not apply.",
         &STANDARD_FILTER},
        {"indicators[]", "In the order of reports.", &STANDARD_FIGURE},
        {"indicators[].school_min", "Needed where there is a school_rule.",
         &STANDARD_MINIMA},
        {"school_rule", "Absent: schools are not judged.", &STANDARD_SCHOOL_RULE},
        {"cv_rule",
         "Limits of the coefficients of variation; the stages that have one are "
         "the stages of the standard.",
         &STANDARD_CV_RULE},
        {"items[]",
         "What else is asked of a county. `rule` is `evidence` (met or unmet, as reported) or "
         "a map as below; absent: evidence.",
         &STANDARD_ITEM},
        {"items[].rule",
         "One limit, or one of `all_of`, `any_of`, `known_of` (sources of one fact: all that "
         "are known hold) with a list of rules, or `n_of`. `where` and `stage` (primary or "
         "junior) say whom it concerns. Values and limits are numbers or expressions: + - * / "
         "and brackets over inputs, ceil(…), sum(field), and fields within an `each`.",
         &STANDARD_ITEM_RULE},
        {"items[].rule.n_of", "`of` is the list of rules.", &STANDARD_N_OF},
        {"score",
         "`points` gives each of the items its points; they sum to 100. Without them nothing "
         "is scored.",
         &STANDARD_SCORE},
        {"relaxations[]",
         "Milder rules for the schools that `where` is for: another `numerator` of an "
         "`indicator`, or another `rule` of an `item`, as of one school. Where a cell is "
         "missing, the strict rule holds.",
         &STANDARD_RELAXATION},
        {"relaxations[].duty", "What it leaves a certified county to do.",
         &STANDARD_DUTY},
    };
    fprintf(to, "\n# Standards\n");
    for (size_t i = 0; i < sizeof MAPS / sizeof *MAPS; i++) {
        fprintf(to, "\n## %s\n\n%s%s", MAPS[i].title, MAPS[i].text,
                *MAPS[i].text ? "\n\n" : "");
        option_document(to, MAPS[i].keys->options);
    }
    fprintf(
        to,
        "\n`veto` and `precondition` are lists of items: what must not be, and what "
        "must be before anything else counts. `monitor: [stages, items]` says what a "
        "slip judges; absent: stages. `extends` is the id or the file of a standard that "
        "this one is laid over.\n");
}

static void document_plugin(FILE *to, const struct config_plugins *plugins,
                            enum jh_kind kind, const char *what, const char *name)
{
    struct jh_err err;
    const struct jh_plugin *p = plugins->find(plugins->arg, kind, name, &err);
    if (!p)
        return;
    fprintf(to, "\n## %s %s\n\n%s\n\n", what, name, p->summary ? p->summary : "");
    if (p->options && p->options->name)
        option_document(to, p->options);
    else
        fprintf(to, "No options.\n");
}

void config_document(FILE *to, const struct config_plugins *plugins)
{
    static const struct {
        enum jh_kind kind;
        const char *what, *name;
    } SHIPPED[] = {
        {JH_SOURCE, "Source", "http"},       {JH_SOURCE, "Source", "file"},
        {JH_SOURCE, "Source", "folder"},     {JH_SOURCE, "Source", "junheng"},
        {JH_FORMAT, "Format", "csv"},        {JH_FORMAT, "Format", "json"},
        {JH_FORMAT, "Format", "xls"},        {JH_FORMAT, "Format", "xlsx"},
        {JH_NOTIFIER, "Channel", "webhook"}, {JH_NOTIFIER, "Channel", "spool"}};
    fprintf(to,
            "# Configuration\n\n"
            "Made from the option tables of the programs; do not edit. Durations are "
            "written `500ms`, `30s`, `5m`, `6h`, `1d`; sizes `4096`, `64KiB`, `256MiB`. "
            "Unknown and duplicate keys, anchors, tags and tabs are refused. "
            "`junhengctl check` tells all mistakes at once.\n");
    for (size_t i = 0; i < sizeof SECTIONS / sizeof *SECTIONS; i++)
        document_section(to, &SECTIONS[i]);
    document_checks(to);
    document_columns(to);
    fprintf(
        to,
        "\n# Plugins\n\n"
        "Keys of sources, formats and channels beside those above. A relative path in "
        "`path`, `file`, `dir` or a key that ends in one of these after `_` is "
        "relative to the folder of junheng.yaml; `credential:NAME` there is a credential "
        "that systemd passes on (`LoadCredential=NAME:...`).\n");
    for (size_t i = 0; plugins && i < sizeof SHIPPED / sizeof *SHIPPED; i++)
        document_plugin(to, plugins, SHIPPED[i].kind, SHIPPED[i].what, SHIPPED[i].name);
    document_standard(to);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What a spreadsheet shows and what its file holds differ; the figure must be the one that was
 * meant, or none, with its place. */
#include "tap/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "plugins/format_host.h"

/* ---- a workbook out of XML --------------------------------------------------------------------- */

struct bytes {
    char *p;
    size_t n;
};

/* Names and texts in turn, NULL at the end. */
static struct bytes zipped(const char *const *parts)
{
    zip_error_t why;
    zip_stat_t st;
    struct bytes b;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &why);
    zip_t *z = zip_open_from_source(source, ZIP_TRUNCATE, &why);
    zip_source_keep(source);
    for (; *parts; parts += 2) {
        zip_source_t *text = zip_source_buffer(z, parts[1], strlen(parts[1]), 0);
        if (zip_file_add(z, parts[0], text, 0) < 0)
            bail("zip_file_add");
    }
    if (zip_close(z) || zip_source_stat(source, &st) || !(b.p = malloc(st.size)))
        bail("zip_close");
    zip_source_open(source);
    b.n = (size_t)zip_source_read(source, b.p, st.size);
    zip_source_close(source);
    zip_source_free(source);
    return b;
}

#define TYPES "[Content_Types].xml", "<Types/>"
#define ROOT                                                                             \
    "_rels/.rels", "<Relationships><Relationship Id='r' Type='http://x/officeDocument' " \
                   "Target='xl/workbook.xml'/></Relationships>"
#define BOOK(sheets)                                                                     \
    "xl/workbook.xml",                                                                   \
        "<workbook xmlns:r='x'><workbookPr/><sheets>" sheets "</sheets></workbook>"
#define ONE BOOK("<sheet name='S' sheetId='1' r:id='rId1'/>")
#define RELATIONS                                                                        \
    "xl/_rels/workbook.xml.rels",                                                        \
        "<Relationships>"                                                                \
        "<Relationship Id='rId1' Type='http://x/worksheet' Target='worksheets/s1.xml'/>" \
        "<Relationship Id='rId2' Type='http://x/worksheet' Target='/xl/s2.xml'/>"        \
        "<Relationship Id='rId3' Type='http://x/sharedStrings' Target='strings.xml'/>"   \
        "<Relationship Id='rId4' Type='http://x/styles' Target='../xl/styles.xml'/>"     \
        "</Relationships>"
#define STRINGS                                                                          \
    "xl/strings.xml",                                                                    \
        "<sst><si><t>zero</t></si><si><r><t>o</t></r><r><t>ne</t></r>"                   \
        "<rPh><t>ichi</t></rPh></si><si><t>two_x000D_\n_x005F_x</t></si></sst>"
#define STYLES                                                                           \
    "xl/styles.xml",                                                                     \
        "<styleSheet><numFmts>"                                                          \
        "<numFmt numFmtId='164' formatCode='yyyy\"\xE5\xB9\xB4\"'/>"                     \
        "<numFmt numFmtId='165' formatCode='yyyy-mm-dd hh:mm:ss'/>"                      \
        "<numFmt numFmtId='166' formatCode='[$-804]yyyy\"m\"m;@'/>"                      \
        "<numFmt numFmtId='167' formatCode='000000'/>"                                   \
        "<numFmt numFmtId='168' formatCode='0.00E+00'/>"                                 \
        "<numFmt numFmtId='169' formatCode='#,##0.00_ ;[Red]\\-#,##0.00'/>"              \
        "</numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs>"            \
        "<xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/><xf numFmtId='165'/>"  \
        "<xf numFmtId='166'/><xf numFmtId='167'/><xf numFmtId='168'/>"                   \
        "<xf numFmtId='169'/><xf numFmtId='31'/><xf numFmtId='21'/></cellXfs></styleSheet>"
#define SHEET(data, tail)                                                                \
    "xl/worksheets/s1.xml",                                                              \
        "<worksheet><sheetData>" data "</sheetData>" tail "</worksheet>"

static void gives_bytes(struct bytes b, const char *options, const char *want,
                        const char *name)
{
    char *got = format_host_parse("a.xlsx", b.p, b.n, options);
    is_str(got, want, name);
    free(got);
    free(b.p);
}

#define GIVES_PARTS(options, want, name, ...)                                            \
    gives_bytes(zipped((const char *const[]){__VA_ARGS__, NULL}), options, want, name)
#define GIVES(data, want, name)                                                          \
    GIVES_PARTS(NULL, want, name, TYPES, ROOT, ONE, RELATIONS, STRINGS, STYLES,          \
                SHEET(data, ""))
#define MERGED(cells, data, want, name)                                                  \
    GIVES_PARTS(NULL, want, name, TYPES, ROOT, ONE, RELATIONS, STRINGS, STYLES,          \
                SHEET(data, "<mergeCells>" cells "</mergeCells>"))

/* ---- rows ---------------------------------------------------------------------------------------- */

static void test_rows(void)
{
    GIVES("<row r='2'><c r='B2' t='s'><v>0</v></c><c r='D2' t='s'><v>1</v></c></row>"
          "<row r='4' hidden='1'><c r='A4'><v>5</v></c><c r='E4' s='1'/></row>",
          "[2:1:][2:2:zero][2:3:][2:4:one]\n[4:1:5][4:2:][4:3:][4:4:]\n",
          "rows and columns by their places; a hidden row is data");
    GIVES(
        "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c t='s'><v>2</v></c></row>",
        "[1:1:1][1:2:2]\n[3:1:two\r\n_x][3:2:]\n",
        "without places, one behind the other");
    GIVES(
        "<row><c t='inlineStr'><is><r><t>a</t></r><rPh><t>b</t></rPh><t>c</t></is></c>"
        "<c t='str'><f>x()</f><v>d</v></c><c t='b'><v>1</v></c><c t='b'><v>0</v></c>"
        "<c t='e'><v>#N/A</v></c><c><f>1+1</f><v>2</v></c><c t='str'><f>x</f><v></v></c>"
        "<c t='d'><v>2024-09-01</v></c></row>",
        "[1:1:ac][1:2:d][1:3:true][1:4:false][1:5:#N/A][1:6:2][1:7:][1:8:2024-09-01]\n",
        "inline text, formulas by their values, truth, errors");
    GIVES("<row><c t='inlineStr'><is><t> </t></is></c></row>"
          "<row><c r='A2'><v>1</v></c></row>",
          "[2:1:1]\n", "blanks are nothing");
    GIVES_PARTS(NULL, "[1:1:1]\n", "elements with a prefix", TYPES, ROOT, ONE, RELATIONS,
                STRINGS, STYLES, "xl/worksheets/s1.xml",
                "<x:worksheet xmlns:x='y'><x:sheetData><x:row><x:c><x:v>1</x:v></x:c>"
                "</x:row></x:sheetData></x:worksheet>");
}

static void test_numbers(void)
{
    GIVES(
        "<row><c><v>0.10000000000000001</v></c><c><v>1.5E-2</v></c><c><v>12345.60</v></c>"
        "<c><v>1.2345678901234E+13</v></c><c><v>3.4000100000000001E+18</v></c>"
        "<c><v>-0.5</v></c><c><v>1E-7</v></c><c s='6'><v>45536</v></c>"
        "<c s='7'><v>1234.5</v></c><c t='inlineStr'><is><t>1,234</t></is></c></row>",
        "[1:1:0.1][1:2:0.015][1:3:12345.60][1:4:12345678901234]"
        "[1:5:3.4000100000000001E+18][1:6:-0.5][1:7:0.0000001][1:8:45536][1:9:1234.5]"
        "[1:10:1,234]\n",
        "15 digits without exponents; more digits are not made up");
    GIVES("<row><c s='5'><v>10101</v></c><c s='5'><v>1.5</v></c></row>",
          "[1:1:010101][1:2:1.5]\n", "zeros in front of a code that a format shows");
}

/* Cut, the first would be a thousand times less, and the second no UTF-8 any more. */
static void test_long_numbers(void)
{
    GIVES(
        "<row><c><v>1.00000000000000000000000000000000000000000000000000000000000000E3"
        "</v></c><c><v>0123456789012345678901234567890123456789012345678901234567890\xE5"
        "\xAD\xA6</v></c></row>",
        "[1:1:1.00000000000000000000000000000000000000000000000000000000000000E3]"
        "[1:2:0123456789012345678901234567890123456789012345678901234567890\xE5\xAD\xA6]"
        "\n",
        "what is too long for a number is handed on whole");
}

static void test_dates(void)
{
    GIVES(
        "<row><c s='1'><v>45536</v></c><c s='2'><v>45536</v></c><c s='3'><v>45536.75</v>"
        "</c><c s='4'><v>45536</v></c><c s='8'><v>45536</v></c><c s='9'><v>0.75</v></c>"
        "</row>",
        "[1:1:2024-09-01][1:2:2024][1:3:2024-09-01 18:00:00][1:4:2024-09]"
        "[1:5:2024-09-01][1:6:18:00:00]\n",
        "dates, as much of them as is shown");
    GIVES("<row><c s='1'><v>1</v></c><c s='1'><v>59</v></c><c s='1'><v>60</v></c>"
          "<c s='1'><v>61</v></c><c s='1'><v>0</v></c><c s='1'><v>2958465</v></c>"
          "<c s='1'><v>36585</v></c><c s='1'><v>-3</v></c></row>",
          "[1:1:1900-01-01][1:2:1900-02-28][1:3:60][1:4:1900-03-01][1:5:0]"
          "[1:6:9999-12-31][1:7:2000-02-29][1:8:-3]\n",
          "the leap year 1900 that spreadsheets believe in");
    GIVES(
        "<row><c s='1' t='d'><v>2024-09-01T00:00:00</v></c><c s='2' t='d'>"
        "<v>2024-09-01T00:00:00.000</v></c><c s='3' t='d'><v>2024-09-01T18:30:00Z</v></c>"
        "<c s='4' t='d'><v>2024-09-01</v></c><c t='d'><v>2024-09-01T00:00:00</v></c>"
        "<c s='9' t='d'><v>1899-12-31T18:00:00</v></c><c s='2' t='d'><v>24</v></c></row>",
        "[1:1:2024-09-01][1:2:2024][1:3:2024-09-01 18:30:00][1:4:2024-09]"
        "[1:5:2024-09-01][1:6:18:00:00][1:7:24]\n",
        "dates of strict workbooks, as much of them as is shown");
    GIVES_PARTS(NULL, "[1:1:zero]\n", "parts by names in other capitals", TYPES, ROOT,
                ONE, RELATIONS, "xl/Strings.XML", "<sst><si><t>zero</t></si></sst>",
                STYLES, SHEET("<row><c t='s'><v>0</v></c></row>", ""));
    GIVES_PARTS(
        NULL, "[1:1:1904-01-02]\n", "dates from 1904", TYPES, ROOT, "xl/workbook.xml",
        "<workbook><workbookPr date1904='1'/><sheets><sheet name='S' id='rId1'/>"
        "</sheets></workbook>",
        RELATIONS, STRINGS, STYLES, SHEET("<row><c s='1'><v>1</v></c></row>", ""));
}

static void test_merged(void)
{
    MERGED("<mergeCell ref='A1:A3'/><mergeCell ref='B1:C1'/>",
           "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c><c/></row>"
           "<row><c r='A2'/><c r='B2'><v>1</v></c></row>"
           "<row><c r='A3'/></row><row><c r='B4'><v>2</v></c></row>",
           "[1:1:zero][1:2:one]\n[2:1:zero][2:2:1]\n[4:1:][4:2:2]\n",
           "a text merged over rows is of each row that has anything");
    MERGED(
        "<mergeCell ref='B1:B2'/>",
        "<row><c t='s'><v>0</v></c><c><v>120</v></c></row><row><c t='s'><v>1</v></c></row>",
        "!a.xlsx:1:2: a number in cells merged over rows 1 to 2: to which of them it "
        "belongs nobody can know: unmerge them and fill in each",
        "a number merged over rows is nobody's");
}

#define TABLE                                                                            \
    "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c><c><v>4</v></c></row>"
#define NOTES "<row><c t='s'><v>0</v></c></row><row><c t='s'><v>1</v></c></row>"
#define TWO_SHEETS(state, first, second)                                                 \
    TYPES, ROOT,                                                                         \
        BOOK("<sheet name='A' r:id='rId1'/><sheet name='B' " state " r:id='rId2'/>"),    \
        RELATIONS, STRINGS, STYLES, SHEET(first, ""), "xl/s2.xml",                       \
        "<worksheet><sheetData>" second "</sheetData></worksheet>"

static void test_sheets(void)
{
    GIVES_PARTS(NULL, "[1:1:1][1:2:2]\n[2:1:3][2:2:4]\n", "the one with a table",
                TWO_SHEETS("", NOTES, TABLE));
    GIVES_PARTS(NULL,
                "a.xlsx: which sheet is meant? Say so with `sheet` (there are: A, B)",
                "two with tables", TWO_SHEETS("", TABLE, TABLE));
    GIVES_PARTS(NULL, "[1:1:zero]\n[2:1:one]\n", "a hidden sheet is not looked at",
                TWO_SHEETS("state='hidden'", NOTES, TABLE));
    GIVES_PARTS("sheet=B", "[1:1:1][1:2:2]\n[2:1:3][2:2:4]\n", "but where it is named",
                TWO_SHEETS("state='veryHidden'", NOTES, TABLE));
    GIVES_PARTS("sheet=C", "a.xlsx: no sheet is called as `sheet` says (there are: A, B)",
                "a sheet that is not there", TWO_SHEETS("", TABLE, TABLE));
    GIVES_PARTS(NULL, "a.xlsx: no visible sheet has anything in it (there are: A, B)",
                "nothing anywhere", TWO_SHEETS("", "", ""));
}

/* ---- what is refused ------------------------------------------------------------------------------ */

static void test_refused(void)
{
    GIVES("<row><c><v>1</v></c><c><f>A1</f></c></row>",
          "a.xlsx:1:2: a formula that was never computed: open the file in a spreadsheet "
          "program and save it",
          "a formula without a value");
    GIVES("<row><c><v>1</v></c><c><f>A1</f><v></v></c></row>",
          "a.xlsx:1:2: a formula that was never computed: open the file in a spreadsheet "
          "program and save it",
          "a formula with an empty value, as some libraries write it");
    GIVES("<row><c t='s'><v>3</v></c></row>",
          "a.xlsx:1:1: refers to a shared string that is not there", "a string too far");
    GIVES("<row r='2'/><row r='2'/>",
          "a.xlsx:2:0: the row behind this one has a number that cannot be",
          "a row twice");
    GIVES("<row r='1048577'/>",
          "a.xlsx: the row behind this one has a number that cannot be", "too many rows");
    GIVES("<row><c r='B1'/><c r='A1'/></row>",
          "a.xlsx:1:2: the cell behind this one has a place that cannot be",
          "cells that go back");
    GIVES("<row><c r='A2'/></row>",
          "a.xlsx:1:0: the cell behind this one has a place that cannot be",
          "a cell of another row");
    GIVES("<row><c r='XFD1'><v>1</v></c></row>",
          "a.xlsx:1:16384: more than 4096 columns: is this cell meant to hold anything?",
          "a stray cell far out");
    GIVES("<row><c r='XFE1'/></row>",
          "a.xlsx:1:0: the cell behind this one has a place that cannot be",
          "a column that no sheet has");
    GIVES_PARTS("max_cell=64", "a.xlsx:1:1: cell longer than 64 bytes",
                "a cell over the limit", TYPES, ROOT, ONE, RELATIONS, STRINGS, STYLES,
                SHEET("<row><c t='str'><v>0123456789012345678901234567890123456789012345"
                      "6789012345678901234</v></c></row>",
                      ""));
}

static void test_hostile(void)
{
    GIVES_PARTS(NULL,
                "a.xlsx: xl/worksheets/s1.xml: has a DOCTYPE, which no spreadsheet has",
                "entities that multiply", TYPES, ROOT, ONE, RELATIONS, STRINGS, STYLES,
                "xl/worksheets/s1.xml",
                "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]>"
                "<worksheet><sheetData><row><c t='str'><v>&b;</v></c></row></sheetData>"
                "</worksheet>");
    GIVES_PARTS(
        NULL,
        "a.xlsx: xl/worksheets/s1.xml is no sound XML (line 1: mismatched tag): save "
        "it again",
        "broken XML", TYPES, ROOT, ONE, RELATIONS, STRINGS, STYLES,
        "xl/worksheets/s1.xml", "<worksheet><sheetData></worksheet>");
    GIVES_PARTS(NULL, "a.xlsx: has no part xl/worksheets/s1.xml: save it again",
                "a part that is not there", TYPES, ROOT, ONE, RELATIONS, STRINGS, STYLES);
    GIVES_PARTS(NULL, "a.xlsx: has no part _rels/.rels: save it again", "no workbook",
                TYPES);
    GIVES_PARTS(
        NULL, "a.xlsx: this is XLSB: save it as XLSX", "a binary workbook", TYPES,
        "_rels/.rels",
        "<R><Relationship Type='x/officeDocument' Target='xl/workbook.bin'/></R>");
    gives_bytes((struct bytes){strdup("\xD0\xCF\x11\xE0"), 4}, NULL,
                "a.xlsx: this is an XLS file, or XLSX with a password: save it as XLSX "
                "without one",
                "a password");
    gives_bytes((struct bytes){strdup("a,b\n1,2\n"), 8}, NULL,
                "a.xlsx: this is no XLSX file: is `format:` right?", "CSV");
    gives_bytes(
        (struct bytes){strdup("PK\3\4xxxx"), 8}, NULL,
        "a.xlsx: damaged or cut short (Not a zip archive): save or fetch it again",
        "cut short");
}

/* `n` times the text between head and tail. */
static char *repeated(const char *head, const char *text, size_t n, const char *tail)
{
    size_t len = strlen(text), at = strlen(head);
    char *p = malloc(at + n * len + strlen(tail) + 1);
    memcpy(p, head, at);
    for (size_t i = 0; i < n; i++, at += len)
        memcpy(p + at, text, len);
    memcpy(p + at, tail, strlen(tail) + 1);
    return p;
}

static void refuses_sheet(char *xml, const char *want, const char *name)
{
    GIVES_PARTS("max_unpacked=16M", want, name, TYPES, ROOT, ONE, RELATIONS, STRINGS,
                STYLES, "xl/worksheets/s1.xml", xml);
    free(xml);
}

static void test_bombs(void)
{
    refuses_sheet(repeated("<worksheet>", " ", 15 << 20, "</worksheet>"),
                  "a.xlsx: unpacks to more than 300 times its size: this is no table",
                  "blanks that pack well");
    refuses_sheet(
        repeated("<worksheet><sheetData a='", "x", 3 << 20, "'/></worksheet>"),
        "a.xlsx: xl/worksheets/s1.xml: a tag or text of more than 1048576 bytes",
        "a tag without end");
    refuses_sheet(repeated("", "<a>", 100000, ""),
                  "a.xlsx: xl/worksheets/s1.xml: more than 64 elements in each other",
                  "elements in each other");
    uint32_t seed = 1; /* what packs badly and is much */
    char *noise = repeated("<worksheet><!--", "x", 17 << 20, "--></worksheet>");
    for (char *p = noise + 15; *p != '-'; p++)
        *p = (char)('a' + ((seed = seed * 1664525 + 1013904223) >> 28));
    for (char *p = noise + 15; p < noise + (17 << 20); p += 1 << 16)
        memcpy(p, "--><!--", 7);
    refuses_sheet(noise, "a.xlsx: unpacks to more than 16777216 bytes (max_unpacked)",
                  "more than allowed");
}

int main(void)
{
    test_rows();
    test_numbers();
    test_long_numbers();
    test_dates();
    test_merged();
    test_sheets();
    test_refused();
    test_hostile();
    test_bombs();
    return done_testing();
}

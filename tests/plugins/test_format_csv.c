/* SPDX-License-Identifier: Apache-2.0 */
/* A scanner that slips by one cell or one line puts figures under the wrong school. */
#include "tap/tap.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugins/csv_host.h"

static void gives_n(const char *bytes, size_t n, const char *encoding, const char *want,
                    const char *name)
{
    char *copy =
        malloc(n ? n : 1); /* exactly as long, so that a read past the end is seen */
    if (!copy)
        bail("memory");
    memcpy(copy, bytes, n);
    char *got = csv_host_parse(copy, n, encoding, ",", 64);
    is_str(got, want, name);
    free(got);
    free(copy);
}

#define GIVES(bytes, want, name) gives_n(bytes, sizeof(bytes) - 1, "auto", want, name)

static void test_rows(void)
{
    GIVES("a,b\n1,2\n", "[1:1:a][1:3:b]\n[2:1:1][2:3:2]\n", "LF");
    GIVES("a,b\r\n1,2\r\n", "[1:1:a][1:3:b]\n[2:1:1][2:3:2]\n", "CRLF");
    GIVES("a,b\n1,2", "[1:1:a][1:3:b]\n[2:1:1][2:3:2]\n", "no line end at the end");
    GIVES("a,b\n1,\n", "[1:1:a][1:3:b]\n[2:1:1][2:3:]\n", "an empty last cell");
    GIVES("a,b\n,", "[1:1:a][1:3:b]\n[2:1:][2:2:]\n", "two empty cells at the very end");
    GIVES("a,b\n\n\r\n  \n1,2\n\n", "[1:1:a][1:3:b]\n[5:1:1][5:3:2]\n",
          "blank lines are skipped and counted");
    GIVES("\xEF\xBB\xBF"
          "a,b\n1,2\n",
          "[1:1:a][1:3:b]\n[2:1:1][2:3:2]\n", "a byte order mark is no column");
    GIVES("\xEF\xBB\xBF\"a\",b\n1,2\n", "[1:1:a][1:5:b]\n[2:1:1][2:3:2]\n",
          "nor does it hide a quote");
    GIVES("学校,b\n1, 2 \n", "[1:1:学校][1:4:b]\n[2:1:1][2:3: 2 ]\n",
          "columns count characters; blanks are kept");
}

static void test_quotes(void)
{
    GIVES("a,b\n\"1,5\",2\n", "[1:1:a][1:3:b]\n[2:1:1,5][2:7:2]\n", "a comma in quotes");
    GIVES("a,b\n\"x\ny\",2\n3,4\n", "[1:1:a][1:3:b]\n[2:1:x\ny][3:4:2]\n[4:1:3][4:3:4]\n",
          "a line end in quotes counts as a line");
    GIVES("a,b\n\"x\r\ny\",2\n", "[1:1:a][1:3:b]\n[2:1:x\r\ny][3:4:2]\n",
          "CRLF in quotes");
    GIVES("a,b\n\"say \"\"yes\"\"\",\"\"\"\"\n",
          "[1:1:a][1:3:b]\n[2:1:say \"yes\"][2:15:\"]\n", "doubled quotes");
    GIVES("a,b\n\"\",\"\"\n", "[1:1:a][1:3:b]\n[2:1:][2:4:]\n", "empty quotes");
    GIVES("a\n\"\"\n", "[1:1:a]\n[2:1:]\n",
          "an empty quoted cell is a row, no blank line");
    GIVES("a,b\n\"1\",\"2\"", "[1:1:a][1:3:b]\n[2:1:1][2:5:2]\n",
          "quotes at the very end");
}

/* Enough doubled quotes in one row to move the scratch buffer several times. */
static void test_scratch(void)
{
    char in[4096], want[4096];
    size_t n = 0, w = 0;
    for (int i = 0; i < 60; i++)
        n += (size_t)snprintf(in + n, sizeof in - n, "%sh%d", i ? "," : "", i);
    in[n++] = '\n';
    for (int i = 0; i < 60; i++)
        n += (size_t)snprintf(in + n, sizeof in - n, "%s\"\"\"%d\"\"\"", i ? "," : "", i);
    for (int i = 0; i < 60; i++)
        w += (size_t)snprintf(want + w, sizeof want - w, "<h%d>", i);
    want[w++] = '\n';
    for (int i = 0; i < 60; i++)
        w += (size_t)snprintf(want + w, sizeof want - w, "<\"%d\">", i);
    snprintf(want + w, sizeof want - w, "\n");
    char *got = csv_host_cells(in, n, 0);
    is_str(got, want, "sixty cells with doubled quotes");
    free(got);
}

static void test_refused(void)
{
    GIVES("a,b\n1,2\n\"3,4\n5,6\n", "schools.csv:3:1: quote opened here is never closed",
          "never closed: where it was opened");
    GIVES("a,b\n学校,\"3\n5,6\n", "schools.csv:2:4: quote opened here is never closed",
          "never closed, in the second cell");
    GIVES(
        "a,b\n1,2\"3\n",
        "schools.csv:2:4: quote inside an unquoted cell: put the whole cell in quotes and "
        "double this one",
        "quote inside a cell");
    GIVES(
        "a,b\n1, \"3\"\n",
        "schools.csv:2:4: quote inside an unquoted cell: put the whole cell in quotes and "
        "double this one",
        "a blank before the quote");
    GIVES(
        "a,b\n\"x\ny\"z,3\n",
        "schools.csv:3:3: text behind the closing quote of the cell opened in line 2: double "
        "a quote that belongs to the text",
        "text behind the closing quote");
    GIVES("t\n\na,b\ns\n1,2\r\n\"n\nn\"",
          "[1:1:t]\n[3:1:a][3:3:b]\n[4:1:s][4:2:]\n[5:1:1][5:3:2]\n[6:1:n\nn][7:3:]\n",
          "a title, a section and a note stand alone in their lines");
    GIVES("a,b\n1,2,3\n", "schools.csv:2:5: one cell too many: the header has 2",
          "too long");
    GIVES("a,b,c\n1,2,3\n4,5\n", "schools.csv:3:1: expected 3 cells, got 2", "too short");
    GIVES(
        "a,b\r1,2\r",
        "schools.csv:1:4: a carriage return alone does not end a line: save with LF or CRLF",
        "carriage returns alone");
    GIVES("a,b\n1,\0002\n", "schools.csv:2:3: NUL byte: this is not text", "a NUL byte");
    GIVES("a,b\n1,\"\0\"\n", "schools.csv:2:4: NUL byte: this is not text",
          "a NUL byte in quotes");
    GIVES("a\n1234567890123456789012345678901234567890123456789012345678901234"
          "5\n",
          "schools.csv:2:1: cell longer than 64 bytes", "a cell over the limit");
    GIVES(
        "a\n\"234567890123456789012345678901234567890123456789012345678901234"
        "567\"\n",
        "schools.csv:2:1: cell longer than 64 bytes (is its quote closed where it should be?)",
        "a quoted cell over the limit");
    GIVES("", "schools.csv: the file is empty: no header line", "an empty file");
    GIVES("\n \r\n", "schools.csv: the file is empty: no header line",
          "only blank lines");
}

static void test_others(void)
{
    GIVES("PK\3\4\0\0",
          "schools.csv: this is an XLSX or ZIP file: save it as CSV (UTF-8)", "xlsx");
    GIVES("\xFF\xFE\x61\0,\0", "schools.csv: this is UTF-16: save it as CSV (UTF-8)",
          "UTF-16");
    GIVES("\xEF\xBB\xBF\n <!DOCTYPE html>",
          "schools.csv: this is a web page (a login or error page?), not CSV", "HTML");
    GIVES("[{\"a\":1}]",
          "schools.csv: this looks like JSON, not CSV: is `format:` right?", "JSON");
    GIVES("\x1F\x8B\x08", "schools.csv: this is a gzip file: unpack it first", "gzip");
}

static void test_utf8(void)
{
    GIVES("学校,数\n中\xFF,2\n",
          "schools.csv:2:2: byte 0xFF is not UTF-8 (the rest of the file is)",
          "one bad byte under a Chinese header");
    GIVES("a,b\n中国,1\n中\xE5\x9B,2\n",
          "schools.csv:3:2: byte 0xE5 is not UTF-8 (the rest of the file is)",
          "a character cut short under an ASCII header");
    GIVES("a,b\ncaf\xE9,1\n",
          "schools.csv:2:4: byte 0xE9 is not UTF-8 (if the file is in GB18030, say so: "
          "`encoding: gb18030`)",
          "one stray byte is not taken for Chinese");
    GIVES("a,b\n\xE4\xB8,1\n",
          "schools.csv:2:1: byte 0xE4 is not UTF-8 (if the file is in GB18030, say so: "
          "`encoding: gb18030`)",
          "nor are two, though they would make a character");
    GIVES("a,b\n\xED\xA0\x80,1\n",
          "schools.csv:2:1: byte 0xED is not UTF-8 (if the file is in GB18030, say so: "
          "`encoding: gb18030`)",
          "a surrogate");
    GIVES("\xEF\xBB\xBF学,数\n\xD1\xA7\xD0\xA3\xB9\xFA,2\n",
          "schools.csv:2:3: byte 0xB9 is not UTF-8", "behind a mark nothing is guessed");
    gives_n("a\xD6\xD0\xB9\xFA,b\n", 8, "utf-8",
            "schools.csv:1:2: byte 0xD6 is not UTF-8", "declared UTF-8 is UTF-8");
}

static void test_gb18030(void)
{
    /* 学校,数 / 中国,1 */
    const char gb[] = "\xD1\xA7\xD0\xA3,\xCA\xFD\n\xD6\xD0\xB9\xFA,1\n";
    const char *want = "[1:1:学校][1:4:数]\n[2:1:中国][2:4:1]\n";
    gives_n(gb, sizeof gb - 1, "auto", want, "GB18030 without a label");
    gives_n(gb, sizeof gb - 1, "gb2312", want, "and under each");
    gives_n(gb, sizeof gb - 1, "gbk", want, "of its");
    gives_n(gb, sizeof gb - 1, "gb18030", want, "labels");
    gives_n("a\n\x80\n", 4, "gbk", "[1:1:a]\n[2:1:€]\n", "0x80 is the euro sign there");
    gives_n("a\n\x81\x30\x84\x36\n", 7, "gb18030", "[1:1:a]\n[2:1:¥]\n", "four bytes");
    gives_n("\xD1\xA7,b\nx\xFF,1\n", 11, "gb18030",
            "schools.csv:2:2: byte 0xFF is not GB18030", "a bad byte, with its place");
    gives_n("a\n\xD1", 3, "gb18030", "schools.csv:2:1: byte 0xD1 is not GB18030",
            "half a character at the end");
    gives_n("\xD1\xA7\xD0\xA3,\xCA\xFD\n\xFF\xFF,1\n", 13, "auto",
            "schools.csv:1:4: byte 0xCA is not UTF-8, nor is the file in GB18030",
            "neither the one nor the other");
    gives_n(
        "\xEF\xBB\xBF"
        "a\n",
        5, "gbk",
        "schools.csv: the file begins with the mark of UTF-8, but `encoding:` says GBK",
        "a label that contradicts the file");
}

/* Every size of a mixed text must convert the same: iconv's buffer ends anywhere. */
static void test_gb18030_sizes(void)
{
    iconv_t cd = iconv_open("GB18030", "UTF-8");
    bool same = cd != (iconv_t)-1;
    for (int n = 1; n < 200 && same; n++) {
        char utf8[1024] = "a\n", gb[2048], want[1100];
        size_t len = 2;
        for (int i = 0; i < n; i++)
            len += (size_t)snprintf(utf8 + len, sizeof utf8 - len, "%s",
                                    i % 3   ? "\xE3\x90\x80"
                                    : i % 2 ? "x"
                                            : "中");
        char *in = utf8, *out = gb;
        size_t left = len, room = sizeof gb;
        iconv(cd, &in, &left, &out, &room);
        char *got = csv_host_parse(gb, sizeof gb - room, "gb18030", ",", 4096);
        snprintf(want, sizeof want, "[1:1:a]\n[2:1:%s]\n", utf8 + 2);
        same = strcmp(got, want) == 0;
        free(got);
    }
    ok(same, "200 lengths of text through GB18030 and back");
    if (cd != (iconv_t)-1)
        iconv_close(cd);
}

static void sniffs(const char *text, const char *want, const char *name)
{
    char *got = csv_host_parse(text, strlen(text), "auto", "auto", 64);
    is_str(got, want, name);
    free(got);
}

static void test_sniffed(void)
{
    sniffs("a,b;c,d\n1,2,3\n", "[1:1:a][1:3:b;c][1:7:d]\n[2:1:1][2:3:2][2:5:3]\n",
           "auto: the more frequent one");
    sniffs("a;b;c\n1,5;2,5;3,5\n", "[1:1:a][1:3:b][1:5:c]\n[2:1:1,5][2:5:2,5][2:9:3,5]\n",
           "auto: semicolons, though numbers hold commas");
    sniffs("a\tb\n1\t2\n", "[1:1:a][1:3:b]\n[2:1:1][2:3:2]\n", "auto: tabs");
    sniffs("t;1\na,b,c\n1,2,3\n",
           "[1:1:t;1]\n[2:1:a][2:3:b][2:5:c]\n[3:1:1][3:3:2][3:5:3]\n",
           "auto: a title above does not decide");
    sniffs("\"x;y;z\",b\n1,2\n", "[1:1:x;y;z][1:9:b]\n[2:1:1][2:3:2]\n",
           "auto: what stands in quotes does not count");
    sniffs("a\n1\n", "[1:1:a]\n[2:1:1]\n", "auto: a single column");
    sniffs(
        "a、b、c\n1、2、3\n",
        "schools.csv: cells are parted by U+3001, which parts words: save the file with "
        "commas",
        "auto: enumeration commas part no cells");
    sniffs("a、b、c,d\n1,2\n", "[1:1:a、b、c][1:7:d]\n[2:1:1][2:3:2]\n",
           "auto: nor do they within a header");
}

static void test_delimiter(void)
{
    char *got = csv_host_parse("a;b\n1,5;2\n", 10, "auto", ";", 64);
    is_str(got, "[1:1:a][1:3:b]\n[2:1:1,5][2:5:2]\n", "a semicolon");
    free(got);
    got = csv_host_parse("a\tb\n", 4, "auto", "tab", 64);
    is_str(got, "[1:1:a][1:3:b]\n", "a tab");
    free(got);
    got = csv_host_parse("a\n", 2, "auto", "\"", 64);
    is_str(got, ": delimiter: expected auto, tab or one ASCII character, got \"\"\"",
           "a quote is none");
    free(got);
}

int main(void)
{
    test_rows();
    test_quotes();
    test_scratch();
    test_refused();
    test_others();
    test_utf8();
    test_gb18030();
    test_gb18030_sizes();
    test_delimiter();
    test_sniffed();
    return done_testing();
}

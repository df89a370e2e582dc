/* SPDX-License-Identifier: Apache-2.0 */
/* A converter is a program that may hang, fail, fill the disk or write nonsense: whatever it
 * does, the file is refused with the reason, nothing goes on running, and nothing is left. */
#include "tap/tap.h"

#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "plugins/format_host.h"

/* A header, then a sector that is the table of sectors and has this one in use. */
enum { SECTOR = 512, XLS_BYTES = 2 * SECTOR };
static char xls[XLS_BYTES + SECTOR];

static void make_xls(unsigned used)
{
    memset(xls, 0, sizeof xls);
    memcpy(xls, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
    xls[0x1E] = 9; /* sectors of 2^9 bytes */
    xls[0x2C] = 1; /* one of them is the table, that of number 0 */
    memset(xls + SECTOR + 4 * (size_t)used, 0xFF, SECTOR - 4 * (size_t)used);
}

static char folder[] = "/tmp/junheng-test-XXXXXX";

static void path_to(const char *name, char path[200])
{
    snprintf(path, 200, "%s/%s", folder, name);
}

/* A program of this text; what it is called with is in $out and $in. */
static void converter(const char *text)
{
    char path[200];
    path_to("soffice", path);
    FILE *f = fopen(path, "w");
    if (!f)
        bail("fopen");
    fprintf(f,
            "#!/bin/sh\nhere=%s\nwhile [ $# -gt 2 ]; do shift; done\nout=$1 in=$2\n%s\n",
            folder, text);
    fclose(f);
    if (chmod(path, 0700))
        bail("chmod");
}

static char *parse(const char *options)
{
    char words[400];
    snprintf(words, sizeof words,
             "converter_path=%s/soffice max_unpacked=1G max_cell=64K %s", folder,
             options);
    return format_host_parse("a.xls", xls, XLS_BYTES, words);
}

static void gives(const char *text, const char *options, const char *want,
                  const char *name)
{
    converter(text);
    char *got = parse(options);
    is_str(got, want, name);
    free(got);
}

#define LIMITS "timeout=20000 max_converted=1M"

/* Files in the folder for temporary ones that are not the test's own. */
static int left_over(void)
{
    int n = 0;
    char path[200];
    path_to("tmp", path);
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));)
        n += e->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

static void write_workbook(void)
{
    static const char *const PARTS[] = {
        "_rels/.rels",
        "<R><Relationship Id='r' Type='x/officeDocument' Target='b.xml'/></R>",
        "b.xml",
        "<workbook><sheets><sheet name='S' id='a'/></sheets></workbook>",
        "_rels/b.xml.rels",
        "<R><Relationship Id='a' Type='x/worksheet' Target='s.xml'/></R>",
        "s.xml",
        "<worksheet><sheetData><row><c><v>1</v></c><c><v>2</v></c></row></sheetData>"
        "</worksheet>"};
    char path[200];
    path_to("good.xlsx", path);
    zip_t *z = zip_open(path, ZIP_CREATE, NULL);
    for (size_t i = 0; z && i < sizeof PARTS / sizeof *PARTS; i += 2)
        if (zip_file_add(z, PARTS[i],
                         zip_source_buffer(z, PARTS[i + 1], strlen(PARTS[i + 1]), 0),
                         0) < 0)
            bail("zip_file_add");
    if (!z || zip_close(z))
        bail("zip_close");
}

static void test_good(void)
{
    gives("cp $here/good.xlsx \"$out/in.xlsx\"", LIMITS, "[1:1:1][1:2:2]\n",
          "what it makes is read as XLSX");
    gives("cmp -s \"$in\" $here/a.xls && cp $here/good.xlsx \"$out/in.xlsx\"", LIMITS,
          "[1:1:1][1:2:2]\n", "it is given the file as it came");
    gives("[ \"$(env | grep -c SECRET)$(ls /proc/self/fd | wc -l)\" = 04 ] && "
          "[ \"$HOME\" = \"$PWD\" ] && [ \"$TMPDIR\" = \"$PWD\" ] && "
          "cp $here/good.xlsx \"$out/in.xlsx\"",
          LIMITS, "[1:1:1][1:2:2]\n",
          "with a home of its own, and none of our files and variables");
    gives("ls -d profile/user/registrymodifications.xcu && "
          "cp $here/good.xlsx \"$out/in.xlsx\"",
          LIMITS, "[1:1:1][1:2:2]\n", "and a profile without macros");
    gives("sleep 1000 & cp $here/good.xlsx \"$out/in.xlsx\"", LIMITS, "[1:1:1][1:2:2]\n",
          "what it leaves running does not matter");
}

/* Is there no such process any more, or only its grave? */
static bool gone(const char *file)
{
    char path[200], stat[400] = "", proc[64];
    long pid = 0;
    path_to(file, path);
    FILE *f = fopen(path, "r");
    if (!f || fscanf(f, "%ld", &pid) != 1)
        bail("no pid");
    fclose(f);
    snprintf(proc, sizeof proc, "/proc/%ld/stat", pid);
    for (int i = 0; i < 2000; i++) {
        f = fopen(proc, "r");
        if (!f)
            return true;
        bool read = fgets(stat, sizeof stat, f) != NULL;
        fclose(f);
        const char *end = strrchr(stat, ')');
        if (!read || (end && end[1] && end[2] == 'Z'))
            return true;
        usleep(5000);
    }
    return false;
}

static void test_bad(void)
{
    gives("sleep 1000 & echo $! >$here/pid; trap '' TERM; wait",
          "timeout=1000 max_converted=1M",
          "a.xls: LibreOffice has not converted it within 1 s: save it as XLSX",
          "one that hangs");
    ok(gone("pid"), "is killed with all that it began");
    gives("echo starting; echo 'cannot load it' >&2; exit 3", LIMITS,
          "a.xls: LibreOffice cannot convert it (exit status 3; cannot load it): save it "
          "as XLSX",
          "one that fails");
    gives("kill -SEGV $$", LIMITS,
          "a.xls: LibreOffice cannot convert it (signal 11): save it as XLSX",
          "one that crashes");
    gives("echo 'Error: source file could not be loaded'", LIMITS,
          "a.xls: LibreOffice has made nothing of it; Error: source file could not be "
          "loaded: save it as XLSX",
          "one that makes nothing and says it went well");
    gives("ln -s $here/good.xlsx \"$out/in.xlsx\"", LIMITS,
          "a.xls: LibreOffice has made nothing of it: save it as XLSX",
          "a link is nothing");
    gives("mkfifo \"$out/in.xlsx\"", LIMITS,
          "a.xls: LibreOffice has made nothing of it: save it as XLSX", "nor is a pipe");
    gives("echo garbage >\"$out/in.xlsx\"", LIMITS,
          "a.xls: damaged or cut short (Not a zip archive): save or fetch it again",
          "one that writes nonsense");
    gives("exec head -c 100000000 /dev/zero >\"$out/in.xlsx\"", LIMITS,
          "a.xls: LibreOffice cannot convert it (signal 25): save it as XLSX",
          "one that writes without end is stopped");
    gives("head -c 1048577 /dev/zero >\"$out/in.xlsx\"", LIMITS,
          "a.xls: converted it is more than 1048576 bytes (max_converted)",
          "and what is too large is not read");
}

/* What is left of a file would be read as if it were all. */
static void test_cut(void)
{
    const char *good = "cp $here/good.xlsx \"$out/in.xlsx\"";
    const char *cut = "a.xls: damaged or cut short: save or fetch it again";
    make_xls(2); /* the second sector lies behind the end */
    gives(good, LIMITS, cut, "a sector that is not there");
    make_xls(1);
    xls[0x4C] = 1;
    gives(good, LIMITS, cut, "a table that is not there");
    make_xls(1);
    xls[0x2C] = 110; /* more tables than fit */
    gives(good, LIMITS, cut, "tables without end");
    make_xls(1);
    gives(good, LIMITS, "[1:1:1][1:2:2]\n", "and one that is whole");
    char *got = format_host_parse("a.xls", xls, 100, NULL);
    is_str(got, cut, "nothing but a beginning");
    free(got);
}

static void test_none(void)
{
    char path[200], *got;
    path_to("soffice", path);
    unlink(path);
    got = parse(LIMITS);
    ok(strstr(got, "a.xls: XLS is not read: save it as XLSX in a spreadsheet program, or "
                   "install LibreOffice") == got,
       "no LibreOffice: what to do");
    free(got);
    got = format_host_parse("a.xls", "PK\3\4", 4, NULL);
    is_str(got, "a.xls: this is XLSX in spite of its name: say `format: xlsx`",
           "what is none is no converter's business");
    free(got);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int main(void)
{
    char path[200];
    if (!mkdtemp(folder))
        bail("mkdtemp");
    path_to("tmp", path);
    mkdir(path, 0700);
    setenv("TMPDIR", path, 1);
    setenv("SECRET", "x", 1);
    make_xls(1);
    path_to("a.xls", path);
    FILE *f = fopen(path, "w");
    fwrite(xls, 1, XLS_BYTES, f);
    fclose(f);
    write_workbook();
    test_good();
    test_bad();
    test_cut();
    test_none();
    ok(left_over() == 0, "no temporary file is left");
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return done_testing();
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Identities rest on these hashes, the archive on this packing: both must be exact and bounded. */
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "tap/tap.h"

static void test_sha256(void)
{
    char hex[SHA256_HEX];
    sha256_hex("", 0, hex);
    is_str(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
           "sha256 of nothing");
    sha256_hex("abc", 3, hex);
    is_str(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
           "sha256 of abc");
    struct sha256 *h = sha256_new();
    sha256_add(h, "a", 1);
    sha256_add(h, "", 0);
    sha256_add(h, "bc", 2);
    sha256_end(h, hex);
    is_str(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
           "the same in pieces");
}

static void list_hash(const char *a, const char *b, char hex[SHA256_HEX])
{
    struct sha256 *h = sha256_new();
    sha256_add_str(h, a);
    sha256_add_str(h, b);
    sha256_end(h, hex);
}

static void test_list(void)
{
    char one[SHA256_HEX], two[SHA256_HEX];
    list_hash("ab", "c", one);
    list_hash("a", "bc", two);
    ok(strcmp(one, two) != 0, "a list of texts has one meaning");
}

static void round_trip(const char *p, size_t n, const char *name)
{
    void *packed = NULL, *back = NULL;
    size_t packed_n = 0, back_n = 0;
    is_int(zstd_pack(p, n, &packed, &packed_n), 0, name);
    is_int(zstd_unpack(packed, packed_n, n, &back, &back_n), 0,
           "unpacked at its exact size");
    ok(back_n == n && (!n || memcmp(back, p, n) == 0), "the same bytes");
    free(back);
    back = NULL;
    if (n) {
        is_int(zstd_unpack(packed, packed_n, n - 1, &back, &back_n), JH_ELIMIT,
               "one byte over the limit is refused");
        is_int(zstd_unpack(packed, packed_n - 1, n, &back, &back_n), JH_EINVAL,
               "cut short is refused");
        is_int(zstd_unpack(packed, packed_n / 2, n, &back, &back_n), JH_EINVAL,
               "half of it is refused");
    }
    ok(!back, "nothing is returned with an error");
    free(packed);
}

static void test_zstd(void)
{
    enum { BIG = 3 * 1024 * 1024 };
    char *big = malloc(BIG);
    unsigned seed = 1;
    for (size_t i = 0; i < BIG; i++) {
        seed = seed * 1103515245u + 12345u;
        big[i] = (char)(seed >> 24);
    }
    round_trip("", 0, "nothing");
    round_trip("a", 1, "one byte");
    round_trip(big, BIG, "random bytes, over several steps");
    memset(big, 0, BIG);
    round_trip(big, BIG, "zeros");
    void *packed = NULL, *out = NULL;
    size_t packed_n = 0, n = 0;
    zstd_pack(big, BIG, &packed, &packed_n);
    ok(packed_n < 1024, "zeros pack small (a bomb)");
    is_int(zstd_unpack(packed, packed_n, 1000, &out, &n), JH_ELIMIT, "a bomb is refused");
    is_int(zstd_unpack("not zstd", 8, 1000, &out, &n), JH_EINVAL,
           "other bytes are refused");
    is_int(zstd_unpack("", 0, 1000, &out, &n), JH_EINVAL, "no bytes are refused");
    free(packed);
    free(big);
}

int main(void)
{
    test_sha256();
    test_list();
    test_zstd();
    return done_testing();
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes at which a cell may end, found 64 at a time. Besides the delimiter these are all
 * up to the quotation mark: line ends, NUL, blanks and '!' too, which the caller passes over;
 * they are rare where it matters. Reads nothing behind `end`. Pure; any thread.
 */
#pragma once

#include <endian.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { STOPS_BLOCK = 64 };

struct stops {
    const char *block, *end; /* the block under way; where the text ends */
    uint64_t mask;           /* a bit for each stop in it that is still ahead */
    char delimiter;
};

#ifdef __SSE2__
static inline uint64_t stops_sixteen(const char *p, char delimiter)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8('"')), bytes);
    __m128i ends = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(delimiter));
    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(low, ends));
}

static inline uint64_t stops_block(const char *p, char delimiter)
{
    return stops_sixteen(p, delimiter) | stops_sixteen(p + 16, delimiter) << 16 |
           stops_sixteen(p + 32, delimiter) << 32 |
           stops_sixteen(p + 48, delimiter) << 48;
}
#else
/* Eight bytes in a word: the high bit of each byte says whether it is a stop. */
static inline uint64_t stops_block(const char *p, char delimiter)
{
    const uint64_t ones = 0x0101010101010101, high = ones << 7, low = ~high;
    uint64_t mask = 0;
    for (int i = 0; i < STOPS_BLOCK; i += 8) {
        uint64_t word;
        memcpy(&word, p + i, 8);
        word = le64toh(word);
        uint64_t other = word ^ ones * (unsigned char)delimiter;
        uint64_t differs = ((other & low) + low) | other;
        uint64_t large = ((word & low) + ones * (0x7F - '"')) | word;
        uint64_t stop = ~(differs & large) & high;
        mask |= ((stop >> 7) * 0x0102040810204080 >> 56) << i;
    }
    return mask;
}
#endif

/* Begins anew at p <= end, which need not be aligned. */
static inline void stops_seek(struct stops *s, const char *p)
{
    char tail[STOPS_BLOCK];
    size_t left = (size_t)(s->end - p);
    s->block = p;
    if (left < STOPS_BLOCK) {
        memset(tail, 'x', sizeof tail);
        memcpy(tail, p, left);
        p = tail;
    }
    s->mask = stops_block(p, s->delimiter);
}

/* The next stop, or `end`. */
static inline const char *stops_next(struct stops *s)
{
    while (!s->mask) {
        if (s->end - s->block <= STOPS_BLOCK)
            return s->end;
        stops_seek(s, s->block + STOPS_BLOCK);
    }
    const char *stop = s->block + __builtin_ctzll(s->mask);
    s->mask &= s->mask - 1;
    return stop;
}

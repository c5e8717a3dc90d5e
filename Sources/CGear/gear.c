#include "CGear.h"

#include <stddef.h>

#if defined(__x86_64__)
#include <immintrin.h>

/* How all of them work. A vector holds 16 bytes of each of several streams, one stream in each of its 128-bit lanes;
 * the streams are equal parts of the block, so that no data has to cross lanes. The table entries of 16
 * bytes are four shuffles. With g(i) the entry of byte i, the hash h(i) = sum of g(i - j) << j for j < 16 takes four
 * steps, each doubling the bytes summed: s1(i) = g(i) + (g(i - 1) << 1), s2(i) = s1(i) + (s1(i - 2) << 2), and so on.
 * The values of earlier positions come from the vector before by a byte alignment.
 */

/* How far ahead memory is asked for: several streams side by side hide from the processor that they are one. Past the
 * end of memory it asks in vain, without a fault. */
enum { AHEAD = 2 * CGEAR_BLOCK };

/* Takes the positions of 16 bytes at `at` whose bits are set in `found` into the ascending list. */
static unsigned keep(uint16_t *positions, unsigned count, uint32_t found, ptrdiff_t at) {
    for (; found != 0; found &= found - 1) {
        const uint16_t position = (uint16_t)(at + __builtin_ctz(found));
        if (count >= CGEAR_MOST) return CGEAR_MOST + 1;
        unsigned place = count++;
        for (; place > 0 && positions[place - 1] > position; place--) positions[place] = positions[place - 1];
        positions[place] = position;
    }
    return count;
}

__attribute__((target("avx2"))) static unsigned search_avx2(
    const uint8_t *bytes, const uint8_t *tables, uint16_t mask, uint16_t *positions) {
    enum { stream = CGEAR_BLOCK / 2 };
    const __m256i low0 = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)tables));
    const __m256i low1 = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(tables + 16)));
    const __m256i high0 = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(tables + 32)));
    const __m256i high1 = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(tables + 48)));
    const __m256i nibble = _mm256_set1_epi8(15), masks = _mm256_set1_epi16((short)mask);
    const __m256i zero = _mm256_setzero_si256();
    __m256i g = zero, a = zero, b = zero, c = zero;
    unsigned count = 0;
    /* The first turn, on the bytes before each stream, only fills the state. */
    for (ptrdiff_t at = -CGEAR_WINDOW; at < stream; at += 16) {
        _mm_prefetch((const char *)bytes + AHEAD + 2 * at, _MM_HINT_T0);
        const __m256i v = _mm256_inserti128_si256(
            _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)(bytes + at))),
            _mm_loadu_si128((const __m128i *)(bytes + stream + at)), 1);
        const __m256i lows = _mm256_and_si256(v, nibble), highs = _mm256_and_si256(_mm256_srli_epi16(v, 4), nibble);
        const __m256i e0 = _mm256_xor_si256(_mm256_shuffle_epi8(low0, lows), _mm256_shuffle_epi8(high0, highs));
        const __m256i e1 = _mm256_xor_si256(_mm256_shuffle_epi8(low1, lows), _mm256_shuffle_epi8(high1, highs));
        const __m256i g0 = _mm256_unpacklo_epi8(e0, e1), g1 = _mm256_unpackhi_epi8(e0, e1);
        const __m256i a0 = _mm256_add_epi16(g0, _mm256_slli_epi16(_mm256_alignr_epi8(g0, g, 14), 1));
        const __m256i a1 = _mm256_add_epi16(g1, _mm256_slli_epi16(_mm256_alignr_epi8(g1, g0, 14), 1));
        const __m256i b0 = _mm256_add_epi16(a0, _mm256_slli_epi16(_mm256_alignr_epi8(a0, a, 12), 2));
        const __m256i b1 = _mm256_add_epi16(a1, _mm256_slli_epi16(_mm256_alignr_epi8(a1, a0, 12), 2));
        const __m256i c0 = _mm256_add_epi16(b0, _mm256_slli_epi16(_mm256_alignr_epi8(b0, b, 8), 4));
        const __m256i c1 = _mm256_add_epi16(b1, _mm256_slli_epi16(_mm256_alignr_epi8(b1, b0, 8), 4));
        const __m256i h0 = _mm256_add_epi16(c0, _mm256_slli_epi16(c, 8));
        const __m256i h1 = _mm256_add_epi16(c1, _mm256_slli_epi16(c0, 8));
        g = g1, a = a1, b = b1, c = c1;
        const __m256i clear = _mm256_packs_epi16(
            _mm256_cmpeq_epi16(_mm256_and_si256(h0, masks), zero), _mm256_cmpeq_epi16(_mm256_and_si256(h1, masks), zero));
        const uint32_t found = (uint32_t)_mm256_movemask_epi8(clear);
        if (__builtin_expect(found != 0, 0) && at >= 0) {
            count = keep(positions, count, found & 0xFFFF, at);
            count = keep(positions, count, found >> 16, stream + at);
            if (count > CGEAR_MOST) return count;
        }
    }
    return count;
}

__attribute__((target("avx512f,avx512bw"))) static unsigned search_avx512(
    const uint8_t *bytes, const uint8_t *tables, uint16_t mask, uint16_t *positions) {
    enum { stream = CGEAR_BLOCK / 4 };
    const __m512i low0 = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)tables));
    const __m512i low1 = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(tables + 16)));
    const __m512i high0 = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(tables + 32)));
    const __m512i high1 = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(tables + 48)));
    const __m512i nibble = _mm512_set1_epi8(15), masks = _mm512_set1_epi16((short)mask);
    const __m512i zero = _mm512_setzero_si512();
    __m512i g = zero, a = zero, b = zero, c = zero;
    unsigned count = 0;
    for (ptrdiff_t at = -CGEAR_WINDOW; at < stream; at += 16) {
        _mm_prefetch((const char *)bytes + AHEAD + 4 * at, _MM_HINT_T0);
        __m512i v = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(bytes + at)));
        v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(bytes + stream + at)), 1);
        v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(bytes + 2 * stream + at)), 2);
        v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(bytes + 3 * stream + at)), 3);
        const __m512i lows = _mm512_and_si512(v, nibble), highs = _mm512_and_si512(_mm512_srli_epi16(v, 4), nibble);
        const __m512i e0 = _mm512_xor_si512(_mm512_shuffle_epi8(low0, lows), _mm512_shuffle_epi8(high0, highs));
        const __m512i e1 = _mm512_xor_si512(_mm512_shuffle_epi8(low1, lows), _mm512_shuffle_epi8(high1, highs));
        const __m512i g0 = _mm512_unpacklo_epi8(e0, e1), g1 = _mm512_unpackhi_epi8(e0, e1);
        const __m512i a0 = _mm512_add_epi16(g0, _mm512_slli_epi16(_mm512_alignr_epi8(g0, g, 14), 1));
        const __m512i a1 = _mm512_add_epi16(g1, _mm512_slli_epi16(_mm512_alignr_epi8(g1, g0, 14), 1));
        const __m512i b0 = _mm512_add_epi16(a0, _mm512_slli_epi16(_mm512_alignr_epi8(a0, a, 12), 2));
        const __m512i b1 = _mm512_add_epi16(a1, _mm512_slli_epi16(_mm512_alignr_epi8(a1, a0, 12), 2));
        const __m512i c0 = _mm512_add_epi16(b0, _mm512_slli_epi16(_mm512_alignr_epi8(b0, b, 8), 4));
        const __m512i c1 = _mm512_add_epi16(b1, _mm512_slli_epi16(_mm512_alignr_epi8(b1, b0, 8), 4));
        const __m512i h0 = _mm512_add_epi16(c0, _mm512_slli_epi16(c, 8));
        const __m512i h1 = _mm512_add_epi16(c1, _mm512_slli_epi16(c0, 8));
        g = g1, a = a1, b = b1, c = c1;
        const uint32_t first = _mm512_testn_epi16_mask(h0, masks), second = _mm512_testn_epi16_mask(h1, masks);
        if (__builtin_expect((first | second) != 0, 0) && at >= 0) {
            for (int lane = 0; lane < 4; lane++)
                count = keep(
                    positions, count, (first >> (8 * lane) & 0xFF) | (second >> (8 * lane) & 0xFF) << 8,
                    lane * stream + at);
            if (count > CGEAR_MOST) return count;
        }
    }
    return count;
}

int cgear_can(cgear_kind kind) {
    __builtin_cpu_init();
    switch (kind) {
    case CGEAR_AVX512: return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
    case CGEAR_AVX2: return __builtin_cpu_supports("avx2") != 0;
    default: return 0;
    }
}

unsigned cgear_search(
    cgear_kind kind, const uint8_t *bytes, const uint8_t tables[64], uint16_t mask, uint16_t positions[CGEAR_MOST]) {
    return kind == CGEAR_AVX512 ? search_avx512(bytes, tables, mask, positions) : search_avx2(bytes, tables, mask, positions);
}

#else

int cgear_can(cgear_kind kind) {
    (void)kind;
    return 0;
}

unsigned cgear_search(
    cgear_kind kind, const uint8_t *bytes, const uint8_t tables[64], uint16_t mask, uint16_t positions[CGEAR_MOST]) {
    (void)kind, (void)bytes, (void)tables, (void)mask, (void)positions;
    return CGEAR_MOST + 1;
}

#endif

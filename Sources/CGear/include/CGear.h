#ifndef SLIPWAY_CGEAR_H
#define SLIPWAY_CGEAR_H

#include <stdint.h>

/* Searches many positions at once for those where the gear hash may allow a cut.
 *
 * Swift has no byte shuffle, so this one loop is C. It computes the lower 16 bits of the hash, which depend on
 * the last 16 bytes only, and marks the positions where the masked bits are clear. The caller looks closer at those.
 */

/* Bytes searched by one call, bytes before them that are read too, and the most positions one call tells. */
enum { CGEAR_BLOCK = 2048, CGEAR_WINDOW = 16, CGEAR_MOST = 32 };

/* How a processor can do it; the best first. */
typedef enum { CGEAR_AVX512 = 1, CGEAR_AVX2 = 2 } cgear_kind;

/* Whether this processor can. */
int cgear_can(cgear_kind kind);

/* Searches bytes[0 ..< CGEAR_BLOCK]; reads from bytes[-CGEAR_WINDOW] on.
 *
 * The tables give the lower 16 bits of the gear table: byte b has (low[b & 15] ^ high[b >> 4]), where the first 16
 * bytes are the lower halves of low, the second 16 its upper halves, and then high's likewise.
 *
 * Writes the positions i, ascending, for which the hash after bytes[i] has all bits of the mask clear, and returns how
 * many there are. When they are more than CGEAR_MOST it returns some larger number and the positions mean nothing.
 * The kind must be one this processor can do.
 */
unsigned cgear_search(
    cgear_kind kind, const uint8_t *bytes, const uint8_t tables[64], uint16_t mask, uint16_t positions[CGEAR_MOST]);

#endif

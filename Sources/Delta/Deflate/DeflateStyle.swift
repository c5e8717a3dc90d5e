/// How a program chose its deflate stream (RFC 1951) among the many that hold the same bytes.
///
/// The family of zlib: level and memory decide all of it. Info-ZIP's older relative ends blocks by another rule.
public struct DeflateStyle: Hashable, Sendable {
    /// Bits of the hash of three bytes, 15 or 16.
    let hashBits: Int
    /// Literals and matches of a block at most, plus one.
    let blockLength: Int
    /// Whether a block ends early when it does well, as Info-ZIP's zip has it.
    let endsEarly: Bool
    /// 4 to 9.
    let level: Int
    /// Whether matches of five bytes and less are left out, as zlib has it for images (`Z_FILTERED`).
    let isFiltered: Bool

    /// How hard one level looks for matches: zlib's `configuration_table`.
    struct Effort {
        let good: Int
        let lazy: Int
        let nice: Int
        let chain: Int
    }

    var effort: Effort {
        switch self.level {
        case 4: Effort(good: 4, lazy: 4, nice: 16, chain: 16)
        case 5: Effort(good: 8, lazy: 16, nice: 32, chain: 32)
        case 6: Effort(good: 8, lazy: 16, nice: 128, chain: 128)
        case 7: Effort(good: 8, lazy: 32, nice: 128, chain: 256)
        case 8: Effort(good: 32, lazy: 128, nice: 258, chain: 1024)
        default: Effort(good: 32, lazy: 258, nice: 258, chain: 4096)
        }
    }

    /// All there are, the likeliest first; their places in this list are part of the patch format.
    public static let all: [DeflateStyle] =
        [6, 9, 8, 7, 5, 4].flatMap { level in
            [
                DeflateStyle(hashBits: 15, blockLength: 1 << 14, endsEarly: false, level: level, isFiltered: false),
                DeflateStyle(hashBits: 15, blockLength: 1 << 15, endsEarly: true, level: level, isFiltered: false),
                DeflateStyle(hashBits: 16, blockLength: 1 << 15, endsEarly: false, level: level, isFiltered: false),
            ]
        }
        + [9, 6, 8, 7, 5, 4].flatMap { level in
            [
                DeflateStyle(hashBits: 15, blockLength: 1 << 14, endsEarly: false, level: level, isFiltered: true),
                DeflateStyle(hashBits: 16, blockLength: 1 << 15, endsEarly: false, level: level, isFiltered: true),
            ]
        }
}

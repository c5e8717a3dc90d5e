#if canImport(CGear)
import CGear
#endif

/// Searches a block of bytes at once for places where the hash may allow a cut, where the processor can.
///
/// Finds exactly the places where the mask's lower 16 bits are clear. There are few, so that looking at each
/// with the whole hash costs next to nothing, and the cuts are the same as without.
struct BlockSearch: Sendable {
    /// The best this processor can do, or nil.
    static let best = Self.all.first

    /// All this processor can do, the best first; none when the C code is not part of the build.
    static let all: [BlockSearch] = {
        #if canImport(CGear)
        return [CGEAR_AVX512, CGEAR_AVX2].filter { cgear_can($0) != 0 }.map { BlockSearch(kind: $0.rawValue) }
        #else
        return []
        #endif
    }()

    /// Bytes in a block.
    static let length = 2048

    /// The most places one search tells.
    static let most = 32

    let kind: UInt32

    /// Whether the mask's lower bits tell enough: one place in 1024 at most.
    static func isSuited(_ mask: UInt64) -> Bool { UInt16(truncatingIfNeeded: mask).nonzeroBitCount >= 10 }

    /// Searches one block.
    ///
    /// - Parameters:
    ///   - bytes: the block, with 16 more bytes in memory before it.
    ///   - places: gets the places found, ascending, as offsets into the block; room for ``most``.
    /// - Returns: how many there are. More than ``most`` happens in repeated bytes only; `places` means nothing then.
    @unsafe func search(_ bytes: UnsafePointer<UInt8>, _ mask: UInt64, _ places: UnsafeMutablePointer<UInt16>) -> Int {
        #if canImport(CGear)
        return unsafe Gear.halfTables.withUnsafeBufferPointer { tables in
            let mask = UInt16(truncatingIfNeeded: mask)
            return Int(unsafe cgear_search(cgear_kind(self.kind), bytes, tables.baseAddress, mask, places))
        }
        #else
        return Self.most + 1
        #endif
    }
}

import Delta
import Zstd

/// The payload of one group, made and read.
enum GroupCodec {
    /// A payload and what it needs.
    struct Encoded {
        let method: PatchMethod
        let payload: [UInt8]
        let inputs: PatchView
    }

    /// zstd settings for one stream of `size` bytes: its window holds all of it.
    static func settings(level: Int, size: Int) -> ZstdSettings {
        let log = Int.bitWidth - max(1, size - 1).leadingZeroBitCount
        return ZstdSettings(level: level, windowLog: min(max(log, 10), 27))
    }

    /// Makes the new bytes again, unverified.
    static func decode(_ payload: [UInt8], group: PatchGroup, old: [UInt8]) throws -> [UInt8] {
        let count = group.outputLength
        switch group.method {
        case .stored:
            guard payload.count == count else {
                throw PatchError.unreadable(.invalid(what: "payload length", offset: payload.count))
            }
            return payload
        case .zstd:
            var decompressor = try ZstdDecompressor(windowLogMax: 27)
            return try decompressor.decompress(payload.span, size: count)
        case .difference:
            // A control or run entry takes several bytes for one byte of the result at most.
            let streams = try DifferencePayload.decode(payload, limit: count * 3 + 64)
            return try streams.apply(to: old.span, count: count)
        case .modelled:
            let difference = try ModelledPayload.decode(payload, limit: count)
            return try difference.apply(
                to: old.span, count: count, origins: PatchOrigins(outputs: group.outputs, inputs: group.inputs))
        }
    }
}

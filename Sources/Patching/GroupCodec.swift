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

    /// Makes the new bytes again from the inputs in `room`, as its output, unverified.
    static func decode(_ payload: [UInt8], group: PatchGroup, in room: inout PatchRoom) throws {
        guard group.method == .opened else {
            try self.decode(payload, method: group.method, outputs: group.outputs, inputs: group.inputs, in: &room)
            return
        }
        try OpenedPayload(payload).apply(count: group.outputLength, in: &room)
    }

    /// As ``decode(_:group:in:)``, by any method but ``PatchMethod/opened``.
    ///
    /// - Parameters:
    ///   - outputs: where the new bytes belong.
    ///   - inputs: where the inputs come from.
    static func decode(
        _ payload: [UInt8], method: PatchMethod, outputs: [PatchExtent], inputs: [PatchExtent],
        in room: inout PatchRoom
    ) throws {
        let count = outputs.reduce(0) { $0 + $1.length }
        switch method {
        case .stored:
            guard payload.count == count else {
                throw PatchError.unreadable(.invalid(what: "payload length", offset: payload.count))
            }
            room.output = payload
        case .zstd:
            var decompressor = try ZstdDecompressor(windowLogMax: 27)
            room.output = try decompressor.decompress(payload.span, size: count)
        case .difference:
            // A control or run entry takes several bytes for one byte of the result at most.
            let streams = try DifferencePayload.decode(payload, limit: count * 3 + 64)
            room.output.resize(to: count)
            try self.apply(streams, old: room.inputs, to: &room.output)
        case .modelled:
            let difference = try ModelledPayload.decode(payload, limit: count)
            room.output.resize(to: count)
            try self.apply(
                difference, PatchOrigins(outputs: outputs, inputs: inputs), old: room.inputs, to: &room.output,
                words: &room.words)
        case .opened:
            throw PatchError.unreadable(.invalid(what: "method", offset: 0))
        }
    }

    private static func apply(_ streams: DifferenceStreams, old: [UInt8], to output: inout [UInt8]) throws {
        try streams.apply(to: old.span, into: &output)
    }

    private static func apply(
        _ difference: ModelledDifference, _ origins: PatchOrigins, old: [UInt8], to output: inout [UInt8],
        words: inout [Int32]
    ) throws {
        try difference.apply(to: old.span, into: &output, origins: origins, words: &words)
    }
}

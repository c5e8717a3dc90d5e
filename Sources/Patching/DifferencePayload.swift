import Delta
import Zstd

/// The streams of a difference, each compressed when that makes it shorter, and its literals.
enum DifferencePayload {
    static func encode(
        _ streams: DifferenceStreams, level: Int, literals: StoredLiterals
    ) throws(ZstdError) -> [UInt8] {
        var payload: [UInt8] = []
        var bodies: [[UInt8]] = []
        for stream in [streams.control, streams.runs, streams.values] {
            let body = try self.body(stream, level: level)
            PayloadNumbers.append(stream.count, to: &payload)
            PayloadNumbers.append(body.count, to: &payload)
            bodies.append(body)
        }
        PayloadNumbers.append(streams.literals.count, to: &payload)
        for body in bodies { payload.append(contentsOf: body) }
        literals.append(to: &payload)
        return payload
    }

    /// A stream as it is stored.
    static func body(_ stream: [UInt8], level: Int) throws(ZstdError) -> [UInt8] {
        var compressor = try ZstdCompressor(GroupCodec.settings(level: level, size: stream.count))
        let frame = try compressor.compress(stream.span)
        return frame.count < stream.count ? frame : stream
    }

    /// What ``body(_:level:)`` was made of.
    static func stream(_ body: [UInt8], count: Int) throws(ZstdError) -> [UInt8] {
        guard body.count != count else { return body }
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        return try decompressor.decompress(body.span, size: count)
    }

    /// - Parameter limit: the most bytes that any stream may have.
    static func decode(_ payload: [UInt8], limit: Int) throws -> DifferenceStreams {
        let streams = try self.streams(payload, limit: limit)
        return DifferenceStreams(control: streams[0], runs: streams[1], values: streams[2], literals: streams[3])
    }

    /// - Returns: control, runs, values and literals.
    private static func streams(_ payload: [UInt8], limit: Int) throws -> [[UInt8]] {
        var offset = 0
        var lengths: [(raw: Int, stored: Int)] = []
        for _ in 0..<3 {
            let raw = try PayloadNumbers.read(payload, &offset, atMost: limit)
            let stored = try PayloadNumbers.read(payload, &offset, atMost: raw)
            lengths.append((raw, stored))
        }
        let count = try PayloadNumbers.read(payload, &offset, atMost: limit)
        guard lengths.reduce(offset, { $0 + $1.stored }) < payload.count else {
            throw PatchError.unreadable(.invalid(what: "stream lengths", offset: offset))
        }
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        var streams: [[UInt8]] = []
        for (raw, stored) in lengths {
            let body = payload.span.extracting(offset..<offset + stored)
            if raw == stored {
                streams.append(Array(payload[offset..<offset + stored]))
            } else {
                streams.append(try decompressor.decompress(body, size: raw))
            }
            offset += stored
        }
        streams.append(try StoredLiterals.read(payload[offset...], count: count))
        return streams
    }
}

/// A modelled difference, and its literals.
enum ModelledPayload {
    static func encode(_ difference: ModelledDifference, literals: StoredLiterals) -> [UInt8] {
        var payload: [UInt8] = []
        PayloadNumbers.append(difference.literals.count, to: &payload)
        PayloadNumbers.append(literals.count, to: &payload)
        literals.append(to: &payload)
        return payload + difference.coded
    }

    static func decode(_ payload: [UInt8], limit: Int) throws -> ModelledDifference {
        var offset = 0
        let raw = try PayloadNumbers.read(payload, &offset, atMost: limit)
        let stored = try PayloadNumbers.read(payload, &offset, atMost: raw + 1)
        guard stored <= payload.count - offset else {
            throw PatchError.unreadable(.truncated(offset: payload.count))
        }
        let literals = try StoredLiterals.read(payload[offset..<offset + stored], count: raw)
        return ModelledDifference(coded: Array(payload[(offset + stored)...]), literals: literals)
    }
}

/// Varints of a payload.
enum PayloadNumbers {
    static func append(_ value: Int, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    static func read(_ bytes: [UInt8], _ offset: inout Int, atMost limit: Int) throws(PatchError) -> Int {
        var value = 0
        for shift in stride(from: 0, to: 56, by: 7) {
            guard offset < bytes.count else { throw .unreadable(.truncated(offset: offset)) }
            let byte = bytes[offset]
            offset += 1
            value |= Int(byte & 0x7F) << shift
            guard byte & 0x80 == 0 else { continue }
            guard value <= limit else { break }
            return value
        }
        throw .unreadable(.invalid(what: "payload length", offset: offset))
    }
}

import Delta
import Zstd

/// A modelled difference whose literals were opened and compressed with the content of old streams in front.
enum RecalledPayload {
    /// A payload's parts.
    struct Parts {
        /// Covers and differences, as a modelled difference has them.
        let coded: [UInt8]
        /// Bytes outside covers, closed.
        let closed: Int
        let literals: ReopenedContent
        /// Among the group's old bytes.
        let streams: OldStreams
    }

    /// - Parameters:
    ///   - body: as ``body(of:recalling:level:)`` makes it.
    static func encode(_ parts: Parts, body: [UInt8], level: Int) throws(ZstdError) -> [UInt8] {
        let descriptions = [parts.literals.description, parts.streams.description]
        let stored = try descriptions.map { description throws(ZstdError) in
            try DifferencePayload.body(description, level: level)
        }
        var payload: [UInt8] = []
        PayloadNumbers.append(parts.closed, to: &payload)
        PayloadNumbers.append(parts.literals.content.count, to: &payload)
        PayloadNumbers.append(body.count, to: &payload)
        for (description, stored) in zip(descriptions, stored) {
            PayloadNumbers.append(description.count, to: &payload)
            PayloadNumbers.append(stored.count, to: &payload)
        }
        return payload + body + stored.joined() + parts.coded
    }

    /// Opened literals compressed with `prefix` in front of them.
    static func body(of content: [UInt8], recalling prefix: [UInt8], level: Int) throws(ZstdError) -> [UInt8] {
        var compressor = try ZstdCompressor(.patch(level: level, prefix: prefix.count, size: content.count))
        return try compressor.compress(content.span, prefix: prefix.span)
    }

    /// Reads a payload, and closes its literals again.
    ///
    /// - Parameters:
    ///   - old: the group's old bytes.
    ///   - limit: the most bytes the group makes.
    static func decode(_ payload: [UInt8], old: [UInt8], limit: Int) throws -> ModelledDifference {
        var offset = 0
        let closed = try PayloadNumbers.read(payload, &offset, atMost: limit)
        let raw = try PayloadNumbers.read(payload, &offset, atMost: ReopenedContent.largest)
        var lengths = [(raw: raw, stored: try PayloadNumbers.read(payload, &offset, atMost: raw))]
        for most in [limit * 3 + 64, OldStreams.longestDescription] {
            let raw = try PayloadNumbers.read(payload, &offset, atMost: most)
            lengths.append((raw: raw, stored: try PayloadNumbers.read(payload, &offset, atMost: raw)))
        }
        guard lengths.reduce(offset, { $0 + $1.stored }) <= payload.count else {
            throw PatchError.unreadable(.truncated(offset: payload.count))
        }
        let body = offset..<offset + lengths[0].stored
        offset = body.upperBound
        var descriptions: [[UInt8]] = []
        for (raw, stored) in lengths[1...] {
            let range = offset..<offset + stored
            descriptions.append(try DifferencePayload.stream(Array(payload[range]), count: raw))
            offset = range.upperBound
        }
        let streams = try OldStreams(description: descriptions[1], old: old.count)
        guard old.count + streams.length + raw <= PatchLimits.opened else {
            throw PatchError.unreadable(.invalid(what: "old content", offset: offset))
        }
        let literals = try self.literals(
            Array(payload[body]), recalling: try streams.content(in: old.span), count: raw)
        let content = try ReopenedContent(content: literals, description: descriptions[0])
        return ModelledDifference(coded: Array(payload[offset...]), literals: try content.closed(count: closed))
    }

    /// What ``body(of:recalling:level:)`` was made of.
    private static func literals(_ body: [UInt8], recalling prefix: [UInt8], count: Int) throws(ZstdError) -> [UInt8] {
        var decompressor = try ZstdDecompressor(windowLogMax: 27)
        return try decompressor.decompress(body.span, prefix: prefix.span, size: count)
    }
}

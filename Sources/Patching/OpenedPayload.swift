import Delta
import Zstd

/// What tells new bytes by old ones after deflate streams on both sides were opened.
struct OpenedPayload {
    /// How the opened bytes are told: any method but ``PatchMethod/opened``.
    let method: PatchMethod
    /// Of `method`, for a group whose one output and one input are the opened bytes.
    let payload: [UInt8]
    /// Opened new bytes.
    let length: Int
    /// As ``ContentRegions/description`` makes it.
    let regions: [UInt8]
    /// As ``OldStreams/description`` makes it.
    let places: [UInt8]

    func encoded(level: Int) throws(ZstdError) -> [UInt8] {
        var bytes: [UInt8] = []
        PayloadNumbers.append(self.method.rawValue, to: &bytes)
        PayloadNumbers.append(self.length, to: &bytes)
        var bodies: [UInt8] = []
        for description in [self.regions, self.places] {
            let body = try DifferencePayload.body(description, level: level)
            PayloadNumbers.append(description.count, to: &bytes)
            PayloadNumbers.append(body.count, to: &bytes)
            bodies += body
        }
        return bytes + bodies + self.payload
    }

    /// - Parameter encoded: as ``encoded(level:)`` makes it, from anywhere.
    init(_ encoded: [UInt8]) throws {
        var offset = 0
        let number = try PayloadNumbers.read(encoded, &offset, atMost: PatchMethod.opened.rawValue - 1)
        guard let method = PatchMethod(rawValue: number) else {
            throw PatchError.unreadable(.invalid(what: "method", offset: 0))
        }
        self.method = method
        self.length = try PayloadNumbers.read(encoded, &offset, atMost: ReopenedContent.largest)
        var lengths: [(raw: Int, stored: Int)] = []
        for longest in [ContentRegions.longestDescription, OldStreams.longestDescription] {
            let raw = try PayloadNumbers.read(encoded, &offset, atMost: longest)
            lengths.append((raw, try PayloadNumbers.read(encoded, &offset, atMost: raw)))
        }
        guard lengths.reduce(offset, { $0 + $1.stored }) <= encoded.count else {
            throw PatchError.unreadable(.truncated(offset: encoded.count))
        }
        let descriptions = try lengths.map { length in
            defer { offset += length.stored }
            return try DifferencePayload.stream(
                Array(encoded[offset..<offset + length.stored]), count: length.raw)
        }
        self.regions = descriptions[0]
        self.places = descriptions[1]
        self.payload = Array(encoded[offset...])
    }

    init(method: PatchMethod, payload: [UInt8], new: ReopenedContent, old: OldStreams) {
        self.method = method
        self.payload = payload
        self.length = new.content.count
        self.regions = new.regions.description
        self.places = old.description
    }

    /// Makes the group's bytes from the inputs in `room`, as its output, unverified.
    ///
    /// - Parameter count: bytes the group makes.
    func apply(count: Int, in room: inout PatchRoom) throws {
        let old = try OldStreams(description: self.places, old: room.inputs.count).opened(room.inputs.span)
        // The closed bytes have served, and so has what the group before made.
        room.output = []
        room.inputs = old.bytes
        let regions = try ContentRegions(description: self.regions, length: self.length)
        try GroupCodec.decode(
            self.payload, method: self.method, outputs: regions.extents, inputs: old.extents, in: &room)
        room.inputs = []
        room.output = try ReopenedContent(content: room.takeOutput(), regions: regions).closed(count: count)
    }
}

import Content

/// The list of a patch's groups, which stands behind their payloads.
public struct PatchIndex: Equatable, Sendable {
    /// Groups that make bytes which other groups read, and no file.
    public let shared: [PatchGroup]
    public let groups: [PatchGroup]

    public init(shared: [PatchGroup], groups: [PatchGroup]) {
        self.shared = shared
        self.groups = groups
    }

    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(varint: self.shared.count)
        bytes.append(varint: self.groups.count)
        for group in self.shared + self.groups {
            bytes.append(varint: group.method.rawValue)
            bytes.append(varint: group.payload)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: group.payloadCheck >> shift))
            }
            bytes.append(contentsOf: group.digest.bytes)
            Self.append(group.outputs, to: &bytes)
            Self.append(group.inputs, to: &bytes)
        }
        return bytes
    }

    private static func append(_ extents: [PatchExtent], to bytes: inout [UInt8]) {
        bytes.append(varint: extents.count)
        var file = 0
        for extent in extents {
            bytes.append(zigzag: extent.file - file)
            bytes.append(varint: Int(extent.offset))
            bytes.append(varint: extent.length)
            file = extent.file
        }
    }

    /// Reads what ``encoded()`` wrote.
    ///
    /// - Parameters:
    ///   - payloads: where the payloads lie in the patch; together the groups' must fill it.
    ///   - elsewhere: shared groups that inputs may name though another list has them: of a part of a patch.
    /// - Throws: ``DeltaError``. Nothing is allocated that the bytes do not hold.
    public init(
        _ bytes: [UInt8], payloads: Range<Int64>, sharedElsewhere elsewhere: Int = 0
    ) throws(DeltaError) {
        guard bytes.count <= PatchLimits.index else { throw .invalid(what: "index length", offset: 0) }
        var reader = BoundedReader(bytes)
        let sharedCount = try reader.readInt("shared count", atMost: PatchLimits.shared)
        let count = try reader.readInt("group count", atMost: min(PatchLimits.groups, bytes.count / 44))
        var groups: [PatchGroup] = []
        groups.reserveCapacity(sharedCount + count)
        var offset = payloads.lowerBound
        for number in 0..<sharedCount + count {
            // Shared groups read old files only, so what a group needs is one step away.
            let isShared = number < sharedCount
            let start = reader.offset
            guard let method = PatchMethod(rawValue: try reader.readInt("method", atMost: 255)) else {
                throw .invalid(what: "method", offset: start)
            }
            let left = Int(payloads.upperBound - offset)
            let payload = try reader.readInt("payload length", atMost: min(left, PatchLimits.output + 1 << 16))
            var check: UInt64 = 0
            for byte in try reader.readBytes(8) { check = check << 8 | UInt64(byte) }
            let digest = Digest(bytes: try reader.readBytes(Digest.length))
            let outputs = try Self.readExtents(&reader, total: PatchLimits.output, shared: isShared ? 1 : 0, "output")
            let inputs = try Self.readExtents(
                &reader, total: PatchLimits.input, shared: isShared ? 0 : sharedCount + elsewhere, "input")
            guard !isShared || outputs.count == 1 && outputs[0].file == -1 else {
                throw .invalid(what: "shared output", offset: start)
            }
            groups.append(
                PatchGroup(
                    outputs: outputs, inputs: inputs, method: method, offset: offset, payload: payload,
                    payloadCheck: check, digest: digest))
            offset += Int64(payload)
        }
        guard reader.remaining == 0 else { throw .invalid(what: "index", offset: reader.offset) }
        guard offset == payloads.upperBound else { throw .invalid(what: "payload length", offset: reader.offset) }
        self.shared = Array(groups[..<sharedCount])
        self.groups = Array(groups[sharedCount...])
    }

    private static func readExtents(
        _ reader: inout BoundedReader, total: Int, shared: Int, _ what: String
    ) throws(DeltaError) -> [PatchExtent] {
        let count = try reader.readInt("\(what) count", atMost: min(PatchLimits.extents, reader.remaining / 3))
        var extents: [PatchExtent] = []
        extents.reserveCapacity(count)
        var file = 0
        var left = total
        for _ in 0..<count {
            let start = reader.offset
            file += try reader.readSigned("\(what) file", magnitude: PatchLimits.files + PatchLimits.shared)
            guard file >= -shared, file <= PatchLimits.files else {
                throw .invalid(what: "\(what) file", offset: start)
            }
            let offset = try reader.readInt("\(what) offset", atMost: PatchLimits.size)
            let length = try reader.readInt("\(what) length", atMost: left)
            guard length > 0 else { throw .invalid(what: "\(what) length", offset: reader.offset) }
            extents.append(PatchExtent(file: file, offset: Int64(offset), length: length))
            left -= length
        }
        return extents
    }
}

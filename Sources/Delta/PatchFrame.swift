public import Content

/// The fixed parts of a patch: what stands before the payloads, and what ends the file.
public enum PatchFrame {
    /// `SLPATCH`, then the version of the format.
    public static let magic: [UInt8] = Array("SLPATCH".utf8)
    public static let version: UInt8 = 1
    /// Magic, version, and the digests of both manifests.
    public static let headerLength = 8 + 2 * Digest.length
    /// Length of the index, and the SHA-256 of header and index.
    public static let trailerLength = 8 + Digest.length

    /// The first bytes of a patch.
    public static func header(from: Digest, to: Digest) -> [UInt8] {
        self.magic + [self.version] + from.bytes + to.bytes
    }

    /// Reads the first ``headerLength`` bytes of a patch.
    ///
    /// - Throws: ``DeltaError/notAPatch``, ``DeltaError/unsupportedVersion(_:)``, ``DeltaError/truncated(offset:)``.
    public static func readHeader(_ bytes: [UInt8]) throws(DeltaError) -> (from: Digest, to: Digest) {
        var reader = BoundedReader(bytes)
        guard try reader.readBytes(self.magic.count) == self.magic else { throw .notAPatch }
        let version = try reader.readByte()
        guard version == self.version else { throw .unsupportedVersion(UInt64(version)) }
        let from = Digest(bytes: try reader.readBytes(Digest.length))
        let to = Digest(bytes: try reader.readBytes(Digest.length))
        return (from, to)
    }

    /// The last bytes of a patch.
    ///
    /// - Parameter digest: SHA-256 of header and index, one after the other.
    public static func trailer(indexLength: Int, digest: Digest) -> [UInt8] {
        var bytes: [UInt8] = []
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: indexLength >> shift)) }
        return bytes + digest.bytes
    }

    /// Reads the last ``trailerLength`` bytes of a patch of `size` bytes.
    public static func readTrailer(
        _ bytes: [UInt8], size: Int64
    ) throws(DeltaError) -> (indexLength: Int, digest: Digest) {
        var reader = BoundedReader(bytes)
        var length: UInt64 = 0
        for byte in try reader.readBytes(8) { length = length << 8 | UInt64(byte) }
        let room = size - Int64(self.headerLength + self.trailerLength)
        guard room >= 0, length <= UInt64(min(room, Int64(PatchLimits.index))) else {
            throw .invalid(what: "index length", offset: 0)
        }
        return (Int(length), Digest(bytes: try reader.readBytes(Digest.length)))
    }
}

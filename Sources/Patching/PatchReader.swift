public import Content
public import Delta
import Digests
import Zstd

/// A patch that can be applied, group by group, in any order and by any number of threads.
public struct PatchReader: Sendable {
    private let source: any ByteSource
    /// SHA-256 of the manifest the patch starts from.
    public let from: Digest
    /// SHA-256 of the manifest it leads to.
    public let to: Digest
    public let groups: [PatchGroup]
    private let shared: SharedBytes

    /// Reads the description of a patch, which is checked whole; payloads are read as groups are applied.
    ///
    /// - Throws: ``PatchError/unreadable(_:)`` or ``PatchError/damagedIndex``, or as `source` does.
    public init(_ source: any ByteSource) throws {
        self.source = source
        let least = Int64(PatchFrame.headerLength + PatchFrame.trailerLength)
        guard source.size >= least, source.size <= Int64(PatchLimits.size) else {
            throw PatchError.unreadable(.truncated(offset: Int(clamping: source.size)))
        }
        let header = try source.read(PatchFrame.headerLength, at: 0)
        let trailerStart = source.size - Int64(PatchFrame.trailerLength)
        let trailer = try source.read(PatchFrame.trailerLength, at: trailerStart)
        let indexLength: Int
        let digest: Digest
        do throws(DeltaError) {
            (self.from, self.to) = try PatchFrame.readHeader(header)
            (indexLength, digest) = try PatchFrame.readTrailer(trailer, size: source.size)
        } catch {
            throw PatchError.unreadable(error)
        }
        let indexStart = trailerStart - Int64(indexLength)
        let index = try source.read(indexLength, at: indexStart)
        guard Self.digest(header: header, index: index) == digest else { throw PatchError.damagedIndex }
        do throws(DeltaError) {
            let payloads = Int64(PatchFrame.headerLength)..<indexStart
            let index = try PatchIndex(index, payloads: payloads)
            self.groups = index.groups
            self.shared = SharedBytes(groups: index.shared)
        } catch {
            throw PatchError.unreadable(error)
        }
    }

    /// Makes the new bytes of one group: its outputs, one after the other.
    ///
    /// Reads the payload and the group's inputs and nothing else, so groups are applied alone and again at will.
    ///
    /// - Parameter old: the file of the old version with this index in its manifest.
    /// - Returns: bytes whose SHA-256 is the group's.
    /// - Throws: ``PatchError``, or as the sources and `old` do. Nothing of a failed group may be used.
    public func apply(_ group: PatchGroup, old: (Int) throws -> any ByteSource) throws -> [UInt8] {
        var room = PatchRoom()
        try self.apply(group, old: old, in: &room)
        return room.output
    }

    /// Makes the new bytes of one group as the output of `room`.
    ///
    /// - Throws: as ``apply(_:old:)``.
    public func apply(
        _ group: PatchGroup, old: (Int) throws -> any ByteSource, in room: inout PatchRoom
    ) throws {
        let payload = try self.source.read(group.payload, at: group.offset)
        guard Self.check(payload) == group.payloadCheck else { throw PatchError.damagedPayload(offset: group.offset) }
        try PatchView(
            parts: group.inputs.map { extent in
                let source: any ByteSource =
                    extent.file < 0
                    ? try self.shared.source(-1 - extent.file) { try self.apply($0, old: old) } : try old(extent.file)
                return PatchView.Part(
                    file: extent.file, source: source, offset: extent.offset, length: extent.length)
            }
        ).read(into: &room.inputs)
        try Self.decode(payload, group, in: &room)
        let digest = Digest.sha256(of: room.output)
        guard digest == group.digest else { throw PatchError.wrongResult(expected: group.digest, got: digest) }
    }

    private static func decode(_ payload: [UInt8], _ group: PatchGroup, in room: inout PatchRoom) throws {
        do {
            try GroupCodec.decode(payload, group: group, in: &room)
        } catch let error as DeltaError {
            throw PatchError.unreadable(error)
        } catch ZstdError.outOfMemory {
            throw PatchError.outOfMemory
        } catch is ZstdError {
            // The payload is whole, so either it was made to harm, or the prefix is not the one it was made with.
            throw PatchError.unreadable(.invalid(what: "zstd frame", offset: Int(clamping: group.offset)))
        }
    }

    /// The first eight bytes of a payload's SHA-256.
    static func check(_ payload: [UInt8]) -> UInt64 {
        Digest.sha256(of: payload).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    static func digest(header: [UInt8], index: [UInt8]) -> Digest {
        var hasher = SHA256Hasher()
        hasher.update(header)
        hasher.update(index)
        return hasher.finish()
    }
}

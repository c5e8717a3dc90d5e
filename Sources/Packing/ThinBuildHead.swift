import Content
import Digests
import Zstd

/// What a thin build begins with: how to read the index after it.
struct ThinBuildHead: Equatable {
    static let magic: [UInt8] = Array("SLWT".utf8)
    /// The format this program writes, and the latest it reads.
    static let format = 1
    static let length = 46

    let cuts: Int
    /// Bytes of the index.
    let size: Int
    /// Bytes of the index as one zstd frame.
    let storedSize: Int
    /// SHA-256 of the index.
    let digest: Digest

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.write(bytes: Self.magic)
        writer.write(byte: UInt8(Self.format))
        writer.write(byte: UInt8(self.cuts))
        writer.write(fixed: UInt32(self.size))
        writer.write(fixed: UInt32(self.storedSize))
        writer.write(self.digest)
        return writer.bytes
    }

    init(cuts: Int, index: [UInt8], stored: [UInt8]) {
        self.cuts = cuts
        self.size = index.count
        self.storedSize = stored.count
        self.digest = Digest.sha256(of: index)
    }

    init(decoding bytes: [UInt8]) throws(ThinBuildError) {
        guard bytes.starts(with: Self.magic) else { throw .notAThinBuild }
        var reader = ByteReader(bytes, at: Self.magic.count)
        do throws(ManifestError) {
            let format = Int(try reader.readByte())
            guard format == Self.format else { throw ManifestError.unsupportedFormat(format) }
            self.cuts = Int(try reader.readByte())
            self.size = Int(try reader.readFixed(as: UInt32.self))
            self.storedSize = Int(try reader.readFixed(as: UInt32.self))
            self.digest = try reader.readDigest()
        } catch {
            if case .unsupportedFormat(let format) = error { throw .unsupportedFormat(format) }
            throw .invalid(error)
        }
        guard self.size <= ThinBuild.Limit.index, self.storedSize <= ThinBuild.Limit.index + (1 << 20) else {
            throw .invalid(.invalid(what: "size of the index", offset: 6))
        }
    }
}

public import Content
public import Digests
import Zstd

/// A manifest as it is stored and served: compressed and signed. The form is in `Sources/Content/README.md`.
public enum ManifestEnvelope {
    static let magic: [UInt8] = Array("SLWE".utf8)
    static let format: UInt8 = 1
    static let context: [UInt8] = Array("slipway-manifest-v1".utf8) + [0]
    static let keyIDLength = 8
    /// The largest manifest, before compression.
    static let largest = 2 << 30

    /// A sealed manifest.
    public struct Sealed: Equatable, Sendable {
        /// The envelope.
        public let bytes: [UInt8]
        /// The manifest digest: SHA-256 of the canonical manifest.
        public let digest: Digest
    }

    /// Compresses and signs. The same manifest and key give the same bytes.
    public static func seal(_ manifest: Manifest, with key: Ed25519.SigningKey) throws -> Sealed {
        try self.seal(payload: manifest.encoded(), with: key)
    }

    /// The same for a manifest that is there as its canonical bytes.
    public static func seal(payload: [UInt8], with key: Ed25519.SigningKey) throws -> Sealed {
        let digest = Digest.sha256(of: payload)
        var compressor = try ZstdCompressor(ZstdSettings(level: 9))
        var writer = ByteWriter()
        writer.write(bytes: self.magic)
        writer.write(byte: self.format)
        writer.write(bytes: self.keyID(of: key.verifyingKey))
        writer.write(bytes: try key.sign(self.context + digest.bytes))
        writer.write(varint: payload.count)
        writer.write(bytes: try compressor.compress(payload.span))
        return Sealed(bytes: writer.bytes, digest: digest)
    }

    /// Verifies and reads an envelope.
    ///
    /// - Parameter keys: the keys whose word counts; a retired one may stand beside its successor.
    /// - Returns: the manifest and its digest.
    public static func open(
        _ bytes: [UInt8], trusting keys: [Ed25519.VerifyingKey]
    ) throws(ManifestSigningError) -> (manifest: Manifest, digest: Digest) {
        let (payload, digest) = try self.verifiedPayload(of: bytes, trusting: keys)
        do {
            return (try Manifest(decoding: payload), digest)
        } catch {
            throw .unreadable(error)
        }
    }

    private static func verifiedPayload(
        of bytes: [UInt8], trusting keys: [Ed25519.VerifyingKey]
    ) throws(ManifestSigningError) -> (payload: [UInt8], digest: Digest) {
        let head = try self.head(of: bytes)
        guard let key = keys.first(where: { self.keyID(of: $0) == head.keyID }) else {
            throw .unknownKey(id: Hexadecimal.encode(head.keyID))
        }
        let payload: [UInt8]
        do {
            var decompressor = try ZstdDecompressor(windowLogMax: 31)
            payload = try decompressor.decompress(bytes.span.extracting(head.frame), size: head.size)
        } catch {
            throw .corrupt(reason: "\(error)")
        }
        let digest = Digest.sha256(of: payload)
        guard key.isValid(head.signature, for: self.context + digest.bytes) else { throw .badSignature }
        return (payload, digest)
    }

    private struct Head {
        let keyID: [UInt8]
        let signature: [UInt8]
        let size: Int
        let frame: Range<Int>
    }

    private static func head(of bytes: [UInt8]) throws(ManifestSigningError) -> Head {
        var reader = ByteReader(bytes)
        do {
            guard try reader.readBytes(self.magic.count) == self.magic else { throw ManifestError.notAManifest }
            let format = try reader.readByte()
            guard format == self.format else { throw ManifestError.unsupportedFormat(Int(format)) }
            let keyID = try reader.readBytes(self.keyIDLength)
            let signature = try reader.readBytes(Ed25519.signatureLength)
            let size = try reader.readInt("size", atMost: self.largest)
            return Head(keyID: keyID, signature: signature, size: size, frame: reader.offset..<bytes.count)
        } catch ManifestError.unsupportedFormat(let format) {
            throw .unsupportedFormat(format)
        } catch {
            throw .notAnEnvelope
        }
    }

    /// The first bytes of the SHA-256 of the public key.
    private static func keyID(of key: Ed25519.VerifyingKey) -> [UInt8] {
        Array(Digest.sha256(of: key.bytes).bytes.prefix(self.keyIDLength))
    }
}

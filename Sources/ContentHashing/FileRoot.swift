public import Content
import Digests

/// The digest of a file: the root over its chunks.
///
/// Each byte is hashed once, as part of its chunk, and a file is verified chunk by chunk. The form is described in
/// `Sources/Content/README.md`; it never changes.
public enum FileRoot {
    private static let tag: [UInt8] = Array("slipway-file-v1".utf8) + [0]

    /// - Parameter chunks: digest and length of each chunk, in file order; none for an empty file.
    public static func digest(of chunks: some Sequence<(digest: Digest, length: Int)>) -> Digest {
        var size: Int64 = 0
        var list = ByteWriter()
        for chunk in chunks {
            size += Int64(chunk.length)
            list.write(chunk.digest)
            list.write(fixed: UInt32(chunk.length))
        }
        var head = ByteWriter()
        head.write(bytes: self.tag)
        head.write(fixed: size)
        var hasher = SHA256Hasher()
        hasher.update(head.bytes)
        hasher.update(list.bytes)
        return hasher.finish()
    }
}

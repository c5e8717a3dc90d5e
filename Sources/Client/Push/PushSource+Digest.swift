import Content
import Digests

extension PushSource {
    /// The digest of all bytes.
    ///
    /// Blocks as long as reading them takes.
    func digest(onBytes: (Int) -> Void) throws -> Digest {
        var hasher = SHA256Hasher()
        var position: Int64 = 0
        while position < self.size {
            try Task.checkCancellation()
            let bytes = try self.read(Int(min(8 << 20, self.size - position)), at: position)
            hasher.update(bytes)
            onBytes(bytes.count)
            position += Int64(bytes.count)
        }
        return hasher.finish()
    }
}

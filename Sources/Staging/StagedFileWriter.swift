public import Content
import Glibc

/// Writes one file into staging, first byte to last.
///
/// The file is there from the start, so a reader must wait until ``close()`` has returned. Dropped without that, it
/// stays as far as it was written, until the build is wiped.
public struct StagedFileWriter: ~Copyable {
    public let path: BuildPath
    /// Bytes written so far, those of an earlier writer included.
    public private(set) var size: Int64

    private let descriptor: Descriptor

    init(_ descriptor: Descriptor, path: BuildPath, size: Int64 = 0) {
        self.descriptor = descriptor
        self.path = path
        self.size = size
    }

    /// Appends all of `bytes`.
    ///
    /// - Throws: ``StagingError/diskFull(needed:free:)`` or ``StagingError/diskFailed(call:)``. The file is useless
    ///   then.
    public mutating func write(_ bytes: Span<UInt8>) throws(StagingError) {
        let number = self.descriptor.number
        let name = self.path.text
        try unsafe bytes.withUnsafeBytes { bytes throws(StagingError) in
            var done = 0
            while done < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = unsafe Glibc.write(number, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    let error = StagingError.last("write", name)
                    guard case .diskFull = error else { throw error }
                    throw .diskFull(needed: ByteCount(rest.count), free: FileSystem.free(on: number))
                }
                done += count
            }
        }
        self.size += Int64(bytes.count)
    }

    /// Ends the file.
    ///
    /// Its bytes reach the disk at ``BuildStaging/flush()`` at the latest.
    ///
    /// - Returns: the file's size.
    @discardableResult
    public consuming func close() -> Int64 { self.size }
}

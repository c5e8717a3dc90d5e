public import Content
import FoundationEssentials
import Glibc
import Synchronization

/// A folder on local disk that holds the builds between upload and transfer.
///
/// Everything is done by descriptors below that folder, and no link inside is ever followed: whoever writes there can
/// spoil builds, but not lead us elsewhere. Several processes may use the same folder for different versions.
public final class StagingArea: Sendable {
    /// Kept free, for the database and logs that may share the disk.
    public let watermark: ByteCount

    private static let trashName = FileName(".trash")

    private let root: Descriptor
    private let trash: Trash
    /// Bytes promised to builds and not yet written.
    private let promised = Mutex<Int64>(0)

    /// Opens the folder, and makes it if only the last part of its path is missing.
    public init(root: String, watermark: ByteCount) throws(StagingError) {
        guard unsafe mkdir(root, 0o700) == 0 || errno == EEXIST else { throw .last("mkdir", root) }
        let number = unsafe open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw .last("open", root) }
        self.root = Descriptor(number)
        self.watermark = watermark
        self.trash = Trash(try self.root.makeDirectory(Self.trashName))
    }

    /// The staging of one version, made if it is not there yet.
    public func build(_ version: VersionID) throws(StagingError) -> BuildStaging {
        try BuildStaging(version, in: self.root, trash: self.trash)
    }

    /// The staging of one version, if this disk has it.
    public func existing(_ version: VersionID) -> BuildStaging? {
        guard (try? self.root.openDirectory(FileName(version.description))) != nil else { return nil }
        return try? BuildStaging(version, in: self.root, trash: self.trash)
    }

    /// A folder for jobs that work on no staged build.
    ///
    /// - Parameter isKept: whether what others left in it stays, or it begins empty.
    public func scratch(_ name: String, isKept: Bool = false) throws(StagingError) -> StagingScratch {
        try StagingScratch(name, in: self.root, trash: self.trash, isKept: isKept)
    }

    /// Names of the folders for jobs that begin so.
    public func scratches(prefix: String) throws(StagingError) -> [String] {
        try self.root.names(atMost: .max).map(\.text).filter { $0.hasPrefix(StagingScratch.prefix + prefix) }
            .map { String($0.dropFirst(StagingScratch.prefix.count)) }.sorted()
    }

    /// Removes a folder for jobs, if there is such a one.
    public func removeScratch(_ name: String) throws(StagingError) {
        if try self.trash.take(FileName(StagingScratch.prefix + name), from: self.root) { try self.trash.empty() }
    }

    /// Bytes that may still be written, not counting what is below the watermark or promised.
    public var freeBytes: ByteCount {
        let free = FileSystem.free(on: self.root.number).bytes - self.watermark.bytes
        return ByteCount(max(0, free - self.promised.withLock { $0 }))
    }

    /// Promises room to a build, so that two builds cannot both count on the same bytes.
    ///
    /// - Throws: ``StagingError/diskFull(needed:free:)``.
    public func reserve(_ count: ByteCount) throws(StagingError) -> StagingReservation {
        let free = FileSystem.free(on: self.root.number).bytes - self.watermark.bytes
        let left = self.promised.withLock { promised -> Int64? in
            guard count.bytes <= free - promised else { return max(0, free - promised) }
            promised += count.bytes
            return nil
        }
        if let left { throw .diskFull(needed: count, free: ByteCount(left)) }
        return StagingReservation(count, of: self)
    }

    func release(_ count: Int64) { self.promised.withLock { $0 -= count } }

    /// Every version that has staging here, and how long ago it was made or touched.
    ///
    /// - Returns: ordered by version.
    public func list() throws(StagingError) -> [StagedBuild] {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        var builds: [StagedBuild] = []
        for name in try self.root.names(atMost: .max) {
            guard let version = VersionID(name.text), version.description == name.text else { continue }
            var status = stat()
            // One that has gone since is no build any more.
            guard unsafe fstatat(self.root.number, name.bytes, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            guard status.st_mode & S_IFMT == S_IFDIR else { continue }
            let age =
                Duration.seconds(now.tv_sec - status.st_mtim.tv_sec)
                + .nanoseconds(now.tv_nsec - status.st_mtim.tv_nsec)
            builds.append(StagedBuild(version: version, age: max(age, .zero)))
        }
        return builds.sorted { $0.version < $1.version }
    }

    /// Removes a version's staging, if there is any.
    ///
    /// It is out of the way at once, whatever happens while its files are deleted: what a crash leaves is deleted by
    /// ``emptyTrash()``.
    public func remove(_ version: VersionID) throws(StagingError) {
        if try self.trash.take(FileName(version.description), from: self.root) { try self.trash.empty() }
    }

    /// Deletes what was removed but not deleted, as after a crash; quick when there is nothing.
    public func emptyTrash() throws(StagingError) { try self.trash.empty() }
}

/// A version that has staging on this disk.
public struct StagedBuild: Equatable, Sendable {
    public let version: VersionID
    /// Since it was made or touched.
    public let age: Duration
}

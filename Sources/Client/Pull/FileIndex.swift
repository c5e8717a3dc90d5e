import Content
import LocalFiles

/// What the installed files looked like when their content was last known, so that unchanged ones need not be read.
///
/// Only ever a short cut: whatever it does not know is read and hashed. A file counts as unchanged when its size, times
/// and inode are what they were; damage that leaves them alone is found by `slipway verify`.
struct FileIndex: Equatable, Sendable {
    private struct Stamp: Equatable {
        let size: Int64
        let modified: Int64
        let changed: Int64
        let inode: UInt64

        init(size: Int64, modified: Int64, changed: Int64, inode: UInt64) {
            self.size = size
            self.modified = modified
            self.changed = changed
            self.inode = inode
        }

        init(_ status: FileStatus) {
            self.init(
                size: status.size, modified: status.modified, changed: status.changed, inode: status.inode)
        }
    }

    private static let header = "slipway-index 1"

    private var files: [String: (stamp: Stamp, digest: Digest)] = [:]

    init() {}

    /// - Returns: nil when the file is not what it was, or was never known.
    func digest(of path: BuildPath, _ status: FileStatus) -> Digest? {
        guard let known = self.files[path.text], known.stamp == Stamp(status) else { return nil }
        return known.digest
    }

    mutating func set(_ digest: Digest, for path: BuildPath, _ status: FileStatus) {
        self.files[path.text] = (Stamp(status), digest)
    }

    /// One line a file: size, modified, changed, inode, digest, path.
    func encoded() -> [UInt8] {
        var text = self.header + "\n"
        for (path, file) in self.files.sorted(by: { $0.key < $1.key }) {
            let stamp = file.stamp
            text += "\(stamp.size) \(stamp.modified) \(stamp.changed) \(stamp.inode) \(file.digest) \(path)\n"
        }
        return Array(text.utf8)
    }

    private var header: String { Self.header }

    /// Reads what ``encoded()`` wrote.
    ///
    /// What it cannot read it does not know.
    init(decoding bytes: [UInt8]) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"))[...]
        guard lines.popFirst().map({ String(decoding: $0, as: UTF8.self) }) == Self.header else { return }
        for line in lines {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5).map {
                String(decoding: $0, as: UTF8.self)
            }
            guard fields.count == 6, let size = Int64(fields[0]), let modified = Int64(fields[1]),
                let changed = Int64(fields[2]), let inode = UInt64(fields[3]), let digest = Digest(fields[4])
            else { continue }
            self.files[fields[5]] = (Stamp(size: size, modified: modified, changed: changed, inode: inode), digest)
        }
    }

    static func == (left: FileIndex, right: FileIndex) -> Bool { left.encoded() == right.encoded() }
}

import FoundationEssentials
import Glibc

/// A directory of our own, removed with the last reference.
final class TemporaryDirectory: Sendable {
    let path: String

    init(below parent: String) throws(ScanError) {
        do {
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw .directoryUnusable(path: parent, reason: "\(error)")
        }
        var template = Array("\(parent)/slipway-scanner-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw .directoryUnusable(path: parent, reason: unsafe String(cString: strerror(errno)))
        }
        self.path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { self.remove() }

    func remove() { try? FileManager.default.removeItem(atPath: self.path) }
}

import Foundation
import LocalFiles

/// Runs a test in a new folder and removes it afterwards.
func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("slipway-client-\(UUID().uuidString)")
        .path
    try FileSystem.makeDirectories(folder)
    let root = FileSystem.realPath(of: folder) ?? folder
    do {
        let value = try await body(root)
        try FileSystem.removeTree(root)
        return value
    } catch {
        try FileSystem.removeTree(root)
        throw error
    }
}

/// Writes a file and the folders above it.
func write(_ bytes: [UInt8], to path: String, executable: Bool = false) throws {
    if let slash = path.lastIndex(of: "/") { try FileSystem.makeDirectories(String(path[..<slash])) }
    try FileSystem.remove(path)
    let file = try LocalFile(path, mode: .update)
    try file.write(bytes.span, at: 0)
    try file.setPermissions(executable ? 0o755 : 0o644)
}

/// Everything below a folder but our own state: path to what stands there.
func tree(of folder: String) throws -> [String: String] {
    var found: [String: String] = [:]
    var ahead = [""]
    while let prefix = ahead.popLast() {
        for item in try FileSystem.list("\(folder)/\(prefix)") where prefix + item.displayName != ".slipway" {
            let path = prefix + item.displayName
            guard let status = try FileSystem.status(of: "\(folder)/\(path)") else { continue }
            switch status.kind {
            case .directory:
                found[path] = "directory"
                ahead.append("\(path)/")
            case .symlink: found[path] = "link to \(try FileSystem.target(ofLink: "\(folder)/\(path)") ?? "?")"
            case .file:
                let bytes = try LocalFile("\(folder)/\(path)", mode: .read).read(Int(status.size), at: 0)
                found[path] = "\(status.isExecutable ? "program" : "file") \(bytes.hashValue) \(bytes.count)"
            case .other: found[path] = "other"
            }
        }
    }
    return found
}

extension SyntheticBuild {
    /// What ``tree(of:)`` gives when the build is installed and nothing else is there.
    var tree: [String: String] {
        var found: [String: String] = [:]
        for (path, item) in self.items {
            switch item {
            case .file(let bytes, let executable):
                found[path] = "\(executable ? "program" : "file") \(bytes.hashValue) \(bytes.count)"
            case .directory: found[path] = "directory"
            case .symlink(let target): found[path] = "link to \(target)"
            }
            let parts = path.split(separator: "/").dropLast()
            for count in 0..<parts.count { found[parts[...count].joined(separator: "/")] = "directory" }
        }
        return found
    }

    /// Writes the build into a folder.
    func write(to folder: String) throws {
        for (path, item) in self.items {
            let location = "\(folder)/\(path)"
            switch item {
            case .file(let bytes, let executable): try ClientTests.write(bytes, to: location, executable: executable)
            case .directory: try FileSystem.makeDirectories(location)
            case .symlink(let target):
                if let slash = location.lastIndex(of: "/") {
                    try FileSystem.makeDirectories(String(location[..<slash]))
                }
                try FileSystem.makeLink(location, to: target)
            }
        }
    }
}

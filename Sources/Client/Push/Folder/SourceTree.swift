import Content
import LocalFiles

/// The files of a folder that is to be pushed, checked before anything is sent.
public struct SourceTree: Sendable {
    /// What tells that a file was touched.
    struct Stamp: Equatable, Sendable {
        let size: Int64
        let modified: Int64
        let changed: Int64
        let inode: UInt64

        init(_ status: FileStatus) {
            self.size = status.size
            self.modified = status.modified
            self.changed = status.changed
            self.inode = status.inode
        }

        init(size: Int64, modified: Int64, changed: Int64, inode: UInt64) {
            self.size = size
            self.modified = modified
            self.changed = changed
            self.inode = inode
        }
    }

    /// The folder, absolute, links followed.
    public let root: String
    /// Ordered by path.
    public let entries: [SourceEntry]
    /// Of each entry.
    let stamps: [Stamp]

    /// Bytes in all files.
    public var contentSize: Int64 { self.entries.reduce(0) { $0 + $1.size } }

    /// Lists a folder.
    ///
    /// Blocks; opens no file.
    ///
    /// Our own `.slipway` folder at the root is left out, and so is what `.slipwayignore` files say.
    ///
    /// - Throws: ``ClientError/unusableTree(_:)`` with every problem there is, ``ClientError/nothingToPush(_:)``, or
    ///   ``LocalFileError``.
    public init(scanning path: String, options: SourceOptions = SourceOptions()) throws {
        guard let root = FileSystem.realPath(of: path) else { throw ClientError.noSuchPath(path) }
        var scan = Scan(root: root, options: options)
        try scan.run()
        guard scan.problems.isEmpty else {
            throw ClientError.unusableTree(scan.problems.sorted { $0.path < $1.path })
        }
        guard !scan.found.isEmpty else { throw ClientError.nothingToPush(path) }
        let found = scan.found.sorted { $0.entry.path < $1.entry.path }
        self.root = root
        self.entries = found.map(\.entry)
        self.stamps = found.map(\.stamp)
    }

    /// Where an entry's file lies.
    func location(of entry: Int) -> String { "\(self.root)/\(self.entries[entry].path.text)" }
}

/// One walk over a folder.
private struct Scan {
    let root: String
    let options: SourceOptions
    let executables: IgnoreRules
    var found: [(entry: SourceEntry, stamp: SourceTree.Stamp)] = []
    var problems: [SourceProblem] = []
    var paths = PathSet()
    var links = LinkSet()

    init(root: String, options: SourceOptions) {
        self.root = root
        self.options = options
        self.executables = IgnoreRules(options.executables)
    }

    mutating func run() throws {
        // Folders still to be listed, relative to the root, with a slash at the end; the root itself is empty.
        var ahead = [(folder: "", rules: IgnoreRules(self.options.ignoring))]
        while let (folder, outer) = ahead.popLast() {
            let rules = try outer.entering(folder, of: self.root)
            let items = try FileSystem.list("\(self.root)/\(folder)").filter { folder + $0.displayName != ".slipway" }
            for item in items {
                guard item.displayName != IgnoreRules.fileName, try !self.isIgnored(item, in: folder, rules) else {
                    continue
                }
                guard let path = self.path(of: item, in: folder) else { continue }
                if try self.take(path, isIn: folder) { ahead.append(("\(path.text)/", rules)) }
            }
            // A folder whose files are all left out is left out with them.
            if items.isEmpty, !folder.isEmpty { try self.addEmptyFolder(String(folder.dropLast())) }
        }
        for (path, problem) in self.links.problems() { self.refuse(path, problem) }
    }

    private func isIgnored(_ item: DirectoryItem, in folder: String, _ rules: IgnoreRules) throws -> Bool {
        // Only names that are text can be named by a rule; the others are problems, never silently left out.
        guard let name = item.name, let status = try FileSystem.status(of: "\(self.root)/\(folder)\(name)") else {
            return false
        }
        if status.kind == .symlink, self.options.links == .skip { return true }
        return rules.ignores(folder + name, isDirectory: status.kind == .directory)
    }

    /// - Returns: nil when the name cannot be part of a build, which is then among the problems.
    private mutating func path(of item: DirectoryItem, in folder: String) -> BuildPath? {
        do {
            return try BuildPath(validating: Array(folder.utf8) + item.bytes)
        } catch {
            self.problems.append(SourceProblem(path: folder + item.displayName, code: error.code, hint: error.hint))
            return nil
        }
    }

    /// - Returns: whether the path is a folder, still to be listed.
    private mutating func take(_ path: BuildPath, isIn folder: String) throws -> Bool {
        let location = "\(self.root)/\(path.text)"
        guard let status = try FileSystem.status(of: location) else { throw ClientError.changedDuringPush(path.text) }
        switch status.kind {
        case .directory:
            return true
        case .file:
            guard FileSystem.isReadable(location) else {
                self.problems.append(
                    SourceProblem(path: path.text, code: "file_unreadable", hint: "Give yourself the right to read it.")
                )
                return false
            }
            let executable =
                FileMode(permissions: status.permissions).isExecutable
                || self.executables.ignores(path.text, isDirectory: false)
            self.add(path, .file(size: status.size, executable: executable), as: .file, status)
        case .symlink:
            guard self.options.links == .keep else {
                self.problems.append(
                    SourceProblem(path: path.text, code: "symlink_refused", hint: "Remove it, or allow links."))
                return false
            }
            guard let target = try FileSystem.target(ofLink: location) else {
                self.refuse(path, LinkSet.Problem.target)
                return false
            }
            do {
                try self.links.insert(path, target: target)
                self.add(path, .symlink(target: target), as: .link, status)
            } catch {
                self.refuse(path, error)
            }
        case .other:
            self.problems.append(
                SourceProblem(
                    path: path.text, code: "entry_unsupported",
                    hint: "Remove it: a build holds files, folders and links, no devices, pipes or sockets."))
        }
        return false
    }

    private mutating func addEmptyFolder(_ text: String) throws {
        let path = try BuildPath(validating: text)
        guard let status = try FileSystem.status(of: "\(self.root)/\(text)") else {
            throw ClientError.changedDuringPush(text)
        }
        self.add(path, .directory, as: .directory, status)
    }

    private mutating func add(
        _ path: BuildPath, _ content: SourceEntry.Content, as kind: PathSet.Kind, _ status: FileStatus
    ) {
        do {
            try self.paths.insert(path, as: kind)
            self.found.append((SourceEntry(path: path, content: content), SourceTree.Stamp(status)))
        } catch {
            self.problems.append(SourceProblem(path: path.text, code: error.code, hint: error.hint))
        }
    }

    private mutating func refuse(_ path: BuildPath, _ problem: LinkSet.Problem) {
        self.problems.append(
            SourceProblem(
                path: path.text, code: problem.code, hint: "Make it a relative link that stays inside the folder."))
    }
}

import Content
import LocalFiles

/// Puts staged files in place.
///
/// Blocks.
///
/// Every file is complete and verified before the first one moves, and moves by one rename; so whenever this is stopped,
/// each path holds its old content, its new content or nothing, and the next pull goes on from there.
struct InstallCommit {
    let manifest: Manifest
    let plan: InstallPlan
    let previous: [Manifest]
    let folder: InstallFolder
    let files: StagedFiles
    let checkpoint: InstallCheckpoint

    /// - Parameter envelope: the signed manifest.
    /// - Throws: ``ClientError/blocked(path:)`` or ``LocalFileError``.
    func run(envelope: [UInt8]) throws {
        // While the manifests that say what is ours are still all there.
        try self.removeFiles()
        try self.checkpoint(.commit)
        try self.folder.write(envelope, to: .target)
        let lock = try LocalFile(self.folder.location(.lock), mode: .update)
        // One call for all staged files: cheaper than one for each.
        try lock.syncFileSystem()

        try self.makeFolders()
        for step in self.plan.steps {
            switch step.action {
            case .keep: continue
            case .setMode: try self.setMode(step.entry, at: self.location(of: step.entry))
            case .copy, .patch, .chunks: try self.place(step.entry)
            }
        }
        for entry in self.plan.links { try self.link(entry) }
        try lock.syncFileSystem()

        try self.checkpoint(.commit)
        try self.writeIndex()
        try self.checkpoint(.commit)
        try self.folder.write(envelope, to: .manifest)
        try self.checkpoint(.commit)
        try self.folder.remove(.target)
        for item in try FileSystem.list(self.folder.staging) {
            try FileSystem.removeTree("\(self.folder.staging)/\(item.displayName)")
        }
    }

    private func location(of entry: Int) -> String { self.folder.location(of: self.manifest.entries[entry].path) }

    // MARK: clearing

    /// Removes what left, and the folders that it leaves empty.
    private func removeFiles() throws {
        var kept: Set<BuildPath> = []
        for entry in self.manifest.entries {
            var folder = entry.content == .directory ? entry.path : entry.path.parent
            while let path = folder, kept.insert(path).inserted { folder = path.parent }
        }
        var emptied: Set<BuildPath> = []
        func note(_ path: BuildPath?) {
            var folder = path
            while let path = folder, !kept.contains(path), emptied.insert(path).inserted { folder = path.parent }
        }
        for path in self.plan.removals {
            try self.checkpoint(.commit)
            try FileSystem.remove(self.folder.location(of: path))
        }
        for entry in self.previous.flatMap(\.entries) {
            note(entry.content == .directory ? entry.path : entry.path.parent)
        }
        // Deepest first; what somebody else put there keeps its folder.
        for path in emptied.sorted(by: { ($0.components.count, $0) > ($1.components.count, $1) }) {
            try self.checkpoint(.commit)
            guard try FileSystem.status(of: self.folder.location(of: path))?.kind == .directory else { continue }
            try FileSystem.removeDirectory(self.folder.location(of: path))
        }
    }

    private func makeFolders() throws {
        var made: Set<BuildPath> = []
        for entry in self.manifest.entries {
            var ahead: [BuildPath] = []
            var folder = entry.content == .directory ? entry.path : entry.path.parent
            while let path = folder, made.insert(path).inserted {
                ahead.append(path)
                folder = path.parent
            }
            for path in ahead.reversed() {
                try self.checkpoint(.commit)
                try FileSystem.makeDirectory(self.folder.location(of: path))
            }
        }
    }

    // MARK: placing

    private func place(_ entry: Int) throws {
        guard case .file(let size, _, _, _) = self.manifest.entries[entry].content else { return }
        let staged = self.files.location(of: entry)
        guard try FileSystem.status(of: staged)?.size == size else { throw LocalFileError.ended(staged) }
        try self.setMode(entry, at: staged)
        try self.clearFolder(at: entry)
        try self.checkpoint(.commit)
        try FileSystem.rename(staged, to: self.location(of: entry))
    }

    private func link(_ entry: Int) throws {
        guard case .symlink(let target) = self.manifest.entries[entry].content else { return }
        let staged = "\(self.folder.staging)/link"
        try FileSystem.remove(staged)
        try FileSystem.makeLink(staged, to: target)
        try self.clearFolder(at: entry)
        try self.checkpoint(.commit)
        try FileSystem.rename(staged, to: self.location(of: entry))
    }

    /// An empty folder may be where a file or link goes; one that is not empty may not.
    private func clearFolder(at entry: Int) throws {
        let location = self.location(of: entry)
        guard try FileSystem.status(of: location)?.kind == .directory else { return }
        guard try FileSystem.removeDirectory(location) else {
            throw ClientError.blocked(path: self.manifest.entries[entry].path.text)
        }
    }

    /// Lets those run the file who may read it, or nobody.
    private func setMode(_ entry: Int, at location: String) throws {
        guard case .file(_, let executable, _, _) = self.manifest.entries[entry].content,
            let status = try FileSystem.status(of: location),
            FileMode(permissions: status.permissions).isExecutable != executable
        else { return }
        let readers = status.permissions & 0o444
        let plain = status.permissions & 0o666
        try LocalFile(location, mode: .read).setPermissions(executable ? plain | readers >> 2 : plain)
    }

    private func writeIndex() throws {
        var index = FileIndex()
        for entry in self.manifest.entries {
            guard case .file(_, _, let digest, _) = entry.content,
                let status = try FileSystem.status(of: self.folder.location(of: entry.path))
            else { continue }
            index.set(digest, for: entry.path, status)
        }
        try self.folder.write(index.encoded(), to: .index)
    }
}

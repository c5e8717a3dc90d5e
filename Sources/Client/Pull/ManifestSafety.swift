import Content

/// Checks that a manifest describes only what may be written below one folder.
///
/// The signature says who wrote the manifest; this says that even its author's mistakes stay inside the folder.
enum ManifestSafety {
    /// - Throws: ``ClientError/unsafeManifest(path:code:)``.
    static func check(_ manifest: Manifest) throws(ClientError) {
        var paths = PathSet()
        var links = LinkSet()
        for entry in manifest.entries {
            guard entry.path.components.first?.lowercased() != InstallFolder.stateName else {
                throw .unsafeManifest(path: entry.path.text, code: "path_reserved_name")
            }
            do {
                switch entry.content {
                case .file: try paths.insert(entry.path, as: .file)
                case .directory: try paths.insert(entry.path, as: .directory)
                case .symlink: try paths.insert(entry.path, as: .link)
                }
            } catch {
                throw .unsafeManifest(path: entry.path.text, code: error.code)
            }
            guard case .symlink(let target) = entry.content else { continue }
            do {
                try links.insert(entry.path, target: target)
            } catch {
                throw .unsafeManifest(path: entry.path.text, code: error.code)
            }
        }
        if let (path, problem) = links.problems().first { throw .unsafeManifest(path: path.text, code: problem.code) }
    }
}

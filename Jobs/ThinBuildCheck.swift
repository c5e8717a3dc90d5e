import Archives
import Content
import Packing

/// Whether the tree of a thin build may become a build: the same rules that an archive's entries keep.
enum ThinBuildCheck {
    private static let mostProblems = 100

    /// - Returns: everything that is wrong, up to 100; empty when nothing is.
    static func problems(of build: ThinBuild, limits: ArchiveLimits) -> [ArchiveProblem] {
        guard !build.entries.isEmpty else { return [ArchiveProblem(.empty)] }
        var problems: [ArchiveProblem] = []
        var paths = PathSet()
        var links = LinkSet()
        var total: Int64 = 0
        for entry in build.entries {
            guard problems.count < self.mostProblems else { break }
            let size = build.size(of: entry)
            total += size
            if let kind = self.admit(entry, size: size, &paths, &links, limits) {
                problems.append(ArchiveProblem(kind, path: entry.path.text))
            }
            guard paths.count <= limits.entries else {
                return problems + [ArchiveProblem(.tooManyEntries(limit: limits.entries))]
            }
        }
        if total > limits.totalSize.bytes { problems.append(ArchiveProblem(.tooLarge(limit: limits.totalSize))) }
        guard problems.isEmpty else { return problems }
        return links.problems().prefix(self.mostProblems).map { ArchiveProblem(.link($0.problem), path: $0.path.text) }
    }

    private static func admit(
        _ entry: ThinBuild.Entry, size: Int64, _ paths: inout PathSet, _ links: inout LinkSet, _ limits: ArchiveLimits
    ) -> ArchiveProblem.Kind? {
        do throws(PathConflict) {
            switch entry.content {
            case .file: try paths.insert(entry.path, as: .file)
            case .directory: try paths.insert(entry.path, as: .directory)
            case .symlink: try paths.insert(entry.path, as: .link)
            }
        } catch {
            return .conflict(error)
        }
        if case .symlink(let target) = entry.content {
            do { try links.insert(entry.path, target: target) } catch { return .link(error) }
        }
        return size > limits.entrySize.bytes ? .entryTooLarge(limit: limits.entrySize) : nil
    }
}

import Content
import Delta
import Patching
import Staging

/// The files of one version as an encoder reads them: where they are staged, or fetched into scratch from the packs.
struct PatchFiles: Sendable {
    let stored: StoredContent
    /// The version's staging; nil when it is gone.
    let staged: BuildStaging?
    let scratch: StagingScratch

    /// Opens what a plan needs of both versions.
    static func targets(_ plan: PatchPlan, old: PatchFiles, new: PatchFiles) async throws -> [PatchTarget] {
        var references: [Int: PatchReference] = [:]
        for file in Set(plan.targets.flatMap(\.references)).sorted() {
            references[file] = PatchReference(file: file, source: try await old.open(file, as: "old-\(file)"))
        }
        var targets: [PatchTarget] = []
        for target in plan.targets {
            targets.append(
                PatchTarget(
                    file: target.file, source: try await new.open(target.file, as: "new-\(target.file)"),
                    references: target.references.compactMap { references[$0] }))
        }
        return targets
    }

    /// - Parameter index: of the entry in the manifest; a file.
    private func open(_ index: Int, as name: String) async throws -> any ByteSource {
        // What is not staged here is read back from the packs: another machine, or a file that was known to be stored.
        if let staged = self.staged, let file = try? staged.open(self.stored.manifest.entries[index].path) {
            return file
        }
        var writer = try self.scratch.create(name)
        try await self.stored.write(index, into: &writer)
        writer.close()
        return try self.scratch.open(name)
    }
}

import Content
import Delta
import LocalFiles
import Patching
import Threads

extension ContentStager {
    /// Memory that groups under way may take together.
    private static let memory = 256 << 20

    /// Fetches and applies the groups that the plan names.
    ///
    /// A group that does not apply is counted, and its files are made from chunks afterwards.
    func apply(_ patch: PatchFile, from old: Manifest) async throws -> Outcome {
        let installed = FileCache(.read, capacity: 64)
        let rooms = Rooms(PatchRoom())
        let groups = self.plan.patch.groups
        let largest = groups.map { patch.cost(of: $0) }.max() ?? 1
        let limit = min(self.pool.threads, max(1, Self.memory / largest))
        // Without what a group reads of them it does not apply.
        let shared = self.plan.patch.shared.map { patch.missing(of: patch.shared[$0]) }
        for range in shared where try await patch.fetch(range) { self.fetched.add(range.count) }
        let outcomes = try await inParallel(patch.runs(of: groups), limit: limit) { run in
            try self.checkpoint(.fetch)
            guard try await patch.fetch(run.range) else { return Outcome(failedGroups: run.groups.count) }
            self.fetched.add(run.range.count)
            var outcome = Outcome(patchBytes: Int64(run.range.count))
            for group in run.groups {
                let isApplied = try await self.pool.run { () throws -> Bool in
                    try Task.checkCancellation()
                    return try rooms.withRoom { room in
                        try self.apply(group, of: patch, from: old, installed, in: &room)
                    }
                }
                if !isApplied { outcome.failedGroups += 1 }
            }
            return outcome
        }
        let before = patch.descriptionSize + shared.reduce(0) { $0 + Int64($1.count) }
        return outcomes.reduce(into: Outcome(patchBytes: before)) { sum, part in
            sum.patchBytes += part.patchBytes
            sum.failedGroups += part.failedGroups
        }
    }

    /// - Returns: false when the group does not apply; nothing of it is written then.
    private func apply(
        _ index: Int, of patch: PatchFile, from old: Manifest, _ installed: FileCache, in room: inout PatchRoom
    ) throws -> Bool {
        do {
            try patch.apply(
                index, old: { file in try installed.file(at: self.folder.location(of: old.entries[file].path)) },
                in: &room)
        } catch is PatchError {
            return false
        } catch let error as LocalFileError where error.meansMissingBytes {
            return false
        }
        var start = 0
        for output in patch.reader.groups[index].outputs {
            try self.checkpoint(.write)
            try self.files.write(
                room.output.span.extracting(start..<start + output.length), to: output.file, at: output.offset)
            start += output.length
            self.written.add(output.length)
        }
        return true
    }
}

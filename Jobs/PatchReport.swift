import BuildStore
import Content
import Delta
import Patching

/// What is told of an update once its patch was made, or found not worth making.
struct PatchReport {
    let plan: PatchPlan
    /// Bytes of the whole update by chunks alone.
    let bytesByChunks: Int64
    /// Of the patch that was made, kept or not.
    var summary: PatchSummary?
    var isKept: Bool

    var preview: UpdatePreview {
        let payloads = self.summary?.payloadBytes ?? [:]
        let changed = self.plan.changes.filter { change in
            switch change.kind {
            case .unchanged, .moved: false
            case .edited, .added: change.size > 0
            }
        }
        let files = changed.map { change in
            UpdatePreview.File(
                path: change.path.text, change: change.kind == .added ? "added" : "edited", size: change.size,
                patchBytes: self.isKept ? payloads[change.file] : nil, chunkBytes: change.chunkBytes,
                newBytes: change.newBytes, ranges: Self.ranges(change), reasons: change.reasons.map(\.rawValue))
        }
        let costliest = files.sorted {
            ($1.patchBytes ?? $1.chunkBytes, $0.path) < ($0.patchBytes ?? $0.chunkBytes, $1.path)
        }
        let byPatch = self.summary.map { $0.size + self.plan.restBytes }
        return UpdatePreview(
            updateBytes: self.isKept ? min(byPatch ?? .max, self.bytesByChunks) : self.bytesByChunks,
            patchBytes: self.summary?.size, chunkBytes: self.bytesByChunks, bytesRead: self.summary?.bytesRead ?? 0,
            bytesWritten: self.summary?.bytesWritten ?? 0,
            methods: Dictionary(
                (self.summary?.methodCounts ?? [:]).map { ("\($0.key)", $0.value) }, uniquingKeysWith: +),
            changedFiles: files.count, files: Array(costliest.prefix(UpdatePreview.mostFiles)))
    }

    private static func ranges(_ change: FileChange) -> [UpdatePreview.Range] {
        var ranges = change.newRanges
        if ranges.count > UpdatePreview.mostRanges, let end = ranges.last?.upperBound {
            ranges = Array(ranges.prefix(UpdatePreview.mostRanges))
            let last = ranges.count - 1
            ranges[last] = ranges[last].lowerBound..<end
        }
        return ranges.map { UpdatePreview.Range(offset: $0.lowerBound, length: $0.upperBound - $0.lowerBound) }
    }

    func json() throws -> String { try self.preview.json }
}

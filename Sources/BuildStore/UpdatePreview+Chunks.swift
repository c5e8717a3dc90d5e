import FoundationEssentials

extension UpdatePreview {
    /// The same update when its patch is not there.
    var leftToChunks: UpdatePreview {
        UpdatePreview(
            updateBytes: self.chunkBytes, patchBytes: self.patchBytes, chunkBytes: self.chunkBytes,
            bytesRead: self.bytesRead, bytesWritten: self.bytesWritten, methods: self.methods,
            changedFiles: self.changedFiles,
            files: self.files.map { file in
                File(
                    path: file.path, change: file.change, size: file.size, patchBytes: nil, chunkBytes: file.chunkBytes,
                    newBytes: file.newBytes, ranges: file.ranges, reasons: file.reasons)
            })
    }

    /// The same update with the reasons of somebody who has read the files.
    func explained(by reasons: [String: [String]]) -> UpdatePreview {
        var preview = UpdatePreview(
            updateBytes: self.updateBytes, patchBytes: self.patchBytes, chunkBytes: self.chunkBytes,
            bytesRead: self.bytesRead, bytesWritten: self.bytesWritten, methods: self.methods,
            changedFiles: self.changedFiles,
            files: self.files.map { file in
                File(
                    path: file.path, change: file.change, size: file.size, patchBytes: file.patchBytes,
                    chunkBytes: file.chunkBytes, newBytes: file.newBytes, ranges: file.ranges,
                    reasons: reasons[file.path] ?? file.reasons)
            })
        preview.isLookedInto = true
        return preview
    }

    /// As `patches.summary` has it.
    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}

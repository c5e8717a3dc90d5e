import BuildStore
import Content
import Storefront

/// What an update costs, as the API says it.
enum PreviewJSON {
    static func preview(_ preview: UpdatePreview, from: VersionID) -> JSONValue {
        [
            "from_version_id": .string(from.description), "update_bytes": .integer(preview.updateBytes),
            "patch_bytes": .integer(preview.patchBytes), "chunk_bytes": .integer(preview.chunkBytes),
            "bytes_read": .integer(preview.bytesRead), "bytes_written": .integer(preview.bytesWritten),
            "changed_files": .integer(preview.changedFiles),
            "reasons_by": preview.isLookedInto ? "content" : "chunks", "files": .array(preview.files.map(self.file)),
        ]
    }

    private static func file(_ file: UpdatePreview.File) -> JSONValue {
        [
            "path": .string(file.path), "change": .string(file.change), "size": .integer(file.size),
            "patch_bytes": .integer(file.patchBytes), "chunk_bytes": .integer(file.chunkBytes),
            "new_bytes": .integer(file.newBytes),
            "ranges": .array(file.ranges.map { ["offset": .integer($0.offset), "length": .integer($0.length)] }),
            "reasons": .array(file.reasons.map { .string($0) }),
        ]
    }
}

import Content
import NIOCore

/// What is known of a file besides its bytes, in a small file beside it.
///
/// It counts only while the file is the very one it was written for: after a crash or a race between two writers it may be
/// lost, never wrong.
struct FileMetadata: Equatable {
    let digest: Digest?
    let upload: MultipartUploadID?

    static let none = FileMetadata(digest: nil, upload: nil)

    /// - Parameter file: the status of the file that it describes.
    func text(for file: FileStatus) -> String {
        var lines = ["slipway-metadata-1 \(file.etag)"]
        if let digest = self.digest { lines.append("sha256 \(digest)") }
        if let upload = self.upload { lines.append("upload \(upload)") }
        return lines.joined(separator: "\n") + "\n"
    }

    init(digest: Digest?, upload: MultipartUploadID?) {
        self.digest = digest
        self.upload = upload
    }

    /// - Returns: nil when the text is damaged or describes another file.
    init?(_ text: String, for file: FileStatus) {
        let lines = text.split(separator: "\n")
        guard lines.first == "slipway-metadata-1 \(file.etag)" else { return nil }
        var digest: Digest?
        var upload: MultipartUploadID?
        for line in lines.dropFirst() {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2 else { return nil }
            switch words[0] {
            case "sha256":
                guard let value = Digest(String(words[1])) else { return nil }
                digest = value
            case "upload": upload = MultipartUploadID(String(words[1]))
            default: return nil
            }
        }
        self.init(digest: digest, upload: upload)
    }

    static func read(_ path: String, for file: FileStatus) throws(ObjectStoreError) -> FileMetadata {
        do throws(ObjectStoreError) {
            let buffer = try OpenFile(reading: path).read(4096, at: 0)
            return FileMetadata(String(buffer: buffer), for: file) ?? .none
        } catch {
            if error.isMissingFile { return .none }
            throw error
        }
    }
}

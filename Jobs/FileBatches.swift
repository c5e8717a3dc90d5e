import BuildStore

/// How a build's files are shared out among jobs.
///
/// A batch is a run of consecutive numbers: enough bytes to be worth a job, few enough that a lost attempt costs seconds.
enum FileBatches {
    static let bytes: Int64 = 128 << 20
    static let files = 4096

    /// - Parameter files: numbered from 0 without gaps.
    /// - Returns: ranges of numbers that cover all of them, none empty.
    static func cut(_ files: some Sequence<FileRecord>) -> [Range<Int>] {
        var batches: [Range<Int>] = []
        var start = 0
        var end = 0
        var bytes: Int64 = 0
        for (number, file) in files.enumerated() {
            // A file whose chunks are known already is not read again.
            let size = file.digest == nil ? file.size : 0
            if number > start, bytes + size > self.bytes || number - start >= self.files {
                batches.append(start..<number)
                start = number
                bytes = 0
            }
            bytes += size
            end = number + 1
        }
        if start < end { batches.append(start..<end) }
        return batches
    }
}

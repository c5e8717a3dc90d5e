public import Content

/// What a studio can do so that its builds patch well, from what an update between two of them showed.
public struct PackAdvice: Equatable, Sendable {
    public let reason: UpdateReason
    public let path: BuildPath
    /// Bytes of chunks that are new in this file: what players fetch without a patch.
    public let bytes: Int64
    /// What to change in how the build is made.
    public let hint: String

    /// Files whose new chunks are smaller in all are not worth a word.
    private static let least: Int64 = 1 << 20

    /// Advice for the costliest files first.
    public static func all(for changes: [FileChange]) -> [PackAdvice] {
        changes
            .flatMap { change in
                change.reasons.compactMap { reason in
                    guard change.chunkBytes >= self.least, let hint = self.hint(reason) else { return nil }
                    return PackAdvice(reason: reason, path: change.path, bytes: change.chunkBytes, hint: hint)
                }
            }
            .sorted { ($1.bytes, $0.path) < ($0.bytes, $1.path) }
    }

    private static func hint(_ reason: UpdateReason) -> String? {
        switch reason {
        case .reshuffled:
            "its content is there in another order: let the packer keep the order of the build before, and add new "
                + "files at the end"
        case .alreadyCompressed:
            "what is new in it was compressed before the upload: store files in packs uncompressed, or compress each "
                + "alone; chunks and patches are compressed anyway"
        case .scatteredChanges:
            "small changes all over it: keep timestamps, absolute offsets and counters out of the content, or in one "
                + "table at its end"
        case .rewritten:
            "nothing is as it was: build with fixed inputs, without encryption keys or random seeds that change from "
                + "build to build"
        case .newContent: nil
        }
    }
}

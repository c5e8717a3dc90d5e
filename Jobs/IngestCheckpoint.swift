import Content

/// How far an attempt to ingest came; the next one goes on from here.
///
/// Everything it counts was on the disk before it was saved.
struct IngestCheckpoint: Codable, Equatable, Sendable {
    /// Bytes in the upload, to tell it from another.
    var size: Int64
    /// Entries of the archive, in its order, that are whole in staging.
    var entries = 0
    /// Bytes of the entry after them that are in staging.
    var partial: Int64 = 0
    /// The state of the hash over the first bytes of the upload (`ResumableSHA256`), in hexadecimal; empty for none.
    var hash = ""
}

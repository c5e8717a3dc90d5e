public import Content
public import Delta

/// Why a patch was not made or not applied.
///
/// Reading the patch, an old file or a new one may also fail in the way of its source; such errors pass unchanged.
public enum PatchError: Error, Equatable, Sendable {
    /// The patch's own description is damaged, hostile, or not a patch. Fetch the patch again, or do without.
    case unreadable(DeltaError)

    /// The index is not the one that was written. Fetch the patch again.
    case damagedIndex

    /// A group's payload is not the one that was written. Fetch it again, or heal its files from chunks.
    case damagedPayload(offset: Int64)

    /// A group made other bytes than it promised: an old file is not the one the patch was made from.
    /// Heal its files from chunks.
    case wrongResult(expected: Digest, got: Digest)

    /// A group reads beyond the end of an old file, or its source gave another number of bytes.
    case oldFileTooShort(file: Int, size: Int64, needed: Int64)

    /// The caller asked to stop. What was written so far is not a patch.
    case cancelled

    /// zstd failed for want of memory. The same call may succeed later.
    case outOfMemory

    /// A target that a patch cannot hold: a negative index or size, or too large a one.
    case invalidTarget(file: Int)
}

/// Why a file costs an update what it costs, as far as its chunks tell.
public enum UpdateReason: String, CaseIterable, Sendable {
    /// Its old content is there in another order: the packer does not keep its order from build to build.
    case reshuffled
    /// What is new in it does not compress: it was compressed or encrypted by whoever built it, so that one changed byte
    /// changes all behind it.
    case alreadyCompressed = "already_compressed"
    /// Small changes all over it: timestamps, offsets or counters between the content.
    case scatteredChanges = "scattered_changes"
    /// Nothing of it is like the old file of this path.
    case rewritten
    /// There is no old file like it.
    case newContent = "new_content"
}

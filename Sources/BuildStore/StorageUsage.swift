public import Content

/// What a company has in the store, and what it sent.
public struct StorageUsage: Sendable {
    public let developer: DeveloperID

    /// Bytes of its packs that the store has confirmed.
    public let packs: Int64

    /// Bytes of its manifests.
    public let manifests: Int64

    /// Bytes of its patches.
    public let patches: Int64

    /// Bytes of its media files that are ready.
    public let media: Int64

    /// Bytes of its reports that have not expired.
    public let reports: Int64

    /// Bytes of infected files that are kept as evidence.
    public let quarantine: Int64

    /// Uploads that are open, and the bytes they were planned for.
    public let openUploads: Int64
    public let openUploadBytes: Int64

    /// Bytes of all uploads that were committed, ever.
    public let uploaded: Int64

    /// Bytes of all packs that were sent to the store for it, ever.
    public let transferred: Int64

    /// Bytes in the store now.
    public var stored: Int64 {
        self.packs + self.manifests + self.patches + self.media + self.reports + self.quarantine
    }
}

/// What a company sent on one day, in UTC.
public struct StorageDay: Sendable {
    /// As in `2026-11-25`.
    public let day: String
    public let uploaded: Int64
    public let transferred: Int64
}

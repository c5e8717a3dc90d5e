public import BuildStore
public import FoundationEssentials
public import Multipart

/// How a build's bytes are to be sent, and what has arrived.
public struct UploadPlan: Sendable {
    public let upload: UUID
    public let version: VersionRecord
    public let parts: PartPlan
    /// What the store itself has; the truth on resume.
    public let received: [PartInfo]
    public let expiresAt: Date
    /// `open`, `completed`, `aborted` or `expired`.
    public let state: String
}

/// A request that sends one part, without other credentials.
public struct PresignedPart: Sendable {
    public let number: Int
    public let method: String
    public let url: String
    public let headers: [String: String]
    public let expiresAt: Date
}

public import Content
public import Storefront

/// Why a step towards players was refused.
///
/// The caller must do something else first.
public enum ReleasesError: Error, Equatable, Sendable {
    /// The version cannot be judged yet; everything that is missing.
    case notReady(Readiness)
    /// It is being judged already, in this review.
    case alreadyInReview(ReviewID)
    /// The review was decided otherwise.
    case decisionConflict(ReviewDecision)
    /// The game has no version that moderation has passed.
    case nothingApproved
    /// The platform has not verified the company yet.
    case companyNotVerified(CompanyVerification)
    /// A key asks for what only a person may do.
    case personNeeded(ChannelName)
    /// The channel has no version to go back to.
    case nothingToRollBackTo
    /// The shop shows it: take the game off the shop instead.
    case channelInUse(ChannelName)
    /// Players have it or had it, or somebody is working on it: it stays.
    case versionInUse(reason: String)
    /// Players would have to fetch more for the update than the caller allows; each update that is too dear.
    case updateTooLarge([UpdateCost], limit: Int64)
    /// The job that tells what the update from these versions costs has not told yet, or could not.
    case updateUnknown([VersionID])
    /// Something was found in the version since it was judged, or it was not looked at whole.
    case notClean(VersionID)
}

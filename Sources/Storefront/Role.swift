/// What a person is in one company.
///
/// The raw values are the ones of `developer_teams.role` and of the API.
public enum Role: String, CaseIterable, Hashable, Sendable {
    /// Everything, the team and the money too. A company always has one.
    case admin
    /// Games and their builds.
    case developer
    /// Texts, media, prices and promotions.
    case marketing
    /// Balance and payouts.
    case finance
}

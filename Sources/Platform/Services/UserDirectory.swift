public import Content

/// Who people are: Account Service's knowledge, which is never kept here.
public protocol UserDirectory: Sendable {
    /// What is known of some people; whoever is missing is not known, or the service does not answer.
    ///
    /// Never throws: a list of a team must not fail because names are away.
    func profiles(of users: [UserID]) async -> [UserID: UserProfile]
}

/// A person's name and address.
public struct UserProfile: Equatable, Sendable {
    public let name: String?
    public let email: String?

    public init(name: String?, email: String?) {
        self.name = name
        self.email = email
    }
}

/// Where there is no Account Service: nobody is known.
public struct NoUserDirectory: UserDirectory {
    public init() {}

    public func profiles(of users: [UserID]) async -> [UserID: UserProfile] { [:] }
}

public import Content

/// Why push, pull or verify stopped.
///
/// Local calls that the system refused travel as ``LocalFiles/LocalFileError``. ``ClientExit`` tells what a shell sees.
public enum ClientError: Error, Equatable, Sendable {
    // MARK: the caller's to repair

    /// Nobody said which service to talk to.
    case noServer
    /// Nobody said who is asking.
    case noToken
    /// A settings file is missing or broken.
    case unreadableSettings(path: String, reason: String)
    /// An address that is none.
    case invalidURL(String)
    /// A manifest key that is no base64 of 32 bytes.
    case invalidKey(String)
    /// No game of this company has the name or identifier.
    case noSuchGame(String)
    /// More than one game has the title; say the identifier.
    case ambiguousGame(String, candidates: [GameID])
    /// The game has no such version.
    case noSuchVersion(String)

    // MARK: the service said no

    /// The token is missing, wrong or too old, or may not do this.
    case notAllowed(Problem)
    /// The request was understood and refused.
    case refused(Problem)
    /// The version exists with other content.
    case versionTaken(String, status: BuildStatus)
    /// The version is not ready to be installed.
    case versionNotReady(String, status: BuildStatus)
    /// The build went through the pipeline and failed there.
    case buildFailed(BuildFailure)

    // MARK: the network's

    /// No connection, or it broke, again and again.
    case unreachable(url: String, reason: String)
    /// The service answers, and cannot serve; tried again and again.
    case unavailable(Problem)
    /// An answer that follows no contract of ours.
    case unexpectedAnswer(url: String, reason: String)

    // MARK: content that is not what was signed

    /// The manifest's signature does not hold.
    case untrustedManifest(reason: String)
    /// The service now signs with another key than the one this folder trusts.
    case keyChanged(pinned: String, offered: [String])
    /// The manifest describes what no build may be.
    case unsafeManifest(path: String, code: String)
    /// A chunk still has other bytes than its digest says, fetched twice.
    case damagedChunk(Digest, pack: Digest)

    // MARK: local files

    case noSuchPath(String)
    /// Only folders can be compared.
    case notAFolder(String)
    /// The folder has nothing in it, or the file no bytes.
    case nothingToPush(String)
    /// Paths that no build may have: all of them.
    case unusableTree([SourceProblem])
    /// A file was changed while it was being sent. Nothing was published.
    case changedDuringPush(String)
    /// Something that is not ours stands where the build needs its place.
    case blocked(path: String)
    /// The disk has too little room for what is to be installed.
    case noRoom(needed: ByteCount, available: ByteCount)
    /// Another program is working on the folder.
    case busy(String)
    /// The folder holds nothing that was installed by pull.
    case notInstalled(String)
    /// A file of ours in `.slipway` is broken.
    case damagedState(path: String, reason: String)
    /// The folder holds another game.
    case otherGame(installed: GameID, wanted: GameID)
}

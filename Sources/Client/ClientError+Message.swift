import Content

extension ClientError {
    /// What happened, in one sentence or a list.
    public var message: String {
        switch self {
        case .noServer: "no service to talk to"
        case .noToken: "no token to show to the service"
        case .unreadableSettings(let path, let reason): "cannot use \(path): \(reason)"
        case .invalidURL(let text): "'\(text)' is no http or https address"
        case .invalidKey: "the manifest key is no base64 of 32 bytes"
        case .noSuchGame(let reference): "the company has no game '\(reference)'"
        case .ambiguousGame(let title, let candidates):
            "\(candidates.count) games are called '\(title)': \(candidates.map(\.description).joined(separator: ", "))"
        case .noSuchVersion(let reference): "the game has no version '\(reference)'"
        case .notAllowed(let problem): problem.description
        case .refused(let problem): problem.description
        case .versionTaken(let version, let status):
            "version '\(version)' exists already, is \(status), and has other content"
        case .versionNotReady(let version, let status): "version '\(version)' is \(status), not ready"
        case .buildFailed(let failure): failure.description
        case .unreachable(let url, let reason): "cannot reach \(url): \(reason)"
        case .unavailable(let problem): "the service cannot answer now: \(problem)"
        case .unexpectedAnswer(let url, let reason): "\(url) gave an answer that makes no sense: \(reason)"
        case .untrustedManifest(let reason): "the manifest cannot be trusted: \(reason)"
        case .keyChanged(let pinned, let offered):
            "this folder trusts the key \(pinned), and the service now offers \(offered.joined(separator: ", "))"
        case .unsafeManifest(let path, let code): "the manifest holds what no build may hold: '\(path)' (\(code))"
        case .damagedChunk(let digest, let pack): "chunk \(digest) in pack \(pack) is damaged at the service"
        case .noSuchPath(let path): "there is nothing at \(path)"
        case .notAFolder(let path): "\(path) is no folder"
        case .nothingToPush(let path): "\(path) is empty"
        case .unusableTree(let problems):
            "\(problems.count) paths cannot be part of a build:"
                + problems.map { "\n  \($0.path.debugDescription): \($0.code). \($0.hint)" }.joined()
        case .changedDuringPush(let path): "\(path) was changed while it was being sent"
        case .blocked(let path): "something that was not installed by pull is where the build needs '\(path)'"
        case .noRoom(let needed, let available): "the disk has \(available) free, and \(needed) are needed"
        case .busy(let path): "another slipway is working on \(path)"
        case .notInstalled(let path): "\(path) holds nothing that was installed by pull"
        case .damagedState(let path, let reason): "\(path) is damaged: \(reason)"
        case .otherGame(let installed, let wanted): "the folder holds game \(installed), not \(wanted)"
        }
    }

    /// What to do about it; nil when the message says it all.
    public var hint: String? {
        switch self {
        case .noServer: "Say --url, or set SLIPWAY_URL, or name the dev.json of 'slipway up' with --dev."
        case .noToken: "Say --token, or set SLIPWAY_TOKEN, or name the dev.json of 'slipway up' with --dev."
        case .unreadableSettings: "Name the dev.json that 'slipway up' wrote, or say --url and --token."
        case .invalidURL: "Write it like https://developer.example.com."
        case .invalidKey: "Copy it from dev.json or /.well-known/slipway-keys.json."
        case .noSuchGame: "Say --create-game to push to a new one, or check the title and the company of the token."
        case .ambiguousGame: "Say the identifier instead of the title."
        case .noSuchVersion: "Check the version string; 'slipway push' creates versions."
        case .notAllowed(let problem):
            problem.hint
                ?? (problem.status == 401 ? "Get a new token or API key." : "Ask for a token that may do this.")
        case .refused(let problem), .unavailable(let problem): problem.hint
        case .versionTaken: "Push under another version string."
        case .versionNotReady(_, .failed): "Push the version again."
        case .versionNotReady: "Wait until it is ready."
        case .buildFailed(let failure): failure.hint
        case .unreachable: "Check the address and the network. What was sent stays; the same command goes on."
        case .unexpectedAnswer: "Check that the address is a slipway service of the same release."
        case .untrustedManifest: "Do not install it. Check --key with the people who run the service."
        case .keyChanged:
            "If the people who run the service confirm the new key, say it with --key."
        case .unsafeManifest: "Do not install it, and tell the people who run the service."
        case .damagedChunk: "Tell the people who run the service; pull again once they have repaired it."
        case .noSuchPath: nil
        case .notAFolder: "Unpack it, and name the folder."
        case .nothingToPush: "Name a folder or an archive that holds the build."
        case .unusableTree: "Nothing was sent."
        case .changedDuringPush: "Nothing was published. Push again when nobody writes there."
        case .blocked: "Move it away and pull again."
        case .noRoom: "Make room and pull again; what was fetched stays."
        case .busy: "Wait for it, or stop it."
        case .notInstalled: "Install with 'slipway pull' first."
        case .damagedState: "Remove the file and pull again."
        case .otherGame: "Pull into another folder."
        }
    }

    /// Stable, for programs.
    public var code: String {
        switch self {
        case .noServer: "no-server"
        case .noToken: "no-token"
        case .unreadableSettings: "settings-unreadable"
        case .invalidURL: "url-invalid"
        case .invalidKey: "key-invalid"
        case .noSuchGame: "game-not-found"
        case .ambiguousGame: "game-ambiguous"
        case .noSuchVersion: "version-not-found"
        case .notAllowed(let problem), .refused(let problem), .unavailable(let problem): problem.code
        case .versionTaken: "version-exists"
        case .versionNotReady: "version-not-ready"
        case .buildFailed(let failure): failure.code
        case .unreachable: "unreachable"
        case .unexpectedAnswer: "unexpected-answer"
        case .untrustedManifest: "manifest-untrusted"
        case .keyChanged: "manifest-key-changed"
        case .unsafeManifest: "manifest-unsafe"
        case .damagedChunk: "chunk-damaged"
        case .noSuchPath: "path-not-found"
        case .notAFolder: "not-a-folder"
        case .nothingToPush: "nothing-to-push"
        case .unusableTree: "paths-unusable"
        case .changedDuringPush: "changed-during-push"
        case .blocked: "path-blocked"
        case .noRoom: "disk-full"
        case .busy: "folder-busy"
        case .notInstalled: "not-installed"
        case .damagedState: "state-damaged"
        case .otherGame: "other-game"
        }
    }
}

extension BuildFailure: CustomStringConvertible {
    /// The code, where, and every problem on a line of its own.
    public var description: String {
        var text = "the build failed"
        if let stage = self.stage { text += " in stage \(stage)" }
        text += " (\(self.code)): \(self.message)"
        if let path = self.path { text += "\n  path: \(path)" }
        if let offset = self.offset { text += "\n  offset: \(offset)" }
        if let expected = self.expected { text += "\n  expected: \(expected)" }
        if let actual = self.actual { text += "\n  actual: \(actual)" }
        for problem in self.problems ?? [] {
            text += "\n  \(problem.path.map { "\($0): " } ?? "")\(problem.code) \(problem.message ?? "")"
        }
        return text
    }
}

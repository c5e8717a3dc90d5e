import FoundationEssentials
import LocalFiles

/// Which service to talk to, who asks, and whose manifests to trust.
public struct ServerSettings: Sendable, Equatable {
    public let server: WebAddress
    public let credentials: Credentials
    /// The Ed25519 public key of the service's manifests, 32 bytes, when somebody said it.
    public let manifestKey: [UInt8]?

    public init(server: WebAddress, credentials: Credentials, manifestKey: [UInt8]? = nil) {
        self.server = server
        self.credentials = credentials
        self.manifestKey = manifestKey
    }

    /// What a person said on the command line; nil where they said nothing.
    public struct Options: Sendable, Equatable {
        public var url: String?
        public var token: String?
        /// The `dev.json` that `slipway up` wrote, or the folder it lies in.
        public var dev: String?
        /// Base64 of the manifest key.
        public var key: String?
        /// As whom to ask, where a file or the environment has tokens of several.
        public var party: Party

        public init(
            url: String? = nil, token: String? = nil, dev: String? = nil, key: String? = nil, party: Party = .studio
        ) {
            self.url = url
            self.token = token
            self.dev = dev
            self.key = key
            self.party = party
        }
    }

    /// Who somebody is to the service.
    public enum Party: Sendable {
        /// Somebody of a company: `SLIPWAY_TOKEN`.
        case studio
        /// Somebody who runs the service: `SLIPWAY_OPERATOR_TOKEN`.
        case operators

        /// The variable with the token.
        var variable: String {
            switch self {
            case .studio: "SLIPWAY_TOKEN"
            case .operators: "SLIPWAY_OPERATOR_TOKEN"
            }
        }
    }

    /// Finds each setting where it was said most explicitly: options, then the file of `--dev`, then `SLIPWAY_URL` and
    /// `SLIPWAY_TOKEN` or `SLIPWAY_API_KEY`, then the file of `SLIPWAY_DEV`, then `fallback`.
    ///
    /// Blocks.
    ///
    /// A token from one place is never sent to a service from a less explicit one, but for a token given alone on the
    /// command line or in the environment, which says: this one, there.
    ///
    /// - Parameter fallback: a service that was used before, such as the one a folder was installed from.
    /// - Throws: ``ClientError/noServer``, ``ClientError/noToken``, ``ClientError/invalidURL(_:)``,
    ///   ``ClientError/invalidKey(_:)`` or ``ClientError/unreadableSettings(path:reason:)``.
    public init(_ options: Options, environment: [String: String], fallback: WebAddress? = nil) throws {
        var said = environment.filter { !$0.value.isEmpty }
        let variable = options.party.variable
        // An API key is a token like any other; the second name says what a CI keeps.
        if said["SLIPWAY_TOKEN"] == nil { said["SLIPWAY_TOKEN"] = said["SLIPWAY_API_KEY"] }
        let named = try options.dev.map { try DevFile(at: $0) }
        // Not looked at when it is not needed: a stale file must not stop somebody who said everything.
        let needsMore =
            named == nil && (options.url ?? said["SLIPWAY_URL"] == nil || options.token ?? said[variable] == nil)
        let ambient = needsMore ? try said["SLIPWAY_DEV"].map { try DevFile(at: $0) } : nil

        guard
            let url = options.url ?? named?.url ?? said["SLIPWAY_URL"] ?? ambient?.url ?? fallback?.text
        else { throw ClientError.noServer }
        guard let server = WebAddress(url) else { throw ClientError.invalidURL(url) }
        let files = [named, ambient].compactMap { $0 }.filter { WebAddress($0.url)?.hasSameOrigin(as: server) == true }
        guard let token = options.token ?? files.first?.token(of: options.party) ?? said[variable] else {
            throw ClientError.noToken
        }
        // The company goes with the file's own token; another token names its own.
        let developer = files.first { $0.token == token }?.developer ?? said["SLIPWAY_DEVELOPER_ID"]
        let key = options.key ?? files.first?.manifestKey
        self.init(
            server: server, credentials: Credentials(token: token, developer: developer),
            manifestKey: try key.map(Self.decodeKey))
    }

    /// - Parameter text: base64 of 32 bytes.
    public static func decodeKey(_ text: String) throws(ClientError) -> [UInt8] {
        guard let bytes = Data(base64Encoded: text), bytes.count == 32 else { throw .invalidKey(text) }
        return Array(bytes)
    }
}

/// What `slipway up` writes for the other commands.
private struct DevFile: Decodable {
    let url: String
    let token: String
    let operatorToken: String?
    let developer: String?
    let manifestKey: String?

    private enum CodingKeys: String, CodingKey {
        case url, token
        case operatorToken = "operator_token"
        case developer = "developer_id"
        case manifestKey = "manifest_key"
    }

    func token(of party: ServerSettings.Party) -> String? {
        switch party {
        case .studio: self.token
        case .operators: self.operatorToken
        }
    }

    init(at path: String) throws {
        let resolved = FileSystem.realPath(of: path) ?? path
        let isFolder = try FileSystem.status(of: resolved)?.kind == .directory
        let location = isFolder ? "\(resolved)/dev.json" : resolved
        guard let bytes = try FileSystem.contents(of: location, limit: 1 << 20) else {
            throw ClientError.unreadableSettings(path: location, reason: "there is no such file")
        }
        do {
            self = try JSONDecoder().decode(DevFile.self, from: Data(bytes))
        } catch {
            throw ClientError.unreadableSettings(path: location, reason: "not what 'slipway up' writes: \(error)")
        }
    }
}

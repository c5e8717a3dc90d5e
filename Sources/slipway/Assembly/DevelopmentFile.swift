import Content
import Digests
import Foundation
import LocalFiles

/// `dev.json`: what other commands need to reach the `slipway up` of a directory.
struct DevelopmentFile: Codable, Sendable {
    let url: String
    let token: String
    let developer_id: String
    /// For the commands of operators: pools, jobs, top.
    let operator_token: String
    /// For whoever plays the other services of the platform: decides, sells, pays.
    let service_token: String
    /// The public key that manifests are signed with, base64.
    let manifest_key: String
    /// The private cluster, for whoever wants to look into it.
    let database_url: String
    /// Where the desks of the small platform are; nil without it.
    let platform_url: String?

    init(
        url: String, token: String, operatorToken: String, serviceToken: String, developerID: DeveloperID,
        manifestKey: Ed25519.VerifyingKey, databaseURL: String, platformURL: String?
    ) {
        self.url = url
        self.token = token
        self.operator_token = operatorToken
        self.service_token = serviceToken
        self.developer_id = developerID.description
        self.manifest_key = Data(manifestKey.bytes).base64EncodedString()
        self.database_url = databaseURL
        self.platform_url = platformURL
    }

    /// Replaces the file whole; only its owner may read it, since the token is as good as a password.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try FileSystem.replace(path, with: Array(try encoder.encode(self)), permissions: 0o600)
    }
}

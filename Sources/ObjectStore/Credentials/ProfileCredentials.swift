public import FoundationEssentials
import NIOCore
import SigV4
public import Threads

/// Credentials from the file that the AWS tools share, `~/.aws/credentials`.
///
/// `AWS_SHARED_CREDENTIALS_FILE` names another file, `AWS_PROFILE` another section than `default`.
public struct ProfileCredentials: CredentialsProvider {
    private let environment: [String: String]
    private let pool: ThreadPool

    /// No such file is longer.
    private static let fileLimit = 1 << 20

    public init(environment: [String: String], pool: ThreadPool) {
        self.environment = environment
        self.pool = pool
    }

    public func credentials(now: Date) async throws(ObjectStoreError) -> TemporaryCredentials {
        let home = self.environment["HOME"] ?? "/"
        let path = self.environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "\(home)/.aws/credentials"
        let profile = self.environment["AWS_PROFILE"] ?? "default"
        guard let section = Self.section(profile, of: try await Self.text(of: path, self.pool)) else {
            throw .noCredentials(reason: "\(path) has no profile \(profile)")
        }
        guard let accessKey = section["aws_access_key_id"], let secretKey = section["aws_secret_access_key"] else {
            throw .noCredentials(reason: "profile \(profile) in \(path) lacks a key")
        }
        return TemporaryCredentials(
            Credentials(accessKey: accessKey, secretKey: secretKey, sessionToken: section["aws_session_token"]),
            expiresAt: nil)
    }

    /// One section of an INI file.
    static func section(_ name: String, of text: String) -> [String: String]? {
        var values: [String: String]?
        var isInside = false
        for line in text.split(whereSeparator: \.isNewline) {
            let line = line.trimmingPrefix(while: \.isWhitespace)
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
                isInside = Self.trim(line[..<end].dropFirst()) == name
                if isInside { values = values ?? [:] }
            } else if isInside {
                let sides = line.split(separator: "=", maxSplits: 1)
                if sides.count == 2 { values?[Self.trim(sides[0]).lowercased()] = Self.trim(sides[1]) }
            }
        }
        return values
    }

    private static func trim(_ text: Substring) -> String {
        String(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }

    static func text(of path: String, _ pool: ThreadPool) async throws(ObjectStoreError) -> String {
        do throws(ObjectStoreError) {
            return try await pool.run { () throws(ObjectStoreError) in
                String(buffer: try OpenFile(reading: path).read(Self.fileLimit, at: 0))
            }
        } catch {
            throw .noCredentials(reason: "\(path) cannot be read")
        }
    }
}

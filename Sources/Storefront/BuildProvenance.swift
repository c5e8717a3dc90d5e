/// Where a build comes from, as the CI system that made it vouches for: what a studio's own word could not prove.
///
/// Taken from the claims of a verified token of GitHub Actions or GitLab CI; other systems are read as far as they use the
/// same names.
public struct BuildProvenance: Equatable, Sendable {
    public let issuer: String
    public let repository: String
    /// Such as `refs/heads/main`.
    public let ref: String?
    public let commit: String?
    /// The run and its attempt, as the system counts them.
    public let run: String?
    public let runAttempt: String?
    public let workflow: String?
    public let environment: String?
    /// Who started the run, by the system's own name.
    public let actor: String?

    private static let longest = 500

    /// - Returns: nil when the claims name no repository.
    public init?(claims: JSONObject) {
        func text(_ names: String...) -> String? {
            for name in names {
                switch claims[name] {
                case .string(let text)? where !text.isEmpty: return String(text.prefix(Self.longest))
                case .number(let number)?: return JSONValue.number(number).description
                default: continue
                }
            }
            return nil
        }
        guard let issuer = text("iss"), let repository = text("repository", "project_path") else { return nil }
        self.issuer = issuer
        self.repository = repository
        self.ref = text("ref_path", "ref")
        self.commit = text("sha")
        self.run = text("run_id", "pipeline_id")
        self.runAttempt = text("run_attempt", "job_id")
        self.workflow = text("job_workflow_ref", "workflow_ref", "workflow", "ci_config_ref_uri")
        self.environment = text("environment")
        self.actor = text("actor", "user_login")
    }

    /// What is not known is null.
    public var json: JSONValue {
        [
            "issuer": .string(self.issuer), "repository": .string(self.repository), "ref": .text(self.ref),
            "commit": .text(self.commit), "run_id": .text(self.run), "run_attempt": .text(self.runAttempt),
            "workflow": .text(self.workflow), "environment": .text(self.environment), "actor": .text(self.actor),
        ]
    }
}

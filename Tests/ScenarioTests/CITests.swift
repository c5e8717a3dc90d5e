import Access
import Foundation
import NIOHTTP1
import Storefront
import Synchronization
import TestKit
import Testing

/// The files in `ops/ci`, run as a CI would run them, against the real programs.
@Suite("Pushing from a CI", .serialized)
struct CITests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../ops/ci").standardizedFileURL

    @Test("the composite action pushes a folder and tells the version, and fails with the client's code")
    func action() async throws {
        try await Self.withBuild { slipway, build, settings in
            let text = try String(contentsOf: Self.folder.appending(path: "action.yml"), encoding: .utf8)
            let script = try Self.block(after: "      run: |", in: text)
            let output = slipway.directory.appending(path: "github-output")
            var variables = settings
            for (name, value) in [
                ("PUSH_PATH", build.path), ("PUSH_GAME", "From CI"), ("PUSH_VERSION", "1.0"),
                ("PUSH_CHANGELOG", "First"), ("PUSH_OPTIONS", "--create-game\n--no-cache"),
                ("PUSH_CLIENT", SlipwayProcess.program("slipway-client").path),
                ("RUNNER_TEMP", slipway.directory.path), ("GITHUB_OUTPUT", output.path), ("SLIPWAY_OIDC_TRUST_ID", ""),
            ] { variables[name] = value }
            // Every variable the step sets comes from an input that exists.
            for line in text.split(separator: "\n") where line.contains("${{ inputs.") {
                let name = line.split(separator: ":")[0].trimmingCharacters(in: .whitespaces)
                #expect(variables[name] != nil, "\(name)")
                let input = line.components(separatedBy: "inputs.")[1].prefix { $0 != " " }
                #expect(text.contains("\n  \(input): {"), "\(input)")
            }
            let result = try await Self.bash(script, variables)
            try #require(result.status == 0, "\(result.output)")
            let told = try String(contentsOf: output, encoding: .utf8)
            #expect(try #require(told.firstMatch(of: /version-id=([0-9a-f-]{36})\n/)).output.1.count == 36)
            #expect(told.contains(/sent-bytes=[1-9][0-9]*\n/))

            variables["SLIPWAY_API_KEY"] = "gsd_live_wrong"
            variables["PUSH_VERSION"] = "1.1"
            #expect(try await Self.bash(script, variables).status == 3)
        }
    }

    @Test(
        "a job without a kept secret pushes by its CI's word, in GitHub's way and in GitLab's, and others are refused")
    func keyless() async throws {
        try await withScenarioDirectory { root in
            let build = root.appending(path: "build")
            try SampleBuild(seed: 12, megabytes: 1).write(to: build)
            let words = Mutex(("", ""))
            // The CI: it publishes its keys, and gives jobs a token that names what they are.
            let ci: HTTPStub.Script = { call in
                let (keys, token) = words.withLock { $0 }
                if call.target == "/jwks" { return HTTPStub.Answer(keys) }
                let isAsked =
                    call.target.hasPrefix("/token?run=1&audience=http") && call.headers["authorization"] == "Bearer job"
                return isAsked ? HTTPStub.Answer("{\"value\":\"\(token)\"}") : HTTPStub.Answer(status: 403, "{}")
            }
            try await HTTPStub.run(ci) { url, _ in
                let slipway = try await SlipwayProcess.up(
                    root.appending(path: "up"), settings: ["SLIPWAY_CI_ISSUERS": "test-ci=\(url)/jwks"])
                let issuer = try await DevelopmentIssuer(
                    keyAt: root.appending(path: "ci.pem").path, issuer: "test-ci", audience: slipway.base)
                func token(_ repository: String) throws -> String {
                    let now = Int64(Date().timeIntervalSince1970)
                    return try issuer.sign(
                        .object(
                            JSONObject([
                                ("iss", "test-ci"), ("aud", .string(slipway.base)), ("sub", "repo:studio/game"),
                                ("repository", .string(repository)), ("ref", "refs/heads/main"),
                                ("iat", .integer(now)), ("exp", .integer(now + 300)),
                            ])), type: "JWT")
                }
                let good = try token("studio/game")
                words.withLock { $0 = (String(decoding: issuer.keySet, as: UTF8.self), good) }
                let studio = try Studio(slipway)
                let game = try await studio.createGame("Keyless")
                _ = try await studio.json(
                    .POST, "/oidc/trusts",
                    [
                        "name": "main", "issuer": "test-ci", "repository": "studio/game", "ref": "refs/heads/*",
                        "game_ids": [game], "permissions": ["builds:write", "games:read"],
                    ], expecting: 201)
                func push(_ version: String, _ settings: [String: String]) async throws -> (
                    status: Int32, output: String
                ) {
                    let known = [
                        "SLIPWAY_URL": slipway.base, "XDG_CACHE_HOME": root.appending(path: "cache").path,
                        "SLIPWAY_API_KEY": "",
                    ]
                    return try await SlipwayProcess.run(
                        ["push", build.path, "--game", "Keyless", "--version", version], development: nil,
                        program: "slipway-client", settings: known.merging(settings) { $1 })
                }
                let gitlab = try await push("1.0", ["SLIPWAY_OIDC_TOKEN": good])
                #expect(gitlab.status == 0, "\(gitlab.output)")
                let github = try await push(
                    "1.1",
                    ["ACTIONS_ID_TOKEN_REQUEST_URL": "\(url)/token?run=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "job"])
                #expect(github.status == 0, "\(github.output)")
                let other = try await push("1.2", ["SLIPWAY_OIDC_TOKEN": try token("somebody/else")])
                #expect(other.status == 3, "\(other.output)")
                slipway.stop()
            }
        }
    }

    @Test("the GitLab job pushes a folder and leaves the version for later jobs")
    func gitlab() async throws {
        try await Self.withBuild { slipway, build, settings in
            let text = try String(contentsOf: Self.folder.appending(path: "gitlab.yml"), encoding: .utf8)
            let script = try Self.block(after: "    - |", in: text)
            var variables = settings
            for (name, value) in [
                ("PUSH_PATH", build.path), ("PUSH_GAME", "From GitLab"), ("PUSH_VERSION", "1.0"),
                ("PUSH_CLIENT", SlipwayProcess.program("slipway-client").path),
            ] { variables[name] = value }
            #expect(try await Self.bash(script, variables, in: slipway.directory).status == 2, "there is no such game")
            _ = try await Studio(slipway).createGame("From GitLab")
            let result = try await Self.bash(script, variables, in: slipway.directory)
            try #require(result.status == 0, "\(result.output)")
            let told = try String(contentsOf: slipway.directory.appending(path: "slipway.env"), encoding: .utf8)
            #expect(told.contains(/SLIPWAY_VERSION_ID=[0-9a-f-]{36}\n/))
            #expect(told.contains(/SLIPWAY_SENT_BYTES=[0-9]+\n/))
        }
    }

    @Test("every block of the page on curl works, in order")
    func curl() async throws {
        try await Self.withBuild { slipway, _, settings in
            let page = try String(contentsOf: Self.folder.appending(path: "curl.md"), encoding: .utf8)
            let blocks = page.components(separatedBy: "```sh\n").dropFirst().map {
                $0.components(separatedBy: "\n```")[0]
            }
            #expect(blocks.count == 7)
            let archive = slipway.directory.appending(path: "build.tar")
            try Data(SampleBuild(seed: 11, megabytes: 9).tar).write(to: archive)
            var variables = settings
            variables["ARCHIVE"] = archive.path
            let script = "set -euo pipefail\n" + blocks.joined(separator: "\n")
            let result = try await Self.bash(script, variables, in: slipway.directory)
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.contains("is ready"))
        }
    }

    @Test("slipway-client needs none of the server's libraries, and has push, pull, verify and diff")
    func standsAlone() async throws {
        let client = SlipwayProcess.program("slipway-client").path
        let libraries = try await SlipwayProcess.run([client], development: nil, program: "/usr/bin/ldd").output
        #expect(libraries.contains("libc.so"))
        for library in ["libpq", "libarchive", "libclamav"] { #expect(!libraries.contains(library)) }
        let help = try await SlipwayProcess.run(["--help"], development: nil, program: "slipway-client").output
        for command in ["push", "pull", "verify", "diff"] { #expect(help.contains("  \(command) ")) }
    }

    // MARK: a CI

    private static func withBuild(
        _ body: (SlipwayProcess, URL, _ settings: [String: String]) async throws -> Void
    ) async throws {
        try await withScenarioDirectory { root in
            let build = root.appending(path: "build")
            try SampleBuild(seed: 10, megabytes: 1).write(to: build)
            let slipway = try await SlipwayProcess.up(root.appending(path: "up"))
            let studio = try Studio(slipway)
            try await body(
                slipway, build,
                [
                    "SLIPWAY_URL": slipway.base, "SLIPWAY_API_KEY": studio.token,
                    "XDG_CACHE_HOME": root.appending(path: "cache").path,
                ])
            slipway.stop()
        }
    }

    /// The indented lines that follow a line of YAML.
    private static func block(after line: String, in text: String) throws -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0 == line })
        let depth = lines[start + 1].prefix { $0 == " " }.count
        return lines[(start + 1)...].prefix { $0.isEmpty || $0.prefix { $0 == " " }.count >= depth }
            .map { $0.dropFirst(depth) }.joined(separator: "\n")
    }

    private static func bash(
        _ script: String, _ variables: [String: String], in directory: URL? = nil
    ) async throws -> (status: Int32, output: String) {
        let start = directory.map { "cd '\($0.path)'\n" } ?? ""
        return try await SlipwayProcess.run(
            ["-c", start + script], development: nil, program: "/bin/bash", settings: variables)
    }
}

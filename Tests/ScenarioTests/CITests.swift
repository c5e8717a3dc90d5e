import Foundation
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
                ("RUNNER_TEMP", slipway.directory.path), ("GITHUB_OUTPUT", output.path),
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

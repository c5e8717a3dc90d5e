public import ArgumentParser
import Client
import Content
import Foundation

/// Tells what an update from one folder to another would cost.
public struct DiffCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Tells what an update from OLD to NEW would cost players, file by file.",
        discussion: """
            OLD and NEW are folders on this machine; no service is asked. Files are cut, compressed, planned and patched as \
            the service does it, and of each file the lesser of chunks and patch counts. The reasons say what in the packing \
            of a file makes it costly.

            Example: slipway diff ./build-1.0 ./build-1.1

            \(ClientExit.help)
            """)

    @Argument(help: "The folder that players have.") var old: String
    @Argument(help: "The folder that they would get.") var new: String
    @Flag(inversion: .prefixedNo, help: "Make patches to see how long they are.") var patch = true
    @Option(help: "Files listed, the costliest first; all with --json.") var top = 20
    @Flag(inversion: .prefixedNo, help: "Remember what files were cut into.") var cache = true
    @Flag(help: "Print JSON, one object a line: events, then the result or the error.") var json = false

    public init() {}

    public func run() async throws {
        let output = ClientOutput(json: self.json)
        try await output.perform { progress, pool in
            let report = try await Diff(
                Diff.Request(
                    old: self.old, new: self.new,
                    cache: self.cache ? CacheLocation(environment: ProcessInfo.processInfo.environment) : nil,
                    makesPatches: self.patch),
                pool: pool, progress: progress
            ).run()
            progress.finish()
            output.show(report, self.text(report))
        }
    }

    private func text(_ report: Diff.Report) -> String {
        var lines = [
            """
            an update downloads \(ByteCount(report.bytes)) of \(ByteCount(report.contentBytes)); \
            by chunks alone \(ByteCount(report.chunkBytes))
            """
        ]
        for file in report.changes.prefix(max(0, self.top)) {
            let patch = file.patchBytes.map { ", by patch \(ByteCount($0))" } ?? ""
            lines.append(
                "  \(ByteCount(file.bytes))  \(file.path)  \(file.why): "
                    + "\(ByteCount(file.newBytes)) new, by chunks \(ByteCount(file.chunkBytes))\(patch)")
        }
        if report.changes.count > self.top { lines.append("  … and \(report.changes.count - self.top) more") }
        if !report.removed.isEmpty { lines.append("  \(report.removed.count) paths are removed") }
        return lines.joined(separator: "\n")
    }
}
